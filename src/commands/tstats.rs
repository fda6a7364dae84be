//! `tstats`: aggregates over the events of a data model.
//!
//! - Fields are named `Dataset.field`. A row that lacks a by-field is left out, unless `fillnull_value` gives it a text;
//!   that text is for by-fields only.
//! - `by _time span=1h` puts rows into buckets of time; without a span, into seconds.
//! - Summaries do not matter here: `summariesonly` and `allow_old_summaries` change nothing.
//! - Without `from`, the aggregates are over raw events. Output ascends by the by-fields.
//! - Source: Search Reference, "tstats".

use super::build;
use super::from::dataset;
use super::lower::{by_fields, by_items};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{FieldRef, Predicate};
use crate::ir::Op;
use crate::ir::op::{Aggregation, Bin, Condition, Selector};
use crate::spl::ast::{Arg, ByItem, Stage};
use crate::value::Value;

/// See the module.
pub(super) struct Tstats;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "allow_old_summaries",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Use summaries built for an older model; there are none here.",
    },
    OptionSpec {
        name: "append",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Add to earlier rows; needs `prestats`.",
    },
    OptionSpec { name: "chunk_size", kind: OptionKind::Ignored, default: "", summary: "How Splunk splits the work." },
    OptionSpec {
        name: "fillnull_value",
        kind: OptionKind::Text,
        default: "",
        summary: "The text for missing by-fields.",
    },
    OptionSpec {
        name: "include_reduced_buckets",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "Where Splunk looks for events.",
    },
    OptionSpec {
        name: "local",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "Where Splunk looks for events.",
    },
    OptionSpec {
        name: "prestats",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Give an intermediate form to later commands.",
    },
    OptionSpec { name: "span", kind: OptionKind::Span, default: "", summary: "Size of a bucket of `_time`." },
    OptionSpec {
        name: "summariesonly",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Only events that Splunk has summarised; here always all.",
    },
];

impl Command for Tstats {
    fn name(&self) -> &'static str {
        "tstats"
    }

    fn summary(&self) -> &'static str {
        "Aggregates over the events of a data model"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "tstats [<options>] <function>(<field>) [as <name>]... [from datamodel=<model>[.<dataset>]] [where <condition>] [by <field>... [span=<span>]]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Count by host",
            before: "",
            search: r#"| tstats count from datamodel=Endpoint.Processes where Processes.process_name="cmd*" by Processes.dest"#,
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut options = Options::of(stage, OPTIONS, cx);
        for item in by_items(stage) {
            if let ByItem::Option { name, value } = item {
                options.check(name, value, OPTIONS, cx);
            }
        }
        if ["prestats", "append"].iter().any(|name| options.flag(name, false)) {
            return cx.unsupported("the intermediate form of `prestats` is not built");
        }
        let mut filter = Vec::new();
        let mut source = None;
        for arg in &stage.args {
            match &arg.node {
                Arg::Condition(term) => filter.push(cx.predicate(term)),
                Arg::From { kind, name } if kind.node == "datamodel" => source = Some(name),
                Arg::From { .. } => return cx.unsupported("only data models are read"),
                _ => {}
            }
        }
        let filter = if filter.len() == 1 { filter.remove(0) } else { Predicate::And(filter) };
        let unfiltered = matches!(&filter, Predicate::And(terms) if terms.is_empty());
        match source {
            Some(name) => {
                cx.push(dataset(name, true));
                if !unfiltered {
                    cx.push(Op::Filter(Condition::Search(filter)));
                }
            }
            None => cx.push(Op::Events { filter }),
        }
        groups(stage, &options, cx);
    }
}

/// The groups and aggregates of `tstats` and `mstats`, behind the rows and their filter.
pub(super) fn groups(stage: &Stage, options: &Options, cx: &mut Lower) {
    let mut by = by_fields(stage);
    let time = by.iter().position(|field| &*field.name == "_time");
    if let Some(value) = options.get("fillnull_value") {
        let fields: Vec<_> = by.iter().filter(|field| &*field.name != "_time").cloned().collect();
        if !fields.is_empty() {
            cx.push(Op::Fill { value: Value::text(value.text.as_str()), fields });
        }
    }
    // Rows are grouped by the bucket, yet `min(_time)` is the time of an event: so the bucket is a field of its own
    // until the groups are made.
    let mut bucket = None;
    if let Some(time) = time.and_then(|at| by.get_mut(at)) {
        let written = options.get("span").map(|value| cx.bin_span("span", value, true));
        if let Some(span) = written.unwrap_or_else(|| build::bin_span("1s", true)) {
            let field = FieldRef::new(time.name.clone(), time.span);
            cx.push(Op::Bin(Bin { field, target: BUCKET.into(), span }));
            let grouped = Selector { name: BUCKET.into(), span: time.span };
            bucket = Some((grouped.clone(), std::mem::replace(time, grouped)));
        }
    }
    let aggregates = cx.aggregates(stage);
    if aggregates.is_empty() && by.is_empty() {
        return cx.incomplete("an aggregate");
    }
    cx.push(Op::Aggregate(Aggregation { aggregates, by }));
    if let Some(names) = bucket {
        cx.push(Op::Rename(vec![names]));
    }
}

/// Holds the bucket of `_time` until the groups are made. Splunk gives no event a field of this name.
const BUCKET: &str = "_bucket";
