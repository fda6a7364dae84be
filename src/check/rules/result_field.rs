//! `unknown-risk-field`, `unknown-threat-field`: a risk object or threat object names a field that the search does not
//! produce, so that no risk is ever assigned for it.

use crate::check::{Findings, Subject};
use crate::diag::{Code, Diagnostic, Severity, codes};
use crate::source::Located;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let risk = &subject.detection.risk;
    for object in &risk.objects {
        field(subject, &object.field, codes::UNKNOWN_RISK_FIELD, "risk object", findings);
    }
    for threat in &risk.threats {
        field(subject, &threat.field, codes::UNKNOWN_THREAT_FIELD, "threat object", findings);
    }
}

fn field(subject: &Subject<'_>, name: &Located, code: Code, what: &str, findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    if compiled.produces(name.as_str()) {
        return;
    }
    let Some(place) = name.whole() else { return };
    let message = format!("the search does not produce `{}`, which a {what} names", name.as_str());
    let mut diagnostic = Diagnostic::new(code, message, place)
        .label("not a field of the result")
        .help(compiled.instead_of(name.as_str(), ""));
    diagnostic.severity = severity(subject, name.as_str());
    findings.push(diagnostic);
}

/// The official tool looks at these only where there is a message.
fn severity(subject: &Subject<'_>, name: &str) -> Severity {
    let has_message = subject.detection.risk.message.as_ref().is_some_and(|message| !message.is_empty());
    if has_message { subject.missing_field(name) } else { Severity::Warning }
}
