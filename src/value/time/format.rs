//! Splunk's time format variables, for printing and reading times.
//!
//! Names of months and days are English. The locale forms are those of the C locale: `%c` is `Wed Mar 12 10:17:25 2025`,
//! `%x` is `03/12/25`, `%X` is `10:17:25`.
//! Source: Search Reference, "Common time format variables".

use super::{from_local, local, timestamp};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Names that `%Z` reads, with their offset from UTC in minutes.
const ZONES: &[(&str, i32)] = &[
    ("AEST", 600),
    ("AKDT", -480),
    ("AKST", -540),
    ("BST", 60),
    ("CDT", -300),
    ("CEST", 120),
    ("CET", 60),
    ("CST", -360),
    ("EDT", -240),
    ("EEST", 180),
    ("EET", 120),
    ("EST", -300),
    ("GMT", 0),
    ("HST", -600),
    ("IST", 330),
    ("JST", 540),
    ("MDT", -360),
    ("MSK", 180),
    ("MST", -420),
    ("PDT", -420),
    ("PST", -480),
    ("UTC", 0),
    ("WEST", 60),
    ("WET", 0),
    ("Z", 0),
];

/// A time format, compiled. Unknown variables stand for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Format {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Item {
    Literal(String),
    /// A run of white space: any run when reading.
    Blank(String),
    Variable {
        letter: char,
        /// Replaces the variable's own padding: `-` none, `_` blanks, `0` zeros.
        flag: Option<char>,
        /// Digits of `%3N`, colons of `%:z`.
        width: u8,
    },
}

impl Format {
    /// Compiles a format; every text is one.
    pub fn new(text: &str) -> Self {
        let mut format = Self { items: Vec::new() };
        format.add(text);
        format
    }

    fn add(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            self.literal(&rest[..at]);
            let (variable, length) = variable(&rest[at..]);
            match variable {
                Some((letter, flag, width)) => {
                    if let Some(composite) = composite(letter) {
                        self.add(composite);
                    } else if letter == '%' {
                        self.literal("%");
                    } else {
                        self.items.push(Item::Variable { letter, flag, width });
                    }
                }
                None => self.literal(&rest[at..at + length]),
            }
            rest = &rest[at + length..];
        }
        self.literal(rest);
    }

    fn literal(&mut self, text: &str) {
        for c in text.chars() {
            match self.items.last_mut() {
                Some(Item::Blank(run)) if c.is_whitespace() => run.push(c),
                Some(Item::Literal(run)) if !c.is_whitespace() => run.push(c),
                _ if c.is_whitespace() => self.items.push(Item::Blank(c.to_string())),
                _ => self.items.push(Item::Literal(c.to_string())),
            }
        }
    }

    /// Prints a time on the clocks of a zone; the empty text if the time is out of range.
    pub fn print(&self, time: f64, zone: &TimeZone) -> String {
        let (Some(stamp), Some(civil)) = (timestamp(time), local(time, zone)) else { return String::new() };
        let info = zone.to_offset_info(stamp);
        let moment = Moment { time, civil, offset: info.offset(), zone: info.abbreviation() };
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Literal(run) | Item::Blank(run) => text.push_str(run),
                Item::Variable { letter, flag, width } => moment.print(*letter, *flag, *width, &mut text),
            }
        }
        text
    }

    /// Reads a time. Text after the format's end is ignored; a run of white space in the format fits any, also none.
    ///
    /// The date needs a day and a month, or a day of the year; without a year it is that of `now`. `%s` needs no date.
    /// Without a zone in the text, the clocks of `zone` are meant. `None` if the text does not fit.
    pub fn parse(&self, text: &str, now: f64, zone: &TimeZone) -> Option<f64> {
        let mut reader = Reader { rest: text, fields: Fields::default() };
        for item in &self.items {
            match item {
                Item::Literal(run) => reader.rest = reader.rest.strip_prefix(run.as_str())?,
                Item::Blank(_) => reader.rest = reader.rest.trim_start(),
                Item::Variable { letter, width, .. } => reader.read(*letter, *width)?,
            }
        }
        reader.fields.time(now, zone)
    }
}

/// The variable at the start of the text (which begins with `%`), and its length in bytes; no variable if unknown.
fn variable(text: &str) -> (Option<(char, Option<char>, u8)>, usize) {
    let mut chars = text.char_indices().skip(1).peekable();
    let mut flag = None;
    let mut width = 0_u8;
    if let Some(&(_, c)) = chars.peek()
        && matches!(c, '-' | '_' | '0')
    {
        flag = Some(c);
        chars.next();
    }
    while let Some(&(_, c)) = chars.peek() {
        match c {
            '0'..='9' if width < 10 => width = width * 10 + (c as u8 - b'0'),
            ':' if width < 3 => width += 1,
            _ => break,
        }
        chars.next();
    }
    let known = "YymdejHIklMSpfNQZzAawVUWBbhsnCGguP%FTDcxX+Rrt";
    match chars.next() {
        Some((at, c)) if known.contains(c) => (Some((c, flag, width)), at + c.len_utf8()),
        _ => (None, 1),
    }
}

fn composite(letter: char) -> Option<&'static str> {
    Some(match letter {
        'F' => "%Y-%m-%d",
        'T' | 'X' => "%H:%M:%S",
        'D' | 'x' => "%m/%d/%y",
        'R' => "%H:%M",
        'r' => "%I:%M:%S %p",
        'c' => "%a %b %e %H:%M:%S %Y",
        '+' => "%a %b %e %H:%M:%S %Z %Y",
        'n' => "\n",
        't' => "\t",
        _ => return None,
    })
}

/// A time taken apart for printing.
struct Moment<'a> {
    time: f64,
    civil: DateTime,
    offset: Offset,
    zone: &'a str,
}

impl Moment<'_> {
    fn print(&self, letter: char, flag: Option<char>, width: u8, out: &mut String) {
        let civil = self.civil;
        let date = civil.date();
        let weekday = date.weekday();
        let hour12 = (civil.hour() + 11) % 12 + 1;
        let day_of_year = i64::from(date.day_of_year());
        let mut number = |value: i64, digits: usize, pad: char| {
            // Writing to a text cannot fail.
            let _ = match flag.unwrap_or(pad) {
                '-' => write!(out, "{value}"),
                '_' => write!(out, "{value:digits$}"),
                _ => write!(out, "{value:0digits$}"),
            };
        };
        match letter {
            'Y' => number(civil.year().into(), 4, '0'),
            'y' => number(i64::from(civil.year()).rem_euclid(100), 2, '0'),
            'C' => number(i64::from(civil.year()).div_euclid(100), 2, '0'),
            'G' => number(date.iso_week_date().year().into(), 4, '0'),
            'g' => number(i64::from(date.iso_week_date().year()).rem_euclid(100), 2, '0'),
            'm' => number(civil.month().into(), 2, '0'),
            'd' => number(civil.day().into(), 2, '0'),
            'e' => number(civil.day().into(), 2, '_'),
            'j' => number(day_of_year, 3, '0'),
            'H' => number(civil.hour().into(), 2, '0'),
            'I' => number(hour12.into(), 2, '0'),
            'k' => number(civil.hour().into(), 2, '_'),
            'l' => number(hour12.into(), 2, '_'),
            'M' => number(civil.minute().into(), 2, '0'),
            'S' => number(civil.second().into(), 2, '0'),
            'V' => number(date.iso_week_date().week().into(), 2, '0'),
            'U' => number((day_of_year + 6 - i64::from(weekday.to_sunday_zero_offset())) / 7, 2, '0'),
            'W' => number((day_of_year + 6 - i64::from(weekday.to_monday_zero_offset())) / 7, 2, '0'),
            'w' => number(weekday.to_sunday_zero_offset().into(), 1, '0'),
            'u' => number(weekday.to_monday_one_offset().into(), 1, '0'),
            's' => number(self.time.floor() as i64, 1, '0'),
            'p' => out.push_str(if civil.hour() < 12 { "AM" } else { "PM" }),
            'P' => out.push_str(if civil.hour() < 12 { "am" } else { "pm" }),
            'A' => out.push_str(day_name(weekday)),
            'a' => out.push_str(&day_name(weekday)[..3]),
            'B' => out.push_str(month_name(civil.month())),
            'b' | 'h' => out.push_str(&month_name(civil.month())[..3]),
            'f' => self.fraction(6, out),
            'N' => self.fraction(if width == 0 { 9 } else { width }, out),
            'Q' => self.fraction(if width == 0 { 3 } else { width }, out),
            'Z' => out.push_str(self.zone),
            _ => self.offset(width, out),
        }
    }

    fn fraction(&self, digits: u8, out: &mut String) {
        let all = format!("{:09}", self.civil.subsec_nanosecond());
        out.push_str(&all[..usize::from(digits.min(9))]);
    }

    fn offset(&self, colons: u8, out: &mut String) {
        let seconds = self.offset.seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let (hours, minutes, rest) = (seconds.abs() / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
        let _ = match colons {
            0 => write!(out, "{sign}{hours:02}{minutes:02}"),
            1 => write!(out, "{sign}{hours:02}:{minutes:02}"),
            _ => write!(out, "{sign}{hours:02}:{minutes:02}:{rest:02}"),
        };
    }
}

fn day_name(weekday: Weekday) -> &'static str {
    DAYS[weekday.to_sunday_zero_offset().rem_euclid(7) as usize]
}

fn month_name(month: i8) -> &'static str {
    MONTHS[(month - 1).rem_euclid(12) as usize]
}

#[derive(Default)]
struct Fields {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: i8,
    hour12: bool,
    afternoon: Option<bool>,
    minute: i8,
    second: i8,
    nanos: i32,
    epoch: Option<i64>,
    offset: Option<i32>,
}

struct Reader<'a> {
    rest: &'a str,
    fields: Fields,
}

impl<'a> Reader<'a> {
    fn read(&mut self, letter: char, width: u8) -> Option<()> {
        match letter {
            'Y' => self.fields.year = Some(self.number(4)? as i16),
            'y' => {
                let year = self.number(2)? as i16;
                self.fields.year = Some(if year < 69 { 2000 + year } else { 1900 + year });
            }
            'm' => self.fields.month = Some(self.number(2)? as i8),
            'd' | 'e' => {
                self.rest = self.rest.trim_start();
                self.fields.day = Some(self.number(2)? as i8);
            }
            'j' => self.fields.day_of_year = Some(self.number(3)? as i16),
            'H' | 'k' | 'I' | 'l' => {
                self.rest = self.rest.trim_start();
                self.fields.hour = self.number(2)? as i8;
                self.fields.hour12 = matches!(letter, 'I' | 'l');
            }
            'M' => self.fields.minute = self.number(2)? as i8,
            'S' => self.fields.second = self.number(2)? as i8,
            'f' | 'N' | 'Q' => self.fraction(if width == 0 { 9 } else { usize::from(width.min(9)) })?,
            's' => {
                let (sign, digits) = self.rest.strip_prefix('-').map_or((1, self.rest), |rest| (-1, rest));
                self.rest = digits;
                self.fields.epoch = Some(sign * self.number(15)?);
            }
            'p' | 'P' => self.fields.afternoon = Some(self.name(&["AM", "PM"])? == 1),
            'A' | 'a' => {
                self.name(&DAYS).or_else(|| self.name(&DAYS.map(|day| &day[..3])))?;
            }
            'B' | 'b' | 'h' => {
                let month = self.name(&MONTHS).or_else(|| self.name(&MONTHS.map(|month| &month[..3])))?;
                self.fields.month = Some(month as i8 + 1);
            }
            'w' | 'u' => {
                self.number(1)?;
            }
            'V' | 'U' | 'W' | 'C' | 'g' => {
                self.number(2)?;
            }
            'G' => {
                self.number(4)?;
            }
            'Z' => self.zone_name()?,
            _ => self.offset()?,
        }
        Some(())
    }

    fn digits(&mut self, most: usize) -> Option<&'a str> {
        let length = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        (length > 0).then_some(digits)
    }

    fn number(&mut self, most: usize) -> Option<i64> {
        self.digits(most)?.parse().ok()
    }

    fn fraction(&mut self, most: usize) -> Option<()> {
        let digits = self.digits(most)?;
        let value: i32 = digits.parse().ok()?;
        self.fields.nanos = value * 10_i32.pow(9 - digits.len() as u32);
        Some(())
    }

    /// The index of the name that comes next, in any letter case.
    fn name(&mut self, names: &[&str]) -> Option<usize> {
        let fits = |name: &&str| self.rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        let index = names.iter().position(fits)?;
        self.rest = &self.rest[names[index].len()..];
        Some(index)
    }

    fn zone_name(&mut self) -> Option<()> {
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, rest) = self.rest.split_at(length);
        let (_, minutes) = ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        self.fields.offset = Some(minutes * 60);
        self.rest = rest;
        Some(())
    }

    /// `+0000`, `+00:00`, `+00`, `Z`.
    fn offset(&mut self) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix(['Z', 'z']) {
            self.rest = rest;
            self.fields.offset = Some(0);
            return Some(());
        }
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours = self.number(2)? as i32;
        let body = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes = if body.starts_with(|c: char| c.is_ascii_digit()) {
            self.rest = body;
            self.number(2)? as i32
        } else {
            0
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        self.fields.offset = Some(sign * (hours * 3600 + minutes * 60));
        Some(())
    }
}

impl Fields {
    fn time(&self, now: f64, zone: &TimeZone) -> Option<f64> {
        let fraction = f64::from(self.nanos) / 1e9;
        if let Some(epoch) = self.epoch {
            return Some(epoch as f64 + fraction);
        }
        let year = match self.year {
            Some(year) => year,
            None => local(now, zone)?.year(),
        };
        let date = match (self.month, self.day, self.day_of_year) {
            (Some(month), Some(day), _) => Date::new(year, month, day).ok()?,
            (_, _, Some(day)) if day > 0 => {
                let days = jiff::Span::new().try_days(i64::from(day) - 1).ok()?;
                let date = Date::new(year, 1, 1).ok()?.checked_add(days).ok()?;
                if date.year() == year { date } else { return None }
            }
            _ => return None,
        };
        let hour = match (self.hour12, self.afternoon) {
            (true, _) if !(1..=12).contains(&self.hour) => return None,
            (true, Some(afternoon)) => self.hour % 12 + if afternoon { 12 } else { 0 },
            _ => self.hour,
        };
        // A leap second is the second after the one before it.
        let leap = i8::from(self.second == 60);
        let civil =
            DateTime::new(date.year(), date.month(), date.day(), hour, self.minute, self.second - leap, 0).ok()?;
        let whole = match self.offset {
            Some(seconds) => from_local(civil, &TimeZone::fixed(Offset::from_seconds(seconds).ok()?))?,
            None => from_local(civil, zone)?,
        };
        Some(whole + f64::from(leap) + fraction)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn prints() {
        // 2025-03-12 10:17:25.123456 UTC, a Wednesday.
        let time = 1_741_774_645.123_456;
        let rows = [
            ("%Y-%m-%dT%H:%M:%S", "2025-03-12T10:17:25"),
            ("%m/%d/%y %H:%M:%S", "03/12/25 10:17:25"),
            ("%F %T %D", "2025-03-12 10:17:25 03/12/25"),
            ("%A %a %w %B %b", "Wednesday Wed 3 March Mar"),
            ("%e|%k|%I|%p|%j", "12|10|10|AM|071"),
            ("%f %N %3N %6N %Q %9Q", "123456 123456000 123 123456 123 123456000"),
            ("%Z %z %:z %::z", "UTC +0000 +00:00 +00:00:00"),
            ("%s %%", "1741774645 %"),
            ("%V %U %W", "11 10 10"),
            ("%c", "Wed Mar 12 10:17:25 2025"),
            ("%x %X", "03/12/25 10:17:25"),
            ("%+", "Wed Mar 12 10:17:25 UTC 2025"),
            ("%-m/%-d", "3/12"),
            ("%J %", "%J %"),
            ("100% é", "100% é"),
        ];
        for (format, wanted) in rows {
            assert_eq!(Format::new(format).print(time, &TimeZone::UTC), wanted, "{format}");
        }
        assert_eq!(Format::new("%Y-%m-%dT%H:%M:%S").print(0.0, &TimeZone::UTC), "1970-01-01T00:00:00");
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(Format::new("%H %Z %z %e").print(time, &zone), "06 EDT -0400 12");
        assert_eq!(Format::new("%e %l").print(0.0, &TimeZone::UTC), " 1 12");
        assert_eq!(Format::new("%F").print(f64::NAN, &TimeZone::UTC), "");
        assert_eq!(Format::new("%s %3N").print(-0.5, &TimeZone::UTC), "-1 500");
    }

    #[test]
    fn reads() {
        let rows = [
            ("2018-08-13", "%Y-%m-%d", Some(1_534_118_400.0)),
            ("2018-08-13 trailing", "%Y-%m-%d", Some(1_534_118_400.0)),
            ("2025-03-12T10:17:25.5Z", "%Y-%m-%dT%H:%M:%S.%N%Z", Some(1_741_774_645.5)),
            ("2025-03-12 12:17:25.250 +0200", "%Y-%m-%d %H:%M:%S.%3N %z", Some(1_741_774_645.25)),
            ("2025-03-12 06:17:25 EDT", "%F %T %Z", Some(1_741_774_645.0)),
            ("2025-03-12T10:17:25+00:00", "%FT%T%:z", Some(1_741_774_645.0)),
            ("12/Mar/2025:10:17:25 +0000", "%d/%b/%Y:%H:%M:%S %z", Some(1_741_774_645.0)),
            ("Wednesday, March 12, 2025 10:17:25 AM", "%A, %B %d, %Y %I:%M:%S %p", Some(1_741_774_645.0)),
            ("3/12/2025 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", Some(1_741_737_600.0)),
            ("Wed Mar 12 10:17:25 2025", "%c", Some(1_741_774_645.0)),
            ("2025 071", "%Y %j", Some(1_741_737_600.0)),
            ("1741774645.25", "%s.%Q", Some(1_741_774_645.25)),
            ("Jan  5 00:00:10", "%b %d %H:%M:%S", Some(4.0 * 86_400.0 + 10.0)),
            ("2025-03", "%Y-%m", None),
            ("10:17", "%H:%M", None),
            ("2025-02-30", "%Y-%m-%d", None),
            ("2025-13-01", "%Y-%m-%d", None),
            ("2025-03-12 25:00", "%Y-%m-%d %H:%M", None),
            ("2025-366", "%Y-%j", None),
            ("x", "%Y-%m-%d", None),
            ("", "%Y-%m-%d", None),
            ("2025-03-12 NOWHERE", "%F %Z", None),
        ];
        for (text, format, wanted) in rows {
            assert_eq!(Format::new(format).parse(text, 0.0, &TimeZone::UTC), wanted, "{text} {format}");
        }
    }
}
