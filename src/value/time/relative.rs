//! Relative times: `-70m@m`, `@w1`, `now`; and the points in time that a search may name.

use super::{Format, Unit, span};
use jiff::tz::TimeZone;

/// Most steps of one relative time; longer ones are refused.
const MAX_STEPS: usize = 32;

/// A relative time such as `-1d@d+2h`: steps applied from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RelativeTime {
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Shift(i64, Unit),
    /// Down to the start of the unit; the day on which weeks begin, 0 being Sunday.
    Snap(Unit, u8),
}

impl RelativeTime {
    /// Reads `now`, or `[+|-]<int><unit>` and `@<unit>` in any number and order. A missing integer is 1; a missing sign
    /// at the start is plus. `@w`, `@w0` and `@w7` are Sunday, `@w1` to `@w6` Monday to Saturday. `None` otherwise, also
    /// for the empty text and for a plain number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("now()") {
            return Some(Self::default());
        }
        let mut steps = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let signed = matches!(first, '+' | '-' | '@');
            if (!signed && !steps.is_empty()) || steps.len() == MAX_STEPS {
                return None;
            }
            let body = if signed { &rest[1..] } else { rest };
            let end = body.find(['+', '-', '@']).unwrap_or(body.len());
            let (part, next) = body.split_at(end);
            steps.push(if first == '@' { snap(part)? } else { shift(part, first == '-')? });
            rest = next;
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// The time meant, seen from `now`; `None` if it is out of range.
    pub fn apply(&self, now: f64, zone: &TimeZone) -> Option<f64> {
        let mut time = now;
        for step in &self.steps {
            time = match *step {
                Step::Shift(count, unit) => span::shift(time, count, unit, zone)?,
                Step::Snap(unit, weekday) => span::snap(time, unit, weekday, zone)?,
            };
        }
        super::timestamp(time).map(|_| time)
    }
}

fn shift(part: &str, minus: bool) -> Option<Step> {
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = part.split_at(digits);
    let count: i64 = if count.is_empty() { 1 } else { count.parse::<u32>().ok()?.into() };
    let unit = Unit::parse(unit).filter(|&unit| unit >= Unit::Second)?;
    Some(Step::Shift(if minus { -count } else { count }, unit))
}

fn snap(part: &str) -> Option<Step> {
    if let [b'w' | b'W', day @ b'0'..=b'7'] = part.as_bytes() {
        return Some(Step::Snap(Unit::Week, (day - b'0') % 7));
    }
    let unit = Unit::parse(part).filter(|&unit| unit >= Unit::Second)?;
    Some(Step::Snap(unit, 0))
}

/// A point in time as a search names it.
#[derive(Clone, Debug, PartialEq)]
pub enum Instant {
    /// Seconds since the epoch.
    Epoch(f64),
    /// Relative to the search's start.
    Relative(RelativeTime),
    /// What the clocks of the search's time zone show, as text and format.
    Local {
        /// `03/12/2025:10:17:25`.
        text: String,
        /// `%m/%d/%Y:%H:%M:%S`, or what `timeformat=` says.
        format: Format,
    },
}

impl Instant {
    /// Reads the value of `earliest=` and its kin: a number, a relative time, or a text in the given format, or else in
    /// `%m/%d/%Y:%H:%M:%S`, `%Y-%m-%dT%H:%M:%S`, `%Y-%m-%d %H:%M:%S`.
    pub fn parse(text: &str, format: Option<&str>) -> Option<Self> {
        if let Some(format) = format {
            return Self::local(text, format);
        }
        if let Some(number) = crate::value::number::parse(text) {
            return Some(Self::Epoch(number));
        }
        if let Some(relative) = RelativeTime::parse(text) {
            return Some(Self::Relative(relative));
        }
        let known = ["%m/%d/%Y:%H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];
        known.iter().find_map(|format| Self::local(text, format))
    }

    fn local(text: &str, format: &str) -> Option<Self> {
        let format = Format::new(format);
        format.parse(text, 0.0, &TimeZone::UTC)?;
        Some(Self::Local { text: text.to_owned(), format })
    }

    /// Seconds since the epoch; `None` if out of range.
    pub fn resolve(&self, now: f64, zone: &TimeZone) -> Option<f64> {
        match self {
            Self::Epoch(seconds) => Some(*seconds),
            Self::Relative(relative) => relative.apply(now, zone),
            Self::Local { text, format } => format.parse(text, now, zone),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn show(time: f64) -> String {
        Format::new("%F %T").print(time, &TimeZone::UTC)
    }

    #[test]
    fn relative_times() {
        // 2025-03-12 10:17:25 UTC, a Wednesday.
        let now = 1_741_774_645.0;
        let rows = [
            ("-70m@m", "2025-03-12 09:07:00"),
            ("-24h@h", "2025-03-11 10:00:00"),
            ("-90d@d", "2024-12-12 00:00:00"),
            ("@w0", "2025-03-09 00:00:00"),
            ("@w7", "2025-03-09 00:00:00"),
            ("@w", "2025-03-09 00:00:00"),
            ("@w1", "2025-03-10 00:00:00"),
            ("@w3", "2025-03-12 00:00:00"),
            ("@w4", "2025-03-06 00:00:00"),
            ("@d-2h", "2025-03-11 22:00:00"),
            ("@q", "2025-01-01 00:00:00"),
            ("-1mon@mon", "2025-02-01 00:00:00"),
            ("-1q@qtr+1d", "2024-10-02 00:00:00"),
            ("-h", "2025-03-12 09:17:25"),
            ("+1d", "2025-03-13 10:17:25"),
            ("1d", "2025-03-13 10:17:25"),
            ("@y", "2025-01-01 00:00:00"),
            ("now", "2025-03-12 10:17:25"),
            ("-1y", "2024-03-12 10:17:25"),
        ];
        for (text, wanted) in rows {
            let relative = RelativeTime::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(show(relative.apply(now, &TimeZone::UTC).unwrap()), wanted, "{text}");
        }
        for bad in ["", "5", "-", "@", "-5x", "@x", "1d1h", "-1d@", "`m`", "-1ms", "yesterday", "-99999999999d", "@w8"]
        {
            assert_eq!(RelativeTime::parse(bad), None, "{bad}");
        }
        assert_eq!(RelativeTime::parse(&"+1d".repeat(33)), None);
        let far = RelativeTime::parse("+4000000000y").unwrap();
        assert_eq!(far.apply(now, &TimeZone::UTC), None);
    }

    #[test]
    fn months_clamp_and_days_follow_the_clock() {
        // 2024-03-31 12:00:00 UTC, 14:00 in Berlin; the clocks there went forward that night.
        let now = 1_711_886_400.0;
        let shifted = |text: &str, zone: &str| {
            let zone = TimeZone::get(zone).unwrap();
            show(RelativeTime::parse(text).unwrap().apply(now, &zone).unwrap())
        };
        assert_eq!(shifted("-1mon", "UTC"), "2024-02-29 12:00:00");
        assert_eq!(shifted("-1d", "Europe/Berlin"), "2024-03-30 13:00:00");
        assert_eq!(shifted("-24h", "Europe/Berlin"), "2024-03-30 12:00:00");
        assert_eq!(shifted("@d", "Europe/Berlin"), "2024-03-30 23:00:00");
    }

    #[test]
    fn instants() {
        let resolve = |text: &str, format| Instant::parse(text, format)?.resolve(100.0, &TimeZone::UTC);
        assert_eq!(resolve("1741774645", None), Some(1_741_774_645.0));
        assert_eq!(resolve("-10s", None), Some(90.0));
        assert_eq!(resolve("03/12/2025:10:17:25", None), Some(1_741_774_645.0));
        assert_eq!(resolve("2025/03/12", Some("%Y/%m/%d")), Some(1_741_737_600.0));
        assert_eq!(resolve("rt-5m", None), None);
    }
}
