//! `format`: the rows as one search expression.
//!
//! - One row with the field `search`: the fields of a row joined by `AND`, the rows by `OR`; internal fields are left out.
//!   Without rows, `NOT ()`. Source: Search Reference, "format".

use super::lower::words;
use super::native::{Apply, gathered};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Format;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "emptystr",
        kind: OptionKind::Text,
        default: "NOT ()",
        summary: "The expression when there are no rows.",
    },
    OptionSpec {
        name: "maxresults",
        kind: OptionKind::Count,
        default: "0",
        summary: "At most so many rows; 0 takes all.",
    },
    OptionSpec { name: "mvsep", kind: OptionKind::Text, default: "OR", summary: "Between the values of a multivalue." },
];

impl Command for Format {
    fn name(&self) -> &'static str {
        "format"
    }

    fn summary(&self) -> &'static str {
        "The rows as one search expression"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "format [mvsep=<text>] [maxresults=<n>] [<six texts>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two rows",
            before: r#"[{"a":"1","b":"x"},{"a":"2"}]"#,
            search: "| format",
            after: r#"[{"search":"( ( a=\"1\" AND b=\"x\" ) OR ( a=\"2\" ) )"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let parts = ["(", "(", "AND", ")", "OR", ")"];
        if !words.is_empty() && words.len() != parts.len() {
            return cx.incomplete("six texts or none");
        }
        let part = |at: usize| Name::from(words.get(at).map_or(parts[at], |word| word.text.as_str()));
        cx.native(Text {
            parts: std::array::from_fn(part),
            between_values: options.text("mvsep").unwrap_or("OR").into(),
            empty: options.text("emptystr").unwrap_or("NOT ()").into(),
            max: options.count("maxresults", 0),
        });
    }
}

/// Writes rows as a search expression.
#[derive(Clone, Debug)]
struct Text {
    parts: [Name; 6],
    between_values: Name,
    empty: Name,
    max: usize,
}

impl Native for Text {
    fn name(&self) -> &'static str {
        "format"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let _ = input;
        let mut output = Schema::default();
        output.set("search", FieldInfo { always: true, ..FieldInfo::default() });
        Flow { reads_all: true, output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Text {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let [open, open_row, and, close_row, or, close] = &self.parts;
        let count = if self.max == 0 { batch.rows() } else { batch.rows().min(self.max) };
        let mut rows = Vec::new();
        for row in 0..count {
            let terms: Vec<String> = batch
                .columns()
                .filter(|(name, _)| !name.starts_with('_'))
                .filter_map(|(name, column)| self.term(name, &column.values()[row]))
                .collect();
            if !terms.is_empty() {
                rows.push(format!("{open_row} {} {close_row}", terms.join(&format!(" {and} "))));
            }
        }
        let text = if rows.is_empty() {
            self.empty.to_string()
        } else {
            format!("{open} {} {close}", rows.join(&format!(" {or} ")))
        };
        let mut result = Batch::new(1);
        result.set("search", Column::new(vec![Value::text(text)]));
        Ok(result)
    }
}

impl Text {
    fn term(&self, name: &str, value: &Value) -> Option<String> {
        let single = |value: &Value| format!("{name}={}", quoted(&value.to_text()));
        match value.values() {
            [] => None,
            [one] => Some(single(one)),
            many => Some(format!(
                "( {} )",
                many.iter().map(single).collect::<Vec<_>>().join(&format!(" {} ", self.between_values))
            )),
        }
    }
}

/// A text in double quotes, as a search expression reads it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
