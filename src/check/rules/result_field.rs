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
    // The official tool looks at these only where there is a message.
    let has_message = subject.detection.risk.message.as_ref().is_some_and(|message| !message.is_empty());
    let help = if has_message {
        subject.instead_of_required(name.as_str(), "")
    } else {
        subject.instead_of(name.as_str(), "")
    };
    let (Some(help), Some(place)) = (help, name.whole()) else { return };
    let message = format!("the search does not produce `{}`, which a {what} names", name.as_str());
    let mut diagnostic = Diagnostic::new(code, message, place).label("not a field of the result").help(help);
    diagnostic.severity = if has_message { subject.missing_field(name.as_str()) } else { Severity::Warning };
    findings.push(diagnostic);
}
