//! The parts of a timestamp as read from text, and the instant that they name.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What stands in for the parts that a timestamp does not say.
#[derive(Clone, Debug)]
pub(in crate::events) struct Reference {
    /// The zone.
    pub(in crate::events) zone: TimeZone,
    /// Seconds since the epoch of the latest time that is plausible: when the file was written. It decides the year.
    pub(in crate::events) latest: i64,
}

/// What a timestamp says. Parts that it does not say are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::events) struct Parts {
    pub(super) year: Option<i16>,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
    pub(super) nanos: i32,
    /// `true` for PM.
    pub(super) afternoon: Option<bool>,
    /// Seconds east of Greenwich.
    pub(super) offset: Option<i32>,
    /// Whole seconds since the epoch; overrides the calendar.
    pub(super) epoch: Option<i64>,
}

/// The instant that a timestamp names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::events) struct Instant {
    /// Seconds since the epoch.
    pub(in crate::events) time: f64,
    /// Whole seconds since the epoch of what the text says, as if it were UTC.
    pub(in crate::events) civil: i64,
}

impl Parts {
    /// Seconds since the epoch.
    pub(in crate::events) fn epoch(&self, reference: &Reference) -> Option<f64> {
        self.instant(reference).map(|instant| instant.time)
    }

    /// The instant; none if there is no such date.
    pub(in crate::events) fn instant(&self, reference: &Reference) -> Option<Instant> {
        if self.year.is_some() || self.epoch.is_some() {
            return self.in_year(self.year.unwrap_or_default(), &reference.zone);
        }
        if self.month.is_none() && self.day.is_none() {
            // A time of day alone is of the day on which the file was written.
            let day = jiff::Timestamp::from_second(reference.latest).ok()?.to_zoned(reference.zone.clone());
            let whole = Self { month: Some(day.month()), day: Some(day.day()), ..*self };
            return whole.in_year(day.year(), &reference.zone);
        }
        // The last year in which the date exists (29 February) and was not in the future.
        let last = jiff::Timestamp::from_second(reference.latest).ok()?.to_zoned(TimeZone::UTC).year();
        (last - 8..=last).rev().find_map(|year| {
            let found = self.in_year(year, &reference.zone);
            found.filter(|found| found.time <= reference.latest as f64 + 2.0 * 86_400.0)
        })
    }

    /// Minutes east of Greenwich, if the text names a zone. A count of seconds since the epoch is UTC by definition.
    pub(in crate::events) fn zone_minutes(&self) -> Option<i16> {
        if self.epoch.is_some() { Some(0) } else { self.offset.map(|seconds| (seconds / 60) as i16) }
    }

    fn in_year(&self, year: i16, zone: &TimeZone) -> Option<Instant> {
        let fraction = f64::from(self.nanos) / 1e9;
        if let Some(epoch) = self.epoch {
            return Some(Instant { time: epoch as f64 + fraction, civil: epoch });
        }
        let hour = match (self.afternoon, self.hour) {
            (Some(false), 12) => 0,
            (Some(true), hour) if hour < 12 => hour + 12,
            (_, hour) => hour,
        };
        // A leap second is the second before it, as in POSIX time.
        let second = self.second.min(59);
        let date = DateTime::new(year, self.month?, self.day?, hour, self.minute, second, 0).ok()?;
        let civil = utc_seconds(date);
        let seconds = match self.offset {
            Some(offset) => civil - i64::from(offset),
            None if *zone == TimeZone::UTC => civil,
            None => zone.to_ambiguous_timestamp(date).compatible().ok()?.as_second(),
        };
        Some(Instant { time: seconds as f64 + fraction, civil })
    }
}

/// Seconds since the epoch of a civil time in UTC.
fn utc_seconds(date: DateTime) -> i64 {
    let days = days_since_epoch(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    days * 86_400 + i64::from(date.hour()) * 3_600 + i64::from(date.minute()) * 60 + i64::from(date.second())
}

/// Days from 1970-01-01 in the Gregorian calendar: months are counted from March, so that the leap day is the last.
pub(super) fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Abbreviations that logs use, with seconds east of Greenwich. Sorted. Ambiguous ones have the meaning usual in US logs.
const ABBREVIATIONS: &[(&str, i32)] = &[
    ("AEDT", 39_600),
    ("AEST", 36_000),
    ("BST", 3_600),
    ("CDT", -18_000),
    ("CEST", 7_200),
    ("CET", 3_600),
    ("CST", -21_600),
    ("EDT", -14_400),
    ("EEST", 10_800),
    ("EET", 7_200),
    ("EST", -18_000),
    ("GMT", 0),
    ("HST", -36_000),
    ("JST", 32_400),
    ("MDT", -21_600),
    ("MSK", 10_800),
    ("MST", -25_200),
    ("PDT", -25_200),
    ("PST", -28_800),
    ("UTC", 0),
    ("WEST", 3_600),
    ("WET", 0),
    ("Z", 0),
];

/// Offset of a zone abbreviation.
pub(super) fn offset_of_name(name: &[u8]) -> Option<i32> {
    let name = std::str::from_utf8(name).ok()?;
    let found = ABBREVIATIONS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(ABBREVIATIONS[found].1)
}

/// A zone by its name in the zone database or by an abbreviation.
pub(super) fn zone_of_name(name: &str) -> Option<TimeZone> {
    if let Some(offset) = offset_of_name(name.as_bytes()) {
        return Some(jiff::tz::Offset::from_seconds(offset).ok()?.to_time_zone());
    }
    TimeZone::get(name).ok()
}

/// Month of a name or its first three letters, in any case: the number, and the bytes used.
pub(super) fn month_name(text: &[u8]) -> Option<(i8, usize)> {
    const NAMES: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    let length = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let word = &text[..length];
    let index = NAMES.iter().position(|name| {
        word.len() >= 3 && (word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]))
            || word.eq_ignore_ascii_case(b"sept") && name[0] == b's'
    })?;
    Some((index as i8 + 1, length))
}

/// Length of a weekday's name or its first three letters.
pub(super) fn weekday_name(text: &[u8]) -> Option<usize> {
    const NAMES: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    let length = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let word = &text[..length];
    let known = |name: &&[u8]| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]);
    NAMES.iter().any(known).then_some(length)
}

/// A run of `min` to `max` digits at the start: its value, and the bytes used.
pub(super) fn digits(text: &[u8], min: usize, max: usize) -> Option<(i64, usize)> {
    let length = text.iter().take(max).take_while(|b| b.is_ascii_digit()).count();
    if length < min {
        return None;
    }
    let value = text[..length].iter().fold(0i64, |sum, b| sum.wrapping_mul(10).wrapping_add(i64::from(b - b'0')));
    Some((value, length))
}

/// A run of digits as a fraction of a second, in nanoseconds (further digits are ignored): the value, and the bytes used.
pub(super) fn fraction(text: &[u8], max: usize) -> Option<(i32, usize)> {
    let length = text.iter().take(max).take_while(|b| b.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let digit = |at: usize| text[..length].get(at).map_or(0, |b| i32::from(b - b'0'));
    let nanos = (0..9).fold(0, |nanos, at| nanos * 10 + digit(at));
    Some((nanos, length))
}

/// A numeric zone, `+hhmm`, `+hh:mm`, or `Z`: seconds east of Greenwich, and the bytes used.
pub(super) fn numeric_zone(text: &[u8]) -> Option<(i32, usize)> {
    let sign = match text.first()? {
        b'Z' | b'z' if !text.get(1).is_some_and(u8::is_ascii_alphanumeric) => return Some((0, 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, _) = digits(text.get(1..)?, 2, 2)?;
    let colon = usize::from(text.get(3) == Some(&b':'));
    let (minutes, _) = digits(text.get(3 + colon..)?, 2, 2)?;
    if hours > 15 || minutes > 59 || text.get(5 + colon).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((sign * (hours * 3600 + minutes * 60) as i32, 5 + colon))
}
