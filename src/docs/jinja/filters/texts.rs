//! Filters of texts.

use super::{Filter, Variadic, wrap};
use crate::docs::jinja::args::{Args, split};
use crate::docs::jinja::methods::{capitalize, justify, lines, replace, split_text, strip};
use crate::docs::jinja::percent;
use crate::docs::jinja::text::{escaped, repr_of, str_of, text_like};
use crate::docs::jinja::values::{tuple, wrong};
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Error, State};

pub(super) const FILTERS: &[Filter] = &[
    Filter { name: "upper", parameters: &[], apply: |_, value, _| Ok(like(value, str_of(value).to_uppercase())) },
    Filter { name: "lower", parameters: &[], apply: |_, value, _| Ok(like(value, str_of(value).to_lowercase())) },
    Filter { name: "capitalize", parameters: &[], apply: |_, value, _| Ok(like(value, capitalize(&str_of(value)))) },
    Filter { name: "title", parameters: &[], apply: |_, value, _| Ok(Value::from(title(&str_of(value)))) },
    Filter { name: "string", parameters: &[], apply: |_, value, _| Ok(like(value, str_of(value).into_owned())) },
    Filter { name: "pprint", parameters: &[], apply: |_, value, _| Ok(Value::from(repr_of(value))) },
    Filter { name: "trim", parameters: &["chars"], apply: trim },
    Filter { name: "center", parameters: &["width"], apply: center },
    Filter { name: "replace", parameters: &["old", "new", "count"], apply: replace_in },
    Filter { name: "indent", parameters: &["width", "first", "blank"], apply: indent },
    Filter { name: "truncate", parameters: &["length", "killwords", "end", "leeway"], apply: truncate },
    Filter { name: "wordcount", parameters: &[], apply: |_, value, _| Ok(Value::from(word_count(&str_of(value)))) },
    Filter {
        name: "wordwrap",
        parameters: &["width", "break_long_words", "wrapstring", "break_on_hyphens"],
        apply: word_wrap,
    },
];

pub(super) const VARIADIC: &[Variadic] = &[Variadic { name: "format", apply: format }];

/// A text that is markup if the value was.
fn like(value: &Value, text: String) -> Value {
    text_like(value, text)
}

fn trim(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let text = str_of(value);
    Ok(like(value, strip(&text, args.text(0).as_deref(), true, true).to_owned()))
}

fn center(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let width = args.int(0)?.unwrap_or(80).clamp(0, 100_000) as usize;
    Ok(like(value, justify(&str_of(value), "center", width, ' ')))
}

/// Jinja2 escapes the text where pages escape and one of the arguments is markup.
fn replace_in(state: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let (old, new, count) = (args.value(0), args.value(1), args.int(2)?);
    let escaping = !matches!(state.auto_escape(), AutoEscape::None);
    if !escaping {
        return Ok(replace(&Value::from(str_of(value).into_owned()), &old, &new, count));
    }
    if old.is_safe() || (new.is_safe() && !value.is_safe()) {
        let markup = Value::from_safe_string(escaped(value).into_owned());
        return Ok(replace(&markup, &old, &new, count));
    }
    Ok(replace(value, &old, &new, count))
}

/// Every word begins with a capital; a word begins after white space, a hyphen or an opening bracket.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if c.is_whitespace() || "-({[<".contains(c) {
            inside = false;
            out.push(c);
        } else if inside {
            out.extend(c.to_lowercase());
        } else {
            inside = true;
            out.extend(c.to_uppercase());
        }
    }
    out
}

fn indent(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let width = match args.get(0) {
        None => "    ".to_owned(),
        Some(width) if width.as_str().is_some() => {
            if value.is_safe() {
                escaped(width).into_owned()
            } else {
                str_of(width).into_owned()
            }
        }
        Some(_) => " ".repeat(args.int(0)?.unwrap_or(4).clamp(0, 10_000) as usize),
    };
    let (first, blank) = (args.flag(1), args.flag(2));
    let text = str_of(value).into_owned() + "\n";
    let mut out = String::with_capacity(text.len() * 2);
    for (at, line) in lines(&text, false).into_iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if if at == 0 { first } else { blank || !line.is_empty() } {
            out.push_str(&width);
        }
        out.push_str(line);
    }
    Ok(like(value, out))
}

fn truncate(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let length = args.int(0)?.unwrap_or(255).max(0) as usize;
    let end = args.text(2).unwrap_or_else(|| "...".to_owned());
    let leeway = args.int(3)?.unwrap_or(5).max(0) as usize;
    let end_length = end.chars().count();
    if length < end_length {
        return Err(wrong(format!("`truncate` needs a length of {end_length} or more")));
    }
    let text = str_of(value);
    if text.chars().count() <= length + leeway {
        return Ok(value.clone());
    }
    let kept: String = text.chars().take(length - end_length).collect();
    let kept = if args.flag(1) { kept.as_str() } else { split_text(&kept, Some(" "), Some(1), true)?[0] };
    let end = if value.is_safe() { crate::docs::filters::escape_html(&end) } else { end };
    Ok(like(value, format!("{kept}{end}")))
}

fn word_count(text: &str) -> i64 {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).count() as i64
}

fn word_wrap(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let width = args.int(0)?.unwrap_or(79).clamp(1, 100_000) as usize;
    let break_long = args.get(1).is_none_or(Value::is_true);
    let separator = args.text(2).unwrap_or_else(|| "\n".to_owned());
    let on_hyphens = args.get(3).is_none_or(Value::is_true);
    let text = str_of(value);
    let wrapped: Vec<String> = lines(&text, false)
        .into_iter()
        .map(|line| wrap::wrap(line, width, break_long, on_hyphens).join(&separator))
        .collect();
    Ok(Value::from(wrapped.join(&separator)))
}

fn format(_: &mut State, value: &Value, args: &[Value]) -> Result<Value, Error> {
    let (positional, named) = split(args);
    if !named.is_empty() && !positional.is_empty() {
        return Err(wrong("`format` takes values by position or by name, not both"));
    }
    let template =
        if value.kind() == ValueKind::String { value.clone() } else { Value::from(str_of(value).into_owned()) };
    if named.is_empty() {
        return percent::format(&template, &tuple(positional.to_vec()));
    }
    let named = named.into_iter().map(|(name, value)| (Value::from(name), value));
    percent::format(&template, &crate::docs::jinja::values::dict(named))
}
