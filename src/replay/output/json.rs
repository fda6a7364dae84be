//! Results as one JSON array, an object per line of the array.

use crate::replay::TestResult;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Row<'a> {
    detection: &'a str,
    id: &'a str,
    file: String,
    test: &'a str,
    status: String,
    reason: &'a str,
    events: u64,
    rows: usize,
    stages: Vec<Stage>,
    miss: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Stage {
    command: &'static str,
    step: &'static str,
    rows_in: u64,
    rows_out: u64,
}

/// Writes the array. `events` counts events read, `rows` the rows of the result; `stages` says how many rows reached
/// and left each step of the search.
pub fn write(out: &mut dyn Write, results: &[TestResult]) -> io::Result<()> {
    writeln!(out, "[")?;
    for (index, result) in results.iter().enumerate() {
        let stages = result.trace.iter().map(|stage| Stage {
            command: stage.command,
            step: stage.label,
            rows_in: stage.rows_in,
            rows_out: stage.rows_out,
        });
        let row = Row {
            detection: &result.detection,
            id: &result.id,
            file: result.file.to_string_lossy().replace('\\', "/"),
            test: &result.test,
            status: result.status.as_str().to_lowercase(),
            reason: &result.reason,
            events: result.events,
            rows: result.rows.rows(),
            stages: stages.collect(),
            miss: &result.miss,
            notes: &result.notes,
        };
        let comma = if index + 1 == results.len() { "" } else { "," };
        writeln!(out, "  {}{comma}", serde_json::to_string(&row)?)?;
    }
    writeln!(out, "]")
}
