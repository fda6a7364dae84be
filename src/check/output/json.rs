//! Findings as one JSON array, an object per line of the array.

use super::location;
use crate::diag::Diagnostic;
use crate::source::{Place, Sources};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Row<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    label: &'a str,
    help: Option<&'a str>,
    note: Option<&'a str>,
    related: Vec<RelatedRow<'a>>,
}

#[derive(Serialize)]
struct RelatedRow<'a> {
    label: &'a str,
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// Writes the array. Lines and columns count from 1, columns in characters; the end is exclusive.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
    writeln!(out, "[")?;
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        let (file, at) = location(diagnostic, sources);
        let related = diagnostic.related.iter().map(|related| row(sources, related.place, &related.label)).collect();
        let row = Row {
            code: diagnostic.code.name(),
            severity: diagnostic.severity.as_str(),
            message: &diagnostic.message,
            file,
            line: at.line,
            column: at.column,
            end_line: at.end_line,
            end_column: at.end_column,
            label: &diagnostic.label,
            help: diagnostic.help.as_deref(),
            note: diagnostic.note.as_deref(),
            related,
        };
        let comma = if index + 1 == diagnostics.len() { "" } else { "," };
        writeln!(out, "  {}{comma}", serde_json::to_string(&row)?)?;
    }
    writeln!(out, "]")
}

fn row<'a>(sources: &Sources, place: Place, label: &'a str) -> RelatedRow<'a> {
    let at = sources.line_columns(place);
    RelatedRow {
        label,
        file: sources.file(place.file).path().to_string_lossy().replace('\\', "/"),
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
    }
}
