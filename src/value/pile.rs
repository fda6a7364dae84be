//! Rows that are kept until all are there.

use super::{Batch, Column, Name};
use indexmap::IndexSet;
use std::ops::ControlFlow;

/// Rows per batch that is handed on.
const BATCH: usize = 4096;
/// Values per batch that is put together of others, if it has more than one row.
const MAX_CELLS: usize = 1 << 18;

/// Batches in the order in which they came. Unlike a batch to which others are appended, it has no place for fields that a
/// row lacks: a million events of a thousand kinds take the room of what they hold.
#[derive(Clone, Debug, Default)]
pub struct Pile {
    batches: Vec<Batch>,
    rows: usize,
    cells: usize,
}

impl Pile {
    /// Puts rows on the pile.
    pub fn push(&mut self, batch: Batch) {
        if batch.is_empty() {
            return;
        }
        self.rows += batch.rows();
        self.cells += batch.rows() * batch.names().len();
        match self.batches.last_mut() {
            Some(last) if last.rows() + batch.rows() <= BATCH && alike(last, &batch) => last.append(&batch),
            _ => self.batches.push(batch),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Number of values, a measure of the memory that the rows take.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The batches in the order in which they came.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Hands on the batches in the order in which they came, until `sink` wants no more.
    pub fn in_order(self, sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) {
        for batch in self.batches {
            if sink(batch).is_break() {
                return;
            }
        }
    }

    /// Hands the rows on in descending order of `_time`; rows without a time come last. Ties stay in the order in which
    /// they came.
    pub fn newest_first(self, sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) {
        let mut order: Vec<Place> = Vec::with_capacity(self.rows);
        for (at, batch) in (0..).zip(&self.batches) {
            let times = batch.column("_time").map(Column::values);
            let time = |row: usize| times.and_then(|times| times[row].as_number());
            order.extend((0..batch.rows()).map(|row| (time(row), at, row as u32)));
        }
        order.sort_by(|a, b| match (a.0, b.0) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        for chunk in order.chunks(BATCH) {
            if self.hand_on(chunk, sink).is_break() {
                return;
            }
        }
    }

    /// Hands these rows on, in several batches if they have many different fields.
    fn hand_on(&self, rows: &[Place], sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut used: Vec<u32> = rows.iter().map(|row| row.1).collect();
        used.sort_unstable();
        used.dedup();
        if let [only] = used[..] {
            let rows: Vec<usize> = rows.iter().map(|row| row.2 as usize).collect();
            return sink(self.batches[only as usize].take(&rows));
        }
        let names: IndexSet<&Name, foldhash::fast::RandomState> =
            used.iter().flat_map(|&at| self.batches[at as usize].names()).collect();
        if names.len() * rows.len() > MAX_CELLS && rows.len() > 1 {
            let (first, second) = rows.split_at(rows.len() / 2);
            self.hand_on(first, sink)?;
            return self.hand_on(second, sink);
        }
        let parts: Vec<&Batch> = used.iter().map(|&at| &self.batches[at as usize]).collect();
        let place = |(_, at, row): &Place| (used.binary_search(at).unwrap_or_default(), *row as usize);
        let places: Vec<(usize, usize)> = rows.iter().map(place).collect();
        sink(Batch::gather(&parts, &places))
    }
}

/// The time of a row, its batch, and its place there.
type Place = (Option<f64>, u32, u32);

/// Whether two batches have the same columns.
fn alike(a: &Batch, b: &Batch) -> bool {
    a.names().len() == b.names().len() && a.names().all(|name| b.column(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn row(time: Option<f64>, name: &str, value: &str) -> Batch {
        let mut batch = Batch::new(1);
        batch.set("_time", Column::new(vec![time.map_or(Value::Null, Value::Number)]));
        batch.set(name, Column::new(vec![value.into()]));
        batch
    }

    fn pile() -> Pile {
        let mut pile = Pile::default();
        let rows = [
            (Some(2.0), "a", "1"),
            (None, "a", "2"),
            (Some(3.0), "b", "3"),
            (Some(2.0), "a", "4"),
            (Some(9.0), "b", "5"),
        ];
        for (time, name, value) in rows {
            pile.push(row(time, name, value));
        }
        pile
    }

    #[test]
    fn rows_come_back_in_either_order() {
        let values = |batch: &Batch, row: usize| {
            ["a", "b"].map(|name| batch.value(row, name)).into_iter().find(|value| !value.is_null()).cloned()
        };
        let mut newest = Vec::new();
        pile().newest_first(&mut |batch| {
            newest.extend((0..batch.rows()).map(|row| values(&batch, row)));
            ControlFlow::Continue(())
        });
        assert_eq!(newest, ["5", "3", "1", "4", "2"].map(|text| Some(text.into())));
        let mut came = Vec::new();
        pile().in_order(&mut |batch| {
            came.extend((0..batch.rows()).map(|row| values(&batch, row)));
            ControlFlow::Continue(())
        });
        assert_eq!(came, ["1", "2", "3", "4", "5"].map(|text| Some(text.into())));
    }

    #[test]
    fn only_what_a_batch_has_takes_room() {
        let pile = pile();
        assert_eq!((pile.rows(), pile.cells(), pile.batches.len()), (5, 10, 4));
    }
}
