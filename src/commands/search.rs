//! `search`: keep the rows that satisfy a search expression.
//!
//! - As the first stage (where the word may be left out) it makes raw events, newest first; later it filters rows.
//! - Values compare without regard to case and may hold `*`; `OR` binds tighter than `AND`; `f!=v` needs the field.
//! - Source: Search Reference, "search".

use super::{Command, Example, Lower, Syntax};
use crate::expr::Predicate;
use crate::ir::Op;
use crate::ir::op::Condition;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Search;

impl Command for Search {
    fn name(&self) -> &'static str {
        "search"
    }

    fn summary(&self) -> &'static str {
        "Keep the rows that satisfy a search expression"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "search <condition>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Values compare without case, with wildcards",
            before: r#"[{"p":"CMD.EXE"},{"p":"x.exe"}]"#,
            search: r#"| search p="cmd*""#,
            after: r#"[{"p":"CMD.EXE"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut terms = Vec::new();
        for arg in &stage.args {
            if let Arg::Condition(term) = &arg.node {
                terms.push(cx.predicate(term));
            }
        }
        let predicate = if terms.len() == 1 { terms.remove(0) } else { Predicate::And(terms) };
        if cx.first() {
            cx.push(Op::Events { filter: predicate });
        } else {
            cx.push(Op::Filter(Condition::Search(predicate)));
        }
    }
}
