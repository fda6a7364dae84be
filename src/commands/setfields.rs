//! `setfields`: the same value in every row.
//!
//! - Fields that exist are overwritten. Source: Search Reference, "setfields".

use super::{Command, Example, Lower, Syntax, build};
use crate::ir::Op;
use crate::ir::op::{Assignment, Target};
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Setfields;

impl Command for Setfields {
    fn name(&self) -> &'static str {
        "setfields"
    }

    fn summary(&self) -> &'static str {
        "Write the same value into every row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "setfields <field>=<text> [, <field>=<text>]...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two fields",
            before: r#"[{"a":"1"}]"#,
            search: r#"| setfields a="x", b="y z""#,
            after: r#"[{"a":"x","b":"y z"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut assignments = Vec::new();
        for arg in &stage.args {
            let Arg::Option { name, value } = &arg.node else { continue };
            if let Some(text) = cx.value(&build::text(&value.text, value.span)) {
                let target = Target::Name(name.node.as_str().into());
                assignments.push(Assignment { target, value: text, span: name.span });
            }
        }
        if assignments.is_empty() {
            return cx.incomplete("a field and its value");
        }
        cx.push(Op::Extend(assignments));
    }
}
