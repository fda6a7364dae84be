//! Bits of whole numbers from 0 to 2^53 - 1. Anything else gives null.

use super::Takes::Number;
use super::{Call, Function, Run, example, function, integer, number_or_null, repeated, required};
use crate::expr::kind::Kind;
use crate::value::Value;

const BITS: u64 = (1 << 53) - 1;

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "bit_and",
        "Bits that are set in all numbers",
        &[required("number", Number), required("number", Number), repeated("number", Number)],
        Kind::Number,
        &[example("bit_and(6, 3)", "2")],
        Run::Strict(|_, args| fold(args, |a, b| a & b)),
    ),
    function(
        "bit_not",
        "Bits that are not set in the number, of those in the mask (53 bits without one)",
        &[required("number", Number), super::optional("mask", Number)],
        Kind::Number,
        &[example("bit_not(5, 7)", "2")],
        Run::Strict(not),
    ),
    function(
        "bit_or",
        "Bits that are set in any of the numbers",
        &[required("number", Number), required("number", Number), repeated("number", Number)],
        Kind::Number,
        &[example("bit_or(6, 3)", "7")],
        Run::Strict(|_, args| fold(args, |a, b| a | b)),
    ),
    function(
        "bit_shift_left",
        "The number with its bits moved to the left; bits beyond the 53rd are lost",
        &[required("number", Number), required("bits", Number)],
        Kind::Number,
        &[example("bit_shift_left(6, 3)", "48")],
        Run::Strict(|_, args| shift(args, |number, by| (number << by) & BITS)),
    ),
    function(
        "bit_shift_right",
        "The number with its bits moved to the right",
        &[required("number", Number), required("bits", Number)],
        Kind::Number,
        &[example("bit_shift_right(48, 3)", "6")],
        Run::Strict(|_, args| shift(args, |number, by| number >> by)),
    ),
    function(
        "bit_xor",
        "Bits that are set in an odd count of the numbers",
        &[required("number", Number), required("number", Number), repeated("number", Number)],
        Kind::Number,
        &[example("bit_xor(6, 3)", "5")],
        Run::Strict(|_, args| fold(args, |a, b| a ^ b)),
    ),
];

fn bits(value: &Value) -> Option<u64> {
    let number = value.as_number()?;
    let whole = integer(value)?;
    (number.fract() == 0.0).then(|| u64::try_from(whole).ok()).flatten().filter(|&bits| bits <= BITS)
}

fn fold(args: &[&Value], combine: fn(u64, u64) -> u64) -> Value {
    let numbers: Option<Vec<u64>> = args.iter().map(|value| bits(value)).collect();
    number_or_null(numbers.and_then(|numbers| numbers.into_iter().reduce(combine)).map(|bits| bits as f64))
}

fn not(_: &Call<'_>, args: &[&Value]) -> Value {
    let mask = match args.get(1) {
        Some(mask) => bits(mask),
        None => Some(BITS),
    };
    number_or_null(bits(args[0]).zip(mask).map(|(number, mask)| (!number & mask) as f64))
}

fn shift(args: &[&Value], shift: fn(u64, u32) -> u64) -> Value {
    let by = bits(args[1]).and_then(|by| u32::try_from(by).ok()).filter(|&by| by <= 53);
    number_or_null(bits(args[0]).zip(by).map(|(number, by)| shift(number, by) as f64))
}
