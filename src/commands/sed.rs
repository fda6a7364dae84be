//! The sed expressions of `rex mode=sed`: `s/<pattern>/<replacement>/<flags>` and `y/<from>/<to>/`.

use super::Lower;
use super::native::{Apply, streaming};
use crate::diag::{Problem, codes};
use crate::expr::{Context, FieldRef};
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Word;
use crate::value::regex::Regex;
use crate::value::{Batch, Value};
use std::sync::Arc;

/// A sed expression.
#[derive(Clone, Debug)]
pub(super) enum Sed {
    /// Replaces hits.
    Substitute {
        regex: Arc<Regex>,
        /// `\1` to `\9` are groups.
        replacement: String,
        /// All hits; otherwise the one of this number.
        global: bool,
        nth: usize,
    },
    /// Replaces characters one for one.
    Translate(Vec<(char, char)>),
}

impl Sed {
    /// Reads an expression; problems are reported at its place.
    pub(super) fn parse(word: &Word, cx: &mut Lower) -> Option<Self> {
        let wrong = |cx: &mut Lower, message: &str| {
            let problem = Problem::new(codes::BAD_SED, message, word.span);
            cx.problem(problem.help("write `s/<pattern>/<replacement>/g` or `y/<from>/<to>/`"));
        };
        let mut chars = word.text.trim().chars();
        let (kind, separator) = (chars.next(), chars.next());
        let Some(separator) = separator.filter(|c| !c.is_alphanumeric() && *c != '\\') else {
            wrong(cx, "the sed expression has no separator");
            return None;
        };
        let parts = split(chars.as_str(), separator);
        let [from, to, flags] = parts.as_slice() else {
            wrong(cx, "the sed expression does not have three parts");
            return None;
        };
        match kind {
            Some('s') => {
                let mut prefix = "";
                let (mut global, mut nth) = (false, String::new());
                for flag in flags.trim().chars() {
                    match flag {
                        'g' => global = true,
                        'i' | 'I' => prefix = "(?i)",
                        digit if digit.is_ascii_digit() => nth.push(digit),
                        _ => {
                            wrong(cx, "the flags of the sed expression are not `g`, `i` or a number");
                            return None;
                        }
                    }
                }
                let pattern = Word { text: format!("{prefix}{from}"), ..word.clone() };
                let regex = cx.regex(&pattern)?;
                let nth = nth.parse().unwrap_or(1).max(1);
                Some(Self::Substitute { regex, replacement: to.clone(), global, nth })
            }
            Some('y') if from.chars().count() == to.chars().count() => {
                Some(Self::Translate(from.chars().zip(to.chars()).collect()))
            }
            Some('y') => {
                wrong(cx, "the two texts of `y` do not have the same length");
                None
            }
            _ => {
                wrong(cx, "the sed expression begins with neither `s` nor `y`");
                None
            }
        }
    }

    fn apply(&self, text: &str) -> String {
        match self {
            Self::Substitute { regex, replacement, global: true, .. } => regex.replace_all(text, replacement),
            Self::Substitute { regex, replacement, nth, .. } => {
                let Some(hit) = regex.captures_iter(text).nth(nth - 1) else { return text.to_owned() };
                let range = hit.range();
                // The replacement of one hit alone: what stands around it is the same before and behind.
                let new = filled(replacement, |group| hit.get(group));
                format!("{}{new}{}", &text[..range.start], &text[range.end..])
            }
            Self::Translate(pairs) => {
                let new = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                text.chars().map(new).collect()
            }
        }
    }
}

/// Splits at separators that no backslash stands before; a backslash before a separator goes.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        if c == separator && !escaped {
            parts.push(String::new());
            continue;
        }
        if let Some(part) = parts.last_mut() {
            if escaped && c != separator {
                part.push('\\');
            }
            if c != '\\' || escaped {
                part.push(c);
            }
        }
        escaped = c == '\\' && !escaped;
    }
    if escaped && let Some(part) = parts.last_mut() {
        part.push('\\');
    }
    parts
}

fn filled<'t>(replacement: &str, group: impl Fn(usize) -> Option<&'t str>) -> String {
    let mut text = String::new();
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek().and_then(|next| next.to_digit(10)) {
            Some(digit) if c == '\\' => {
                chars.next();
                text.push_str(group(digit as usize).unwrap_or_default());
            }
            _ => text.push(c),
        }
    }
    text
}

/// Edits the text of a field.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) field: FieldRef,
    pub(super) script: Sed,
}

impl Native for Edit {
    fn name(&self) -> &'static str {
        "rex"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { reads: vec![Read::value(&self.field)], output: input.clone(), ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Edit {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        if let Some(mut column) = batch.column(&self.field.name).cloned() {
            for value in column.values_mut() {
                *value = Value::list(value.values().iter().map(|one| Value::text(self.script.apply(&one.to_text()))));
            }
            batch.set(self.field.name.clone(), column);
        }
        Ok(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_bare_separators() {
        assert_eq!(split(r"a\/b/\1x/g", '/'), ["a/b", r"\1x", "g"]);
        assert_eq!(split(r"\\/b/", '/'), [r"\\", "b", ""]);
        assert_eq!(split(r"\d+/x/", '/'), [r"\d+", "x", ""]);
    }

    #[test]
    fn fills_groups() {
        let groups = ["ab", "a", "b"];
        assert_eq!(filled(r"\2-\1\9", |at| groups.get(at).copied()), "b-a");
    }
}
