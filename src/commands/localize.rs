//! `localize`: the stretches of time in which there are events.
//!
//! - Events that follow each other within `maxpause` are one stretch, which is widened by `timebefore` and `timeafter`: one row per
//!   stretch with `starttime` and `endtime`, in order of time. Source: Search Reference, "localize".

use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Value};

/// See the module.
pub(super) struct Localize;

const OPTIONS: &[OptionSpec] = &[
    option("maxpause", OptionKind::Span, "1m", "The longest time between events of a stretch."),
    option("timeafter", OptionKind::Span, "30s", "Added behind."),
    option("timebefore", OptionKind::Span, "30s", "Added before."),
];

impl Command for Localize {
    fn name(&self) -> &'static str {
        "localize"
    }

    fn summary(&self) -> &'static str {
        "Find the stretches of time in which there are events"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "localize [maxpause=<span>] [timebefore=<span>] [timeafter=<span>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two stretches",
            before: r#"[{"_time":"500"},{"_time":"130"},{"_time":"100"}]"#,
            search: "| localize",
            after: r#"[{"starttime":"70","endtime":"160"},{"starttime":"470","endtime":"530"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let mut seconds = |name: &str, default: f64| {
            options.get(name).map_or(Some(default), |word| cx.seconds(name, word)).unwrap_or(default)
        };
        let (pause, before, after) =
            (seconds("maxpause", 60.0), seconds("timebefore", 30.0), seconds("timeafter", 30.0));
        cx.native(Stretches { pause, before, after, span: cx.span() });
    }
}

/// Finds stretches.
#[derive(Clone, Debug)]
struct Stretches {
    pause: f64,
    before: f64,
    after: f64,
    span: Span,
}

impl Native for Stretches {
    fn name(&self) -> &'static str {
        "localize"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema::default();
        for name in ["starttime", "endtime"] {
            output.set(name, FieldInfo { always: true, values: Some(ValueKind::Number), ..FieldInfo::made(self.span) });
        }
        Flow { reads: vec![Read::implied("_time")], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Stretches {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut times: Vec<f64> = (0..batch.rows()).filter_map(|row| batch.value(row, "_time").as_number()).collect();
        times.sort_by(f64::total_cmp);
        let (mut starts, mut ends): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        for time in times {
            if let Some(end) = ends.last_mut().filter(|end| time - **end <= self.pause) {
                *end = time;
            } else {
                starts.push(time);
                ends.push(time);
            }
        }
        let mut result = Batch::new(starts.len());
        let column =
            |times: Vec<f64>, by: f64| Column::new(times.into_iter().map(|time| Value::Number(time + by)).collect());
        result.set("starttime", column(starts, -self.before));
        result.set("endtime", column(ends, self.after));
        Ok(result)
    }
}
