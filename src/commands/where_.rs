//! `where`: keep the rows for which an eval expression is true.
//!
//! - A row for which it is null (a field is missing) goes. Text compares with case; `*` is a plain character.
//! - Source: Search Reference, "where".

use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::ir::op::Condition;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Where;

impl Command for Where {
    fn name(&self) -> &'static str {
        "where"
    }

    fn summary(&self) -> &'static str {
        "Keep the rows for which an expression is true"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "where <expression>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A missing field drops the row",
            before: r#"[{"n":"3"},{"n":"12"},{}]"#,
            search: "| where n > 5",
            after: r#"[{"n":"12"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let written = stage.args.iter().find_map(|arg| match &arg.node {
            Arg::Expr(expr) => Some(expr),
            _ => None,
        });
        let Some(written) = written else { return cx.incomplete("an expression") };
        match cx.condition(written) {
            Some(expr) => cx.push(Op::Filter(Condition::Where(expr))),
            None => cx.unsupported("its expression has errors"),
        }
    }
}
