//! `contingency`: how often the values of two fields occur together.
//!
//! - One row per value of the first field, one column per value of the second, each cell a count of rows; a row and a column
//!   of totals. Most frequent values come first, ties in order of text. Rows that lack one of the fields are left out.
//! - Source: Search Reference, "contingency".

use super::lower::{field, words};
use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};
use std::collections::BTreeMap;

/// See the module.
pub(super) struct Contingency;

const OPTIONS: &[OptionSpec] = &[
    option("maxcols", OptionKind::Count, "0", "At most so many columns; 0 shows all."),
    option("maxrows", OptionKind::Count, "0", "At most so many rows; 0 shows all."),
    option("mincolcover", OptionKind::Missing, "1.0", "The share of rows that the columns have to cover."),
    option("minrowcover", OptionKind::Missing, "1.0", "The share of rows that the rows have to cover."),
    option("totalstr", OptionKind::Text, "TOTAL", "The name of the totals."),
    option("usetotal", OptionKind::Flag, "true", "Add totals."),
];

impl Command for Contingency {
    fn name(&self) -> &'static str {
        "contingency"
    }

    fn summary(&self) -> &'static str {
        "Count how often the values of two fields occur together"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "contingency [<options>] <field> <field>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Of two fields",
            before: r#"[{"a":"x","b":"1"},{"a":"x","b":"1"},{"a":"y","b":"2"}]"#,
            search: "| contingency a b",
            after: r#"[{"a":"x","1":"2","2":"0","TOTAL":"2"},{"a":"y","1":"0","2":"1","TOTAL":"1"},{"a":"TOTAL","1":"2","2":"1","TOTAL":"3"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let [row, column] = words.as_slice() else { return cx.incomplete("two fields") };
        let total = options.text("totalstr").unwrap_or("TOTAL").into();
        cx.native(Table {
            row: field(row),
            column: field(column),
            most: (options.count("maxrows", 0), options.count("maxcols", 0)),
            total: options.flag("usetotal", true).then_some(total),
        });
    }
}

/// Most columns of a table.
const MAX_COLUMNS: usize = 10_000;

/// Counts pairs of values.
#[derive(Clone, Debug)]
struct Table {
    row: FieldRef,
    column: FieldRef,
    /// Rows and columns at most; 0 is any number.
    most: (usize, usize),
    total: Option<Name>,
}

impl Native for Table {
    fn name(&self) -> &'static str {
        "contingency"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema { open: true, ..Schema::default() };
        output.set(self.row.name.clone(), FieldInfo { always: true, ..FieldInfo::default() });
        Flow { reads: vec![Read::value(&self.row), Read::value(&self.column)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Table {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut cells: BTreeMap<(String, String), f64> = BTreeMap::new();
        for row in 0..batch.rows() {
            for first in batch.value(row, &self.row.name).values() {
                for second in batch.value(row, &self.column.name).values() {
                    *cells.entry((first.to_text().into_owned(), second.to_text().into_owned())).or_default() += 1.0;
                }
            }
        }
        let rows = frequent(cells.iter().map(|(key, count)| (&key.0, *count)), self.most.0);
        let columns = frequent(cells.iter().map(|(key, count)| (&key.1, *count)), self.most.1);
        if columns.len() > MAX_COLUMNS {
            return Err(format!("the table would have more than {MAX_COLUMNS} columns"));
        }
        let cell = |row: &str, column: &str| cells.get(&(row.to_owned(), column.to_owned())).copied().unwrap_or(0.0);
        let with_total = |name: &str, mut values: Vec<f64>| {
            if self.total.is_some() {
                values.push(values.iter().sum());
            }
            (Name::from(name), values)
        };
        let mut made: Vec<(Name, Vec<f64>)> = columns
            .iter()
            .map(|column| with_total(column, rows.iter().map(|row| cell(row, column)).collect()))
            .collect();
        if let Some(total) = &self.total {
            let sums = (0..=rows.len()).map(|at| made.iter().map(|(_, values)| values[at]).sum()).collect();
            made.push((total.clone(), sums));
        }
        let names = rows.iter().map(|row| Value::from(row.as_str()));
        let names: Vec<Value> = names.chain(self.total.iter().map(|total| Value::text(total.clone()))).collect();
        let mut result = Batch::new(names.len());
        result.set(self.row.name.clone(), Column::new(names));
        for (name, values) in made {
            result.set(name, Column::new(values.into_iter().map(Value::Number).collect()));
        }
        Ok(result)
    }
}

/// The values by descending count, the first `most` of them.
fn frequent<'k>(cells: impl Iterator<Item = (&'k String, f64)>, most: usize) -> Vec<String> {
    let mut counts: BTreeMap<&String, f64> = BTreeMap::new();
    for (name, count) in cells {
        *counts.entry(name).or_default() += count;
    }
    let mut list: Vec<(&String, f64)> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    if most > 0 {
        list.truncate(most);
    }
    list.into_iter().map(|(name, _)| name.clone()).collect()
}
