//! What a value is. Text that is a number as a whole counts as a number, since fields of events are text.

use super::Takes::Any;
use super::{Call, Example, Function, Run, costly, example, function, json, required};
use crate::expr::Expr;
use crate::expr::eval::Scope;
use crate::expr::kind::Kind;
use crate::value::Value;

const ONE: &[super::Arg] = &[required("value", Any)];

const fn test(
    name: &'static str,
    summary: &'static str,
    examples: &'static [Example],
    run: fn(&Call<'_>, &[&Value]) -> Value,
) -> Function {
    function(name, summary, ONE, Kind::Bool, examples, Run::Values(run))
}

pub(super) const FUNCTIONS: &[Function] = &[
    costly(test(
        "isarray",
        "Whether the value is the text of a JSON array",
        &[example("isarray(\"[1, 2]\")", "True"), example("isarray(1)", "False")],
        |_, args| Value::Bool(json::is_array(args[0])),
    )),
    test("isbool", "Whether the value is a Boolean", &[example("isbool(1==1)", "True")], |_, args| {
        Value::Bool(matches!(args[0], Value::Bool(_)))
    }),
    test(
        "isdouble",
        "Whether the value is a number with a fraction",
        &[example("isdouble(1.5)", "True")],
        |_, args| Value::Bool(args[0].as_number().is_some_and(|number| number.fract() != 0.0)),
    ),
    test("isint", "Whether the value is a whole number", &[example("isint(5)", "True")], |_, args| {
        Value::Bool(args[0].as_number().is_some_and(|number| number.fract() == 0.0))
    }),
    test("ismv", "Whether the value is a multivalue of two or more", &[example("ismv(5)", "False")], |_, args| {
        Value::Bool(matches!(args[0], Value::List(_)))
    }),
    test("isnotnull", "Whether the row has the field", &[example("isnotnull(\"\")", "True")], |_, args| {
        Value::Bool(!args[0].is_null())
    }),
    test("isnull", "Whether the row lacks the field", &[example("isnull(\"\")", "False")], |_, args| {
        Value::Bool(args[0].is_null())
    }),
    test("isnum", "Whether the value is a number, or text that is one", &[example("isnum(5)", "True")], |_, args| {
        Value::Bool(args[0].as_number().is_some())
    }),
    costly(test(
        "isobject",
        "Whether the value is the text of a JSON object",
        &[example("isobject(\"{\\\"a\\\": 1}\")", "True"), example("isobject(\"[1]\")", "False")],
        |_, args| Value::Bool(json::is_object(args[0])),
    )),
    test("isstr", "Whether the value is text that is no number", &[example("isstr(\"a\")", "True")], |_, args| {
        Value::Bool(matches!(args[0], Value::Text(_)) && args[0].as_number().is_none())
    }),
    function(
        "typeof",
        "Name of the value's type: Number, String, Boolean, or Invalid for null",
        &[required("value", Any)],
        Kind::Text,
        &[
            example("typeof(12)", "Number"),
            example("typeof(\"12\")", "String"),
            example("typeof(1==2)", "Boolean"),
            example("typeof(null())", "Invalid"),
        ],
        Run::Lazy(type_of),
    ),
];

fn type_of(scope: &Scope<'_>, _: &Call<'_>, args: &[Expr]) -> Vec<Value> {
    let values = scope.column(&args[0]);
    let quoted = matches!(&args[0], Expr::Literal(Value::Text(_)));
    let name = |value: &Value| match value {
        Value::Null => "Invalid",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Number",
        Value::Text(_) if value.as_number().is_some() && !quoted => "Number",
        Value::Text(_) => "String",
        Value::List(_) => "Multivalue",
    };
    (0..scope.len()).map(|at| name(values.get(at)).into()).collect()
}
