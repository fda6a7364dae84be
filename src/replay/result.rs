//! What a test of a detection came to.

use crate::engine::StageCount;
use crate::value::Batch;
use std::path::PathBuf;
use std::time::Duration;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The rows are what the test asks for.
    Pass,
    /// They are not.
    Fail,
    /// The test was not run, for a reason that is no fault of the detection.
    Skip,
    /// The test could not be run: the search does not compile, or the data cannot be read.
    Error,
}

impl Status {
    /// The official tool's word: `PASS`, `FAIL`, `SKIP`, `ERROR`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Skip => "SKIP",
            Self::Error => "ERROR",
        }
    }
}

/// One test of one detection.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// Name of the detection.
    pub detection: String,
    /// Id of the detection; empty if it has none.
    pub id: String,
    /// The detection's file, relative to its pack.
    pub file: PathBuf,
    /// Name of the test; empty for a detection without tests.
    pub test: String,
    /// How it ended.
    pub status: Status,
    /// Why, in one line: lower case, no final period. Empty for a pass.
    pub reason: String,
    /// Events read, over all datasets of the test.
    pub events: u64,
    /// The result set; empty if the search did not run.
    pub rows: Batch,
    /// Rows that reached and left each stage.
    pub trace: Vec<StageCount>,
    /// Of a search without rows: the condition that removed the last one and what came nearest, one line each.
    pub miss: Vec<String>,
    /// What a user should know besides: guesses about the data, limits.
    pub notes: Vec<String>,
    /// Time that the test took.
    pub duration: Duration,
}
