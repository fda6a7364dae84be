//! What a run may use, and what it needs to know.

use crate::expr::Context;

/// Bounds of one run. They guard memory against hostile input; ordinary searches never meet them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows that one operation, or the result, may hold at a time.
    pub rows: usize,
    /// Groups that one aggregation may hold.
    pub groups: usize,
    /// Rows that a running window (`streamstats`) may look back on, as in Splunk.
    pub window: usize,
    /// How deep searches may nest in each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 5_000_000, groups: 1_000_000, window: 10_000, depth: 32 }
    }
}

/// What a run needs to know besides plan and rows.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Start of the search, seconds since the epoch: `now()`.
    pub now: f64,
    /// The search's time zone; UTC unless the user says otherwise.
    pub zone: jiff::tz::TimeZone,
    /// Seed of `random()`.
    pub seed: u64,
    /// The search's time range: from, and up to but not including. Sources give no event outside of it.
    pub range: (Option<f64>, Option<f64>),
    /// Where addresses are, for `iplocation`.
    pub places: Option<crate::value::places::Places>,
    /// Bounds.
    pub limits: Limits,
}

impl RunOptions {
    /// A run in UTC that starts at `now` (seconds since the epoch).
    pub fn at(now: f64) -> Self {
        Self {
            now,
            zone: jiff::tz::TimeZone::UTC,
            seed: 0,
            range: (None, None),
            places: None,
            limits: Limits::default(),
        }
    }

    /// What expressions need to know of the run.
    pub fn context(&self) -> Context {
        Context {
            now: self.now,
            zone: self.zone.clone(),
            seed: self.seed,
            range: self.range,
            places: self.places.clone(),
        }
    }
}
