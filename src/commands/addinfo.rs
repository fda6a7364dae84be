//! `addinfo`: fields that describe the search.
//!
//! - `info_min_time` and `info_max_time` are the bounds of the search's range: `0.000` and `+Infinity`, since a search here
//!   takes all of its files; `info_search_time` is its start; `info_sid` its identifier. Source: Search Reference, "addinfo".

use super::native::{Apply, streaming};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Value};

/// See the module.
pub(super) struct Addinfo;

impl Command for Addinfo {
    fn name(&self) -> &'static str {
        "addinfo"
    }

    fn summary(&self) -> &'static str {
        "Add fields that describe the search"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "addinfo", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "The range of all time",
            before: r#"[{"a":"1"}]"#,
            search: "| addinfo | fields a info_min_time info_max_time",
            after: r#"[{"a":"1","info_min_time":"0.000","info_max_time":"+Infinity"}]"#,
        }]
    }

    fn lower(&self, _: &Stage, cx: &mut Lower) {
        cx.native(Info { span: cx.span() });
    }
}

const FIELDS: [&str; 4] = ["info_min_time", "info_max_time", "info_sid", "info_search_time"];

/// Adds the fields.
#[derive(Clone, Debug)]
struct Info {
    span: Span,
}

impl Native for Info {
    fn name(&self) -> &'static str {
        "addinfo"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        for name in FIELDS {
            output.set(name, FieldInfo { always: true, ..FieldInfo::made(self.span) });
        }
        Flow { output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Info {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let (from, to) = context.range;
        let bound =
            |bound: Option<f64>, none: &str| bound.map_or(Value::from(none), |time| Value::text(format!("{time:.3}")));
        let values = [
            bound(from, "0.000"),
            bound(to, "+Infinity"),
            Value::text(format!("{:.0}.1", context.now)),
            Value::text(format!("{:.3}", context.now)),
        ];
        for (name, value) in FIELDS.into_iter().zip(values) {
            batch.set(name, Column::repeat(value, batch.rows()));
        }
        Ok(batch)
    }
}
