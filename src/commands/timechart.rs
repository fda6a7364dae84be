//! `timechart`: aggregates per bucket of time, with a column per value of a field.
//!
//! - One row per bucket, ascending; buckets without events are added between the first and the last one (counts are 0).
//! - Without a span, the span is chosen so that there are at most `bins` buckets.
//! - Source: Search Reference, "timechart".

use super::chart::{OPTIONS, table};
use super::lower::by_fields;
use super::makecontinuous::Continuous;
use super::{Command, Example, Lower, Syntax};
use crate::expr::FieldRef;
use crate::ir::Op;
use crate::ir::op::Selector;
use crate::source::Span;
use crate::spl::ast::{Arg, Stage};
use crate::value::Value;

/// See the module.
pub(super) struct Timechart;

impl Command for Timechart {
    fn name(&self) -> &'static str {
        "timechart"
    }

    fn summary(&self) -> &'static str {
        "Aggregates per bucket of time"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "timechart [span=<span>] [limit=<n>] <function>(<field>) [as <name>]... [by <field>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A rate",
                before: r#"[{"_time":"0","n":"30"},{"_time":"30","n":"90"}]"#,
                search: "| timechart span=1m per_second(n) as rate",
                after: r#"[{"_time":"0","rate":"2"}]"#,
            },
            Example {
                title: "Counts per ten minutes",
                before: r#"[{"_time":"0"},{"_time":"30"},{"_time":"1300"}]"#,
                search: "| timechart span=10m count",
                after: r#"[{"_time":"0","count":"2"},{"_time":"600","count":"0"},{"_time":"1200","count":"1"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let column = by_fields(stage).into_iter().next();
        let row = Selector::new("_time", Span::default());
        let Some(known) = table(stage, row, column, cx) else { return };
        if known.flag("cont", true) {
            let span = known.text("span").and_then(|text| super::build::bin_span(text, true));
            cx.native(Continuous { field: FieldRef::new("_time", Span::default()), span, ends: [None, None] });
            let counts = stage.args.iter().all(|arg| match &arg.node {
                Arg::Aggregate(call) => matches!(call.function.node.as_str(), "count" | "c" | "dc" | "distinct_count"),
                _ => true,
            });
            if counts {
                cx.push(Op::Fill { value: Value::Number(0.0), fields: Vec::new() });
            }
        }
    }
}
