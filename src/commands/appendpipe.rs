//! `appendpipe`: run stages on a copy of the rows and add their result.
//!
//! - The stages work on a copy of the current rows, which stay. Source: Search Reference, "appendpipe".

use super::lower::subsearch;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Appendpipe;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "run_in_preview",
    kind: OptionKind::Ignored,
    default: "true",
    summary: "There is no preview.",
}];

impl Command for Appendpipe {
    fn name(&self) -> &'static str {
        "appendpipe"
    }

    fn summary(&self) -> &'static str {
        "Run stages on a copy of the rows and add their result"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "appendpipe [<subsearch>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A total below",
            before: r#"[{"a":"1"},{"a":"2"}]"#,
            search: "| appendpipe [stats sum(a) as a]",
            after: r#"[{"a":"1"},{"a":"2"},{"a":"3"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let Some(search) = subsearch(stage) else { return cx.incomplete("a subsearch in brackets") };
        let plan = Box::new(cx.body(search));
        cx.push(Op::AppendPipe(plan));
    }
}
