//! `uniq`: rows that are equal to the row before go.
//!
//! - Rows are equal if all of their fields are. Source: Search Reference, "uniq".

use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::ir::{Flow, Native, Operator, Schema};
use crate::spl::ast::Stage;
use crate::value::Batch;

/// See the module.
pub(super) struct Uniq;

impl Command for Uniq {
    fn name(&self) -> &'static str {
        "uniq"
    }

    fn summary(&self) -> &'static str {
        "Remove rows that are equal to the row before"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "uniq", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Only neighbours count",
            before: r#"[{"a":"1"},{"a":"1"},{"a":"2"},{"a":"1"}]"#,
            search: "| uniq",
            after: r#"[{"a":"1"},{"a":"2"},{"a":"1"}]"#,
        }]
    }

    fn lower(&self, _: &Stage, cx: &mut Lower) {
        cx.native(Neighbours);
    }
}

/// Removes equal neighbours.
#[derive(Clone, Debug)]
struct Neighbours;

impl Native for Neighbours {
    fn name(&self) -> &'static str {
        "uniq"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { reads_all: true, output: input.clone(), ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Neighbours {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let equal = |a: usize, b: usize| batch.columns().all(|(_, column)| column.values()[a] == column.values()[b]);
        let kept: Vec<usize> = (0..batch.rows()).filter(|&row| row == 0 || !equal(row - 1, row)).collect();
        Ok(batch.take(&kept))
    }
}
