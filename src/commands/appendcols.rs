//! `appendcols`: put the columns of a subsearch beside the rows, row by row.
//!
//! - The first row of the subsearch goes to the first row, and so on. Fields that exist stay, unless `override=true`.
//! - Source: Search Reference, "appendcols".

use super::lower::subsearch;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Appendcols;

const OPTIONS: &[OptionSpec] = &[
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
        name: "override",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Fields of the subsearch replace fields of the same name.",
    },
    OptionSpec {
        name: "timeout",
        kind: OptionKind::Ignored,
        default: "60",
        summary: "Longest wait for the subsearch, in seconds.",
    },
];

impl Command for Appendcols {
    fn name(&self) -> &'static str {
        "appendcols"
    }

    fn summary(&self) -> &'static str {
        "Put the columns of a subsearch beside the rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "appendcols [override=<bool>] [<subsearch>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "By position",
            before: r#"[{"a":"1"}]"#,
            search: "| appendcols [| makeresults | eval b=2 | fields - _time]",
            after: r#"[{"a":"1","b":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(search) = subsearch(stage) else { return cx.incomplete("a subsearch in brackets") };
        let plan = Box::new(cx.subplan(search));
        cx.push(Op::AppendColumns { plan, overwrite: options.flag("override", false) });
    }
}
