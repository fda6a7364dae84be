//! Runs plans: rows come from a [`Source`], pass the operations of a [`crate::ir::Plan`], and end in an [`Outcome`].
//!
//! The engine knows no files, YAML or pages. Whoever has events, data models and lookup tables gives them as a
//! [`Source`]; the engine asks for what a plan's first step names, and for nothing else.
//!
//! ```text
//! Source ──batches──► operation ──► operation ──► ... ──► Outcome { rows, trace, notes }
//!                     (ops/<name>.rs, one file each)
//! ```
//!
//! - Operations are pushed batch by batch; those that need all rows (sort, stats) keep them, within [`Limits`].
//! - Results are deterministic: the same rows, options and plan give the same rows in the same order.
//! - A command that cannot be run ends in a [`Failure`] that says so; there is never a partial answer.

#[cfg(test)]
mod cases;
mod driver;
mod evaluate;
pub mod external;
mod group;
mod limits;
pub mod memory;
mod ops;
mod outcome;
mod pushed;
mod range;
mod sieve;
mod source;
mod subsearch;
mod summary;
#[cfg(test)]
pub(crate) mod testing;

pub use crate::lookup::Lookup;
pub use driver::run;
pub use limits::{Limits, RunOptions};
pub use ops::filter::select;
pub use outcome::{Failure, FailureKind, Outcome, StageCount};
pub use pushed::{Prepared, Pushed, reads_events};
pub use source::{Counts, DatasetRequest, EventsRequest, MemorySource, Named, Sink, Source, Unavailable};
