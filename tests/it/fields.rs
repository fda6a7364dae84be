//! The fields that the built-in knowledge gives published example events, against those that a real Splunk gave.

use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::Knowledge;
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

/// Fields that tell of the server and of the way in, not of the event.
const OF_THE_SERVER: &[&str] = &["_time", "host", "index", "splunk_server", "timeendpos", "timestamp", "timestartpos"];

/// Of one sourcetype: examples, fields that should be there, fields that are, and how often each one is missing.
#[derive(Default)]
struct Score {
    examples: usize,
    expected: usize,
    found: usize,
    missing: BTreeMap<String, usize>,
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
        let score = scores.entry(sourcetype.to_lowercase()).or_default();
        score.examples += 1;
        let mut missing = Vec::new();
        for field in fields.iter().filter(|field| !OF_THE_SERVER.contains(&field.as_str())) {
            score.expected += 1;
            if found.contains(field.as_str()) {
                score.found += 1;
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
        let Score { examples, expected, found, missing } = score;
        writeln!(text, "{sourcetype}: {examples} examples, {found} of {expected}").expect("writing works");
        if !missing.is_empty() {
            let shown: Vec<String> = missing.iter().map(|(name, count)| format!("{name} {count}")).collect();
            writeln!(text, "    {}", shown.join(", ")).expect("writing works");
        }
    }
    crate::score::compare("fields.txt", &text);
}

/// The names of the fields that have a value.
fn extracted(source: &str, sourcetype: &str, raw: &str) -> BTreeSet<String> {
    let knowledge = Knowledge::builtin();
    let mut batch = Batch::new(1);
    batch.set("_raw", Column::new(vec![Value::from(raw)]));
    batch.set("_time", Column::new(vec![Value::Number(0.0)]));
    batch.set("host", Column::new(vec![Value::from("host")]));
    let rules = knowledge.rules(source, sourcetype, "host");
    let context = Context::at(0.0);
    let fields = knowledge.extract(&rules, batch, &Fields::All, &context);
    fields.names().filter(|name| !fields.value(0, name).is_null()).map(ToString::to_string).collect()
}
