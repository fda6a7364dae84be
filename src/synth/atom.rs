//! One demand on the value of a field, and whether a value meets it.
//!
//! What a demand means is written here once more, apart from the engine, so that the engine can be judged by it: search
//! comparisons ignore letter case and know `*`, those of eval do neither. Only functions without a rule of their own
//! ([`Atom::Through`]) ask the evaluator.

use super::pattern::Template;
use crate::expr::predicate::Keyword;
use crate::expr::{CompareOp, Context, Expr, eval};
use crate::value::address::Block;
use crate::value::regex::Regex;
use crate::value::{Batch, Column, Name, Value, compare, number};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A demand on one value.
#[derive(Clone, Debug)]
pub(super) enum Atom {
    /// There is a value.
    Any,
    /// There is none.
    Null,
    /// Equal as in eval: numbers by size, text with case.
    Is(Value),
    /// A search pattern: whole text, no letter case, `*`, address blocks.
    Glob(Arc<str>),
    /// An eval pattern: whole text, letter case, `%` and `_`.
    Like(Arc<str>),
    /// Found somewhere in the text.
    Regex(Arc<Regex>),
    /// A word of `_raw`.
    Word(Keyword),
    /// Compared as a number.
    Number(CompareOp, f64),
    /// Compared as text by bytes.
    Text(CompareOp, Arc<str>),
    /// Characters of the text.
    Length(CompareOp, f64),
    /// How many values.
    Count(CompareOp, f64),
    /// What holds for the value at a place of the list, from its end if below zero; for none if the list is shorter.
    At(i64, Box<Atom>),
    /// An address in the block.
    Inside(Block),
    /// What holds for the lower-case (or upper-case) text.
    Folded(Fold, Box<Atom>),
    /// What holds for an expression that reads only this field.
    Through(Arc<Through>),
    /// What holds for the value at a path of the JSON text.
    Json(Arc<str>, Box<Atom>),
    /// The groups of a pattern's first hit have these values; a text for which they have.
    Extracts(Arc<Extracts>),
    /// One of them.
    Either(Vec<Atom>),
    /// All of them.
    All(Vec<Atom>),
    /// Some value of the list is not so.
    Differs(Box<Atom>),
    /// Not so; a missing value is not so either.
    Not(Box<Atom>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Lower,
    Upper,
}

#[derive(Debug)]
pub(super) struct Through {
    pub(super) expr: Expr,
    pub(super) field: Name,
    pub(super) atom: Atom,
}

#[derive(Debug)]
pub(super) struct Extracts {
    pub(super) regex: Arc<Regex>,
    pub(super) template: Template,
    pub(super) groups: BTreeMap<String, String>,
}

impl Atom {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::Either(atoms) => Self::All(atoms.into_iter().map(Self::not).collect()),
            Self::All(atoms) => Self::Either(atoms.into_iter().map(Self::not).collect()),
            atom => Self::Not(Box::new(atom)),
        }
    }

    /// Whether a missing value meets the demand.
    pub(super) fn allows_null(&self) -> bool {
        match self {
            Self::Null | Self::Not(_) => true,
            Self::Either(atoms) => atoms.iter().any(Self::allows_null),
            Self::All(atoms) => atoms.iter().all(Self::allows_null),
            Self::Through(through) => through.atom.allows_null(),
            Self::At(_, inner) => inner.allows_null(),
            _ => false,
        }
    }

    pub(super) fn holds(&self, value: &Value, context: &Context) -> bool {
        match self {
            Self::Any => !value.is_null(),
            Self::Null => value.is_null(),
            Self::Not(inner) => !inner.holds(value, context),
            Self::Either(atoms) => atoms.iter().any(|atom| atom.holds(value, context)),
            Self::All(atoms) => atoms.iter().all(|atom| atom.holds(value, context)),
            Self::At(place, inner) => inner.holds(&at(value, *place), context),
            Self::Count(op, count) => ordered(*op, value.values().len() as f64, *count),
            Self::Through(through) => through.holds(value, context),
            Self::Differs(inner) => value.values().iter().any(|single| !inner.holds(single, context)),
            _ => value.values().iter().any(|single| self.holds_for(single, context)),
        }
    }

    fn holds_for(&self, value: &Value, context: &Context) -> bool {
        let text = value.to_text();
        match self {
            Self::Is(wanted) => compare::eval(CompareOp::Eq, value, wanted) == Some(true),
            Self::Glob(glob) => glob_holds(glob, &text),
            Self::Like(like) => wild(&like_tokens(like), &text),
            Self::Regex(regex) => regex.is_match(&text),
            Self::Word(word) => word.matches(&text),
            // What is no number compares as text, also with one.
            Self::Number(op, wanted) => match number::parse(&text) {
                Some(found) => ordered(*op, found, *wanted),
                None => compare::holds(*op, text.as_bytes().cmp(number::print(*wanted).as_bytes())),
            },
            Self::Text(op, wanted) => compare::holds(*op, text.as_bytes().cmp(wanted.as_bytes())),
            Self::Length(op, length) => ordered(*op, text.chars().count() as f64, *length),
            Self::Inside(block) => block.contains_text(&text),
            Self::Folded(Fold::Lower, inner) => inner.holds(&Value::text(text.to_lowercase()), context),
            Self::Folded(Fold::Upper, inner) => inner.holds(&Value::text(text.to_uppercase()), context),
            Self::Json(path, inner) => {
                let found = serde_json::from_str::<serde_json::Value>(&text).ok();
                let found = found.and_then(|json| super::json::at(&json, path)).unwrap_or_default();
                inner.holds(&found, context)
            }
            Self::Extracts(wanted) => wanted.regex.captures(&text).is_some_and(|hit| {
                wanted.regex.groups().iter().all(|(at, name)| {
                    let asked = wanted.groups.get(&**name);
                    asked.is_none_or(|asked| hit.get(*at) == Some(asked.as_str()))
                })
            }),
            Self::Any
            | Self::Null
            | Self::Not(_)
            | Self::Either(_)
            | Self::All(_)
            | Self::At(..)
            | Self::Differs(_)
            | Self::Count(..)
            | Self::Through(_) => self.holds(value, context),
        }
    }
}

impl Through {
    fn holds(&self, value: &Value, context: &Context) -> bool {
        let mut row = Batch::new(1);
        row.set(self.field.clone(), Column::new(vec![value.clone()]));
        let result = match eval::eval_row(&self.expr, &row, 0, context) {
            Value::Bool(true) => Value::from("True"),
            Value::Bool(false) => Value::from("False"),
            other => other,
        };
        self.atom.holds(&result, context)
    }
}

/// The value at a place of a list.
fn at(value: &Value, place: i64) -> Value {
    let values = value.values();
    let index = if place < 0 { i64::try_from(values.len()).unwrap_or(i64::MAX).saturating_add(place) } else { place };
    usize::try_from(index).ok().and_then(|index| values.get(index)).cloned().unwrap_or_default()
}

pub(super) fn ordered(op: CompareOp, left: f64, right: f64) -> bool {
    left.partial_cmp(&right).is_some_and(|ordering| compare::holds(op, ordering))
}

/// The comparison that holds exactly if this one does not.
pub(super) fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
    }
}

/// The comparison with its sides exchanged.
pub(super) fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq | CompareOp::Ne => op,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
    }
}

fn glob_holds(glob: &str, text: &str) -> bool {
    if let Some(block) = Block::parse(glob)
        && block.contains_text(text)
    {
        return true;
    }
    wild(&glob_tokens(&glob.to_lowercase()), &text.to_lowercase())
}

/// A piece of a wildcard pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    One,
    Many,
}

pub(super) fn glob_tokens(glob: &str) -> Vec<Token> {
    glob.chars().map(|c| if c == '*' { Token::Many } else { Token::Char(c) }).collect()
}

pub(super) fn like_tokens(like: &str) -> Vec<Token> {
    let token = |c| match c {
        '%' => Token::Many,
        '_' => Token::One,
        c => Token::Char(c),
    };
    like.chars().map(token).collect()
}

/// Whether a pattern covers a whole text: greedy, with one place to go back to.
fn wild(tokens: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match tokens.get(token) {
            Some(Token::Many) => {
                back = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => {
                token += 1;
                at += 1;
                continue;
            }
            Some(Token::Char(c)) if *c == text[at] => {
                token += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, from)) = back else { return false };
        back = Some((star, from + 1));
        token = star + 1;
        at = from + 1;
    }
    tokens[token..].iter().all(|token| *token == Token::Many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demands_are_met() {
        let context = Context::at(0.0);
        let list = Value::list(["a".into(), "b".into()]);
        let cases: [(Atom, Value, bool); 14] = [
            (Atom::Glob("*\\TEMP\\*.exe".into()), "c:\\temp\\x.EXE".into(), true),
            (Atom::Glob("a*b*c".into()), "abxbc".into(), true),
            (Atom::Glob("a*b".into()), "abc".into(), false),
            (Atom::Glob("10.0.0.0/8".into()), "10.1.2.3".into(), true),
            (Atom::Like("a_c%".into()), "abcd".into(), true),
            (Atom::Like("a_c%".into()), "ABC".into(), false),
            (Atom::Is(Value::Number(5.0)), "5.0".into(), true),
            (Atom::Number(CompareOp::Gt, 3.0), "20".into(), true),
            (Atom::Glob("a".into()).not(), Value::Null, true),
            (Atom::Glob("b".into()), list.clone(), true),
            (Atom::Glob("b".into()).not(), list.clone(), false),
            (Atom::Count(CompareOp::Ge, 2.0), list, true),
            (Atom::Folded(Fold::Lower, Box::new(Atom::Is("ab".into()))), "AB".into(), true),
            (Atom::Any, Value::Null, false),
        ];
        for (atom, value, wanted) in cases {
            assert_eq!(atom.holds(&value, &context), wanted, "{atom:?} {value:?}");
        }
    }
}
