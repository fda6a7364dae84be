//! `bin`: replace a number or a time by the bucket that it falls in.
//!
//! - Spans of time below a day align to the epoch, longer ones to the calendar. `_time` becomes the start of its bucket, any
//!   other number the text `start-end`.
//! - A row without the field is unchanged. Source: Search Reference, "bin".

use super::build::{self, binary};
use super::lower::{field, source_and_target};
use super::options::{Options, bad_value};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::{Assignment, BinSpan, Target};
use crate::spl::ast::{BinaryOp, Stage, Word};
use crate::value::time::{Instant, TimeSpan, Unit};

/// See the module.
pub(super) struct Bin;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "aligntime",
        kind: OptionKind::Text,
        default: "",
        summary: "Align spans below a day to this time: seconds since 1970, or a relative time such as `@d+3h`.",
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
            Example {
                title: "From a time of its own",
                before: r#"[{"_time":"130"}]"#,
                search: "| bin span=1m aligntime=5 _time",
                after: r#"[{"_time":"125"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some((source, target)) = source_and_target(stage) else { return cx.incomplete("a field") };
        let target = target.unwrap_or(source);
        let span = match options.get("span") {
            Some(value) => cx.bin_span("span", value, source.text == "_time"),
            None => Some(BinSpan::Bins(options.count("bins", 100).max(2))),
        };
        match (span, options.get("aligntime")) {
            (Some(BinSpan::Time(span)), Some(to)) if source.text == "_time" && span.unit < Unit::Day => {
                aligned(source, target, span, to, cx);
            }
            (Some(span), _) => {
                cx.push(Op::Bin(crate::ir::op::Bin {
                    field: field(source),
                    target: target.text.as_str().into(),
                    span,
                }));
            }
            (None, _) => cx.unsupported("its span has errors"),
        }
    }
}

/// Buckets that begin at a time and at whole spans from it.
fn aligned(source: &Word, target: &Word, span: TimeSpan, to: &Word, cx: &mut Lower) {
    let origin = || match Instant::parse(&to.text, None) {
        Some(Instant::Epoch(seconds)) => Some(build::number(seconds, to.span)),
        Some(Instant::Relative(_)) => {
            let now = build::call("now", Vec::new(), to.span);
            Some(build::call("relative_time", vec![now, build::text(&to.text, to.span)], to.span))
        }
        _ => None,
    };
    let (Some(first), Some(second)) = (origin(), origin()) else {
        cx.problem(bad_value("bin", "aligntime", "seconds since 1970, or a relative time such as `@d+3h`", to));
        return cx.unsupported("its options have errors");
    };
    let size = || build::number(span.seconds(), to.span);
    let distance = binary(BinaryOp::Subtract, build::field(source), first);
    let count = build::call("floor", vec![binary(BinaryOp::Divide, distance, size())], to.span);
    let start = binary(BinaryOp::Add, binary(BinaryOp::Multiply, count, size()), second);
    if let Some(value) = cx.value(&start) {
        let target = Target::Name(target.text.as_str().into());
        cx.push(Op::Extend(vec![Assignment { target, value, span: source.span }]));
    }
}
