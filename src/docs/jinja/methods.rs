//! Python's methods of texts, lists and dicts.

use super::args::{Args, split};
use super::braces;
use super::text::{escaped, str_of, text_like};
use super::values::{self, Dict, List, items, iterate, list, tuple, wrong};
use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

/// Calls a method that the template engine itself does not know.
pub(super) fn call(state: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::String => text_method(value, name, args),
        ValueKind::Map => dict_method(value, name, args),
        ValueKind::Seq | ValueKind::Iterable => list_method(state, value, name, args),
        ValueKind::Number if name == "is_integer" => {
            Ok(Value::from(super::number::float(value).is_some_and(|number| number.fract() == 0.0)))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn text_method(value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    let text = value.as_str().unwrap_or_default();
    let like = |text: String| Ok(text_like(value, text));
    match name {
        "upper" => like(text.to_uppercase()),
        "lower" => like(text.to_lowercase()),
        "casefold" => like(text.to_lowercase().replace('ß', "ss")),
        "title" => like(title(text)),
        "capitalize" => like(capitalize(text)),
        "swapcase" => like(swapcase(text)),
        "strip" | "lstrip" | "rstrip" => {
            let args = Args::bind(name, args, &["chars"])?;
            like(strip(text, args.text(0).as_deref(), name != "rstrip", name != "lstrip").to_owned())
        }
        "removeprefix" => {
            let affix = Args::bind(name, args, &["prefix"])?.text(0).unwrap_or_default();
            like(text.strip_prefix(affix.as_str()).unwrap_or(text).to_owned())
        }
        "removesuffix" => {
            let affix = Args::bind(name, args, &["suffix"])?.text(0).unwrap_or_default();
            like(text.strip_suffix(affix.as_str()).unwrap_or(text).to_owned())
        }
        "replace" => {
            let args = Args::bind(name, args, &["old", "new", "count"])?;
            Ok(replace(value, &args.value(0), &args.value(1), args.int(2)?))
        }
        "split" | "rsplit" => {
            let args = Args::bind(name, args, &["sep", "maxsplit"])?;
            let most = args.int(1)?.and_then(|most| usize::try_from(most).ok());
            let parts = split_text(text, args.text(0).as_deref(), most, name == "rsplit")?;
            Ok(list(parts.into_iter().map(|part| text_like(value, part.to_owned())).collect()))
        }
        "splitlines" => {
            let keep = Args::bind(name, args, &["keepends"])?.flag(0);
            Ok(list(lines(text, keep).into_iter().map(|line| text_like(value, line.to_owned())).collect()))
        }
        "partition" | "rpartition" => {
            let separator = Args::bind(name, args, &["sep"])?.text(0).unwrap_or_default();
            let found = if name == "partition" { text.find(&separator) } else { text.rfind(&separator) };
            let parts = match (found.filter(|_| !separator.is_empty()), name) {
                (Some(at), _) => [&text[..at], separator.as_str(), &text[at + separator.len()..]],
                (None, "partition") => [text, "", ""],
                (None, _) => ["", "", text],
            };
            Ok(tuple(parts.iter().map(|part| text_like(value, (*part).to_owned())).collect()))
        }
        "join" => {
            let parts = iterate(&Args::bind(name, args, &["iterable"])?.value(0))?;
            if value.is_safe() {
                return like(parts.iter().map(escaped).collect::<Vec<_>>().join(text));
            }
            like(parts.iter().map(str_of).collect::<Vec<_>>().join(text))
        }
        "format" => braces::format(value, args),
        "find" | "rfind" | "index" | "rindex" | "count" => {
            let args = Args::bind(name, args, &["sub", "start", "end"])?;
            search(text, name, &args.text(0).unwrap_or_default(), args.int(1)?, args.int(2)?)
        }
        "startswith" | "endswith" => {
            let args = Args::bind(name, args, &["affix", "start", "end"])?;
            let (_, part) = window(text, args.int(1)?, args.int(2)?);
            let affixes = args.value(0);
            let affixes = if affixes.as_str().is_some() { vec![affixes] } else { items(&affixes) };
            let fits = |affix: &Value| {
                let affix = str_of(affix);
                if name == "startswith" { part.starts_with(&*affix) } else { part.ends_with(&*affix) }
            };
            Ok(Value::from(affixes.iter().any(fits)))
        }
        "center" | "ljust" | "rjust" => {
            let args = Args::bind(name, args, &["width", "fillchar"])?;
            let fill = args.text(1).and_then(|fill| fill.chars().next()).unwrap_or(' ');
            like(justify(text, name, width(args.int(0)?), fill))
        }
        "zfill" => {
            let width = width(Args::bind(name, args, &["width"])?.int(0)?);
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['+', '-'])));
            like(format!("{sign}{}", justify(digits, "rjust", width.saturating_sub(sign.len()), '0')))
        }
        "expandtabs" => {
            let size = Args::bind(name, args, &["tabsize"])?.int(0)?.unwrap_or(8).clamp(0, 100) as usize;
            like(expand_tabs(text, size))
        }
        "encode" | "strftime" => Err(wrong(format!("the method `{name}` is not supported"))),
        "isoformat" => like(text.to_owned()),
        _ => classify(text, name).map(Value::from).ok_or_else(|| Error::from(ErrorKind::UnknownMethod)),
    }
}

fn width(value: Option<i64>) -> usize {
    value.unwrap_or(0).clamp(0, 100_000) as usize
}

/// The tests of characters, `isdigit` and the like.
fn classify(text: &str, name: &str) -> Option<bool> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    let cased = |same: fn(char) -> bool| {
        let mut letters = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).peekable();
        letters.peek().is_some() && letters.all(same)
    };
    Some(match name {
        "isalpha" => all(char::is_alphabetic),
        "isdigit" => all(|c| c.is_ascii_digit() || "²³¹".contains(c) || (c.is_numeric() && is_decimal(c))),
        "isdecimal" => all(is_decimal),
        "isnumeric" => all(char::is_numeric),
        "isalnum" => all(char::is_alphanumeric),
        "isspace" => all(char::is_whitespace),
        "isascii" => text.is_ascii(),
        "isprintable" => text.chars().all(|c| c == ' ' || (!c.is_control() && !c.is_whitespace())),
        "islower" => cased(char::is_lowercase),
        "isupper" => cased(char::is_uppercase),
        "istitle" => is_title(text),
        "isidentifier" => {
            text.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && text.chars().all(|c| c.is_alphanumeric() || c == '_')
        }
        _ => return None,
    })
}

fn is_decimal(c: char) -> bool {
    c.is_ascii_digit() || matches!(c as u32, 0x660..=0x669 | 0x6F0..=0x6F9 | 0x966..=0x96F | 0xFF10..=0xFF19)
}

fn is_title(text: &str) -> bool {
    let (mut inside, mut any) = (false, false);
    for c in text.chars() {
        if c.is_uppercase() && inside || c.is_lowercase() && !inside {
            return false;
        }
        inside = c.is_uppercase() || c.is_lowercase();
        any |= inside;
    }
    any
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            upper_first(c, &mut out);
        }
        inside = c.is_lowercase() || c.is_uppercase();
    }
    out
}

/// The first letter of a word in title case: `ß` gives `Ss`.
fn upper_first(c: char, out: &mut String) {
    let mut upper = c.to_uppercase();
    out.extend(upper.next());
    out.extend(upper.flat_map(char::to_lowercase));
}

pub(super) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    if let Some(first) = chars.next() {
        upper_first(first, &mut out);
    }
    out + &chars.as_str().to_lowercase()
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() { out.extend(c.to_lowercase()) } else { out.extend(c.to_uppercase()) }
    }
    out
}

pub(super) fn strip<'t>(text: &'t str, chars: Option<&str>, left: bool, right: bool) -> &'t str {
    let inside = |c: char| chars.map_or(c.is_whitespace(), |chars| chars.contains(c));
    let text = if left { text.trim_start_matches(inside) } else { text };
    if right { text.trim_end_matches(inside) } else { text }
}

/// `value.replace(old, new, count)`; what goes into markup is escaped.
pub(super) fn replace(value: &Value, old: &Value, new: &Value, count: Option<i64>) -> Value {
    let text = str_of(value);
    let new = if value.is_safe() { escaped(new) } else { str_of(new) };
    let old = str_of(old);
    let text = match count.and_then(|count| usize::try_from(count).ok()) {
        Some(count) => text.replacen(&*old, &new, count),
        None => text.replace(&*old, &new),
    };
    text_like(value, text)
}

/// Parts between a separator, or between white space.
pub(super) fn split_text<'t>(
    text: &'t str,
    separator: Option<&str>,
    most: Option<usize>,
    from_right: bool,
) -> Result<Vec<&'t str>, Error> {
    let limit = most.map_or(usize::MAX, |most| most.saturating_add(1));
    let Some(separator) = separator else { return Ok(split_white(text, most, from_right)) };
    if separator.is_empty() {
        return Err(wrong("a text is split at an empty separator"));
    }
    if from_right {
        let mut parts: Vec<&str> = text.rsplitn(limit, separator).collect();
        parts.reverse();
        return Ok(parts);
    }
    Ok(text.splitn(limit, separator).collect())
}

fn split_white(text: &str, most: Option<usize>, from_right: bool) -> Vec<&str> {
    let Some(most) = most else { return text.split_whitespace().collect() };
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let cut = if from_right { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
        let Some(cut) = cut.filter(|_| parts.len() < most) else {
            parts.push(rest);
            break;
        };
        let (left, right) = rest.split_at(cut);
        if from_right {
            parts.push(right.trim_start());
            rest = left.trim_end();
        } else {
            parts.push(left);
            rest = right.trim_start();
        }
    }
    if from_right {
        parts.reverse();
    }
    parts
}

/// Lines without or with their ends, by Python's idea of a line's end.
pub(super) fn lines(text: &str, keep: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let ends =
            |c: char| matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let Some(at) = rest.find(ends) else {
            lines.push(rest);
            break;
        };
        let end = rest[at..].chars().next().map_or(1, char::len_utf8);
        let end = at + if rest[at..].starts_with("\r\n") { 2 } else { end };
        lines.push(&rest[..if keep { end } else { at }]);
        rest = &rest[end..];
    }
    lines
}

/// The part of a text between two character positions, and where it begins.
fn window(text: &str, start: Option<i64>, end: Option<i64>) -> (usize, &str) {
    if start.is_none() && end.is_none() {
        return (0, text);
    }
    let count = text.chars().count() as i64;
    let clamp = |at: i64| (if at < 0 { at.saturating_add(count) } else { at }).clamp(0, count) as usize;
    let (start, end) = (clamp(start.unwrap_or(0)), clamp(end.unwrap_or(count)));
    let offset = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(offset, _)| offset);
    (start, text.get(offset(start)..offset(end)).unwrap_or_default())
}

fn search(text: &str, name: &str, wanted: &str, start: Option<i64>, end: Option<i64>) -> Result<Value, Error> {
    let (from, part) = window(text, start, end);
    if name == "count" {
        let count = if wanted.is_empty() { part.chars().count() + 1 } else { part.matches(wanted).count() };
        return Ok(Value::from(count as i64));
    }
    let found = if name.starts_with('r') { part.rfind(wanted) } else { part.find(wanted) };
    match found {
        Some(at) => Ok(Value::from((from + part[..at].chars().count()) as i64)),
        None if name.ends_with("find") => Ok(Value::from(-1)),
        None => Err(wrong(format!("`{}` is not in the text", wanted.escape_debug()))),
    }
}

/// `center` puts an odd blank where CPython does.
pub(super) fn justify(text: &str, name: &str, width: usize, fill: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2 + (missing & width & 1),
    };
    let side = |count: usize| fill.to_string().repeat(count);
    format!("{}{text}{}", side(left), side(missing - left))
}

fn expand_tabs(text: &str, size: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let blanks = if size == 0 { 0 } else { size - column % size };
                out.push_str(&" ".repeat(blanks));
                column += blanks;
            }
            c => {
                out.push(c);
                column = if c == '\n' || c == '\r' { 0 } else { column + 1 };
            }
        }
    }
    out
}

fn dict_method(value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "items" => Ok(list(values::pairs(value).into_iter().map(|(key, item)| tuple(vec![key, item])).collect())),
        "keys" => Ok(list(items(value))),
        "values" => Ok(list(values::pairs(value).into_iter().map(|(_, item)| item).collect())),
        "get" => {
            let args = Args::bind(name, args, &["key", "default"])?;
            let found = value.get_item(&args.value(0)).unwrap_or_default();
            Ok(if found.is_undefined() { args.get(1).cloned().unwrap_or(Value::from(())) } else { found })
        }
        "copy" => Ok(values::dict(values::pairs(value))),
        _ => match value.downcast_object_ref::<Dict>() {
            Some(dict) => change_dict(dict, name, args),
            None => Err(Error::from(ErrorKind::UnknownMethod)),
        },
    }
}

fn change_dict(dict: &Dict, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "update" => {
            let (positional, named) = split(args);
            let mut new: Vec<(Value, Value)> = Vec::new();
            for other in positional {
                if other.kind() == ValueKind::Map {
                    new.extend(values::pairs(other));
                } else {
                    new.extend(items(other).iter().map(|pair| {
                        let mut pair = items(pair).into_iter();
                        (pair.next().unwrap_or_default(), pair.next().unwrap_or_default())
                    }));
                }
            }
            new.extend(named.into_iter().map(|(key, item)| (Value::from(key), item)));
            dict.lock().extend(new);
            Ok(Value::from(()))
        }
        "setdefault" => {
            let args = Args::bind(name, args, &["key", "default"])?;
            let default = args.get(1).cloned().unwrap_or(Value::from(()));
            Ok(dict.lock().entry(args.value(0)).or_insert(default).clone())
        }
        "pop" => {
            let args = Args::bind(name, args, &["key", "default"])?;
            let found = dict.lock().shift_remove(&args.value(0)).or_else(|| args.get(1).cloned());
            found.ok_or_else(|| wrong("`pop` names a key that is not there"))
        }
        "clear" => {
            dict.lock().clear();
            Ok(Value::from(()))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn list_method(state: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "index" => {
            let wanted = Args::bind(name, args, &["value"])?.value(0);
            let found = items(value).iter().position(|item| *item == wanted);
            found.map(|at| Value::from(at as i64)).ok_or_else(|| wrong("`index` names a value that is not in the list"))
        }
        "count" => {
            let wanted = Args::bind(name, args, &["value"])?.value(0);
            Ok(Value::from(items(value).iter().filter(|item| **item == wanted).count() as i64))
        }
        "copy" => Ok(list(items(value))),
        "sort" => {
            let sorted = state.apply_filter("sort", &[value.clone(), Value::from(false), Value::from(true)])?;
            let (_, named) = split(args);
            let reverse = named.iter().any(|(name, value)| name == "reverse" && value.is_true());
            if let Some(list) = value.downcast_object_ref::<List>() {
                let mut sorted = items(&sorted);
                if reverse {
                    sorted.reverse();
                }
                *list.lock() = sorted;
            }
            Ok(Value::from(()))
        }
        _ => match value.downcast_object_ref::<List>() {
            Some(list) => change_list(list, name, args),
            None => Err(Error::from(ErrorKind::UnknownMethod)),
        },
    }
}

fn change_list(list: &List, name: &str, args: &[Value]) -> Result<Value, Error> {
    let nothing = Ok(Value::from(()));
    match name {
        "append" => {
            let item = Args::bind(name, args, &["object"])?.value(0);
            list.lock().push(item);
            nothing
        }
        "extend" => {
            let more = iterate(&Args::bind(name, args, &["iterable"])?.value(0))?;
            list.lock().extend(more);
            nothing
        }
        "insert" => {
            let args = Args::bind(name, args, &["index", "object"])?;
            let mut items = list.lock();
            let at = place(args.int(0)?.unwrap_or(0), items.len()).min(items.len());
            items.insert(at, args.value(1));
            nothing
        }
        "pop" => {
            let at = Args::bind(name, args, &["index"])?.int(0)?.unwrap_or(-1);
            let mut items = list.lock();
            let at = place(at, items.len());
            if at >= items.len() {
                return Err(wrong("`pop` from beyond the end of a list"));
            }
            Ok(items.remove(at))
        }
        "remove" => {
            let wanted = Args::bind(name, args, &["value"])?.value(0);
            let mut items = list.lock();
            let at = items.iter().position(|item| *item == wanted);
            items.remove(at.ok_or_else(|| wrong("`remove` names a value that is not in the list"))?);
            nothing
        }
        "reverse" => {
            list.lock().reverse();
            nothing
        }
        "clear" => {
            list.lock().clear();
            nothing
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn place(at: i64, len: usize) -> usize {
    if at < 0 { at.saturating_add(len as i64).max(0) as usize } else { at as usize }
}
