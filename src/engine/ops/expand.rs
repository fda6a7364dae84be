//! `mvexpand`: one row per value of a multivalue field, the other fields copied.
//!
//! A single value stays one row; a row without the field stays as it is. `limit` takes the first values only.

use super::{Each, Stage};
use crate::engine::driver::Run;
use crate::expr::FieldRef;
use crate::value::{Batch, Column, Value};

pub(super) fn open(field: &FieldRef, limit: usize) -> Box<dyn Stage + '_> {
    let limit = if limit == 0 { usize::MAX } else { limit };
    Box::new(Each(move |batch: Batch, run: &Run<'_>| {
        let Some(column) = batch.column(&field.name) else { return Ok(batch) };
        if !column.values().iter().any(|value| matches!(value, Value::List(_))) {
            return Ok(batch);
        }
        let mut rows = Vec::with_capacity(batch.rows());
        let mut values = Vec::with_capacity(batch.rows());
        for (row, value) in column.values().iter().enumerate() {
            if value.is_null() {
                rows.push(row);
                values.push(Value::Null);
            }
            for single in value.values().iter().take(limit) {
                rows.push(row);
                values.push(single.clone());
            }
            run.may_keep(rows.len())?;
        }
        let mut result = batch.take(&rows);
        result.set(field.name.clone(), Column::new(values));
        Ok(result)
    }))
}
