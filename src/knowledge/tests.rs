//! What the settings of an app make of events: each case is an app of a few lines, an event, and the fields it gets.
#![allow(clippy::unwrap_used)]

use super::{Knowledge, Naming};
use crate::diag::Diagnostic;
use crate::expr::Context;
use crate::ir::Fields;
use crate::value::{Batch, Column, Value};

/// A file of an app: its path in the app, its text.
type File<'a> = (&'a str, &'a str);

fn load(files: &[File<'_>]) -> (Knowledge, Vec<Diagnostic>) {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join("my_app").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Knowledge::with_apps(&[root.path().join("my_app")]).unwrap()
}

fn context() -> Context {
    Context::at(0.0)
}

fn events(raw: &[&str]) -> Batch {
    let mut batch = Batch::new(raw.len());
    batch.set("_raw", Column::new(raw.iter().map(|raw| Value::from(*raw)).collect()));
    batch
}

/// The fields of an event of the sourcetype `my:type` but for those that every event has, sorted, as `name=value`; several
/// values are joined by `|`.
fn extract(knowledge: &Knowledge, raw: &str, wanted: &Fields) -> Vec<String> {
    let rules = knowledge.rules("my_source", "my:type", "h");
    let found = knowledge.extract(&rules, events(&[raw]), wanted, &context());
    let mut shown: Vec<String> = found
        .names()
        .filter(|name| !matches!(&***name, "_raw" | "source" | "sourcetype" | "linecount" | "punct" | "splunk_server"))
        .filter(|name| !found.value(0, name).is_null())
        .map(|name| format!("{name}={}", found.value(0, name).to_text().replace('\n', "|")))
        .collect();
    shown.sort();
    shown
}

/// All fields that settings of `[my:type]` give an event; every single one must come out the same when it is the only
/// one that is wanted.
fn fields(props: &str, more: &[File<'_>], raw: &str) -> Vec<String> {
    let props = format!("[my:type]\n{props}\n");
    let files: Vec<File<'_>> =
        std::iter::once(("default/props.conf", props.as_str())).chain(more.iter().copied()).collect();
    let (knowledge, problems) = load(&files);
    // A table that a server makes is reported, and the rest works.
    assert!(problems.iter().all(|problem| problem.message.contains("made_by_a_server.csv")), "{problems:?}");
    let all = extract(&knowledge, raw, &Fields::All);
    for field in &all {
        let name = field.split('=').next().unwrap();
        assert_eq!(
            extract(&knowledge, raw, &Fields::these([name])),
            std::slice::from_ref(field),
            "{props} only {name}"
        );
    }
    all
}

#[test]
fn order_of_rules_table() {
    let table: &[(&str, &str, &[&str])] = &[
        // The classes of a kind run in ASCII order, and the first value stays.
        ("KV_MODE = none\nEXTRACT-b = x=(?<f>\\w+)\nEXTRACT-a = y=(?<f>\\w+)", "x=1 y=2", &["f=2"]),
        ("KV_MODE = none\nEXTRACT-a = x=(?<f>\\w+)\nEXTRACT-B = y=(?<f>\\w+)", "x=1 y=2", &["f=2"]),
        // Calculated fields see what was before them, not each other.
        ("KV_MODE = none\nEXTRACT-x = (?<a>\\w+) (?<b>\\w+)\nEVAL-a = b\nEVAL-b = a", "1 2", &["a=2", "b=1"]),
        // Aliases come before calculated fields; the source stays.
        ("FIELDALIAS-x = a AS b\nEVAL-c = b . \"!\"", "a=1", &["a=1", "b=1", "c=1!"]),
        // A calculated field that is null removes the field.
        ("EVAL-a = if(b=\"2\", null(), a)", "a=1 b=2", &["b=2"]),
        // An inline extraction looks into the field of an earlier one; a line of the event ends at `$`.
        ("KV_MODE = none\nEXTRACT-a = ^m:(?<m>.*)$\nEXTRACT-b = (?<n>\\d+) in m", "l:5\nm:x7", &["m=x7", "n=7"]),
        // An empty value switches a setting off.
        ("EVAL-x =", "a=1", &["a=1"]),
    ];
    for (props, raw, expected) in table {
        assert_eq!(fields(props, &[], raw), *expected, "{props}");
    }
}

#[test]
fn reports_and_automatic_extraction() {
    let transforms = [(
        "default/transforms.conf",
        "[pairs]\nDELIMS = \";\", \":\"\n[columns]\nDELIMS = \"|\"\nFIELDS = one, two, three\n\
         [part]\nSOURCE_KEY = body.text\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2\nMV_ADD = true\n\
         [first]\nREGEX = ^(\\w+)\nFORMAT = head::$1\n[second]\nREGEX = (\\w+)$\nFORMAT = head::$1 tail::$1",
    )];
    let table: &[(&str, &str, &[&str])] = &[
        ("KV_MODE = none\nREPORT-x = pairs", "a b:1;c:\"x;y\";d:", &["a_b=1", "c=x;y"]),
        ("KV_MODE = none\nREPORT-x = columns", "1||\"a|b\"", &["one=1", "three=a|b"]),
        ("KV_MODE = none\nREPORT-x = first, second", "up down", &["head=up", "tail=down"]),
        // The source of a transform may be a field of automatic extraction, which runs later.
        (
            "KV_MODE = json\nREPORT-x = part",
            r#"{"body":{"text":"a=1 b=2 a=3"}}"#,
            &["a=1|3", "b=2", "body.text=a=1 b=2 a=3"],
        ),
        ("KV_MODE = json", r#"{"a":[1,2],"host":"x","b":null}"#, &["a{}=1|2", "b=null"]),
        ("INDEXED_EXTRACTIONS = json", r#"{"a":1,"source":"x"}"#, &["a=1", "extracted_source=x"]),
        ("KV_MODE = xml", "<a b='1'><c>2</c></a>", &["a.c=2", "a{@b}=1"]),
        // Without a mode: pairs, and JSON if the event is an object.
        ("", "k=v j=\"w x\"", &["j=w x", "k=v"]),
        ("", r#"{"k":"v"}"#, &["k=v"]),
        ("AUTO_KV_JSON = false", r#"{"k":"v"}"#, &[]),
        ("", "k=\" v \" l=\" \"", &["k=v"]),
        ("KV_TRIM_SPACES = false", "k=\" v \"", &["k= v "]),
        ("KV_MODE = none", "k=v", &[]),
    ];
    for (props, raw, expected) in table {
        assert_eq!(fields(props, &transforms, raw), *expected, "{props}");
    }
}

#[test]
fn lookups_eventtypes_and_tags() {
    let more = [
        ("default/transforms.conf", "[codes]\nfilename = codes.csv\n[absent]\nfilename = made_by_a_server.csv"),
        ("lookups/codes.csv", "code,action\n1,success\n2,failure\n"),
        (
            "default/eventtypes.conf",
            "[my_logon]\nsearch = sourcetype=MY:TYPE code=*\n[my_failure]\nsearch = eventtype=my_logon action=Failure\n\
             [my_ring]\nsearch = eventtype=my_ring OR eventtype=my_other_ring\n[my_other_ring]\nsearch = eventtype=my_ring\n\
             [my_off]\nsearch = code=*\ndisabled = 1\n[my_word]\nsearch = sourcetype=my:type hello\n\
             [my_elsewhere]\nsearch = source=other code=*",
        ),
        ("default/tags.conf", "[eventtype=my_logon]\nauthentication = enabled\nweb = disabled\n[n=7]\nseven = enabled"),
    ];
    let props = "LOOKUP-a = codes code OUTPUT action\nLOOKUP-b = absent code OUTPUT nothing";
    let table: &[(&str, &[&str])] = &[
        (
            "code=2",
            &[
                "action=failure",
                "code=2",
                "eventtype=my_failure|my_logon",
                // The second tag is the pack's, for every `action=failure`.
                "tag::action=failure",
                "tag::eventtype=authentication",
                "tag=authentication|failure",
            ],
        ),
        ("n=7", &["n=7", "tag::n=seven", "tag=seven"]),
        ("Hello world", &["eventtype=my_word"]),
        ("other", &[]),
    ];
    for (raw, expected) in table {
        assert_eq!(fields(props, &more, raw), *expected, "{raw}");
    }
}

#[test]
fn a_rename_brings_the_rules_of_the_other_name() {
    let props =
        "[my:type]\nrename = their:type\nEVAL-x = \"mine\"\n[their:type]\nKV_MODE = none\nEVAL-x = sourcetype\n";
    let (knowledge, _) = load(&[("default/props.conf", props)]);
    let rules = knowledge.rules("s", "my:type", "h");
    let mut raw = events(&["a=1"]);
    raw.set("sourcetype", Column::new(vec!["my:type".into()]));
    let found = knowledge.extract(&rules, raw, &Fields::All, &context());
    assert_eq!(found.value(0, "x"), &Value::from("their:type"));
    assert_eq!(found.value(0, "_sourcetype"), &Value::from("my:type"));
    assert!(found.column("a").is_none());
}

#[test]
fn mistakes_in_an_app_are_reported_with_their_place() {
    let (knowledge, problems) = load(&[
        (
            "default/props.conf",
            "[my:type]\nEXTRACT-a = (?<x>[a)\nREPORT-b = parts\nEVAL-c = nosuch(1)\nKV_MODE = xls\nTZ_ALIAS = A=UTC\n\
             SEDCMD-d = s/a\nTRANSFORMS-e = part\nLOOKUP-f = gone a OUTPUT b\n[other]\nTZ_ALIAS = B=UTC\n",
        ),
        ("default/transforms.conf", "[part]\nREGEX = (x)\nFORMAT = $1\n[gone]\nfilename = gone.csv\n"),
        ("default/eventtypes.conf", "[my_event]\nsearch = [search x]\n"),
    ]);
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| {
            let line = knowledge.sources().line_columns(problem.place).line;
            let file = knowledge.sources().file(problem.place.file).path().file_name().unwrap().to_str().unwrap();
            format!("{file}:{line} {}", problem.code)
        })
        .collect();
    let expected = [
        "props.conf:2 conf-value",
        "props.conf:3 conf-value",
        "props.conf:4 unknown-function",
        "props.conf:5 unsupported-setting",
        "props.conf:6 unsupported-setting",
        "props.conf:7 conf-value",
        "props.conf:8 conf-value",
        "props.conf:9 conf-value",
        "eventtypes.conf:2 unsupported-setting",
    ];
    assert_eq!(shown, expected);
    let help: Vec<&str> = problems.iter().filter_map(|problem| problem.help.as_deref()).collect();
    assert!(help.contains(&"did you mean `part`?"), "{help:?}");
}

const MODEL: &str = r#"{"modelName": "Shop", "objects": [
    {"objectName": "Sales", "parentName": "BaseEvent", "constraints": [{"search": "tag=sale"}],
     "fields": [{"fieldName": "price"}, {"fieldName": "shop"}, {"fieldName": "site"}],
     "calculations": [
        {"calculationType": "Eval", "expression": "if(isnull(user),\"unknown\",user)",
         "outputFields": [{"fieldName": "user"}]},
        {"calculationType": "Eval", "expression": "user . \"@\" . shop", "outputFields": [{"fieldName": "who"}]},
        {"calculationType": "Rex", "inputField": "who", "expression": "@(?<site>\\w+)",
         "outputFields": [{"fieldName": "site"}]}]},
    {"objectName": "Refunds", "parentName": "Sales", "constraints": [{"search": "kind=refund"}],
     "fields": [{"fieldName": "reason"}],
     "calculations": [{"calculationType": "Eval", "expression": "-price", "outputFields": [{"fieldName": "loss"}]}]},
    {"objectName": "Visits", "parentName": "BaseSearch", "baseSearch": "`all` tag=visit | eval page=lower(page)",
     "fields": [{"fieldName": "page"}],
     "calculations": [{"calculationType": "Lookup", "lookupName": "pages",
        "lookupInputs": [{"inputField": "page", "lookupField": "path"}],
        "outputFields": [{"fieldName": "title", "lookupOutputFieldName": "name"}]}]}]}"#;

fn shop() -> Knowledge {
    let (knowledge, problems) = load(&[
        ("default/data/models/Shop.json", MODEL),
        ("default/transforms.conf", "[pages]\nfilename = pages.csv"),
        ("lookups/pages.csv", "path,name\nindex,Start page\n"),
        ("default/macros.conf", "[all]\ndefinition = (sourcetype=*)"),
        ("default/eventtypes.conf", "[my_sale]\nsearch = sourcetype=my:type price=*\n[my_visit]\nsearch = page=*"),
        ("default/tags.conf", "[eventtype=my_sale]\nsale = enabled\n[eventtype=my_visit]\nvisit = enabled"),
    ]);
    assert!(problems.is_empty(), "{problems:?}");
    knowledge
}

/// The rows of a dataset of the shop, one line each, fields in their order.
fn rows(dataset: &str, wanted: &Fields, naming: Naming) -> Vec<String> {
    let knowledge = shop();
    let rules = knowledge.rules("s", "my:type", "h");
    let raw = events(&["price=5 shop=a user=bob", "page=INDEX", "price=7 shop=b kind=refund reason=old", "nothing"]);
    let dataset = knowledge.model("Shop").unwrap().dataset(dataset).unwrap();
    let found = knowledge.dataset_rows(&rules, dataset, &raw, wanted, naming, &context()).unwrap();
    let hidden = |name: &str| matches!(name, "source" | "sourcetype");
    (0..found.rows())
        .map(|row| {
            let shown = found.names().filter(|name| !hidden(name) && !found.value(row, name).is_null());
            shown
                .map(|name| format!("{name}={}", found.value(row, name).to_text().replace('\n', "|")))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn rows_of_datasets() {
    assert_eq!(
        rows("Sales", &Fields::these(["user", "who", "site", "nodename"]), Naming::Prefixed),
        [
            "Sales.site=a Sales.user=bob Sales.who=bob@a nodename=Sales",
            "Sales.site=b Sales.user=unknown Sales.who=unknown@b nodename=Sales|Sales.Refunds",
        ]
    );
    // A child is a subset with the parent's prefix for inherited fields and its own lineage for its own.
    assert_eq!(
        rows("Refunds", &Fields::these(["price", "reason", "loss"]), Naming::Prefixed),
        ["Sales.price=7 Sales.Refunds.reason=old Sales.Refunds.loss=-7"]
    );
    // Fields of a child are there in the parent's rows that belong to it.
    assert_eq!(
        rows("Sales", &Fields::these(["Refunds.reason", "Sales.price"]), Naming::Prefixed),
        ["Sales.price=5", "Sales.price=7 Sales.Refunds.reason=old"]
    );
    // Undeclared fields do not come, whatever is wanted.
    assert_eq!(
        rows("Refunds", &Fields::All, Naming::Plain),
        ["price=7 shop=b site=b user=unknown who=unknown@b reason=old loss=-7 nodename=Sales|Sales.Refunds"]
    );
    // A root search: its calculated fields count.
    assert_eq!(rows("Visits", &Fields::these(["page"]), Naming::Plain), ["page=index"]);
    assert_eq!(rows("Visits", &Fields::these(["title"]), Naming::Prefixed), ["Visits.title=Start page"]);
}

#[test]
fn an_origin_that_cannot_belong_is_not_looked_at() {
    let knowledge = shop();
    let rules = knowledge.rules("s", "their:type", "h");
    let sales = knowledge.model("Shop").unwrap().dataset("Sales").unwrap();
    let raw = events(&["price=5"]);
    let found = knowledge.dataset_rows(&rules, sales, &raw, &Fields::All, Naming::Plain, &context()).unwrap();
    assert!(found.is_empty());
}

/// Numbers that are the same in every run.
fn dice() -> impl FnMut(usize) -> usize {
    let mut seed = 42_u64;
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

/// Many events at once and few fields (parts of events are not copied, calculations are shared) against one event at a
/// time and all fields (neither): every value must be the same.
fn same_by_both_ways(source: &str, sourcetype: &str, raw: &[String], wanted: &[&str]) {
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(source, sourcetype, "h");
    let raws: Vec<&str> = raw.iter().map(String::as_str).collect();
    let fast = knowledge.extract(&rules, events(&raws), &Fields::these(wanted.iter().copied()), &context());
    let mut filled = 0;
    for (row, raw) in raws.iter().enumerate() {
        let slow = knowledge.extract(&rules, events(&[raw]), &Fields::All, &context());
        for name in wanted {
            assert_eq!(fast.value(row, name), slow.value(0, name), "{name} of {raw}");
            filled += usize::from(!slow.value(0, name).is_null());
        }
    }
    assert!(filled > raws.len(), "hardly any field has a value");
}

#[test]
fn random_windows_events_have_the_same_fields_by_both_ways() {
    let mut dice = dice();
    let names =
        ["Image", "CommandLine", "User", "ParentImage", "OriginalFileName", "TargetFilename", "Hashes", "Im age"];
    let values = ["C:\\a\\x.exe", "x.exe", "", "-", " EX\\ann ", "a &lt; b", "é\\ü", "SHA256=A,MD5=B", "x='1' y=\"2\""];
    let raw: Vec<String> = (0..300)
        .map(|number| {
            let mut text = format!(
                "<Event xmlns='x'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{{1}}'/><EventID>{}</EventID>\
                 <Channel>c</Channel><Computer>h{}</Computer><Security UserID='S-1-{number}'/></System>",
                [1, 3, 7, 10, 11, 13][dice(6)],
                dice(4)
            );
            text.push_str(["<EventData>", "<EventData Name='n'>", "<EventData/>", "<UserData><EventData>"][dice(4)]);
            for _ in 0..dice(9) {
                let (name, value) = (names[dice(names.len())], values[dice(values.len())]);
                let element = match dice(8) {
                    0 => format!("<Data Name=\"{name}\" >{value}</Data>"),
                    1 => format!("<Data>{value}</Data>"),
                    2 => format!("<Data Name='{name}'>{value}"),
                    _ => format!("<Data Name='{name}'>{value}</Data>"),
                };
                text.push_str(&element);
            }
            text + ["</EventData></Event>", "</Event>", ""][dice(3)]
        })
        .collect();
    let wanted = [
        "CommandLine",
        "EventCode",
        "Image",
        "ParentImage",
        "action",
        "dest",
        "file_name",
        "original_file_name",
        "parent_process_name",
        "process",
        "process_hash",
        "process_name",
        "process_path",
        "user",
        "user_id",
        "UserID",
        "Name",
    ];
    same_by_both_ways("XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "XmlWinEventLog", &raw, &wanted);
}

#[test]
fn random_json_events_have_the_same_fields_by_both_ways() {
    let mut dice = dice();
    let keys = ["type", "arn", "userName", "bucketName", "a\\n", "long key with many, many characters"];
    let raw: Vec<String> = (0..300)
        .map(|_| {
            let mut object = |depth: usize| {
                let members: Vec<String> = (0..dice(5))
                    .map(|_| {
                        let key = keys[dice(keys.len())];
                        let value = ["\"x\"", "\"\"", "1.0", "null", "true", "\"a \\\"q\\\" \\u0041 of some length, so it is long\"", "[1,{\"type\":2}]", "{}"]
                            [dice(8)];
                        if depth > 0 && dice(4) == 0 { format!("\"{key}\":{{\"type\":{value}}}") } else { format!("\"{key}\" : {value}") }
                    })
                    .collect();
                format!("{{{}}}", members.join(","))
            };
            let text = format!(
                "{{\"eventName\":\"Get\",\"userIdentity\":{},\"requestParameters\":{},\"sourceIPAddress\":\"192.0.2.1\",\"errorCode\":null}}",
                object(1),
                object(0)
            );
            let end = if dice(6) == 0 { text.len() - dice(text.len() / 2) } else { text.len() };
            text[..end].to_owned()
        })
        .collect();
    let wanted = [
        "eventName",
        "userIdentity.type",
        "userIdentity.arn",
        "userIdentity.userName",
        "requestParameters.bucketName",
        "requestParameters.bucketName{}.type",
        "sourceIPAddress",
        "errorCode",
        "src",
        "user",
        "action",
        "userIdentity.userName{}",
    ];
    same_by_both_ways("aws_cloudtrail", "aws:cloudtrail", &raw, &wanted);
}
