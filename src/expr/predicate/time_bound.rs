//! `earliest=`, `latest=` and their kin.

use crate::expr::Context;
use crate::value::Value;
use crate::value::time::Instant;

/// A bound on the time of events.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeBound {
    /// Which time.
    pub time: TimeField,
    /// Which side.
    pub side: Side,
    /// Where.
    pub at: Instant,
}

/// The time that a bound is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    /// `_time`: when it happened.
    Event,
    /// `_indextime`: when it was indexed.
    Index,
}

/// A side of a range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At this time or later: `earliest`.
    From,
    /// Before this time: `latest`.
    Before,
}

impl TimeBound {
    /// Name of the field that holds the time.
    pub fn field(&self) -> &'static str {
        match self.time {
            TimeField::Event => "_time",
            TimeField::Index => "_indextime",
        }
    }

    /// The bound in seconds since the epoch; `None` if it is out of range.
    pub fn resolve(&self, context: &Context) -> Option<f64> {
        self.at.resolve(context.now, &context.zone)
    }

    /// Whether a row's time keeps the bound; a row without a time does not.
    pub(super) fn admits(&self, time: &Value, limit: f64) -> bool {
        time.as_number().is_some_and(|time| match self.side {
            Side::From => time >= limit,
            Side::Before => time < limit,
        })
    }
}
