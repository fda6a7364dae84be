//! Conditions, comparisons and constants.

use super::Takes::{Any, Condition, Regex, Text};
use super::{Call, Function, Run, costly, example, function, pair, repeated, required, text};
use crate::expr::Expr;
use crate::expr::eval::{Scope, truth};
use crate::expr::kind::Kind;
use crate::spl::ast::CompareOp;
use crate::value::address::{self, Block};
use crate::value::{Value, compare};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "case",
        "The value behind the first condition that is true; null if none is",
        &[pair("condition", Condition), pair("value", Any)],
        Kind::Any,
        &[example("case(7<5, \"low\", 7<9, \"mid\", 1=1, \"high\")", "mid"), example("case(1=2, \"x\")", "null")],
        Run::Lazy(|scope, _, args| choose(scope, args, true)),
    ),
    costly(function(
        "cidrmatch",
        "Whether the address lies in the block (CIDR notation, IPv4 or IPv6); a text that is no address does not",
        &[required("block", Text), required("address", Text)],
        Kind::Bool,
        &[
            example("cidrmatch(\"10.0.0.0/8\", \"10.1.2.3\")", "True"),
            example("cidrmatch(\"2001:db8::/32\", \"10.1.2.3\")", "False"),
        ],
        Run::Strict(cidrmatch),
    )),
    function(
        "coalesce",
        "The first value that is not null; an empty text is not null",
        &[required("value", Any), repeated("value", Any)],
        Kind::Any,
        &[example("coalesce(null(), \"\", \"x\")", ""), example("coalesce(null(), 2)", "2")],
        Run::Lazy(coalesce),
    ),
    function(
        "false",
        "The constant false",
        &[],
        Kind::Bool,
        &[example("false()", "False")],
        Run::Values(|_, _| Value::Bool(false)),
    ),
    function(
        "if",
        "The first value if the condition is true, else the second, also if the condition is null",
        &[required("condition", Condition), required("then", Any), required("else", Any)],
        Kind::Any,
        &[example("if(1<2, \"y\", \"n\")", "y"), example("if(null()>2, \"y\", \"n\")", "n")],
        Run::Lazy(|scope, _, args| choose(scope, args, true)),
    ),
    function(
        "in",
        "Whether the first value equals one of the others; without wildcards, with case",
        &[required("value", Any), required("item", Any), repeated("item", Any)],
        Kind::Bool,
        &[example("in(\"x\", \"x\", \"y\")", "True"), example("in(\"X\", \"x\")", "False")],
        Run::Values(is_in),
    ),
    costly(function(
        "like",
        "Whether the whole text fits the pattern: `%` stands for any text, `_` for one character; with case",
        &[required("text", Text), required("pattern", Text)],
        Kind::Bool,
        &[example("like(\"abc\", \"a%\")", "True"), example("like(\"ABC\", \"a%\")", "False")],
        Run::Strict(|_, args| {
            let pattern = args[1].to_text();
            any(args[0], |text| like(text, &pattern))
        }),
    )),
    function(
        "lookup",
        "A row of a lookup table as a JSON object",
        &[required("lookup", Text), required("inputs", Text), required("outputs", Text)],
        Kind::Text,
        &[],
        Run::Unsupported("lookup tables are not at hand in an expression; the `lookup` command does the same"),
    ),
    costly(function(
        "match",
        "Whether the pattern (PCRE2, with case) matches anywhere in the text",
        &[required("text", Text), required("pattern", Regex)],
        Kind::Bool,
        &[example("match(\"xabc\", \"b\")", "True"), example("match(\"xabc\", \"^a\")", "False")],
        Run::Strict(|call, args| match call.regex(args[1]) {
            Some(regex) => any(args[0], |text| regex.is_match(text)),
            None => Value::Null,
        }),
    )),
    function(
        "null",
        "The constant null",
        &[],
        Kind::Null,
        &[example("null()", "null")],
        Run::Values(|_, _| Value::Null),
    ),
    function(
        "nullif",
        "Null if both values are equal, else the first",
        &[required("value", Any), required("other", Any)],
        Kind::Any,
        &[example("nullif(\"a\", \"a\")", "null"), example("nullif(\"a\", \"b\")", "a")],
        Run::Values(|_, args| match compare::eval(CompareOp::Eq, args[0], args[1]) {
            Some(true) => Value::Null,
            _ => args[0].clone(),
        }),
    ),
    function(
        "searchmatch",
        "Whether the row satisfies a search expression, given as text in quotes",
        &[required("search", Text)],
        Kind::Bool,
        &[example("searchmatch(\"*\")", "True")],
        // A literal argument becomes `Expr::Matches` when the call is lowered; nothing else is accepted.
        Run::Unsupported("its argument has to be text in quotes"),
    ),
    function(
        "true",
        "The constant true",
        &[],
        Kind::Bool,
        &[example("true()", "True")],
        Run::Values(|_, _| Value::Bool(true)),
    ),
    function(
        "validate",
        "The value behind the first condition that is false; null if all are true",
        &[pair("condition", Condition), pair("value", Any)],
        Kind::Any,
        &[example("validate(1=1, \"a\", 1=2, \"b\")", "b")],
        Run::Lazy(|scope, _, args| choose(scope, args, false)),
    ),
];

/// Conditions and values in turn; a value without a condition at the end is for the rows left over.
fn choose(scope: &Scope<'_>, args: &[Expr], wanted: bool) -> Vec<Value> {
    let mut result = vec![Value::Null; scope.len()];
    let mut open: Vec<usize> = (0..scope.len()).collect();
    for pair in args.chunks(2) {
        if open.is_empty() {
            break;
        }
        let Some(value) = pair.get(1) else {
            scatter(scope, &pair[0], &open, &mut result);
            break;
        };
        let part = scope.pick(&open);
        let condition = part.column(&pair[0]);
        let mut chosen = Vec::new();
        let mut rest = Vec::new();
        for (at, &row) in open.iter().enumerate() {
            if truth(condition.get(at)) == Some(wanted) { chosen.push(row) } else { rest.push(row) }
        }
        drop(condition);
        scatter(scope, value, &chosen, &mut result);
        open = rest;
    }
    result
}

/// Evaluates an expression for some rows and puts the values in their places.
fn scatter(scope: &Scope<'_>, expr: &Expr, rows: &[usize], result: &mut [Value]) {
    if rows.is_empty() {
        return;
    }
    let part = scope.pick(rows);
    for (&row, value) in rows.iter().zip(part.column(expr).into_values(rows.len())) {
        result[row] = value;
    }
}

fn coalesce(scope: &Scope<'_>, _: &Call<'_>, args: &[Expr]) -> Vec<Value> {
    let mut result = vec![Value::Null; scope.len()];
    let mut open: Vec<usize> = (0..scope.len()).collect();
    for arg in args {
        scatter(scope, arg, &open, &mut result);
        open.retain(|&row| result[row].is_null());
        if open.is_empty() {
            break;
        }
    }
    result
}

/// True if the test holds for one of the single values.
fn any(value: &Value, test: impl Fn(&str) -> bool) -> Value {
    Value::Bool(value.values().iter().any(|single| match single {
        Value::Text(plain) => test(plain),
        other => test(&other.to_text()),
    }))
}

fn cidrmatch(_: &Call<'_>, args: &[&Value]) -> Value {
    let Some(block) = text(args[0]) else { return Value::Null };
    let block = Block::parse(&block).or_else(|| {
        // A single address is a block of one.
        let bits = if address::parse(&block)?.is_ipv4() { 32 } else { 128 };
        Block::parse(&format!("{block}/{bits}"))
    });
    any(args[1], |address| block.is_some_and(|block| block.contains_text(address)))
}

fn is_in(_: &Call<'_>, args: &[&Value]) -> Value {
    super::super::eval::is_in(args[0], args[1..].iter().copied())
}

/// `%` is any text, `_` one character; everything else stands for itself. Linear but for the search of each piece.
pub(in crate::expr) fn like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('%');
    let head = pieces.next().unwrap_or_default();
    let Some(mut rest) = like_prefix(text, head) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(tail) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        let Some(after) = like_find(rest, piece) else { return false };
        rest = after;
    }
    // The tail is as long as its characters are many.
    let skip = rest.chars().count().checked_sub(tail.chars().count());
    let Some(skip) = skip else { return false };
    let start = rest.char_indices().nth(skip).map_or(rest.len(), |(at, _)| at);
    like_prefix(&rest[start..], tail).is_some_and(str::is_empty)
}

/// What follows the piece at the start of the text.
fn like_prefix<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    if !piece.contains('_') {
        return text.strip_prefix(piece);
    }
    let mut chars = text.chars();
    for wanted in piece.chars() {
        let found = chars.next()?;
        if wanted != '_' && wanted != found {
            return None;
        }
    }
    Some(chars.as_str())
}

/// What follows the first occurrence of the piece.
fn like_find<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    if !piece.contains('_') {
        let at = memchr::memmem::find(text.as_bytes(), piece.as_bytes())?;
        return text.get(at + piece.len()..);
    }
    text.char_indices().find_map(|(at, _)| like_prefix(&text[at..], piece))
}
