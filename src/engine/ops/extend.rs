//! `eval`: computes fields, one after the other; a later one sees the earlier ones.
//!
//! Null removes the field from the row. A target put together from field values (`{f}`) names the field per row; if a
//! part is null, or the whole name is empty, nothing is made.

use super::{Each, Stage};
use crate::engine::driver::Run;
use crate::engine::outcome::{Failure, FailureKind};
use crate::expr::eval;
use crate::ir::op::{Assignment, Target, TargetPart};
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;

/// The most fields that one assignment with a template may make in a batch: names come from data.
const MAX_TEMPLATE_FIELDS: usize = 4096;

pub(in crate::engine) fn open(assignments: &[Assignment]) -> Box<dyn Stage + '_> {
    Box::new(Each(move |mut batch: Batch, run: &Run<'_>| {
        for assignment in assignments {
            let column = eval::eval(&assignment.value, &batch, run.context());
            match &assignment.target {
                Target::Name(name) => batch.set(name.clone(), eval::stored(column)),
                Target::Template(parts) => set_by_template(&mut batch, parts, &column)?,
            }
        }
        Ok(batch)
    }))
}

fn set_by_template(batch: &mut Batch, parts: &[TargetPart], column: &Column) -> Result<(), Failure> {
    let mut made: IndexMap<String, Column> = IndexMap::new();
    for (row, value) in column.values().iter().enumerate() {
        let Some(name) = name_of(batch, parts, row) else { continue };
        let old = || batch.column(&name).cloned().unwrap_or_else(|| Column::repeat(Value::Null, batch.rows()));
        made.entry(name.clone()).or_insert_with(old).values_mut()[row] = value.clone();
        if made.len() > MAX_TEMPLATE_FIELDS {
            let text = format!("`eval` makes more than {MAX_TEMPLATE_FIELDS} fields from values");
            return Err(Failure::new(FailureKind::Limit, text));
        }
    }
    for (name, column) in made {
        batch.set(Name::from(name), eval::stored(column));
    }
    Ok(())
}

fn name_of(batch: &Batch, parts: &[TargetPart], row: usize) -> Option<String> {
    let mut name = String::new();
    for part in parts {
        match part {
            TargetPart::Text(text) => name.push_str(text),
            TargetPart::Field(field) => {
                let value = batch.value(row, &field.name);
                if value.is_null() {
                    return None;
                }
                name.push_str(&value.to_text());
            }
        }
    }
    (!name.is_empty()).then_some(name)
}
