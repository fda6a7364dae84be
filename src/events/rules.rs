//! Which decisions of the reader index-time rules take over.

use super::Kind;
use crate::knowledge::IndexTimeRules;

/// The format that `INDEXED_EXTRACTIONS` asserts, whatever the content looks like.
pub(super) fn kind(rules: &IndexTimeRules) -> Option<Kind> {
    match rules.indexed_extractions.as_deref()? {
        "csv" | "psv" | "tsv" => Some(Kind::Csv),
        "w3c" => Some(Kind::W3c),
        _ => None,
    }
}

/// Whether anything is said about where events end.
pub(super) fn say_breaking(rules: &IndexTimeRules) -> bool {
    rules.line_breaker.is_some() || rules.should_linemerge.is_some() || rules.break_only_before.is_some()
}

/// Whether anything is said about where the time stands.
pub(super) fn say_time(rules: &IndexTimeRules) -> bool {
    rules.time_prefix.is_some() || rules.time_format.is_some() || rules.current_time
}
