//! `concurrency`: how many events are under way when one begins.
//!
//! - An event counts if it began no later and had not ended, itself included. `duration` names the field with the length in
//!   seconds, `start` that of the beginning. A row without numbers in both gets no value and counts nowhere.
//! - Source: Search Reference, "concurrency".

use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Concurrency;

const OPTIONS: &[OptionSpec] = &[
    option("duration", OptionKind::Field, "", "The field that holds how long an event takes, in seconds."),
    option("output", OptionKind::Field, "concurrency", "The field for the count."),
    option("start", OptionKind::Field, "_time", "The field that holds when an event begins."),
];

impl Command for Concurrency {
    fn name(&self) -> &'static str {
        "concurrency"
    }

    fn summary(&self) -> &'static str {
        "Count the events that are under way when one begins"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "concurrency duration=<field> [start=<field>] [output=<field>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two at a time",
            before: r#"[{"t":"0","d":"10"},{"t":"5","d":"2"},{"t":"20","d":"1"}]"#,
            search: "| concurrency duration=d start=t",
            after: r#"[{"t":"0","d":"10","concurrency":"1"},{"t":"5","d":"2","concurrency":"2"},{"t":"20","d":"1","concurrency":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(duration) = options.get("duration") else { return cx.incomplete("`duration=<field>`") };
        let start = options.get("start").map_or_else(|| FieldRef::new("_time", Span::default()), super::lower::field);
        let target = options.text("output").unwrap_or("concurrency").into();
        cx.native(Overlap { duration: super::lower::field(duration), start, target, span: cx.span() });
    }
}

/// Counts overlaps.
#[derive(Clone, Debug)]
struct Overlap {
    duration: FieldRef,
    start: FieldRef,
    target: Name,
    span: Span,
}

impl Native for Overlap {
    fn name(&self) -> &'static str {
        "concurrency"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo { values: Some(ValueKind::Number), ..FieldInfo::made(self.span) });
        Flow { reads: vec![Read::value(&self.duration), Read::value(&self.start)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Overlap {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let time = |row: usize| {
            let start = batch.value(row, &self.start.name).as_number()?;
            Some((start, start + batch.value(row, &self.duration.name).as_number()?.max(0.0)))
        };
        let times: Vec<Option<(f64, f64)>> = (0..batch.rows()).map(time).collect();
        let sorted = |part: fn(&(f64, f64)) -> f64| {
            let mut list: Vec<f64> = times.iter().flatten().map(part).collect();
            list.sort_by(f64::total_cmp);
            list
        };
        let (starts, ends) = (sorted(|time| time.0), sorted(|time| time.1));
        let count = |&(start, end): &(f64, f64)| {
            let begun = starts.partition_point(|other| *other <= start);
            let over = ends.partition_point(|other| *other <= start);
            // An event without a length has ended as it begins, but is under way itself.
            begun - over.min(begun) + usize::from(end <= start)
        };
        let made = times.iter().map(|time| time.as_ref().map_or(Value::Null, |time| Value::Number(count(time) as f64)));
        let made = made.collect();
        batch.set(self.target.clone(), Column::new(made));
        Ok(batch)
    }
}
