//! `streamstats`: add aggregates over the rows seen so far.
//!
//! - Row order is that of the input. `window=0` means all rows so far; with `global=true` a window counts rows of all groups.
//! - Source: Search Reference, "streamstats".

use super::lower::by_fields;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::{Window, WindowFrame};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Streamstats;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "allnum",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Only values that are all numbers count.",
    },
    OptionSpec { name: "current", kind: OptionKind::Flag, default: "true", summary: "Count the row itself." },
    OptionSpec {
        name: "global",
        kind: OptionKind::Flag,
        default: "true",
        summary: "One window over all groups instead of one per group.",
    },
    OptionSpec {
        name: "reset_after",
        kind: OptionKind::Missing,
        default: "",
        summary: "Start anew behind a row that satisfies the expression.",
    },
    OptionSpec {
        name: "reset_before",
        kind: OptionKind::Missing,
        default: "",
        summary: "Start anew at a row that satisfies the expression.",
    },
    OptionSpec {
        name: "reset_on_change",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Start anew when a by-field changes.",
    },
    OptionSpec {
        name: "time_window",
        kind: OptionKind::Span,
        default: "",
        summary: "Only rows within this time of the row.",
    },
    OptionSpec { name: "window", kind: OptionKind::Count, default: "0", summary: "Only the last so many rows." },
];

impl Command for Streamstats {
    fn name(&self) -> &'static str {
        "streamstats"
    }

    fn summary(&self) -> &'static str {
        "Add aggregates over the rows seen so far"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "streamstats [current=<bool>] [window=<n>] [time_window=<span>] <function>(<field>) [as <name>]... [by <field>...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "The distance to the row before",
            before: r#"[{"t":"1"},{"t":"4"},{"t":"9"}]"#,
            search: "| streamstats window=2 range(t) as d",
            after: r#"[{"t":"1","d":"0"},{"t":"4","d":"3"},{"t":"9","d":"5"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let aggregates = cx.aggregates(stage);
        if aggregates.is_empty() {
            return cx.incomplete("an aggregate");
        }
        let frame = WindowFrame::Running {
            current: options.flag("current", true),
            window: options.count("window", 0),
            time_window: options.get("time_window").and_then(|span| cx.seconds("time_window", span)),
            global: options.flag("global", true),
        };
        cx.push(Op::Window(Window { aggregates, by: by_fields(stage), frame }));
    }
}
