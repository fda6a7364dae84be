//! `fromjson`: the keys of a JSON object become fields.
//!
//! - Objects and arrays of objects keep their JSON text; arrays of single values become multivalues; a JSON null gives no
//!   field. Text that is no JSON object gives nothing.
//! - Source: Search Reference, "fromjson".

use super::lower::{field, words};
use super::native::{Apply, Made, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Name, Value};
use serde_json::Value as Json;

/// See the module.
pub(super) struct Fromjson;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "prefix",
    kind: OptionKind::Text,
    default: "",
    summary: "Stands before the name of each field.",
}];

impl Command for Fromjson {
    fn name(&self) -> &'static str {
        "fromjson"
    }

    fn summary(&self) -> &'static str {
        "The keys of a JSON object become fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "fromjson <field> [prefix=<text>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A number and a list",
            before: r#"[{"d":"{\"a\":1,\"b\":[\"x\",\"y\"]}"}]"#,
            search: "| fromjson d | fields - d",
            after: r#"[{"a":"1","b":["x","y"]}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        cx.native(Unpack { field: field(word), prefix: options.text("prefix").unwrap_or_default().into() });
    }
}

/// Takes the keys of an object apart.
#[derive(Clone, Debug)]
struct Unpack {
    field: FieldRef,
    prefix: Name,
}

impl Native for Unpack {
    fn name(&self) -> &'static str {
        "fromjson"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow::opening(input, vec![Read::value(&self.field)])
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Unpack {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut made = Made::new(&batch);
        for row in 0..batch.rows() {
            let text = batch.value(row, &self.field.name).to_text();
            let Ok(Json::Object(object)) = serde_json::from_str::<Json>(&text) else { continue };
            for (key, value) in object {
                let name: Name = format!("{}{key}", self.prefix).into();
                let value = field_value(&value);
                if !value.is_null() {
                    made.set(row, &name, value)?;
                }
            }
        }
        Ok(made.finish())
    }
}

/// A JSON value as the value of a field.
fn field_value(json: &Json) -> Value {
    match json {
        Json::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            Value::list(items.iter().map(scalar))
        }
        other => scalar(other),
    }
}

/// A JSON value as one text: numbers as written, Booleans as `true` and `false`, objects and arrays as JSON.
pub(super) fn scalar(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::String(text) => Value::text(text.as_str()),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => Value::text(json.to_string()),
    }
}
