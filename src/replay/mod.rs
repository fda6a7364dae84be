//! Replays the data of a detection's tests: finds it, joins events with knowledge, runs the plan, judges the rows.
//!
//! The engine must not know YAML, and the events must not know plans; a test needs both. So this room stands to the
//! right of them.

pub mod dataset;
mod download;
mod lookups;
#[allow(dead_code, reason = "the source that reads them comes next")]
mod raw;
#[allow(dead_code, reason = "the runner that says it comes next")]
mod reason;
mod result;
mod verdict;

pub use lookups::Lookups;
pub use raw::{Input, RawEvents};
pub use result::{Status, TestResult};
pub use verdict::{Verdict, judge};
