//! `'{} is {0:>8}'.format(...)`: Python's `str.format` and its little language.

use super::args::split;
use super::number::{self, Spec};
use super::text::{escaped, repr_of, str_of, text_like};
use super::values::{item, wrong};
use crate::docs::filters::escape_html;
use minijinja::Error;
use minijinja::value::{Value, ValueKind};

/// Widest field and largest precision.
const WIDEST: usize = 10_000;

/// `template.format(*values)`.
pub(super) fn format(template: &Value, values: &[Value]) -> Result<Value, Error> {
    let (positional, named) = split(values);
    let pattern = str_of(template);
    let mut fields = Fields { positional, named: &named, next: 0, markup: template.is_safe() };
    let text = fields.fill(&pattern, 0)?;
    Ok(text_like(template, text))
}

struct Fields<'a> {
    positional: &'a [Value],
    named: &'a [(String, Value)],
    next: usize,
    markup: bool,
}

impl Fields<'_> {
    fn fill(&mut self, pattern: &str, depth: usize) -> Result<String, Error> {
        let mut out = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let tail = &rest[at..];
            if tail.starts_with("{{") || tail.starts_with("}}") {
                out.push_str(&tail[..1]);
                rest = &tail[2..];
                continue;
            }
            let end =
                closing(tail).filter(|_| depth < 2).ok_or_else(|| wrong("a brace of a text to format is alone"))?;
            let field = &tail[1..end];
            out.push_str(&self.field(field, depth)?);
            rest = &tail[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// `name.attribute[item]!r:spec`.
    fn field(&mut self, field: &str, depth: usize) -> Result<String, Error> {
        let (head, spec) = field.split_once(':').unwrap_or((field, ""));
        let (name, conversion) = head.split_once('!').unwrap_or((head, ""));
        let value = self.lookup(name)?;
        let spec = if spec.contains('{') { self.fill(spec, depth + 1)? } else { spec.to_owned() };
        let value = match conversion {
            "" => value,
            "s" => Value::from(str_of(&value).into_owned()),
            _ => Value::from(repr_of(&value)),
        };
        if self.markup && spec.is_empty() {
            return Ok(escaped(&value).into_owned());
        }
        let text = formatted(&value, &spec)?;
        Ok(if self.markup { escape_html(&text) } else { text })
    }

    fn lookup(&mut self, path: &str) -> Result<Value, Error> {
        let first = path.find(['.', '[']).unwrap_or(path.len());
        let (name, mut rest) = path.split_at(first);
        let missing = || wrong(format!("nothing is given for `{{{name}}}` of a text to format"));
        let mut value = if name.is_empty() {
            self.next += 1;
            self.positional.get(self.next - 1).cloned().ok_or_else(missing)?
        } else if let Ok(at) = name.parse::<usize>() {
            self.positional.get(at).cloned().ok_or_else(missing)?
        } else {
            self.named.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).ok_or_else(missing)?
        };
        while !rest.is_empty() {
            let (key, tail) = if let Some(tail) = rest.strip_prefix('[') {
                tail.split_once(']').unwrap_or((tail, ""))
            } else {
                let tail = rest.strip_prefix('.').unwrap_or(rest);
                tail.split_at(tail.find(['.', '[']).unwrap_or(tail.len()))
            };
            let key = key.parse::<i64>().map_or_else(|_| Value::from(key), Value::from);
            value = item(&value, &key);
            rest = tail;
        }
        Ok(value)
    }
}

/// Where the field that a text begins with ends.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// `format(value, spec)`.
fn formatted(value: &Value, text: &str) -> Result<String, Error> {
    let (spec, form) = parse(text).ok_or_else(|| wrong(format!("`{text}` is no form of formatting")))?;
    let is_number = matches!(value.kind(), ValueKind::Number | ValueKind::Bool);
    if text.is_empty() || (value.kind() == ValueKind::Bool && form.is_none()) || !is_number {
        let mut shown = str_of(value).into_owned();
        if let Some(longest) = spec.precision {
            shown = shown.chars().take(longest).collect();
        }
        return Ok(number::pad(&shown, spec.width, spec.align.unwrap_or('<'), spec.fill));
    }
    let unfit = || wrong(format!("`{text}` does not fit {}", repr_of(value)));
    let is_whole = value.kind() == ValueKind::Bool || value.is_integer();
    match form {
        None | Some('n') if is_whole => Ok(number::integer(number::truncated(value).ok_or_else(unfit)?, 'd', &spec)),
        None | Some('n') => {
            let float = number::float(value).ok_or_else(unfit)?;
            if spec.precision.is_none() {
                let shown = super::text::float_repr(float);
                return Ok(number::pad(&shown, spec.width, spec.align.unwrap_or('>'), spec.fill));
            }
            Ok(number::floating(float, 'g', &spec))
        }
        Some('d' | 'b' | 'o' | 'x' | 'X') if !is_whole => Err(unfit()),
        Some(form @ ('d' | 'b' | 'o' | 'x' | 'X')) => {
            Ok(number::integer(number::truncated(value).ok_or_else(unfit)?, form, &spec))
        }
        Some(form @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => {
            Ok(number::floating(number::float(value).ok_or_else(unfit)?, form, &spec))
        }
        Some(_) => Err(unfit()),
    }
}

/// `[[fill]align][sign][#][0][width][grouping][.precision][form]`.
fn parse(text: &str) -> Option<(Spec, Option<char>)> {
    let mut spec = Spec::default();
    let mut chars = text.chars().peekable();
    let second = text.chars().nth(1);
    if second.is_some_and(|c| "<>=^".contains(c)) {
        spec.fill = chars.next()?;
        spec.align = chars.next();
    } else {
        spec.align = chars.next_if(|c| "<>=^".contains(*c));
    }
    spec.sign = chars.next_if(|c| "+- ".contains(*c)).unwrap_or('-');
    spec.alternate = chars.next_if_eq(&'#').is_some();
    if chars.next_if_eq(&'0').is_some() {
        spec.zero = true;
    }
    let digits = |chars: &mut std::iter::Peekable<std::str::Chars>| {
        let mut size = None;
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            size = Some((size.unwrap_or(0) * 10 + digit.to_digit(10).unwrap_or(0) as usize).min(WIDEST));
        }
        size
    };
    spec.width = digits(&mut chars).unwrap_or(0);
    spec.grouping = chars.next_if(|c| ",_".contains(*c));
    if chars.next_if_eq(&'.').is_some() {
        spec.precision = Some(digits(&mut chars)?);
    }
    let form = chars.next();
    chars.next().is_none().then_some((spec, form))
}
