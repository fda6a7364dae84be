//! `append`: add the rows of a subsearch after the current ones.
//!
//! - Rows are not merged. Source: Search Reference, "append".

use super::lower::subsearch;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Append;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "extendtimerange",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "The time range is not bounded here.",
    },
    OptionSpec {
        name: "maxout",
        kind: OptionKind::Count,
        default: "50000",
        summary: "Most rows of the subsearch; not applied.",
    },
    OptionSpec {
        name: "maxtime",
        kind: OptionKind::Ignored,
        default: "60",
        summary: "Longest run of the subsearch, in seconds.",
    },
    OptionSpec {
        name: "timeout",
        kind: OptionKind::Ignored,
        default: "60",
        summary: "Longest wait for the subsearch, in seconds.",
    },
];

impl Command for Append {
    fn name(&self) -> &'static str {
        "append"
    }

    fn summary(&self) -> &'static str {
        "Add the rows of a subsearch after the current ones"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "append [<subsearch>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A row more",
            before: r#"[{"a":"1"}]"#,
            search: "| append [| makeresults | eval a=2 | fields - _time]",
            after: r#"[{"a":"1"},{"a":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let Some(search) = subsearch(stage) else { return cx.incomplete("a subsearch in brackets") };
        let plan = Box::new(cx.subplan(search));
        cx.push(Op::Append(plan));
    }
}
