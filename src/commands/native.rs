//! Frames for native operations: one that works batch by batch, one that needs all rows at once; and columns whose names
//! come from the data.

use crate::expr::Context;
use crate::ir::Operator;
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;

/// Most rows that an operation which needs all of them takes.
const MAX_ROWS: usize = 5_000_000;

/// What a native operation does with a batch, or with all rows as one batch.
pub(super) trait Apply: Send + Clone + 'static {
    /// The rows behind the operation.
    fn apply(&self, batch: Batch, context: &Context) -> Result<Batch, String>;
}

/// Runs an operation on each batch by itself.
pub(super) fn streaming(op: &impl Apply) -> Box<dyn Operator> {
    Box::new(Streaming(op.clone()))
}

/// Runs an operation once, on all rows.
pub(super) fn gathered(op: &impl Apply) -> Box<dyn Operator> {
    Box::new(Gathered { op: op.clone(), rows: Batch::new(0) })
}

struct Streaming<T>(T);

impl<T: Apply> Operator for Streaming<T> {
    fn push(&mut self, batch: Batch, context: &Context) -> Result<Option<Batch>, String> {
        self.0.apply(batch, context).map(Some)
    }

    fn finish(&mut self, _: &Context) -> Result<Option<Batch>, String> {
        Ok(None)
    }
}

struct Gathered<T> {
    op: T,
    rows: Batch,
}

impl<T: Apply> Operator for Gathered<T> {
    fn push(&mut self, batch: Batch, _: &Context) -> Result<Option<Batch>, String> {
        if self.rows.rows() + batch.rows() > MAX_ROWS {
            return Err(format!("more than {MAX_ROWS} rows have to be held at once"));
        }
        self.rows.append(&batch);
        Ok(None)
    }

    fn finish(&mut self, context: &Context) -> Result<Option<Batch>, String> {
        self.op.apply(std::mem::take(&mut self.rows), context).map(Some)
    }
}

/// Most columns that the data of one batch may make.
const MAX_COLUMNS: usize = 10_000;

/// Values for columns whose names come from the data. A field that the batch has is overwritten in the rows set.
pub(super) struct Made<'b> {
    batch: &'b Batch,
    columns: IndexMap<Name, Column>,
}

impl<'b> Made<'b> {
    pub(super) fn new(batch: &'b Batch) -> Self {
        Self { batch, columns: IndexMap::new() }
    }

    /// Sets a value of a row; a null sets nothing.
    pub(super) fn set(&mut self, row: usize, name: &Name, value: Value) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        if !self.columns.contains_key(name) && self.columns.len() >= MAX_COLUMNS {
            return Err(format!("the values of a field name more than {MAX_COLUMNS} fields"));
        }
        let batch = self.batch;
        let old = || batch.column(name).cloned().unwrap_or_else(|| Column::repeat(Value::Null, batch.rows()));
        self.columns.entry(name.clone()).or_insert_with(old).values_mut()[row] = value;
        Ok(())
    }

    /// The batch with the new columns, in the order in which they were first set.
    pub(super) fn finish(self) -> Batch {
        let mut batch = self.batch.clone();
        for (name, column) in self.columns {
            batch.set(name, column);
        }
        batch
    }
}
