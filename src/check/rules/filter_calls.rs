//! `repeated-filter-macro`, `four-backticks`: how a search calls its macros.

use crate::check::{Findings, Subject};
use crate::content::names;
use crate::diag::{Diagnostic, codes};
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(search) = &subject.detection.search else { return };
    if let Some(at) = search.as_str().find("````")
        && let Some(place) = search.place(Span::new(at, at + 4))
    {
        findings.push(
            Diagnostic::new(codes::FOUR_BACKTICKS, "four backticks stand in a row", place)
                .label("neither a comment nor a macro call")
                .help("put a blank between the comment and the call"),
        );
    }
    let Some(compiled) = subject.compiled else { return };
    let own = names::filter_macro(subject.detection.object.name.as_str());
    let mut calls = compiled.expansion.calls.iter().filter(|call| *call.name == *own && call.inside.is_none());
    if let (Some(first), Some(second)) = (calls.next(), calls.next()) {
        findings.push(
            Diagnostic::new(codes::REPEATED_FILTER_MACRO, format!("`{own}` is called twice"), second.place)
                .label("here again")
                .related(first.place, "first here")
                .help("remove one of the two"),
        );
    }
}
