//! `bin`: replace a number or a time by the bucket that it falls in.
//!
//! - Spans of time below a day align to the epoch, longer ones to the calendar. `_time` becomes the start of its bucket, any
//!   other number the text `start-end`.
//! - A row without the field is unchanged. Source: Search Reference, "bin".

use super::lower::field;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::BinSpan;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Bin;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "aligntime",
        kind: OptionKind::Missing,
        default: "",
        summary: "Align spans of time to this time.",
    },
    OptionSpec {
        name: "bins",
        kind: OptionKind::Count,
        default: "100",
        summary: "At most so many buckets, when there is no span.",
    },
    OptionSpec { name: "end", kind: OptionKind::Missing, default: "", summary: "Upper end of the buckets." },
    OptionSpec { name: "minspan", kind: OptionKind::Missing, default: "", summary: "Smallest bucket." },
    OptionSpec { name: "span", kind: OptionKind::Span, default: "", summary: "Size of a bucket." },
    OptionSpec { name: "start", kind: OptionKind::Missing, default: "", summary: "Lower end of the buckets." },
];

impl Command for Bin {
    fn name(&self) -> &'static str {
        "bin"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["bucket", "discretize"]
    }

    fn summary(&self) -> &'static str {
        "Replace a number or a time by its bucket"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "bin [span=<span>] [bins=<n>] <field> [as <name>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Five minutes",
                before: r#"[{"_time":"1741774645"}]"#,
                search: "| bin _time span=5m",
                after: r#"[{"_time":"1741774500"}]"#,
            },
            Example {
                title: "Another field keeps the original",
                before: r#"[{"_time":"1741774645"}]"#,
                search: "| bin span=1h _time as hour",
                after: r#"[{"_time":"1741774645","hour":"1741773600"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let target = stage.args.iter().find_map(|arg| match &arg.node {
            Arg::Word(word) => Some((word, word)),
            Arg::Alias { source, target } => Some((source, target)),
            _ => None,
        });
        let Some((source, target)) = target else { return cx.incomplete("a field") };
        let span = match options.get("span") {
            Some(value) => cx.bin_span("span", value, source.text == "_time"),
            None => Some(BinSpan::Bins(options.count("bins", 100).max(2))),
        };
        match span {
            Some(span) => {
                cx.push(Op::Bin(crate::ir::op::Bin {
                    field: field(source),
                    target: target.text.as_str().into(),
                    span,
                }));
            }
            None => cx.unsupported("its span has errors"),
        }
    }
}
