//! Gathers the fields that one extraction finds, and joins them with those that an event has.

use crate::ir::Fields;
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// What becomes of a further value for a field that has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Further {
    /// It is dropped: the first value stays alone.
    Drop,
    /// It is appended: the field becomes multivalue.
    Append,
}

/// A batch never gets more columns than this by names that come from events; further ones are left out. Names in
/// hostile events are unbounded.
const MAX_COLUMNS: usize = 20_000;

/// The fields found so far, by name and row.
#[derive(Debug)]
pub struct Collector<'w> {
    wanted: &'w Fields,
    further: Further,
    rows: usize,
    row: usize,
    columns: IndexMap<Name, Gathered>,
    /// Names as they come.
    plain: Known,
    /// Names that [`clean`] makes legal first.
    cleaned: Known,
    /// Names of places that fields may stand below: a place if one is wanted.
    below: Known,
}

/// One column, while it is being gathered.
#[derive(Debug)]
struct Gathered {
    cells: Vec<Value>,
    /// The values of rows that have several, in the order of their rows.
    several: Vec<(usize, Vec<Value>)>,
    /// Texts of late, by a hash: events of a kind repeat their values, and a shared text costs no memory of its own and
    /// is recognised as the same by whoever computes with it.
    recent: Vec<Option<Arc<str>>>,
}

/// Texts that are remembered per column; a power of two.
const RECENT: usize = 64;
/// Longer texts hardly repeat.
const MAX_SHARED: usize = 256;

impl Gathered {
    fn new(rows: usize) -> Self {
        Self { cells: vec![Value::Null; rows], several: Vec::new(), recent: vec![None; RECENT] }
    }

    fn share(&mut self, text: &str) -> Arc<str> {
        if text.len() > MAX_SHARED {
            return text.into();
        }
        let slot = &mut self.recent[slot_of(text)];
        match slot {
            Some(known) if **known == *text => known.clone(),
            _ => {
                let made: Arc<str> = text.into();
                *slot = Some(made.clone());
                made
            }
        }
    }
}

/// A cheap hash of the length and both ends of a text.
fn slot_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let word = |part: &[u8]| part.iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte));
    let (head, tail) = (word(&bytes[..bytes.len().min(8)]), word(&bytes[bytes.len().saturating_sub(8)..]));
    let mixed = (head ^ tail.rotate_left(23) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 58) as usize % RECENT
}

/// The names seen so far: the place of the field's column, or none if nobody wants the field.
#[derive(Debug, Default)]
struct Known {
    places: IndexMap<Name, Option<usize>>,
    /// Events of a kind have the same fields in the same order: where the next name probably stands.
    next: usize,
}

impl Known {
    #[expect(clippy::option_option, reason = "known to have no place differs from not known")]
    fn find(&mut self, name: &str) -> Option<Option<usize>> {
        let at = match self.places.get_index(self.next) {
            Some((likely, _)) if **likely == *name => self.next,
            _ => self.places.get_index_of(name)?,
        };
        self.next = at + 1;
        self.places.get_index(at).map(|(_, place)| *place)
    }
}

impl<'w> Collector<'w> {
    /// Gathers the wanted fields of a batch of so many rows.
    pub fn new(rows: usize, wanted: &'w Fields, further: Further) -> Self {
        let (plain, cleaned, below) = (Known::default(), Known::default(), Known::default());
        Self { wanted, further, rows, row: 0, columns: IndexMap::new(), plain, cleaned, below }
    }

    /// What follows belongs to this row.
    pub fn row(&mut self, row: usize) {
        self.row = row;
        self.plain.next = 0;
        self.cleaned.next = 0;
        self.below.next = 0;
    }

    /// Whether a field is wanted whose name begins so.
    pub fn wants_below(&mut self, name: &str) -> bool {
        if let Some(known) = self.below.find(name) {
            return known.is_some();
        }
        let wanted = self.wanted.contains_prefix(name);
        if self.below.places.len() < MAX_COLUMNS {
            self.below.places.insert(name.into(), wanted.then_some(0));
        }
        wanted
    }

    /// A field of the current row. A field that nobody wants is left out.
    pub fn add(&mut self, name: &str, text: &str) {
        if let Some(place) = self.place(name) {
            self.add_at(place, text);
        }
    }

    /// The place of a field's column, which is made if need be; none if nobody wants the field.
    pub fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.plain.find(name) {
            return known;
        }
        let place = self.new_place(name);
        if self.plain.places.len() < MAX_COLUMNS {
            self.plain.places.insert(name.into(), place);
        }
        place
    }

    /// As [`Collector::place`], for a name made of text in an event: see [`clean`].
    pub fn cleaned_place(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.cleaned.find(name) {
            return known;
        }
        let legal = clean(name);
        let place = if legal.is_empty() { None } else { self.place(&legal) };
        if self.cleaned.places.len() < MAX_COLUMNS {
            self.cleaned.places.insert(name.into(), place);
        }
        place
    }

    fn new_place(&mut self, name: &str) -> Option<usize> {
        if !self.wanted.contains(name) {
            return None;
        }
        match self.columns.get_index_of(name) {
            None if self.columns.len() >= MAX_COLUMNS => None,
            None => Some(self.columns.insert_full(name.into(), Gathered::new(self.rows)).0),
            known => known,
        }
    }

    /// A value of the current row, for the field whose column is at a place.
    pub fn add_at(&mut self, place: usize, text: &str) {
        let row = self.row;
        let column = &mut self.columns[place];
        if column.cells[row].is_null() {
            column.cells[row] = Value::Text(column.share(text));
        } else if self.further == Further::Append {
            match column.several.last_mut() {
                Some((last, values)) if *last == row => values.push(text.into()),
                _ => column.several.push((row, vec![column.cells[row].clone(), text.into()])),
            }
        }
    }

    /// Joins with the fields that the rows have: a value that is there stays, and a further one is dropped or appended.
    pub fn merge(self, batch: &mut Batch) {
        for (name, gathered) in self.columns {
            let mut found = gathered.cells;
            for (row, values) in gathered.several {
                found[row] = Value::list(values);
            }
            let Some(column) = batch.column_mut(&name) else {
                batch.set(name, Column::new(found));
                continue;
            };
            for (old, new) in column.values_mut().iter_mut().zip(found) {
                if old.is_null() {
                    *old = new;
                } else if self.further == Further::Append && !new.is_null() {
                    *old = Value::list([std::mem::take(old), new]);
                }
            }
        }
    }
}

/// A field name made of text in an event: other characters than letters, digits and `_` become `_`; leading `_` and
/// digits go. May be empty. Source: `CLEAN_KEYS` in `transforms.conf.spec`.
pub fn clean(name: &str) -> std::borrow::Cow<'_, str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.bytes().all(|byte| legal(char::from(byte))) && !name.starts_with(|c: char| c == '_' || c.is_ascii_digit()) {
        return name.into();
    }
    let replaced: String = name.chars().map(|c| if legal(c) { c } else { '_' }).collect();
    replaced.trim_start_matches(|c: char| c == '_' || c.is_ascii_digit()).to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        let table =
            [("a", "a"), ("Detection Time", "Detection_Time"), ("_x", "x"), ("9a-b", "a_b"), ("é", ""), ("", "")];
        for (name, expected) in table {
            assert_eq!(clean(name), expected, "{name}");
        }
    }

    #[test]
    fn further_values_are_dropped_or_appended() {
        for (further, expected) in [
            (Further::Drop, Value::from("old")),
            (Further::Append, Value::list(["old".into(), "new".into(), "newer".into()])),
        ] {
            let mut batch = Batch::new(2);
            batch.set("f", Column::new(vec!["old".into(), Value::Null]));
            let wanted = Fields::these(["f"]);
            let mut found = Collector::new(2, &wanted, further);
            found.add("f", "new");
            found.add("f", "newer");
            found.add("unwanted", "x");
            found.row(1);
            found.add("f", "second");
            found.merge(&mut batch);
            assert_eq!(batch.value(0, "f"), &expected);
            assert_eq!(batch.value(1, "f"), &Value::from("second"));
            assert_eq!(batch.names().len(), 1);
        }
    }
}
