//! `sort`: orders rows. Stable; a missing value comes last in either direction.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::{SortKey, SortKind};
use crate::value::compare::{self, Key};
use crate::value::{Batch, Value};
use std::cmp::Ordering;

/// Keeps the first `limit` rows; 0 keeps all.
pub(super) fn open(keys: &[SortKey], limit: usize) -> Box<dyn Stage + '_> {
    Box::new(Whole::new(move |rows: Batch, _run: &Run<'_>| {
        let columns: Vec<Sorted<'_>> = keys.iter().map(|key| Sorted::new(&rows, key)).collect();
        let mut order: Vec<usize> = (0..rows.rows()).collect();
        order.sort_by(|&a, &b| {
            columns.iter().fold(Ordering::Equal, |order, column| order.then_with(|| column.compare(a, b)))
        });
        if limit > 0 {
            order.truncate(limit);
        }
        Ok(rows.take(&order))
    }))
}

/// The values of one key, read once where that pays.
struct Sorted<'a> {
    values: Vec<&'a Value>,
    /// For [`SortKind::Auto`].
    keys: Vec<Key<'a>>,
    key: &'a SortKey,
}

impl<'a> Sorted<'a> {
    fn new(rows: &'a Batch, key: &'a SortKey) -> Self {
        let values: Vec<&Value> = (0..rows.rows()).map(|row| rows.value(row, &key.field.name)).collect();
        let keys = match key.kind {
            SortKind::Auto => values.iter().map(|value| Key::of(value)).collect(),
            SortKind::Number | SortKind::Text | SortKind::Address => Vec::new(),
        };
        Self { values, keys, key }
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let (left, right) = (self.values[a], self.values[b]);
        if left.is_null() || right.is_null() {
            return left.is_null().cmp(&right.is_null());
        }
        let order = match self.key.kind {
            SortKind::Auto => self.keys[a].cmp(&self.keys[b]),
            SortKind::Number => compare::number(left, right),
            SortKind::Text => compare::text(left, right),
            SortKind::Address => compare::address(left, right),
        };
        if self.key.descending { order.reverse() } else { order }
    }
}
