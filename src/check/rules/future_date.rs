//! `future-date`: a date that has not come yet.

use crate::check::{Findings, Item};
use crate::diag::{Diagnostic, codes};
use jiff::civil::Date;

pub(super) fn check(item: &Item<'_>, findings: &mut Findings) {
    let object = item.object;
    for date in object.date.iter().chain(&object.creation_date) {
        let (Ok(day), Some(place)) = (date.as_str().parse::<Date>(), date.whole()) else { continue };
        if day <= item.around.options.today {
            continue;
        }
        findings.push_at(
            item.around.since_5_3(object),
            Diagnostic::new(codes::FUTURE_DATE, format!("{day} lies in the future"), place)
                .label("not come yet")
                .help("write the day of the last change"),
        );
    }
}
