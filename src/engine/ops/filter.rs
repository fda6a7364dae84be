//! Keeps the rows that satisfy a condition of one of the two expression languages.
//!
//! A row stays for an eval condition only if it is true, not if it is null.

use super::{Each, Stage};
use crate::engine::driver::Run;
use crate::engine::outcome::Failure;
use crate::expr::{Context, Expr, Predicate, eval, predicate};
use crate::ir::Plan;
use crate::ir::op::Condition;
use crate::value::Batch;

pub(super) fn open<'p>(
    condition: &'p Condition,
    plan: &'p Plan,
    run: &Run<'_>,
) -> Result<Box<dyn Stage + 'p>, Failure> {
    Ok(match condition {
        Condition::Search(predicate) => open_search(run.resolve(predicate, plan)?),
        Condition::Where(expr) => open_where(expr),
    })
}

/// Keeps the rows that satisfy a predicate without subsearches.
pub(in crate::engine) fn open_search<'p>(predicate: Predicate) -> Box<dyn Stage + 'p> {
    Box::new(Each(move |batch: Batch, run: &Run<'_>| Ok(select(&predicate, &batch, run.context()))))
}

/// Keeps the rows for which an expression is true.
pub(in crate::engine) fn open_where(expr: &Expr) -> Box<dyn Stage + '_> {
    Box::new(Each(move |batch: Batch, run: &Run<'_>| {
        Ok(keep(&batch, eval::holds(expr, &batch, run.context()).into_iter()))
    }))
}

/// The rows of a batch that satisfy a predicate without subsearches.
pub fn select(predicate: &Predicate, batch: &Batch, context: &Context) -> Batch {
    if matches!(predicate, Predicate::And(all) if all.is_empty()) {
        return batch.clone();
    }
    keep(batch, predicate::select(predicate, batch, context).into_iter())
}

fn keep(batch: &Batch, kept: impl Iterator<Item = bool>) -> Batch {
    let rows: Vec<usize> = kept.enumerate().filter(|&(_, kept)| kept).map(|(row, _)| row).collect();
    if rows.len() == batch.rows() { batch.clone() } else { batch.take(&rows) }
}
