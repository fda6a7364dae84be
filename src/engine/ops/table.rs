//! `inputlookup` and `outputlookup`.
//!
//! Rows come in file order; internal columns are not written. A written table replaces the lookup's rows for the rest of
//! the run and keeps its matching rules; a lookup that did not exist is made. Lists are written joined by a blank.

use super::{Stage, filter};
use crate::engine::driver::Run;
use crate::engine::outcome::Failure;
use crate::expr::Predicate;
use crate::lookup::Lookup;
use crate::value::{Batch, Column, Name, Value};

/// The rows of a lookup that satisfy the filter, without the first `start`, at most `max`.
pub(in crate::engine) fn read(
    name: &Name,
    predicate: &Predicate,
    start: usize,
    max: Option<usize>,
    run: &Run<'_>,
) -> Result<Batch, Failure> {
    let lookup = run.lookup(name)?;
    let rows = filter::select(predicate, &lookup.rows, run.context());
    let end = max.map_or(rows.rows(), |max| start.saturating_add(max).min(rows.rows()));
    if start == 0 && end == rows.rows() {
        return Ok(rows);
    }
    let order: Vec<usize> = (start.min(end)..end).collect();
    Ok(rows.take(&order))
}

pub(super) fn open_append(name: &Name, filter: Predicate, start: usize, max: Option<usize>) -> Box<dyn Stage + '_> {
    Box::new(AppendTable { name, filter, start, max })
}

struct AppendTable<'p> {
    name: &'p Name,
    filter: Predicate,
    start: usize,
    max: Option<usize>,
}

impl Stage for AppendTable<'_> {
    fn push(&mut self, batch: Batch, _run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        Ok(Some(batch))
    }

    /// Reads the table only now: an `outputlookup` before it has written.
    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        read(self.name, &self.filter, self.start, self.max, run).map(Some)
    }
}

/// `append` adds to the rows that the table has; without rows to write the table is emptied only if `empty_replaces`.
pub(super) fn open_write(name: &Name, append: bool, empty_replaces: bool) -> Box<dyn Stage + '_> {
    Box::new(Write { name, append, empty_replaces, rows: Batch::new(0) })
}

struct Write<'p> {
    name: &'p Name,
    append: bool,
    empty_replaces: bool,
    rows: Batch,
}

impl Stage for Write<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        run.may_keep(self.rows.rows() + batch.rows())?;
        self.rows.append(&batch);
        Ok(None)
    }

    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() && !self.empty_replaces {
            return Ok(Some(rows));
        }
        let name = self.name;
        let old = run.lookup(name).ok();
        let mut lookup = old.as_deref().map_or_else(|| Lookup::new(name.clone(), Batch::new(0)), Lookup::clone);
        let mut written = written(&rows);
        if self.append {
            lookup.rows.append(&written);
        } else {
            // Columns that the table had stay known, without values.
            for column in lookup.rows.names() {
                if written.column(column).is_none() {
                    written.set(column.clone(), Column::repeat(Value::Null, written.rows()));
                }
            }
            lookup.rows = written;
        }
        run.may_keep(lookup.rows.rows())?;
        run.write_lookup(name, lookup);
        Ok(Some(rows))
    }
}

fn written(rows: &Batch) -> Batch {
    let mut table = Batch::new(rows.rows());
    for (name, column) in rows.columns() {
        if !name.starts_with('_') {
            table.set(name.clone(), Column::new(column.values().iter().map(cell).collect()));
        }
    }
    table
}

fn cell(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::List(values) => {
            Value::text(values.iter().map(|value| value.to_text().into_owned()).collect::<Vec<_>>().join(" "))
        }
        single => Value::text(single.to_text()),
    }
}
