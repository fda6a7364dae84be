//! `mstats`: aggregates over measurements.
//!
//! - Events are measurements if they have fields `metric_name:<name>`, or `metric_name` and `_value`. Each measurement is a row with
//!   `metric_name`, `_value`, a field of the metric's name, and the dimensions of its event. `span` groups by time as well.
//! - Source: Search Reference, "mstats".

use super::lower::{by_fields, by_items};
use super::native::{Apply, streaming};
use super::options::{Options, option};
use super::tstats::groups;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::predicate::METADATA;
use crate::expr::predicate::relax::{field_of, relax};
use crate::expr::{CompareOp, Context, FieldRef, Predicate};
use crate::ir::op::Condition;
use crate::ir::{Flow, Native, Op, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::{AggregateArgument, Arg, ByItem, Quote, Spanned, Stage, Word};
use crate::value::pattern::Pattern;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Mstats;

const OPTIONS: &[OptionSpec] = &[
    option("append", OptionKind::Missing, "false", "Add to earlier rows; needs `prestats`."),
    option("backfill", OptionKind::Ignored, "false", "Where Splunk begins a real-time search."),
    option("chart", OptionKind::Missing, "false", "Give a table with a column per value."),
    option("chunk_size", OptionKind::Ignored, "", "How Splunk splits the work."),
    option("every", OptionKind::Missing, "", "Only some of the buckets."),
    option("fillnull_value", OptionKind::Text, "", "The text for missing by-fields."),
    option("prestats", OptionKind::Missing, "false", "Give an intermediate form to later commands."),
    option("span", OptionKind::Span, "", "Size of a bucket of `_time`."),
    option("update_period", OptionKind::Ignored, "", "How often Splunk shows results of a real-time search."),
];

impl Command for Mstats {
    fn name(&self) -> &'static str {
        "mstats"
    }

    fn summary(&self) -> &'static str {
        "Aggregates over measurements"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "mstats <function>(<metric>) [as <name>]... [where <condition>] [by <field>...] [span=<span>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Of one metric",
            before: "",
            search: "| mstats avg(cpu.load) as load where index=metrics by host span=5m",
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
        if ["prestats", "append", "chart"].iter().any(|name| options.flag(name, false)) {
            return cx.unsupported("only rows of aggregates are given, not the forms of `prestats` and `chart`");
        }
        let conditions: Vec<Predicate> = stage
            .args
            .iter()
            .filter_map(|arg| match &arg.node {
                Arg::Condition(term) => Some(cx.predicate(term)),
                _ => None,
            })
            .collect();
        let metrics = metrics(stage);
        // Where an event comes from is the same for its measurements.
        let mut filter: Vec<Predicate> = conditions.iter().map(|condition| relax(condition, &on_origin)).collect();
        filter.retain(|condition| !condition.is_true());
        filter.extend(metrics.as_deref().map(measuring));
        cx.push(Op::Events { filter: Predicate::And(filter) });
        cx.native(Measurements { metrics });
        for condition in conditions {
            cx.push(Op::Filter(Condition::Search(condition)));
        }
        // A span groups by time, whether or not `_time` is written.
        let timed = options.get("span").is_some() && !by_fields(stage).iter().any(|field| &*field.name == "_time");
        if !timed {
            return groups(stage, &options, cx);
        }
        let mut stage = stage.clone();
        let word = Word { text: "_time".to_owned(), quote: Quote::Bare, span: Span::default() };
        stage.args.insert(0, Spanned::new(Arg::By(vec![ByItem::Field(word)]), Span::default()));
        groups(&stage, &options, cx);
    }
}

/// What the names of fields with measurements begin with.
const PREFIX: &str = "metric_name:";

/// Whether a comparison asks where an event comes from.
fn on_origin(leaf: &Predicate) -> bool {
    field_of(leaf).is_some_and(|field| METADATA.contains(&field))
}

/// The metrics that are aggregated; `None` if only the data tells.
fn metrics(stage: &Stage) -> Option<Vec<Name>> {
    let mut metrics = Vec::new();
    for arg in &stage.args {
        let Arg::Aggregate(call) = &arg.node else { continue };
        match &call.argument {
            AggregateArgument::Field(word) if !word.text.contains('*') && word.text != "_value" => {
                metrics.push(Name::from(word.text.as_str()));
            }
            _ => return None,
        }
    }
    metrics.sort_unstable();
    metrics.dedup();
    (!metrics.is_empty()).then_some(metrics)
}

/// Satisfied by events that may measure one of the metrics.
fn measuring(metrics: &[Name]) -> Predicate {
    let has = |field| Predicate::Compare { field, op: CompareOp::Eq, pattern: Pattern::new("*") };
    Predicate::Or(names_of(metrics).map(has).collect())
}

/// The fields that say which of the metrics an event measures.
fn names_of(metrics: &[Name]) -> impl Iterator<Item = FieldRef> {
    let single = std::iter::once("metric_name".to_owned());
    let names = single.chain(metrics.iter().map(|metric| format!("{PREFIX}{metric}")));
    names.map(|name| FieldRef::new(Name::from(name), Span::default()))
}

/// Makes a row of each measurement of an event.
#[derive(Clone, Debug)]
struct Measurements {
    /// Of these alone.
    metrics: Option<Vec<Name>>,
}

impl Native for Measurements {
    fn name(&self) -> &'static str {
        "mstats"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let Some(metrics) = &self.metrics else {
            return Flow { reads_all: true, output: Schema::any(), ..Flow::default() };
        };
        let value = FieldRef::new(Name::from("_value"), Span::default());
        let reads = names_of(metrics).chain([value]).map(|field| Read::value(&field)).collect();
        Flow { reads, output: Schema::any(), ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Measurements {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let measured = |name: &Name| name.strip_prefix(PREFIX).map(Name::from);
        let metrics: Vec<(Name, Name)> =
            batch.names().filter_map(|name| Some((name.clone(), measured(name)?))).collect();
        let is_meant = |metric: &str| {
            let among = |metrics: &Vec<Name>| metrics.iter().any(|known| **known == *metric);
            self.metrics.as_ref().is_none_or(among)
        };
        // Row of the event, name of the metric, value.
        let mut found: Vec<(usize, Name, Value)> = Vec::new();
        for row in 0..batch.rows() {
            for (field, metric) in &metrics {
                let value = batch.value(row, field);
                if !value.is_null() && is_meant(metric) {
                    found.push((row, metric.clone(), value.clone()));
                }
            }
            let (metric, value) = (batch.value(row, "metric_name"), batch.value(row, "_value"));
            if !metric.is_null() && !value.is_null() && is_meant(&metric.to_text()) {
                found.push((row, metric.to_text().as_ref().into(), value.clone()));
            }
        }
        let mut dimensions = batch;
        dimensions.retain_columns(|name| measured(name).is_none());
        let mut result = dimensions.take(&found.iter().map(|(row, ..)| *row).collect::<Vec<_>>());
        let names = found.iter().map(|(_, metric, _)| Value::text(metric.clone())).collect();
        result.set("metric_name", Column::new(names));
        result.set("_value", Column::new(found.iter().map(|(.., value)| value.clone()).collect()));
        let mut metrics: Vec<&Name> = found.iter().map(|(_, metric, _)| metric).collect();
        metrics.sort_unstable();
        metrics.dedup();
        for metric in metrics {
            let of = |(_, name, value): &(usize, Name, Value)| if name == metric { value.clone() } else { Value::Null };
            result.set(metric.clone(), Column::new(found.iter().map(of).collect()));
        }
        Ok(result)
    }
}
