//! One file per operation of a plan.
//!
//! [`open`] makes a running [`Stage`] of an operation. Most are one of two shapes: [`Each`] changes batch by batch and
//! keeps nothing; [`Whole`] keeps all rows and works at the end.

mod aggregate;
mod append;
mod bin;
mod distinct;
mod expand;
pub(super) mod extend;
mod extract;
mod fill;
pub(super) mod filter;
mod join;
mod limit;
pub(super) mod lookup;
mod map;
mod project;
mod rename;
mod sort;
pub(super) mod table;
mod window;

use super::driver::Run;
use super::outcome::{Failure, FailureKind};
use crate::ir::{Op, Operator, Plan};
use crate::value::Batch;

/// A running operation.
pub(super) trait Stage: Send {
    /// Takes a batch; gives what can be given already.
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure>;

    /// No more rows come; gives the rest.
    fn finish(&mut self, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        Ok(None)
    }

    /// No row that still comes can change the result.
    fn is_done(&self) -> bool {
        false
    }

    /// Rows are neither kept nor written anywhere, so nothing is lost if no more of them come.
    fn is_stateless(&self) -> bool {
        false
    }
}

/// An operation on one batch at a time that keeps nothing.
struct Each<F>(F);

impl<F: FnMut(Batch, &Run<'_>) -> Result<Batch, Failure> + Send> Stage for Each<F> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        (self.0)(batch, run).map(Some)
    }

    fn is_stateless(&self) -> bool {
        true
    }
}

/// An operation that needs all rows.
struct Whole<F> {
    rows: Batch,
    work: F,
}

impl<F: FnMut(Batch, &Run<'_>) -> Result<Batch, Failure>> Whole<F> {
    fn new(work: F) -> Self {
        Self { rows: Batch::new(0), work }
    }
}

impl<F: FnMut(Batch, &Run<'_>) -> Result<Batch, Failure> + Send> Stage for Whole<F> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        run.may_keep(self.rows.rows() + batch.rows())?;
        self.rows.append(&batch);
        Ok(None)
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        (self.work)(std::mem::take(&mut self.rows), run).map(Some)
    }
}

/// An operation that a command supplied.
struct Supplied(Box<dyn Operator>);

impl Stage for Supplied {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.0.push(batch, run.context()).map_err(|text| Failure::new(FailureKind::Command, text))
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.0.finish(run.context()).map_err(|text| Failure::new(FailureKind::Command, text))
    }
}

/// A running stage for an operation that takes rows. `plan` is the plan that the operation belongs to.
pub(super) fn open<'p>(op: &'p Op, plan: &'p Plan, run: &Run<'_>) -> Result<Box<dyn Stage + 'p>, Failure> {
    Ok(match op {
        Op::Events { .. } | Op::Dataset { .. } | Op::Rows { .. } | Op::Table { append: false, .. } => {
            return Err(not_first());
        }
        Op::Table { lookup, filter, start, max, append: true } => {
            table::open_append(&lookup.node, run.resolve(filter, plan)?, *start, *max)
        }
        Op::Filter(condition) => filter::open(condition, plan, run)?,
        Op::Extend(assignments) => extend::open(assignments),
        Op::Fill { value, fields } => fill::open(value, fields),
        Op::Project { mode, fields } => project::open(*mode, fields),
        Op::Rename(pairs) => rename::open(pairs),
        Op::Bin(bin) => bin::open(bin),
        Op::Aggregate(aggregation) => aggregate::open(aggregation)?,
        Op::Window(window) => window::open(window)?,
        Op::Sort { keys, limit } => sort::open(keys, *limit),
        Op::Limit { count, last } => limit::open(*count, *last),
        Op::Reverse => limit::open_reverse(),
        Op::Distinct(distinct) => distinct::open(distinct),
        Op::Expand { field, limit } => expand::open(field, *limit),
        Op::Extract(extract) => extract::open(extract),
        Op::Lookup(call) => lookup::open(call),
        Op::Output { lookup, append, empty_replaces } => table::open_write(&lookup.node, *append, *empty_replaces),
        Op::Join(join) => join::open(join, run)?,
        Op::Append(plan) => append::open(plan),
        Op::AppendPipe(plan) => append::open_pipe(plan),
        Op::AppendColumns { plan, overwrite } => append::open_columns(plan, *overwrite),
        Op::Map { search, max } => map::open(&search.node, *max),
        Op::Native(native) => Box::new(Supplied(native.open(run.context()))),
        Op::Unsupported { command, reason } => return Err(unsupported(command, reason)),
    })
}

/// One or two words for the trace.
pub(super) fn label(op: &Op) -> &'static str {
    match op {
        Op::Events { .. } => "events",
        Op::Dataset { .. } => "dataset",
        Op::Table { .. } => "table",
        Op::Rows { .. } => "rows",
        Op::Filter(_) => "filter",
        Op::Extend(_) => "compute",
        Op::Fill { .. } => "fill",
        Op::Project { .. } => "fields",
        Op::Rename(_) => "rename",
        Op::Bin(_) => "bin",
        Op::Aggregate(_) => "groups",
        Op::Window(_) => "window",
        Op::Sort { .. } => "sort",
        Op::Limit { .. } => "limit",
        Op::Reverse => "reverse",
        Op::Distinct(_) => "distinct",
        Op::Expand { .. } => "expand",
        Op::Extract(_) => "extract",
        Op::Lookup(_) => "lookup",
        Op::Output { .. } => "write table",
        Op::Join(_) => "join",
        Op::Append(_) => "append",
        Op::AppendPipe(_) => "append pipe",
        Op::AppendColumns { .. } => "append columns",
        Op::Map { .. } => "map",
        Op::Native(native) => native.name(),
        Op::Unsupported { .. } => "unsupported",
    }
}

/// Whether an operation brings its own rows instead of taking some.
pub(super) fn produces_rows(op: &Op) -> bool {
    matches!(op, Op::Events { .. } | Op::Dataset { .. } | Op::Rows { .. } | Op::Table { append: false, .. })
}

fn not_first() -> Failure {
    Failure::new(FailureKind::Command, "a command that produces rows stands behind another command")
}

pub(super) fn unsupported(command: &str, reason: &str) -> Failure {
    Failure::new(FailureKind::Unsupported, format!("`{command}` cannot be run: {reason}"))
}

#[cfg(test)]
mod tests;
