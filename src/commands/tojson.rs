//! `tojson`: fields as a JSON object.
//!
//! - `str(x)`, `num(x)`, `bool(x)`, `json(x)`, `auto(x)` and `none(x)` say what becomes of values; of a field without one,
//!   `default_type` does. `auto` reads numbers, truth values and JSON in texts; `none` takes values as they are. A value that does
//!   not fit is left out, or is `null` with `fill_null=true`. Multivalues become arrays; keys stand in order of name.
//! - Source: Search Reference, "tojson".

use super::lower::words;
use super::native::{Apply, streaming};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema, reads};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value, json, number};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// See the module.
pub(super) struct Tojson;

const OPTIONS: &[OptionSpec] = &[
    option(
        "default_type",
        OptionKind::OneOf(&["auto", "bool", "json", "none", "num", "str"]),
        "none",
        "What becomes of values of fields without a function.",
    ),
    option("fill_null", OptionKind::Flag, "false", "Write `null` for values that do not fit."),
    option("include_internal", OptionKind::Flag, "false", "Also take fields that begin with `_`."),
    option("output_field", OptionKind::Field, "_raw", "The field for the object."),
];

impl Command for Tojson {
    fn name(&self) -> &'static str {
        "tojson"
    }

    fn summary(&self) -> &'static str {
        "Write fields as a JSON object"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "tojson [<function>(<field>)...] [default_type=<type>] [fill_null=<bool>] [output_field=<field>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A number and a text",
            before: r#"[{"a":"1","b":"x"}]"#,
            search: "| tojson num(a) str(b) output_field=j",
            after: r#"[{"a":"1","b":"x","j":"{\"a\":1,\"b\":\"x\"}"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let default = options.text("default_type").and_then(Kind::parse).unwrap_or(Kind::None);
        let mut fields = Vec::new();
        for word in words(stage) {
            let call = word.text.strip_suffix(')').and_then(|text| text.split_once('('));
            match call.and_then(|(function, field)| Some((Kind::parse(function)?, field))) {
                Some((kind, list)) => {
                    let names = list.split([',', ' ']).filter(|name| !name.is_empty());
                    fields.extend(names.map(|name| (Selector::new(name, word.span), kind)));
                }
                None => fields.push((Selector::new(word.text.as_str(), word.span), default)),
            }
        }
        cx.native(Write {
            fields,
            default,
            fill: options.flag("fill_null", false),
            internal: options.flag("include_internal", false),
            target: options.text("output_field").unwrap_or("_raw").into(),
            span: cx.span(),
        });
    }
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Auto,
    Bool,
    Json,
    None,
    Number,
    Text,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "auto" => Self::Auto,
            "bool" => Self::Bool,
            "json" => Self::Json,
            "none" => Self::None,
            "num" => Self::Number,
            "str" => Self::Text,
            _ => return None,
        })
    }

    /// The value as JSON; none if it does not fit.
    fn of(self, value: &Value) -> Option<Json> {
        let text = value.to_text();
        let as_text = || Json::String(text.to_string());
        match self {
            Self::Text => Some(as_text()),
            Self::None => Some(if matches!(value, Value::Number(_)) { in_digits(&text)? } else { as_text() }),
            Self::Number => value.as_number().and_then(|_| in_digits(&text)),
            Self::Json => json::parse(&text),
            Self::Bool => truth(&text).map(Json::Bool),
            Self::Auto => Some(json::parse(&text).unwrap_or_else(as_text)),
        }
    }
}

/// A number with its digits as written, where JSON can write it so.
fn in_digits(text: &str) -> Option<Json> {
    let parsed = text.parse::<serde_json::Number>().ok();
    let again = || number::parse(text).and_then(|number| number::print(number).parse::<serde_json::Number>().ok());
    parsed.or_else(again).map(Json::Number)
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" => Some(true),
        "f" | "false" | "n" | "no" => Some(false),
        other => number::parse(other).map(|number| number != 0.0),
    }
}

/// Writes objects.
#[derive(Clone, Debug)]
struct Write {
    fields: Vec<(Selector, Kind)>,
    default: Kind,
    fill: bool,
    internal: bool,
    target: Name,
    span: Span,
}

impl Native for Write {
    fn name(&self) -> &'static str {
        "tojson"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let plain = self.fields.iter().map(|(field, _)| field).filter(|field| !field.is_pattern());
        let reads = plain.map(|field| reads::listed(&field.name, field.span)).collect();
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo { always: true, ..FieldInfo::made(self.span) });
        let reads_all = self.fields.is_empty() || self.fields.iter().any(|(field, _)| field.is_pattern());
        Flow { reads, reads_all, output }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Write {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut columns: BTreeMap<&Name, (&Column, Kind)> = BTreeMap::new();
        for (name, column) in batch.columns() {
            if let Some(kind) = self.kind(name) {
                columns.insert(name, (column, kind));
            }
        }
        let object = |row: usize| {
            let mut members = Vec::new();
            for (name, (column, kind)) in &columns {
                let value = self.json(&column.values()[row], *kind);
                members.extend(value.map(|value| format!("{}:{value}", Json::String(name.to_string()))));
            }
            Value::text(format!("{{{}}}", members.join(",")))
        };
        let objects = (0..batch.rows()).map(object).collect();
        batch.set(self.target.clone(), Column::new(objects));
        Ok(batch)
    }
}

impl Write {
    /// What becomes of a field; none if it is not in the object.
    fn kind(&self, name: &str) -> Option<Kind> {
        if self.fields.is_empty() {
            return (self.internal || !name.starts_with('_')).then_some(self.default);
        }
        self.fields.iter().find(|(field, _)| field.matches(name)).map(|(_, kind)| *kind)
    }

    fn json(&self, value: &Value, kind: Kind) -> Option<Json> {
        let null = self.fill.then_some(Json::Null);
        match value.values() {
            [] => null,
            [one] => kind.of(one).or(null),
            many => Some(Json::Array(many.iter().filter_map(|one| kind.of(one).or_else(|| null.clone())).collect())),
        }
    }
}
