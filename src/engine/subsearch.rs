//! Rows of a subsearch as a condition.
//!
//! Every row is a condition that all its fields hold, and the rows are alternatives. Internal fields are ignored; a
//! multivalue is satisfied by any of its values; values compare as in any search: no letter case, `*` is a wildcard. No
//! rows give a condition that nothing satisfies.

use super::driver::Run;
use super::outcome::{Failure, FailureKind};
use crate::expr::{CompareOp, FieldRef, Predicate};
use crate::ir::Plan;
use crate::source::Span;
use crate::value::pattern::Pattern;
use crate::value::{Batch, Name, Value};

/// The predicate with its subsearches run and replaced.
pub(super) fn resolve(predicate: &Predicate, plan: &Plan, run: &Run<'_>) -> Result<Predicate, Failure> {
    let all = |list: &[Predicate]| list.iter().map(|inner| resolve(inner, plan, run)).collect::<Result<_, _>>();
    Ok(match predicate {
        Predicate::And(list) => Predicate::And(all(list)?),
        Predicate::Or(list) => Predicate::Or(all(list)?),
        Predicate::Not(inner) => Predicate::Not(Box::new(resolve(inner, plan, run)?)),
        Predicate::Subsearch(index) => {
            let inner = plan.subsearches.get(*index);
            let inner = inner.ok_or_else(|| Failure::new(FailureKind::Command, "the plan lacks a subsearch"))?;
            let rows = run.inner(inner, None)?;
            run.note(format!("a subsearch gives {} rows", rows.rows()));
            condition(&rows)?
        }
        Predicate::Compare { .. } | Predicate::In { .. } | Predicate::Keyword(_) | Predicate::TimeBound(_) => {
            predicate.clone()
        }
    })
}

/// Rows as a condition.
fn condition(rows: &Batch) -> Result<Predicate, Failure> {
    let fields: Vec<&Name> = rows.names().filter(|name| !name.starts_with('_')).collect();
    if let Some(raw) = fields.iter().find(|name| matches!(name.as_ref(), "search" | "query")) {
        let has_value = (0..rows.rows()).any(|row| !rows.value(row, raw).is_null());
        if has_value {
            let text = format!("a subsearch that returns search text in the field `{raw}` is not supported");
            return Err(Failure::new(FailureKind::Unsupported, text));
        }
    }
    // One field: a list of values, which is far cheaper than alternatives.
    if let [field] = fields.as_slice() {
        let values = rows.column(field).map_or(&[][..], |column| column.values());
        let mut texts: Vec<String> =
            values.iter().flat_map(Value::values).map(|value| value.to_text().into_owned()).collect();
        texts.sort();
        texts.dedup();
        if texts.is_empty() {
            return Ok(Predicate::Or(Vec::new()));
        }
        let patterns = texts.iter().map(|text| Pattern::new(text)).collect();
        return Ok(Predicate::In { field: reference(field), patterns });
    }
    let row_condition = |row: usize| {
        let held = |field: &&Name| compare(field, rows.value(row, field));
        let all: Vec<Predicate> = fields.iter().filter_map(held).collect();
        (!all.is_empty()).then_some(Predicate::And(all))
    };
    Ok(Predicate::Or((0..rows.rows()).filter_map(row_condition).collect()))
}

fn compare(field: &Name, value: &Value) -> Option<Predicate> {
    let pattern = |single: &Value| Pattern::new(&single.to_text());
    match value.values() {
        [] => None,
        [single] => Some(Predicate::Compare { field: reference(field), op: CompareOp::Eq, pattern: pattern(single) }),
        many => Some(Predicate::In { field: reference(field), patterns: many.iter().map(pattern).collect() }),
    }
}

fn reference(field: &Name) -> FieldRef {
    FieldRef::new(field.clone(), Span::default())
}
