//! `escudo hunt` over the example pack and its test data.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;

fn hunt(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("escudo").expect("it is built");
    command.arg("hunt").args(arguments).output().expect("it runs")
}

fn lines(output: &std::process::Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("it is text");
    text.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
}

#[test]
fn rules_of_the_example_pack_hit_their_test_data() {
    let output = hunt(&["tests/data", "--format", "jsonl", "--jobs", "2"]);
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    let hits: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "hit").collect();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for hit in &hits {
        *rules.entry(hit["rule"].as_str().expect("a name")).or_default() += 1;
    }
    // Every rule of the pack passes its own test over the same files.
    assert_eq!(rules.len(), 5, "{rules:?}");
    // bob's client on host2 adds 35 to both, as the intermediate findings of the rule say.
    let bob = hits.iter().find(|hit| hit["message"].as_str().is_some_and(|text| text.contains("updsvc.exe")));
    let bob = bob.expect("the renamed client is found");
    assert_eq!((&bob["score"], &bob["entities"][0]["value"]), (&Value::from(35), &Value::from("bob")));
    let times: Vec<&str> = hits.iter().filter_map(|hit| hit["time"].as_str()).collect();
    assert!(times.is_sorted(), "{times:?}");
    // The sums are those of the hits.
    for entity in lines.iter().filter(|line| line["kind"] == "entity") {
        let sum: f64 = hits
            .iter()
            .flat_map(|hit| hit["entities"].as_array().expect("a list"))
            .filter(|found| found["value"] == entity["value"] && found["type"] == entity["type"])
            .filter_map(|found| found["score"].as_f64())
            .sum();
        assert_eq!(entity["score"].as_f64(), Some(sum), "{entity}");
    }
    let summary = lines.last().expect("a summary");
    assert_eq!((&summary["kind"], &summary["partial"]), (&Value::from("summary"), &Value::from(false)));
    assert_eq!(summary["hits"], Value::from(hits.len()));
}

#[test]
fn says_why_there_is_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    let log = folder.path().join("a.log");
    std::fs::write(&log, "2026-01-01T00:00:00Z nothing to see\n").expect("there is room");
    let output = hunt(&[log.to_str().expect("a name"), "--color", "never"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(text.contains("Events seen") && text.contains("0 hits"), "{text}");
    let missing = hunt(&[folder.path().join("gone").to_str().expect("a name")]);
    assert_eq!(missing.status.code(), Some(2));
    let filtered = hunt(&["tests/data", "--filter", "no such rule"]);
    assert_eq!(filtered.status.code(), Some(2));
}

#[test]
fn files_are_not_replaced_unless_asked_to() {
    let folder = tempfile::tempdir().expect("there is room");
    let target = folder.path().join("out.csv");
    let target = target.to_str().expect("a name");
    let arguments = ["tests/data", "--filter", "DNS", "--format", "csv", "--output", target];
    assert!(hunt(&arguments).status.success());
    assert_eq!(hunt(&arguments).status.code(), Some(2));
    let again: Vec<&str> = arguments.iter().copied().chain(["--clobber"]).collect();
    assert!(hunt(&again).status.success());
    let text = std::fs::read_to_string(target).expect("it was written");
    assert!(text.starts_with("time,rule,id,") && text.lines().count() > 4, "{text}");
}

#[test]
fn correlations_see_the_risk_of_the_other_rules() {
    let folder = tempfile::tempdir().expect("there is room");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("there is room");
        std::fs::write(path, text).expect("there is room");
    };
    write(
        "detections/endpoint/risk_of_many_rules.yml",
        "name: Risk Of Many Rules\nid: 5b0e3a52-6f0e-4dbb-8f3d-0c5a8a3f7a11\nversion: 1\ndate: '2026-01-01'\n\
         author: A\nstatus: production\ntype: Correlation\ndescription: d\ndata_source: []\n\
         search: '| tstats sum(All_Risk.calculated_risk_score) as risk_score dc(source) as source_count\n  \
         values(All_Risk.annotations.mitre_attack.mitre_tactic) as tactics from datamodel=Risk.All_Risk\n  \
         by All_Risk.risk_object All_Risk.risk_object_type | `drop_dm_object_name(All_Risk)` | where source_count >= 4'\n\
         tags:\n  analytic_story: [x]\n",
    );
    for part in ["detections/endpoint", "detections/network", "macros", "lookups", "lookups/csv"] {
        for file in
            std::fs::read_dir(part).expect("the example pack is here").flatten().filter(|file| file.path().is_file())
        {
            let text = std::fs::read_to_string(file.path()).expect("it is text");
            write(&format!("{part}/{}", file.file_name().to_string_lossy()), &text);
        }
    }
    let pack = folder.path().to_str().expect("a name");
    let output = hunt(&["tests/data", "--pack", pack, "--format", "jsonl"]);
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    let hit = lines.iter().find(|line| line["rule"] == "Risk Of Many Rules");
    let Some(hit) = hit else { panic!("{}", String::from_utf8_lossy(&output.stderr)) };
    let entity = &hit["entities"][0];
    let total = lines.iter().find(|line| line["kind"] == "entity" && line["value"] == entity["value"]);
    assert_eq!(total.map(|total| &total["score"]), Some(&hit["score"]), "{hit}");
    assert!(hit["row"]["tactics"].to_string().contains("command-and-control"), "{hit}");
}
