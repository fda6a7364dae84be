//! The program as a user meets it: arguments, exit status, what goes to which stream.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn escudo(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("escudo").expect("the binary is built with the tests");
    // What the program keeps between runs stays out of the user's folders.
    let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
    command.current_dir(ROOT).env_remove("NO_COLOR").env("ESCUDO_CACHE", cache).args(args);
    command
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().expect("runs").stdout).expect("UTF-8")
}

fn stderr(command: &mut Command) -> String {
    String::from_utf8(command.output().expect("runs").stderr).expect("UTF-8")
}

/// The rows of a search: a JSON object per line.
fn lines(command: &mut Command) -> Vec<Value> {
    stdout(command).lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

fn json(command: &mut Command) -> Vec<Value> {
    serde_json::from_str(&stdout(command)).expect("one JSON array")
}

/// A file of our own in a folder that goes away with the result.
fn file(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file");
    (folder, path)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn the_own_pack_is_well() {
    escudo(&["check", "."]).assert().code(0);
    let results = json(&mut escudo(&["test", ".", "--format", "json"]));
    assert!(results.len() >= 5);
    for result in &results {
        assert_eq!(result["status"], "pass", "{result}");
        for key in ["detection", "id", "file", "test", "reason", "events", "rows"] {
            assert!(result.get(key).is_some(), "{key} in {result}");
        }
    }
}

#[test]
fn a_build_writes_reports_and_pages() {
    let out = tempfile::tempdir().expect("a folder");
    escudo(&["build", ".", "-o", path(out.path())]).assert().code(0);
    for name in ["check.json", "test_results/summary.yml", "test_results/junit.xml", "docs/markdown", "docs/jekyll"] {
        assert!(out.path().join(name).exists(), "{name}");
    }
}

#[test]
fn findings_are_machine_readable() {
    let case = "tests/cases/check/detections/unknown_story.yml";
    let found = json(escudo(&["check", case, "--format", "json"]).env("X", "1"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "unknown-story");
    assert_eq!((&found[0]["line"], &found[0]["column"]), (&45.into(), &7.into()));
    assert_eq!((&found[0]["end_line"], &found[0]["end_column"]), (&45.into(), &13.into()));
    assert_eq!(found[0]["file"], case);
    escudo(&["check", case]).assert().code(1);
    let log: Value = serde_json::from_str(&stdout(&mut escudo(&["check", case, "--format", "sarif"]))).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unknown-story");
    let line = stdout(&mut escudo(&["check", case, "--format", "github"]));
    assert!(line.starts_with("::error file=tests/cases/check/detections/unknown_story.yml,line=45,"), "{line}");
    let xml = stdout(&mut escudo(&["check", case, "--format", "junit"]));
    assert!(xml.contains("tests=\"1\" failures=\"1\""), "{xml}");
}

#[test]
fn wrong_usage_is_two_and_one_line() {
    for args in [
        &["check", "no/such/pack"][..],
        &["check", "/"],
        &["test", "no/such/pack"],
        &["docs", "no/such/pack", "-o", "/tmp/never"],
        &["explain", "No Such Detection"],
        &["search", "search *", "no-such-file.log"],
        &["search", "search *", "--datamodel", "Endpont.Processes", "Cargo.toml"],
        &["search", "| stats count by (", "Cargo.toml"],
        &["frobnicate"],
    ] {
        let mut command = escudo(args);
        command.assert().code(2);
        let text = stderr(&mut command);
        assert!(!text.trim().is_empty() && !text.contains("panicked"), "{args:?}: {text}");
    }
}

#[test]
fn cim_events_are_searched_with_and_without_prefix() {
    let rows = "{\"Processes.process_name\":\"a.exe\",\"Processes.dest\":\"h1\",\"_time\":\"1700000000\"}\n\
                {\"process_name\":\"A.EXE\",\"dest\":\"h2\",\"_time\":1700000001}\n\
                {\"process_name\":\"b.exe\",\"dest\":[\"h1\",\"h2\"],\"_time\":1700000002}\n";
    let (_folder, log) = file("cim.jsonl", rows);
    let search = "| tstats count values(Processes.dest) as dest max(_time) as last \
                  from datamodel=Endpoint.Processes where Processes.process_name=a* by Processes.process_name";
    let args = ["search", search, path(&log), "--datamodel", "Endpoint.Processes", "--format", "json"];
    let found = lines(&mut escudo(&args));
    // By-values keep their case and come in byte order: upper case first.
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["Processes.process_name"], "A.EXE");
    assert_eq!(found[0]["dest"], "h2");
    assert_eq!(found[1]["Processes.process_name"], "a.exe");
    assert_eq!(found[1]["last"], 1_700_000_000);
    let search = "| tstats count from datamodel=Endpoint.Processes by Processes.dest";
    let found =
        lines(&mut escudo(&["search", search, path(&log), "--datamodel", "Endpoint.Processes", "--format", "json"]));
    let counts: Vec<(&str, i64)> =
        found.iter().map(|row| (row["Processes.dest"].as_str().unwrap(), row["count"].as_i64().unwrap())).collect();
    assert_eq!(counts, [("h1", 2), ("h2", 2)]);
}

#[test]
fn damaged_logs_are_noticed() {
    let event = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID>";
    for (name, bytes, says) in [
        ("cut.log", event.as_bytes(), "no `</Event>` at the end of 1 event"),
        ("cut.json", &b"{\"a\": 1}\n{\"a\": 2, \"b\": \"x"[..], "no `}` at the end of 1 event"),
        ("bytes.log", &b"a=1 \xFF\xFE b=2\n"[..], "bytes that are no UTF-8, shown as U+FFFD, in 1 event"),
    ] {
        let (_folder, log) = file(name, bytes);
        let mut command = escudo(&["search", "* | stats count", path(&log)]);
        command.assert().code(1);
        let text = stderr(&mut command);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn no_rows_are_explained() {
    let (_folder, log) = file("cim.jsonl", "{\"process_name\":\"a.exe\",\"_time\":1}\n");
    let search = "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=zz by Processes.dest";
    let mut command = escudo(&["search", search, path(&log), "--datamodel", "Endpoint.Processes"]);
    command.assert().code(0).stdout("");
    let text = stderr(&mut command);
    assert!(text.contains("no rows: 1 event read"), "{text}");
}

#[test]
fn explain_tells_all_of_a_detection() {
    let text = stdout(&mut escudo(&["explain", "Windows Ngrok Tunnel Started", "--format", "json"]));
    let object: Value = serde_json::from_str(&text).expect("one object");
    for key in ["name", "search", "expanded", "plan", "datamodels", "macros", "lookups", "fields_read", "fields_out"] {
        assert!(object.get(key).is_some(), "{key}");
    }
    assert_eq!(object["datamodels"][0], "Endpoint.Processes");
    assert!(object["fields_out"].as_array().unwrap().iter().any(|field| field == "firstTime"));
    assert!(!object["expanded"].as_str().unwrap().contains('`'));
}

#[test]
fn hostile_content_ends_in_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("detections")).unwrap();
    fs::create_dir_all(folder.path().join("macros")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let bomb = (1..30).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        format!("{text}a{n}: &a{n} [{aliases}]\n")
    });
    write("detections/bomb.yml", bomb.as_bytes());
    write(
        "detections/deep.yml",
        format!("name: deep\nsearch: '| where {}1=1{}'\n", "(".repeat(10_000), ")".repeat(10_000)).as_bytes(),
    );
    write("detections/itself.yml", b"name: itself\nsearch: 'index=x `itself`'\n");
    write("macros/itself.yml", b"name: itself\ndefinition: '`itself` `itself`'\n");
    write("detections/bytes.yml", b"name: \xff\xfe\n");
    write("detections/nest.yml", "[".repeat(100_000).as_bytes());
    let found = json(&mut escudo(&["check", path(folder.path()), "--format", "json"]));
    let codes: Vec<&str> = found.iter().map(|found| found["code"].as_str().unwrap()).collect();
    for code in ["yaml-limit", "nesting-too-deep", "recursive-macro", "yaml-not-utf8"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    escudo(&["check", path(folder.path())]).assert().code(1);
}

#[test]
fn fmt_lays_out_standard_input() {
    let run = |args: &[&str], text: &str| {
        let output = escudo(args).write_stdin(text).output().expect("runs");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let wanted = "index=main\n| stats count by user\n".to_owned();
    assert_eq!(run(&["fmt", "-"], "index=main|stats count   by user"), (Some(0), wanted.clone()));
    assert_eq!(run(&["fmt", "-"], &wanted), (Some(0), wanted.clone()));
    assert_eq!(run(&["fmt", "-", "--check"], "index=main|stats count by user"), (Some(1), String::new()));
    // A search with a mistake comes out as it went in.
    let wrong = "index=main|stats count by (";
    assert_eq!(run(&["fmt", "-"], wrong), (Some(1), wrong.to_owned()));
    let object = "name: X\nsearch: index=main|stats count by user\n";
    let (folder, _) = file("contentctl.yml", "");
    fs::create_dir(folder.path().join("detections")).expect("a folder");
    let name = folder.path().join("detections/x.yml");
    let (status, text) = run(&["fmt", "--stdin-filename", path(&name)], object);
    assert_eq!((status, text.as_str()), (Some(0), "name: X\nsearch: |-\n  index=main\n  | stats count by user\n"));
    assert!(!name.exists());
}

#[test]
fn fmt_writes_only_without_check() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("detections")).unwrap();
    let target = folder.path().join("detections/x.yml");
    let before = "name: x\nsearch: 'index=main|head 5'\ndate: 2026-01-01\n";
    let after = "name: x\nsearch: |-\n  index=main\n  | head 5\ndate: 2026-01-01\n";
    fs::write(&target, before).unwrap();
    let pack = folder.path().to_str().unwrap();
    let mut check = escudo(&["fmt", pack, "--check"]);
    check.assert().code(1);
    assert!(stdout(&mut check).contains("detections/x.yml"));
    assert_eq!(fs::read_to_string(&target).unwrap(), before);
    escudo(&["fmt", pack]).assert().code(0);
    assert_eq!(fs::read_to_string(&target).unwrap(), after);
    escudo(&["fmt", pack, "--check"]).assert().code(0);
    let broken = "name: x\nsearch: index=main | stats count(\n";
    fs::write(&target, broken).unwrap();
    let mut command = escudo(&["fmt", pack]);
    command.assert().code(1);
    assert!(stderr(&mut command).contains("unclosed-parenthesis"));
    assert_eq!(fs::read_to_string(&target).unwrap(), broken);
    assert_eq!(fs::read_dir(folder.path().join("detections")).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_search_keeps_to_its_time_and_tables() {
    let rows = "{\"_time\":1700000000,\"user\":\"ann\"}\n{\"_time\":1700003600,\"user\":\"bob\"}\n";
    let (folder, log) = file("events.jsonl", rows);
    let table = folder.path().join("people.csv");
    std::fs::write(&table, "name,team\nann,red\nbob,blue\n").unwrap();
    let given = format!("people={}", path(&table));
    let out = folder.path().join("rows.csv");
    let search = "* | lookup people name as user OUTPUT team | table user team";
    let with = |more: &[&str]| {
        let mut args = vec!["search", search, path(&log), "--lookup", &given, "--format", "csv"];
        args.extend(more);
        stdout(&mut escudo(&args))
    };
    assert_eq!(with(&[]), "user,team\nbob,blue\nann,red\n");
    // The first event is at 2023-11-14T22:13:20Z, the second an hour later.
    assert_eq!(with(&["--earliest", "2023-11-14T23:00:00"]), "user,team\nbob,blue\n");
    assert_eq!(with(&["--latest", "1700003600"]), "user,team\nann,red\n");
    assert_eq!(with(&["--now", "2023-11-15", "--earliest", "-1h@h"]), "user,team\nbob,blue\n");
    assert_eq!(with(&["--earliest", "-1d", "--latest", "@h", "--now", "1700003600.5"]), "user,team\nann,red\n");
    let mut wrong = escudo(&["search", "*", path(&log), "--earliest", "soon"]);
    wrong.assert().code(2);
    assert!(stderr(&mut wrong).contains("`--earliest soon` is no time"));
    // An own copy of a table, unless files may be written.
    let write = "* | stats count by user | outputlookup people";
    let args = ["search", write, path(&log), "--lookup", &given, "-o", path(&out)];
    assert!(stderr(&mut escudo(&args)).contains("2 rows of `people` are not kept"));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "user,count\nann,1\nbob,1\n");
    assert!(std::fs::read_to_string(&table).unwrap().starts_with("name,team\nann,red"));
    escudo(&args).arg("--allow-write").assert().code(0);
    assert!(std::fs::read_to_string(&table).unwrap().starts_with("user,count"));
}

#[test]
fn parquet_is_written_to_files() {
    let (folder, log) = file("events.jsonl", "{\"_time\":1700000000,\"n\":1}\n");
    let out = folder.path().join("rows.parquet");
    escudo(&["search", "* | eval m=split(\"a b\",\" \") | table _time n m", path(&log), "-o", path(&out)])
        .assert()
        .code(0);
    let bytes = std::fs::read(&out).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn addresses_have_places_where_a_database_knows_them() {
    let (_folder, log) = file(
        "events.jsonl",
        "{\"_time\":3,\"src\":\"192.0.2.7\"}\n{\"_time\":2,\"src\":\"198.51.100.1\"}\n{\"_time\":1,\"src\":\"203.0.113.9\"}\n",
    );
    let search = "* | iplocation prefix=p_ src | table src p_City p_Country p_Region p_lat p_lon";
    let places = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/places.mmdb");
    let found = lines(&mut escudo(&["search", search, path(&log), "--geoip", places, "--format", "json"]));
    assert_eq!(found[0]["p_City"], "Fuenteclara");
    assert_eq!((&found[0]["p_Region"], &found[0]["p_Country"]), (&"Monteverde".into(), &"Aldonia".into()));
    assert_eq!((found[0]["p_lat"].as_f64(), found[0]["p_lon"].as_f64()), (Some(40.5), Some(-3.25)));
    assert_eq!((&found[1]["p_City"], &found[1]["p_Country"]), (&"".into(), &"Borealia".into()));
    assert!(found[2].get("p_Country").is_none());
    let mut without = escudo(&["search", search, path(&log), "--format", "json"]);
    assert!(stderr(&mut without).contains("`--geoip FILE` names one"));
}
