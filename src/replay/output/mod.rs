//! Test results for machines: one file per form.

pub mod json;
pub mod junit;
pub mod summary;

use super::{Status, TestResult};

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Left out, with a reason.
    pub skipped: usize,
    /// Could not be run.
    pub errors: usize,
}

impl Totals {
    /// Counts results.
    pub fn of(results: &[TestResult]) -> Self {
        let mut totals = Self::default();
        for result in results {
            match result.status {
                Status::Pass => totals.passed += 1,
                Status::Fail => totals.failed += 1,
                Status::Skip => totals.skipped += 1,
                Status::Error => totals.errors += 1,
            }
        }
        totals
    }

    /// Whether no test failed or could not be run.
    pub fn all_well(&self) -> bool {
        self.failed == 0 && self.errors == 0
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { passed, failed, skipped, errors } = self;
        write!(f, "{passed} passed, {failed} failed, {errors} with errors, {skipped} skipped")
    }
}
