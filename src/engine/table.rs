//! Lookup tables: rows, and the rules by which `lookup` matches them.

use crate::value::{Batch, Column, Name, Value};
use std::io::Read;

/// A lookup: its table and its definition. KV stores without a file are tables without rows.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Name of the definition, or of the file.
    pub name: Name,
    /// The rows in file order; every value is text. The columns exist even if there are no rows.
    pub rows: Batch,
    /// How columns match, for those that do not match exactly.
    pub match_types: Vec<(Name, MatchType)>,
    /// Whether the letter case of values counts.
    pub case_sensitive: bool,
    /// With fewer matches than this, every output gets [`Lookup::default_match`].
    pub min_matches: usize,
    /// Take at most so many matches, the first of the table.
    pub max_matches: usize,
    /// What a row gets without enough matches.
    pub default_match: Option<Name>,
    /// Computes the second column from a value of the first, in place of rows.
    pub compute: Option<super::external::Compute>,
}

/// How a column of a table is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchType {
    /// The cell is the value.
    Exact,
    /// The cell is a pattern with `*`.
    Wildcard,
    /// The cell is an address block.
    Cidr,
}

impl Lookup {
    /// A table with Splunk's default rules: exact, case-sensitive, at most 100 matches, no default.
    pub fn new(name: impl Into<Name>, rows: Batch) -> Self {
        Self {
            name: name.into(),
            rows,
            match_types: Vec::new(),
            case_sensitive: true,
            min_matches: 0,
            max_matches: 100,
            default_match: None,
            compute: None,
        }
    }

    /// How the values of a column are compared.
    pub fn match_type(&self, column: &str) -> MatchType {
        let found = self.match_types.iter().find(|(name, _)| &**name == column);
        found.map_or(MatchType::Exact, |&(_, kind)| kind)
    }
}

/// Reads a match rule as transforms.conf writes it: `WILDCARD(field)`, `CIDR(field)`, `EXACT(field)`. Letter case of the
/// kind does not count; blanks around the parts are allowed. `None` for anything else.
pub fn parse_match_type(text: &str) -> Option<(Name, MatchType)> {
    let (kind, rest) = text.trim().split_once('(')?;
    let field = rest.strip_suffix(')')?.trim();
    let kind = match kind.trim().to_ascii_uppercase().as_str() {
        "EXACT" => MatchType::Exact,
        "WILDCARD" => MatchType::Wildcard,
        "CIDR" => MatchType::Cidr,
        _ => return None,
    };
    (!field.is_empty()).then(|| (Name::from(field), kind))
}

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
pub fn read_csv(input: impl Read) -> Result<Batch, String> {
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

/// A table of columns without rows: a KV store at the start.
pub fn empty(columns: impl IntoIterator<Item = Name>) -> Batch {
    let mut batch = Batch::new(0);
    for name in columns {
        batch.set(name, Column::default());
    }
    batch
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_tables() {
        let text = "\u{feff}name, note ,,name\r\nalpha,\"two\nlines\",x,y\r\nbeta\r\n,\"say \"\"hi\"\"\"\n";
        let table = read_csv(text.as_bytes()).unwrap();
        assert_eq!(table.rows(), 3);
        assert_eq!(table.names().map(AsRef::as_ref).collect::<Vec<&str>>(), ["name", "note"]);
        assert_eq!(table.value(0, "note"), &Value::from("two\nlines"));
        assert_eq!(table.value(1, "note"), &Value::Null);
        assert_eq!(table.value(2, "name"), &Value::Null);
        assert_eq!(table.value(2, "note"), &Value::from("say \"hi\""));
        let bad = read_csv(&b"a\n\xff\n"[..]).unwrap();
        assert_eq!(bad.value(0, "a"), &Value::from("\u{fffd}"));
        assert_eq!(read_csv(&b""[..]).unwrap().rows(), 0);
    }

    #[test]
    fn reads_match_types() {
        assert_eq!(parse_match_type("WILDCARD(a b)"), Some(("a b".into(), MatchType::Wildcard)));
        assert_eq!(parse_match_type(" cidr ( ip ) "), Some(("ip".into(), MatchType::Cidr)));
        for bad in ["", "WILDCARD", "GLOB(x)", "CIDR()", "CIDR(x"] {
            assert_eq!(parse_match_type(bad), None, "{bad}");
        }
    }
}
