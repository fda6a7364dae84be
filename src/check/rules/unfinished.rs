//! `unfinished-content`: marks of work that is still to be done.

use crate::check::{Findings, Item};
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{Place, Span};

/// What the official tool's template writes where an author has to fill something in.
const TEMPLATE: &str = "__UPDATE__";
/// A key that the migration to the newest schema leaves behind.
const MIGRATION: &str = "MANUAL_REVIEW";

pub(in crate::check) fn check(item: &Item<'_>, text: &str, findings: &mut Findings) {
    let file = item.object.file;
    if let Some(at) = text.find(TEMPLATE) {
        let place = Place { file, span: Span::new(at, at + TEMPLATE.len()) };
        findings.push(
            Diagnostic::new(codes::UNFINISHED_CONTENT, format!("`{TEMPLATE}` is still to be filled in"), place)
                .label("left from the template")
                .help("write what belongs here"),
        );
    }
    if let Some(key) = item.object.node.key_node(MIGRATION) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(codes::UNFINISHED_CONTENT, format!("`{MIGRATION}` says that work is left"), key.place)
                .label("left from a migration")
                .help("do what it asks for, then remove it"),
        );
    }
}
