//! Rows as a table, JSON lines, CSV or Parquet.

use super::args::RowFormat;
use super::terminal::{Terminal, printable};
use crate::value::json::of_value;
use crate::value::time::Format;
use crate::value::{Batch, Name, Value};
use comfy_table::{ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// Writes all rows. A column without any value is left out of tables and CSV only if its name begins with `_`.
pub(super) fn write(out: &mut dyn Write, rows: &Batch, format: RowFormat) -> io::Result<()> {
    match format {
        RowFormat::Table => table(out, rows),
        RowFormat::Json => json(out, rows),
        RowFormat::Csv => csv(out, rows),
        RowFormat::Parquet => out.write_all(&super::parquet::file(rows)?),
    }
}

/// Width of the narrowest column that still reads well, with its frame.
const MIN_COLUMN: usize = 10;

/// Values of a multivalue field stand below each other; `_time` is a date in UTC. Control characters, which logs may bring
/// along to deceive the terminal, are shown as escapes. Rows of more fields than fit beside each other become lists.
fn table(out: &mut dyn Write, rows: &Batch) -> io::Result<()> {
    let names: Vec<&Name> = rows.names().filter(|name| shown(rows, name)).collect();
    if names.is_empty() || rows.is_empty() {
        return Ok(());
    }
    let width = Terminal::width();
    if names.len() * MIN_COLUMN > width {
        return lists(out, rows, &names);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(80));
    table.set_header(names.iter().map(|name| printable(name)));
    for row in 0..rows.rows() {
        table.add_row(names.iter().map(|name| cell(rows, row, name, "\n")));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A block per row, a line per field that has a value. What every event has of itself alone (`date_hour`, `punct`) is left
/// out, as Splunk's event list leaves it out.
fn lists(out: &mut dyn Write, rows: &Batch, names: &[&Name]) -> io::Result<()> {
    const OF_ITSELF: &[&str] =
        &["eventtype", "linecount", "punct", "splunk_server", "timeendpos", "timestamp", "timestartpos"];
    let telling = |name: &str| {
        !OF_ITSELF.contains(&name) && !name.starts_with("date_") && name != "tag" && !name.starts_with("tag::")
    };
    let names: Vec<&Name> = names.iter().copied().filter(|name| telling(name)).collect();
    for row in 0..rows.rows() {
        let filled: Vec<(String, &Name)> =
            names.iter().filter(|name| !rows.value(row, name).is_null()).map(|&name| (printable(name), name)).collect();
        let widest = filled.iter().map(|(shown, _)| shown.chars().count()).max().unwrap_or(0).min(40);
        writeln!(out, "── {} ──", row + 1)?;
        for (shown, name) in filled {
            let indent = format!("\n{:widest$}  ", "");
            writeln!(out, "{shown:<widest$}  {}", cell(rows, row, name, &indent))?;
        }
    }
    Ok(())
}

fn cell(rows: &Batch, row: usize, name: &str, between: &str) -> String {
    let value = rows.value(row, name);
    if let (true, Value::Number(time)) = (name == "_time", value) {
        let text = Format::new("%Y-%m-%dT%H:%M:%S.%3NZ").print(*time, &TimeZone::UTC);
        if !text.is_empty() {
            return text;
        }
    }
    value.values().iter().map(|value| printable(&value.to_text())).collect::<Vec<_>>().join(between)
}

/// Whether a column is worth a place in a table: internal fields only if they hold something.
fn shown(rows: &Batch, name: &str) -> bool {
    let filled = || rows.column(name).is_some_and(|column| column.values().iter().any(|value| !value.is_null()));
    !name.starts_with('_') || filled()
}

/// A row object per line. Null fields are left out; a multivalue is an array; numbers are numbers.
fn json(out: &mut dyn Write, rows: &Batch) -> io::Result<()> {
    for row in 0..rows.rows() {
        let mut object = serde_json::Map::new();
        for (name, column) in rows.columns() {
            let value = &column.values()[row];
            if !value.is_null() {
                object.insert(name.to_string(), of_value(value));
            }
        }
        writeln!(out, "{}", serde_json::Value::Object(object))?;
    }
    Ok(())
}

/// Values of a multivalue field are joined by newlines, as Splunk exports them.
fn csv(out: &mut dyn Write, rows: &Batch) -> io::Result<()> {
    let names: Vec<_> = rows.names().filter(|name| shown(rows, name)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(names.iter().map(|name| name.as_bytes()))?;
    for row in 0..rows.rows() {
        writer.write_record(names.iter().map(|name| rows.value(row, name).to_text().into_owned()))?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::value::Column;

    fn rows() -> Batch {
        let mut rows = Batch::new(2);
        rows.set("a", Column::new(vec!["x\u{1b}[31m".into(), Value::Null]));
        rows.set("n", Column::new(vec![2.0.into(), 0.5.into()]));
        rows.set("m", Column::new(vec![Value::list(["1".into(), "2".into()]), Value::Null]));
        rows
    }

    fn text(format: RowFormat) -> String {
        let mut out = Vec::new();
        write(&mut out, &rows(), format).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_has_numbers_arrays_and_no_nulls() {
        let expected = "{\"a\":\"x\\u001b[31m\",\"n\":2,\"m\":[\"1\",\"2\"]}\n{\"n\":0.5}\n";
        assert_eq!(text(RowFormat::Json), expected);
    }

    #[test]
    fn csv_joins_values_by_newlines() {
        assert_eq!(text(RowFormat::Csv), "a,n,m\nx\u{1b}[31m,2,\"1\n2\"\n,0.5,\n");
    }

    #[test]
    fn many_fields_become_lists() {
        let mut wide = Batch::new(1);
        wide.set("_time", Column::new(vec![86_400.5.into()]));
        wide.set("punct", Column::new(vec!["--".into()]));
        for index in 0..100 {
            wide.set(format!("f{index}"), Column::new(vec![if index == 7 { "x".into() } else { Value::Null }]));
        }
        let mut out = Vec::new();
        write(&mut out, &wide, RowFormat::Table).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "── 1 ──\n_time  1970-01-02T00:00:00.500Z\nf7     x\n");
    }

    #[test]
    fn a_table_shows_no_control_characters() {
        assert!(!text(RowFormat::Table).contains('\u{1b}'));
    }
}
