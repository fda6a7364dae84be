//! Frames for native operations: one that works batch by batch, one that needs all rows at once.

use crate::expr::Context;
use crate::ir::Operator;
use crate::value::Batch;

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
