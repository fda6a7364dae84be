//! `rex`: named groups of a regular expression become fields.
//!
//! - The pattern is tried on each value of the field; without a hit nothing changes, and a group that took no part in
//!   any hit sets nothing.
//! - With `max_match` other than 1 a group that hits more than once becomes a multivalue, in the order of the hits.

use super::{Each, Stage};
use crate::engine::driver::Run;
use crate::engine::evaluate;
use crate::ir::op::Extract;
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;

pub(super) fn open(extract: &Extract) -> Box<dyn Stage + '_> {
    let hits = if extract.max_match == 0 { usize::MAX } else { extract.max_match };
    Box::new(Each(move |mut batch: Batch, _run: &Run<'_>| {
        let Some(input) = batch.column(&extract.field.name).cloned() else { return Ok(batch) };
        let mut made: IndexMap<Name, Column> = IndexMap::new();
        let mut found: IndexMap<Name, Vec<Value>> = IndexMap::new();
        for (row, value) in input.values().iter().enumerate() {
            for single in value.values() {
                evaluate::captures(&extract.regex, &single.to_text(), hits, &mut |group, text| match found
                    .get_mut(group)
                {
                    Some(values) => values.push(Value::text(text)),
                    None => drop(found.insert(group.into(), vec![Value::text(text)])),
                });
            }
            for (name, mut values) in found.drain(..) {
                if extract.max_match == 1 {
                    values.truncate(1);
                }
                let rows = batch.rows();
                let old = || batch.column(&name).cloned().unwrap_or_else(|| Column::repeat(Value::Null, rows));
                made.entry(name.clone()).or_insert_with(old).values_mut()[row] = Value::list(values);
            }
        }
        for (name, column) in made {
            batch.set(name, column);
        }
        Ok(batch)
    }))
}
