//! The registry of eval functions: one file per family, one entry per function.
//!
//! An entry holds everything there is to say of a function: names, arguments, kind of the result, examples, and what it
//! does. Lowering, field flow, evaluation, "did you mean" and the manual all read it.

mod bitwise;
mod conditions;
mod conversion;
mod crypto;
mod information;
mod json;
mod math;
mod multivalue;
mod printf;
mod statistical;
mod text;
mod time;
mod trigonometry;

use super::eval::Scope;
use super::kind::Kind;
use super::{Context, Expr};
use crate::value::Value;
use crate::value::regex::Regex;
use std::borrow::Cow;
use std::sync::Arc;

/// An eval function: one entry of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Lower case. Names of functions may be written in any case.
    pub name: &'static str,
    /// Other names of the same function, lower case.
    pub aliases: &'static [&'static str],
    /// One sentence for the manual, without a final period.
    pub summary: &'static str,
    /// The arguments in order.
    pub args: &'static [Arg],
    /// Kind of the result, if it is not null.
    pub returns: Kind,
    /// Expressions and what they print; the manual shows them and the tests run them.
    pub examples: &'static [Example],
    /// Worth remembering results of: matching, hashing, parsing.
    pub(super) costly: bool,
    pub(super) run: Run,
}

/// One argument of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// As the manual names it.
    pub name: &'static str,
    /// What it has to be.
    pub takes: Takes,
    /// How often it stands.
    pub need: Need,
}

/// What an argument has to be. Only conditions and patterns are checked when a search is lowered; other values are
/// checked at run time, where a wrong one gives null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any value.
    Any,
    /// An expression that is true, false or null.
    Condition,
    /// A number or text that is one.
    Number,
    /// Text.
    Text,
    /// A multivalue, or a single value as a list of one.
    List,
    /// A PCRE2 pattern.
    Regex,
}

/// How often an argument stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times; only the last argument.
    Repeated,
    /// Together with the other argument of this need, any number of times but at least once: condition and value.
    Pair,
}

/// An expression and the text that its value prints as; null prints as `null`, the values of a multivalue are joined by
/// `, ` in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// The expression.
    pub expr: &'static str,
    /// What it prints.
    pub result: &'static str,
}

/// How a function runs.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// On values; null if one of them is null.
    Strict(fn(&Call<'_>, &[&Value]) -> Value),
    /// As `Strict`, and a multivalue first argument is taken value by value; null results are left out.
    Each(fn(&Call<'_>, &[&Value]) -> Value),
    /// On values, nulls included.
    Values(fn(&Call<'_>, &[&Value]) -> Value),
    /// On expressions: decides itself what to evaluate, for which rows.
    Lazy(fn(&Scope<'_>, &Call<'_>, &[Expr]) -> Vec<Value>),
    /// Known but not supported here: why, as an end of the sentence "`x` cannot be computed: ".
    Unsupported(&'static str),
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Strict(_) => "Strict",
            Self::Each(_) => "Each",
            Self::Values(_) => "Values",
            Self::Lazy(_) => "Lazy",
            Self::Unsupported(_) => "Unsupported",
        })
    }
}

/// What a function knows besides its arguments.
pub(super) struct Call<'a> {
    pub(super) context: &'a Context,
    /// The literal pattern, compiled.
    pub(super) regex: Option<&'a Arc<Regex>>,
    pub(super) cache: &'a super::eval::Cache,
    /// A number that differs from row to row.
    pub(super) salt: u64,
}

impl Call<'_> {
    /// The pattern: the literal one, or that of a value. `None` if it cannot be compiled.
    fn regex(&self, value: &Value) -> Option<Arc<Regex>> {
        match self.regex {
            Some(regex) => Some(regex.clone()),
            None => self.cache.regex(&text(value)?),
        }
    }
}

impl Function {
    /// The fewest and the most arguments; no most if the last one may repeat.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let count = |need: Need| self.args.iter().filter(|arg| arg.need == need).count();
        let least = count(Need::Required) + count(Need::Pair);
        let open = count(Need::Repeated) + count(Need::Pair) > 0;
        (least, (!open).then_some(self.args.len()))
    }

    /// The argument that stands at an index of a call, counted from 0.
    pub fn arg(&self, index: usize) -> Option<&'static Arg> {
        let first_pair = self.args.iter().position(|arg| arg.need == Need::Pair);
        match first_pair {
            Some(first) if index >= first => self.args.get(first + (index - first) % 2),
            _ => self.args.get(index).or_else(|| self.args.last().filter(|arg| arg.need == Need::Repeated)),
        }
    }

    /// The call as the manual writes it: `substr(text, start[, length])`.
    pub fn syntax(&self) -> String {
        let mut text = format!("{}(", self.name);
        for (at, arg) in self.args.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let (open, close) = match arg.need {
                Need::Required | Need::Pair => ("", ""),
                Need::Optional => ("[", "]"),
                Need::Repeated => ("[", ", ...]"),
            };
            text.extend([open, comma, arg.name, close]);
        }
        if self.args.iter().any(|arg| arg.need == Need::Pair) {
            text += ", ...";
        }
        text + ")"
    }

    /// Why the function cannot be computed here, as an end of the sentence "`x` cannot be computed: ".
    pub fn unsupported(&self) -> Option<&'static str> {
        match self.run {
            Run::Unsupported(reason) => Some(reason),
            Run::Strict(_) | Run::Each(_) | Run::Values(_) | Run::Lazy(_) => None,
        }
    }

    /// Whether a multivalue first argument gives a multivalue result.
    pub(super) fn maps(&self) -> bool {
        matches!(self.run, Run::Each(_))
    }
}

/// The families, sorted by name, and their functions, each sorted by name.
pub const FAMILIES: &[(&str, &[Function])] = &[
    ("bitwise", bitwise::FUNCTIONS),
    ("conditions", conditions::FUNCTIONS),
    ("conversion", conversion::FUNCTIONS),
    ("crypto", crypto::FUNCTIONS),
    ("information", information::FUNCTIONS),
    ("json", json::FUNCTIONS),
    ("math", math::FUNCTIONS),
    ("multivalue", multivalue::FUNCTIONS),
    ("statistical", statistical::FUNCTIONS),
    ("text", text::FUNCTIONS),
    ("time", time::FUNCTIONS),
    ("trigonometry", trigonometry::FUNCTIONS),
];

pub(super) use conditions::like;

/// Every function, by family.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|(_, functions)| functions.iter())
}

/// The function of a name or alias, in any letter case.
pub fn find(name: &str) -> Option<&'static Function> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    all().find(|function| is(function.name) || function.aliases.iter().any(|alias| is(alias)))
}

const fn required(name: &'static str, takes: Takes) -> Arg {
    Arg { name, takes, need: Need::Required }
}

const fn optional(name: &'static str, takes: Takes) -> Arg {
    Arg { name, takes, need: Need::Optional }
}

const fn repeated(name: &'static str, takes: Takes) -> Arg {
    Arg { name, takes, need: Need::Repeated }
}

const fn pair(name: &'static str, takes: Takes) -> Arg {
    Arg { name, takes, need: Need::Pair }
}

const fn example(expr: &'static str, result: &'static str) -> Example {
    Example { expr, result }
}

/// An entry without aliases that is cheap to compute.
const fn function(
    name: &'static str,
    summary: &'static str,
    args: &'static [Arg],
    returns: Kind,
    examples: &'static [Example],
    run: Run,
) -> Function {
    Function { name, aliases: &[], summary, args, returns, examples, costly: false, run }
}

const fn costly(function: Function) -> Function {
    Function { costly: true, ..function }
}

const fn with_aliases(function: Function, aliases: &'static [&'static str]) -> Function {
    Function { aliases, ..function }
}

/// The text of a single value; none for null and multivalues.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::List(_) => None,
        single => Some(single.to_text()),
    }
}

/// A length for arithmetic that may go below zero.
fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// An argument as a whole number, fractions cut off.
fn integer(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    (number.abs() < 9.0e15).then_some(number as i64)
}

fn number_or_null(number: Option<f64>) -> Value {
    number.map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests;
