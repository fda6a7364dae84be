//! Minima, sums and chance over arguments. Every value of a multivalue counts as an argument; nulls are left out.

use super::Takes::Any;
use super::{Call, Function, Run, example, function, number_or_null, repeated, required};
use crate::expr::kind::Kind;
use crate::value::{Value, compare};
use std::cmp::Ordering;

const VALUES: &[super::Arg] = &[required("value", Any), repeated("value", Any)];

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "avg",
        "Mean of the numbers among the values",
        VALUES,
        Kind::Number,
        &[example("avg(1, 2, \"x\")", "1.5")],
        Run::Values(|_, args| {
            let (sum, count) = sum(args);
            number_or_null((count > 0.0).then(|| sum / count))
        }),
    ),
    function(
        "max",
        "Greatest value; text counts as greater than numbers",
        VALUES,
        Kind::Any,
        &[example("max(1, 3, 2)", "3"), example("max(1, \"foo\", 2)", "foo")],
        Run::Values(|_, args| extreme(args, Ordering::Greater)),
    ),
    function(
        "min",
        "Least value; text counts as greater than numbers",
        VALUES,
        Kind::Any,
        &[example("min(1, 3, \"foo\")", "1"), example("min(10, 9)", "9")],
        Run::Values(|_, args| extreme(args, Ordering::Less)),
    ),
    function(
        "random",
        "A whole number from 0 to 2^31 - 1; the same run gives the same numbers again",
        &[],
        Kind::Number,
        &[example("random() >= 0", "True")],
        Run::Values(random),
    ),
    function(
        "sum",
        "Sum of the numbers among the values",
        VALUES,
        Kind::Number,
        &[example("sum(1, 2, \"x\", \"3\")", "6")],
        Run::Values(|_, args| {
            let (sum, count) = sum(args);
            number_or_null((count > 0.0).then_some(sum))
        }),
    ),
];

fn sum(args: &[&Value]) -> (f64, f64) {
    let numbers = args.iter().flat_map(|value| value.values()).filter_map(Value::as_number);
    numbers.fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0))
}

fn extreme(args: &[&Value], wanted: Ordering) -> Value {
    let values = args.iter().flat_map(|value| value.values());
    let best = values.reduce(|best, value| if compare::mixed(value, best) == wanted { value } else { best });
    best.cloned().unwrap_or_default()
}

/// SplitMix64 over the seed and the row.
fn random(call: &Call<'_>, _: &[&Value]) -> Value {
    let mut mixed = call.context.seed ^ call.salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Value::Number(((mixed ^ (mixed >> 31)) >> 33) as f64)
}
