//! `reltime`: how long ago a time is, in words.
//!
//! - The distance of `timefield` to the start of the search in its greatest unit, such as `2 hours ago`, in the field `reltime`,
//!   or with a prefix where there are several fields of time. Source: Search Reference, "reltime".

use super::lower::field;
use super::native::{Apply, streaming};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Reltime;

const OPTIONS: &[OptionSpec] = &[
    option("prefix", OptionKind::Text, "", "Stands before `reltime` in the name of the field."),
    option("timefield", OptionKind::Field, "_time", "The field that holds the time."),
];

impl Command for Reltime {
    fn name(&self) -> &'static str {
        "reltime"
    }

    fn summary(&self) -> &'static str {
        "Say how long ago a time is"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "reltime [timefield=<field>] [prefix=<text>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Of a computed time",
            before: "",
            search: "| makeresults | eval _time=now()-7200 | reltime | table reltime",
            after: r#"[{"reltime":"2 hours ago"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let time = options.get("timefield").map_or_else(|| FieldRef::new("_time", Span::default()), field);
        let target = format!("{}reltime", options.text("prefix").unwrap_or_default()).into();
        cx.native(Ago { time, target, span: cx.span() });
    }
}

/// Writes distances in words.
#[derive(Clone, Debug)]
struct Ago {
    time: FieldRef,
    target: Name,
    span: Span,
}

impl Native for Ago {
    fn name(&self) -> &'static str {
        "reltime"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo::made(self.span));
        Flow { reads: vec![Read::value(&self.time)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Ago {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let words = |row: usize| {
            let time = batch.value(row, &self.time.name).as_number();
            time.map_or(Value::Null, |time| Value::text(distance(context.now - time)))
        };
        let words = (0..batch.rows()).map(words).collect();
        batch.set(self.target.clone(), Column::new(words));
        Ok(batch)
    }
}

fn distance(seconds: f64) -> String {
    const UNITS: [(&str, f64); 6] = [
        ("year", 365.0 * 86_400.0),
        ("month", 30.0 * 86_400.0),
        ("day", 86_400.0),
        ("hour", 3600.0),
        ("minute", 60.0),
        ("second", 1.0),
    ];
    let size = seconds.abs();
    let Some((unit, length)) = UNITS.into_iter().find(|(_, length)| size >= *length) else {
        return "now".to_owned();
    };
    let count = (size / length).floor();
    let plural = if count < 2.0 { "" } else { "s" };
    let side = if seconds > 0.0 { "ago" } else { "from now" };
    format!("{count} {unit}{plural} {side}")
}
