//! Arithmetic beyond the operators. Angles are in `trigonometry`, minima and sums in `statistical`.

use super::Takes::Number;
use super::{
    Call, Example, Function, Run, example, function, integer, number_or_null, optional, required, with_aliases,
};
use crate::expr::kind::Kind;
use crate::value::Value;

const ONE: &[super::Arg] = &[required("number", Number)];

const fn of_one(
    name: &'static str,
    summary: &'static str,
    examples: &'static [Example],
    run: fn(&Call<'_>, &[&Value]) -> Value,
) -> Function {
    function(name, summary, ONE, Kind::Number, examples, Run::Strict(run))
}

fn one(args: &[&Value], compute: fn(f64) -> f64) -> Value {
    number_or_null(args[0].as_number().map(compute))
}

pub(super) const FUNCTIONS: &[Function] = &[
    of_one("abs", "Absolute value", &[example("abs(-3)", "3")], |_, args| one(args, f64::abs)),
    with_aliases(
        of_one("ceiling", "Smallest whole number that is not less", &[example("ceiling(1.2)", "2")], |_, args| {
            one(args, f64::ceil)
        }),
        &["ceil"],
    ),
    of_one("exact", "The number, printed in full precision", &[example("exact(8.25*0.5)", "4.125")], |_, args| {
        one(args, |number| number)
    }),
    of_one("exp", "e to the power of the number", &[example("exp(0)", "1")], |_, args| one(args, f64::exp)),
    of_one("floor", "Greatest whole number that is not greater", &[example("floor(-1.2)", "-2")], |_, args| {
        one(args, f64::floor)
    }),
    of_one(
        "ln",
        "Natural logarithm; null for numbers that have none",
        &[example("ln(1)", "0"), example("ln(0)", "null")],
        |_, args| number_or_null(args[0].as_number().filter(|&number| number > 0.0).map(f64::ln)),
    ),
    function(
        "log",
        "Logarithm to a base, 10 without one; null for numbers that have none",
        &[required("number", Number), optional("base", Number)],
        Kind::Number,
        &[example("log(1000)", "3"), example("log(8, 2)", "3"), example("log(-1)", "null")],
        Run::Strict(log),
    ),
    function(
        "pi",
        "The constant pi",
        &[],
        Kind::Number,
        &[example("round(pi(), 5)", "3.14159")],
        Run::Values(|_, _| Value::Number(std::f64::consts::PI)),
    ),
    function(
        "pow",
        "The first number to the power of the second",
        &[required("base", Number), required("exponent", Number)],
        Kind::Number,
        &[example("pow(2, 10)", "1024")],
        Run::Strict(|_, args| {
            number_or_null(args[0].as_number().zip(args[1].as_number()).map(|(base, power)| base.powf(power)))
        }),
    ),
    function(
        "round",
        "The number rounded to decimals, 0 without the second argument; halves go away from zero",
        &[required("number", Number), optional("decimals", Number)],
        Kind::Number,
        &[example("round(3.5)", "4"), example("round(2.555, 2)", "2.56"), example("round(-2.5)", "-3")],
        Run::Strict(round),
    ),
    of_one(
        "sigfig",
        "The number rounded to the significant figures of the numbers that it was computed from",
        &[],
        |_, _| Value::Null,
    )
    .not_supported("numbers do not remember how they were written"),
    of_one("sqrt", "Square root; of a negative number, NaN", &[example("sqrt(9)", "3")], |_, args| {
        one(args, f64::sqrt)
    }),
];

impl Function {
    const fn not_supported(self, reason: &'static str) -> Self {
        Self { run: Run::Unsupported(reason), ..self }
    }
}

fn log(_: &Call<'_>, args: &[&Value]) -> Value {
    let base = match args.get(1) {
        Some(base) => base.as_number(),
        None => Some(10.0),
    };
    let (Some(number), Some(base)) = (args[0].as_number(), base) else { return Value::Null };
    if number <= 0.0 || base <= 0.0 {
        return Value::Null;
    }
    Value::Number(match base {
        10.0 => number.log10(),
        2.0 => number.log2(),
        _ => number.ln() / base.ln(),
    })
}

fn round(_: &Call<'_>, args: &[&Value]) -> Value {
    let decimals = match args.get(1) {
        Some(decimals) => integer(decimals),
        None => Some(0),
    };
    let (Some(number), Some(decimals)) = (args[0].as_number(), decimals) else { return Value::Null };
    Value::Number(round_decimal(number, usize::try_from(decimals).unwrap_or(0)))
}

/// Rounds what the shortest decimal text of the number says, so that 2.555 gives 2.56 although the double nearest to
/// 2.555 lies below it.
pub(super) fn round_decimal(number: f64, decimals: usize) -> f64 {
    let text = number.abs().to_string();
    let Some((whole, fraction)) = text.split_once('.') else { return number };
    if fraction.len() <= decimals {
        return number;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(decimals)).collect();
    let up = fraction.as_bytes()[decimals] >= b'5';
    if up {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            carry = *digit == b'9';
            *digit = if carry { b'0' } else { *digit + 1 };
            if !carry {
                break;
            }
        }
        if carry {
            digits.insert(0, b'1');
        }
    }
    let mut rounded = String::from_utf8(digits).unwrap_or_default();
    rounded.insert(rounded.len() - decimals, '.');
    let size: f64 = rounded.parse().unwrap_or_else(|_| number.abs());
    if number < 0.0 { -size } else { size }
}
