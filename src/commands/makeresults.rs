//! `makeresults`: make rows out of nothing.
//!
//! - Each row has `_time`, the start of the search. Source: Search Reference, "makeresults".

use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Makeresults;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec { name: "annotate", kind: OptionKind::Missing, default: "false", summary: "Add further fields." },
    OptionSpec { name: "count", kind: OptionKind::Count, default: "1", summary: "How many rows." },
    OptionSpec { name: "data", kind: OptionKind::Missing, default: "", summary: "Rows as text." },
    OptionSpec { name: "format", kind: OptionKind::Missing, default: "", summary: "How the text is written." },
    OptionSpec { name: "splunk_server", kind: OptionKind::Ignored, default: "", summary: "Where Splunk runs it." },
    OptionSpec {
        name: "splunk_server_group",
        kind: OptionKind::Ignored,
        default: "",
        summary: "Where Splunk runs it.",
    },
];

impl Command for Makeresults {
    fn name(&self) -> &'static str {
        "makeresults"
    }

    fn summary(&self) -> &'static str {
        "Make rows out of nothing"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "makeresults [count=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "One row",
            before: "",
            search: "| makeresults | eval a=1 | table a",
            after: r#"[{"a":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        cx.push(Op::Rows { count: options.count("count", 1).min(MOST_ROWS) });
    }
}

/// A greater number would only fill the memory.
const MOST_ROWS: usize = 1_000_000;
