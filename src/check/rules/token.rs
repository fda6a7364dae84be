//! `unknown-token`: a `$token$` of a message or drilldown names a field that the search does not produce; it would be
//! shown to the analyst as it stands.

use crate::check::{Findings, Subject};
use crate::diag::{Diagnostic, codes};
use crate::source::{Located, Span};

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
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    for (name, span) in find(text.as_str()) {
        if is_builtin(name) || compiled.produces(name) {
            continue;
        }
        let Some(place) = text.place(span) else { continue };
        let message = format!("the search does not produce `{name}`, which a token of the {what} names");
        let mut diagnostic = Diagnostic::new(codes::UNKNOWN_TOKEN, message, place)
            .label("not a field of the result")
            .help(compiled.instead_of(name, "$"));
        diagnostic.severity = subject.severity();
        findings.push(diagnostic);
    }
}

/// Tokens that Splunk fills itself.
fn is_builtin(name: &str) -> bool {
    matches!(name, "info_min_time" | "info_max_time" | "info_search_time" | "info_sid" | "search_name")
        || name.starts_with("result.")
        || name.starts_with("trigger")
}

/// The `$tokens$` of a text: the name without `$` and `|filter`, and the span with both `$`.
fn find(text: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('$').map(|offset| at + offset) {
        let Some(close) = text[open + 1..].find('$').map(|offset| open + 1 + offset) else { break };
        let inner = &text[open + 1..close];
        let name = inner.split('|').next().unwrap_or(inner);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.{}-:@".contains(c));
        if is_name {
            found.push((name, Span::new(open, close + 1)));
            at = close + 1;
        } else {
            // A lone `$`, as in a price: the second one may open a token.
            at = close;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_with_their_dollar_signs() {
        let names: Vec<&str> = find("on $dest$ by \"$user|s$\", cost 5$ and $a b$ $x$").iter().map(|t| t.0).collect();
        assert_eq!(names, ["dest", "user", "x"]);
        assert_eq!(find("on $dest$")[0].1, Span::new(3, 9));
        assert!(find("$ $").is_empty());
        assert!(find("$").is_empty());
    }
}
