//! JSON text for demands on its paths (`a.b{}.c`), and the values at a path.

use crate::value::Value;
use serde_json::{Map, Value as Json};

/// The values at a path: a name per step, `{}` for each item of an array.
pub(super) fn at(json: &Json, path: &str) -> Option<Value> {
    let mut found = Vec::new();
    collect(json, &steps(path), &mut found);
    (!found.is_empty()).then(|| Value::list(found))
}

fn collect(json: &Json, path: &[Step<'_>], found: &mut Vec<Value>) {
    match path.split_first() {
        None => match json {
            Json::Null => {}
            Json::String(text) => found.push(Value::text(text.as_str())),
            other => found.push(Value::text(other.to_string())),
        },
        Some((Step::Name(name), rest)) => {
            if let Some(inner) = json.get(name) {
                collect(inner, rest, found);
            }
        }
        Some((Step::Items, rest)) => {
            for inner in json.as_array().into_iter().flatten() {
                collect(inner, rest, found);
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Name(&'p str),
    Items,
}

fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for mut part in path.split('.') {
        let mut arrays = 0;
        while let Some((head, tail)) = part.rsplit_once('{').filter(|(_, tail)| tail.ends_with('}')) {
            let _ = tail;
            part = head;
            arrays += 1;
        }
        if !part.is_empty() {
            steps.push(Step::Name(part));
        }
        steps.extend(std::iter::repeat_n(Step::Items, arrays));
    }
    steps
}

/// Puts a text at a path, with the objects and arrays that lead to it.
pub(super) fn put(json: &mut Json, path: &str, text: &str) {
    let mut place = json;
    for step in steps(path) {
        match step {
            Step::Name(name) => {
                if !place.is_object() {
                    *place = Json::Object(Map::new());
                }
                let Some(object) = place.as_object_mut() else { return };
                place = object.entry(name).or_insert(Json::Null);
            }
            Step::Items => {
                if place.as_array().is_none_or(Vec::is_empty) {
                    *place = Json::Array(vec![Json::Null]);
                }
                let Some(first) = place.as_array_mut().and_then(|items| items.first_mut()) else { return };
                place = first;
            }
        }
    }
    *place = Json::String(text.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_both_ways() {
        let mut json = Json::Null;
        put(&mut json, "a.b{}.c", "1");
        put(&mut json, "a.b{}.d", "2");
        put(&mut json, "e", "x");
        assert_eq!(json.to_string(), r#"{"a":{"b":[{"c":"1","d":"2"}]},"e":"x"}"#);
        assert_eq!(at(&json, "a.b{}.d"), Some("2".into()));
        assert_eq!(at(&json, "a.z"), None);
    }
}
