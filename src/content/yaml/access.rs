//! Reading a tree: by key, by path, as text, as JSON.

use super::resolve::{DateParts, date_parts};
use super::{Data, Node, Scalar, ScalarValue};
use crate::source::Located;
use serde_json::{Map, Number, Value};

impl Node {
    /// The value of a key of this mapping. `None` if this is no mapping or lacks the key; a null value is found.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pair(key).map(|(_, value)| value)
    }

    /// The key itself: for a finding about the key as a whole.
    pub fn key_node(&self, key: &str) -> Option<&Node> {
        self.pair(key).map(|(key, _)| key)
    }

    fn pair(&self, key: &str) -> Option<&(Node, Node)> {
        let is_key = |name: &Scalar| {
            name.text.len() == key.len() && name.value != ScalarValue::Null && name.text.as_str() == key
        };
        self.entries().iter().find(|(name, _)| name.as_scalar().is_some_and(is_key))
    }

    /// The value at a path of keys, such as `tags.mitre_attack_id`. Keys that hold a point cannot be named.
    pub fn path(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, key| node.get(key))
    }

    /// The pairs of a mapping in file order; empty for anything else.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.data {
            Data::Mapping(pairs) => pairs,
            Data::Scalar(_) | Data::Sequence(_) => &[],
        }
    }

    /// The items of a list; empty for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::Sequence(items) => items,
            Data::Scalar(_) | Data::Mapping(_) => &[],
        }
    }

    /// The scalar, if this is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.data {
            Data::Scalar(scalar) => Some(scalar),
            Data::Sequence(_) | Data::Mapping(_) => None,
        }
    }

    /// The text of a scalar of any value but null: `yes` gives `yes`, `1.0` gives `1.0`.
    pub fn as_text(&self) -> Option<&Located> {
        self.as_scalar().filter(|scalar| scalar.value != ScalarValue::Null).map(|scalar| &scalar.text)
    }

    /// As [`Node::as_text`], without places.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Located::as_str)
    }

    /// Whether this is a null: `null`, `~`, or a key without a value.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(|scalar| scalar.value == ScalarValue::Null)
    }

    /// What this is, for a message: `a list`, `a number`, ...
    pub fn kind_name(&self) -> &'static str {
        match &self.data {
            Data::Sequence(_) => "a list",
            Data::Mapping(_) => "a mapping",
            Data::Scalar(scalar) => match scalar.value {
                ScalarValue::Null => "empty",
                ScalarValue::Bool(_) => "a Boolean",
                ScalarValue::Int(_) | ScalarValue::Float(_) => "a number",
                ScalarValue::Date => "a date",
                ScalarValue::Text => "text",
            },
        }
    }

    /// The tree as JSON, with the values of YAML 1.1. Dates are ISO text (`2024-01-31`, `2024-01-31T09:05:00+00:00`),
    /// keys are text as written, `.inf` and `.nan` stay text because JSON has no such number.
    pub fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar(scalar) => scalar_json(scalar),
            Data::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Data::Mapping(pairs) => {
                let mut object = Map::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let name = key.as_scalar().map_or("", |key| key.text.as_str());
                    object.insert(name.to_owned(), value.to_json());
                }
                Value::Object(object)
            }
        }
    }
}

fn scalar_json(scalar: &Scalar) -> Value {
    let text = scalar.text.as_str();
    match &scalar.value {
        ScalarValue::Null => Value::Null,
        ScalarValue::Bool(value) => Value::Bool(*value),
        ScalarValue::Int(value) => Value::Number((*value).into()),
        ScalarValue::Float(value) => Number::from_f64(*value).map_or_else(|| Value::String(text.into()), Value::Number),
        ScalarValue::Date => Value::String(date_parts(text).map_or_else(|| text.to_owned(), |parts| iso(&parts))),
        ScalarValue::Text => Value::String(text.to_owned()),
    }
}

/// As Python's `isoformat`, which is what the templates of this content were written for.
fn iso(parts: &DateParts<'_>) -> String {
    use std::fmt::Write;
    let mut out = format!("{}-{:0>2}-{:0>2}", parts.year, parts.month, parts.day);
    let Some(time) = &parts.time else { return out };
    // Writing to a string cannot fail.
    let _ = write!(out, "T{:0>2}:{}:{}", time.hour, time.minute, time.second);
    let fraction = time.fraction.get(..6).unwrap_or(time.fraction);
    if fraction.bytes().any(|b| b != b'0') {
        let _ = write!(out, ".{fraction:0<6}");
    }
    match time.offset {
        None => {}
        Some(('Z', ..)) => out.push_str("+00:00"),
        Some((sign, hours, minutes)) => {
            let _ = write!(out, "{sign}{hours:0>2}:{minutes:0>2}");
        }
    }
    out
}
