//! `unknown-token`: a `$token$` of a message or drilldown names a field that the search does not produce; it would be
//! shown to the analyst as it stands.

use crate::check::{Findings, Subject};
use crate::content::token;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::Located;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let detection = subject.detection;
    let messages =
        detection.risk.message.iter().chain(detection.risk.objects.iter().filter_map(|o| o.message.as_ref()));
    for message in messages {
        tokens(subject, message, "message", findings);
    }
    for drilldown in &detection.drilldowns {
        for text in drilldown.name.iter().chain(&drilldown.search) {
            tokens(subject, text, "drilldown", findings);
        }
    }
}

fn tokens(subject: &Subject<'_>, text: &Located, what: &str, findings: &mut Findings) {
    for (name, span) in token::find(text.as_str()) {
        if is_builtin(name) {
            continue;
        }
        // The official tool looks at tokens of messages, if they are plain words.
        let looked_at = what == "message" && !name.contains(['.', ' ']);
        let help = if looked_at { subject.instead_of_required(name, "$") } else { subject.instead_of(name, "$") };
        let Some(help) = help else { continue };
        let Some(place) = text.place(span) else { continue };
        let message = format!("the search does not produce `{name}`, which a token of the {what} names");
        let mut diagnostic =
            Diagnostic::new(codes::UNKNOWN_TOKEN, message, place).label("not a field of the result").help(help);
        diagnostic.severity = if looked_at { subject.missing_field(name) } else { Severity::Warning };
        findings.push(diagnostic);
    }
}

/// Tokens that Splunk fills itself.
fn is_builtin(name: &str) -> bool {
    matches!(name, "info_min_time" | "info_max_time" | "info_search_time" | "info_sid" | "search_name")
        || name.starts_with("result.")
        || name.starts_with("trigger")
}
