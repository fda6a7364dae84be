//! What a run gives: rows and the way they took, or the reason why there are none.

use crate::lookup::Lookup;
use crate::source::Span;
use crate::value::{Batch, Name};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The result set, in order. A column without any value is a field that no row has.
    pub rows: Batch,
    /// One entry per step of the plan, in order: where rows came from and where they were lost.
    pub trace: Vec<StageCount>,
    /// Facts about the run that a user should see once, as sentences without a final period.
    pub notes: Vec<String>,
    /// What steps that got rows could not do here, subsearches included: one reason each, lower case, no final period. Rows
    /// or values that are missing may be missing because of it.
    pub lacks: Vec<String>,
    /// The tables that `outputlookup` wrote, by name: the run's own copies.
    pub tables: BTreeMap<Name, Arc<Lookup>>,
}

/// Rows that reached and left one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageCount {
    /// The SPL command that the step came from.
    pub command: &'static str,
    /// What the step does, in one or two words: `dataset`, `filter`, `groups`.
    pub label: &'static str,
    /// The command in the expanded search text.
    pub span: Span,
    /// Rows that came in; for a first step, events that were read.
    pub rows_in: u64,
    /// Rows that went out.
    pub rows_out: u64,
}

/// Why a run has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The kind, for those who treat some kinds alike (a test with an unsupported command is skipped).
    pub kind: FailureKind,
    /// Lower case, one line, no final period.
    pub message: String,
    /// Index of the step in the main plan.
    pub step: Option<usize>,
    /// The command concerned, in the expanded search text.
    pub span: Option<Span>,
}

/// Kinds of [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// A command or an option that is understood but cannot be run here.
    Unsupported,
    /// The source does not have what the search names: a data model, a lookup.
    Missing,
    /// A bound of [`super::Limits`] was reached.
    Limit,
    /// A command met something that it cannot work with.
    Command,
}

impl FailureKind {
    /// Stable kebab-case name, for machine output.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported-command",
            Self::Missing => "missing-input",
            Self::Limit => "limit-exceeded",
            Self::Command => "command-failed",
        }
    }
}

impl Failure {
    pub(super) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), step: None, span: None }
    }

    /// Names the step, unless a deeper one was named already.
    pub(super) fn at(mut self, step: usize, span: Span) -> Self {
        self.step.get_or_insert(step);
        self.span.get_or_insert(span);
        self
    }
}
