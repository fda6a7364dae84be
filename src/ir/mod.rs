//! The plan: what a search does, as a short list of operations with a plain relational meaning.
//!
//! `crate::commands` lowers each SPL command to operations: `top` is aggregate, sort and limit; `tstats` is a dataset,
//! a filter, fills and an aggregate. What has no such meaning is a [`Native`] operation supplied by the command's own
//! file. The engine, the field flow and later back ends know operations only.

pub mod flow;
pub mod needs;
pub mod op;
pub mod order;
pub mod print;
pub mod reads;
pub mod schema;
pub mod wildcard;

pub use flow::{PlanFlow, flow};
pub use needs::{Fields, Needs, needs, needs_of};
pub use op::{Native, Op, Operator};
pub use schema::{Catalog, FieldInfo, Flow, NoCatalog, Read, ReadKind, Schema};

use crate::source::Span;

/// A compiled search.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Operations in the order in which rows pass them. The first one produces rows, unless the plan is the body of an
    /// `appendpipe` or `foreach`.
    pub steps: Vec<Step>,
    /// The subsearches that predicates of this plan name by index.
    pub subsearches: Vec<Plan>,
}

/// One operation and the command that it came from.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to do.
    pub op: Op,
    /// Name of the SPL command, for messages.
    pub command: &'static str,
    /// The command in the expanded search text. Several steps of one command share it.
    pub span: Span,
}

#[cfg(test)]
mod tests;
