//! The SARIF output against the specification (OASIS, SARIF version 2.1.0): what each object may and must hold.
//!
//! The tables are written from the sections that they name, for the part of the format that is used. (The published JSON
//! Schema agrees: the findings of the three packs of the corpus were validated with it by hand. It is not copied here.)

use assert_cmd::Command;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a property holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    /// A URI reference: ASCII, everything else percent-encoded.
    Uri,
    /// A whole number, at least so large.
    Number(i64),
    OneOf(&'static [&'static str]),
    Object(&'static Object),
    Objects(&'static Object),
}

/// A kind of object: name, required properties, all properties.
struct Object(&'static str, &'static [&'static str], &'static [(&'static str, Holds)]);

use Holds::{Number, Objects, OneOf, Text, Uri};

const LEVELS: Holds = OneOf(&["none", "note", "warning", "error"]);

// 3.13
static LOG: Object =
    Object("log", &["version", "runs"], &[("version", OneOf(&["2.1.0"])), ("$schema", Uri), ("runs", Objects(&RUN))]);
// 3.14
static RUN: Object = Object(
    "run",
    &["tool"],
    &[
        ("tool", Holds::Object(&TOOL)),
        ("results", Objects(&RESULT)),
        ("columnKind", OneOf(&["utf16CodeUnits", "unicodeCodePoints"])),
    ],
);
// 3.18
static TOOL: Object = Object("tool", &["driver"], &[("driver", Holds::Object(&COMPONENT))]);
// 3.19
static COMPONENT: Object =
    Object("toolComponent", &["name"], &[("name", Text), ("semanticVersion", Text), ("rules", Objects(&DESCRIPTOR))]);
// 3.49
static DESCRIPTOR: Object = Object(
    "reportingDescriptor",
    &["id"],
    &[
        ("id", Text),
        ("shortDescription", Holds::Object(&FORMATTED)),
        ("fullDescription", Holds::Object(&FORMATTED)),
        ("help", Holds::Object(&FORMATTED)),
        ("defaultConfiguration", Holds::Object(&CONFIGURATION)),
    ],
);
// 3.12
static FORMATTED: Object = Object("multiformatMessageString", &["text"], &[("text", Text)]);
// 3.50
static CONFIGURATION: Object = Object("reportingConfiguration", &[], &[("level", LEVELS)]);
// 3.27
static RESULT: Object = Object(
    "result",
    &["message", "ruleId", "ruleIndex", "level", "locations"],
    &[
        ("ruleId", Text),
        ("ruleIndex", Number(0)),
        ("level", LEVELS),
        ("message", Holds::Object(&MESSAGE)),
        ("locations", Objects(&LOCATION)),
        ("relatedLocations", Objects(&LOCATION)),
    ],
);
// 3.11
static MESSAGE: Object = Object("message", &["text"], &[("text", Text)]);
// 3.28
static LOCATION: Object = Object(
    "location",
    &["physicalLocation"],
    &[("physicalLocation", Holds::Object(&PHYSICAL)), ("message", Holds::Object(&MESSAGE))],
);
// 3.29
static PHYSICAL: Object = Object(
    "physicalLocation",
    &["artifactLocation"],
    &[("artifactLocation", Holds::Object(&ARTIFACT)), ("region", Holds::Object(&REGION))],
);
// 3.4
static ARTIFACT: Object = Object("artifactLocation", &["uri"], &[("uri", Uri)]);
// 3.30
static REGION: Object = Object(
    "region",
    &["startLine"],
    &[("startLine", Number(1)), ("startColumn", Number(1)), ("endLine", Number(1)), ("endColumn", Number(1))],
);

#[test]
fn the_log_is_what_the_specification_says() {
    let mut command = Command::cargo_bin("escudo").expect("the program is built");
    let run = command.args(["check", "tests/cases/check", "--advice", "--no-config", "--format", "sarif"]);
    let output = run.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it runs");
    let log: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut wrong = Vec::new();
    object(&LOG, &log, "log", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");

    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "rules have ids of their own (3.49.3)");
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 20, "the cases have findings");
    let mut levels = BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"], "the index is that of the rule (3.27.6)");
        assert_eq!(result["locations"].as_array().map(Vec::len), Some(1), "one place (3.27.12)");
        levels.insert(result["level"].as_str().unwrap_or_default().to_owned());
    }
    assert!(levels.contains("error") && levels.contains("warning"), "{levels:?}");
}

fn object(of: &Object, value: &Value, way: &str, wrong: &mut Vec<String>) {
    let Object(name, required, properties) = of;
    let Some(map) = value.as_object() else { return wrong.push(format!("{way} is no {name}")) };
    for key in required.iter().filter(|key| !map.contains_key(**key)) {
        wrong.push(format!("{way} lacks `{key}`"));
    }
    for (key, value) in map {
        let way = format!("{way}.{key}");
        match properties.iter().find(|(known, _)| known == key) {
            Some((_, holds)) => property(*holds, value, &way, wrong),
            None => wrong.push(format!("{way} is no property of a {name}")),
        }
    }
    if *name == "region" {
        region(map, way, wrong);
    }
}

fn property(holds: Holds, value: &Value, way: &str, wrong: &mut Vec<String>) {
    let fits = match holds {
        Text => value.as_str().is_some_and(|text| !text.is_empty()),
        Uri => value.as_str().is_some_and(is_uri_reference),
        Number(least) => value.as_i64().is_some_and(|number| number >= least),
        OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Holds::Object(of) => return object(of, value, way, wrong),
        Objects(of) => {
            let Some(items) = value.as_array() else { return wrong.push(format!("{way} is no array")) };
            for (at, item) in items.iter().enumerate() {
                object(of, item, &format!("{way}[{at}]"), wrong);
            }
            return;
        }
    };
    if !fits {
        wrong.push(format!("{way} is {value}"));
    }
}

/// RFC 3986, as far as the characters go.
fn is_uri_reference(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => bytes.by_ref().take(2).filter(u8::is_ascii_hexdigit).count() == 2,
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    !text.is_empty()
}

/// The end is not before the start (3.30.5 to 3.30.8).
fn region(map: &Map<String, Value>, way: &str, wrong: &mut Vec<String>) {
    let number = |key: &str| map.get(key).and_then(Value::as_i64).unwrap_or(1);
    let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    if end < start {
        wrong.push(format!("{way} ends at {end:?}, before its start at {start:?}"));
    }
}
