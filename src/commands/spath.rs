//! `spath`: values out of JSON or XML text.
//!
//! - With a path (`a.b{}.c`, `a{0}`, for XML also `a{@attribute}`), the values there go into `output`, which is named like
//!   the path if it is not given; a path that is not there changes nothing. Objects and arrays are their JSON text.
//! - Without a path, every leaf becomes a field named by its path, with `{}` behind the names of arrays; leaves of one
//!   name make a multivalue in document order. A JSON null is the text `null`. Text that is neither gives nothing.
//! - Source: Search Reference, "spath".

use super::lower::{field, words};
use super::native::{Apply, Made, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax, build};
use crate::expr::{Context, FieldRef};
use crate::ir::op::{Assignment, Target};
use crate::ir::{Flow, Native, Op, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::{Quote, Stage, Word};
use crate::value::{Batch, Name, Value, json};
use indexmap::IndexMap;
use quick_xml::events::Event;
use serde_json::Value as Json;

/// See the module.
pub(super) struct Spath;

const fn option(name: &'static str, kind: OptionKind, default: &'static str, summary: &'static str) -> OptionSpec {
    OptionSpec { name, kind, default, summary }
}

const OPTIONS: &[OptionSpec] = &[
    option("input", OptionKind::Field, "_raw", "The field that holds the text."),
    option("output", OptionKind::Field, "the path", "The field for the values."),
    option("path", OptionKind::Text, "", "Where the values are; without it, all of them."),
];

impl Command for Spath {
    fn name(&self) -> &'static str {
        "spath"
    }

    fn summary(&self) -> &'static str {
        "Values out of JSON or XML text"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "spath [input=<field>] [output=<field>] [path=<path>|<path>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "All leaves",
                before: r#"[{"j":"{\"u\":{\"n\":\"bob\"},\"l\":[{\"k\":1},{\"k\":2}]}"}]"#,
                search: "| spath input=j | fields - j",
                after: r#"[{"u.n":"bob","l{}.k":["1","2"]}]"#,
            },
            Example {
                title: "One path",
                before: r#"[{"j":"{\"l\":[{\"k\":1},{\"k\":2}]}"}]"#,
                search: "| spath input=j path=l{}.k output=k | fields - j",
                after: r#"[{"k":["1","2"]}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let raw = Word { text: "_raw".to_owned(), quote: Quote::Single, span: Span::default() };
        let input = options.get("input").unwrap_or(&raw);
        let Some(path) = options.get("path").or_else(|| words(stage).into_iter().next()) else {
            cx.native(Leaves { field: field(input) });
            return;
        };
        let output = options.get("output").unwrap_or(path);
        let values = vec![build::field(input), build::text(&path.text, path.span)];
        let found = build::call("spath", values, path.span);
        // A path that is not there changes nothing.
        let old = build::hidden_field(&output.text);
        let Some(value) = cx.expr(&build::call("coalesce", vec![found, old], path.span)) else {
            return cx.unsupported("its path has errors");
        };
        let target = Target::Name(output.text.as_str().into());
        cx.push(Op::Extend(vec![Assignment { target, value, span: output.span }]));
    }
}

/// Takes all leaves of a text.
#[derive(Clone, Debug)]
struct Leaves {
    field: FieldRef,
}

impl Native for Leaves {
    fn name(&self) -> &'static str {
        "spath"
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

impl Apply for Leaves {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut made = Made::new(&batch);
        for row in 0..batch.rows() {
            for text in batch.value(row, &self.field.name).values() {
                for (name, values) in leaves(&text.to_text()) {
                    made.set(row, &name, Value::list(values))?;
                }
            }
        }
        Ok(made.finish())
    }
}

/// The leaves of a text by name.
fn leaves(text: &str) -> IndexMap<Name, Vec<Value>> {
    let mut found = IndexMap::new();
    if text.trim_start().starts_with('<') {
        xml_leaves(text, &mut found);
    } else if let Some(json) = json::parse(text)
        && (json.is_object() || json.is_array())
    {
        json_leaves(&json, &mut String::new(), &mut found);
    }
    found
}

/// Recursion is as deep as the text nests, which the JSON reader bounds.
fn json_leaves(json: &Json, path: &mut String, found: &mut IndexMap<Name, Vec<Value>>) {
    let length = path.len();
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
                json_leaves(value, path, found);
                path.truncate(length);
            }
        }
        Json::Array(items) => {
            path.push_str("{}");
            for item in items {
                json_leaves(item, path, found);
            }
            path.truncate(length);
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            found.entry(path.as_str().into()).or_default().push(json::to_value(json));
        }
    }
}

/// Deepest nesting of XML that is followed.
const MAX_DEPTH: usize = 128;

/// Texts of elements without elements inside, and attributes. Ends at the first thing that is no XML.
fn xml_leaves(text: &str, found: &mut IndexMap<Name, Vec<Value>>) {
    let mut reader = quick_xml::Reader::from_str(text);
    // Of each open element: the length of the path before it, and whether it has elements inside.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut path = String::new();
    let mut inside = String::new();
    let enter = |path: &mut String, start: &quick_xml::events::BytesStart, found: &mut IndexMap<Name, Vec<Value>>| {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(start.name().as_ref());
        for attribute in start.attributes().flatten() {
            let name = format!("{path}{{@{}}}", attribute.key.as_ref());
            let value = plain(&attribute.value);
            found.entry(name.into()).or_default().push(Value::text(value));
        }
    };
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return;
                }
                if let Some((_, parent)) = open.last_mut() {
                    *parent = true;
                }
                open.push((path.len(), false));
                enter(&mut path, &start, found);
                inside.clear();
            }
            Event::Empty(start) => {
                if let Some((_, parent)) = open.last_mut() {
                    *parent = true;
                }
                let length = path.len();
                enter(&mut path, &start, found);
                path.truncate(length);
            }
            Event::End(_) => {
                let Some((length, parent)) = open.pop() else { return };
                if !parent {
                    found.entry(path.as_str().into()).or_default().push(Value::text(inside.trim()));
                }
                path.truncate(length);
                inside.clear();
            }
            Event::Text(piece) => inside.push_str(&piece),
            Event::CData(piece) => inside.push_str(&piece),
            Event::GeneralRef(name) => inside.push_str(&plain(&format!("&{};", &*name))),
            Event::Eof => return,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The text without entities; as written if it holds unknown ones.
fn plain(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let one =
            |(name, values): (Name, Vec<Value>)| format!("{name}={}", Value::list(values).to_text().replace('\n', "|"));
        leaves(text).into_iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn finds_all_leaves() {
        let rows = [
            (r#"{"a":{"b":1.0,"c":null},"l":[{"k":"x"},{"k":"y","m":true}]}"#, "a.b=1.0 a.c=null l{}.k=x|y l{}.m=true"),
            (r#"[{"a":1},[2,3]]"#, "{}.a=1 {}{}=2|3"),
            ("{broken", ""),
            ("7", ""),
            ("<r v='1'><a>x</a><a>y&amp;z</a><b k=\"v\"/></r>", "r{@v}=1 r.a=x|y&z r.b{@k}=v"),
        ];
        for (text, wanted) in rows {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }
}
