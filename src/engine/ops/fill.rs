//! Replaces nulls by a constant.
//!
//! A listed field that exists nowhere is made in every row. Without a list, and for patterns, the fields of the whole
//! result set that have a value in some row are filled, so all rows are awaited. An empty text is no null.

use super::{Each, Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::Selector;
use crate::ir::wildcard;
use crate::value::{Batch, Column, Name, Value};

pub(super) fn open<'p>(value: &'p Value, fields: &'p [Selector]) -> Box<dyn Stage + 'p> {
    let work = move |mut batch: Batch, _run: &Run<'_>| {
        for name in names(&batch, fields) {
            fill(&mut batch, &name, value);
        }
        Ok(batch)
    };
    if fields.is_empty() || fields.iter().any(|field| wildcard::is_pattern(&field.name)) {
        Box::new(Whole::new(work))
    } else {
        Box::new(Each(work))
    }
}

fn names(batch: &Batch, fields: &[Selector]) -> Vec<Name> {
    let with_value = || {
        let filled = batch.columns().filter(|(_, column)| column.values().iter().any(|value| !value.is_null()));
        filled.map(|(name, _)| name.clone())
    };
    if fields.is_empty() {
        return with_value().filter(|name| !name.starts_with('_')).collect();
    }
    let mut names = Vec::new();
    for field in fields {
        if wildcard::is_pattern(&field.name) {
            names.extend(with_value().filter(|name| wildcard::matches(&field.name, name)));
        } else {
            names.push(field.name.clone());
        }
    }
    names
}

fn fill(batch: &mut Batch, name: &Name, value: &Value) {
    let Some(column) = batch.column(name) else {
        batch.set(name.clone(), Column::repeat(value.clone(), batch.rows()));
        return;
    };
    if !column.values().iter().any(Value::is_null) {
        return;
    }
    let mut column = column.clone();
    for old in column.values_mut() {
        if old.is_null() {
            *old = value.clone();
        }
    }
    batch.set(name.clone(), column);
}
