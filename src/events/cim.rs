//! Files that hold rows instead of raw events: CIM events of one dataset, or any table.
//!
//! JSON lines, JSON arrays, printed JSON, CSV and TSV, packed or not. Nothing is extracted or computed: a row has the
//! fields that the file gives it.
//!
//! - Values are text, numbers as written; `true` and `false` are text; JSON's null and an empty CSV cell are no field.
//! - A JSON array is a multivalue, an object inside a row gives `outer.inner` fields.
//! - `_time` is a number: seconds since the epoch as number or text, or a timestamp (UTC unless it says a zone).

use super::open::open_rows;
use super::{Note, NoteKind, OpenError, Options, RawEvent, Stream, export};
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// Cells of one batch: a bound on what sparse rows with many names can cost.
const MAX_CELLS: usize = 2 << 20;

/// Batches of rows in the order of the input.
pub struct Rows {
    stream: Stream,
    path: PathBuf,
    /// Names of datasets that may stand before field names.
    prefixes: Option<[String; 2]>,
    ready: VecDeque<Batch>,
    /// Pieces of the input that are no rows.
    left_out: u64,
}

/// Opens files of CIM events of `model.dataset`. Field names may carry dataset names (`Processes.process_name`), which
/// are taken off: the model's and the dataset's name, and any leading part that begins with a capital letter, since
/// field names of the CIM do not.
///
/// # Errors
/// As [`super::open`].
pub fn open(path: &Path, model: &str, dataset: &str, options: &Options) -> Result<Rows, OpenError> {
    Ok(Rows { prefixes: Some([format!("{model}."), format!("{dataset}.")]), ..open_table(path, options)? })
}

/// Opens files of plain rows; names stay as they are.
///
/// # Errors
/// As [`super::open`].
pub fn open_table(path: &Path, options: &Options) -> Result<Rows, OpenError> {
    let stream = open_rows(path, options)?;
    Ok(Rows { stream, path: path.to_owned(), prefixes: None, ready: VecDeque::new(), left_out: 0 })
}

impl Rows {
    /// What was guessed, left out or unreadable so far; complete once the rows have ended.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.stream.notes();
        if self.left_out > 0 {
            let text = format!("{} pieces are neither JSON objects nor rows under a header", self.left_out);
            notes.push(Note { kind: NoteKind::Skipped, path: self.path.clone(), text });
        }
        notes
    }

    fn take(&mut self, events: Vec<RawEvent>) {
        let mut table = Table::default();
        for event in events {
            let Some(row) = self.row(event) else {
                self.left_out += 1;
                continue;
            };
            table.push(row);
            if table.is_full() {
                self.ready.push_back(std::mem::take(&mut table).finish());
            }
        }
        if table.rows > 0 {
            self.ready.push_back(table.finish());
        }
    }

    fn row(&self, event: RawEvent) -> Option<Vec<(Name, Value)>> {
        let mut row = event.indexed;
        if row.is_empty() {
            let document: Json = serde_json::from_str(&event.raw).ok()?;
            let object = document.as_object()?;
            flatten(result_of(object), "", &mut row);
        }
        for (name, value) in &mut row {
            if let Some(short) = self.unprefixed(name) {
                *name = short;
            }
            if name.as_ref() == "_time"
                && let Some(time) = export::time_of_text(&value.to_text())
            {
                *value = Value::Number(time);
            }
        }
        Some(row)
    }

    fn unprefixed(&self, name: &str) -> Option<Name> {
        let prefixes = self.prefixes.as_ref()?;
        let mut rest = name;
        loop {
            let known = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix.as_str()));
            let capital = || rest.starts_with(|c: char| c.is_ascii_uppercase()).then(|| rest.split_once('.'))?;
            match known.or_else(|| capital().map(|(_, behind)| behind)) {
                Some(shorter) if !shorter.is_empty() => rest = shorter,
                _ => break,
            }
        }
        (rest.len() < name.len()).then(|| rest.into())
    }
}

impl Iterator for Rows {
    type Item = Batch;

    /// The next batch, never empty.
    fn next(&mut self) -> Option<Batch> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Some(batch);
            }
            let events = self.stream.next()?;
            self.take(events);
        }
    }
}

/// The row inside of a line that Splunk exported, `{"preview": ..., "result": {...}}`; else the object itself.
fn result_of(object: &Map<String, Json>) -> &Map<String, Json> {
    let exported = ["preview", "offset", "lastrow"].iter().any(|key| object.contains_key(*key));
    object.get("result").and_then(Json::as_object).filter(|_| exported).unwrap_or(object)
}

/// The fields of an object. Its depth is bounded by the JSON reader.
fn flatten(object: &Map<String, Json>, prefix: &str, row: &mut Vec<(Name, Value)>) {
    for (key, value) in object {
        let name = || Name::from(format!("{prefix}{key}"));
        match value {
            Json::Object(inner) => flatten(inner, &format!("{prefix}{key}."), row),
            other => {
                let value = scalar(other);
                if !value.is_null() {
                    row.push((name(), value));
                }
            }
        }
    }
}

fn scalar(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::text(if *truth { "true" } else { "false" }),
        Json::Number(number) => Value::text(number.to_string()),
        Json::String(text) => Value::text(text.as_str()),
        Json::Array(values) => Value::list(values.iter().map(scalar)),
        // An object in a list has no name of its own: its text stands for it.
        Json::Object(_) => Value::text(value.to_string()),
    }
}

/// Rows on their way into columns.
#[derive(Default)]
struct Table {
    rows: usize,
    columns: IndexMap<Name, Vec<Value>>,
}

impl Table {
    fn push(&mut self, row: Vec<(Name, Value)>) {
        for (name, value) in row {
            let column = self.columns.entry(name).or_default();
            // Two names may have become one: the first value stays.
            if column.len() <= self.rows {
                column.resize(self.rows, Value::Null);
                column.push(value);
            }
        }
        self.rows += 1;
    }

    fn is_full(&self) -> bool {
        self.rows * self.columns.len() >= MAX_CELLS
    }

    fn finish(self) -> Batch {
        let mut batch = Batch::new(self.rows);
        for (name, mut values) in self.columns {
            values.resize(self.rows, Value::Null);
            batch.set(name, Column::new(values));
        }
        batch
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::io::Write as _;

    fn read(bytes: &[u8], cim: bool) -> (Vec<String>, Vec<Note>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let options = Options::default();
        let opened =
            if cim { open(file.path(), "Endpoint", "Processes", &options) } else { open_table(file.path(), &options) };
        let mut rows = opened.unwrap();
        let mut out = Vec::new();
        for batch in &mut rows {
            for row in 0..batch.rows() {
                let mut text = String::new();
                for name in batch.names() {
                    let value = batch.value(row, name);
                    if !value.is_null() {
                        let joined: Vec<_> = value.values().iter().map(|v| v.to_text().into_owned()).collect();
                        write!(text, "{name}={} ", joined.join("|")).unwrap();
                    }
                }
                out.push(text.trim_end().to_owned());
            }
        }
        (out, rows.notes())
    }

    #[test]
    fn the_same_rows_in_all_formats() {
        // 1970-01-02T00:00:00Z is 86400.
        let wanted = ["_time=86400.5 process_name=a.exe user=u", "_time=86401 process_name=b.exe"];
        let table = [
            "{\"_time\":86400.5,\"Processes.process_name\":\"a.exe\",\"user\":\"u\"}\n\
             {\"_time\":\"1970-01-02T00:00:01Z\",\"process_name\":\"b.exe\",\"user\":null}\n",
            "[{\"_time\":\"86400.5\",\"Processes\":{\"process_name\":\"a.exe\",\"user\":\"u\"}},\n\
             {\"_time\":86401,\"Endpoint.Processes.process_name\":\"b.exe\"}]",
            "_time,Processes.process_name,Processes.user\n86400.5,a.exe,u\n1970-01-02 00:00:01,b.exe,\n",
            "_time,_raw,process_name,user\n86400.5,,a.exe,u\n86401,,b.exe,\n",
            "{\"preview\":false,\"result\":{\"_time\":\"86400.5\",\"process_name\":\"a.exe\",\"user\":\"u\"}}\n\
             {\"preview\":false,\"result\":{\"_time\":\"86401\",\"process_name\":\"b.exe\"}}\n",
        ];
        for text in table {
            let (rows, notes) = read(text.as_bytes(), true);
            assert_eq!(rows, wanted, "{text}");
            assert!(notes.iter().all(|note| note.kind == NoteKind::Guess), "{notes:?}");
        }
    }

    #[test]
    fn values_and_names_of_plain_rows() {
        let text = "{\"A.b\":[1.0,\"x\",null,[true]],\"c\":{\"d\":\"\"},\"e\":[],\"f\":[{\"g\":1}]}\nno row\n";
        let (rows, notes) = read(text.as_bytes(), false);
        assert_eq!(rows, ["A.b=1.0|x|true c.d= f={\"g\":1}"]);
        let losses: Vec<_> = notes.into_iter().filter(|note| note.kind.is_loss()).map(|note| note.text).collect();
        assert_eq!(losses, ["1 pieces are neither JSON objects nor rows under a header"]);
    }

    #[test]
    fn rows_with_ever_new_names_come_in_small_batches() {
        let mut text = String::new();
        for row in 0..2000 {
            let fields: Vec<String> = (0..50).map(|field| format!("\"n{row}_{field}\":1")).collect();
            writeln!(text, "{{{}}}", fields.join(",")).unwrap();
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut rows = 0;
        for batch in open_table(file.path(), &Options::default()).unwrap() {
            assert!(batch.rows() * batch.names().len() <= MAX_CELLS + 50 * 2000);
            rows += batch.rows();
        }
        assert_eq!(rows, 2000);
    }
}
