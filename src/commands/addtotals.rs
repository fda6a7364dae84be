//! `addtotals`: the sum of the numbers of each row.
//!
//! - `col=true` adds a row with the sums of the columns. Without a list, all fields; those that begin with `_` and values that are no numbers are left out.
//! - Source: Search Reference, "addtotals".

use super::lower::{selector, words};
use super::native::{Apply, gathered, streaming};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::reads;
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Addtotals;

const OPTIONS: &[OptionSpec] = &[
    option("col", OptionKind::Flag, "false", "Add a row with the sum of each column."),
    option("fieldname", OptionKind::Field, "Total", "The field for the sum."),
    option("label", OptionKind::Text, "Total", "The text in the row of sums."),
    option("labelfield", OptionKind::Field, "", "The field where that text goes."),
    option("row", OptionKind::Flag, "true", "Add the sum of each row."),
];

impl Command for Addtotals {
    fn name(&self) -> &'static str {
        "addtotals"
    }

    fn summary(&self) -> &'static str {
        "The sum of the numbers of each row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "addtotals [fieldname=<field>] [<field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Of two fields",
                before: r#"[{"a":"1","b":"2","c":"x"}]"#,
                search: "| addtotals fieldname=S a, b",
                after: r#"[{"a":"1","b":"2","c":"x","S":"3"}]"#,
            },
            Example {
                title: "Of rows and columns",
                before: r#"[{"a":"1","b":"2"},{"a":"3"}]"#,
                search: "| addtotals col=true",
                after: r#"[{"a":"1","b":"2","Total":"3"},{"a":"3","Total":"3"},{"a":"4","b":"2","Total":"6"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        if options.flag("row", true) {
            let target = options.text("fieldname").unwrap_or("Total").trim_end_matches(',').into();
            cx.native(Sum { fields: words(stage).into_iter().map(selector).collect(), target, span: cx.span() });
        }
        if options.flag("col", false) {
            columns(stage, &options, cx);
        }
    }
}

/// Adds the row of sums, as the options `label` and `labelfield` say.
pub(super) fn columns(stage: &Stage, options: &Options, cx: &mut Lower) {
    let mut fields: Vec<Selector> = words(stage).into_iter().map(selector).collect();
    if let (false, true, Some(name)) = (fields.is_empty(), options.flag("row", false), options.text("fieldname")) {
        fields.push(Selector::new(name, cx.span()));
    }
    cx.native(Columns {
        fields,
        label: options.text("label").unwrap_or("Total").into(),
        label_field: options.text("labelfield").map(Name::from),
        span: cx.span(),
    });
}

/// Adds up the numbers of a row.
#[derive(Clone, Debug)]
struct Sum {
    fields: Vec<Selector>,
    target: Name,
    span: Span,
}

impl Native for Sum {
    fn name(&self) -> &'static str {
        "addtotals"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let reads = self.fields.iter().filter(|field| !field.is_pattern());
        let reads = reads.map(|field| reads::listed(&field.name, field.span)).collect();
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo { values: Some(ValueKind::Number), ..FieldInfo::made(self.span) });
        let reads_all = self.fields.is_empty() || self.fields.iter().any(Selector::is_pattern);
        Flow { reads, reads_all, output }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Sum {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut sums: Vec<Option<f64>> = vec![None; batch.rows()];
        for (_, column) in batch.columns().filter(|(name, _)| covers(&self.fields, name)) {
            for (sum, value) in sums.iter_mut().zip(column.values()) {
                if let Some(number) = value.as_number() {
                    *sum = Some(sum.unwrap_or(0.0) + number);
                }
            }
        }
        let sums = sums.into_iter().map(|sum| sum.map_or(Value::Null, Value::Number)).collect();
        batch.set(self.target.clone(), Column::new(sums));
        Ok(batch)
    }
}

/// Adds a row with the sums of columns.
#[derive(Clone, Debug)]
struct Columns {
    fields: Vec<Selector>,
    label: Name,
    label_field: Option<Name>,
    span: Span,
}

impl Native for Columns {
    fn name(&self) -> &'static str {
        "addcoltotals"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let reads = self.fields.iter().filter(|field| !field.is_pattern());
        let reads = reads.map(|field| reads::listed(&field.name, field.span)).collect();
        let mut output = input.clone();
        if let Some(name) = &self.label_field
            && !output.fields.contains_key(name)
        {
            output.set(name.clone(), FieldInfo::made(self.span));
        }
        for info in output.fields.values_mut() {
            info.always = false;
        }
        let reads_all = self.fields.is_empty() || self.fields.iter().any(Selector::is_pattern);
        Flow { reads, reads_all, output }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Columns {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut row = Batch::new(1);
        for (name, column) in batch.columns().filter(|(name, _)| covers(&self.fields, name)) {
            let numbers = column.values().iter().filter_map(Value::as_number);
            if let Some(sum) = numbers.reduce(|a, b| a + b) {
                row.set(name.clone(), Column::new(vec![Value::Number(sum)]));
            }
        }
        if let Some(name) = &self.label_field {
            row.set(name.clone(), Column::new(vec![Value::text(self.label.clone())]));
        }
        batch.append(&row);
        Ok(batch)
    }
}

/// Whether a list of fields covers one; an empty list covers all but internal ones.
fn covers(fields: &[Selector], name: &str) -> bool {
    if fields.is_empty() { !name.starts_with('_') } else { fields.iter().any(|field| field.matches(name)) }
}
