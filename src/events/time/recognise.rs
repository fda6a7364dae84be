//! The built-in list of timestamp formats, for events without `TIME_FORMAT`.
//!
//! - ISO 8601 and its relatives: `2024-02-29T12:00:00.5Z`, `2024/02/29 12:00:00,500 +0100`, `20240229T120000Z`
//! - US dates: `02/29/2024 12:00:00 PM`, `02-29-2024 12:00:00.500 +0000`; day first if the first number is above 12
//! - Web servers: `29/Feb/2024:12:00:00 +0000`, `29 Feb 2024 12:00:00`
//! - Syslog and ctime: `Feb 29 12:00:00`, `Thu Feb 29 12:00:00 2024 UTC`, `February 29, 2024 12:00:00 PM`
//! - The epoch in seconds, milli-, micro- or nanoseconds: at the start of the event, or behind a word that speaks of time
//!
//! A date without a time of day is not taken: too many other numbers look like one.

use super::parts::{Parts, digits, fraction, month_name, weekday_name};
use super::strptime::zone;
use std::ops::Range;

/// The first timestamp in the text.
pub(in crate::events) fn find(text: &[u8]) -> Option<Parts> {
    locate(text).map(|(parts, _)| parts)
}

/// As [`find`], with the place of the timestamp.
pub(super) fn locate(text: &[u8]) -> Option<(Parts, Range<usize>)> {
    let mut at = 0;
    let place = |at: usize, left: usize| at..at + text[at..text.len() - left].trim_ascii_end().len();
    while at < text.len() {
        let byte = text[at];
        if byte.is_ascii_digit() {
            if let Some((parts, left)) = at_digit(text, at) {
                return Some((parts, place(at, left)));
            }
            at += text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        } else if byte.is_ascii_alphabetic() {
            if let Some((parts, left)) = at_letter(&text[at..]) {
                return Some((parts, place(at, left)));
            }
            at += text[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        } else {
            at += 1;
        }
    }
    None
}

/// A timestamp and the number of bytes behind it.
type Read = Option<(Parts, usize)>;

fn at_digit(text: &[u8], at: usize) -> Read {
    let rest = &text[at..];
    let run = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    match run {
        4 => year_first(rest),
        1 | 2 => year_last(rest).or_else(|| day_and_name(rest)),
        8 => compact(rest),
        10 | 13 | 16 | 19 => epoch(text, at, run),
        _ => None,
    }
}

/// Reads a text from left to right; every step fails as a whole.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let (value, used) = digits(self.rest, min, max)?;
        self.rest = &self.rest[used..];
        Some(value)
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        bytes.contains(&first).then(|| self.rest = rest)?;
        Some(first)
    }

    fn blanks(&mut self) -> usize {
        let rest = self.rest.trim_ascii_start();
        let count = self.rest.len() - rest.len();
        self.rest = rest;
        count
    }

    /// `h:mm`, seconds, fraction, AM or PM, zone; all but the first two may be absent.
    fn time_of_day(&mut self, parts: &mut Parts) -> Option<()> {
        parts.hour = self.number(1, 2).filter(|&hour| hour < 24)? as i8;
        self.one_of(b":")?;
        parts.minute = self.number(2, 2).filter(|&minute| minute < 60)? as i8;
        if self.one_of(b":").is_some() {
            parts.second = self.number(2, 2).filter(|&second| second <= 60)? as i8;
            self.fraction(parts);
        }
        if self.rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let before = self.rest;
        self.blanks();
        match self.rest.get(..2) {
            Some(word) if word.eq_ignore_ascii_case(b"am") || word.eq_ignore_ascii_case(b"pm") => {
                if self.rest.get(2).is_some_and(u8::is_ascii_alphanumeric) {
                    self.rest = before;
                } else {
                    parts.afternoon = Some(word.eq_ignore_ascii_case(b"pm"));
                    self.rest = &self.rest[2..];
                }
            }
            _ => self.rest = before,
        }
        self.zone(parts);
        Some(())
    }

    fn fraction(&mut self, parts: &mut Parts) {
        if let Some((b'.' | b',', rest)) = self.rest.split_first()
            && let Some((nanos, used)) = fraction(rest, 30)
        {
            parts.nanos = nanos;
            self.rest = &rest[used..];
        }
    }

    fn zone(&mut self, parts: &mut Parts) {
        let text = self.rest.trim_ascii_start();
        if let Some((offset, used)) = zone(text)
            && !text.get(used).is_some_and(u8::is_ascii_alphanumeric)
        {
            parts.offset = Some(offset);
            self.rest = &text[used..];
        }
    }
}

fn date(parts: &mut Parts, year: i64, month: i64, day: i64) -> Option<()> {
    let known = (1970..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (parts.year, parts.month, parts.day) = (Some(year as i16), Some(month as i8), Some(day as i8));
    known.then_some(())
}

/// `2024-02-29T12:00`, with `-`, `/` or `.` between the numbers.
fn year_first(text: &[u8]) -> Read {
    let (mut cursor, mut parts) = (Cursor { rest: text }, Parts::default());
    let year = cursor.number(4, 4)?;
    let separator = cursor.one_of(b"-/.")?;
    let month = cursor.number(1, 2)?;
    cursor.one_of(&[separator])?;
    let day = cursor.number(1, 2)?;
    date(&mut parts, year, month, day)?;
    if cursor.one_of(b"Tt_:,").is_none() {
        (cursor.blanks() > 0).then_some(())?;
    }
    cursor.blanks();
    cursor.time_of_day(&mut parts)?;
    Some((parts, cursor.rest.len()))
}

/// `02/29/2024 12:00 PM`; two digits of the year are of this century.
fn year_last(text: &[u8]) -> Read {
    let (mut cursor, mut parts) = (Cursor { rest: text }, Parts::default());
    let first = cursor.number(1, 2)?;
    let separator = cursor.one_of(b"-/.")?;
    let second = cursor.number(1, 2)?;
    cursor.one_of(&[separator])?;
    let year = match digits(cursor.rest, 2, 5)? {
        (year, 4) => year,
        (year, 2) => 2000 + year,
        _ => return None,
    };
    cursor.number(2, 4)?;
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    date(&mut parts, year, month, day)?;
    cursor.one_of(b"T:,");
    cursor.blanks();
    cursor.time_of_day(&mut parts)?;
    Some((parts, cursor.rest.len()))
}

/// `29/Feb/2024:12:00:00 +0000`.
fn day_and_name(text: &[u8]) -> Read {
    let (mut cursor, mut parts) = (Cursor { rest: text }, Parts::default());
    let day = cursor.number(1, 2)?;
    cursor.one_of(b"-/ ")?;
    let (month, used) = month_name(cursor.rest)?;
    cursor.rest = &cursor.rest[used..];
    cursor.one_of(b"-/ ")?;
    let year = cursor.number(4, 4)?;
    date(&mut parts, year, i64::from(month), day)?;
    cursor.one_of(b":T,");
    cursor.blanks();
    cursor.time_of_day(&mut parts)?;
    Some((parts, cursor.rest.len()))
}

/// `20240229T120000Z`.
fn compact(text: &[u8]) -> Read {
    let (mut cursor, mut parts) = (Cursor { rest: text }, Parts::default());
    let (year, month, day) = (cursor.number(4, 4)?, cursor.number(2, 2)?, cursor.number(2, 2)?);
    date(&mut parts, year, month, day)?;
    cursor.one_of(b"Tt ")?;
    if cursor.rest.get(2) == Some(&b':') {
        cursor.time_of_day(&mut parts)?;
        return Some((parts, cursor.rest.len()));
    }
    parts.hour = cursor.number(2, 2).filter(|&hour| hour < 24)? as i8;
    parts.minute = cursor.number(2, 2).filter(|&minute| minute < 60)? as i8;
    parts.second = cursor.number(2, 2).filter(|&second| second <= 60)? as i8;
    cursor.fraction(&mut parts);
    cursor.zone(&mut parts);
    Some((parts, cursor.rest.len()))
}

/// `Thu Feb 29 12:00:00 2024`, `Feb 29 12:00:00`, `February 29, 2024 12:00 PM`.
fn at_letter(text: &[u8]) -> Read {
    let (mut cursor, mut parts) = (Cursor { rest: text }, Parts::default());
    if let Some(used) = weekday_name(cursor.rest) {
        cursor.rest = &cursor.rest[used..];
        cursor.one_of(b",");
        (cursor.blanks() > 0).then_some(())?;
        if cursor.rest.first().is_some_and(u8::is_ascii_digit) {
            return at_digit(cursor.rest, 0);
        }
    }
    let (month, used) = month_name(cursor.rest)?;
    cursor.rest = &cursor.rest[used..];
    (cursor.blanks() > 0).then_some(())?;
    let day = cursor.number(1, 2).filter(|day| (1..=31).contains(day))?;
    cursor.one_of(b",");
    (cursor.blanks() > 0).then_some(())?;
    (parts.month, parts.day) = (Some(month), Some(day as i8));
    let plausible = |year: &(i64, usize)| (1970..=2200).contains(&year.0);
    if let Some((year, used)) = digits(cursor.rest, 4, 4).filter(plausible) {
        parts.year = Some(year as i16);
        cursor.rest = &cursor.rest[used..];
        cursor.one_of(b",");
        (cursor.blanks() > 0).then_some(())?;
    }
    cursor.time_of_day(&mut parts)?;
    if parts.year.is_none() && cursor.blanks() > 0 {
        let year = digits(cursor.rest, 4, 5).filter(|found| found.1 == 4).filter(plausible);
        if let Some((year, used)) = year.filter(|_| !matches!(cursor.rest.get(4), Some(b'-' | b'/' | b':' | b'.'))) {
            parts.year = Some(year as i16);
            cursor.rest = &cursor.rest[used..];
            cursor.zone(&mut parts);
        }
    }
    Some((parts, cursor.rest.len()))
}

/// Seconds since the epoch in 10, 13, 16 or 19 digits, years 2000 to 2040.
fn epoch(text: &[u8], at: usize, run: usize) -> Read {
    let start = text.iter().position(|b| !matches!(b, b'[' | b'"' | b'\'' | b'(' | b' ')).unwrap_or(0);
    if at != start && !speaks_of_time(&text[..at]) {
        return None;
    }
    let (seconds, _) = digits(&text[at..], 10, 10)?;
    if !(946_684_800..2_208_988_800).contains(&seconds) {
        return None;
    }
    let rest = &text[at + 10..];
    let (nanos, used) = match (run, rest.first()) {
        (10, Some(b'.')) => fraction(&rest[1..], 30).map_or((0, 0), |(nanos, used)| (nanos, used + 1)),
        (10, _) => (0, 0),
        _ => fraction(rest, run - 10)?,
    };
    Some((Parts { epoch: Some(seconds), nanos, ..Parts::default() }, rest.len() - used))
}

/// Whether the word before a number says that the number is a time: `"unixTime": `, `ts=`, `audit(`.
fn speaks_of_time(before: &[u8]) -> bool {
    let is_joint = |b: &u8| matches!(b, b' ' | b'\t' | b':' | b'=' | b'"' | b'\'' | b'(' | b'[');
    let joints = before.iter().rev().take_while(|b| is_joint(b)).count();
    let word_end = before.len() - joints;
    let letters =
        before[..word_end].iter().rev().take(64).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let word = before[word_end - letters..word_end].to_ascii_lowercase();
    let ends = |text: &str| word.ends_with(text.as_bytes());
    let holds = |text: &str| memchr::memmem::find(&word, text.as_bytes()).is_some();
    joints > 0
        && (word == b"ts"
            || word == b"audit"
            || ends("_ts")
            || ends("second")
            || ends("epoch")
            || ends("date")
            || holds("time"))
}

#[cfg(test)]
mod tests {
    use super::super::parts::Reference;
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn timestamps_in_text() {
        // 2024-02-29T12:00:00Z: day 19782, noon. The file was written at the end of January 2025.
        let reference = Reference { zone: TimeZone::UTC, latest: 1_738_281_600 };
        let noon = 19_782.0 * 86_400.0 + 43_200.0;
        let table = [
            ("2024-02-29T12:00:00Z", Some(noon)),
            ("x=1 2024-02-29 12:00:00,250 +0000 rest", Some(noon + 0.25)),
            ("2024-02-29T12:00:00.123456789+00:00", Some(noon + 0.123_456_789)),
            ("[2024/02/29 13:00:00.5+0100]", Some(noon + 0.5)),
            ("20240229T120000Z", Some(noon)),
            ("02/29/2024 12:00:00 PM", Some(noon)),
            ("2/29/24 12:00 PM", Some(noon)),
            ("29/02/2024 12:00:00", Some(noon)),
            ("Audit:[timestamp=02-29-2024 12:00:00.500, user=u]", Some(noon + 0.5)),
            ("10.0.0.1 - - [29/Feb/2024:12:00:00.250 +0000] \"GET /\"", Some(noon + 0.25)),
            ("<13>Feb 29 12:00:00 host app[1]: x", Some(noon)),
            ("Feb 29 12:00:00 host 2024-01-01 x", Some(noon)),
            ("Thu Feb 29 12:00:00 2024 UTC", Some(noon)),
            ("Thu, 29 Feb 2024 12:00:00 GMT", Some(noon)),
            ("February 29, 2024 12:00:00 PM", Some(noon)),
            ("{\"flow_id\":1709208000123456,\"timestamp\":\"2024-02-29T12:00:00.5+0000\"}", Some(noon + 0.5)),
            ("{\"unixTime\":1709208000}", Some(noon)),
            ("{\"ts\":1709208000250}", Some(noon + 0.25)),
            ("type=X msg=audit(1709208000.250:77): a", Some(noon + 0.25)),
            ("1709208000, search_name=x", Some(noon)),
            ("pid=1709208000", None),
            ("2024-02-29", None),
            ("99/99/2024 12:00:00", None),
            ("version 1.2.3 at 12:00:00", None),
            ("Feb 31 is no date, Feb 29 12:61:00 neither", None),
            ("", None),
        ];
        for (text, wanted) in table {
            let found = find(text.as_bytes()).and_then(|parts| parts.epoch(&reference));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
