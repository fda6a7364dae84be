//! `append` and `appendpipe`: rows of another plan after the rows that came in; `appendcols`: its columns beside them.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::engine::outcome::Failure;
use crate::ir::Plan;
use crate::value::{Batch, Column, Value};

/// The plan brings its own rows.
pub(super) fn open(plan: &Plan) -> Box<dyn Stage + '_> {
    Box::new(Append(plan))
}

/// The plan works on a copy of the rows that came in.
pub(super) fn open_pipe(plan: &Plan) -> Box<dyn Stage + '_> {
    Box::new(AppendPipe { plan, rows: Batch::new(0) })
}

/// Row by row in order; rows that only the subsearch has are left out. A null of the subsearch replaces nothing.
pub(super) fn open_columns(plan: &Plan, overwrite: bool) -> Box<dyn Stage + '_> {
    Box::new(Whole::new(move |mut rows: Batch, run: &Run<'_>| {
        let added = run.inner(plan, None)?;
        for (name, column) in added.columns() {
            let old = rows.column(name).cloned();
            let value = |row: usize| {
                let old = old.as_ref().map_or(&Value::Null, |column| &column.values()[row]);
                let new = column.values().get(row).filter(|new| !new.is_null() && (overwrite || old.is_null()));
                new.unwrap_or(old).clone()
            };
            let merged = Column::new((0..rows.rows()).map(value).collect());
            rows.set(name.clone(), merged);
        }
        Ok(rows)
    }))
}

struct Append<'p>(&'p Plan);

impl Stage for Append<'_> {
    fn push(&mut self, batch: Batch, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        Ok(Some(batch))
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        run.inner(self.0, None).map(Some)
    }
}

struct AppendPipe<'p> {
    plan: &'p Plan,
    rows: Batch,
}

impl Stage for AppendPipe<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        run.may_keep(self.rows.rows() + batch.rows())?;
        self.rows.append(&batch);
        Ok(None)
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let mut rows = std::mem::take(&mut self.rows);
        // A plan that begins with a row source (`map`, `inputlookup`) takes no rows.
        let produces = self.plan.steps.first().is_some_and(|step| super::produces_rows(&step.op));
        let added = run.inner(self.plan, (!produces).then(|| rows.clone()))?;
        run.may_keep(rows.rows() + added.rows())?;
        rows.append(&added);
        Ok(Some(rows))
    }
}
