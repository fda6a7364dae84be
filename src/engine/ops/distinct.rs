//! `dedup`: keeps the first rows of each combination of values of the named fields.
//!
//! "First" is by input order. Values compare as text, case-sensitive; a multivalue is one key as a whole. A row that
//! lacks one of the fields goes, unless `keep_empty`.

use super::{Each, Stage};
use crate::engine::driver::Run;
use crate::engine::group;
use crate::engine::outcome::Failure;
use crate::ir::op::Distinct;
use crate::value::{Batch, Column, Value};
use std::collections::HashMap;

pub(super) fn open(distinct: &Distinct) -> Box<dyn Stage + '_> {
    let mut state = State { distinct, seen: HashMap::new(), run_key: None, run_length: 0 };
    // The keys seen so far are no rows that could be lost, so a `head` behind may still stop the source.
    Box::new(Each(move |batch: Batch, run: &Run<'_>| state.take(&batch, run)))
}

struct State<'p> {
    distinct: &'p Distinct,
    seen: HashMap<Box<[u8]>, usize>,
    run_key: Option<Box<[u8]>>,
    run_length: usize,
}

impl State<'_> {
    fn take(&mut self, batch: &Batch, run: &Run<'_>) -> Result<Batch, Failure> {
        let columns: Vec<Option<&Column>> =
            self.distinct.fields.iter().map(|field| batch.column(&field.name)).collect();
        let mut kept = Vec::new();
        let mut emptied = Vec::new();
        let mut key = Vec::new();
        for row in 0..batch.rows() {
            key.clear();
            let mut complete = true;
            for column in &columns {
                let value = column.map_or(&Value::Null, |column| &column.values()[row]);
                complete &= !value.is_null();
                group::push_key(&mut key, value);
            }
            let keep = if complete { self.count(&key) <= self.distinct.count } else { self.distinct.keep_empty };
            if keep {
                kept.push(row);
            } else if self.distinct.keep_events {
                emptied.push(row);
                kept.push(row);
            }
        }
        run.may_group(self.seen.len())?;
        if kept.len() == batch.rows() && emptied.is_empty() {
            return Ok(batch.clone());
        }
        let mut result = batch.take(&kept);
        if !emptied.is_empty() {
            self.empty_keys(&mut result, &kept, &emptied);
        }
        Ok(result)
    }

    /// How often the key has come, this time included.
    fn count(&mut self, key: &[u8]) -> usize {
        if self.distinct.consecutive {
            if self.run_key.as_deref() == Some(key) {
                self.run_length += 1;
            } else {
                self.run_key = Some(key.into());
                self.run_length = 1;
            }
            return self.run_length;
        }
        if let Some(count) = self.seen.get_mut(key) {
            *count += 1;
            return *count;
        }
        self.seen.insert(key.into(), 1);
        1
    }

    fn empty_keys(&self, result: &mut Batch, kept: &[usize], emptied: &[usize]) {
        for field in &self.distinct.fields {
            let Some(column) = result.column(&field.name) else { continue };
            let mut column = column.clone();
            for (value, row) in column.values_mut().iter_mut().zip(kept) {
                if emptied.binary_search(row).is_ok() {
                    *value = Value::Null;
                }
            }
            result.set(field.name.clone(), column);
        }
    }
}
