//! `filldown`: a missing value takes the last one above it.
//!
//! - Without a list, all fields. Source: Search Reference, "filldown".

use super::lower::{selector, words};
use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::reads;
use crate::ir::{Flow, Native, Operator, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Name, Value};

/// See the module.
pub(super) struct Filldown;

impl Command for Filldown {
    fn name(&self) -> &'static str {
        "filldown"
    }

    fn summary(&self) -> &'static str {
        "A missing value takes the last one above it"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "filldown [<field>...]", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "From the row above",
            before: r#"[{"a":"1","b":"x"},{"a":"2"}]"#,
            search: "| filldown b",
            after: r#"[{"a":"1","b":"x"},{"a":"2","b":"x"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        cx.native(Down { fields: words(stage).into_iter().map(selector).collect() });
    }
}

/// Fills nulls from above.
#[derive(Clone, Debug)]
struct Down {
    fields: Vec<Selector>,
}

impl Native for Down {
    fn name(&self) -> &'static str {
        "filldown"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let reads = self.fields.iter().filter(|field| !field.is_pattern());
        let reads = reads.map(|field| reads::listed(&field.name, field.span)).collect();
        Flow { reads, output: input.clone(), ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Down {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let names: Vec<Name> = batch.names().filter(|name| self.covers(name)).cloned().collect();
        for name in names {
            let Some(mut column) = batch.column(&name).cloned() else { continue };
            let mut last = Value::Null;
            for value in column.values_mut() {
                if value.is_null() {
                    value.clone_from(&last);
                } else {
                    last.clone_from(value);
                }
            }
            batch.set(name, column);
        }
        Ok(batch)
    }
}

impl Down {
    fn covers(&self, name: &str) -> bool {
        if self.fields.is_empty() {
            !name.starts_with('_')
        } else {
            self.fields.iter().any(|field| field.matches(name))
        }
    }
}
