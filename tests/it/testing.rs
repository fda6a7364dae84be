//! `escudo test` as its users meet it: which detections are chosen, what is expected of rows, how a miss is explained,
//! benign logs, the matrix, and events made from searches.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A pack of doors in a folder of its own: two detections that share a macro over a macro, a lookup, two logs.
struct Doors {
    folder: tempfile::TempDir,
}

const OPENED: &str = "2025-01-02T03:04:05Z kind=door dest=h1 state=open who=ann\n\
                      2025-01-02T03:05:05Z kind=door dest=h2 state=open who=bob\n\
                      2025-01-02T03:06:05Z kind=door dest=h3 state=shut who=bob\n";
const QUIET: &str = "2025-01-03T03:04:05Z kind=door dest=h1 state=shut who=ann\n";

impl Doors {
    fn new() -> Self {
        let doors = Self { folder: tempfile::tempdir().unwrap() };
        doors.write("data/opened.log", OPENED);
        doors.write("data/quiet.log", QUIET);
        doors.write("macros/doors.yml", "name: doors\ndefinition: '`any_door` state=open'\n");
        doors.write("macros/any_door.yml", "name: any_door\ndefinition: sourcetype=doors kind=door\n");
        doors.write("lookups/floors.yml", "name: floors\nlookup_type: csv\ndefault_match: none\n");
        doors.write("lookups/floors.csv", "dest,floor\nh1,1\nh2,2\n");
        doors.write("lookups/floors.yml", "name: floors\nlookup_type: csv\n");
        doors.detection("door_opened", "Door Opened", "TTP", "`doors` | stats count values(who) as who by dest");
        let floor =
            "sourcetype=doors kind=door state=open | lookup floors dest OUTPUT floor | stats count by dest floor";
        doors.detection("door_on_floor", "Door On Floor", "Anomaly", floor);
        let never = "sourcetype=doors kind=door state=opened who=ann | stats count by dest";
        doors.detection("door_never", "Door Never", "Hunting", never);
        doors
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn detection(&self, file: &str, name: &str, kind: &str, search: &str) {
        let text = format!(
            "name: {name}\nid: 00000000-0000-4000-8000-0000000000{:02}\nversion: 1\nstatus: production\ntype: {kind}\n\
             search: '{search}'\nrba:\n  message: m\n  risk_objects:\n  - {{field: dest, type: system, score: 1}}\n\
             \x20 threat_objects: []\ntags:\n  analytic_story: [Doors And Locks]\ntests:\n- name: t\n  attack_data:\n\
             \x20 - {{data: data/opened.log, source: doors, sourcetype: doors}}\n",
            name.len()
        );
        self.write(&format!("detections/endpoint/{file}.yml"), &text);
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::cargo_bin("escudo").unwrap();
        command.env("ESCUDO_CACHE", self.path().join("cache")).env_remove("NO_COLOR").arg("test").arg(self.path());
        let output = command.args(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Names of the detections that were tested.
    fn tested(&self, args: &[&str]) -> Vec<String> {
        let (_, out, error) = self.run(&[args, &["--format", "json"]].concat());
        let rows: Vec<Value> = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}"));
        rows.iter().map(|row| row["detection"].as_str().unwrap().to_owned()).collect()
    }

    fn git(&self, args: &[&str]) -> bool {
        let settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let mut command = std::process::Command::new("git");
        command.arg("-C").arg(self.path()).args(settings).args(args);
        command.output().is_ok_and(|output| output.status.success())
    }
}

#[test]
fn filters_choose_by_name_story_type_path_and_id() {
    let doors = Doors::new();
    let rows: [(&[&str], &[&str]); 8] = [
        (&["--filter", "floor"], &["Door On Floor"]),
        (&["--filter", "door o*"], &["Door On Floor", "Door Opened"]),
        (&["--filter", "type:ttp"], &["Door Opened"]),
        (&["--filter", "story:locks"], &["Door Never", "Door On Floor", "Door Opened"]),
        (&["--filter", "path:*door_never.yml"], &["Door Never"]),
        (&["--filter", "id:00000000-0000-4000-8000-000000000011"], &["Door Opened"]),
        (&["--filter", "never", "--filter", "name:opened"], &["Door Never", "Door Opened"]),
        (&["--filter", "window"], &[]),
    ];
    for (args, wanted) in rows {
        let mut found = doors.tested(args);
        found.sort();
        assert_eq!(found, wanted, "{args:?}");
    }
    let (_, _, error) = doors.run(&["--filter", "window"]);
    assert!(error.contains("no detection is selected by the filter"), "{error}");
}

#[test]
fn failures_are_explained_and_run_again() {
    let doors = Doors::new();
    let (code, _, error) = doors.run(&["--failed"]);
    assert_eq!(code, 2);
    assert!(error.contains("knows of no earlier run"), "{error}");
    let (code, out, _) = doors.run(&[]);
    assert_eq!(code, 1);
    // All three events have another state; one of them is nearest.
    assert!(out.contains("`state=\"opened\"` removed the last 3 rows"), "{out}");
    assert!(out.contains("all other conditions hold for 1 row"), "{out}");
    assert!(out.contains("`state` has `open` (1)"), "{out}");
    assert_eq!(doors.tested(&["--failed"]), ["Door Never"]);
    doors.detection("door_never", "Door Never", "Hunting", "`doors` | stats count by dest");
    assert_eq!(doors.run(&["--failed"]).0, 0);
    let (_, _, error) = doors.run(&["--failed"]);
    assert!(error.contains("nothing failed in the last run"), "{error}");
}

#[test]
fn expectations_go_beyond_the_official_rule() {
    let doors = Doors::new();
    let status = |text: &str| {
        doors.write("expectations/door_opened.yml", text);
        let (_, out, _) = doors.run(&["--filter", "opened", "--format", "json"]);
        let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
        (rows[0]["status"].as_str().unwrap().to_owned(), rows[0]["reason"].as_str().unwrap().to_owned())
    };
    let good = "- count: 2\n  rows: [{dest: h2, who: bob}]\n  values: {who: [ann, bob]}\n";
    assert_eq!(status(good), ("pass".to_owned(), String::new()));
    let wrong = status("- rows: [{dest: h2, who: ann}]\n");
    assert_eq!(wrong.0, "fail");
    assert!(wrong.1.contains("an expected row is missing"), "{}", wrong.1);
    assert_eq!(status("- test: another\n  none: true\n").0, "pass");
    assert_eq!(status("- none: true\n").0, "fail");
    let broken = status("- rosw: 1\n");
    assert_eq!(broken.0, "error");
    assert!(broken.1.contains("is no list of expectations"), "{}", broken.1);
}

#[test]
fn benign_logs_must_stay_silent() {
    let doors = Doors::new();
    let log = |name: &str| doors.path().join(name).to_str().unwrap().to_owned();
    // Logs without an override have the source type that is recognised, so the search names none.
    doors.detection("door_opened", "Door Opened", "TTP", "kind=door state=open | stats count by dest");
    let (code, out, _) = doors.run(&["--benign", &log("data/quiet.log")]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = doors.run(&["--benign", &log("data/opened.log")]);
    assert_eq!(code, 1);
    assert!(out.contains("false positive: the search gives 2 rows over benign logs"), "{out}");
    let (code, _, error) = doors.run(&["--benign", &log("data/none.log")]);
    assert_eq!(code, 2);
    assert!(error.contains("none.log"), "{error}");
}

#[test]
fn a_matrix_lists_hits_by_dataset() {
    let doors = Doors::new();
    let (code, out, _) = doors.run(&["--matrix"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("data/opened.log (doors)\n"), "{out}");
    assert!(out.contains("2  own    Door On Floor\n"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let (_, out, _) = doors.run(&["--matrix", "--format", "csv"]);
    assert!(out.starts_with("dataset,sourcetype,detection,rows,own\ndata/opened.log,doors,"), "{out}");
    let (_, out, _) = doors.run(&["--matrix", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(rows.len(), 2);
}

#[test]
fn changes_reach_what_depends_on_them() {
    let doors = Doors::new();
    let (code, _, error) = doors.run(&["--changed-since", "HEAD"]);
    if error.contains("not installed") {
        return println!("skipped: there is no git");
    }
    assert_eq!(code, 2, "{error}");
    assert!(doors.git(&["init", "-q", "-b", "main"]) && doors.git(&["add", "-A"]));
    assert!(doors.git(&["commit", "-q", "-m", "doors"]));
    let (code, _, error) = doors.run(&["--changed-since", "no-such-branch"]);
    assert_eq!(code, 2);
    assert!(error.contains("`no-such-branch` is no commit, branch or tag"), "{error}");
    assert!(doors.tested(&["--changed-since", "main"]).is_empty());
    // A macro under a macro.
    doors.write("macros/any_door.yml", "name: any_door\ndefinition: sourcetype=doors  kind=door\n");
    assert_eq!(doors.tested(&["--changed-since", "main"]), ["Door Opened"]);
    assert!(doors.git(&["commit", "-q", "-a", "-m", "macro"]));
    assert!(doors.tested(&["--changed-since", "main"]).is_empty());
    assert_eq!(doors.tested(&["--changed-since", "main~1"]), ["Door Opened"]);
    // The table of a lookup.
    doors.write("lookups/floors.csv", "dest,floor\nh1,1\nh2,3\n");
    assert_eq!(doors.tested(&["--changed-since", "main"]), ["Door On Floor"]);
    // Work that git does not know yet.
    doors.detection("door_shut", "Door Shut", "TTP", "kind=door | stats count by dest");
    assert_eq!(doors.tested(&["--changed-since", "main"]), ["Door On Floor", "Door Shut"]);
}

#[test]
fn events_are_made_from_searches() {
    let doors = Doors::new();
    let out = doors.path().join("made");
    let (code, text, _) = doors.run(&["--synthesize", "-o", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 detections: 3 agree, 0 fail, 0 skipped"), "{text}");
    let made = fs::read_to_string(out.join("door_on_floor/match/events.jsonl")).unwrap();
    let event: Value = serde_json::from_str(made.lines().next().unwrap()).unwrap();
    assert_eq!((&event["state"], &event["kind"]), (&Value::from("open"), &Value::from("door")));
    // The lookup knows two rooms only.
    assert!(event["dest"] == "h1" || event["dest"] == "h2", "{event}");
    assert!(fs::read_to_string(out.join("door_on_floor/README.md")).unwrap().contains("does not satisfy"));
}
