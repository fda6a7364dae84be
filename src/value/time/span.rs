//! Spans of time: `5m`, `1h`, `1mon`.

use super::{Unit, date_of_day, day_number, from_local, local, midnight};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A span of time: a number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeSpan {
    /// At least 1.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl TimeSpan {
    /// Reads `<int><unit>`, `<unit>` (one of it) or `<int>` (seconds). `None` for anything else, a count of 0 included.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        if text.is_empty() {
            return None;
        }
        let count = if count.is_empty() { 1 } else { count.parse().ok()? };
        let unit = if unit.is_empty() { Unit::Second } else { Unit::parse(unit.trim_start())? };
        (count > 0).then_some(Self { count, unit })
    }

    /// Its length in seconds; months, quarters and years count 30, 90 and 365 days.
    pub fn seconds(self) -> f64 {
        f64::from(self.count) * self.unit.seconds()
    }

    /// The start of the bucket that holds a time.
    ///
    /// Spans below a day align to the epoch. Days count from 1970-01-01 in local days, weeks begin on Sunday, months
    /// count from January of year 0, all at local midnight. A time out of range comes back unchanged.
    pub fn floor(self, time: f64, zone: &TimeZone) -> f64 {
        self.calendar_floor(time, zone).unwrap_or_else(|| {
            let size = self.seconds();
            if self.unit >= Unit::Day || !time.is_finite() {
                return time;
            }
            if self.unit < Unit::Second {
                // Divide by whole numbers: 0.1 is no exact double.
                let per_second = (1.0 / self.unit.seconds()).round();
                let count = f64::from(self.count);
                return ((time * per_second + 1e-3) / count).floor() * count / per_second;
            }
            (time / size).floor() * size
        })
    }

    /// The start of the bucket after the one that begins at `start` (a result of [`TimeSpan::floor`]).
    pub fn next(self, start: f64, zone: &TimeZone) -> f64 {
        let calendar = || {
            let date = local(start, zone)?.date();
            let count = i64::from(self.count);
            let next = match self.unit {
                Unit::Day => date_of_day(day_number(date) + count)?,
                Unit::Week => date_of_day(day_number(date) + 7 * count)?,
                Unit::Month => first_of_month(month_number(date) + count)?,
                Unit::Quarter => first_of_month(month_number(date) + 3 * count)?,
                Unit::Year => first_of_month(month_number(date) + 12 * count)?,
                _ => return None,
            };
            midnight(next, zone)
        };
        calendar().unwrap_or_else(|| start + self.seconds())
    }

    fn calendar_floor(self, time: f64, zone: &TimeZone) -> Option<f64> {
        if self.unit < Unit::Day {
            return None;
        }
        let date = local(time, zone)?.date();
        let count = i64::from(self.count);
        let day = day_number(date);
        // 1970-01-01 was a Thursday, the fifth day of its week.
        let days = |size: i64, first: i64| date_of_day((day - first).div_euclid(size) * size + first);
        let months = |size: i64| first_of_month(month_number(date).div_euclid(size) * size);
        let start = match self.unit {
            Unit::Day => days(count, 0),
            Unit::Week => days(7 * count, -4),
            Unit::Month => months(count),
            Unit::Quarter => months(3 * count),
            _ => months(12 * count),
        };
        midnight(start?, zone)
    }
}

impl std::fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::Microsecond => "us",
            Unit::Millisecond => "ms",
            Unit::Centisecond => "cs",
            Unit::Decisecond => "ds",
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "mon",
            Unit::Quarter => "q",
            Unit::Year => "y",
        };
        write!(f, "{}{unit}", self.count)
    }
}

fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

fn first_of_month(number: i64) -> Option<Date> {
    let year = i16::try_from(number.div_euclid(12)).ok()?;
    Date::new(year, number.rem_euclid(12) as i8 + 1, 1).ok()
}

/// The start of a unit of the calendar, for `@unit`; seconds, minutes and hours are those of the zone's clocks.
pub(super) fn snap(time: f64, unit: Unit, weekday: u8, zone: &TimeZone) -> Option<f64> {
    let small = match unit {
        Unit::Second => Some(1.0),
        Unit::Minute => Some(60.0),
        Unit::Hour => Some(3600.0),
        _ => None,
    };
    if let Some(size) = small {
        let offset = f64::from(zone.to_offset(super::timestamp(time)?).seconds());
        return Some(((time + offset) / size).floor() * size - offset);
    }
    let civil: DateTime = local(time, zone)?;
    let date = civil.date();
    let month = month_number(date);
    let start = match unit {
        Unit::Day => date,
        Unit::Week => {
            let today = i64::from(date.weekday().to_sunday_zero_offset());
            date_of_day(day_number(date) - (today - i64::from(weekday % 7)).rem_euclid(7))?
        }
        Unit::Month => first_of_month(month)?,
        Unit::Quarter => first_of_month(month.div_euclid(3) * 3)?,
        Unit::Year => first_of_month(month.div_euclid(12) * 12)?,
        _ => return None,
    };
    midnight(start, zone)
}

/// A time moved by a number of units: days and longer by the calendar, the clock kept and the day clamped to the month.
pub(super) fn shift(time: f64, count: i64, unit: Unit, zone: &TimeZone) -> Option<f64> {
    if unit < Unit::Day {
        return Some(time + count as f64 * unit.seconds());
    }
    let span = jiff::Span::new();
    let span = match unit {
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Quarter => span.try_months(count.checked_mul(3)?),
        _ => span.try_years(count),
    };
    from_local(local(time, zone)?.checked_add(span.ok()?).ok()?, zone)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    #[test]
    fn reads_spans() {
        let rows = [
            ("5m", Some((5, Unit::Minute))),
            ("1hr", Some((1, Unit::Hour))),
            ("1mon", Some((1, Unit::Month))),
            ("30", Some((30, Unit::Second))),
            ("d", Some((1, Unit::Day))),
            ("100ms", Some((100, Unit::Millisecond))),
            ("0d", None),
            ("", None),
            ("5x", None),
            ("-5m", None),
            ("99999999999h", None),
        ];
        for (text, wanted) in rows {
            assert_eq!(TimeSpan::parse(text).map(|span| (span.count, span.unit)), wanted, "{text}");
        }
    }

    #[test]
    fn floors() {
        // 2025-03-12 10:17:25 UTC, a Wednesday.
        let rows = [
            ("5m", "UTC", 1_741_774_500.0),
            ("1h", "UTC", 1_741_773_600.0),
            ("1d", "UTC", 1_741_737_600.0),
            // Midnight in New York (daylight saving time) is 04:00 UTC.
            ("1d", "America/New_York", 1_741_752_000.0),
            // Sunday, 2025-03-09; midnight was still standard time, 05:00 UTC.
            ("1w", "UTC", 1_741_478_400.0),
            ("1w", "America/New_York", 1_741_496_400.0),
            ("1mon", "UTC", 1_740_787_200.0),
            ("1q", "UTC", 1_735_689_600.0),
            ("1y", "UTC", 1_735_689_600.0),
            ("100ms", "UTC", 1_741_774_645.0),
        ];
        for (span, zone, wanted) in rows {
            let zone = TimeZone::get(zone).unwrap();
            let span = TimeSpan::parse(span).unwrap();
            assert_eq!(span.floor(1_741_774_645.0, &zone), wanted, "{span} {zone:?}");
            assert!(span.next(wanted, &zone) > 1_741_774_645.0, "{span}");
        }
        let tenth = TimeSpan::parse("1ds").unwrap();
        assert_eq!(tenth.floor(1.37, &TimeZone::UTC), 1.3);
        assert!(TimeSpan::parse("1d").unwrap().floor(1e300, &TimeZone::UTC) > 1e299);
    }
}
