//! `unknown-throttling-field`: alerts are held back by a field that the search does not produce.

use crate::check::{Findings, Subject};
use crate::content::shape::Form;
use crate::diag::{Diagnostic, codes};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for field in &subject.detection.throttling_fields {
        let Some(place) = field.whole().filter(|_| Form::FieldName.fits(field.as_str())) else { continue };
        let Some(help) = subject.instead_of_required(field.as_str(), "") else { continue };
        let message = format!("the search does not produce `{}`, which throttling names", field.as_str());
        findings.push_at(
            subject.missing_field(field.as_str()),
            Diagnostic::new(codes::UNKNOWN_THROTTLING_FIELD, message, place)
                .label("not a field of the result")
                .help(help),
        );
    }
}
