//! Tables of CSV text.

use super::{Batch, Column, Name, Value};
use std::io::Read;

/// The largest table that is read, in bytes of CSV text.
pub const MAX_TABLE_BYTES: u64 = 512 << 20;
/// The most columns that a table may have.
pub const MAX_COLUMNS: usize = 4096;

/// Reads a CSV table: the first record names the columns.
///
/// A byte-order mark is skipped; quoted cells may hold line breaks; invalid UTF-8 is replaced. An empty cell is null, and
/// so are the cells that a short record lacks; surplus cells are left out. Of two columns of one name the first counts;
/// a column without a name is left out.
///
/// # Errors
/// The text is larger than [`MAX_TABLE_BYTES`], has more than [`MAX_COLUMNS`] columns, or cannot be read; the message is
/// an end of the sentence "the table cannot be read: ".
pub fn read(input: impl Read) -> Result<Batch, String> {
    let mut bounded = input.take(MAX_TABLE_BYTES + 1);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&mut bounded);
    let mut record = csv::ByteRecord::new();
    let mut header: Vec<(usize, Name)> = Vec::new();
    let mut columns: Vec<Vec<Value>> = Vec::new();
    let mut first = true;
    let mut rows = 0;
    while reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        if first {
            header = header_of(&record)?;
            columns = vec![Vec::new(); header.len()];
            first = false;
            continue;
        }
        rows += 1;
        for ((at, _), column) in header.iter().zip(&mut columns) {
            let cell = record.get(*at).filter(|cell| !cell.is_empty());
            column.push(cell.map_or(Value::Null, |cell| Value::text(String::from_utf8_lossy(cell))));
        }
    }
    drop(reader);
    if bounded.limit() == 0 {
        return Err(format!("it is larger than {} MiB", MAX_TABLE_BYTES >> 20));
    }
    let mut batch = Batch::new(rows);
    for ((_, name), column) in header.into_iter().zip(columns) {
        batch.set(name, Column::new(column));
    }
    Ok(batch)
}

fn header_of(record: &csv::ByteRecord) -> Result<Vec<(usize, Name)>, String> {
    if record.len() > MAX_COLUMNS {
        return Err(format!("it has more than {MAX_COLUMNS} columns"));
    }
    let mut seen = std::collections::HashSet::new();
    let mut header = Vec::new();
    for (at, cell) in record.iter().enumerate() {
        let text = String::from_utf8_lossy(cell);
        let name = if at == 0 { text.trim_start_matches('\u{feff}') } else { &text }.trim();
        if !name.is_empty() && seen.insert(name.to_owned()) {
            header.push((at, Name::from(name)));
        }
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_tables() {
        let text = "\u{feff}name, note ,,name\r\nalpha,\"two\nlines\",x,y\r\nbeta\r\n,\"say \"\"hi\"\"\"\n";
        let table = read(text.as_bytes()).unwrap();
        assert_eq!(table.rows(), 3);
        assert_eq!(table.names().map(AsRef::as_ref).collect::<Vec<&str>>(), ["name", "note"]);
        assert_eq!(table.value(0, "note"), &Value::from("two\nlines"));
        assert_eq!(table.value(1, "note"), &Value::Null);
        assert_eq!(table.value(2, "name"), &Value::Null);
        assert_eq!(table.value(2, "note"), &Value::from("say \"hi\""));
        let bad = read(&b"a\n\xff\n"[..]).unwrap();
        assert_eq!(bad.value(0, "a"), &Value::from("\u{fffd}"));
        assert_eq!(read(&b""[..]).unwrap().rows(), 0);
    }
}
