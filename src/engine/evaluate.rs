//! The seam to the expression room.

use super::outcome::{Failure, FailureKind};
use crate::expr::{Context, Expr, Predicate};
use crate::ir::op::Aggregate;
use crate::value::{Batch, Column, Value};

pub(super) fn eval(_expr: &Expr, batch: &Batch, _context: &Context) -> Column {
    Column::repeat(Value::Null, batch.rows())
}

pub(super) fn select(_predicate: &Predicate, batch: &Batch, _context: &Context) -> Vec<bool> {
    vec![true; batch.rows()]
}

/// The values of one group, summed up as they come.
pub(super) trait Accumulator {
    fn add(&mut self, value: &Value, time: Option<f64>);
    fn finish(&self) -> Value;
}

pub(super) fn accumulator(aggregate: &Aggregate) -> Result<Box<dyn Accumulator>, Failure> {
    Err(Failure::new(FailureKind::Unsupported, format!("`{}` cannot be computed yet", aggregate.function.name)))
}

/// The right side of `field="text"` in a search: no letter case, `*` stands for any text.
pub(super) fn search_pattern(_text: &str) -> crate::value::pattern::Pattern {
    crate::value::pattern::Pattern
}

/// The start of the bucket of a time.
pub(super) fn floor(_span: &crate::value::time::TimeSpan, time: f64, _context: &Context) -> f64 {
    time
}

/// Calls `found` for each named group that took part in a hit, hit after hit, at most `hits` of them.
pub(super) fn captures(
    _regex: &crate::value::regex::Regex,
    _text: &str,
    _hits: usize,
    _found: &mut dyn FnMut(&str, &str),
) -> Result<(), Failure> {
    Err(Failure::new(FailureKind::Unsupported, "regular expressions cannot be run yet"))
}
