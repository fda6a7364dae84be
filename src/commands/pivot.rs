//! The table with a column per value of a field, behind `chart`, `timechart` and `xyseries`.

use super::native::{Apply, gathered};
use super::options::Options;
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;
use std::collections::HashMap;

/// Most columns of a table.
const MAX_COLUMNS: usize = 10_000;

/// Turns rows of (row, column, values) into a table.
#[derive(Clone, Debug)]
pub(super) struct Pivot {
    pub(super) row: FieldRef,
    /// Its values name the columns.
    pub(super) column: FieldRef,
    pub(super) values: Vec<FieldRef>,
    /// How columns are named where there are several values: `$AGG$` stands for the value field, `$VAL$` for the value of
    /// the column field.
    pub(super) naming: Name,
    /// Columns to show, those with the greatest sum; 0 shows all.
    pub(super) limit: usize,
    /// What becomes of the other ones; nothing without this.
    pub(super) other: Option<Other>,
    /// Columns in order of their names, instead of appearance.
    pub(super) sorted: bool,
}

/// The column for the rest.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) name: Name,
    /// The aggregate function behind each value field: what it means to put cells together.
    pub(super) functions: Vec<Name>,
}

impl Native for Pivot {
    fn name(&self) -> &'static str {
        "xyseries"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = Schema { open: true, ..Schema::default() };
        let info = input.fields.get(&self.row.name).cloned().unwrap_or_default();
        output.set(self.row.name.clone(), FieldInfo { always: true, multivalue: false, ..info });
        let reads = [&self.row, &self.column].into_iter().chain(&self.values).map(Read::value).collect();
        Flow { reads, output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Pivot {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let columns = self.columns(&batch)?;
        let mut rows: IndexMap<String, (Value, HashMap<Name, Value>)> = IndexMap::new();
        for at in 0..batch.rows() {
            let key = batch.value(at, &self.row.name);
            let column = batch.value(at, &self.column.name).to_text();
            if key.is_null() {
                continue;
            }
            let entry = rows.entry(key.to_text().into_owned()).or_insert_with(|| (key.clone(), HashMap::new()));
            let shown = columns.contains(column.as_ref());
            for (nth, field) in self.values.iter().enumerate() {
                let value = batch.value(at, &field.name);
                if shown {
                    entry.1.insert(self.cell(field, &column), value.clone());
                } else if let Some(other) = &self.other {
                    let cell = entry.1.entry(self.cell(field, &other.name)).or_default();
                    *cell = together(other.functions.get(nth).map_or("", |name| &**name), cell, value);
                }
            }
        }
        let mut names: Vec<Name> = Vec::new();
        for field in &self.values {
            names.extend(columns.iter().map(|column| self.cell(field, column)));
            names.extend(self.other.iter().map(|other| self.cell(field, &other.name)));
        }
        let mut result = Batch::new(rows.len());
        result.set(self.row.name.clone(), Column::new(rows.values().map(|(key, _)| key.clone()).collect()));
        for name in names {
            let cell = |cells: &HashMap<Name, Value>| cells.get(&name).cloned().unwrap_or_default();
            let cells: Vec<Value> = rows.values().map(|(_, cells)| cell(cells)).collect();
            if cells.iter().any(|cell| !cell.is_null()) {
                result.set(name, Column::new(cells));
            }
        }
        Ok(result)
    }
}

impl Pivot {
    /// The columns to show.
    fn columns(&self, batch: &Batch) -> Result<indexmap::IndexSet<String>, String> {
        let mut sums: IndexMap<String, f64> = IndexMap::new();
        for at in 0..batch.rows() {
            let column = batch.value(at, &self.column.name);
            if column.is_null() {
                continue;
            }
            let sum = sums.entry(column.to_text().into_owned()).or_default();
            *sum += self.values.first().and_then(|field| batch.value(at, &field.name).as_number()).unwrap_or(0.0);
        }
        if self.limit > 0 && sums.len() > self.limit {
            sums.sort_by(|name, sum, other, more| more.total_cmp(sum).then_with(|| name.cmp(other)));
            sums.truncate(self.limit);
        }
        if sums.len() > MAX_COLUMNS {
            return Err(format!("the table would have more than {MAX_COLUMNS} columns"));
        }
        if self.sorted {
            sums.sort_unstable_keys();
        }
        Ok(sums.into_keys().collect())
    }

    fn cell(&self, field: &FieldRef, column: &str) -> Name {
        if self.values.len() == 1 {
            return column.into();
        }
        // Piece by piece: a value may hold the other mark.
        let pieces = self.naming.split("$VAL$").map(|piece| piece.replace("$AGG$", &field.name));
        pieces.collect::<Vec<_>>().join(column).into()
    }
}

/// How columns are named, by the options `format` and `sep`.
pub(super) fn naming(options: &Options) -> Name {
    let separator = options.text("sep").unwrap_or(": ");
    options.text("format").map_or_else(|| format!("$AGG${separator}$VAL$").into(), Name::from)
}

/// Two cells of the rest as one; null where the function's results cannot be put together.
fn together(function: &str, cell: &Value, more: &Value) -> Value {
    let (Some(a), Some(b)) = (cell.as_number(), more.as_number()) else {
        let known = matches!(function, "count" | "sum" | "min" | "max");
        return if known && cell.is_null() { more.clone() } else { Value::Null };
    };
    match function {
        "count" | "sum" => Value::Number(a + b),
        "min" => Value::Number(a.min(b)),
        "max" => Value::Number(a.max(b)),
        _ => Value::Null,
    }
}
