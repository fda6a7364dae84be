//! `require`: no rows are a failure.
//!
//! - Rows pass as they are; without any, the whole search fails. Source: Search Reference, "require".

use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::ir::{Flow, Native, Operator, Schema};
use crate::spl::ast::Stage;
use crate::value::Batch;

/// See the module.
pub(super) struct Require;

impl Command for Require {
    fn name(&self) -> &'static str {
        "require"
    }

    fn summary(&self) -> &'static str {
        "Fail when there are no rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "require", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { title: "There is a row", before: r#"[{"a":"1"}]"#, search: "| require", after: r#"[{"a":"1"}]"# }]
    }

    fn lower(&self, _: &Stage, cx: &mut Lower) {
        cx.native(Needed);
    }
}

/// Fails without rows.
#[derive(Clone, Debug)]
struct Needed;

impl Native for Needed {
    fn name(&self) -> &'static str {
        "require"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { output: input.clone(), ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Needed {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        if batch.is_empty() { Err("no rows reach it, and it requires some".to_owned()) } else { Ok(batch) }
    }
}
