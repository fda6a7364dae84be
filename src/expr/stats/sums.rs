//! Sums, means and deviations of the numbers among the values; what is no number is left out.

use super::Accumulator;
use crate::value::Value;

/// Count, mean and squares of deviations, kept by Welford's method, beside the plain sums.
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
    mean: f64,
    deviations: f64,
    least: f64,
    greatest: f64,
    result: fn(&Sums) -> f64,
}

fn new(result: fn(&Sums) -> f64) -> Box<dyn Accumulator> {
    Box::new(Sums {
        count: 0.0,
        sum: 0.0,
        squares: 0.0,
        mean: 0.0,
        deviations: 0.0,
        least: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
        result,
    })
}

impl Accumulator for Sums {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for number in value.values().iter().filter_map(Value::as_number) {
            self.count += 1.0;
            self.sum += number;
            self.squares += number * number;
            let before = number - self.mean;
            self.mean += before / self.count;
            self.deviations += before * (number - self.mean);
            self.least = self.least.min(number);
            self.greatest = self.greatest.max(number);
        }
    }

    fn finish(&self) -> Value {
        if self.count == 0.0 { Value::Null } else { Value::Number((self.result)(self)) }
    }
}

impl Sums {
    /// As a sample; 0 for a single value.
    fn variance(&self) -> f64 {
        if self.count < 2.0 { 0.0 } else { self.deviations / (self.count - 1.0) }
    }
}

pub(super) fn sum(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.sum)
}

pub(super) fn avg(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.sum / sums.count)
}

pub(super) fn sumsq(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.squares)
}

pub(super) fn range(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.greatest - sums.least)
}

pub(super) fn var(_: Option<f64>) -> Box<dyn Accumulator> {
    new(Sums::variance)
}

pub(super) fn stdev(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.variance().sqrt())
}

pub(super) fn varp(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| sums.deviations / sums.count)
}

pub(super) fn stdevp(_: Option<f64>) -> Box<dyn Accumulator> {
    new(|sums| (sums.deviations / sums.count).sqrt())
}
