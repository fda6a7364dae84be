//! Keys: how rows are told apart by the values of fields.
//!
//! Values compare as text, case-sensitive: the number 5 and the text `5` are one key.

use crate::value::{Column, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

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
    index: HashMap<Box<[u8]>, usize>,
    values: Vec<Vec<Value>>,
    key: Vec<u8>,
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The group of these values; a new one if there is none yet.
    pub(super) fn find(&mut self, values: &[&Value]) -> usize {
        self.key.clear();
        for value in values {
            push_key(&mut self.key, value);
        }
        if let Some(&group) = self.index.get(self.key.as_slice()) {
            return group;
        }
        let group = self.values.len();
        self.index.insert(self.key.as_slice().into(), group);
        self.values.push(values.iter().map(|&value| value.clone()).collect());
        group
    }

    /// The values of a group, in the order of the by-fields.
    pub(super) fn values(&self, group: usize) -> &[Value] {
        &self.values[group]
    }

    /// The groups ascending by their values as text bytes, the first field first.
    pub(super) fn sorted(&self) -> Vec<usize> {
        let texts: Vec<Vec<Cow<'_, str>>> =
            self.values.iter().map(|values| values.iter().map(Value::to_text).collect()).collect();
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_by(|&a, &b| compare(&texts[a], &texts[b]));
        order
    }
}

fn compare(a: &[Cow<'_, str>], b: &[Cow<'_, str>]) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| a.as_bytes().cmp(b.as_bytes()));
    pairs.fold(Ordering::Equal, Ordering::then)
}

/// Calls `found` with every combination of single values of the columns in a row; not at all if the row lacks one.
///
/// Gives the number of combinations, or `Err` with it if there are more than `most`: nothing is called then.
pub(super) fn combinations<'a>(
    columns: &[Option<&'a Column>],
    row: usize,
    most: usize,
    mut found: impl FnMut(&[&'a Value]),
) -> Result<(), ()> {
    let mut lists: Vec<&'a [Value]> = Vec::with_capacity(columns.len());
    let mut product = 1_usize;
    for column in columns {
        let values = column.map_or(&[][..], |column| column.values()[row].values());
        product = product.saturating_mul(values.len());
        lists.push(values);
    }
    if product > most {
        return Err(());
    }
    let mut chosen: Vec<&'a Value> = lists.iter().filter_map(|values| values.first()).collect();
    for number in 0..product {
        let mut rest = number;
        for (slot, values) in chosen.iter_mut().zip(&lists).rev() {
            *slot = &values[rest % values.len()];
            rest /= values.len();
        }
        found(&chosen);
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
    fn combinations_are_a_product() {
        let a = Column::new(vec![Value::list(["1".into(), "2".into()]), Value::Null]);
        let b = Column::new(vec![Value::list(["x".into(), "y".into()]), "x".into()]);
        let columns = [Some(&a), Some(&b)];
        let mut all = Vec::new();
        combinations(&columns, 0, 10, |values| all.push(format!("{}{}", values[0].to_text(), values[1].to_text())))
            .unwrap();
        assert_eq!(all, ["1x", "1y", "2x", "2y"]);
        combinations(&columns, 1, 10, |_| panic!("a null leaves the row out")).unwrap();
        assert!(combinations(&columns, 0, 3, |_| ()).is_err());
        let mut calls = 0;
        combinations(&[], 0, 10, |_| calls += 1).unwrap();
        assert_eq!(calls, 1);
    }
}
