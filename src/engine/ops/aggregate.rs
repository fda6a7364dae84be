//! `stats`: one row per group, with the by-fields and the aggregates only.
//!
//! Without by-fields there is always exactly one row, also for no input. Rows come ascending by the by-fields, compared
//! as text bytes in the order written.

use super::Stage;
use crate::engine::driver::Run;
use crate::engine::outcome::Failure;
use crate::engine::summary::Summary;
use crate::ir::op::Aggregation;
use crate::value::Batch;

pub(super) fn open(aggregation: &Aggregation) -> Result<Box<dyn Stage + '_>, Failure> {
    Ok(Box::new(Aggregate(Summary::new(&aggregation.aggregates, &aggregation.by)?)))
}

struct Aggregate<'p>(Summary<'p>);

impl Stage for Aggregate<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.0.add(&batch, run, |_, _| ()).map(|()| None)
    }

    fn finish(&mut self, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        self.0.take_rows().map(Some)
    }
}
