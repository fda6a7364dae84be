//! Counts and collections of values.

use super::Accumulator;
use crate::value::{Value, compare};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most values that `list` keeps.
const LIST: usize = 100;

fn text(value: &Value) -> Arc<str> {
    match value {
        Value::Text(text) => text.clone(),
        other => other.to_text().into(),
    }
}

/// `count`: a multivalue counts as many as it has values.
#[derive(Default)]
pub(super) struct Count(u64);

impl Accumulator for Count {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        self.0 += value.values().len() as u64;
    }

    fn finish(&self) -> Value {
        Value::Number(self.0 as f64)
    }
}

/// `dc`.
#[derive(Default)]
pub(super) struct Distinct(HashSet<Arc<str>>);

impl Accumulator for Distinct {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for single in value.values() {
            match single {
                Value::Text(known) if self.0.contains(&**known) => {}
                single => drop(self.0.insert(text(single))),
            }
        }
    }

    fn finish(&self) -> Value {
        Value::Number(self.0.len() as f64)
    }
}

/// `estdc_error`.
pub(super) struct Zero;

impl Accumulator for Zero {
    fn add(&mut self, _: &Value, _: Option<f64>) {}

    fn finish(&self) -> Value {
        Value::Number(0.0)
    }
}

/// `values`.
#[derive(Default)]
pub(super) struct Values(HashMap<Arc<str>, Value>);

impl Accumulator for Values {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for single in value.values() {
            match single {
                Value::Text(known) if self.0.contains_key(&**known) => {}
                single => drop(self.0.entry(text(single)).or_insert_with(|| single.clone())),
            }
        }
    }

    fn finish(&self) -> Value {
        let mut values: Vec<Value> = self.0.values().cloned().collect();
        values.sort_by(compare::text);
        Value::list(values)
    }
}

/// `list`.
#[derive(Default)]
pub(super) struct List(Vec<Value>);

impl Accumulator for List {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        let room = LIST - self.0.len();
        self.0.extend(value.values().iter().take(room).cloned());
    }

    fn finish(&self) -> Value {
        Value::list(self.0.iter().cloned())
    }
}

/// `mode`.
#[derive(Default)]
pub(super) struct Mode(IndexMap<Arc<str>, (u64, Value)>);

impl Accumulator for Mode {
    fn add(&mut self, value: &Value, _: Option<f64>) {
        for single in value.values() {
            self.0.entry(text(single)).or_insert_with(|| (0, single.clone())).0 += 1;
        }
    }

    fn finish(&self) -> Value {
        let most = self.0.values().reduce(|best, next| if next.0 > best.0 { next } else { best });
        most.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}
