//! Accumulators and captures, as the operations want them.

use super::outcome::{Failure, FailureKind};
use crate::expr::stats::Accumulator;
use crate::ir::op::Aggregate;
use crate::value::regex::Regex;

/// A fresh state of an aggregate's function.
pub(super) fn accumulator(aggregate: &Aggregate) -> Result<Box<dyn Accumulator>, Failure> {
    match aggregate.function.unsupported {
        Some(reason) => {
            let text = format!("`{}` cannot be computed: {reason}", aggregate.function.name);
            Err(Failure::new(FailureKind::Unsupported, text))
        }
        None => Ok(aggregate.function.accumulator(aggregate.parameter)),
    }
}

/// Calls `found` for each named group that took part in a hit, hit after hit, at most `hits` of them.
pub(super) fn captures(regex: &Regex, text: &str, hits: usize, found: &mut dyn FnMut(&str, &str)) {
    for hit in regex.captures_iter(text).take(hits) {
        for (group, name) in regex.groups() {
            if let Some(value) = hit.get(*group) {
                found(name, value);
            }
        }
    }
}
