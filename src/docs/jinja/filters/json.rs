//! JSON as Python's `json.dumps` writes it.

use crate::docs::jinja::text::{float_of, float_repr, str_of};
use crate::docs::jinja::values::{items, pairs, wrong};
use minijinja::Error;
use minijinja::value::{Value, ValueKind};
use std::fmt::Write as _;

/// Deepest nesting that is written.
const DEEPEST: usize = 60;

/// Keys sorted, only ASCII; with an indentation one item per line.
pub(super) fn dumps(value: &Value, indent: Option<&str>) -> Result<String, Error> {
    let mut out = String::new();
    write(&mut out, value, indent, 0)?;
    Ok(out)
}

fn write(out: &mut String, value: &Value, indent: Option<&str>, depth: usize) -> Result<(), Error> {
    if depth > DEEPEST {
        return Err(wrong("a value is too deep for `tojson`"));
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => match float_of(value) {
            Some(number) if number.is_nan() => out.push_str("NaN"),
            Some(number) if number.is_infinite() => out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" }),
            Some(number) => out.push_str(&float_repr(number)),
            None => out.push_str(&value.to_string()),
        },
        ValueKind::String => quote(out, value.as_str().unwrap_or_default()),
        ValueKind::Map => {
            let mut entries: Vec<(String, Value)> =
                pairs(value).into_iter().map(|(key, item)| (key_text(&key), item)).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                separate(out, at, indent, depth + 1);
                quote(out, key);
                out.push_str(": ");
                write(out, item, indent, depth + 1)?;
            }
            close(out, entries.is_empty(), indent, depth);
            out.push('}');
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let items = items(value);
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(out, at, indent, depth + 1);
                write(out, item, indent, depth + 1)?;
            }
            close(out, items.is_empty(), indent, depth);
            out.push(']');
        }
        _ => return Err(wrong(format!("a {} has no JSON form", value.kind()))),
    }
    Ok(())
}

fn key_text(key: &Value) -> String {
    match key.kind() {
        ValueKind::None => "null".to_owned(),
        ValueKind::Bool => if key.is_true() { "true" } else { "false" }.to_owned(),
        _ => str_of(key).into_owned(),
    }
}

fn separate(out: &mut String, at: usize, indent: Option<&str>, depth: usize) {
    match indent {
        Some(indent) => {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&indent.repeat(depth));
        }
        None if at > 0 => out.push_str(", "),
        None => {}
    }
}

fn close(out: &mut String, empty: bool, indent: Option<&str>, depth: usize) {
    if let Some(indent) = indent.filter(|_| !empty) {
        out.push('\n');
        out.push_str(&indent.repeat(depth));
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}
