//! Files whose lines are rows: web servers' logs, Zeek's logs, exports from Splunk.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Options, Overrides, RawEvent, TimeBy, read_all};
use crate::knowledge::Knowledge;
use std::io::Write;
use std::sync::Arc;

fn events(text: &str, options: &Options) -> Vec<RawEvent> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    read_all(file.path(), options).unwrap().0
}

fn fields(event: &RawEvent) -> Vec<String> {
    event.indexed.iter().map(|(name, value)| format!("{name}={}", value.to_text().replace('\n', "|"))).collect()
}

#[test]
fn web_logs_take_new_columns_in_the_middle() {
    let text = "#Software: Example 1\r\n#Version: 1.0\r\n#Date: 2024-03-01 00:00:00\r\n#Fields: date time c-ip cs(User-Agent) sc-status\r\n\
                2024-03-01 00:00:01 192.0.2.1 Tool/1+(x) 200\r\n\
                #Date: 2024-03-02 00:00:00\r\n#Fields: c-ip time cs-uri-stem\r\n192.0.2.2 00:00:02 -\r\n";
    let found = events(text, &Options::default());
    let shown: Vec<_> = found.iter().map(|event| (fields(event).join(" "), event.stamp.time, event.line)).collect();
    // 2024-03-01 is day 19783 of the epoch.
    let day = 19_783.0 * 86_400.0;
    let expected = [
        (
            "date=2024-03-01 time=00:00:01 c_ip=192.0.2.1 cs_User_Agent=Tool/1+(x) sc_status=200".to_owned(),
            Some(day + 1.0),
            5,
        ),
        ("c_ip=192.0.2.2 time=00:00:02".to_owned(), Some(day + 86_402.0), 8),
    ];
    assert_eq!(shown, expected);
    assert_eq!(&*found[0].meta.sourcetype, "ms:iis:splunk");
}

#[test]
fn zeek_logs_of_columns_have_the_names_of_json() {
    let text = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
                #fields\tts\tuid\tid.orig_h\tquery\tanswers\n#types\ttime\tstring\taddr\tstring\tvector[string]\n\
                1709251200.250000\tC1\t192.0.2.1\texample.test\t192.0.2.8,192.0.2.9\n1709251201.0\tC2\t192.0.2.2\t-\t-\n#close\tx\n";
    let found = events(text, &Options::default());
    let shown: Vec<String> = found.iter().map(|event| fields(event).join(" ")).collect();
    let expected = [
        "ts=1709251200.250000 uid=C1 id_orig_h=192.0.2.1 id.orig_h=192.0.2.1 query=example.test \
         answers{}=192.0.2.8|192.0.2.9 answers=192.0.2.8,192.0.2.9",
        "ts=1709251201.0 uid=C2 id_orig_h=192.0.2.2 id.orig_h=192.0.2.2",
    ];
    assert_eq!(shown, expected);
    assert_eq!((&*found[0].meta.sourcetype, found[0].stamp.time), ("bro:dns:json", Some(1_709_251_200.25)));
}

#[test]
fn exports_in_all_their_layouts() {
    let table = [
        "{\"preview\":false,\"result\":{\"_raw\":\"one\",\"_time\":\"5\"}}\n{\"preview\":false,\"result\":{\"_raw\":\"two\"}}\n",
        "{\"result\": {\"_raw\": \"one\", \"_time\": 5}}\n{\"result\": {\"_raw\": \"two\"}}\n",
        "[{\"preview\":false,\"result\":{\"_raw\":\"one\",\"_time\":\"5\"}},\n{\"preview\":false,\"result\":{\"_raw\":\"two\"}}]",
        "{\"preview\":false,\"init_offset\":0,\"results\":[{\"_raw\":\"one\",\"_time\":\"5\"},{\"_raw\":\"two\"}],\"messages\":[]}",
        "{\n  \"preview\": false,\n  \"results\": [\n    {\n      \"_raw\": \"one\",\n      \"_time\": \"5\"\n    },\n    {\"_raw\": \"two\"}\n  ]\n}\n",
        "{\"_time\":5,\"_raw\":\"one\"}\n{\"_time\":6,\"_raw\":\"two\"}\n",
        "_time,_raw\n5,one\n6,two\n",
    ];
    for text in table {
        let found = events(text, &Options::default());
        let raws: Vec<&str> = found.iter().map(|event| &*event.raw).collect();
        assert_eq!(raws, ["one", "two"], "{text}");
        assert_eq!((found[0].stamp.time, found[0].stamp.by), (Some(5.0), TimeBy::Export), "{text}");
    }
}

fn with_app(props: &str, transforms: &str, overrides: Overrides) -> Options {
    let app = tempfile::tempdir().unwrap();
    let folder = app.path().join("default");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("props.conf"), props).unwrap();
    std::fs::write(folder.join("transforms.conf"), transforms).unwrap();
    let (knowledge, problems) = Knowledge::with_apps(&[app.path().to_owned()]).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    Options::from(overrides).with_knowledge(Arc::new(knowledge))
}

#[test]
fn settings_name_columns_and_times() {
    let overrides = Overrides { sourcetype: Some("my:rows".into()), ..Overrides::default() };
    let props = "[my:rows]\nINDEXED_EXTRACTIONS = psv\nHEADER_FIELD_LINE_NUMBER = 2\nTIMESTAMP_FIELDS = day, hour\n";
    let text = "made by hand\nuser id|day|hour\nann|2024-03-01|00:00:01\n";
    let found = events(text, &with_app(props, "", overrides.clone()));
    assert_eq!(fields(&found[0]), ["user_id=ann", "user id=ann", "day=2024-03-01", "hour=00:00:01"]);
    assert_eq!((found.len(), found[0].stamp.time), (1, Some(19_783.0 * 86_400.0 + 1.0)));
    let props = "[my:rows]\nINDEXED_EXTRACTIONS = csv\nFIELD_DELIMITER = ;\nFIELD_NAMES = a, b\n";
    assert_eq!(fields(&events("1;2\n3;4\n", &with_app(props, "", overrides))[1]), ["a=3", "b=4"]);
}

#[test]
fn settings_say_how_rows_are_written() {
    let overrides = Overrides { sourcetype: Some("my:rows".into()), ..Overrides::default() };
    // The settings, the file, the fields of the events.
    let table: &[(&str, &str, &[&str])] = &[
        ("FIELD_QUOTE = '", "a,b\n'1,2',\"3\n'it''s',4\n", &["a=1,2 b=\"3", "a=it's b=4"]),
        ("HEADER_FIELD_DELIMITER = ;", "a;b\n1,2\n", &["a=1 b=2"]),
        ("HEADER_FIELD_QUOTE = '", "'a',b\n\"1\",2\n", &["a=1 b=2"]),
        ("PREAMBLE_REGEX = ^;", ";made\n;by hand\na,b\n;1,2\n", &["a=;1 b=2"]),
        ("PREAMBLE_REGEX = ^;\nFIELD_NAMES = a, b", ";made\n1,2\n", &["a=1 b=2"]),
        ("FIELD_HEADER_REGEX = ^COLUMNS:\\s*", "x\nCOLUMNS: a,b\n1,2\n", &["a=1 b=2"]),
        ("MISSING_VALUE_REGEX = ^(-|n/a)$", "a,b,c\n-,n/a,-1\n", &["c=-1"]),
    ];
    for (props, text, wanted) in table {
        let props = format!("[my:rows]\nINDEXED_EXTRACTIONS = csv\n{props}\n");
        let found = events(text, &with_app(&props, "", overrides.clone()));
        let shown: Vec<String> = found.iter().map(|event| fields(event).join(" ")).collect();
        assert_eq!(shown, *wanted, "{props}");
    }
}

#[test]
fn a_time_of_day_is_of_the_day_of_the_file() {
    let overrides = Overrides { sourcetype: Some("my:text".into()), ..Overrides::default() };
    let props = "[my:text]\nSHOULD_LINEMERGE = false\nTIME_FORMAT = %H:%M:%S.%3N\n";
    let found = events("12:18:18.500 a\n", &with_app(props, "", overrides));
    let time = found[0].stamp.time.unwrap();
    let of_day = f64::from(12 * 3600 + 18 * 60 + 18) + 0.5;
    assert!((time.rem_euclid(86_400.0) - of_day).abs() < 1e-3, "{time}");
    assert_eq!(found[0].stamp.written.unwrap().place, crate::source::Span::new(0, 12));
}

#[test]
fn a_charset_is_decoded() {
    let overrides = Overrides { sourcetype: Some("my:text".into()), ..Overrides::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, b"user=J\xF6rg\n").unwrap();
    let options = with_app("[my:text]\nCHARSET = LATIN-1\n", "", overrides);
    let (found, notes) = super::read_all(&path, &options).unwrap();
    assert_eq!(&*found[0].raw, "user=J\u{F6}rg");
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn index_time_rewrites_events() {
    let props = "[source::...gate*.log]\nsourcetype = gate\n\
                 [gate]\nSHOULD_LINEMERGE = false\nSEDCMD-card = s/card=\\d+/card=xxxx/g\n\
                 TRANSFORMS-a = gate_drop, gate_type, gate_lane\n";
    let transforms = "[gate_drop]\nREGEX = level=debug\nDEST_KEY = queue\nFORMAT = nullQueue\n\
                      [gate_type]\nREGEX = kind=(\\w+)\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::gate:$1\n\
                      [gate_lane]\nREGEX = lane=(?<lane_no>\\d)\nWRITE_META = true\n";
    let source = Overrides { source: Some("/var/log/gate7.log".into()), ..Overrides::default() };
    let text = "kind=toll card=12345 lane=3\nlevel=debug kind=toll\ncard=1 x\n";
    let found = events(text, &with_app(props, transforms, source));
    let shown: Vec<String> = found
        .iter()
        .map(|event| format!("{} | {} | {}", event.raw, event.meta.sourcetype, fields(event).join(" ")))
        .collect();
    assert_eq!(shown, ["kind=toll card=xxxx lane=3 | gate:toll | lane_no=3", "card=xxxx x | gate | "]);
}
