//! `makecontinuous`: add rows for empty buckets.
//!
//! - Between the least and the greatest value of the field, a row is added for each bucket that has none; its other fields
//!   are null. Without a span, the smallest distance between rows counts. Rows ascend by the field.
//! - Source: Search Reference, "makecontinuous".

use super::lower::{field, words};
use super::native::{Apply, gathered};
use super::options::{Options, bad_value};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::op::BinSpan;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Value};

/// See the module.
pub(super) struct Makecontinuous;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "aligntime",
        kind: OptionKind::Ignored,
        default: "",
        summary: "Buckets begin where the first row does.",
    },
    OptionSpec { name: "bins", kind: OptionKind::Missing, default: "100", summary: "At most so many buckets." },
    OptionSpec { name: "end", kind: OptionKind::Text, default: "", summary: "Rows up to this number." },
    OptionSpec { name: "span", kind: OptionKind::Span, default: "", summary: "Size of a bucket." },
    OptionSpec { name: "start", kind: OptionKind::Text, default: "", summary: "Rows from this number on." },
];

impl Command for Makecontinuous {
    fn name(&self) -> &'static str {
        "makecontinuous"
    }

    fn summary(&self) -> &'static str {
        "Add rows for empty buckets"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "makecontinuous [<field>] [span=<span>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Up to an end",
                before: r#"[{"n":"2"},{"n":"4"}]"#,
                search: "| makecontinuous n span=2 start=0 end=6",
                after: r#"[{"n":"0"},{"n":"2"},{"n":"4"},{"n":"6"}]"#,
            },
            Example {
                title: "A gap",
                before: r#"[{"_time":"0","n":"1"},{"_time":"120","n":"2"}]"#,
                search: "| makecontinuous _time span=1m",
                after: r#"[{"_time":"0","n":"1"},{"_time":"60"},{"_time":"120","n":"2"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let field = words(stage).into_iter().next().map_or_else(|| FieldRef::new("_time", Span::default()), field);
        let span = options.get("span").and_then(|value| cx.bin_span("span", value, &*field.name == "_time"));
        let mut end = |name: &str| {
            let word = options.get(name)?;
            let number = crate::value::number::parse(&word.text);
            if number.is_none() {
                cx.problem(bad_value("makecontinuous", name, "a number", word));
            }
            number
        };
        let ends = [end("start"), end("end")];
        cx.native(Continuous { field, span, ends });
    }
}

/// Most rows that the operation adds.
const MAX_BUCKETS: usize = 1_000_000;

/// Adds rows for empty buckets.
#[derive(Clone, Debug)]
pub(super) struct Continuous {
    pub(super) field: FieldRef,
    pub(super) span: Option<BinSpan>,
    /// Where rows begin and end, if not with those that there are.
    pub(super) ends: [Option<f64>; 2],
}

impl Native for Continuous {
    fn name(&self) -> &'static str {
        "makecontinuous"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { reads: vec![Read::value(&self.field)], output: input.clone(), ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Continuous {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let Some(column) = batch.column(&self.field.name) else { return Ok(batch) };
        let mut rows: Vec<(f64, usize)> =
            column.values().iter().enumerate().filter_map(|(row, value)| Some((value.as_number()?, row))).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (Some(first), Some(last)) = (rows.first().copied(), rows.last().copied()) else { return Ok(batch) };
        let begin = self.ends[0].map_or(first.0, |start| start.min(first.0));
        let end = self.ends[1].map_or(last.0, |end| end.max(last.0));
        let gap =
            rows.windows(2).map(|pair| pair[1].0 - pair[0].0).filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
        let mut missing = Vec::new();
        let mut known = rows.iter().map(|row| row.0).peekable();
        let mut at = begin;
        if begin < first.0 {
            missing.push(begin);
        }
        while at < end {
            while known.next_if(|time| *time <= at).is_some() {}
            let next = match &self.span {
                Some(BinSpan::Time(span)) => span.next(at, &context.zone),
                Some(BinSpan::Number(size)) => at + size,
                Some(BinSpan::Bins(_)) | None => at + gap,
            };
            if next.is_nan() || next <= at || missing.len() >= MAX_BUCKETS {
                return Err(format!("more than {MAX_BUCKETS} buckets are empty"));
            }
            if next <= end && known.peek().is_none_or(|time| next < *time) {
                missing.push(next);
            }
            at = next;
        }
        let mut order: Vec<(f64, usize)> = rows;
        order.extend(missing.iter().enumerate().map(|(at, time)| (*time, batch.rows() + at)));
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut added = Batch::new(missing.len());
        added.set(self.field.name.clone(), Column::new(missing.into_iter().map(Value::Number).collect()));
        batch.append(&added);
        Ok(batch.take(&order.into_iter().map(|(_, row)| row).collect::<Vec<_>>()))
    }
}
