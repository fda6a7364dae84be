//! `gentimes`: a row per span of time.
//!
//! - From `start` up to `end` in steps of `increment`, each row has `starttime` and `endtime` (a second before the next start) and
//!   both as text. A bound is `MM/DD/YYYY`, with `:HH:MM:SS` or without, or a number of days from today; without `end`, the
//!   midnight before now. Source: Search Reference, "gentimes".

use super::native::{Apply, streaming};
use super::options::{Options, bad_value, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::{FieldInfo, Flow, Native, Op, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::time::{Format, RelativeTime, TimeSpan};
use crate::value::{Batch, Column, Value, number};

/// See the module.
pub(super) struct Gentimes;

const OPTIONS: &[OptionSpec] = &[
    option("end", OptionKind::Text, "", "The last moment; without it, the midnight before now."),
    option("increment", OptionKind::Span, "1d", "The length of a span."),
    option("start", OptionKind::Text, "", "The first moment."),
];

impl Command for Gentimes {
    fn name(&self) -> &'static str {
        "gentimes"
    }

    fn summary(&self) -> &'static str {
        "Make a row per span of time"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "gentimes start=<time> [end=<time>] [increment=<span>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two days",
            before: "",
            search: "| gentimes start=3/1/2025 end=3/3/2025 | table starttime endtime starthuman",
            after: r#"[{"starttime":"1740787200","endtime":"1740873599","starthuman":"Sat Mar  1 00:00:00 2025"},{"starttime":"1740873600","endtime":"1740959999","starthuman":"Sun Mar  2 00:00:00 2025"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(start) = options.get("start") else { return cx.incomplete("`start=<time>`") };
        let mut bound = |name: &str| {
            let word = options.get(name)?;
            let bound = Bound::parse(&word.text);
            if bound.is_none() {
                cx.problem(bad_value("gentimes", name, "a day such as `3/1/2025`, or a number of days", word));
            }
            bound
        };
        let (from, to) = (bound("start"), bound("end"));
        let step = options.text("increment").map_or(TimeSpan::parse("1d"), TimeSpan::parse);
        let (Some(from), Some(step)) = (from, step) else { return cx.unsupported("its times have errors") };
        let _ = start;
        cx.push(Op::Rows { count: 1 });
        cx.native(Times { from, to: to.unwrap_or(Bound::Days(0)), step, span: cx.span() });
    }
}

/// Most rows that the command makes.
const MAX_ROWS: usize = 1_000_000;

/// One end of the range.
#[derive(Clone, Debug, PartialEq)]
enum Bound {
    /// Days from today, at midnight.
    Days(i32),
    /// A moment as the command writes it.
    Moment(String),
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        if let Some(days) = number::parse(text) {
            return (days.fract() == 0.0 && days.abs() < 1e6).then_some(Self::Days(days as i32));
        }
        let full = if text.matches(':').count() == 3 { text.to_owned() } else { format!("{text}:00:00:00") };
        let format = Format::new("%m/%d/%Y:%H:%M:%S");
        format.parse(&full, 0.0, &jiff::tz::TimeZone::UTC).map(|_| Self::Moment(full))
    }

    fn resolve(&self, context: &Context) -> Option<f64> {
        match self {
            Self::Days(days) => RelativeTime::parse(&format!("{days:+}d@d"))?.apply(context.now, &context.zone),
            Self::Moment(text) => Format::new("%m/%d/%Y:%H:%M:%S").parse(text, context.now, &context.zone),
        }
    }
}

/// The fields that the command makes.
const FIELDS: [&str; 4] = ["starttime", "endtime", "starthuman", "endhuman"];

/// Makes the rows out of one row.
#[derive(Clone, Debug)]
struct Times {
    from: Bound,
    to: Bound,
    step: TimeSpan,
    span: Span,
}

impl Native for Times {
    fn name(&self) -> &'static str {
        "gentimes"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema::default();
        for name in FIELDS {
            output.set(name, FieldInfo { always: true, ..FieldInfo::made(self.span) });
        }
        Flow { output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Times {
    fn apply(&self, _: Batch, context: &Context) -> Result<Batch, String> {
        let (from, to) = (self.from.resolve(context), self.to.resolve(context));
        let (Some(mut at), Some(to)) = (from, to) else { return Err("its times are out of range".to_owned()) };
        let human = Format::new("%a %b %e %H:%M:%S %Y");
        let mut columns: [Vec<Value>; FIELDS.len()] = Default::default();
        while at < to {
            let next = self.step.next(at, &context.zone);
            if columns[0].len() == MAX_ROWS || next <= at {
                return Err(format!("it would make more than {MAX_ROWS} rows"));
            }
            for (column, time) in [at, next - 1.0].into_iter().enumerate() {
                columns[column].push(Value::Number(time));
                columns[column + 2].push(Value::text(human.print(time, &context.zone)));
            }
            at = next;
        }
        let mut result = Batch::new(columns[0].len());
        for (name, column) in FIELDS.into_iter().zip(columns) {
            result.set(name, Column::new(column));
        }
        Ok(result)
    }
}
