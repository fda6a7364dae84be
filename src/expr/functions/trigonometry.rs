//! Angles in radians. What is outside of a function's domain gives NaN, which prints `nan`.

use super::Takes::Number;
use super::{Call, Function, Run, example, function, number_or_null, required};
use crate::expr::kind::Kind;
use crate::value::Value;

const ONE: &[super::Arg] = &[required("number", Number)];

/// A function of one number.
const fn of_one(
    name: &'static str,
    summary: &'static str,
    examples: &'static [super::Example],
    run: fn(&Call<'_>, &[&Value]) -> Value,
) -> Function {
    function(name, summary, ONE, Kind::Number, examples, Run::Strict(run))
}

fn one(args: &[&Value], compute: fn(f64) -> f64) -> Value {
    number_or_null(args[0].as_number().map(compute))
}

fn two(args: &[&Value], compute: fn(f64, f64) -> f64) -> Value {
    number_or_null(args[0].as_number().zip(args[1].as_number()).map(|(x, y)| compute(x, y)))
}

pub(super) const FUNCTIONS: &[Function] = &[
    of_one("acos", "Arc cosine", &[example("acos(1)", "0")], |_, args| one(args, f64::acos)),
    of_one("acosh", "Inverse hyperbolic cosine", &[example("acosh(1)", "0")], |_, args| one(args, f64::acosh)),
    of_one("asin", "Arc sine", &[example("asin(0)", "0")], |_, args| one(args, f64::asin)),
    of_one("asinh", "Inverse hyperbolic sine", &[example("asinh(0)", "0")], |_, args| one(args, f64::asinh)),
    of_one("atan", "Arc tangent", &[example("round(atan(1), 3)", "0.785")], |_, args| one(args, f64::atan)),
    function(
        "atan2",
        "Angle between the positive x axis and the point (x, y)",
        &[required("y", Number), required("x", Number)],
        Kind::Number,
        &[example("round(atan2(0.5, 0.75), 2)", "0.59")],
        Run::Strict(|_, args| two(args, f64::atan2)),
    ),
    of_one("atanh", "Inverse hyperbolic tangent", &[example("atanh(0)", "0")], |_, args| one(args, f64::atanh)),
    of_one("cos", "Cosine", &[example("cos(0)", "1")], |_, args| one(args, f64::cos)),
    of_one("cosh", "Hyperbolic cosine", &[example("cosh(0)", "1")], |_, args| one(args, f64::cosh)),
    function(
        "hypot",
        "Length of the hypotenuse of a right-angled triangle",
        &[required("x", Number), required("y", Number)],
        Kind::Number,
        &[example("hypot(3, 4)", "5")],
        Run::Strict(|_, args| two(args, f64::hypot)),
    ),
    of_one("sin", "Sine", &[example("sin(0)", "0")], |_, args| one(args, f64::sin)),
    of_one("sinh", "Hyperbolic sine", &[example("sinh(0)", "0")], |_, args| one(args, f64::sinh)),
    of_one("tan", "Tangent", &[example("tan(0)", "0")], |_, args| one(args, f64::tan)),
    of_one("tanh", "Hyperbolic tangent", &[example("tanh(0)", "0")], |_, args| one(args, f64::tanh)),
];
