//! `accum`: the running total of a field.
//!
//! - A row without a number in the field stays as it is and does not change the total. Source: Search Reference, "accum".

use super::lower::{field, source_and_target};
use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Accum;

impl Command for Accum {
    fn name(&self) -> &'static str {
        "accum"
    }

    fn summary(&self) -> &'static str {
        "The running total of a field"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "accum <field> [as <name>]", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Beside the numbers",
            before: r#"[{"n":"1"},{"n":"x"},{"n":"4"}]"#,
            search: "| accum n as total",
            after: r#"[{"n":"1","total":"1"},{"n":"x"},{"n":"4","total":"5"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let Some((source, target)) = source_and_target(stage) else { return cx.incomplete("a field") };
        let target = target.unwrap_or(source).text.as_str().into();
        cx.native(Total { field: field(source), target, span: cx.span() });
    }
}

/// Adds up the numbers of a column from top to bottom.
#[derive(Clone, Debug)]
struct Total {
    field: FieldRef,
    target: Name,
    span: Span,
}

impl Native for Total {
    fn name(&self) -> &'static str {
        "accum"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo::made(self.span));
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Total {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let in_place = self.target == self.field.name;
        let mut total = 0.0;
        let mut totals = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            let value = batch.value(row, &self.field.name);
            totals.push(match value.as_number() {
                Some(number) => {
                    total += number;
                    Value::Number(total)
                }
                None if in_place => value.clone(),
                None => Value::Null,
            });
        }
        batch.set(self.target.clone(), Column::new(totals));
        Ok(batch)
    }
}
