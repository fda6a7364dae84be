//! Whole files, from bytes to events.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{NoteKind, Options, RawEvent, read_all};
use std::io::Write;

fn read(bytes: &[u8], options: &Options) -> Vec<(String, Option<f64>, String, String, u64)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let (events, notes) = read_all(file.path(), options).unwrap();
    assert!(notes.iter().all(|note| note.kind != NoteKind::Damaged), "{notes:?}");
    let tell = |event: RawEvent| {
        let meta = event.meta;
        (event.raw.to_string(), event.time, meta.source.to_string(), meta.sourcetype.to_string(), event.line)
    };
    events.into_iter().map(tell).collect()
}

#[test]
fn windows_xml_breaks_only_before_events() {
    let one = "<Event xmlns='x'><System><TimeCreated SystemTime='1970-01-02T00:00:00.5Z'/>\
               <Channel>Lab/Log</Channel></System>\r\n<Data Name='a'>x\n\n<y</Data></Event>";
    let two = "<Event><System><Channel>Other</Channel></System></Event>";
    let text = format!("{one}\r\n{two}\n");
    let wanted = [
        (one, Some(86_400.5), "XmlWinEventLog:Lab/Log", 1),
        // An event without time has that of the one before.
        (two, Some(86_400.5), "XmlWinEventLog:Other", 5),
    ];
    let wanted = wanted
        .map(|(raw, time, source, line)| (raw.to_owned(), time, source.to_owned(), "XmlWinEventLog".to_owned(), line));
    assert_eq!(read(text.as_bytes(), &Options::default()), wanted);
}

#[test]
fn json_in_all_its_layouts() {
    let table = [
        "{\"a\":\"}\\\"{\"}\n{\"b\":[{}]}",
        "{\"a\":\"}\\\"{\"}\r\n\r\n{\"b\":[{}]}\r\n",
        "[{\"a\":\"}\\\"{\"},\n{\"b\":[{}]}]\n",
        "{\"Records\": [{\"a\":\"}\\\"{\"},{\"b\":[{}]}], \"next\": {\"c\":1}}",
        "[{\"a\":\"}\\\"{\"} {\"b\":[{}]}",
    ];
    for text in table {
        let raws: Vec<String> = read(text.as_bytes(), &Options::default()).into_iter().map(|event| event.0).collect();
        assert_eq!(raws, ["{\"a\":\"}\\\"{\"}", "{\"b\":[{}]}"], "{text}");
    }
}
