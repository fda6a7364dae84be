//! `bin`: replaces a time or a number by the bucket that it falls in.
//!
//! A time becomes the start of its bucket. Another number becomes the text `start-end`. A row without the field, or with
//! a value that is no number, stays as it is. Without a span, one is chosen from the range of all values.

use super::{Each, Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::{Bin, BinSpan};
use crate::value::{Batch, Column, Value, number};

pub(super) fn open(bin: &Bin) -> Box<dyn Stage + '_> {
    match bin.span {
        BinSpan::Bins(most) => Box::new(Whole::new(move |rows: Batch, _run: &Run<'_>| {
            let span = chosen_span(&rows, bin, most);
            Ok(replace(rows, bin, |value| bucket(bin, span, value)))
        })),
        BinSpan::Number(span) => {
            Box::new(Each(move |rows: Batch, _run: &Run<'_>| Ok(replace(rows, bin, |value| bucket(bin, span, value)))))
        }
        BinSpan::Time(ref span) => Box::new(Each(move |rows: Batch, run: &Run<'_>| {
            Ok(replace(rows, bin, |value| Value::Number(span.floor(value, &run.context().zone))))
        })),
    }
}

fn replace(mut rows: Batch, bin: &Bin, bucket: impl Fn(f64) -> Value) -> Batch {
    let Some(column) = rows.column(&bin.field.name) else { return rows };
    let single = |value: &Value| value.as_number().map_or_else(|| value.clone(), &bucket);
    let replaced = column.values().iter().map(|value| Value::list(value.values().iter().map(single))).collect();
    rows.set(bin.target.clone(), Column::new(replaced));
    rows
}

fn bucket(bin: &Bin, span: f64, value: f64) -> Value {
    if !span.is_finite() || span <= 0.0 {
        return Value::Number(value);
    }
    let start = (value / span).floor() * span;
    if &*bin.field.name == "_time" {
        return Value::Number(start);
    }
    Value::text(format!("{}-{}", number::print(start), number::print(start + span)))
}

/// The smallest round span that needs at most so many buckets.
fn chosen_span(rows: &Batch, bin: &Bin, most: usize) -> f64 {
    const TIMES: [f64; 11] = [1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0, 86_400.0, 2_592_000.0];
    let values = rows.column(&bin.field.name).map_or(&[][..], |column| column.values());
    let numbers: Vec<f64> = values.iter().filter_map(Value::as_number).filter(|number| number.is_finite()).collect();
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = (greatest - least).max(0.0);
    let fits = |span: f64| (range / span).floor() + 1.0 <= most.max(2) as f64;
    if &*bin.field.name == "_time" {
        return TIMES.into_iter().find(|&span| fits(span)).unwrap_or(2_592_000.0);
    }
    (-9..=300).map(|power| 10_f64.powi(power)).find(|&span| fits(span)).unwrap_or(1.0)
}
