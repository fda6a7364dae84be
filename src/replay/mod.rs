//! Replays the data of a detection's tests: finds it, joins events with knowledge, runs the plan, judges the rows.
//!
//! The engine must not know YAML, and the events must not know plans; a test needs both. So this room stands to the
//! right of them.

mod cim;
pub mod dataset;
mod download;
pub mod expect;
mod fields;
mod lookups;
mod miss;
pub mod output;
mod raw;
mod reason;
mod result;
mod run;
mod source;
mod stop;
mod verdict;

pub use cim::CimSource;
pub use dataset::Finder;
pub use download::Progress;
pub(crate) use fields::datasets_of;
pub use lookups::Lookups;
pub(crate) use raw::batch as raw_batch;
pub use raw::{Input, RawEvents, batches_at_once, event};
pub use reason::lost;
pub use result::{Status, TestResult};
pub use run::{Hit, Tester};
pub use source::{CompileText, FileSource};
pub use stop::{interrupt, interrupts};
pub use verdict::{Verdict, judge};
