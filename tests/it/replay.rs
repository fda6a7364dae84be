//! Tests of detections, end to end: pack and logs in, verdicts out.

use crate::score;
use escudo::compile::Compiler;
use escudo::content::model::Detection;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::engine::RunOptions;
use escudo::events::Options;
use escudo::knowledge::Knowledge;
use escudo::replay::{Finder, Status, TestResult, Tester};
use escudo::source::Sources;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn run(pack: &Path, data: Vec<PathBuf>, wanted: &(dyn Fn(&Detection) -> bool + Sync)) -> Vec<TestResult> {
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(pack, &LoadOptions::default(), &mut sources).unwrap();
    let knowledge = Knowledge::builtin();
    let compiler = Compiler::new(&pack, knowledge);
    let finder = Finder { pack: Some(pack.root.clone()), data, offline: true, ..Finder::default() };
    let reading = Options::default().with_knowledge(knowledge.clone());
    // 2026-01-01, so that nothing depends on the clock.
    let options = RunOptions::at(1_767_225_600.0);
    let (options, reading) = (&options, &reading);
    let tester =
        Tester { pack: &pack, knowledge, compiler: &compiler, finder: &finder, options, reading, everything: false };
    tester.run(wanted, &|_| ())
}

#[test]
fn the_projects_own_pack_passes() {
    let results = run(Path::new(env!("CARGO_MANIFEST_DIR")), Vec::new(), &|_| true);
    assert!(!results.is_empty());
    for result in results {
        assert_eq!(result.status, Status::Pass, "{}: {}", result.detection, result.reason);
        assert!(result.events > 0 && !result.rows.is_empty(), "{}", result.detection);
    }
}

/// A detection over key=value lines, with the test's part left to the caller.
fn detection(name: &str, head: &str, search: &str, tests: &str) -> String {
    format!(
        "name: {name}\nid: 00000000-0000-4000-8000-000000000000\nversion: 1\nstatus: production\ntype: TTP\n{head}\
         search: '{search} | `x_filter`'\nrba:\n  message: m\n  risk_objects:\n  - {{field: dest, type: system, score: 1}}\n\
         \x20 threat_objects: []\ntests:\n{tests}"
    )
}

#[test]
fn verdicts_and_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "data/a.log",
        "2025-01-02T03:04:05Z kind=door dest=h1 open=yes\n2025-01-02T03:05:05Z kind=door dest=h2 open=no\n",
    );
    write("macros/x_filter.yml", "name: x_filter\ndefinition: search *\n");
    let data = |extra: &str, path: &str| {
        format!("- name: t\n{extra}  attack_data:\n  - {{data: {path}, source: doors, sourcetype: doors}}\n")
    };
    let here = data("", "data/a.log");
    let search = "sourcetype=doors kind=door open=yes | stats count by dest";
    let none = "sourcetype=doors kind=door | where open=\"maybe\" | stats count by dest";
    let cases: [(&str, String, Status, &str); 9] = [
        ("A Pass", detection("A Pass", "", search, &here), Status::Pass, ""),
        (
            "B Lost",
            detection("B Lost", "", none, &here),
            Status::Fail,
            "no rows: 2 events read, 2 found; `where` (stage 2) keeps none of 2 rows",
        ),
        (
            "C No Dest",
            detection("C No Dest", "", "sourcetype=doors | stats count by kind", &here),
            Status::Fail,
            "the risk object `dest` is no field of the result",
        ),
        (
            "D Negative",
            detection("D Negative", "", none, &data("  expected_results: 0\n", "data/a.log")),
            Status::Pass,
            "",
        ),
        (
            "E Not Negative",
            detection("E Not Negative", "", search, &data("  expected_results: 0\n", "data/a.log")),
            Status::Fail,
            "the search gives 1 row, no row is expected",
        ),
        (
            "F No Data",
            detection("F No Data", "", search, &data("", "data/none.log")),
            Status::Skip,
            "the data is not available: there is no file `data/none.log`",
        ),
        (
            "G Manual",
            detection("G Manual", "manual_test: needs two hosts\n", search, &here),
            Status::Skip,
            "it is tested by hand: needs two hosts",
        ),
        (
            "H Model",
            detection("H Model", "", "sourcetype=doors | apply door_model", &here),
            Status::Skip,
            "`apply` cannot be run: ",
        ),
        (
            "I Broken",
            detection("I Broken", "", "sourcetype=doors | stats count by dest | `no_such_macro`", &here),
            Status::Error,
            "the search does not compile: macro `no_such_macro` is not defined",
        ),
    ];
    for (name, text, ..) in &cases {
        write(&format!("detections/endpoint/{}.yml", name.to_lowercase().replace(' ', "_")), text);
    }
    let results = run(folder.path(), Vec::new(), &|_| true);
    assert_eq!(results.len(), cases.len());
    for (result, (name, _, status, reason)) in results.iter().zip(&cases) {
        assert_eq!(&result.detection, name);
        assert_eq!((result.status, result.reason.starts_with(reason)), (*status, true), "{name}: {}", result.reason);
    }
}

/// Every test of the published packs whose data is at hand: how it ends, and with how many rows.
#[test]
fn score_of_published_packs() {
    let Some(corpus) = crate::spl::corpus() else { return println!("skipped: no corpus") };
    let mut report =
        String::from("# Tests of published detections with the data at hand: verdict, file, rows of events.\n");
    for name in ["security_content-4.29", "security_content-5.0"] {
        let results = run(&corpus.join(name), vec![corpus.join("attack_data")], &|_| true);
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let _ = writeln!(report, "\n## {name}\n");
        for result in &results {
            if result.status == Status::Skip {
                let reason = result.reason.split(": ").next().unwrap_or_default();
                *skipped.entry(reason.to_owned()).or_default() += 1;
                continue;
            }
            let file = result.file.file_name().unwrap_or_default().to_string_lossy();
            let (status, rows, events) = (result.status.as_str(), result.rows.rows(), result.events);
            let _ = writeln!(report, "{status} {file}: {rows} of {events}");
        }
        for (reason, count) in skipped {
            let _ = writeln!(report, "SKIP {count}: {reason}");
        }
    }
    score::compare("tests.txt", &report);
}
