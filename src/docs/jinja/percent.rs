//! `'%s is %d' % values`: Python's printf formatting, also behind the filter `format`.

use super::number;
use super::text::{escaped, repr_of, str_of, text_like};
use super::values::{is_tuple, item, items, wrong};
use crate::docs::filters::escape_html;
use minijinja::Error;
use minijinja::value::{Value, ValueKind};
use std::iter::Peekable;
use std::str::Chars;

/// Widest field and largest precision.
const WIDEST: i64 = 10_000;

/// Fills the places of a text. What goes into markup is escaped.
pub(super) fn format(template: &Value, arguments: &Value) -> Result<Value, Error> {
    let mut places = Places { arguments, given: Vec::new(), next: 0, markup: template.is_safe() };
    if is_tuple(arguments) {
        places.given = items(arguments);
    } else if arguments.kind() != ValueKind::Map {
        places.given = vec![arguments.clone()];
    }
    let pattern = str_of(template);
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '%' { places.fill(&mut chars, &mut out)? } else { out.push(c) }
    }
    if places.next < places.given.len() && arguments.kind() != ValueKind::Map {
        return Err(wrong("more values than places in a text to format"));
    }
    Ok(text_like(template, out))
}

struct Places<'a> {
    arguments: &'a Value,
    given: Vec<Value>,
    next: usize,
    markup: bool,
}

impl Places<'_> {
    fn take(&mut self) -> Result<Value, Error> {
        let value = self.given.get(self.next).cloned();
        self.next += 1;
        value.ok_or_else(|| wrong("fewer values than places in a text to format"))
    }

    fn fill(&mut self, chars: &mut Peekable<Chars>, out: &mut String) -> Result<(), Error> {
        let mut named = None;
        if chars.next_if_eq(&'(').is_some() {
            let name: String = chars.by_ref().take_while(|&c| c != ')').collect();
            named = Some(item(self.arguments, &Value::from(name)));
        }
        let mut spec = number::Spec::default();
        while let Some(flag) = chars.next_if(|c| "#0- +".contains(*c)) {
            match flag {
                '#' => spec.alternate = true,
                '0' => spec.zero = true,
                '-' => spec.align = Some('<'),
                '+' => spec.sign = '+',
                _ if spec.sign != '+' => spec.sign = ' ',
                _ => {}
            }
        }
        let width = self.size(chars)?;
        if width.is_some_and(|width| width < 0) {
            spec.align = Some('<');
        }
        spec.width = width.unwrap_or(0).unsigned_abs() as usize;
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(self.size(chars)?.unwrap_or(0).max(0) as usize);
        }
        while chars.next_if(|c| "hlL".contains(*c)).is_some() {}
        let conversion = chars.next().ok_or_else(|| wrong("a text to format ends in an open `%`"))?;
        if conversion == '%' {
            out.push('%');
            return Ok(());
        }
        let value = match named {
            Some(value) => value,
            None => self.take()?,
        };
        out.push_str(&self.convert(conversion, &value, &spec)?);
        Ok(())
    }

    /// A width or precision: digits, or `*` for the next value.
    fn size(&mut self, chars: &mut Peekable<Chars>) -> Result<Option<i64>, Error> {
        if chars.next_if_eq(&'*').is_some() {
            let size = i64::try_from(self.take()?)?;
            return Ok(Some(size.clamp(-WIDEST, WIDEST)));
        }
        let mut size = None;
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            let value = size.unwrap_or(0_i64) * 10 + i64::from(digit.to_digit(10).unwrap_or(0));
            size = Some(value.min(WIDEST));
        }
        Ok(size)
    }

    fn convert(&self, conversion: char, value: &Value, spec: &number::Spec) -> Result<String, Error> {
        match conversion {
            's' | 'r' | 'a' => {
                let text = match (conversion, self.markup) {
                    ('s', true) => escaped(value).into_owned(),
                    ('s', false) => str_of(value).into_owned(),
                    (_, true) => escape_html(&repr_of(value)),
                    (_, false) => repr_of(value),
                };
                let text = match spec.precision {
                    Some(longest) => text.chars().take(longest).collect(),
                    None => text,
                };
                Ok(number::pad(&text, spec.width, spec.align.unwrap_or('>'), ' '))
            }
            'c' => {
                let text = match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => {
                        u32::try_from(value.clone()).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
                    }
                };
                Ok(number::pad(&text, spec.width, spec.align.unwrap_or('>'), ' '))
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                let whole = number::truncated(value).ok_or_else(|| wrong(format!("`%{conversion}` needs a number")))?;
                let kind = if matches!(conversion, 'i' | 'u') { 'd' } else { conversion };
                Ok(number::integer(whole, kind, spec))
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let value = number::float(value).ok_or_else(|| wrong(format!("`%{conversion}` needs a number")))?;
                Ok(number::floating(value, conversion, spec))
            }
            other => Err(wrong(format!("`%{}` is no form of formatting", other.escape_default()))),
        }
    }
}
