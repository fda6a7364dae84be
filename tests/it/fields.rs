//! The fields that the built-in knowledge gives published example events, against those that a real Splunk gave.

use escudo::events::{Options, Overrides};
use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::Knowledge;
use escudo::replay::{Input, event as event_of};
use escudo::value::{Batch, Column, Value};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What a data source says, as far as it matters here.
#[derive(Deserialize)]
struct DataSource {
    name: String,
    source: Option<String>,
    sourcetype: Option<String>,
    #[serde(default)]
    fields: Option<Vec<String>>,
    example_log: Option<String>,
}

/// Of one sourcetype: examples, fields that should be there, fields that are, and how often each one is missing.
#[derive(Default)]
struct Score {
    examples: usize,
    expected: usize,
    found: usize,
    missing: BTreeMap<String, usize>,
    /// Examples that hold nothing but a date, and the fields that they should have.
    stubs: usize,
    of_stubs: usize,
    found_of_stubs: usize,
}

#[test]
fn corpus_fields() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let folder = corpus.join("security_content-5.0/data_sources");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no corpus at {}", corpus.display());
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "yml")) {
        let text = std::fs::read_to_string(path).expect("the file can be read");
        let Ok(known) = serde_yaml::from_str::<DataSource>(&text) else { continue };
        let (Some(fields), Some(example)) = (&known.fields, &known.example_log) else { continue };
        let sourcetype = known.sourcetype.as_deref().unwrap_or_default();
        let found = extracted(known.source.as_deref().unwrap_or_default(), sourcetype, example.trim_end());
        // Of some events, the data source holds the first line alone: the date.
        let stub = example.trim().len() < 30;
        let score = scores.entry(sourcetype.to_lowercase()).or_default();
        score.examples += 1;
        score.stubs += usize::from(stub);
        let mut missing = Vec::new();
        for field in fields {
            score.expected += 1;
            score.of_stubs += usize::from(stub);
            if found.contains(field.as_str()) {
                score.found += 1;
                score.found_of_stubs += usize::from(stub);
            } else {
                missing.push(field.as_str());
                *score.missing.entry(field.clone()).or_default() += 1;
            }
        }
        println!("{}: {} missing: {}", known.name, missing.len(), missing.join(" "));
    }
    let mut text =
        String::from("# sourcetype: examples, fields found of fields expected; the fields missing, with how often\n");
    for (sourcetype, score) in &scores {
        let Score { examples, expected, found, missing, stubs, of_stubs, .. } = score;
        let alone = if *stubs > 0 { format!(" ({of_stubs} of {stubs} examples of one date)") } else { String::new() };
        writeln!(text, "{sourcetype}: {examples} examples, {found} of {expected}{alone}").expect("writing works");
        if !missing.is_empty() {
            let shown: Vec<String> = missing.iter().map(|(name, count)| format!("{name} {count}")).collect();
            writeln!(text, "    {}", shown.join(", ")).expect("writing works");
        }
    }
    let sum = |count: fn(&Score) -> usize| scores.values().map(count).sum::<usize>();
    let (found, expected, of_stubs) = (sum(|it| it.found), sum(|it| it.expected), sum(|it| it.of_stubs));
    let found_of_stubs = sum(|it| it.found_of_stubs);
    writeln!(text, "all: {found} of {expected}").expect("writing works");
    let (found, expected) = (found - found_of_stubs, expected - of_stubs);
    writeln!(text, "without examples that hold only a date: {found} of {expected}").expect("writing works");
    crate::score::compare("fields.txt", &text);
}

/// The names of the fields that have a value.
fn extracted(source: &str, sourcetype: &str, raw: &str) -> BTreeSet<String> {
    let knowledge = Knowledge::builtin();
    let batch = event(source, sourcetype, raw);
    let rules = knowledge.rules(source, sourcetype, "host");
    let context = Context::at(0.0);
    let fields = knowledge.extract(&rules, batch, &Fields::All, &context);
    fields.names().filter(|name| !fields.value(0, name).is_null()).map(ToString::to_string).collect()
}

/// The event as it comes from a file of its own. An example that is more than an event, or is changed by index time, is
/// taken as it stands, with the time of what was read.
fn event(source: &str, sourcetype: &str, raw: &str) -> Batch {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("example.log");
    std::fs::write(&path, raw).expect("a file");
    let name = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Into::into);
    let (source, sourcetype) = (name(source), name(sourcetype));
    let overrides = Overrides { source, sourcetype, host: name("host"), index: name("main"), kind: None };
    let options = Options::from(overrides).with_knowledge(Knowledge::builtin().clone());
    // Where the settings of the sourcetype make several events of the text, its content says how it was read.
    let mut guessed = options.clone();
    guessed.overrides.sourcetype = None;
    let read = [options, guessed].into_iter().find_map(|options| {
        let input = Input { path: path.clone(), options };
        let alone = event_of(&input, 2).is_err();
        event_of(&input, 1).ok().filter(|_| alone).map(|(_, batch, _)| batch)
    });
    let mut batch = read.unwrap_or_else(|| Batch::new(1));
    batch.set("_raw", Column::new(vec![Value::from(raw)]));
    batch
}
