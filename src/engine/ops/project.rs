//! Keeps, removes or orders fields.
//!
//! - Keeping and removing work on every batch alone. Internal fields (`_time`, `_raw`) stay unless they are removed by
//!   name or by a pattern that begins with `_`.
//! - `table` keeps exactly the listed fields in the order written; a pattern gives the fields of the whole result set
//!   in name order, so with one all rows are awaited. A listed field that no row has is no column.

use super::{Each, Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::{ProjectMode, Selector};
use crate::ir::wildcard;
use crate::value::{Batch, Name};

pub(super) fn open(mode: ProjectMode, fields: &[Selector]) -> Box<dyn Stage + '_> {
    let listed = |name: &str| fields.iter().any(|field| wildcard::matches(&field.name, name));
    match mode {
        ProjectMode::Keep => Box::new(Each(move |mut batch: Batch, _run: &Run<'_>| {
            batch.retain_columns(|name| name.starts_with('_') || listed(name));
            Ok(batch)
        })),
        ProjectMode::Remove => Box::new(Each(move |mut batch: Batch, _run: &Run<'_>| {
            batch.retain_columns(|name| !listed(name));
            Ok(batch)
        })),
        ProjectMode::Table if fields.iter().any(|field| wildcard::is_pattern(&field.name)) => {
            Box::new(Whole::new(|rows: Batch, _run: &Run<'_>| Ok(table(&rows, fields))))
        }
        ProjectMode::Table => Box::new(Each(|batch: Batch, _run: &Run<'_>| Ok(table(&batch, fields)))),
    }
}

fn table(batch: &Batch, fields: &[Selector]) -> Batch {
    let mut result = Batch::new(batch.rows());
    for field in fields {
        let mut names: Vec<&Name> = match batch.column(&field.name) {
            Some(_) => vec![&field.name],
            None => batch.names().filter(|name| wildcard::matches(&field.name, name)).collect(),
        };
        names.sort();
        for name in names {
            if let Some(column) = batch.column(name)
                && result.column(name).is_none()
            {
                result.set(name.clone(), column.clone());
            }
        }
    }
    result
}
