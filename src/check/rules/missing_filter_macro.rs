//! `missing-filter-macro`: a detection's search does not call its own filter macro.
//!
//! Every detection ends in a call of `<name>_filter`, so that users can leave out known false positives without editing
//! the search. The macro itself need not exist in the pack.

use crate::check::{Findings, Subject};
use crate::content::names;
use crate::diag::{Diagnostic, codes, nearest};
use crate::source::Located;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let detection = subject.detection;
    let Some(compiled) = subject.compiled else { return };
    let wanted = names::filter_macro(detection.object.name.as_str());
    // Where a quote is not closed, the call is swallowed by it: one mistake, one finding.
    let written = |search: &Located| search.as_str().contains(&format!("`{wanted}`"));
    if !compiled.sound && detection.search.as_ref().is_some_and(written) {
        return;
    }
    let mut calls = compiled.expansion.calls.iter();
    if calls.any(|call| *call.name == *wanted) {
        return;
    }
    let filters = compiled.expansion.calls.iter().filter(|call| call.name.ends_with("_filter"));
    let help = match nearest(&wanted, filters.map(|call| &*call.name)) {
        Some(written) => format!("write `{wanted}` for `{written}`: the name follows from the detection's name"),
        None => format!("end the search with | `{wanted}`"),
    };
    let place = subject.search_key();
    findings.push(
        Diagnostic::new(codes::MISSING_FILTER_MACRO, format!("the search does not call `{wanted}`"), place)
            .label("in this search")
            .help(help),
    );
}
