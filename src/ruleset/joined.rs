//! Subsearches of `join`: of their rows, only those can matter whose keys a row of the outer search has.
//!
//! Splunk runs the subsearch first. Here the rows of both are there when events end, so the few rows of the one choose
//! among the many of the other, before these are grouped.

use super::unchanged::Unchanged;
use crate::ir::op::Join;
use crate::ir::{Plan, PlanFlow};
use crate::value::{Batch, Name, Pile, Value};
use std::collections::HashSet;

/// How the rows of a subsearch and of its outer search meet.
#[derive(Debug)]
pub(super) struct Joined<'p> {
    pub(super) outer: &'p Plan,
    keys: Vec<Key>,
}

/// A field by which rows are joined.
#[derive(Clone, Debug)]
struct Key {
    /// What it is in the rows that the outer search begins with, and the text of those without it.
    outer: (Name, Option<Value>),
    /// What it is in the rows that the subsearch begins with, and the text of those without it.
    inner: (Name, Option<Value>),
}

impl<'p> Joined<'p> {
    /// `None` unless all keys are fields of the rows on both sides, and rows with other keys change nothing.
    pub(super) fn of(
        outer: &'p Plan,
        outer_flow: &PlanFlow,
        at: usize,
        join: &Join,
        inner_flow: &PlanFlow,
    ) -> Option<Self> {
        let mut before = Unchanged::new(outer, outer_flow);
        let mut inside = Unchanged::new(&join.plan, inner_flow);
        let known = (1..at).all(|step| before.pass(step)) && (1..join.plan.steps.len()).all(|step| inside.pass(step));
        if !known || join.fields.is_empty() {
            return None;
        }
        let side = |unchanged: &Unchanged<'_>, name: &str| {
            let origin = unchanged.origin(name)?.clone();
            let text = unchanged.filled(&origin).cloned();
            Some((origin, text))
        };
        let key = |name: &str| Some(Key { outer: side(&before, name)?, inner: side(&inside, name)? });
        let keys = join.fields.iter().map(|field| key(&field.name)).collect::<Option<Vec<Key>>>()?;
        Some(Self { outer, keys })
    }
}

/// The values that the rows of an outer search have in their keys.
pub(super) struct Keys {
    /// The field of the subsearch's rows, the text of those without it, and the values.
    fields: Vec<(Name, Option<Value>, HashSet<String>)>,
}

impl Keys {
    pub(super) fn of(joined: &Joined<'_>, rows: &Pile) -> Self {
        let field = |key: &Key| {
            let mut values = HashSet::new();
            let mut add = |value: &Value| {
                if !values.contains(&*value.to_text()) {
                    values.insert(value.to_text().into_owned());
                }
            };
            let (name, missing) = &key.outer;
            for batch in rows.batches() {
                match batch.column(name) {
                    Some(column) => each(column.values(), missing.as_ref(), &mut add),
                    None => missing.iter().for_each(&mut add),
                }
            }
            (key.inner.0.clone(), key.inner.1.clone(), values)
        };
        Self { fields: joined.keys.iter().map(field).collect() }
    }

    /// The rows that may meet one of the outer search.
    pub(super) fn choose(&self, batch: Batch) -> Batch {
        let mut kept = vec![true; batch.rows()];
        for (name, missing, wanted) in &self.fields {
            let is_wanted = |value: &Value| wanted.contains(&*value.to_text());
            for (row, kept) in kept.iter_mut().enumerate().filter(|(_, kept)| **kept) {
                let mut any = false;
                each(std::slice::from_ref(batch.value(row, name)), missing.as_ref(), &mut |value| {
                    any |= is_wanted(value);
                });
                *kept = any;
            }
        }
        let rows: Vec<usize> = (0..batch.rows()).filter(|&row| kept[row]).collect();
        if rows.len() == batch.rows() { batch } else { batch.take(&rows) }
    }
}

/// Every single value; `missing` where there is none.
fn each(values: &[Value], missing: Option<&Value>, found: &mut dyn FnMut(&Value)) {
    for value in values {
        match value {
            Value::Null => missing.into_iter().for_each(&mut *found),
            value => value.values().iter().for_each(&mut *found),
        }
    }
}
