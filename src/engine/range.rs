//! The time range of a search (`--earliest`, `--latest`), which its first step keeps.

use crate::expr::{Context, Predicate};
use crate::ir::op::Condition;
use crate::ir::{Fields, Op, Plan};
use crate::value::Batch;

/// A range that rows have to be in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    from: Option<f64>,
    to: Option<f64>,
}

impl Range {
    /// The range that a plan's events have to be in. None if there is none, if the plan reads no events, or if it names a
    /// range itself, which then counts alone.
    pub(super) fn of(plan: &Plan, context: &Context) -> Option<Self> {
        let (from, to) = context.range;
        let steps = plan.steps.iter().map(|step| &step.op);
        let own = match steps.clone().next()? {
            Op::Events { filter } => is_bounded(filter),
            Op::Dataset { .. } => {
                let filters = steps.skip(1).map_while(|op| match op {
                    Op::Filter(Condition::Search(filter)) => Some(filter),
                    _ => None,
                });
                filters.into_iter().any(is_bounded)
            }
            _ => return None,
        };
        (!own && (from.is_some() || to.is_some())).then_some(Self { from, to })
    }

    /// The fields that a source has to give.
    pub(super) fn needs(fields: &Fields) -> Fields {
        let mut fields = fields.clone();
        fields.add("_time");
        fields
    }

    /// The rows within the range; a row without a time is not.
    pub(super) fn keep(self, batch: Batch) -> Batch {
        let admits = |row: usize| {
            let time = batch.value(row, "_time").as_number();
            time.is_some_and(|time| self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time < to))
        };
        let kept: Vec<usize> = (0..batch.rows()).filter(|&row| admits(row)).collect();
        if kept.len() == batch.rows() { batch } else { batch.take(&kept) }
    }
}

/// Whether a condition names a time.
fn is_bounded(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::TimeBound(_) => true,
        Predicate::And(terms) | Predicate::Or(terms) => terms.iter().any(is_bounded),
        Predicate::Not(term) => is_bounded(term),
        Predicate::Compare { .. } | Predicate::In { .. } | Predicate::Keyword(_) | Predicate::Subsearch(_) => false,
    }
}
