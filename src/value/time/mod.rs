//! Time: seconds since the epoch, spans (`5m`), relative times (`-1d@d`) and format variables (`%Y-%m-%d`).
//!
//! A time is a double: microseconds are exact for today's dates. Everything here is bounded: what lies outside the years
//! -9999 to 9999 is no time.

pub mod format;
pub mod relative;
pub mod span;

pub use format::Format;
pub use relative::{Instant, RelativeTime};
pub use span::TimeSpan;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A unit of time, in the spellings of SPL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// `us`.
    Microsecond,
    /// `ms`.
    Millisecond,
    /// `cs`.
    Centisecond,
    /// `ds`.
    Decisecond,
    /// `s`, `sec`, `secs`, `second`, `seconds`.
    Second,
    /// `m`, `min`, `mins`, `minute`, `minutes`.
    Minute,
    /// `h`, `hr`, `hrs`, `hour`, `hours`.
    Hour,
    /// `d`, `day`, `days`.
    Day,
    /// `w`, `week`, `weeks`.
    Week,
    /// `mon`, `month`, `months`.
    Month,
    /// `q`, `qtr`, `qtrs`, `quarter`, `quarters`.
    Quarter,
    /// `y`, `yr`, `yrs`, `year`, `years`.
    Year,
}

impl Unit {
    /// Reads a unit, in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "us" => Self::Microsecond,
            "ms" => Self::Millisecond,
            "cs" => Self::Centisecond,
            "ds" => Self::Decisecond,
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Self::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            "mon" | "month" | "months" => Self::Month,
            "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Self::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// Seconds of one unit; for months and longer those of 30, 90 and 365 days.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Microsecond => 1e-6,
            Self::Millisecond => 1e-3,
            Self::Centisecond => 1e-2,
            Self::Decisecond => 1e-1,
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Hour => 3600.0,
            Self::Day => 86_400.0,
            Self::Week => 7.0 * 86_400.0,
            Self::Month => 30.0 * 86_400.0,
            Self::Quarter => 90.0 * 86_400.0,
            Self::Year => 365.0 * 86_400.0,
        }
    }
}

/// Seconds since the epoch as a timestamp, to the microsecond; `None` if out of range.
pub fn timestamp(seconds: f64) -> Option<Timestamp> {
    let micros = (seconds * 1e6).round();
    if micros.abs() < 9e18 { Timestamp::from_microsecond(micros as i64).ok() } else { None }
}

/// A timestamp as seconds since the epoch.
pub fn seconds(timestamp: Timestamp) -> f64 {
    let micros = timestamp.as_microsecond();
    let whole = micros.div_euclid(1_000_000);
    whole as f64 + micros.rem_euclid(1_000_000) as f64 / 1e6
}

/// What clocks of a zone show at a time.
pub fn local(time: f64, zone: &TimeZone) -> Option<DateTime> {
    Some(zone.to_datetime(timestamp(time)?))
}

/// The time at which clocks of a zone show this; the earlier one if they do twice, shifted by the gap if they never do.
pub fn from_local(civil: DateTime, zone: &TimeZone) -> Option<f64> {
    zone.to_timestamp(civil).ok().map(seconds)
}

/// Midnight at the start of a date.
fn midnight(date: Date, zone: &TimeZone) -> Option<f64> {
    from_local(date.to_datetime(jiff::civil::Time::midnight()), zone)
}

/// Days from 1970-01-01 to a date.
fn day_number(date: Date) -> i64 {
    i64::from(date.duration_since(Date::constant(1970, 1, 1)).as_hours() as i32 / 24)
}

/// The date so many days after 1970-01-01.
fn date_of_day(number: i64) -> Option<Date> {
    let days = jiff::Span::new().try_days(number).ok()?;
    Date::constant(1970, 1, 1).checked_add(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_to_the_microsecond() {
        for time in [0.0, -1.5, 1_741_774_645.123_456, 1e-6] {
            assert_eq!(timestamp(time).map(seconds), Some(time));
        }
        for nothing in [f64::NAN, f64::INFINITY, 1e300, -1e15] {
            assert_eq!(timestamp(nothing), None, "{nothing}");
        }
        for day in [-1_000_000, -1, 0, 1, 20_000] {
            assert_eq!(date_of_day(day).map(day_number), Some(day));
        }
    }
}
