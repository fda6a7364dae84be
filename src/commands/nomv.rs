//! `nomv`: a multivalue as one text.
//!
//! - The values are joined by newlines. Source: Search Reference, "nomv".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Value};

/// See the module.
pub(super) struct Nomv;

impl Command for Nomv {
    fn name(&self) -> &'static str {
        "nomv"
    }

    fn summary(&self) -> &'static str {
        "A multivalue as one text"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "nomv <field>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Joined by newlines",
            before: r#"[{"v":["x","y"]}]"#,
            search: "| nomv v",
            after: r#"[{"v":"x\ny"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        cx.native(Join { field: field(word) });
    }
}

/// Joins the values of a field.
#[derive(Clone, Debug)]
struct Join {
    field: FieldRef,
}

impl Native for Join {
    fn name(&self) -> &'static str {
        "nomv"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        if let Some(info) = output.fields.get_mut(&self.field.name) {
            info.multivalue = false;
        }
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Join {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        if let Some(mut column) = batch.column(&self.field.name).cloned() {
            for value in column.values_mut() {
                if matches!(value, Value::List(_)) {
                    *value = Value::text(value.to_text().into_owned());
                }
            }
            batch.set(self.field.name.clone(), column);
        }
        Ok(batch)
    }
}
