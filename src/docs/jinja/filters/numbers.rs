//! Filters of numbers.

use super::Filter;
use crate::docs::jinja::args::Args;
use crate::docs::jinja::number::{float, truncated};
use crate::docs::jinja::text::str_of;
use crate::docs::jinja::values::wrong;
use minijinja::value::Value;
use minijinja::{Error, State};

pub(super) const FILTERS: &[Filter] = &[
    Filter { name: "int", parameters: &["default", "base"], apply: int },
    Filter { name: "float", parameters: &["default"], apply: to_float },
    Filter { name: "abs", parameters: &[], apply: abs },
    Filter { name: "round", parameters: &["precision", "method"], apply: round },
    Filter { name: "filesizeformat", parameters: &["binary"], apply: file_size },
];

fn int(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let base = u32::try_from(args.int(1)?.unwrap_or(10)).ok().filter(|base| *base == 0 || (2..=36).contains(base));
    let found = match value.as_str() {
        Some(text) => parse_int(text, base.unwrap_or(10))
            .or_else(|| parse_float(text).filter(|number| number.is_finite()).map(|number| number.trunc() as i128)),
        None => truncated(value),
    };
    let Some(found) = found else { return Ok(args.get(0).cloned().unwrap_or_else(|| Value::from(0))) };
    Ok(i64::try_from(found).map_or_else(|_| Value::from(found), Value::from))
}

fn parse_int(text: &str, base: u32) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed =
        |prefix: &str, wanted: u32| (base == wanted || base == 0).then(|| lower.strip_prefix(prefix)).flatten();
    let (digits, base) = if let Some(digits) = prefixed("0x", 16) {
        (digits, 16)
    } else if let Some(digits) = prefixed("0o", 8) {
        (digits, 8)
    } else if let Some(digits) = prefixed("0b", 2) {
        (digits, 2)
    } else {
        (lower.as_str(), if base == 0 { 10 } else { base })
    };
    let grouped = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    if grouped || digits.starts_with(['-', '+']) {
        return None;
    }
    let value = i128::from_str_radix(&digits.replace('_', ""), base).ok()?;
    Some(if negative { -value } else { value })
}

fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    (!text.contains('_')).then(|| text.parse().ok()).flatten()
}

fn to_float(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let found = match value.as_str() {
        Some(text) => parse_float(text),
        None => float(value),
    };
    Ok(found.map(Value::from).or_else(|| args.get(0).cloned()).unwrap_or_else(|| Value::from(0.0)))
}

fn abs(_: &mut State, value: &Value, _: &Args) -> Result<Value, Error> {
    if value.is_integer() {
        let size = truncated(value).unwrap_or(0).saturating_abs();
        return Ok(i64::try_from(size).map_or_else(|_| Value::from(size), Value::from));
    }
    float(value).map(|number| Value::from(number.abs())).ok_or_else(|| wrong("`abs` needs a number"))
}

fn round(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let precision = args.int(0)?.unwrap_or(0).clamp(-300, 300) as i32;
    let method = args.text(1).unwrap_or_else(|| "common".to_owned());
    let number = float(value).ok_or_else(|| wrong(format!("`round` needs a number, not `{}`", str_of(value))))?;
    let factor = 10_f64.powi(precision);
    match method.as_str() {
        "common" if value.is_integer() && precision >= 0 => Ok(value.clone()),
        "common" if value.is_integer() => {
            let unit = 10_f64.powi(-precision);
            Ok(Value::from(((number / unit).round_ties_even() * unit) as i64))
        }
        "common" if precision < 0 => {
            let unit = 10_f64.powi(-precision);
            Ok(Value::from((number / unit).round_ties_even() * unit))
        }
        // Rust's formatting rounds the exact value to the nearest, ties to even: Python's `round`.
        "common" => Ok(Value::from(format!("{number:.*}", precision as usize).parse().unwrap_or(number))),
        "ceil" => Ok(Value::from((number * factor).ceil() / factor)),
        "floor" => Ok(Value::from((number * factor).floor() / factor)),
        _ => Err(wrong("the method of `round` is `common`, `ceil` or `floor`")),
    }
}

fn file_size(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let binary = args.flag(0);
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    let bytes = match value.as_str() {
        Some(text) => parse_float(text),
        None => float(value),
    };
    let bytes = bytes.ok_or_else(|| wrong("`filesizeformat` needs a number"))?;
    let units: [&str; 8] = if binary {
        ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    } else {
        ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    };
    if (bytes - 1.0).abs() < f64::EPSILON {
        return Ok(Value::from("1 Byte"));
    }
    if bytes < base {
        return Ok(Value::from(format!("{} Bytes", bytes.trunc() as i64)));
    }
    let mut unit = base;
    for (at, name) in units.iter().enumerate() {
        if bytes < unit * base || at == units.len() - 1 {
            return Ok(Value::from(format!("{:.1} {name}", bytes / unit)));
        }
        unit *= base;
    }
    Ok(Value::UNDEFINED)
}
