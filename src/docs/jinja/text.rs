//! Python's words for values: what `str()` and `repr()` give, and the escaping of MarkupSafe.

use super::values;
use crate::docs::filters::escape_html;
use minijinja::value::{Value, ValueKind};
use std::borrow::Cow;
use std::fmt::Write as _;

/// `str(value)`; nothing for an undefined value, as Jinja2 prints it.
pub(super) fn str_of(value: &Value) -> Cow<'_, str> {
    match value.as_str() {
        Some(text) => Cow::Borrowed(text),
        None if value.is_undefined() => Cow::Borrowed(""),
        None => {
            let mut out = String::new();
            write_repr(&mut out, value, 0);
            Cow::Owned(out)
        }
    }
}

/// `repr(value)`.
pub(super) fn repr_of(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value, 0);
    out
}

/// Deeper values are cut off: a list may hold itself.
const DEEPEST: usize = 60;

fn write_repr(out: &mut String, value: &Value, depth: usize) {
    if depth > DEEPEST {
        out.push_str("...");
        return;
    }
    match value.kind() {
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::None => out.push_str("None"),
        ValueKind::Bool => out.push_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::Number => match float_of(value) {
            Some(number) => out.push_str(&float_repr(number)),
            None => {
                let _ = write!(out, "{value}");
            }
        },
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            if value.is_safe() {
                out.push_str("Markup(");
                quote(out, text);
                out.push(')');
            } else {
                quote(out, text);
            }
        }
        ValueKind::Map => {
            out.push('{');
            for (at, (key, item)) in values::pairs(value).into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_repr(out, &key, depth + 1);
                out.push_str(": ");
                write_repr(out, &item, depth + 1);
            }
            out.push('}');
        }
        ValueKind::Seq | ValueKind::Iterable if !values::has_own_text(value) => {
            let tuple = values::is_tuple(value);
            out.push(if tuple { '(' } else { '[' });
            let items = values::items(value);
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_repr(out, item, depth + 1);
            }
            if tuple && items.len() == 1 {
                out.push(',');
            }
            out.push(if tuple { ')' } else { ']' });
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

/// The number, if it is a float and no integer.
pub(super) fn float_of(value: &Value) -> Option<f64> {
    (value.kind() == ValueKind::Number && !value.is_integer()).then(|| f64::try_from(value.clone()).ok()).flatten()
}

/// The shortest text that reads back as the number, in Python's form: `1e-05`, `1e+16`, `50.0`.
pub(super) fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// Python's quotes: single ones, unless the text holds single and no double ones.
fn quote(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if (c as u32) < 0x1_0000 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
        }
    }
    out.push(quote);
}

/// Rust's debug form and Python's `repr` leave the same categories of characters as they are.
fn is_printable(c: char) -> bool {
    let mut text = String::from("a");
    text.push(c);
    !format!("{text:?}").contains('\\')
}

/// `escape(value)`: markup as it is, anything else escaped.
pub(super) fn escaped(value: &Value) -> Cow<'_, str> {
    let text = str_of(value);
    if value.is_safe() || !text.bytes().any(|byte| matches!(byte, b'&' | b'<' | b'>' | b'\'' | b'"')) {
        return text;
    }
    Cow::Owned(escape_html(&text))
}

/// A text that is markup if another value was.
pub(super) fn text_like(model: &Value, text: String) -> Value {
    if model.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_python() {
        for (number, text) in [
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-0.0, "-0.0"),
            (1.5e300, "1.5e+300"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float_repr(number), text);
        }
    }
}
