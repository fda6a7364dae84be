//! Percentiles, and the slices of time of `sparkline`.
//!
//! `percN` interpolates between the two nearest ranks, as Splunk's examples do: of 1 to 10, `p50` is 5.5 and `p95`
//! 9.55. Up to 65,536 values are kept; beyond that every second, fourth, and so on, so that memory stays bounded and the
//! same input gives the same result. `exactpercN` keeps 16 million.

use super::Accumulator;
use crate::value::Value;

const KEPT: usize = 1 << 16;
const KEPT_EXACT: usize = 1 << 24;
/// Slices of a sparkline, at most.
const SLICES: usize = 100;

/// Numbers, thinned out evenly where there are too many.
struct Sample {
    numbers: Vec<f64>,
    most: usize,
    /// Every so many numbers one is kept.
    stride: u64,
    seen: u64,
}

impl Sample {
    fn new(most: usize) -> Self {
        Self { numbers: Vec::new(), most, stride: 1, seen: 0 }
    }

    fn add(&mut self, number: f64) {
        let keep = self.seen.is_multiple_of(self.stride);
        self.seen += 1;
        if !keep {
            return;
        }
        if self.numbers.len() == self.most {
            let mut index = 0;
            self.numbers.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
            if !(self.seen - 1).is_multiple_of(self.stride) {
                return;
            }
        }
        self.numbers.push(number);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.numbers.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

struct Percentile {
    sample: Sample,
    result: fn(&[f64], f64) -> f64,
    percent: f64,
}

pub(super) fn perc(percent: Option<f64>) -> Box<dyn Accumulator> {
    new(KEPT, interpolated, percent)
}

pub(super) fn exact(percent: Option<f64>) -> Box<dyn Accumulator> {
    new(KEPT_EXACT, interpolated, percent)
}

pub(super) fn median(_: Option<f64>) -> Box<dyn Accumulator> {
    new(KEPT, |sorted, _| sorted[sorted.len() / 2], None)
}

fn new(most: usize, result: fn(&[f64], f64) -> f64, percent: Option<f64>) -> Box<dyn Accumulator> {
    Box::new(Percentile { sample: Sample::new(most), result, percent: percent.unwrap_or(50.0) })
}

/// Between the ranks around the percentile; the numbers are sorted and not none.
fn interpolated(sorted: &[f64], percent: f64) -> f64 {
    let rank = (sorted.len() - 1) as f64 * percent.clamp(0.0, 100.0) / 100.0;
    let below = rank.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * rank.fract()
}

impl Accumulator for Percentile {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for number in value.values().iter().filter_map(Value::as_number) {
            self.sample.add(number);
        }
    }

    fn finish(&self) -> Value {
        let sorted = self.sample.sorted();
        if sorted.is_empty() { Value::Null } else { Value::Number((self.result)(&sorted, self.percent)) }
    }
}

/// `sparkline`: a mark, then the count of rows in each of as many slices of time as there are rows, at most 100.
pub(super) struct Sparkline(Sample);

impl Default for Sparkline {
    fn default() -> Self {
        Self(Sample::new(KEPT))
    }
}

impl Accumulator for Sparkline {
    fn add(&mut self, _: &Value, time: Option<f64>) {
        if let Some(time) = time {
            self.0.add(time);
        }
    }

    fn finish(&self) -> Value {
        let times = self.0.sorted();
        let (Some(first), Some(last)) = (times.first(), times.last()) else { return Value::Null };
        let slices = times.len().min(SLICES);
        let mut counts = vec![0_u64; slices];
        for time in &times {
            let part = if last > first { (time - first) / (last - first) } else { 0.0 };
            counts[((part * slices as f64) as usize).min(slices - 1)] += self.0.stride;
        }
        let counts = counts.into_iter().map(|count| Value::Number(count as f64));
        Value::list(std::iter::once(Value::from("##__SPARKLINE__##")).chain(counts))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)]
    use super::*;

    #[test]
    fn interpolates() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(interpolated(&ten, 50.0), 5.5);
        assert!((interpolated(&ten, 95.0) - 9.55).abs() < 1e-12);
        assert_eq!(interpolated(&ten, 0.0), 1.0);
        assert_eq!(interpolated(&ten, 100.0), 10.0);
        assert_eq!(interpolated(&[7.0], 95.0), 7.0);
    }

    #[test]
    fn thins_out_evenly() {
        let mut sample = Sample::new(8);
        (0..100).for_each(|number| sample.add(f64::from(number)));
        assert_eq!(sample.stride, 16);
        assert_eq!(sample.numbers, [0.0, 16.0, 32.0, 48.0, 64.0, 80.0, 96.0]);
    }
}
