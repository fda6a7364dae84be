//! JSON texts. A text that is no JSON gives null, unless said otherwise.

use super::Takes::{Any, List, Text};
use super::{Arg, Call, Function, Need, Run, costly, example, function, optional, repeated, required, text};
use crate::expr::kind::Kind;
use crate::value::json::{self, Path, Segment, element};
use crate::value::{Value, xml};
use serde_json::Value as Json;

/// Deepest nesting of a path to write to.
const MAX_PATH: usize = 100;

const JSON: Arg = required("json", Text);
const PATH: Arg = Arg { name: "path", takes: Text, need: Need::Pair };
const VALUE: Arg = Arg { name: "value", takes: Any, need: Need::Pair };

pub(super) const FUNCTIONS: &[Function] = &[
    costly(function(
        "json",
        "The text as JSON, or null if it is none",
        &[JSON],
        Kind::Text,
        &[example("json(\"{\\\"a\\\": 1}\")", "{\"a\":1}")],
        Run::Each(|_, args| read(args[0]).map_or(Value::Null, |json| Value::text(json.to_string()))),
    )),
    costly(function(
        "json_append",
        "The JSON with values added at the end of the arrays at the paths",
        &[JSON, PATH, VALUE],
        Kind::Text,
        &[example("json_append(\"{\\\"a\\\":[1]}\", \"a\", 2)", "{\"a\":[1,2]}")],
        Run::Values(|_, args| change(args, false, |node, value| append(node, value, false))),
    )),
    function(
        "json_array",
        "A JSON array of the values",
        &[repeated("value", Any)],
        Kind::Text,
        &[example("json_array(\"a\", 1, true())", "[\"a\",1,true]")],
        Run::Values(|_, args| Value::text(Json::Array(args.iter().map(|value| member(value)).collect()).to_string())),
    ),
    costly(function(
        "json_array_to_mv",
        "Elements of a JSON array as a multivalue; texts lose their quotes unless the second argument is true",
        &[required("array", Text), optional("keep_quotes", Any)],
        Kind::List,
        &[
            example("json_array_to_mv(\"[\\\"a\\\", 1]\")", "[a, 1]"),
            example("json_array_to_mv(\"[\\\"a\\\"]\", true())", "\"a\""),
            example("json_array_to_mv(\"{}\")", "null"),
        ],
        Run::Strict(array_to_values),
    )),
    costly(function(
        "json_delete",
        "The JSON without what is at the paths",
        &[JSON, required("path", Text), repeated("path", Text)],
        Kind::Text,
        &[example("json_delete(\"{\\\"a\\\":1,\\\"b\\\":2}\", \"a\")", "{\"b\":2}")],
        Run::Strict(|_, args| {
            let Some(mut json) = read(args[0]) else { return Value::Null };
            for path in &args[1..] {
                delete(&mut json, &Path::parse(&path.to_text()).0);
            }
            Value::text(json.to_string())
        }),
    )),
    costly(function(
        "json_entries",
        "Keys and values of an object as a JSON array of objects with `key` and `value`",
        &[JSON, repeated("path", Text)],
        Kind::Text,
        &[example("json_entries(\"{\\\"a\\\":1}\")", "[{\"key\":\"a\",\"value\":1}]")],
        Run::Strict(|_, args| each_path(args, entries)),
    )),
    costly(function(
        "json_extend",
        "The JSON with values added at the end of the arrays at the paths; arrays are added element by element",
        &[JSON, PATH, VALUE],
        Kind::Text,
        &[example("json_extend(\"{\\\"a\\\":[1]}\", \"a\", json_array(2, 3))", "{\"a\":[1,2,3]}")],
        Run::Values(|_, args| change(args, false, |node, value| append(node, value, true))),
    )),
    costly(function(
        "json_extract",
        "The value at a path; of several paths, a JSON array of their values; without a path, the JSON itself",
        &[JSON, repeated("path", Text)],
        Kind::Any,
        &[
            example("json_extract(\"{\\\"a\\\":{\\\"b\\\":\\\"x\\\"}}\", \"a.b\")", "x"),
            example("json_extract(\"{\\\"a\\\":[{\\\"b\\\":1},{\\\"b\\\":2}]}\", \"a{}.b\")", "[1,2]"),
            example("json_extract(\"{\\\"a\\\":[7,8]}\", \"a{1}\")", "8"),
            example("json_extract(\"{\\\"a\\\":1,\\\"b\\\":\\\"x\\\"}\", \"a\", \"b\")", "[1,\"x\"]"),
        ],
        Run::Strict(|_, args| extract(args, Path::parse)),
    )),
    costly(function(
        "json_extract_exact",
        "As json_extract, with keys taken literally, dots and braces included",
        &[JSON, repeated("key", Text)],
        Kind::Any,
        &[example("json_extract_exact(\"{\\\"a.b\\\":1}\", \"a.b\")", "1")],
        Run::Strict(|_, args| extract(args, |key| Path(vec![Segment::Key(key.to_owned())]))),
    )),
    costly(function(
        "json_has_key_exact",
        "Whether an object has a key, taken literally",
        &[JSON, required("key", Text)],
        Kind::Bool,
        &[example("json_has_key_exact(\"{\\\"a.b\\\":1}\", \"a.b\")", "True")],
        Run::Strict(|_, args| match read(args[0]) {
            Some(json) => Value::Bool(json.get(&*args[1].to_text()).is_some()),
            None => Value::Null,
        }),
    )),
    costly(function(
        "json_keys",
        "Keys of an object as a JSON array",
        &[JSON, repeated("path", Text)],
        Kind::Text,
        &[example("json_keys(\"{\\\"a\\\":1,\\\"b\\\":2}\")", "[\"a\",\"b\"]")],
        Run::Strict(|_, args| each_path(args, keys)),
    )),
    function(
        "json_object",
        "A JSON object of keys and values in turn",
        &[PATH, VALUE],
        Kind::Text,
        &[example("json_object(\"a\", 1, \"b\", \"x\")", "{\"a\":1,\"b\":\"x\"}")],
        Run::Values(|_, args| {
            let mut members = serde_json::Map::new();
            for pair in args.chunks_exact(2) {
                let Some(key) = text(pair[0]) else { return Value::Null };
                members.insert(key.into_owned(), member(pair[1]));
            }
            Value::text(Json::Object(members).to_string())
        }),
    ),
    costly(function(
        "json_set",
        "The JSON with values set at the paths; objects on the way are made",
        &[JSON, PATH, VALUE],
        Kind::Text,
        &[example("json_set(\"{\\\"a\\\":1}\", \"b.c\", \"x\")", "{\"a\":1,\"b\":{\"c\":\"x\"}}")],
        Run::Values(|_, args| change(args, false, |node, value| *node = value)),
    )),
    costly(function(
        "json_set_exact",
        "The JSON with values set at keys taken literally",
        &[JSON, PATH, VALUE],
        Kind::Text,
        &[example("json_set_exact(\"{}\", \"a.b\", 1)", "{\"a.b\":1}")],
        Run::Values(|_, args| change(args, true, |node, value| *node = value)),
    )),
    costly(function(
        "json_valid",
        "Whether the text is JSON",
        &[JSON],
        Kind::Bool,
        &[example("json_valid(\"[1]\")", "True"), example("json_valid(\"[1\")", "False")],
        Run::Strict(|_, args| Value::Bool(text(args[0]).is_some_and(|text| json::parse(&text).is_some()))),
    )),
    costly(function(
        "toarray",
        "The value as a JSON array: an array as it is, anything else as its only element",
        &[required("value", List)],
        Kind::Text,
        &[example("toarray(\"[1]\")", "[1]"), example("toarray(5)", "[5]")],
        Run::Strict(|_, args| {
            let array = match (args[0], read(args[0])) {
                (_, Some(array @ Json::Array(_))) => array,
                (values, _) => Json::Array(values.values().iter().map(member).collect()),
            };
            Value::text(array.to_string())
        }),
    )),
    costly(function(
        "tomv",
        "Elements of a JSON array as a multivalue; anything else as it is",
        &[required("value", Any)],
        Kind::List,
        &[example("tomv(\"[1, 2]\")", "[1, 2]"), example("tomv(\"x\")", "x")],
        Run::Strict(|call, args| match array_to_values(call, args) {
            Value::Null => args[0].clone(),
            values => values,
        }),
    )),
    costly(function(
        "toobject",
        "The value as a JSON object, or null if it is none",
        &[required("value", Any)],
        Kind::Text,
        &[example("toobject(\"{}\")", "{}"), example("toobject(\"[]\")", "null")],
        Run::Strict(|_, args| match read(args[0]) {
            Some(object @ Json::Object(_)) => Value::text(object.to_string()),
            _ => Value::Null,
        }),
    )),
];

/// Whether a value is the text of a JSON array.
pub(super) fn is_array(value: &Value) -> bool {
    read(value).is_some_and(|json| json.is_array())
}

/// Whether a value is the text of a JSON object.
pub(super) fn is_object(value: &Value) -> bool {
    read(value).is_some_and(|json| json.is_object())
}

fn read(value: &Value) -> Option<Json> {
    json::parse(&text(value)?)
}

/// A value inside a JSON text: numbers and Booleans as such, text that is a JSON object or array too, a multivalue as
/// an array.
fn member(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(_) => inferred(value),
        Value::Text(text) if text.starts_with(['{', '[']) => {
            json::parse(text).unwrap_or_else(|| Json::String(text.to_string()))
        }
        Value::Text(text) => Json::String(text.to_string()),
        Value::List(values) => Json::Array(values.iter().map(member).collect()),
    }
}

/// What a value looks like: JSON if its text is, else a text.
fn inferred(value: &Value) -> Json {
    let text = value.to_text();
    json::parse(&text).unwrap_or_else(|| Json::String(text.into_owned()))
}

pub(super) fn from_values(_: &Call<'_>, args: &[&Value]) -> Value {
    let infer = args.get(1).is_some_and(|&value| super::super::eval::truth(value) == Some(true));
    let texts = |value: &Value| Json::String(value.to_text().into_owned());
    let items = args[0].values().iter().map(|value| if infer { inferred(value) } else { texts(value) });
    Value::text(Json::Array(items.collect()).to_string())
}

fn array_to_values(_: &Call<'_>, args: &[&Value]) -> Value {
    let keep = args.get(1).is_some_and(|&value| super::super::eval::truth(value) == Some(true));
    match read(args[0]) {
        Some(Json::Array(items)) => Value::list(items.iter().map(|item| match item {
            Json::String(_) if keep => Value::text(item.to_string()),
            item => json::to_value(item),
        })),
        _ => Value::Null,
    }
}

fn extract(args: &[&Value], path: fn(&str) -> Path) -> Value {
    let Some(json) = read(args[0]) else { return Value::Null };
    let at = |value: &Value| {
        let path = path(&value.to_text());
        let found = path.find(&json);
        if path.is_multiple() {
            (!found.is_empty()).then(|| Json::Array(found.into_iter().cloned().collect()))
        } else {
            found.first().map(|&node| node.clone())
        }
    };
    match &args[1..] {
        [] => json::to_value(&json),
        [one] => at(one).map_or(Value::Null, |node| json::to_value(&node)),
        several => {
            let items: Vec<Json> = several.iter().map(|&value| at(value).unwrap_or(Json::Null)).collect();
            Value::text(Json::Array(items).to_string())
        }
    }
}

fn each_path(args: &[&Value], of: fn(&Json) -> Option<Json>) -> Value {
    let Some(json) = read(args[0]) else { return Value::Null };
    let result = match &args[1..] {
        [] => of(&json),
        [path] => Path::parse(&path.to_text()).find(&json).first().and_then(|node| of(node)),
        several => {
            let nodes = several.iter().map(|path| Path::parse(&path.to_text()).find(&json).first().copied().cloned());
            Some(Json::Array(nodes.map(|node| node.and_then(|node| of(&node)).unwrap_or(Json::Null)).collect()))
        }
    };
    result.map_or(Value::Null, |json| Value::text(json.to_string()))
}

fn keys(json: &Json) -> Option<Json> {
    Some(Json::Array(json.as_object()?.keys().map(|key| Json::String(key.clone())).collect()))
}

fn entries(json: &Json) -> Option<Json> {
    let entry = |key: Json, value: &Json| serde_json::json!({"key": key, "value": value});
    match json {
        Json::Object(members) => {
            Some(Json::Array(members.iter().map(|(key, value)| entry(Json::String(key.clone()), value)).collect()))
        }
        Json::Array(items) => {
            Some(Json::Array(items.iter().enumerate().map(|(at, value)| entry(at.into(), value)).collect()))
        }
        _ => None,
    }
}

/// Sets or changes what is at paths; arguments are the JSON, then paths and values in turn.
fn change(args: &[&Value], exact: bool, apply: fn(&mut Json, Json)) -> Value {
    let Some(mut json) = read(args[0]) else { return Value::Null };
    for pair in args[1..].chunks_exact(2) {
        let Some(path) = text(pair[0]) else { return Value::Null };
        let path = if exact { Path(vec![Segment::Key(path.into_owned())]) } else { Path::parse(&path) };
        if path.0.len() > MAX_PATH {
            return Value::Null;
        }
        visit(&mut json, &path.0, &member(pair[1]), apply);
    }
    Value::text(json.to_string())
}

/// Applies a change to every node at the path; keys that are missing are made.
fn visit(node: &mut Json, path: &[Segment], value: &Json, apply: fn(&mut Json, Json)) {
    let Some((first, rest)) = path.split_first() else {
        apply(node, value.clone());
        return;
    };
    match (first, node) {
        (Segment::Key(key), Json::Object(members)) => {
            visit(
                members.entry(key.clone()).or_insert_with(|| Json::Object(serde_json::Map::new())),
                rest,
                value,
                apply,
            );
        }
        (Segment::All, Json::Array(items)) => items.iter_mut().for_each(|item| visit(item, rest, value, apply)),
        (Segment::Element(at), Json::Array(items)) => {
            if let Some(at) = element(items.len(), *at) {
                visit(&mut items[at], rest, value, apply);
            }
        }
        _ => {}
    }
}

fn append(node: &mut Json, value: Json, elements: bool) {
    let Json::Array(items) = node else { return };
    match value {
        Json::Array(more) if elements => items.extend(more),
        value => items.push(value),
    }
}

fn delete(node: &mut Json, path: &[Segment]) {
    match path {
        [] | [Segment::Attribute(_)] => {}
        [Segment::Key(key)] => {
            if let Json::Object(members) = node {
                members.shift_remove(key);
            }
        }
        [Segment::Element(at)] => {
            if let Json::Array(items) = node
                && let Some(at) = element(items.len(), *at)
            {
                items.remove(at);
            }
        }
        [Segment::All] => {
            if let Json::Array(items) = node {
                items.clear();
            }
        }
        [first, rest @ ..] => match (first, node) {
            (Segment::Key(key), Json::Object(members)) => {
                if let Some(inner) = members.get_mut(key) {
                    delete(inner, rest);
                }
            }
            (Segment::All, Json::Array(items)) => items.iter_mut().for_each(|item| delete(item, rest)),
            (Segment::Element(at), Json::Array(items)) => {
                if let Some(at) = element(items.len(), *at) {
                    delete(&mut items[at], rest);
                }
            }
            _ => {}
        },
    }
}

/// The values at a path of a JSON or XML text; JSON null gives the text `null`.
pub(super) fn spath(_: &Call<'_>, args: &[&Value]) -> Value {
    let (Some(text), Some(path)) = (text(args[0]), text(args[1])) else { return Value::Null };
    let path = Path::parse(&path);
    if text.trim_start().starts_with('<') {
        return Value::list(xml::find(&text, &path).into_iter().map(Value::text));
    }
    let Some(json) = json::parse(&text) else { return Value::Null };
    Value::list(path.find(&json).into_iter().map(json::to_value))
}
