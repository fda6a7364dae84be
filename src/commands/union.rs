//! `union`: the rows of several searches together.
//!
//! - Only subsearches in brackets are taken; the rows of the search so far come first. Source: Search Reference, "union".

use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Union;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec { name: "maxout", kind: OptionKind::Ignored, default: "50000", summary: "Most rows of a subsearch." },
    OptionSpec {
        name: "maxtime",
        kind: OptionKind::Ignored,
        default: "60",
        summary: "Longest run of a subsearch, in seconds.",
    },
    OptionSpec {
        name: "timeout",
        kind: OptionKind::Ignored,
        default: "60",
        summary: "Longest wait for a subsearch, in seconds.",
    },
];

impl Command for Union {
    fn name(&self) -> &'static str {
        "union"
    }

    fn summary(&self) -> &'static str {
        "The rows of several searches together"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "union [<subsearch>]...", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A row more",
            before: r#"[{"a":"1"}]"#,
            search: "| union [| makeresults | eval a=2 | fields - _time]",
            after: r#"[{"a":"1"},{"a":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        if !super::lower::words(stage).is_empty() {
            return cx.unsupported("only subsearches in brackets are taken");
        }
        super::multisearch::Multisearch.lower(stage, cx);
    }
}
