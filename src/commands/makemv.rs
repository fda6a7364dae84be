//! `makemv`: split a text into a multivalue.
//!
//! - `delim` is plain text; empty pieces go, unless `allowempty=true`. `tokenizer` is a regular expression whose first group
//!   is a value, for every hit. Source: Search Reference, "makemv".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::regex::Regex;
use crate::value::{Batch, Name, Value};
use std::sync::Arc;

/// See the module.
pub(super) struct Makemv;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec { name: "allowempty", kind: OptionKind::Flag, default: "false", summary: "Keep empty pieces." },
    OptionSpec { name: "delim", kind: OptionKind::Text, default: "a blank", summary: "The text between values." },
    OptionSpec {
        name: "setsv",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "Also keep the text as a single value.",
    },
    OptionSpec {
        name: "tokenizer",
        kind: OptionKind::Text,
        default: "",
        summary: "A regular expression whose first group is a value.",
    },
];

impl Command for Makemv {
    fn name(&self) -> &'static str {
        "makemv"
    }

    fn summary(&self) -> &'static str {
        "Split a text into a multivalue"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "makemv [delim=<text>|tokenizer=<pattern>] [allowempty=<bool>] <field>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "At blanks",
            before: r#"[{"s":"a  b"}]"#,
            search: r#"| makemv delim=" " s"#,
            after: r#"[{"s":["a","b"]}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        let how = match options.get("tokenizer") {
            Some(pattern) => match cx.regex(pattern) {
                Some(regex) => How::Hits(regex),
                None => return cx.unsupported("its pattern has errors"),
            },
            None => How::Pieces(options.text("delim").filter(|text| !text.is_empty()).unwrap_or(" ").into()),
        };
        cx.native(Split { field: field(word), how, keep_empty: options.flag("allowempty", false) });
    }
}

/// Where values begin and end.
#[derive(Clone, Debug)]
enum How {
    /// Between these texts.
    Pieces(Name),
    /// The first group of each hit.
    Hits(Arc<Regex>),
}

/// Splits the values of a field.
#[derive(Clone, Debug)]
struct Split {
    field: FieldRef,
    how: How,
    keep_empty: bool,
}

impl Native for Split {
    fn name(&self) -> &'static str {
        "makemv"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        let old = output.fields.get(&self.field.name).cloned().unwrap_or_default();
        output.set(self.field.name.clone(), crate::ir::FieldInfo { multivalue: true, values: None, ..old });
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Split {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        if let Some(mut column) = batch.column(&self.field.name).cloned() {
            for value in column.values_mut() {
                if !value.is_null() {
                    *value = self.split(&value.to_text());
                }
            }
            batch.set(self.field.name.clone(), column);
        }
        Ok(batch)
    }
}

impl Split {
    fn split(&self, text: &str) -> Value {
        let kept = |piece: &&str| self.keep_empty || !piece.is_empty();
        match &self.how {
            How::Pieces(delimiter) => Value::list(text.split(&**delimiter).filter(kept).map(Value::from)),
            How::Hits(regex) => Value::list(
                regex
                    .captures_iter(text)
                    .filter_map(|hit| hit.get(1).or_else(|| hit.get(0)).filter(kept).map(Value::from)),
            ),
        }
    }
}
