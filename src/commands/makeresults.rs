//! `makeresults`: make rows out of nothing.
//!
//! - Each row has `_time`, the start of the search. Source: Search Reference, "makeresults".

use super::native::{Apply, streaming};
use super::options::{Options, bad_value};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::op::{Assignment, Target};
use crate::ir::{FieldInfo, Flow, Native, Op, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Value, csv, json};
use serde_json::Value as Json;

/// See the module.
pub(super) struct Makeresults;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "annotate",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Also say which server made the rows: `local`.",
    },
    OptionSpec { name: "count", kind: OptionKind::Count, default: "1", summary: "How many rows." },
    OptionSpec { name: "data", kind: OptionKind::Text, default: "", summary: "Rows as text." },
    OptionSpec {
        name: "format",
        kind: OptionKind::OneOf(&["csv", "json"]),
        default: "",
        summary: "How the text is written: CSV with a header, or a JSON array of objects.",
    },
    OptionSpec { name: "splunk_server", kind: OptionKind::Ignored, default: "", summary: "Where Splunk runs it." },
    OptionSpec {
        name: "splunk_server_group",
        kind: OptionKind::Ignored,
        default: "",
        summary: "Where Splunk runs it.",
    },
];

impl Command for Makeresults {
    fn name(&self) -> &'static str {
        "makeresults"
    }

    fn summary(&self) -> &'static str {
        "Make rows out of nothing"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "makeresults [count=<n>] [format=(csv|json) data=<text>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "One row",
                before: "",
                search: "| makeresults | eval a=1 | table a",
                after: r#"[{"a":"1"}]"#,
            },
            Example {
                title: "Rows of CSV",
                before: "",
                search: "| makeresults format=csv data=\"a,b\n1,x\n2,\"",
                after: r#"[{"a":"1","b":"x"},{"a":"2"}]"#,
            },
            Example {
                title: "Rows of JSON",
                before: "",
                search: r#"| makeresults format=json data="[{\"a\":1,\"b\":[\"x\",\"y\"]}]" | table a b"#,
                after: r#"[{"a":"1","b":["x","y"]}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let place = cx.span();
        match (options.text("format"), options.get("data")) {
            (None, None) => {
                cx.push(Op::Rows { count: options.count("count", 1).min(MOST_ROWS) });
                if options.flag("annotate", false)
                    && let Some(value) = cx.value(&super::build::text("local", place))
                {
                    let target = Target::Name("splunk_server".into());
                    cx.push(Op::Extend(vec![Assignment { target, value, span: place }]));
                }
            }
            (Some(format), Some(data)) => match read(format, &data.text) {
                Ok((rows, timed)) => {
                    cx.push(Op::Rows { count: 1 });
                    cx.native(Given { rows, timed, span: place });
                }
                Err(reason) => {
                    cx.problem(bad_value("makeresults", "data", &reason, data));
                    cx.unsupported("its data has errors");
                }
            },
            _ => cx.incomplete("both `format` and `data`"),
        }
    }
}

/// The rows of a text, and whether they get a time.
fn read(format: &str, text: &str) -> Result<(Batch, bool), String> {
    if format.eq_ignore_ascii_case("csv") {
        return csv::read(text.trim().as_bytes()).map(|rows| (rows, false));
    }
    let Some(Json::Array(items)) = json::parse(text.trim()) else { return Err("a JSON array of objects".to_owned()) };
    let mut rows = Batch::new(0);
    for item in &items {
        let Json::Object(members) = item else { return Err("a JSON array of objects".to_owned()) };
        let mut row = Batch::new(1);
        row.set("_raw", Column::new(vec![Value::text(item.to_string())]));
        for (name, member) in members {
            let value = match member {
                Json::Array(inner) if inner.iter().all(|item| !item.is_object() && !item.is_array()) => {
                    Value::list(inner.iter().map(json::to_value))
                }
                Json::Null => Value::Null,
                other => json::to_value(other),
            };
            row.set(name.as_str(), Column::new(vec![value]));
        }
        rows.append(&row);
    }
    Ok((rows, true))
}

/// A greater number would only fill the memory.
const MOST_ROWS: usize = 1_000_000;

/// Gives rows that the search brings along, in place of those that come in.
#[derive(Clone, Debug)]
struct Given {
    rows: Batch,
    timed: bool,
    span: Span,
}

impl Native for Given {
    fn name(&self) -> &'static str {
        "makeresults"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema::default();
        for name in self.rows.names().cloned().chain(self.timed.then(|| "_time".into())) {
            output.set(name, FieldInfo { multivalue: self.timed, ..FieldInfo::made(self.span) });
        }
        Flow { output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Given {
    fn apply(&self, _: Batch, context: &Context) -> Result<Batch, String> {
        let mut rows = self.rows.clone();
        if self.timed {
            rows.set("_time", Column::repeat(Value::Number(context.now), rows.rows()));
        }
        Ok(rows)
    }
}
