//! From numbers to text and back.

use super::Takes::{Any, Number, Text};
use super::{
    Call, Function, Run, example, function, integer, number_or_null, optional, printf, repeated, required, text,
};
use crate::expr::kind::Kind;
use crate::value::{Value, number};
use std::net::Ipv4Addr;

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "ipmask",
        "The IPv4 address with the bits that the mask lacks set to zero",
        &[required("mask", Text), required("address", Text)],
        Kind::Text,
        &[example("ipmask(\"255.255.0.0\", \"192.0.2.77\")", "192.0.0.0")],
        Run::Strict(ipmask),
    ),
    function(
        "printf",
        "Text made of a format and values, as in C",
        &[required("format", Text), repeated("value", Any)],
        Kind::Text,
        &[
            example("printf(\"%04.1f\", 3.14159)", "03.1"),
            example("printf(\"%-4s|%+d|%x\", \"ab\", 5, 255)", "ab  |+5|ff"),
        ],
        Run::Strict(|_, args| match text(args[0]) {
            Some(format) => printf::print(&format, &args[1..]),
            None => Value::Null,
        }),
    ),
    function(
        "tobool",
        "Boolean of `true`, `false` or a number; null for anything else",
        &[required("value", Any)],
        Kind::Bool,
        &[example("tobool(\"true\")", "True"), example("tobool(0)", "False"), example("tobool(\"x\")", "null")],
        Run::Strict(tobool),
    ),
    function(
        "todouble",
        "Number of a text; null if it is none",
        &[required("value", Any)],
        Kind::Number,
        &[example("todouble(\"1.5\")", "1.5"), example("todouble(\"x\")", "null")],
        Run::Each(|_, args| number_or_null(args[0].as_number())),
    ),
    function(
        "toint",
        "Whole number of a text, fractions cut off; null if it is none",
        &[required("value", Any)],
        Kind::Number,
        &[example("toint(\"-1.5\")", "-1")],
        Run::Each(|_, args| number_or_null(args[0].as_number().map(f64::trunc))),
    ),
    function(
        "tonumber",
        "Number of a text in a base from 2 to 36, 10 without one; null if it is none",
        &[required("text", Any), optional("base", Number)],
        Kind::Number,
        &[
            example("tonumber(\"ff\", 16)", "255"),
            example("tonumber(\"0x1F\", 16)", "31"),
            example("tonumber(\"1 2\")", "null"),
        ],
        Run::Each(tonumber),
    ),
    function(
        "tostring",
        "Text of a value; of a number in a format: commas, hex, binary or duration",
        &[required("value", Any), optional("format", Text)],
        Kind::Text,
        &[
            example("tostring(1==1)", "True"),
            example("tostring(15, \"hex\")", "0xF"),
            example("tostring(9, \"binary\")", "1001"),
            example("tostring(12345.678, \"commas\")", "12,345.68"),
            example("tostring(615, \"duration\")", "00:10:15"),
            example("tostring(93784, \"duration\")", "1+02:03:04"),
        ],
        Run::Each(tostring),
    ),
];

fn ipmask(_: &Call<'_>, args: &[&Value]) -> Value {
    let address = |value: &Value| text(value)?.parse::<Ipv4Addr>().ok().map(u32::from);
    match address(args[0]).zip(address(args[1])) {
        Some((mask, address)) => Value::text(Ipv4Addr::from(mask & address).to_string()),
        None => Value::Null,
    }
}

fn tobool(_: &Call<'_>, args: &[&Value]) -> Value {
    match args[0] {
        Value::Bool(value) => Value::Bool(*value),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Value::Bool(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Value::Bool(false),
        other => other.as_number().map_or(Value::Null, |number| Value::Bool(number != 0.0)),
    }
}

fn tonumber(_: &Call<'_>, args: &[&Value]) -> Value {
    let base = match args.get(1) {
        Some(base) => integer(base),
        None => Some(10),
    };
    match base {
        Some(10) => number_or_null(args[0].as_number()),
        Some(base @ 2..=36) => number_or_null(text(args[0]).and_then(|text| in_base(&text, base as u32))),
        _ => Value::Null,
    }
}

fn in_base(text: &str, base: u32) -> Option<f64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let digits = match base {
        16 => digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits),
        _ => digits,
    };
    if digits.is_empty() {
        return None;
    }
    let mut number = 0.0;
    for digit in digits.chars() {
        number = number * f64::from(base) + f64::from(digit.to_digit(base)?);
    }
    Some(if negative { -number } else { number }).filter(|number| number.is_finite())
}

fn tostring(_: &Call<'_>, args: &[&Value]) -> Value {
    let Some(format) = args.get(1) else {
        return Value::text(args[0].to_text());
    };
    let Some(number) = args[0].as_number().filter(|number| number.is_finite()) else {
        return Value::text(args[0].to_text());
    };
    let whole = number.abs().trunc();
    let sign = if number < 0.0 { "-" } else { "" };
    match format.to_text().to_ascii_lowercase().as_str() {
        "commas" => Value::text(commas(number)),
        "hex" if whole < 1.8e19 => Value::text(format!("{sign}0x{:X}", whole as u64)),
        "binary" if whole < 1.8e19 => Value::text(format!("{sign}{:b}", whole as u64)),
        "duration" if whole < 9e15 => Value::text(duration(number)),
        _ => Value::text(args[0].to_text()),
    }
}

/// Thousands apart by commas; two decimals if there is a fraction.
fn commas(number: f64) -> String {
    let rounded = super::math::round_decimal(number, 2);
    let text = if number.fract() == 0.0 { format!("{:.0}", rounded.abs()) } else { format!("{:.2}", rounded.abs()) };
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut result = String::from(if rounded < 0.0 { "-" } else { "" });
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            result.push(',');
        }
        result.push(digit);
    }
    if let Some(fraction) = fraction {
        result.push('.');
        result.push_str(fraction);
    }
    result
}

/// `HH:MM:SS`, with days in front (`1+02:03:04`) and microseconds behind where there are any.
fn duration(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let micros = (seconds.abs() * 1e6).round();
    let whole = (micros / 1e6).floor();
    let fraction = micros - whole * 1e6;
    let whole = whole as u64;
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
    let days = if days > 0 { format!("{days}+") } else { String::new() };
    let fraction = if fraction > 0.0 { format!(".{:06}", fraction as u64) } else { String::new() };
    format!("{sign}{days}{hours:02}:{minutes:02}:{rest:02}{fraction}")
}

/// What a value prints as inside `printf("%s")`.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number::print(*number),
        other => other.to_text().into_owned(),
    }
}
