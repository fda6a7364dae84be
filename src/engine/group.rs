//! Keys: how rows are told apart by the values of fields.
//!
//! Values compare as text, case-sensitive: the number 5 and the text `5` are one key.

use crate::value::{Column, Value};
use indexmap::{Equivalent, IndexSet};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Appends a value to a key. Values cannot run into each other: each is preceded by its kind and length.
pub(super) fn push_key(key: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => key.push(0),
        Value::List(values) => {
            key.push(2);
            key.extend((values.len() as u64).to_le_bytes());
            for single in values.iter() {
                push_key(key, single);
            }
        }
        single => {
            let text = single.to_text();
            key.push(1);
            key.extend((text.len() as u64).to_le_bytes());
            key.extend(text.as_bytes());
        }
    }
}

/// Groups in the order of their first row, each with the values that its first row had.
#[derive(Debug, Default)]
pub(super) struct Groups {
    values: IndexSet<Key, foldhash::fast::RandomState>,
}

/// The values of a group; equal to others whose texts are equal.
#[derive(Debug)]
struct Key(Box<[Value]>);

/// Values that may be those of a group.
struct Candidate<'a>(&'a [&'a Value]);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|value| hash(value, state));
    }
}

impl Hash for Candidate<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|value| hash(value, state));
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| is_same(a, b))
    }
}

impl Eq for Key {}

impl Equivalent<Key> for Candidate<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0.len() == key.0.len() && self.0.iter().zip(&key.0).all(|(a, b)| is_same(a, b))
    }
}

/// As the bytes of [`push_key`]: what is the same has the same hash.
fn hash(value: &Value, state: &mut impl Hasher) {
    match value {
        Value::Null => state.write_u8(0),
        Value::List(values) => {
            state.write_u8(2);
            state.write_usize(values.len());
            values.iter().for_each(|single| hash(single, state));
        }
        single => {
            state.write_u8(1);
            single.to_text().hash(state);
        }
    }
}

fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b)),
        (Value::Null | Value::List(_), _) | (_, Value::Null | Value::List(_)) => false,
        (a, b) => a.to_text() == b.to_text(),
    }
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The group of these values; a new one if there is none yet.
    pub(super) fn find(&mut self, values: &[&Value]) -> usize {
        if let Some(group) = self.values.get_index_of(&Candidate(values)) {
            return group;
        }
        self.values.insert_full(Key(values.iter().map(|&value| value.clone()).collect())).0
    }

    /// The values of a group, in the order of the by-fields.
    pub(super) fn values(&self, group: usize) -> &[Value] {
        &self.values[group].0
    }

    /// The groups ascending by their values as text bytes, the first field first.
    pub(super) fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        let is_text = |value: &Value| matches!(value, Value::Text(_));
        if self.values.iter().all(|values| values.0.iter().all(is_text)) {
            order.sort_unstable_by(|&a, &b| compare(texts(self.values(a)), texts(self.values(b))));
        } else {
            // The text of a number is not made for every comparison.
            let made: Vec<Vec<Cow<'_, str>>> = self.values.iter().map(|values| texts(&values.0).collect()).collect();
            order.sort_unstable_by(|&a, &b| compare(made[a].iter(), made[b].iter()));
        }
        order
    }
}

fn texts(values: &[Value]) -> impl Iterator<Item = Cow<'_, str>> {
    values.iter().map(Value::to_text)
}

fn compare<T: AsRef<str>>(a: impl Iterator<Item = T>, b: impl Iterator<Item = T>) -> Ordering {
    let mut pairs = a.zip(b).map(|(a, b)| a.as_ref().as_bytes().cmp(b.as_ref().as_bytes()));
    pairs.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

/// Calls `found` with every combination of single values of the columns in a row; not at all if the row lacks one.
///
/// `Err` if there are more combinations than `most`: nothing is called then. `chosen` is room to work in, to be handed in
/// again with the next row.
pub(super) fn combinations<'a>(
    columns: &[Option<&'a Column>],
    row: usize,
    most: usize,
    chosen: &mut Vec<&'a Value>,
    mut found: impl FnMut(&[&'a Value]),
) -> Result<(), ()> {
    let list = |column: Option<&'a Column>| column.map_or(&[][..], |column| column.values()[row].values());
    chosen.clear();
    let mut product = 1_usize;
    for column in columns {
        let values = list(*column);
        product = product.saturating_mul(values.len());
        chosen.extend(values.first());
    }
    if product > most {
        return Err(());
    }
    for number in 0..product {
        // The first is chosen already, and nearly always the only one.
        if number > 0 {
            let mut rest = number;
            for (slot, column) in chosen.iter_mut().zip(columns).rev() {
                let values = list(*column);
                *slot = &values[rest % values.len()];
                rest /= values.len();
            }
        }
        found(chosen);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_do_not_run_together() {
        let key = |values: &[Value]| {
            let mut key = Vec::new();
            for value in values {
                push_key(&mut key, value);
            }
            key
        };
        assert_ne!(key(&["ab".into(), "c".into()]), key(&["a".into(), "bc".into()]));
        assert_ne!(key(&[Value::Null]), key(&["".into()]));
        assert_ne!(key(&[Value::list(["a".into(), "b".into()])]), key(&["a\nb".into()]));
        assert_eq!(key(&[5.0.into()]), key(&["5".into()]));
    }

    #[test]
    fn groups_are_told_apart_by_text() {
        let mut groups = Groups::default();
        let list = Value::list(["a".into(), "b".into()]);
        let (five, text, null, empty) = (Value::from(5.0), Value::from("5"), Value::Null, Value::from(""));
        let found: Vec<usize> = [[&five, &null], [&text, &null], [&text, &empty], [&list, &null], [&list, &list]]
            .iter()
            .map(|values| groups.find(values))
            .collect();
        assert_eq!((found, groups.len()), (vec![0, 0, 1, 2, 3], 4));
        assert_eq!(groups.values(0), [five, null]);
    }

    #[test]
    fn combinations_are_a_product() {
        let a = Column::new(vec![Value::list(["1".into(), "2".into()]), Value::Null]);
        let b = Column::new(vec![Value::list(["x".into(), "y".into()]), "x".into()]);
        let columns = [Some(&a), Some(&b)];
        let (mut all, mut chosen) = (Vec::new(), Vec::new());
        combinations(&columns, 0, 10, &mut chosen, |values| {
            all.push(format!("{}{}", values[0].to_text(), values[1].to_text()));
        })
        .unwrap();
        assert_eq!(all, ["1x", "1y", "2x", "2y"]);
        combinations(&columns, 1, 10, &mut chosen, |_| panic!("a null leaves the row out")).unwrap();
        assert!(combinations(&columns, 0, 3, &mut chosen, |_| ()).is_err());
        let mut calls = 0;
        combinations(&[], 0, 10, &mut chosen, |_| calls += 1).unwrap();
        assert_eq!(calls, 1);
    }
}
