//! `TIME_FORMAT`: strptime with Splunk's additions, `%N`, `%Q`, `%3N` and their kin for parts of a second.

use super::parts::{self, Parts};
use std::ops::Range;

/// A format, split into items.
#[derive(Clone, Debug)]
pub(super) struct Format {
    items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Byte(u8),
    /// Any number of blanks, none included.
    Blanks,
    Field(u8),
    /// Digits of a fraction, at most so many.
    Fraction(usize),
}

impl Format {
    /// # Errors
    /// A conversion that is not known; the text says which.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut bytes = text.trim().bytes().peekable();
        while let Some(byte) = bytes.next() {
            if byte.is_ascii_whitespace() {
                if items.last() != Some(&Item::Blanks) {
                    items.push(Item::Blanks);
                }
                continue;
            }
            if byte != b'%' {
                items.push(Item::Byte(byte));
                continue;
            }
            let mut width = None;
            // `%-d`, `%_d` and `%:z` say nothing about reading that is not understood anyway.
            while let Some(next) =
                bytes.next_if(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b':' | b'E' | b'O'))
            {
                if next.is_ascii_digit() {
                    width = Some(usize::from(next - b'0'));
                }
            }
            match bytes.next() {
                Some(b'N' | b'Q' | b'f') => items.push(Item::Fraction(width.filter(|&w| w > 0).unwrap_or(9))),
                Some(b'T' | b'X') => items.extend(expand(b"H:M:S")),
                Some(b'R') => items.extend(expand(b"H:M")),
                Some(b'D' | b'x') => items.extend(expand(b"m/d/y")),
                Some(b'F') => items.extend(expand(b"Y-m-d")),
                Some(b'c' | b'+') => {
                    for part in [&b"a"[..], b"b", b"d", b"H:M:S", b"Y"] {
                        items.extend(expand(part));
                        items.push(Item::Blanks);
                    }
                    items.pop();
                }
                Some(b'n' | b't') => items.push(Item::Blanks),
                Some(b'%') => items.push(Item::Byte(b'%')),
                Some(field) if b"YymdeHkIlMSpPsbBhaAzZj".contains(&field) => items.push(Item::Field(field)),
                Some(other) => {
                    return Err(format!("TIME_FORMAT `{text}` has the unknown conversion `%{}`", other as char));
                }
                None => return Err(format!("TIME_FORMAT `{text}` ends in the middle of a conversion")),
            }
        }
        Ok(Self { items })
    }

    /// The first place in the text where the format fits; with `anchored`, only behind blanks at its start.
    pub(super) fn find(&self, text: &[u8], anchored: bool) -> Option<(Parts, Range<usize>)> {
        let blanks = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let read = |at: usize| self.parse(&text[at..]).map(|(parts, used)| (parts, at..at + used));
        let hit = read(blanks);
        if anchored || hit.is_some() {
            return hit;
        }
        let mut at = blanks;
        while at < text.len() {
            // A timestamp does not begin in the middle of a word or number.
            let inside = at > 0 && text[at].is_ascii_alphanumeric() && text[at - 1].is_ascii_alphanumeric();
            if !inside && let Some(found) = read(at) {
                return Some(found);
            }
            at += 1;
        }
        None
    }

    /// Reads the format at the start of the text; gives the number of bytes used, too.
    fn parse(&self, text: &[u8]) -> Option<(Parts, usize)> {
        let mut parts = Parts::default();
        let mut at = 0;
        let mut day_of_year = None;
        for (index, item) in self.items.iter().enumerate() {
            let rest = text.get(at..)?;
            let number = |min, max| parts::digits(rest, min, max);
            at += match *item {
                Item::Byte(byte) => usize::from(rest.first().is_some_and(|&b| b == byte)).checked_sub(1)? + 1,
                Item::Blanks => rest.iter().take_while(|b| b.is_ascii_whitespace()).count(),
                Item::Fraction(max) => {
                    let (nanos, used) = parts::fraction(rest, max)?;
                    parts.nanos = nanos;
                    used
                }
                Item::Field(b'Y') => set(&mut parts.year, number(4, 4)?)?,
                Item::Field(b'y') => {
                    let (year, used) = number(2, 2)?;
                    parts.year = Some(if year < 69 { 2000 } else { 1900 } + year as i16);
                    used
                }
                Item::Field(b'm') => set(&mut parts.month, number(1, 2)?)?,
                Item::Field(b'd' | b'e') => {
                    let blank = usize::from(rest.first() == Some(&b' '));
                    set(&mut parts.day, parts::digits(&rest[blank..], 1, 2)?)? + blank
                }
                Item::Field(b'H' | b'k' | b'I' | b'l') => {
                    let blank = usize::from(rest.first() == Some(&b' '));
                    let (hour, used) = parts::digits(&rest[blank..], 1, 2)?;
                    parts.hour = hour as i8;
                    used + blank
                }
                Item::Field(b'M') => {
                    let (minute, used) = number(1, 2)?;
                    parts.minute = minute as i8;
                    used
                }
                Item::Field(b'S') => {
                    let (second, used) = number(1, 2)?;
                    parts.second = second as i8;
                    used
                }
                Item::Field(b'p' | b'P') => {
                    let word = rest.get(..2)?;
                    parts.afternoon = Some(word.eq_ignore_ascii_case(b"pm"));
                    if !word.eq_ignore_ascii_case(b"am") && !word.eq_ignore_ascii_case(b"pm") {
                        return None;
                    }
                    2
                }
                Item::Field(b's') => {
                    // Ten digits when a fraction follows directly: `%s%3N` reads milliseconds.
                    let max = if matches!(self.items.get(index + 1), Some(Item::Fraction(_))) { 10 } else { 18 };
                    let (epoch, used) = number(1, max)?;
                    parts.epoch = Some(epoch);
                    used
                }
                Item::Field(b'b' | b'B' | b'h') => {
                    let (month, used) = parts::month_name(rest)?;
                    parts.month = Some(month);
                    used
                }
                Item::Field(b'a' | b'A') => parts::weekday_name(rest)?,
                Item::Field(b'j') => {
                    let (day, used) = number(1, 3)?;
                    day_of_year = Some(day);
                    used
                }
                Item::Field(_) => match zone(rest) {
                    Some((offset, used)) => {
                        parts.offset = Some(offset);
                        used
                    }
                    None => return None,
                },
            };
        }
        if let (Some(day), Some(year)) = (day_of_year, parts.year) {
            let date = jiff::civil::Date::new(year, 1, 1).ok()?;
            let date = date.checked_add(jiff::Span::new().try_days(day - 1).ok()?).ok()?;
            (parts.month, parts.day) = (Some(date.month()), Some(date.day()));
        }
        let no_date = parts.year.is_none() && parts.month.is_none() && parts.day.is_none();
        let hour = || self.items.iter().any(|item| matches!(item, Item::Field(b'H' | b'I')));
        (parts.epoch.is_some() || parts.day.is_some() || (no_date && hour())).then_some((parts, at))
    }
}

/// The items of a combined conversion: letters are fields, the rest is text.
fn expand(text: &[u8]) -> impl Iterator<Item = Item> + '_ {
    text.iter().map(|&b| if b.is_ascii_alphabetic() { Item::Field(b) } else { Item::Byte(b) })
}

fn set<T: TryFrom<i64>>(target: &mut Option<T>, (value, used): (i64, usize)) -> Option<usize> {
    *target = Some(T::try_from(value).ok()?);
    Some(used)
}

/// A numeric zone or a name.
pub(super) fn zone(text: &[u8]) -> Option<(i32, usize)> {
    if let Some(found) = parts::numeric_zone(text) {
        return Some(found);
    }
    let length = text.iter().take(5).take_while(|b| b.is_ascii_alphabetic()).count();
    parts::offset_of_name(&text[..length]).map(|offset| (offset, length))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::parts::Reference;
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn formats() {
        // 2024-02-29T12:00:00Z: day 19782, noon. The file was written at the end of January 2025.
        let reference = Reference { zone: TimeZone::UTC, latest: 1_738_281_600 };
        let noon = 19_782.0 * 86_400.0 + 43_200.0;
        let table = [
            ("%Y-%m-%dT%H:%M:%S.%3N%z", "2024-02-29T12:00:00.125Z", Some(noon + 0.125)),
            ("%Y-%m-%dT%H:%M:%S.%6N%:z", "2024-02-29T14:00:00.500000+02:00", Some(noon + 0.5)),
            ("%m/%d/%Y %I:%M:%S %p", "02/29/2024 12:00:00 PM", Some(noon)),
            ("%m/%d/%Y %I:%M:%S %p", "02/29/2024 12:00:00 AM", Some(noon - 43_200.0)),
            ("%d/%b/%Y:%T %z", "29/Feb/2024:07:00:00 -0500", Some(noon)),
            ("%a %b %e %H:%M:%S %Y", "Thu Feb 29 12:00:00 2024", Some(noon)),
            ("%s%3N", "1709208000250", Some(noon + 0.25)),
            ("%s", "1709208000", Some(noon)),
            ("%y%j %H:%M", "24060 12:00", Some(noon)),
            ("%F %T %Z", "2024-02-29 07:00:00 EST", Some(noon)),
            ("%F %T", "at 2024-02-29 12:00:00", Some(noon)),
            ("%F %T", "2024-02-30 12:00:00", None),
            ("%F %T", "2024-02-29", None),
            ("%F %T", "é", None),
            // The day of the file: 2025-01-31.
            ("%H:%M:%S", "01:00:00", Some(1_738_281_600.0 + 3600.0)),
            ("%M:%S", "01:00", None),
        ];
        for (format, text, wanted) in table {
            let found = Format::new(format).unwrap().find(text.as_bytes(), false);
            assert_eq!(found.and_then(|(parts, _)| parts.epoch(&reference)), wanted, "{format} on {text}");
        }
        assert!(Format::new("%Y-%J").is_err());
        assert!(Format::new("%").is_err());
    }
}
