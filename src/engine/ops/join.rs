//! `join`: combines rows with those of a subsearch by equal keys.
//!
//! - Keys compare as text, case-sensitive; a multivalue is compared as its joined text. A null key never matches.
//! - The order is that of the rows that came in; the matches of one row come in the order of the subsearch.
//! - Fields of the subsearch replace fields of the same name (unless `overwrite=false`), but a null replaces nothing.
//! - Without key fields, the fields that both sides have are the key (internal ones left out).

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::engine::group;
use crate::engine::outcome::Failure;
use crate::ir::op::Join;
use crate::value::{Batch, Column, Name, Value};
use std::collections::HashMap;

pub(super) fn open<'p>(join: &'p Join, run: &Run<'_>) -> Result<Box<dyn Stage + 'p>, Failure> {
    // Splunk runs the subsearch first.
    let right = run.inner(&join.plan, None)?;
    let written: Vec<Name> = join.fields.iter().map(|field| field.name.clone()).collect();
    let mut side = Right::new(right, written);
    if !join.fields.is_empty() {
        return Ok(Box::new(PerBatch { join, side }));
    }
    Ok(Box::new(Whole::new(move |rows: Batch, run: &Run<'_>| {
        let common = rows.names().filter(|name| !name.starts_with('_') && side.rows.column(name).is_some());
        let common = common.cloned().collect();
        side = Right::new(std::mem::take(&mut side.rows), common);
        side.join(&rows, join, run)
    })))
}

struct PerBatch<'p> {
    join: &'p Join,
    side: Right,
}

impl Stage for PerBatch<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.side.join(&batch, self.join, run).map(Some)
    }
}

/// The rows of the subsearch by key.
struct Right {
    rows: Batch,
    fields: Vec<Name>,
    index: HashMap<Vec<u8>, Vec<usize>>,
}

impl Right {
    fn new(rows: Batch, fields: Vec<Name>) -> Self {
        let mut index: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for row in 0..rows.rows() {
            if let Some(key) = key(&rows, &fields, row) {
                index.entry(key).or_default().push(row);
            }
        }
        Self { rows, fields, index }
    }

    fn join(&self, left: &Batch, join: &Join, run: &Run<'_>) -> Result<Batch, Failure> {
        let max = if join.max == 0 { usize::MAX } else { join.max };
        let mut order: Vec<usize> = Vec::new();
        let mut partner: Vec<Option<usize>> = Vec::new();
        for row in 0..left.rows() {
            let matches = key(left, &self.fields, row).and_then(|key| self.index.get(&key));
            for &other in matches.into_iter().flatten().take(max) {
                order.push(row);
                partner.push(Some(other));
            }
            if matches.is_none() && join.outer {
                order.push(row);
                partner.push(None);
            }
            run.may_keep(order.len())?;
        }
        let mut result = left.take(&order);
        for (name, column) in self.rows.columns() {
            if self.fields.contains(name) {
                continue;
            }
            let old = result.column(name).cloned();
            let merged = partner.iter().enumerate().map(|(row, other)| {
                let old = old.as_ref().map_or(&Value::Null, |column| &column.values()[row]);
                let new = other.map_or(&Value::Null, |other| &column.values()[other]);
                let take_new = !new.is_null() && (join.overwrite || old.is_null());
                if take_new { new.clone() } else { old.clone() }
            });
            let merged = Column::new(merged.collect());
            result.set(name.clone(), merged);
        }
        Ok(result)
    }
}

fn key(rows: &Batch, fields: &[Name], row: usize) -> Option<Vec<u8>> {
    let mut key = Vec::new();
    for field in fields {
        let value = rows.value(row, field);
        if value.is_null() {
            return None;
        }
        group::push_key(&mut key, &Value::text(value.to_text()));
    }
    (!fields.is_empty()).then_some(key)
}
