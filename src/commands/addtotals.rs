//! `addtotals`: the sum of the numbers of each row.
//!
//! - Without a list, all fields; those that begin with `_` and values that are no numbers are left out.
//! - Source: Search Reference, "addtotals".

use super::lower::{selector, words};
use super::native::{Apply, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::reads;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Addtotals;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "col",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Add a row with the sum of each column.",
    },
    OptionSpec { name: "fieldname", kind: OptionKind::Field, default: "Total", summary: "The field for the sum." },
    OptionSpec { name: "label", kind: OptionKind::Ignored, default: "Total", summary: "The text in the row of sums." },
    OptionSpec { name: "labelfield", kind: OptionKind::Ignored, default: "", summary: "Where that text goes." },
    OptionSpec { name: "row", kind: OptionKind::Flag, default: "true", summary: "Add the sum of each row." },
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
        &[Example {
            title: "Of two fields",
            before: r#"[{"a":"1","b":"2","c":"x"}]"#,
            search: "| addtotals fieldname=S a, b",
            after: r#"[{"a":"1","b":"2","c":"x","S":"3"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        if !options.flag("row", true) {
            return;
        }
        let target = options.text("fieldname").unwrap_or("Total").trim_end_matches(',').into();
        cx.native(Sum { fields: words(stage).into_iter().map(selector).collect(), target, span: cx.span() });
    }
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
        output.set(self.target.clone(), FieldInfo { number: true, ..FieldInfo::made(self.span) });
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
        for (_, column) in batch.columns().filter(|(name, _)| self.covers(name)) {
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

impl Sum {
    fn covers(&self, name: &str) -> bool {
        if self.fields.is_empty() {
            !name.starts_with('_')
        } else {
            self.fields.iter().any(|field| field.matches(name))
        }
    }
}
