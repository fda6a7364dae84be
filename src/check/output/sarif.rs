//! Findings in the Static Analysis Results Interchange Format, version 2.1.0.

use super::location;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{LineColumns, Sources};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes one log with one run. Paths are relative references as the user gave them.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    let rules: Vec<Value> = codes::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": code.summary() },
                "fullDescription": { "text": code.info().why },
                "help": { "text": format!("Bad:\n{}\n\nGood:\n{}", code.info().bad, code.info().good) },
                "defaultConfiguration": { "level": level(code.severity()) },
            })
        })
        .collect();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, sources)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "escudo",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn result(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let (file, at) = location(diagnostic, sources);
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        text.push_str(". ");
        text.push_str(help);
    }
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|related| {
            let file = sources.file(related.place.file).path().to_string_lossy().replace('\\', "/");
            json!({
                "physicalLocation": physical(&file, sources.line_columns(related.place)),
                "message": { "text": related.label },
            })
        })
        .collect();
    json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes::ALL.iter().position(|&code| code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": physical(&file, at) }],
        "relatedLocations": related,
    })
}

fn physical(file: &str, at: LineColumns) -> Value {
    json!({
        "artifactLocation": { "uri": uri(file) },
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// A path as a URI reference: unreserved characters and `/` stay, all others are percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let hex = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
            uri.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("a b/ü.yml"), "a%20b/%C3%BC.yml");
    }
}
