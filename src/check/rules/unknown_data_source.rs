//! `unknown-data-source`: a detection names a data source that no known pack has.

use crate::check::{Findings, Subject, did_you_mean};
use crate::content::model::Generation;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for entry in &subject.detection.data_sources {
        for (name, span) in alternatives(entry.as_str()) {
            if subject.pack.data_source(name).is_some() {
                continue;
            }
            let Some(place) = entry.place(span) else { continue };
            let names = subject.pack.data_sources.iter().map(|source| source.object.name.as_str());
            let message = format!("data source `{name}` does not exist");
            let mut found = Diagnostic::new(codes::UNKNOWN_DATA_SOURCE, message, place)
                .label("no data source of this name")
                .help(did_you_mean(name, names, "add it under data_sources/, or name its pack with `--with`"));
            // Content of the first generation named its sources freely; the official tool of its time only warned.
            if subject.detection.object.generation == Generation::V4 {
                found.severity = Severity::Warning;
            }
            findings.push(found);
        }
    }
}

/// The data sources of one entry: several that are needed together are joined by ` AND `.
fn alternatives(entry: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in entry.split(" AND ") {
        let name = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        found.push((name, Span::new(start, start + name.len())));
        at += part.len() + " AND ".len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_join_two_sources() {
        let found = alternatives("Sysmon EventID 1 AND  Sysmon EventID 11");
        assert_eq!(found, [("Sysmon EventID 1", Span::new(0, 16)), ("Sysmon EventID 11", Span::new(22, 39))]);
    }
}
