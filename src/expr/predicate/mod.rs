//! Evaluates search expressions over batches.
//!
//! Logic is two-valued: a comparison with a field that the row lacks is false, and NOT makes it true. A multivalue
//! satisfies a comparison if one of its values does.

mod keyword;
pub mod relax;
mod time_bound;

pub use keyword::Keyword;
/// Fields that say where an event comes from. Every event has them, whatever is extracted from its text.
pub const METADATA: &[&str] = &["host", "index", "source", "sourcetype"];

pub use time_bound::{Side, TimeBound, TimeField};

use super::{Context, Predicate};
use crate::spl::ast::CompareOp;
use crate::value::pattern::{self, Pattern};
use crate::value::{Batch, Value};
use std::collections::{HashMap, HashSet};

/// Patterns of one list from which on its texts are looked up instead of compared one by one.
const MANY: usize = 8;
/// Rows after which it shows whether remembering results of a column pays.
const MEMO_TRIAL: usize = 256;

/// Whether each row satisfies the predicate.
///
/// A time bound counts like any comparison of `_time`. A subsearch that has not been replaced by its rows is false.
pub fn select(predicate: &Predicate, batch: &Batch, context: &Context) -> Vec<bool> {
    let mut rows = vec![true; batch.rows()];
    refine(predicate, batch, context, &mut rows);
    rows
}

/// Turns off the rows that do not satisfy the predicate; rows that are off already are not looked at.
fn refine(predicate: &Predicate, batch: &Batch, context: &Context, rows: &mut [bool]) {
    match predicate {
        Predicate::And(terms) => {
            for term in terms {
                if !rows.contains(&true) {
                    break;
                }
                refine(term, batch, context, rows);
            }
        }
        Predicate::Or(terms) => {
            // Rows that no term has accepted so far.
            let mut open = rows.to_vec();
            for term in terms {
                if !open.contains(&true) {
                    break;
                }
                let mut accepted = open.clone();
                refine(term, batch, context, &mut accepted);
                for (open, accepted) in open.iter_mut().zip(accepted) {
                    *open &= !accepted;
                }
            }
            for (row, open) in rows.iter_mut().zip(open) {
                *row &= !open;
            }
        }
        Predicate::Not(term) => {
            let mut accepted = rows.to_vec();
            refine(term, batch, context, &mut accepted);
            for (row, accepted) in rows.iter_mut().zip(accepted) {
                *row &= !accepted;
            }
        }
        Predicate::Compare { field, op, pattern } => compare(&field.name, *op, pattern, batch, rows),
        Predicate::In { field, patterns } => within(&field.name, patterns, batch, rows),
        Predicate::Keyword(keyword) => test(batch, "_raw", rows, |value| keyword.matches_value(value)),
        Predicate::TimeBound(bound) => match bound.resolve(context) {
            Some(limit) => test(batch, bound.field(), rows, |value| bound.admits(value, limit)),
            None => rows.fill(false),
        },
        Predicate::Subsearch(_) => rows.fill(false),
    }
}

/// Applies a test to the values of a field. A missing column is null in every row.
fn test(batch: &Batch, field: &str, rows: &mut [bool], test: impl Fn(&Value) -> bool) {
    if let Some(column) = batch.column(field) {
        for (row, value) in rows.iter_mut().zip(column.values()) {
            *row = *row && test(value);
        }
    } else if !test(&Value::Null) {
        rows.fill(false);
    }
}

fn compare(field: &str, op: CompareOp, pattern: &Pattern, batch: &Batch, rows: &mut [bool]) {
    // Exact patterns cost less than looking up what was remembered.
    if pattern.exact().is_some() || pattern.is_any() {
        test(batch, field, rows, |value| pattern.compare(op, value));
    } else {
        remembered(batch, field, rows, |value| pattern.compare(op, value));
    }
}

fn within(field: &str, patterns: &[Pattern], batch: &Batch, rows: &mut [bool]) {
    if patterns.len() < MANY {
        return remembered(batch, field, rows, |value| {
            patterns.iter().any(|pattern| pattern.compare(CompareOp::Eq, value))
        });
    }
    let exact: HashSet<&str> = patterns.iter().filter_map(Pattern::exact).collect();
    let others: Vec<&Pattern> = patterns.iter().filter(|pattern| pattern.exact().is_none()).collect();
    let single = |value: &Value| {
        pattern::with_folded(&value.to_text(), |folded| {
            exact.contains(folded) || others.iter().any(|pattern| pattern.matches_folded(folded))
        })
    };
    remembered(batch, field, rows, |value| value.values().iter().any(single));
}

/// As [`test`], once per distinct text; gives up remembering if texts hardly repeat.
fn remembered(batch: &Batch, field: &str, rows: &mut [bool], test_value: impl Fn(&Value) -> bool) {
    let Some(column) = batch.column(field) else { return test(batch, field, rows, test_value) };
    let mut known: HashMap<&str, bool> = HashMap::new();
    let (mut asked, mut hits) = (0_usize, 0_usize);
    for (row, value) in rows.iter_mut().zip(column.values()) {
        if !*row {
            continue;
        }
        *row = match value {
            Value::Text(text) if asked < MEMO_TRIAL || hits * 4 >= asked => {
                asked += 1;
                if let Some(known) = known.get(&**text) {
                    hits += 1;
                    *known
                } else {
                    let result = test_value(value);
                    known.insert(text, result);
                    result
                }
            }
            other => test_value(other),
        };
    }
}

#[cfg(test)]
mod tests;
