//! The first or the last rows, and rows in reverse order.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::engine::outcome::Failure;
use crate::value::Batch;

/// `last` gives the last rows, the very last one first.
pub(super) fn open<'p>(count: usize, last: bool) -> Box<dyn Stage + 'p> {
    if last { Box::new(Tail { count, rows: Batch::new(0) }) } else { Box::new(Head { left: count }) }
}

/// All rows, the last one first.
pub(super) fn open_reverse<'p>() -> Box<dyn Stage + 'p> {
    Box::new(Whole::new(|rows: Batch, _run: &Run<'_>| {
        let order: Vec<usize> = (0..rows.rows()).rev().collect();
        Ok(rows.take(&order))
    }))
}

struct Head {
    left: usize,
}

impl Stage for Head {
    fn push(&mut self, batch: Batch, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let kept = batch.rows().min(self.left);
        self.left -= kept;
        if kept == batch.rows() {
            return Ok(Some(batch));
        }
        let order: Vec<usize> = (0..kept).collect();
        Ok(Some(batch.take(&order)))
    }

    fn is_done(&self) -> bool {
        self.left == 0
    }
}

struct Tail {
    count: usize,
    rows: Batch,
}

impl Stage for Tail {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        run.may_keep(self.rows.rows() + batch.rows())?;
        self.rows.append(&batch);
        // Cutting only when twice too long keeps the copying linear.
        if self.rows.rows() > self.count.saturating_mul(2) {
            let order: Vec<usize> = (self.rows.rows() - self.count..self.rows.rows()).collect();
            self.rows = self.rows.take(&order);
        }
        Ok(None)
    }

    fn finish(&mut self, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let rows = self.rows.rows();
        let order: Vec<usize> = (rows.saturating_sub(self.count)..rows).rev().collect();
        Ok(Some(self.rows.take(&order)))
    }
}
