//! An add-on of a fictional product, with its own data model, works through `--app` without any code.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of the add-on for the toll gates of the Example company.
const FILES: &[(&str, &str)] = &[
    (
        "default/props.conf",
        "[toll:gate]\nSHOULD_LINEMERGE = true\nBREAK_ONLY_BEFORE = ^GATE \nTIME_PREFIX = at\\s\nTIME_FORMAT = %d.%m.%Y %H-%M-%S %z\n\
         KV_MODE = none\nEXTRACT-head = ^GATE (?<gate>\\S+)\nREPORT-pairs = toll_pairs, toll_list\nFIELDALIAS-dest = gate AS dest\n\
         EVAL-action = case(verdict=\"go\", \"allowed\", verdict=\"halt\", \"blocked\")\nEVAL-plate = upper(plate)\n\
         LOOKUP-class = toll_classes class OUTPUT name AS class_name\nANNOTATE_PUNCT = false\n",
    ),
    ("local/props.conf", "[toll:gate]\nEVAL-plate = lower(plate)\n"),
    (
        "default/transforms.conf",
        "[toll_pairs]\nDELIMS = \"\\n|\", \":\"\n[toll_list]\nREGEX = axle=(?<axle>\\d+)\nMV_ADD = true\n\
         [toll_classes]\nfilename = toll_classes.csv\nmatch_type = WILDCARD(class)\nmax_matches = 1\n",
    ),
    (
        "default/eventtypes.conf",
        "[toll pass]\nsearch = `toll_events` verdict=*\n[toll_halt]\nsearch = eventtype=\"toll pass\" verdict=halt\n",
    ),
    (
        "default/tags.conf",
        "[eventtype=toll%20pass]\npassage = enabled\n[eventtype=toll_halt]\nhalt = enabled\n[class=b]\ntruck = enabled\n",
    ),
    ("default/macros.conf", "[toll_events]\ndefinition = sourcetype=toll:gate\n"),
    ("lookups/toll_classes.csv", "class,name\na*,car\n*,truck\n"),
    (
        "default/data/models/Tolls.json",
        r#"{"modelName": "Tolls", "objects": [
          {"objectName": "Passages", "parentName": "BaseEvent", "constraints": [{"search": "tag=passage"}],
           "fields": [{"fieldName": "gate", "required": true}, {"fieldName": "action"}, {"fieldName": "class_name"}, {"fieldName": "plate"}],
           "calculations": [
             {"calculationType": "Eval", "expression": "gate . \"/\" . class_name", "outputFields": [{"fieldName": "lane"}]},
             {"calculationType": "Rex", "inputField": "plate", "expression": "^(?<country>[a-z]+)-", "outputFields": [{"fieldName": "country"}]},
             {"calculationType": "Lookup", "lookupName": "toll_classes", "lookupInputs": [{"inputField": "class", "lookupField": "class"}],
              "outputFields": [{"fieldName": "kind", "lookupOutputFieldName": "name"}]}]},
          {"objectName": "Halts", "parentName": "Passages", "constraints": [{"search": "tag=halt"}],
           "fields": [{"fieldName": "reason"}], "calculations": []}]}"#,
    ),
    ("metadata/default.meta", "[]\nexport = system\n"),
];

const LOG: &str = "GATE north at 01.03.2024 00-00-01 +0100\nplate:ES-123|class:a1\nverdict:go axle=2 axle=3\n\
                   GATE south at 01.03.2024 00-00-02 +0100\nplate:PT-9|class:b\nverdict:halt\nreason:weight\n";

fn write_app(root: &Path) -> PathBuf {
    let app = root.join("toll_app");
    for (path, text) in FILES {
        let path = app.join(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    app
}

fn pack(root: &Path, name: &str) -> PathBuf {
    let path = root.join(name);
    let encoder = flate2::write::GzEncoder::new(fs::File::create(&path).expect("a file"), flate2::Compression::fast());
    let mut tar = tar::Builder::new(encoder);
    for (name, text) in FILES {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("toll_app/{name}"), text.as_bytes()).expect("it is written");
    }
    // An entry that would leave the folder is never looked at.
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    header.as_mut_bytes()[..15].copy_from_slice(b"../../evil.conf");
    header.set_cksum();
    tar.append(&header, &b"x"[..]).expect("it is written");
    tar.into_inner().expect("it is written").finish().expect("it is written");
    path
}

fn run(args: &[&str]) -> (Value, String) {
    let mut command = Command::cargo_bin("escudo").expect("the binary is built with the tests");
    let output = command.env_remove("NO_COLOR").args(args).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {errors}");
    if args.first() == Some(&"search") {
        // One object a line.
        let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        return (lines.map(|line| serde_json::from_slice::<Value>(line).expect("JSON")).collect(), errors);
    }
    (serde_json::from_slice(&output.stdout).expect("JSON"), errors)
}

#[test]
fn a_fictional_add_on_works_in_all_forms() {
    let root = tempfile::tempdir().expect("a folder");
    let log = root.path().join("gates.log");
    fs::write(&log, LOG).expect("a file");
    let log = log.to_str().expect("UTF-8");
    let search = "| tstats count values(Passages.kind) as kind values(Passages.country) as country from datamodel=Tolls.Passages \
                  by Passages.lane Passages.action Passages.plate Passages.Halts.reason _time";
    for app in [write_app(root.path()), pack(root.path(), "toll.spl"), pack(root.path(), "toll.tgz")] {
        let app = app.to_str().expect("UTF-8");
        let common = ["--app", app, "--sourcetype", "toll:gate", "--format", "json"];
        let (rows, errors) = run(&[&["search", search, log], &common[..]].concat());
        // A row without a reason falls out of the groups.
        assert_eq!(rows.as_array().expect("rows").len(), 1, "{app}: {rows}");
        // 2024-02-29T23:00:02Z.
        let south = &rows[0];
        assert_eq!(south["Passages.lane"], "south/truck");
        assert_eq!(south["_time"].as_f64(), Some(1_709_247_602.0), "{south}");
        assert_eq!(south["Passages.plate"], "pt-9");
        let told = [&south["Passages.action"], &south["Passages.Halts.reason"], &south["kind"]];
        assert_eq!(told, ["blocked", "weight", "truck"]);
        assert!(errors.contains("`ANNOTATE_PUNCT` is not supported") && errors.contains("props.conf:13:1"), "{errors}");

        let (rows, _) =
            run(&[&["search", "tag=passage | table gate axle class_name eventtype tag", log], &common[..]].concat());
        assert_eq!(rows[1]["axle"], serde_json::json!(["2", "3"]), "{rows}");
        assert_eq!(rows[0]["tag"], serde_json::json!(["halt", "passage", "truck"]));
        assert_eq!(rows[0]["eventtype"], serde_json::json!(["toll pass", "toll_halt"]));
    }
}

#[test]
fn explain_shows_the_settings_behind_an_event() {
    let root = tempfile::tempdir().expect("a folder");
    let app = write_app(root.path());
    let log = root.path().join("gates.log");
    fs::write(&log, LOG).expect("a file");
    let (app, log) = (app.to_str().expect("UTF-8"), log.to_str().expect("UTF-8"));
    let common = ["explain", "--event", log, "--app", app, "--sourcetype", "toll:gate", "--format", "json"];
    let (told, _) = run(&common);
    let field = |name: &str| {
        let fields = told["fields"].as_array().expect("fields");
        fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("no {name} in {told}")).clone()
    };
    let plate = field("plate");
    assert_eq!(plate["value"], "es-123");
    assert_eq!(plate["by"][0]["transform"], "toll_pairs");
    assert!(plate["by"][1]["place"].as_str().expect("a place").ends_with("toll_app/local/props.conf:2"), "{plate}");
    assert_eq!(field("class_name")["by"][0]["key"], "LOOKUP-class");
    assert_eq!(told["time"]["written"]["text"], "01.03.2024 00-00-01 +0100");
    assert_eq!(told["time"]["settings"][1]["key"], "TIME_FORMAT");
    assert_eq!((&field("date_hour")["value"], &field("date_zone")["value"]), (&"0".into(), &"60".into()));
    assert_eq!(told["eventtypes"][0]["tags"], serde_json::json!(["passage"]));
    assert_eq!(told["datasets"][0]["dataset"], "Tolls.Passages");
    assert_eq!(told["datasets"][0]["fields"]["lane"], "north/car");
    let halts = &told["not_in"][0];
    assert_eq!(
        (&halts["dataset"], &halts["failed"][0]["condition"]),
        (&"Tolls.Passages.Halts".into(), &"tag=\"halt\"".into())
    );
    let (second, _) = run(&[&common[..], &["--nth", "2", "--dataset", "Tolls.Halts"]].concat());
    assert_eq!(second["datasets"][0]["fields"]["reason"], "weight");
    assert_eq!(second["line"], 4);
}
