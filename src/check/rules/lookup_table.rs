//! Lookup objects: `missing-lookup-file`, `bad-lookup-file`, `csv-column-twice`, `kvstore-key`, `match-type-field`.

use crate::check::{Around, Findings};
use crate::content::model::{Generation, Lookup, LookupKind};
use crate::content::shape::match_type;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{Located, Place, Span};
use std::collections::HashSet;
use std::path::Path;

/// Tables larger than this are not looked into.
const MAX_BYTES: u64 = 64 << 20;
/// Rows that are named in one finding.
const MAX_SHOWN: usize = 5;

pub(in crate::check) fn check(_: &Around<'_>, lookup: &Lookup, findings: &mut Findings) {
    let columns = match lookup.kind {
        Some(LookupKind::Csv) => table(lookup, findings),
        Some(LookupKind::KvStore) => {
            fields(lookup, findings);
            Some(lookup.fields.iter().map(|field| field.as_str().to_owned()).collect())
        }
        Some(LookupKind::MlModel) => {
            model(lookup, findings);
            None
        }
        None => {
            if lookup.object.generation == Generation::V4 && lookup.lookup_type.is_none() {
                findings.push(
                    Diagnostic::new(
                        codes::MISSING_KEY,
                        "the lookup has neither `filename` nor `collection`",
                        lookup.object.start,
                    )
                    .label("this lookup lacks it")
                    .help("add `filename` for a CSV file, or `collection` for a KV store"),
                );
            }
            None
        }
    };
    both(lookup, findings);
    if let Some(columns) = columns {
        match_types(lookup, &columns, findings);
    }
}

/// v4: a lookup is one of the two.
fn both(lookup: &Lookup, findings: &mut Findings) {
    let node = &lookup.object.node;
    if let (Some(_), Some(key)) = (node.get("filename"), node.key_node("collection"))
        && lookup.object.generation == Generation::V4
    {
        findings.push(
            Diagnostic::new(codes::UNKNOWN_KEY, "a lookup has `filename` or `collection`, not both", key.place)
                .label("beside `filename`")
                .help("remove one of the two"),
        );
    }
}

/// Where to point for a table: its name in the file, else the lookup's name.
fn place(lookup: &Lookup) -> Place {
    let named = lookup.object.node.get("filename").and_then(|node| node.as_text()).and_then(Located::whole);
    named.or_else(|| lookup.object.name.whole()).unwrap_or(lookup.object.start)
}

fn table(lookup: &Lookup, findings: &mut Findings) -> Option<Vec<String>> {
    let path = lookup.table.as_deref()?;
    if !exists(path, lookup, findings) {
        return None;
    }
    let bytes = std::fs::metadata(path).map_or(0, |it| it.len());
    if bytes > MAX_BYTES {
        return None;
    }
    let Ok(content) = std::fs::read(path) else { return None };
    let (header, wrong) = read(&content);
    if header.is_empty() {
        findings.push(bad_file(path, "it has no header", place(lookup), "begin it with a line of column names"));
        return None;
    }
    if let Some(first) = wrong.first() {
        let shown: Vec<String> =
            wrong.iter().take(MAX_SHOWN).map(|row| format!("line {} has {}", row.line, row.columns)).collect();
        let more =
            if wrong.len() > MAX_SHOWN { format!(", and {} more", wrong.len() - MAX_SHOWN) } else { String::new() };
        let reason = format!("the header has {} columns, but {}{more}", header.len(), shown.join(", "));
        let help = format!("look at line {} of the file", first.line);
        findings.push(bad_file(path, &reason, place(lookup), &help));
    }
    let mut seen = HashSet::new();
    for column in &header {
        if !seen.insert(column) {
            let message = format!("`{}` has the column `{column}` twice", name(path));
            findings.push(
                Diagnostic::new(codes::CSV_COLUMN_TWICE, message, place(lookup))
                    .label("in the header of this lookup's file")
                    .help("rename or remove one of the two"),
            );
        }
    }
    Some(header)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn bad_file(path: &Path, reason: &str, place: Place, help: &str) -> Diagnostic {
    Diagnostic::new(codes::BAD_LOOKUP_FILE, format!("`{}` does not fit its header: {reason}", name(path)), place)
        .label("of this lookup")
        .help(help)
}

fn exists(path: &Path, lookup: &Lookup, findings: &mut Findings) -> bool {
    if path.is_file() {
        return true;
    }
    // The files of the newest generation are not always beside their objects.
    // Models are large and seldom kept with the rest.
    let elsewhere = lookup.object.generation == Generation::V6 || lookup.kind == Some(LookupKind::MlModel);
    let severity = if elsewhere { Severity::Warning } else { Severity::Error };
    findings.push_at(
        severity,
        Diagnostic::new(codes::MISSING_LOOKUP_FILE, format!("`{}` does not exist", name(path)), place(lookup))
            .label("the file of this lookup")
            .help(format!("add `{}`", path.display())),
    );
    false
}

/// A row that has another number of columns than the header.
struct Wrong {
    line: u64,
    columns: usize,
}

fn read(content: &[u8]) -> (Vec<String>, Vec<Wrong>) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(content);
    let mut record = csv::ByteRecord::new();
    let mut header: Vec<String> = Vec::new();
    let mut wrong = Vec::new();
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        if header.is_empty() {
            let text = |field: &[u8]| String::from_utf8_lossy(field).trim_start_matches('\u{FEFF}').trim().to_owned();
            header = record.iter().map(text).collect();
        } else if record.len() != header.len() {
            wrong.push(Wrong { line: record.position().map_or(0, csv::Position::line), columns: record.len() });
        }
    }
    (header, wrong)
}

/// A model's names follow from Splunk's: `__mlspl_<name>.mlmodel`.
fn model(lookup: &Lookup, findings: &mut Findings) {
    let Some(path) = lookup.table.as_deref() else { return };
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    if lookup.object.generation != Generation::V4 && !stem.starts_with("__mlspl_") {
        findings.push(
            Diagnostic::new(
                codes::MISSING_LOOKUP_FILE,
                format!("the model `{stem}` has no name that Splunk finds"),
                place(lookup),
            )
            .label("of this lookup")
            .help(format!("name it and its files `__mlspl_{stem}`")),
        );
    }
    exists(path, lookup, findings);
}

fn fields(lookup: &Lookup, findings: &mut Findings) {
    let node = &lookup.object.node;
    if lookup.object.generation == Generation::V4 {
        if lookup.fields.is_empty() {
            findings.push(
                Diagnostic::new(codes::KVSTORE_KEY, "a KV store lookup has no `fields_list`", lookup.object.start)
                    .label("this lookup lacks it")
                    .help("add `fields_list: _key, ...`"),
            );
        }
        return;
    }
    let place = node.key_node("fields").map_or(lookup.object.start, |key| key.place);
    match lookup.fields.first() {
        None => findings.push(
            Diagnostic::new(codes::KVSTORE_KEY, "a KV store lookup has no fields", place)
                .label("this lookup lacks them")
                .help("add `fields`, beginning with `_key`"),
        ),
        Some(first) if first.as_str() != "_key" => findings.push(
            Diagnostic::new(
                codes::KVSTORE_KEY,
                format!("the first field of a KV store lookup is `{}`, expected `_key`", first.as_str()),
                first.whole().unwrap_or(place),
            )
            .label("first")
            .help("put `_key` first"),
        ),
        Some(_) => {}
    }
}

fn match_types(lookup: &Lookup, columns: &[String], findings: &mut Findings) {
    for found in &lookup.match_types {
        let text = found.as_str();
        let Some((_, field)) = match_type(text) else { continue };
        for field in field.split(',').map(str::trim) {
            if field.is_empty() || columns.iter().any(|column| column == field) {
                continue;
            }
            let start = text.find(field).unwrap_or_default();
            let Some(place) = found.place(Span::new(start, start + field.len())) else { continue };
            let help =
                crate::check::did_you_mean(field, columns.iter().map(String::as_str), "name a column of the table");
            findings.push(
                Diagnostic::new(codes::MATCH_TYPE_FIELD, format!("the lookup has no column `{field}`"), place)
                    .label("not a column")
                    .help(help),
            );
        }
    }
}
