//! Paths into JSON texts, and JSON as values of fields: for `spath`, the `json_...` functions and field extraction.

use super::Value;
use serde_json::Value as Json;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// `a`: the member of an object.
    Key(String),
    /// `{}`: every element of an array.
    All,
    /// `{2}`: one element of an array, counted from 0; a negative one from the end.
    Element(i64),
    /// `{@a}`: an attribute of an XML element; nothing in JSON.
    Attribute(String),
}

/// A path such as `a.b{}.c`: keys joined by dots, array steps in braces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<Segment>);

impl Path {
    /// Reads a path; every text is one. Keys that hold a dot or a brace cannot be named.
    pub fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        for part in text.split('.') {
            let (key, mut rest) = part.find('{').map_or((part, ""), |at| part.split_at(at));
            if !key.is_empty() {
                segments.push(Segment::Key(key.to_owned()));
            }
            while let Some((inner, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                segments.push(match inner.strip_prefix('@') {
                    Some(attribute) => Segment::Attribute(attribute.to_owned()),
                    None => inner.parse().map_or(Segment::All, Segment::Element),
                });
                rest = after;
            }
        }
        Self(segments)
    }

    /// The nodes at the path, in document order.
    pub fn find<'j>(&self, json: &'j Json) -> Vec<&'j Json> {
        let mut nodes = vec![json];
        for segment in &self.0 {
            nodes = nodes.into_iter().flat_map(|node| step(node, segment)).collect();
        }
        nodes
    }

    /// Whether the path may name several nodes (it holds `{}`).
    pub fn is_multiple(&self) -> bool {
        self.0.contains(&Segment::All)
    }
}

/// A value as JSON: numbers as Splunk prints them, lists as arrays, null as null.
pub fn of_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => {
            // The text that Splunk prints is JSON as well, except for what JSON cannot say (nan, inf).
            let text = super::number::print(*number);
            text.parse::<serde_json::Number>().map_or(Json::String(text), Json::Number)
        }
        Value::Text(text) => Json::String(text.to_string()),
        Value::List(values) => Json::Array(values.iter().map(of_value).collect()),
    }
}

fn step<'j>(node: &'j Json, segment: &Segment) -> Box<dyn Iterator<Item = &'j Json> + 'j> {
    match (segment, node) {
        (Segment::Key(key), Json::Object(members)) => Box::new(members.get(key).into_iter()),
        (Segment::All, Json::Array(items)) => Box::new(items.iter()),
        (Segment::Element(at), Json::Array(items)) => {
            Box::new(element(items.len(), *at).map(|at| &items[at]).into_iter())
        }
        _ => Box::new(std::iter::empty()),
    }
}

/// The index of an element, a negative one counted from the end.
pub fn element(length: usize, at: i64) -> Option<usize> {
    let at = if at < 0 { i64::try_from(length).ok()? + at } else { at };
    usize::try_from(at).ok().filter(|&at| at < length)
}

/// A node as the value of a field: text without quotes, numbers as written, `true`, `false`, `null`; objects and arrays
/// as JSON text.
pub fn to_value(json: &Json) -> Value {
    match json {
        Json::String(text) => Value::text(text.as_str()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            Value::text(json.to_string())
        }
    }
}

/// Reads a JSON text; `None` if it is none, or nests deeper than 128 levels.
pub fn parse(text: &str) -> Option<Json> {
    let first = text.trim_start().bytes().next()?;
    // Most texts that are no JSON show it at once.
    let possible = matches!(first, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n');
    possible.then(|| serde_json::from_str(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn finds_nodes() {
        let json = parse(r#"{"a":{"b":[{"c":1},{"c":"x"},{"d":null}]},"n":1.0,"l":[[1,2],[3]]}"#).unwrap();
        let rows = [
            ("a.b{}.c", "1|x"),
            ("a.b{0}", r#"{"c":1}"#),
            ("a.b{-1}.d", "null"),
            ("a.b.c", ""),
            ("n", "1.0"),
            ("l{}{}", "1|2|3"),
            ("l{1}", "[3]"),
            ("x", ""),
            ("a{@b}", ""),
        ];
        for (path, wanted) in rows {
            let found: Vec<String> =
                Path::parse(path).find(&json).into_iter().map(|node| to_value(node).to_text().into_owned()).collect();
            assert_eq!(found.join("|"), wanted, "{path}");
        }
        assert_eq!(parse("plain"), None);
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
