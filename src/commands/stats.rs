//! `stats`: group rows and compute aggregates.
//!
//! - Only by-fields and aggregates remain. A row that lacks a by-field is left out; a multivalue puts it into several groups.
//! - Without `by` there is exactly one row, also for no input. Output ascends by the by-fields.
//! - Source: Search Reference, "stats"; "Statistical and charting functions".

use super::lower::by_fields;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax, build};
use crate::ir::Op;
use crate::ir::op::{Aggregation, Assignment, Selector, Target};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Stats;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "allnum",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Only values that are all numbers count.",
    },
    OptionSpec {
        name: "dedup_splitvals",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Count equal values of a multivalue by-field once.",
    },
    OptionSpec {
        name: "delim",
        kind: OptionKind::Ignored,
        default: "\" \"",
        summary: "Joins lists where they are shown as one text.",
    },
    OptionSpec { name: "partitions", kind: OptionKind::Ignored, default: "1", summary: "How Splunk splits the work." },
];

impl Command for Stats {
    fn name(&self) -> &'static str {
        "stats"
    }

    fn summary(&self) -> &'static str {
        "Group rows and compute aggregates"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "stats <function>(<field>) [as <name>]... [by <field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Count and collect per group",
                before: r#"[{"h":"a","u":"x"},{"h":"a","u":"y"},{"h":"a"},{"u":"z"}]"#,
                search: "| stats count count(u) as n values(u) as v by h",
                after: r#"[{"h":"a","count":"3","n":"2","v":["x","y"]}]"#,
            },
            Example {
                title: "Equal values of a row count once",
                before: r#"[{"h":["a","b","a"]}]"#,
                search: "| stats dedup_splitvals=true count by h",
                after: r#"[{"h":"a","count":"1"},{"h":"b","count":"1"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let aggregates = cx.aggregates(stage);
        let by = by_fields(stage);
        if aggregates.is_empty() && by.is_empty() {
            return cx.incomplete("an aggregate");
        }
        if options.flag("dedup_splitvals", false) {
            for field in &by {
                one_of_each(field, cx);
            }
        }
        cx.push(Op::Aggregate(Aggregation { aggregates, by }));
    }
}

/// Leaves one of each value of a by-field, so that a row counts once per value.
pub(super) fn one_of_each(field: &Selector, cx: &mut Lower) {
    if field.is_pattern() {
        return;
    }
    let values = build::call("mvdedup", vec![build::hidden_field(&field.name)], field.span);
    if let Some(value) = cx.value(&values) {
        let target = Target::Name(field.name.clone());
        cx.push(Op::Extend(vec![Assignment { target, value, span: field.span }]));
    }
}
