//! The seam to the expression room.

use super::outcome::{Failure, FailureKind};
use crate::expr::Context;
use crate::ir::op::Aggregate;

pub(super) use crate::expr::eval::eval;
pub(super) use crate::expr::predicate::select;
pub(super) use crate::expr::stats::Accumulator;

/// The values of one group, summed up as they come.
pub(super) fn accumulator(aggregate: &Aggregate) -> Result<Box<dyn Accumulator>, Failure> {
    match aggregate.function.unsupported {
        Some(reason) => {
            let text = format!("`{}` cannot be computed: {reason}", aggregate.function.name);
            Err(Failure::new(FailureKind::Unsupported, text))
        }
        None => Ok(aggregate.function.accumulator(aggregate.parameter)),
    }
}

/// The right side of `field="text"` in a search: no letter case, `*` stands for any text.
pub(super) fn search_pattern(text: &str) -> crate::value::pattern::Pattern {
    crate::value::pattern::Pattern::new(text)
}

/// The start of the bucket of a time.
pub(super) fn floor(span: crate::value::time::TimeSpan, time: f64, context: &Context) -> f64 {
    span.floor(time, &context.zone)
}

/// Calls `found` for each named group that took part in a hit, hit after hit, at most `hits` of them.
pub(super) fn captures(regex: &crate::value::regex::Regex, text: &str, hits: usize, found: &mut dyn FnMut(&str, &str)) {
    for hit in regex.captures_iter(text).take(hits) {
        for (group, name) in regex.groups() {
            if let Some(value) = hit.get(*group) {
                found(name, value);
            }
        }
    }
}
