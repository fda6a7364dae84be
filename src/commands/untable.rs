//! `untable`: one row per value of a table.
//!
//! - For each row and each field but the first, a row with the first field, the name of the field, and its value.
//! - Source: Search Reference, "untable".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Untable;

impl Command for Untable {
    fn name(&self) -> &'static str {
        "untable"
    }

    fn summary(&self) -> &'static str {
        "One row per value of a table"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "untable <field> <name-field> <value-field>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two columns, two rows",
            before: r#"[{"h":"a","x":"1","y":"2"}]"#,
            search: "| untable h name value",
            after: r#"[{"h":"a","name":"x","value":"1"},{"h":"a","name":"y","value":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let words = words(stage);
        let [row, name, value] = words.as_slice() else { return cx.incomplete("three fields") };
        let made = [name.text.as_str().into(), value.text.as_str().into()];
        cx.native(Unfold { row: field(row), made, span: cx.span() });
    }
}

/// Turns columns into rows.
#[derive(Clone, Debug)]
struct Unfold {
    row: FieldRef,
    made: [Name; 2],
    span: Span,
}

impl Native for Unfold {
    fn name(&self) -> &'static str {
        "untable"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = Schema::default();
        output.set(self.row.name.clone(), input.fields.get(&self.row.name).cloned().unwrap_or_default());
        for name in &self.made {
            output.set(name.clone(), FieldInfo::made(self.span));
        }
        Flow { reads: vec![Read::value(&self.row)], reads_all: true, output }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Unfold {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let others: Vec<_> =
            batch.columns().filter(|(name, _)| **name != self.row.name && !name.starts_with('_')).collect();
        let (mut rows, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.rows() {
            for (name, column) in &others {
                let value = &column.values()[row];
                if !value.is_null() {
                    rows.push(batch.value(row, &self.row.name).clone());
                    names.push(Value::text((*name).clone()));
                    values.push(value.clone());
                }
            }
        }
        let [name, value] = &self.made;
        let mut result = Batch::new(rows.len());
        result.set(self.row.name.clone(), Column::new(rows));
        result.set(name.clone(), Column::new(names));
        result.set(value.clone(), Column::new(values));
        Ok(result)
    }
}
