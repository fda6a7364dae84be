//! `mvcombine`: rows that differ in one field only become one row.
//!
//! - The values of the field become a multivalue, in row order. Source: Search Reference, "mvcombine".

use super::lower::{field, words};
use super::native::{Apply, gathered};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Value};
use std::collections::HashMap;
use std::fmt::Write as _;

/// See the module.
pub(super) struct Mvcombine;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "delim",
    kind: OptionKind::Ignored,
    default: "a blank",
    summary: "Joins the values where they are shown as one text.",
}];

impl Command for Mvcombine {
    fn name(&self) -> &'static str {
        "mvcombine"
    }

    fn summary(&self) -> &'static str {
        "Rows that differ in one field only become one row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "mvcombine [delim=<text>] <field>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two rows, one row",
            before: r#"[{"a":"1","v":"x"},{"a":"1","v":"y"},{"a":"2","v":"z"}]"#,
            search: "| mvcombine v",
            after: r#"[{"a":"1","v":["x","y"]},{"a":"2","v":"z"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        cx.native(Combine { field: field(word) });
    }
}

/// Combines rows that are equal elsewhere.
#[derive(Clone, Debug)]
struct Combine {
    field: FieldRef,
}

impl Native for Combine {
    fn name(&self) -> &'static str {
        "mvcombine"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        if let Some(info) = output.fields.get_mut(&self.field.name) {
            info.multivalue = true;
        }
        Flow { reads: vec![Read::value(&self.field)], reads_all: true, output }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Combine {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let others: Vec<_> =
            batch.columns().filter(|(name, _)| **name != self.field.name).map(|(_, column)| column.clone()).collect();
        let Some(combined) = batch.column(&self.field.name).cloned() else { return Ok(batch) };
        let mut rows: Vec<usize> = Vec::new();
        let mut values: Vec<Vec<Value>> = Vec::new();
        let mut groups: HashMap<String, usize> = HashMap::new();
        for row in 0..batch.rows() {
            // Lengths in front keep texts that hold the separator apart.
            let key = others.iter().fold(String::new(), |mut key, column| {
                for value in column.values()[row].values() {
                    let text = value.to_text();
                    let _ = write!(key, "{}:{text}", text.len());
                }
                key.push('|');
                key
            });
            let group = *groups.entry(key).or_insert_with(|| {
                rows.push(row);
                values.push(Vec::new());
                rows.len() - 1
            });
            values[group].push(combined.values()[row].clone());
        }
        batch = batch.take(&rows);
        batch.set(self.field.name.clone(), Column::new(values.into_iter().map(Value::list).collect()));
        Ok(batch)
    }
}
