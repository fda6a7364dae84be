//! Text. Positions and lengths count characters.

use super::Takes::{Any, Number, Regex, Text};
use super::{Call, Function, Run, costly, example, function, integer, json, optional, required, signed, text};
use crate::expr::kind::Kind;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "len",
        "Count of characters; null for a multivalue",
        &[required("text", Text)],
        Kind::Number,
        &[example("len(\"né\")", "2"), example("len(\"\")", "0")],
        Run::Strict(|_, args| text(args[0]).map_or(Value::Null, |text| Value::Number(text.chars().count() as f64))),
    ),
    costly(function(
        "lower",
        "The text in lower case",
        &[required("text", Text)],
        Kind::Text,
        &[example("lower(\"Ab\")", "ab")],
        Run::Each(|_, args| match args[0] {
            Value::Text(text) if !text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) => args[0].clone(),
            other => Value::text(other.to_text().to_lowercase()),
        }),
    )),
    function(
        "ltrim",
        "The text without the given characters (blanks and tabs if none are given) at its start",
        &[required("text", Text), optional("characters", Text)],
        Kind::Text,
        &[example("ltrim(\"--x-\", \"-\")", "x-")],
        Run::Each(|_, args| trimmed(args, |text, unwanted| text.trim_start_matches(unwanted))),
    ),
    costly(function(
        "replace",
        "The text with every hit of a pattern (PCRE2, with case) replaced; `\\1` to `\\9` stand for its groups",
        &[required("text", Text), required("pattern", Regex), required("replacement", Text)],
        Kind::Text,
        &[
            example("replace(\"a1b2\", \"[0-9]\", \"#\")", "a#b#"),
            example("replace(\"2025-01\", \"(\\d+)-(\\d+)\", \"\\2/\\1\")", "01/2025"),
        ],
        Run::Each(|call, args| match (call.regex(args[1]), text(args[2])) {
            (Some(regex), Some(replacement)) => Value::text(regex.replace_all(&args[0].to_text(), &replacement)),
            _ => Value::Null,
        }),
    )),
    function(
        "rtrim",
        "The text without the given characters (blanks and tabs if none are given) at its end",
        &[required("text", Text), optional("characters", Text)],
        Kind::Text,
        &[example("rtrim(\"--x-\", \"-\")", "--x")],
        Run::Each(|_, args| trimmed(args, |text, unwanted| text.trim_end_matches(unwanted))),
    ),
    costly(function(
        "spath",
        "The values at a path of a JSON or XML text",
        &[required("text", Text), required("path", Text)],
        Kind::Any,
        &[example("spath(\"{\\\"a\\\":{\\\"b\\\":[1,2]}}\", \"a.b{}\")", "[1, 2]")],
        Run::Strict(json::spath),
    )),
    function(
        "substr",
        "Characters from a position, the first being 1, a negative one counted from the end; to the end without a count",
        &[required("text", Text), required("start", Number), optional("length", Number)],
        Kind::Text,
        &[
            example("substr(\"abcdef\", 2, 3)", "bcd"),
            example("substr(\"abcdef\", -3)", "def"),
            example("substr(\"abcdef\", 0, 3)", "ab"),
            example("substr(\"abcdef\", 9)", ""),
        ],
        Run::Strict(substr),
    ),
    function(
        "trim",
        "The text without the given characters (blanks and tabs if none are given) at both ends",
        &[required("text", Text), optional("characters", Text)],
        Kind::Text,
        &[example("trim(\"--x-\", \"-\")", "x"), example("trim(\"  x \")", "x")],
        Run::Each(|_, args| trimmed(args, |text, unwanted| text.trim_matches(unwanted))),
    ),
    costly(function(
        "upper",
        "The text in upper case",
        &[required("text", Text)],
        Kind::Text,
        &[example("upper(\"Ab\")", "AB")],
        Run::Each(|_, args| Value::text(args[0].to_text().to_uppercase())),
    )),
    function(
        "urldecode",
        "The text with percent codes replaced by the characters that they stand for; `+` stays",
        &[required("text", Any)],
        Kind::Text,
        &[example("urldecode(\"a%20b%3D\")", "a b="), example("urldecode(\"100%\")", "100%")],
        Run::Each(|_, args| Value::text(urldecode(&args[0].to_text()))),
    ),
];

type Trim = for<'t> fn(&'t str, &[char]) -> &'t str;

fn trimmed(args: &[&Value], trim: Trim) -> Value {
    let unwanted: Vec<char> = match args.get(1) {
        Some(unwanted) => unwanted.to_text().chars().collect(),
        None => vec![' ', '\t'],
    };
    Value::text(trim(&args[0].to_text(), &unwanted))
}

/// As SQLite: position 0 is the one before the first character and counts for the length.
fn substr(_: &Call<'_>, args: &[&Value]) -> Value {
    let length = match args.get(2) {
        Some(length) => integer(length),
        None => Some(i64::MAX / 4),
    };
    let (Some(text), Some(start), Some(length)) = (text(args[0]), integer(args[1]), length) else {
        return Value::Null;
    };
    let count = signed(text.chars().count());
    let first = if start < 0 { count + start } else { start - 1 };
    let (first, end) = (first, first.saturating_add(length.max(0)));
    let (first, end) = (first.clamp(0, count), end.clamp(0, count));
    let part: String = text.chars().skip(first as usize).take((end - first).max(0) as usize).collect();
    Value::text(part)
}

/// Codes that make no valid UTF-8 become replacement characters; what is no code stays.
fn urldecode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|&b| char::from(b).to_digit(16));
        if first == b'%'
            && let Some((high, low)) = digit(0).zip(digit(1))
        {
            bytes.push((high * 16 + low) as u8);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
