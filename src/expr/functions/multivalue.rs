//! Multivalues. A single value is a list of one; an empty list is null. Positions count from 0.

use super::Takes::{Any, Condition, List, Number, Regex, Text};
use super::{
    Call, Function, Run, costly, example, function, integer, json, optional, repeated, required, signed, text,
};
use crate::expr::Expr;
use crate::expr::eval::{Scope, truth};
use crate::expr::kind::Kind;
use crate::value::time::{TimeSpan, Unit};
use crate::value::{Value, compare};
use std::collections::HashSet;

/// Most values that `mvrange` makes; a longer range gives null.
const MAX_RANGE: usize = 100_000;

pub(super) const FUNCTIONS: &[Function] = &[
    costly(function(
        "commands",
        "Names of the commands of a search, in order",
        &[required("search", Text)],
        Kind::Any,
        &[example("commands(\"search foo | stats count | sort count\")", "[search, stats, sort]")],
        Run::Strict(commands),
    )),
    costly(function(
        "mv_to_json_array",
        "The values as a JSON array: of texts, or with a true second argument of what they look like",
        &[required("values", List), optional("infer", Any)],
        Kind::Text,
        &[
            example("mv_to_json_array(split(\"a,1\", \",\"))", "[\"a\",\"1\"]"),
            example("mv_to_json_array(split(\"a,1,true\", \",\"), true())", "[\"a\",1,true]"),
        ],
        Run::Strict(json::from_values),
    )),
    function(
        "mvappend",
        "One list of all values; nulls are left out",
        &[required("values", List), repeated("values", List)],
        Kind::List,
        &[
            example("mvappend(split(\"b,a\", \",\"), null(), \"c\")", "[b, a, c]"),
            example("mvappend(null(), null())", "null"),
        ],
        Run::Values(|_, args| Value::list(args.iter().map(|&value| value.clone()))),
    ),
    function(
        "mvcount",
        "Count of values; null, not 0, if there is none",
        &[required("values", List)],
        Kind::Number,
        &[example("mvcount(split(\"b,a,b\", \",\"))", "3"), example("mvcount(null())", "null")],
        Run::Strict(|_, args| Value::Number(args[0].values().len() as f64)),
    ),
    function(
        "mvdedup",
        "The values without repetitions; the first of equal ones stays",
        &[required("values", List)],
        Kind::List,
        &[example("mvdedup(split(\"b,a,b\", \",\"))", "[b, a]")],
        Run::Strict(|_, args| {
            let mut seen = HashSet::new();
            Value::list(args[0].values().iter().filter(|value| seen.insert(value.to_text())).cloned())
        }),
    ),
    function(
        "mvfilter",
        "The values for which the condition, which names one field only, is true",
        &[required("condition", Condition)],
        Kind::List,
        &[],
        Run::Lazy(mvfilter),
    ),
    costly(function(
        "mvfind",
        "Position of the first value in which the pattern (PCRE2, with case) matches; null if there is none",
        &[required("values", List), required("pattern", Regex)],
        Kind::Number,
        &[
            example("mvfind(split(\"b,a,b\", \",\"), \"^a$\")", "1"),
            example("mvfind(split(\"b,a,b\", \",\"), \"c\")", "null"),
        ],
        Run::Strict(|call, args| {
            let Some(regex) = call.regex(args[1]) else { return Value::Null };
            let found = args[0].values().iter().position(|value| regex.is_match(&value.to_text()));
            found.map_or(Value::Null, |at| Value::Number(at as f64))
        }),
    )),
    function(
        "mvindex",
        "The value at a position, or the values from one position to another; negative ones count from the end",
        &[required("values", List), required("start", Number), optional("end", Number)],
        Kind::List,
        &[
            example("mvindex(split(\"b,a,c\", \",\"), 0)", "b"),
            example("mvindex(split(\"b,a,c\", \",\"), -1)", "c"),
            example("mvindex(split(\"b,a,c\", \",\"), 0, 1)", "[b, a]"),
            example("mvindex(split(\"b,a,c\", \",\"), 1, 9)", "[a, c]"),
            example("mvindex(split(\"b,a,c\", \",\"), 3)", "null"),
        ],
        Run::Strict(mvindex),
    ),
    function(
        "mvjoin",
        "The values as one text, with a separator between them",
        &[required("values", List), required("separator", Text)],
        Kind::Text,
        &[example("mvjoin(split(\"b,a,b\", \",\"), \"-\")", "b-a-b")],
        Run::Strict(|_, args| {
            let parts: Vec<_> = args[0].values().iter().map(Value::to_text).collect();
            Value::text(parts.join(&args[1].to_text()))
        }),
    ),
    function(
        "mvmap",
        "The expression for each of the values, in which the field's name stands for the single value",
        &[required("values", List), required("expression", Any)],
        Kind::List,
        &[],
        Run::Lazy(mvmap),
    ),
    function(
        "mvrange",
        "Numbers from the first up to, but without, the second; the step may be a span of time such as `1d`",
        &[required("start", Number), required("end", Number), optional("step", Any)],
        Kind::List,
        &[
            example("mvrange(1, 4)", "[1, 2, 3]"),
            example("mvrange(1, 10, 4)", "[1, 5, 9]"),
            example("mvrange(3, 0, -1)", "[3, 2, 1]"),
            example("mvrange(0, 100000, \"1d\")", "[0, 86400]"),
        ],
        Run::Strict(mvrange),
    ),
    function(
        "mvreverse",
        "The values in the opposite order",
        &[required("values", List)],
        Kind::List,
        &[example("mvreverse(split(\"b,a,c\", \",\"))", "[c, a, b]")],
        Run::Strict(|_, args| Value::list(args[0].values().iter().rev().cloned())),
    ),
    function(
        "mvsort",
        "The values in the order of their text",
        &[required("values", List)],
        Kind::List,
        &[example("mvsort(split(\"b,a,B,10,9\", \",\"))", "[10, 9, B, a, b]")],
        Run::Strict(|_, args| {
            let mut values = args[0].values().to_vec();
            values.sort_by(compare::text);
            Value::list(values)
        }),
    ),
    function(
        "mvzip",
        "Values of two lists in pairs, joined by a separator, `,` without one; as many as the shorter list has",
        &[required("left", List), required("right", List), optional("separator", Text)],
        Kind::List,
        &[example("mvzip(split(\"1,2\", \",\"), split(\"x,y,z\", \",\"))", "[1,x, 2,y]")],
        Run::Strict(|_, args| {
            let separator = args.get(2).map_or(",".into(), |value| value.to_text());
            let pairs = args[0].values().iter().zip(args[1].values());
            Value::list(pairs.map(|(a, b)| Value::text(format!("{}{separator}{}", a.to_text(), b.to_text()))))
        }),
    ),
    costly(function(
        "split",
        "The pieces of the text between separators, which are plain text; single characters for an empty one",
        &[required("text", Text), required("separator", Text)],
        Kind::List,
        &[
            example("split(\"a::b\", \"::\")", "[a, b]"),
            example("split(\"a,,b\", \",\")", "[a, , b]"),
            example("split(\"abc\", \"\")", "[a, b, c]"),
            example("split(\"abc\", \"-\")", "abc"),
        ],
        Run::Each(split),
    )),
];

fn split(_: &Call<'_>, args: &[&Value]) -> Value {
    let Some(separator) = text(args[1]) else { return Value::Null };
    let text = args[0].to_text();
    if separator.is_empty() {
        let mut buffer = [0; 4];
        if text.is_empty() {
            return Value::text("");
        }
        return Value::list(text.chars().map(|c| Value::from(&*c.encode_utf8(&mut buffer))));
    }
    Value::list(text.split(&*separator).map(Value::from))
}

fn mvindex(_: &Call<'_>, args: &[&Value]) -> Value {
    let values = args[0].values();
    let count = signed(values.len());
    let position = |value: &Value| integer(value).map(|at| if at < 0 { count + at } else { at });
    let Some(start) = position(args[1]) else { return Value::Null };
    let Some(end) = args.get(2) else {
        let at = usize::try_from(start).ok();
        return at.and_then(|at| values.get(at)).cloned().unwrap_or_default();
    };
    let Some(end) = position(end) else { return Value::Null };
    let (start, end) = (start.max(0), end.min(count - 1));
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if start <= end => Value::list(values[start..=end].iter().cloned()),
        _ => Value::Null,
    }
}

fn mvrange(call: &Call<'_>, args: &[&Value]) -> Value {
    let (Some(start), Some(end)) = (args[0].as_number(), args[1].as_number()) else { return Value::Null };
    let mut values = Vec::new();
    let step = match args.get(2) {
        None => Some(1.0),
        Some(step) => step.as_number(),
    };
    let Some(step) = step else {
        let span = args.get(2).and_then(|step| TimeSpan::parse(&step.to_text()));
        let Some(span) = span else { return Value::Null };
        let mut at = start;
        while at < end && values.len() <= MAX_RANGE {
            values.push(Value::Number(at));
            let next = if span.unit >= Unit::Day { span.next(at, &call.context.zone) } else { at + span.seconds() };
            if next <= at {
                return Value::Null;
            }
            at = next;
        }
        return if values.len() > MAX_RANGE { Value::Null } else { Value::list(values) };
    };
    let count = ((end - start) / step).ceil();
    // Not a number if start, end or step are none; infinite for a step of 0.
    if count.is_nan() || count > MAX_RANGE as f64 {
        return Value::Null;
    }
    for index in 0..count.max(0.0) as usize {
        values.push(Value::Number(start + index as f64 * step));
    }
    Value::list(values)
}

fn commands(_: &Call<'_>, args: &[&Value]) -> Value {
    let Some(text) = text(args[0]) else { return Value::Null };
    let stages = crate::spl::parse(&text).search.stages;
    Value::list(stages.into_iter().map(|stage| Value::text(stage.command.node)))
}

/// The rows' values one by one: the row of each, and the value.
fn flatten(lists: impl Iterator<Item = Value>) -> (Vec<usize>, Vec<Value>) {
    let mut rows = Vec::new();
    let mut values = Vec::new();
    for (row, list) in lists.enumerate() {
        rows.extend(std::iter::repeat_n(row, list.values().len()));
        values.extend_from_slice(list.values());
    }
    (rows, values)
}

/// The lists of each row, from values one by one; nulls are left out.
fn gather(count: usize, rows: &[usize], values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut lists: Vec<Vec<Value>> = vec![Vec::new(); count];
    for (&row, value) in rows.iter().zip(values) {
        lists[row].push(value);
    }
    lists.into_iter().map(Value::list).collect()
}

fn mvfilter(scope: &Scope<'_>, _: &Call<'_>, args: &[Expr]) -> Vec<Value> {
    let Some(field) = args[0].fields().into_iter().next() else { return vec![Value::Null; scope.len()] };
    let column = scope.field(&field.name);
    let (rows, values) = flatten((0..scope.len()).map(|at| column.get(at).clone()));
    let single = scope.vary(&field.name, &rows, values.clone());
    let kept = single.column(&args[0]);
    let values = values.into_iter().enumerate();
    let values = values.map(|(at, value)| if truth(kept.get(at)) == Some(true) { value } else { Value::Null });
    gather(scope.len(), &rows, values)
}

fn mvmap(scope: &Scope<'_>, _: &Call<'_>, args: &[Expr]) -> Vec<Value> {
    let Some(field) = args[0].fields().into_iter().next() else { return vec![Value::Null; scope.len()] };
    let (rows, values) = flatten(scope.column(&args[0]).into_values(scope.len()).into_iter());
    let count = values.len();
    let single = scope.vary(&field.name, &rows, values);
    gather(scope.len(), &rows, single.column(&args[1]).into_values(count).into_iter())
}
