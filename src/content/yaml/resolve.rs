//! What a plain scalar means in YAML 1.1, as PyYAML reads it.
//!
//! PyYAML is narrower than the letter of YAML 1.1: `y` and `n` are text, an exponent needs a point and a sign, and
//! `0o17` (YAML 1.2) is text while `017` is fifteen. Source: PyYAML 6, `resolver.py` and `constructor.py`.

use super::ScalarValue;

/// The value of a plain scalar.
pub(super) fn plain(text: &str) -> ScalarValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarValue::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return ScalarValue::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return ScalarValue::Bool(false),
        _ => {}
    }
    // Everything that follows begins with a digit, a sign or a point; most text does not.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return ScalarValue::Text;
    }
    if is_date(text) {
        return ScalarValue::Date;
    }
    integer(text).or_else(|| float(text)).unwrap_or(ScalarValue::Text)
}

fn integer(text: &str) -> Option<ScalarValue> {
    let (negative, digits) = signed(text);
    let plain = digits.replace('_', "");
    let magnitude = if let Some(binary) = plain.strip_prefix("0b") {
        only(binary, |b| matches!(b, b'0' | b'1')).map(|digits| i128::from_str_radix(digits, 2))?
    } else if let Some(hex) = plain.strip_prefix("0x") {
        only(hex, |b| b.is_ascii_hexdigit()).map(|digits| i128::from_str_radix(digits, 16))?
    } else if digits.len() > 1 && digits.starts_with('0') {
        only(&plain, |b| matches!(b, b'0'..=b'7')).map(|digits| i128::from_str_radix(digits, 8))?
    } else if digits.contains(':') {
        return sexagesimal_integer(negative, digits);
    } else if digits.starts_with(|first: char| first.is_ascii_digit()) {
        only(&plain, |b| b.is_ascii_digit()).map(str::parse)?
    } else {
        return None;
    };
    Some(whole(negative, magnitude.unwrap_or(i128::MAX), &plain))
}

/// An integer beyond 64 bits becomes the nearest float; the text keeps all digits.
fn whole(negative: bool, magnitude: i128, digits: &str) -> ScalarValue {
    let signed = if negative { -magnitude } else { magnitude };
    i64::try_from(signed).map_or_else(
        |_| {
            let nearest =
                if magnitude == i128::MAX { digits.parse().unwrap_or(f64::INFINITY) } else { magnitude as f64 };
            ScalarValue::Float(if negative { -nearest } else { nearest })
        },
        ScalarValue::Int,
    )
}

/// `1:30` is ninety: the base 60 of times and angles.
fn sexagesimal_integer(negative: bool, digits: &str) -> Option<ScalarValue> {
    let (head, places) = sexagesimal_parts(digits)?;
    if head.starts_with('0') || !head.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let mut value: i128 = head.replace('_', "").parse().ok()?;
    for place in places {
        value = value.checked_mul(60)?.checked_add(i128::from(place))?;
    }
    Some(whole(negative, value, digits))
}

/// Splits `a:b:c` into `a` and the numbers `b` and `c`, each below 60 and of one or two digits.
fn sexagesimal_parts(text: &str) -> Option<(&str, Vec<u8>)> {
    let (head, rest) = text.split_once(':')?;
    let places: Option<Vec<u8>> = rest
        .split(':')
        .map(|place| {
            let digits = matches!(place.len(), 1 | 2) && place.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| place.parse().ok()).flatten().filter(|number| *number < 60)
        })
        .collect();
    Some((head, places?))
}

fn float(text: &str) -> Option<ScalarValue> {
    let (negative, number) = signed(text);
    let sign = if negative { -1.0 } else { 1.0 };
    if matches!(number, ".inf" | ".Inf" | ".INF") {
        return Some(ScalarValue::Float(sign * f64::INFINITY));
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(ScalarValue::Float(f64::NAN));
    }
    let (mantissa, exponent) = match number.find(['e', 'E']) {
        Some(at) => (&number[..at], Some(&number[at + 1..])),
        None => (number, None),
    };
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(['+', '-'])?;
        only(digits, |b| b.is_ascii_digit())?;
    }
    let (head, fraction) = mantissa.split_once('.')?;
    if !fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let digits = head.rsplit(':').next().unwrap_or(head);
    let starts_with_digit = |part: &str| part.starts_with(|first: char| first.is_ascii_digit());
    if head.contains(':') {
        let (first, places) = sexagesimal_parts(head)?;
        if exponent.is_some() || !starts_with_digit(first) || !first.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
            return None;
        }
        let mut value: f64 = first.replace('_', "").parse().ok()?;
        for place in places {
            value = value * 60.0 + f64::from(place);
        }
        let part: f64 = format!("0.{}", fraction.replace('_', "")).parse().unwrap_or(0.0);
        return Some(ScalarValue::Float(sign * (value + part)));
    }
    let well_formed = if head.is_empty() {
        // `.5` takes no sign in PyYAML.
        starts_with_digit(fraction) && number.len() == text.len()
    } else {
        starts_with_digit(digits) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    if !well_formed {
        return None;
    }
    number.replace('_', "").parse().ok().map(|value: f64| ScalarValue::Float(sign * value))
}

fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// The text if it is not empty and of such bytes only.
fn only(text: &str, allowed: impl Fn(u8) -> bool) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(allowed)).then_some(text)
}

/// `2024-01-31`, or with a time of day and an offset: `2024-1-31t9:05:00.25 -5`. Only the form is checked, so
/// `2024-02-31` is a date too.
pub(super) fn is_date(text: &str) -> bool {
    date_parts(text).is_some()
}

/// The parts of a date; all digits as written.
pub(super) struct DateParts<'a> {
    pub(super) year: &'a str,
    pub(super) month: &'a str,
    pub(super) day: &'a str,
    pub(super) time: Option<TimeParts<'a>>,
}

/// The parts of a time of day.
pub(super) struct TimeParts<'a> {
    pub(super) hour: &'a str,
    pub(super) minute: &'a str,
    pub(super) second: &'a str,
    /// Without the point; may be empty.
    pub(super) fraction: &'a str,
    /// `Z`, or sign, hours and minutes.
    pub(super) offset: Option<(char, &'a str, &'a str)>,
}

pub(super) fn date_parts(text: &str) -> Option<DateParts<'_>> {
    let mut rest = text;
    let year = digits(&mut rest, 4, 4)?;
    rest = rest.strip_prefix('-')?;
    let month = digits(&mut rest, 1, 2)?;
    rest = rest.strip_prefix('-')?;
    let day = digits(&mut rest, 1, 2)?;
    if rest.is_empty() {
        // Without a time, two digits are needed for month and day.
        return (month.len() == 2 && day.len() == 2).then_some(DateParts { year, month, day, time: None });
    }
    rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None => rest.strip_prefix([' ', '\t'])?.trim_start_matches([' ', '\t']),
    };
    let hour = digits(&mut rest, 1, 2)?;
    rest = rest.strip_prefix(':')?;
    let minute = digits(&mut rest, 2, 2)?;
    rest = rest.strip_prefix(':')?;
    let second = digits(&mut rest, 2, 2)?;
    let mut fraction = "";
    if let Some(after) = rest.strip_prefix('.') {
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        (fraction, rest) = after.split_at(length);
    }
    let mut time = TimeParts { hour, minute, second, fraction, offset: None };
    let mut zone = rest.trim_start_matches([' ', '\t']);
    if zone == "Z" {
        time.offset = Some(('Z', "", ""));
    } else if let Some(sign) = zone.chars().next().filter(|sign| matches!(sign, '+' | '-')) {
        zone = &zone[1..];
        let hours = digits(&mut zone, 1, 2)?;
        let mut minutes = "";
        if let Some(after) = zone.strip_prefix(':') {
            zone = after;
            minutes = digits(&mut zone, 2, 2)?;
        }
        if !zone.is_empty() {
            return None;
        }
        time.offset = Some((sign, hours, minutes));
    } else if !rest.is_empty() {
        return None;
    }
    Some(DateParts { year, month, day, time: Some(time) })
}

fn digits<'a>(rest: &mut &'a str, least: usize, most: usize) -> Option<&'a str> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if length < least {
        return None;
    }
    let (digits, after) = rest.split_at(length);
    *rest = after;
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values after PyYAML 6's resolver.
    #[test]
    fn plain_scalars_have_the_values_of_yaml_1_1() {
        use ScalarValue::{Bool, Date, Float, Int, Null, Text};
        let cases = [
            ("", Null),
            ("~", Null),
            ("NULL", Null),
            ("nUll", Text),
            ("yes", Bool(true)),
            ("Off", Bool(false)),
            ("y", Text),
            ("yEs", Text),
            ("0", Int(0)),
            ("-0", Int(0)),
            ("017", Int(15)),
            ("-017", Int(-15)),
            ("08", Text),
            ("0o17", Text),
            ("0x1F", Int(31)),
            ("-0x_1f", Int(-31)),
            ("0b1_01", Int(5)),
            ("0b2", Text),
            ("1_000", Int(1000)),
            ("_1", Text),
            ("1:30", Int(90)),
            ("-1:30", Int(-90)),
            ("1:60", Text),
            ("1:30:05", Int(5405)),
            ("01:30", Text),
            ("9223372036854775807", Int(i64::MAX)),
            ("-9223372036854775808", Int(i64::MIN)),
            ("18446744073709551616", Float(18_446_744_073_709_551_616.0)),
            ("1.", Float(1.0)),
            (".5", Float(0.5)),
            ("-.5", Text),
            ("+1.5", Float(1.5)),
            ("1e3", Text),
            ("1.0e3", Text),
            ("1.0e+3", Float(1000.0)),
            ("1_0.2_5", Float(10.25)),
            ("1:30.5", Float(90.5)),
            ("-.INF", Float(f64::NEG_INFINITY)),
            ("+.nan", Text),
            (".", Text),
            ("-", Text),
            ("+", Text),
            ("1.2.3", Text),
            ("6.10.0", Text),
            ("2024-01-31", Date),
            ("2024-1-31", Text),
            ("2024-1-31 09:05:00", Date),
            ("2024-01-31T9:05:00.25 -5:30", Date),
            ("2024-01-31t09:05:00Z", Date),
            ("2024-01-31 09:05", Text),
            ("2024-01-31T09:05:00 X", Text),
            ("10.0.0.0/8", Text),
            ("-1d@d", Text),
            ("T1003.001", Text),
        ];
        for (text, value) in cases {
            assert_eq!(plain(text), value, "{text}");
        }
        assert!(matches!(plain(".nan"), Float(value) if value.is_nan()));
    }
}
