//! The built-in pack by source type: cases under `tests/events`, one file per source type or family.
//!
//! A file is prose with fenced blocks. `- source: …` and `- sourcetype: …` say where the events that follow come from.
//! A heading starts a case; its `event` is followed by what must hold: `fields` with `name=value` lines, `row
//! Model.Dataset` with the same for the event's row there, `outside` with the datasets that the event must not be in.
//! A value after the sign may be empty (no value); several values have `|` between them. `{name}` in an event stands for
//! a text that a `text name` block of the file holds, for what events have in common.

use crate::rows::{fields, row_of};
use escudo::knowledge::Knowledge;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What an event is checked against, and where its file says so.
struct Expectation<'t> {
    kind: &'t str,
    lines: Vec<&'t str>,
    line: usize,
}

#[derive(Default)]
struct Case<'t> {
    title: &'t str,
    source: &'t str,
    sourcetype: &'t str,
    event: String,
    expected: Vec<Expectation<'t>>,
}

#[test]
fn cases() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/events");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of cases exists")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md") && !path.ends_with("README.md"))
        .collect();
    paths.sort();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("the file can be read");
        for case in read(path, &text) {
            assert!(!case.expected.is_empty(), "{}: `{}` expects nothing", path.display(), case.title);
            seen.insert(case.sourcetype.to_lowercase());
            problems.extend(check(path, &case));
        }
    }
    assert!(problems.is_empty(), "{} differences\n{}", problems.len(), problems.join("\n"));
    assert!(seen.len() >= 20, "cases of {} source types only", seen.len());
}

/// The cases of a file, in order.
fn read<'t>(path: &Path, text: &'t str) -> Vec<Case<'t>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let (mut source, mut sourcetype) = ("", "");
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(value) = line.strip_prefix("- source: ") {
            source = value;
        } else if let Some(value) = line.strip_prefix("- sourcetype: ") {
            sourcetype = value;
        } else if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case { title, source, sourcetype, ..Case::default() });
        } else if let Some(kind) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            if let Some(name) = kind.strip_prefix("text ") {
                texts.insert(name, block.concat());
                continue;
            }
            let place = format!("{}:{}", path.display(), number + 1);
            let case = cases.last_mut().unwrap_or_else(|| panic!("{place}: a block before the first heading"));
            if kind == "event" {
                case.event = texts
                    .iter()
                    .fold(block.join("\n"), |event, (name, text)| event.replace(&format!("{{{name}}}"), text));
            } else {
                case.expected.push(Expectation { kind, lines: block, line: number + 1 });
            }
        }
    }
    cases
}

/// What differs from a case.
fn check(path: &Path, case: &Case<'_>) -> Vec<String> {
    let origin = (case.source, case.sourcetype);
    let mut problems = Vec::new();
    for Expectation { kind, lines, line } in &case.expected {
        let place = format!("{}:{line} {}", path.file_name().unwrap_or_default().display(), case.title);
        let names: Vec<&str> = lines.iter().map(|line| line.split_once('=').map_or(*line, |(name, _)| name)).collect();
        let mut compare = |found: Vec<String>| {
            for (found, expected) in found.iter().zip(lines).filter(|(found, expected)| found != *expected) {
                problems.push(format!("{place}: {kind}: `{found}`, not `{expected}`"));
            }
        };
        if *kind == "fields" {
            compare(fields(case.source, case.sourcetype, &case.event, &names));
        } else if *kind == "outside" {
            for name in lines {
                let (model, dataset) = dataset(name);
                if row_of(model, dataset, origin, &case.event, &["_time"]).is_some() {
                    problems.push(format!("{place}: the event is in `{name}`"));
                }
            }
        } else if let Some(name) = kind.strip_prefix("row ") {
            let (model, dataset) = dataset(name);
            match row_of(model, dataset, origin, &case.event, &names) {
                Some(found) => compare(found),
                None => problems.push(format!("{place}: the event is not in `{name}`")),
            }
        } else {
            panic!("{place}: a block of the unknown kind `{kind}`");
        }
    }
    problems
}

/// A model and one of its datasets, by the name of both.
fn dataset(name: &str) -> (&str, &str) {
    let (model, dataset) = name.split_once('.').unwrap_or_else(|| panic!("`{name}` is no Model.Dataset"));
    let known = Knowledge::builtin().model(model).unwrap_or_else(|| panic!("no model `{model}`"));
    assert!(known.dataset(dataset).is_some(), "no dataset `{name}`");
    (model, dataset)
}

/// Datasets of the published lists whose name or field is a slip of the list, with what they are in the models.
const SLIPS: &[(&str, &str, &str)] = &[
    // The models of signatures and of Java have one root each, which the lists name after another model.
    ("Event_Signatures", "Event_Signatures", "Signatures"),
    ("JVM", "Event_Signatures", "JVM"),
    ("Interprocess_Messaging", "All_Messaging", "All_Interprocess_Messaging"),
];

/// Every dataset and field of the published lists is in the models.
#[test]
fn published_data_models() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(corpus.join("cim")) else {
        eprintln!("skipped: no lists of data models at {}", corpus.display());
        return;
    };
    let (mut missing, mut compared) = (Vec::new(), 0);
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let model = path.file_stem().unwrap_or_default().to_string_lossy().replace(' ', "_");
        let text = std::fs::read_to_string(&path).expect("the list can be read");
        let list: serde_json::Value = serde_json::from_str(&text).expect("the list is JSON");
        let Some(known) = Knowledge::builtin().model(&model) else {
            missing.push(model);
            continue;
        };
        let mut open: Vec<&serde_json::Value> = list["objects"].as_array().into_iter().flatten().collect();
        while let Some(object) = open.pop() {
            open.extend(object["child_dataset"].as_array().into_iter().flatten());
            let listed = object["name"].as_str().unwrap_or_default().replace(' ', "_");
            let slip = SLIPS.iter().find(|(of, name, _)| *of == model && *name == listed);
            let name = slip.map_or(&*listed, |(_, _, name)| name);
            let Some(dataset) = known.dataset(name) else {
                missing.push(format!("{model}.{name}"));
                continue;
            };
            let fields: BTreeSet<String> = dataset.fields().iter().map(|field| field.name.to_string()).collect();
            for field in object["fields"].as_array().into_iter().flatten().filter_map(|field| field["name"].as_str()) {
                compared += 1;
                if !fields.contains(field) {
                    missing.push(format!("{model}.{name}.{field}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(compared > 500, "only {compared} fields were compared");
}

/// Every source type that a test or a data source of the corpus names has a stanza of its own.
#[test]
fn source_types_of_the_corpus() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    let mut open: Vec<PathBuf> = ["4.29", "5.0", "6"].map(|of| corpus.join(format!("security_content-{of}"))).to_vec();
    while let Some(path) = open.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|end| end == "yml") {
            origins(&std::fs::read_to_string(&path).unwrap_or_default(), &mut named);
        }
    }
    if named.is_empty() {
        eprintln!("skipped: no corpus at {}", corpus.display());
        return;
    }
    let props = Knowledge::builtin().props();
    let of_default = props.settings("", "no such source type", "").len();
    let unknown: Vec<&(String, String)> = named
        .iter()
        .filter(|(source, sourcetype)| props.settings(source, sourcetype, "").len() == of_default)
        .collect();
    assert!(named.len() > 50, "{named:?}");
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The pairs of `source` and `sourcetype` in the lines of a file, which stand side by side.
fn origins(text: &str, named: &mut BTreeSet<(String, String)>) {
    let value = |line: &str, key: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        let value = line.strip_prefix(key)?.trim();
        Some(value.trim_matches(['\'', '"']).to_owned())
    };
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(sourcetype) = value(line, "sourcetype:").filter(|name| !name.is_empty()) else { continue };
        let near = &lines[at.saturating_sub(2)..(at + 3).min(lines.len())];
        let source = near.iter().find_map(|line| value(line, "source:")).unwrap_or_default();
        named.insert((source, sourcetype));
    }
}
