//! Values picked by size, arrival or time.

use super::Accumulator;
use crate::value::{Value, compare};
use std::cmp::Ordering;

/// Keeps the value that compares as wanted with all others.
struct Extreme {
    best: Value,
    wanted: Ordering,
}

pub(super) fn min(_: Option<f64>) -> Box<dyn Accumulator> {
    Box::new(Extreme { best: Value::Null, wanted: Ordering::Less })
}

pub(super) fn max(_: Option<f64>) -> Box<dyn Accumulator> {
    Box::new(Extreme { best: Value::Null, wanted: Ordering::Greater })
}

impl Accumulator for Extreme {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for single in value.values() {
            if self.best.is_null() || compare::mixed(single, &self.best) == self.wanted {
                self.best = single.clone();
            }
        }
    }

    fn finish(&self) -> Value {
        self.best.clone()
    }
}

/// `first` and `last`, by arrival. A multivalue is kept whole.
struct Arrival {
    value: Value,
    last: bool,
}

pub(super) fn first(_: Option<f64>) -> Box<dyn Accumulator> {
    Box::new(Arrival { value: Value::Null, last: false })
}

pub(super) fn last(_: Option<f64>) -> Box<dyn Accumulator> {
    Box::new(Arrival { value: Value::Null, last: true })
}

impl Accumulator for Arrival {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        if self.last || self.value.is_null() {
            self.value = value.clone();
        }
    }

    fn finish(&self) -> Value {
        self.value.clone()
    }
}

/// `earliest`, `latest` and their times. Of rows of one time, the first to arrive counts; rows without a time do not.
struct ByTime {
    found: Option<(f64, Value)>,
    least: bool,
    /// Give the time instead of the value.
    time: bool,
}

pub(super) fn by_time(least: bool, time: bool) -> Box<dyn Accumulator> {
    Box::new(ByTime { found: None, least, time })
}

impl Accumulator for ByTime {
    fn add(&mut self, value: &Value, time: Option<f64>) {
        let Some(time) = time else { return };
        let better = match &self.found {
            None => true,
            Some((best, _)) if self.least => time < *best,
            Some((best, _)) => time > *best,
        };
        if better {
            self.found = Some((time, value.clone()));
        }
    }

    fn finish(&self) -> Value {
        match &self.found {
            None => Value::Null,
            Some((time, _)) if self.time => Value::Number(*time),
            Some((_, value)) => value.clone(),
        }
    }
}

/// `rate`: the change from the earliest to the latest number, per second; null if both have one time.
#[derive(Default)]
pub(super) struct Rate {
    earliest: Option<(f64, f64)>,
    latest: Option<(f64, f64)>,
}

impl Accumulator for Rate {
    fn add(&mut self, value: &Value, time: Option<f64>) {
        let Some((time, number)) = time.zip(value.as_number()) else { return };
        if self.earliest.is_none_or(|(best, _)| time < best) {
            self.earliest = Some((time, number));
        }
        if self.latest.is_none_or(|(best, _)| time > best) {
            self.latest = Some((time, number));
        }
    }

    fn finish(&self) -> Value {
        match self.earliest.zip(self.latest) {
            Some(((start, first), (end, last))) if end > start => Value::Number((last - first) / (end - start)),
            _ => Value::Null,
        }
    }
}
