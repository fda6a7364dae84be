//! The faces of `check`: comments and configuration that silence, fixes, standard input, schemas, watching.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

const STORY: &str = "name: Calculators
id: 7d0c3f3e-6d54-4c0c-8f0d-0b8c8f2a9d10
version: 1
date: '2024-05-06'
author: A. Author
status: production
description: What calculators do.
narrative: They calculate.
references: []
tags:
  category:
  - Malware
  product:
  - Splunk Cloud
  usecase: Security Monitoring
";

/// Experimental, so that no test and no drilldown is needed.
const DETECTION: &str = "name: Odd Child Of Calculator
id: 2c0fd7e2-11c1-4b7e-9d0e-4a1a3c1f6f10
version: 2
date: '2024-05-06'
author: A. Author
status: experimental
type: Hunting
description: Calculators start nothing.
data_source: []
search: |-
  | tstats count from datamodel=Endpoint.Processes
    where Processes.parent_process_name=calc.exe by Processes.dest Processes.process_name
  | `drop_dm_object_name(Processes)`
  | `odd_child_of_calculator_filter`
how_to_implement: Collect process events.
known_false_positives: None known.
references: []
tags:
  analytic_story:
  - Calculators
  asset_type: Endpoint
  mitre_attack_id:
  - T1059.003
  product:
  - Splunk Cloud
  security_domain: endpoint
tests: []
";

const FILE: &str = "detections/endpoint/odd_child_of_calculator.yml";

fn pack(detection: &str, others: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let story = ("stories/calculators.yml", STORY);
    for (path, text) in others.iter().chain([&(FILE, detection), &story]) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn escudo(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_escudo"));
    command.current_dir(folder).args(args);
    command
}

/// Codes with lines, in order.
fn found(folder: &Path, args: &[&str]) -> Vec<String> {
    let output = escudo(folder, &["check", "--format", "json"]).args(args).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    all.iter().map(|found| format!("{} {}", found["code"].as_str().unwrap_or_default(), found["line"])).collect()
}

#[test]
fn comments_and_configuration_silence() {
    let wrong = DETECTION.replace("`drop_dm_object_name(Processes)`", "`drop_dm_object_nam(Processes)`");
    let folder = pack(&wrong, &[]);
    assert_eq!(found(folder.path(), &[]), ["unknown-macro 13"]);
    let allowed = wrong.replace("search: |-", "# escudo: allow unknown-macro -- made by another team\nsearch: |-");
    fs::write(folder.path().join(FILE), allowed).expect("a file");
    assert_eq!(found(folder.path(), &[]), [""; 0]);
    fs::write(folder.path().join(FILE), &wrong).expect("a file");
    for (config, expected) in [
        ("[rules]\nunknown-macro = \"off\"\n", vec![]),
        ("[known]\nmacros = [\"drop_dm_object_nam\"]\n", vec![]),
        ("[[paths]]\nfiles = [\"stories/**\"]\nrules = { all = \"off\" }\n", vec!["unknown-macro 13"]),
        ("[[paths]]\nfiles = [\"detections/**\"]\nrules = { all = \"off\" }\n", vec![]),
    ] {
        fs::write(folder.path().join("escudo.toml"), config).expect("a file");
        assert_eq!(found(folder.path(), &[]), expected, "{config}");
        assert_eq!(found(folder.path(), &["detections"]), expected, "found by walking up: {config}");
        assert_eq!(found(folder.path(), &["--no-config"]), ["unknown-macro 13"]);
    }
    fs::write(folder.path().join("escudo.toml"), "rules = 1\n").expect("a file");
    let output = escudo(folder.path(), &["check"]).output().expect("runs");
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("escudo.toml:1:9: "), "{error}");
}

#[test]
fn a_build_reports_what_a_check_does() {
    let wrong = DETECTION.replace("`drop_dm_object_name(Processes)`", "`drop_dm_object_nam(Processes)`");
    let folder = pack(&wrong, &[]);
    let codes_of_build = |expected: &[&str]| {
        escudo(folder.path(), &["build", ".", "-o", "out", "--quiet"]).output().expect("runs");
        let text = fs::read_to_string(folder.path().join("out/check.json")).expect("the report");
        let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        let codes: Vec<&str> = all.iter().filter_map(|found| found["code"].as_str()).collect();
        assert_eq!(codes, expected);
    };
    codes_of_build(&["unknown-macro"]);
    fs::write(folder.path().join("escudo.toml"), "[rules]\nunknown-macro = \"off\"\n").expect("a file");
    codes_of_build(&[]);
    fs::remove_file(folder.path().join("escudo.toml")).expect("a file");
    let allowed = wrong.replace("search: |-", "# escudo: allow unknown-macro -- made by another team\nsearch: |-");
    fs::write(folder.path().join(FILE), allowed).expect("a file");
    codes_of_build(&[]);
}

#[test]
fn fixes_change_only_what_is_wrong() {
    let wrong = DETECTION
        .replace("drop_dm_object_name", "drop_dm_object_nam")
        .replace("  | `odd_child_of_calculator_filter`\n", "")
        .replace("  - Calculators\n", "  - Calculater # it is\n")
        .replace("  - Splunk Cloud\n", "  - Splunk Cloud\n  - Splunk Cloud\n");
    let folder =
        pack(&wrong, &[("macros/Our_Index.yml", "name: our_index\ndescription: Ours.\ndefinition: index=ours\n")]);
    escudo(folder.path(), &["check", "--fix", "--quiet"]).assert().code(0);
    let text = fs::read_to_string(folder.path().join(FILE)).expect("the file");
    assert_eq!(text, DETECTION.replace("  - Calculators\n", "  - Calculators # it is\n"));
    assert!(folder.path().join("macros/our_index.yml").is_file());
    assert!(!folder.path().join("macros/Our_Index.yml").exists());
}

#[test]
fn a_macro_at_the_end_of_a_quoted_search_is_put_before_the_quote() {
    let quoted = DETECTION.replace(
        &DETECTION[DETECTION.find("search: ").expect("a search")..DETECTION.find("how_to").expect("a key")],
        "search: 'index=main\n  | table host'   # short\n",
    );
    let folder = pack(&quoted, &[]);
    escudo(folder.path(), &["check", "--fix", "--quiet"]).assert().code(0);
    let text = fs::read_to_string(folder.path().join(FILE)).expect("the file");
    assert!(text.contains("\n  | table host | `odd_child_of_calculator_filter`'   # short\n"), "{text}");
}

#[test]
fn standard_input_stands_for_a_file_of_the_pack() {
    let folder = pack(DETECTION, &[]);
    let wrong = DETECTION.replace("tstats", "tstat");
    for (name, expected) in [(FILE, 1), ("detections/endpoint/not_saved_yet.yml", 1)] {
        let output = escudo(folder.path(), &["check", "--format", "json", "--stdin-filename", name])
            .write_stdin(wrong.clone())
            .output()
            .expect("runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        assert!(all.iter().any(|found| found["code"] == "unknown-command"), "{text}");
        assert!(all.iter().all(|found| found["file"].as_str().is_some_and(|file| file.ends_with(name))), "{text}");
        assert_eq!(output.status.code(), Some(expected));
    }
    escudo(folder.path(), &["check", "--stdin-filename", FILE]).write_stdin(DETECTION).assert().code(0);
}

#[test]
fn checks_explain_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = escudo(folder.path(), &["check", "--explain", "unknown-macro"]).output().expect("runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("## unknown-macro\n") && text.contains("# escudo: allow unknown-macro"), "{text}");
    let output = escudo(folder.path(), &["check", "--explain", "unknown-makro"]).output().expect("runs");
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("did you mean `unknown-macro`?"), "{error}");
}

#[test]
fn schemas_are_for_every_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    escudo(folder.path(), &["schema", "--schema", "v6", "--output", "schemas"]).assert().code(0);
    let names: Vec<_> = fs::read_dir(folder.path().join("schemas")).expect("a folder").flatten().collect();
    assert_eq!(names.len(), 12);
    let output = escudo(folder.path(), &["schema", "data-source"]).output().expect("runs");
    let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    escudo(folder.path(), &["schema", "detektion"]).assert().code(2);
    escudo(folder.path(), &["schema"]).assert().code(2);
}

#[test]
fn a_saved_file_is_checked_again() {
    let folder = pack(DETECTION, &[]);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_escudo"))
        .args(["check", "--watch", "."])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut notes = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let waits = notes.find(|line| line.as_ref().is_ok_and(|line| line.contains("waiting for changes")));
    assert!(waits.is_some());
    fs::write(folder.path().join(FILE), DETECTION.replace("tstats", "tstat")).expect("a file");
    let seen = out.find(|line| line.as_ref().is_ok_and(|line| line.contains("unknown-command")));
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
    assert!(seen.is_some());
}
