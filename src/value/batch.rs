//! Rows as columns: the unit that flows between operators.

use super::{Name, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// The values of one field, one per row. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column(Arc<Vec<Value>>);

impl Column {
    /// A column of these values, in row order.
    pub fn new(values: Vec<Value>) -> Self {
        Self(Arc::new(values))
    }

    /// The same value in every row.
    pub fn repeat(value: Value, rows: usize) -> Self {
        Self::new(vec![value; rows])
    }

    /// The values, in row order.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The values for writing; copied first if the column is shared.
    pub fn values_mut(&mut self) -> &mut Vec<Value> {
        Arc::make_mut(&mut self.0)
    }
}

/// Columns by name. Names come from hostile files: the hasher is seeded.
type Columns = IndexMap<Name, Column, foldhash::fast::RandomState>;

/// A run of rows. Every column has [`Batch::rows`] values; a field that a row lacks is null in its column.
///
/// Columns keep the order in which they were made: by-fields before aggregates, `table` as listed. Whether a column
/// without any value counts as a field is decided at the end ("is a column of the result set").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    rows: usize,
    columns: Columns,
}

impl Batch {
    /// Rows without fields.
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: Columns::default() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (&Name, &Column)> {
        self.columns.iter()
    }

    /// The names of the columns in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &Name> {
        self.columns.keys()
    }

    /// One column.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// One column, for writing.
    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.get_mut(name)
    }

    /// One value; null when there is no such column or row.
    pub fn value(&self, row: usize, name: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.columns.get(name).and_then(|column| column.values().get(row)).unwrap_or(&NULL)
    }

    /// Sets a column, in its old place if it exists, else last.
    ///
    /// # Panics
    /// If the column's length is not the number of rows: a bug of the caller.
    pub fn set(&mut self, name: impl Into<Name>, column: Column) {
        assert_eq!(column.values().len(), self.rows, "a column has one value per row");
        self.columns.insert(name.into(), column);
    }

    /// Removes a column; the order of the others stays.
    pub fn remove(&mut self, name: &str) -> Option<Column> {
        self.columns.shift_remove(name)
    }

    /// Keeps the columns whose name the predicate accepts.
    pub fn retain_columns(&mut self, mut keep: impl FnMut(&Name) -> bool) {
        self.columns.retain(|name, _| keep(name));
    }

    /// The rows at `rows`, in that order; an index may repeat.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self
            .columns
            .iter()
            .map(|(name, column)| {
                let values = rows.iter().map(|&row| column.values()[row].clone()).collect();
                (name.clone(), Column::new(values))
            })
            .collect();
        Self { rows: rows.len(), columns }
    }

    /// The rows at `rows`, in that order, with those of the columns accepted by `keep` that have a value in one of them.
    #[must_use]
    pub fn pick(&self, rows: &[usize], keep: &dyn Fn(&Name) -> bool) -> Self {
        let mut columns = Columns::default();
        for (name, column) in self.columns.iter().filter(|(name, _)| keep(name)) {
            if rows.iter().any(|&row| !column.0[row].is_null()) {
                let values = rows.iter().map(|&row| column.0[row].clone()).collect();
                columns.insert(name.clone(), Column::new(values));
            }
        }
        Self { rows: rows.len(), columns }
    }

    /// The rows at the given places, a part and a row of it each, in that order; a column that a part lacks is null there.
    #[must_use]
    pub fn gather(parts: &[&Self], places: &[(usize, usize)]) -> Self {
        let names = parts.iter().flat_map(|part| part.columns.keys());
        let columns = names.map(|name| (name.clone(), Column::default())).collect();
        let mut all = Self { rows: places.len(), columns };
        for (name, column) in &mut all.columns {
            let sources: Vec<&[Value]> =
                parts.iter().map(|part| part.columns.get(name).map_or(&[][..], Column::values)).collect();
            let value = |&(part, row): &(usize, usize)| sources[part].get(row).cloned().unwrap_or_default();
            *column = Column::new(places.iter().map(value).collect());
        }
        all
    }

    /// Appends the rows of another batch; a column that one side lacks is null there.
    pub fn append(&mut self, other: &Self) {
        for (name, column) in &mut self.columns {
            match other.columns.get(name) {
                Some(more) => column.values_mut().extend_from_slice(more.values()),
                None => column.values_mut().resize(self.rows + other.rows, Value::Null),
            }
        }
        for (name, more) in &other.columns {
            if !self.columns.contains_key(name) {
                let mut values = vec![Value::Null; self.rows];
                values.extend_from_slice(more.values());
                self.columns.insert(name.clone(), Column::new(values));
            }
        }
        self.rows += other.rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn append_fills_missing_columns_with_null() {
        let mut left = Batch::new(1);
        left.set("a", Column::new(vec!["1".into()]));
        let mut right = Batch::new(1);
        right.set("b", Column::new(vec!["2".into()]));
        left.append(&right);
        assert_eq!(left.rows(), 2);
        assert_eq!(left.value(1, "a"), &Value::Null);
        assert_eq!(left.value(1, "b"), &Value::from("2"));
        assert_eq!(left.take(&[1]).value(0, "b"), &Value::from("2"));
        let mut right = Batch::new(2);
        right.set("b", Column::new(vec!["3".into(), "4".into()]));
        let all = Batch::gather(&[&left, &right], &[(1, 1), (0, 0), (1, 0)]);
        let column = |name: &str| (0..3).map(|row| all.value(row, name).to_text()).collect::<Vec<_>>().join(",");
        assert_eq!((column("a").as_str(), column("b").as_str()), (",1,", "4,,3"));
    }
}
