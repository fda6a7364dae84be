//! `outputlookup`: write the rows into a lookup table and pass them on.
//!
//! - The table is held in memory for the rest of the run; no file is written. Source: Search Reference, "outputlookup".

use super::lower::words;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::source::Spanned;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Outputlookup;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "append",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Add to the table instead of replacing it.",
    },
    OptionSpec {
        name: "create_context",
        kind: OptionKind::Ignored,
        default: "",
        summary: "Where Splunk would make the file.",
    },
    OptionSpec {
        name: "create_empty",
        kind: OptionKind::Ignored,
        default: "true",
        summary: "Make the table even without rows.",
    },
    OptionSpec {
        name: "createinapp",
        kind: OptionKind::Ignored,
        default: "true",
        summary: "Where Splunk would make the file.",
    },
    OptionSpec {
        name: "key_field",
        kind: OptionKind::Missing,
        default: "",
        summary: "Replace the rows that have the same key.",
    },
    OptionSpec { name: "max", kind: OptionKind::Ignored, default: "", summary: "Most rows to write." },
    OptionSpec {
        name: "output_format",
        kind: OptionKind::Ignored,
        default: "",
        summary: "How Splunk writes multivalues.",
    },
    OptionSpec {
        name: "override_if_empty",
        kind: OptionKind::Flag,
        default: "true",
        summary: "Empty the table if there are no rows.",
    },
];

impl Command for Outputlookup {
    fn name(&self) -> &'static str {
        "outputlookup"
    }

    fn summary(&self) -> &'static str {
        "Write the rows into a lookup table"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "outputlookup [append=<bool>] <lookup>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Rows pass on",
            before: r#"[{"a":"1"}]"#,
            search: "| outputlookup seen.csv",
            after: r#"[{"a":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(name) = words(stage).into_iter().next() else { return cx.incomplete("the name of a lookup") };
        cx.push(Op::Output {
            lookup: Spanned::new(name.text.as_str().into(), name.span),
            append: options.flag("append", false),
            empty_replaces: options.flag("override_if_empty", true),
        });
    }
}
