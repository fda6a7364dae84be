//! Plans whose first rows are pushed: for callers who read the events of many plans once.

use super::driver::{Line, Run};
use super::limits::RunOptions;
use super::outcome::{Failure, FailureKind, Outcome};
use super::source::{Counts, Named, Source};
use crate::expr::Predicate;
use crate::ir::{Op, Plan};
use crate::value::Batch;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Results of subsearches that have run already. A plan is known by its address.
#[derive(Clone, Debug, Default)]
pub struct Prepared(Arc<Mutex<HashMap<usize, Result<Batch, Failure>>>>);

impl Prepared {
    /// Keeps the result of a subsearch.
    pub fn set(&self, plan: &Plan, result: Result<Batch, Failure>) {
        self.known().insert(address(plan), result);
    }

    /// Gives up the result of a subsearch that nobody will ask for again.
    pub fn forget(&self, plan: &Plan) {
        self.known().remove(&address(plan));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<usize, Result<Batch, Failure>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a subsearch has run and gave no rows.
    pub fn is_empty(&self, plan: &Plan) -> bool {
        matches!(self.known().get(&address(plan)), Some(Ok(rows)) if rows.is_empty())
    }

    pub(super) fn get(&self, plan: &Plan) -> Option<Result<Batch, Failure>> {
        self.known().get(&address(plan)).cloned()
    }
}

fn address(plan: &Plan) -> usize {
    std::ptr::from_ref(plan).addr()
}

/// A running plan that is given its first rows.
///
/// If its first step is [`Op::Events`] or [`Op::Dataset`], exactly the rows that a [`Source`] would give must be pushed, in
/// the same order; any other first step gives rows itself in the end. Subsearches that are not prepared are run over the
/// source.
pub struct Pushed<'p> {
    plan: &'p Plan,
    line: Line<'p>,
    run: Run<'p>,
    filter: Option<Predicate>,
    given: u64,
    failure: Option<Failure>,
}

impl<'p> Pushed<'p> {
    /// Opens the plan.
    ///
    /// # Errors
    /// A command cannot be run, the source lacks what the search names, or a subsearch failed.
    pub fn open(
        plan: &'p Plan,
        source: &'p dyn Source,
        options: &'p RunOptions,
        prepared: &Prepared,
    ) -> Result<Self, Failure> {
        let run = Run::new(source, options, Some(prepared.clone()));
        let Some(step) = plan.steps.first() else {
            return Err(Failure::new(FailureKind::Command, "the search is empty"));
        };
        let line = Line::open(plan, 1, &run)?;
        let mut filter = None;
        match &step.op {
            Op::Events { filter: written } => filter = Some(run.resolve(written, plan)?),
            Op::Dataset { model, .. } => {
                if let Some(failure) = run.obstacle(Named::Model(&model.node)) {
                    return Err(failure.at(0, step.span));
                }
            }
            _ => {}
        }
        Ok(Self { plan, line, run, filter, given: 0, failure: None })
    }

    /// What pushed events must satisfy, subsearches replaced by their rows; `None` unless the plan begins with events.
    pub fn filter(&self) -> Option<&Predicate> {
        self.filter.as_ref()
    }

    /// Takes rows. After `Break` no more are wanted: the result is certain, or the plan has failed.
    pub fn push(&mut self, batch: Batch) -> ControlFlow<()> {
        if self.failure.is_some() {
            return ControlFlow::Break(());
        }
        self.given += batch.rows() as u64;
        match self.line.push(0, batch, &self.run) {
            Ok(flow) => flow,
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    /// The result. `counts` speaks of the events that were looked at.
    ///
    /// # Errors
    /// A bound was reached, or a command met something that it cannot work with.
    pub fn finish(mut self, counts: Counts) -> Result<Outcome, Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        match self.plan.steps.first() {
            Some(step) if !reads_events(self.plan) => {
                self.line.produce(step, self.plan, &self.run).map_err(|failure| failure.at(0, step.span))?;
            }
            _ => self.line.count(counts.read, self.given.max(counts.selected)),
        }
        let (rows, trace) = self.line.finish(&self.run)?;
        Ok(self.run.outcome(rows, trace))
    }
}

/// Whether the plan's first rows come from events.
pub fn reads_events(plan: &Plan) -> bool {
    matches!(plan.steps.first().map(|step| &step.op), Some(Op::Events { .. } | Op::Dataset { .. }))
}
