//! The tables as JSON Schema (draft 07, which editors read), so that an editor completes and checks content files.

use super::{Form, Key, Need, Others, Shape, Type};
use crate::content::model::Generation;
use crate::content::pack::Kind;
use serde_json::{Map, Value, json};

/// The schema of one kind of object. Keys that it does not list are refused exactly where the official tool refuses them.
pub fn json_schema(kind: Kind, generation: Generation) -> Value {
    let name = format!("{generation:?}").to_lowercase();
    let mut schema = mapping(super::of(kind, generation));
    let title = format!("A {} of a Splunk content pack, generation {name}", kind.word());
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(title));
    // Keywords before keys, as people read it.
    let mut first: Vec<(String, Value)> = Vec::new();
    for key in ["$schema", "title"] {
        first.extend(schema.shift_remove_entry(key));
    }
    Value::Object(first.into_iter().chain(schema).collect())
}

fn mapping(shape: &Shape) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in shape.keys() {
        properties.insert(key.name.to_owned(), property(key));
    }
    let required: Vec<&str> = shape.keys().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if shape.others == Others::Refused {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    schema
}

fn property(key: &Key) -> Value {
    match key.need {
        // Nothing satisfies it: an editor says that the key does not belong here.
        Need::Computed => json!({ "not": {}, "description": "Always computed, never written by hand" }),
        Need::Required => value(&key.value),
        // A key without a value counts as absent.
        Need::Optional => or_null(value(&key.value)),
    }
}

fn or_null(schema: Value) -> Value {
    let Value::Object(mut map) = schema else { return schema };
    match map.get("type").cloned() {
        Some(Value::String(kind)) => {
            map.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.push(Value::Null);
            }
        }
        Some(Value::Array(mut kinds)) => {
            if !kinds.contains(&json!("null")) {
                kinds.push(json!("null"));
            }
            map.insert("type".to_owned(), Value::Array(kinds));
        }
        _ if map.is_empty() => {}
        _ => return json!({ "anyOf": [Value::Object(map), { "type": "null" }] }),
    }
    Value::Object(map)
}

fn value(kind: &Type) -> Value {
    match kind {
        Type::Any => json!({}),
        Type::Text { min, max } => text(*min, *max),
        Type::Name(max) => text(1, *max),
        Type::TextOrNull => json!({ "type": ["string", "null"], "minLength": 1 }),
        Type::TextOrBool => json!({ "type": ["string", "boolean"] }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int { min, max } => {
            let mut schema = json!({ "type": "integer", "minimum": min });
            if *max < i64::MAX {
                schema["maximum"] = json!(max);
            }
            schema
        }
        Type::Form(form) => formed(*form),
        Type::Word(words) => json!({ "type": "string", "enum": words.values }),
        Type::List { item, min } => {
            let mut schema = json!({ "type": "array", "items": value(&item.value()) });
            if *min > 0 {
                schema["minItems"] = json!(min);
            }
            schema
        }
        Type::Listed { item } => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": value(&item.value()) }] })
        }
        Type::Map(shape) => Value::Object(mapping(shape)),
    }
}

fn text(min: usize, max: usize) -> Value {
    let mut schema = json!({ "type": "string" });
    if min > 0 {
        schema["minLength"] = json!(min);
    }
    if max < usize::MAX {
        schema["maxLength"] = json!(max);
    }
    schema
}

fn formed(form: Form) -> Value {
    json!({ "type": "string", "pattern": form.pattern(), "description": form.expected() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_what_the_tables_say() {
        let schema = json_schema(Kind::Detection, Generation::V5);
        assert_eq!(schema["properties"]["type"]["enum"], json!(["TTP", "Anomaly", "Hunting", "Correlation"]));
        assert_eq!(schema["properties"]["name"]["maxLength"], 67);
        assert_eq!(schema["additionalProperties"], false);
        let required = schema["required"].as_array().expect("a list");
        for key in ["name", "id", "search", "tags", "status"] {
            assert!(required.contains(&json!(key)), "{key}");
        }
        let risk = &schema["properties"]["rba"]["properties"]["risk_objects"]["items"];
        assert_eq!(risk["properties"]["type"]["enum"], json!(["system", "user", "other"]));
        assert_eq!(risk["properties"]["score"]["maximum"], 100);
        // An optional list may be empty of everything.
        assert_eq!(schema["properties"]["data_source"]["type"], json!(["array", "null"]));
        assert_eq!(schema["properties"]["baselines"]["not"], json!({}));
        let flat = json_schema(Kind::Detection, Generation::V6);
        assert!(flat["properties"]["analytic_story"].is_object() && flat["properties"]["tags"].is_null());
    }
}
