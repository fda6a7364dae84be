//! The text of one macro call, and of a definition with its `$arguments$`.

use crate::source::{Copied, Located, Span};
use std::ops::Range;

/// A call as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call<'t> {
    /// The opening backtick.
    pub(super) start: usize,
    /// After the closing backtick.
    pub(super) end: usize,
    pub(super) name: &'t str,
    pub(super) name_start: usize,
    /// The text of each argument, without blanks around it, quotes included.
    pub(super) args: Vec<Range<usize>>,
}

impl<'t> Call<'t> {
    /// Reads the call whose opening backtick is at `start`.
    ///
    /// `Err` with the offset where the closing backtick was expected; just after the opening one if no name follows.
    pub(super) fn read(source: &'t str, start: usize) -> Result<Self, usize> {
        let name_start = skip_blanks(source, start + 1);
        let rest = &source[name_start..];
        let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let name_end = name_start + length;
        // A backtick before a blank is rather a stray one than a call that lost its end.
        let expected = |at: usize| Err(if name_start == start + 1 { at } else { start + 1 });
        if length == 0 {
            return Err(start + 1);
        }
        let mut at = skip_blanks(source, name_end);
        let mut args = Vec::new();
        if source[at..].starts_with('(') {
            let Some(end) = read_arguments(source, at + 1, &mut args) else { return expected(name_end) };
            at = skip_blanks(source, end);
        }
        if !source[at..].starts_with('`') {
            return expected(if args.is_empty() { name_end } else { at });
        }
        Ok(Self { start, end: at + 1, name: &source[name_start..name_end], name_start, args })
    }

    /// The value of each argument of the definition, in its order; by name if every argument is written `name=value`.
    pub(super) fn values(&self, text: &Located, names: &[String]) -> Vec<Located> {
        let source = text.as_str();
        let assigned = |arg: &Range<usize>| {
            let (name, _) = source[arg.clone()].split_once('=')?;
            let index = names.iter().position(|known| known == name.trim())?;
            Some((index, skip_blanks(source, arg.start + name.len() + 1).min(arg.end)..arg.end))
        };
        let by_name: Option<Vec<_>> = self.args.iter().map(assigned).collect();
        let mut ranges = self.args.clone();
        if let Some(by_name) = by_name {
            for (index, range) in by_name {
                if let Some(slot) = ranges.get_mut(index) {
                    *slot = range;
                }
            }
        }
        ranges.into_iter().map(|range| value(text, range)).collect()
    }
}

/// The text of an argument without the quotes around it, in which `\"` stands for a quote.
fn value(text: &Located, range: Range<usize>) -> Located {
    let source = &text.as_str()[range.clone()];
    let quoted = source.len() >= 2 && source.starts_with('"') && end_of_quoted(source, 0) == source.len();
    if !quoted || !source.ends_with('"') {
        let mut value = Located::default();
        value.append_part(text, range);
        return value;
    }
    unescaped(text, range.start + 1..range.end - 1, b"\"")
}

/// The inside of a quoted string, in which a backslash before one of the characters `escaped` is left out.
pub(super) fn unescaped(text: &Located, range: Range<usize>, escaped: &[u8]) -> Located {
    let mut value = Located::default();
    let (mut at, end) = (range.start, range.end);
    while let Some(length) = text.as_str()[at..end].find('\\') {
        let escape = at + length;
        let next = text.as_str().as_bytes().get(escape + 1).filter(|next| escape + 1 < end && escaped.contains(next));
        if next.is_none() {
            // The character after it is no beginning of another escape.
            let after = escape + 1 + text.as_str()[escape + 1..end].chars().next().map_or(0, char::len_utf8);
            value.append_part(text, at..after);
            at = after;
            continue;
        }
        value.append_part(text, at..escape);
        let shown = &text.as_str()[escape + 1..escape + 2];
        match (text.place(Span::new(escape, escape + 2)), text.frame_at(escape)) {
            (Some(place), None) => value.push(shown, place, Copied::Decoded),
            // Inside an expansion the character alone is copied, which keeps the frame.
            _ => value.append_part(text, escape + 1..escape + 2),
        }
        at = escape + 2;
    }
    value.append_part(text, at..end);
    value
}

/// Reads arguments up to the closing parenthesis and returns the offset after it. Commas inside quotes and inner
/// parentheses do not separate.
fn read_arguments(source: &str, start: usize, args: &mut Vec<Range<usize>>) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut depth = 0_usize;
    let mut from = start;
    let mut at = start;
    let mut push = |from: usize, to: usize, last: bool| {
        let from = skip_blanks(source, from).min(to);
        let to = from + source[from..to].trim_end().len();
        if !(last && args.is_empty() && from == to) {
            args.push(from..to);
        }
    };
    loop {
        match bytes.get(at)? {
            b'"' => at = end_of_quoted(source, at),
            b'`' => return None,
            b'(' => {
                depth += 1;
                at += 1;
            }
            b')' if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            b')' => {
                push(from, at, true);
                return Some(at + 1);
            }
            b',' if depth == 0 => {
                push(from, at, false);
                at += 1;
                from = at;
            }
            _ => at += 1,
        }
    }
}

/// A part of a definition: plain text, or `$argument$` with the argument's index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) range: Range<usize>,
    pub(super) argument: Option<usize>,
}

/// Splits a definition at its arguments.
pub(super) fn substitutions(source: &str, names: &[String]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(open) = source[at..].find('$').map(|length| at + length) {
        let Some(close) = source[open + 1..].find('$').map(|length| open + 1 + length) else { break };
        let argument = names.iter().position(|name| *name == source[open + 1..close]);
        if argument.is_none() {
            at = close;
            continue;
        }
        parts.push(Part { range: plain..open, argument: None });
        parts.push(Part { range: open..close + 1, argument });
        at = close + 1;
        plain = at;
    }
    parts.push(Part { range: plain..source.len(), argument: None });
    parts
}

/// The offset after the closing quote of the string that starts at `at`; the end of the text if there is none.
pub(super) fn end_of_quoted(source: &str, at: usize) -> usize {
    let bytes = source.as_bytes();
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    source.len()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

fn skip_blanks(source: &str, at: usize) -> usize {
    source.len() - source[at..].trim_start().len()
}
