//! Whole files, from bytes to events.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Limits, NoteKind, Options, Overrides, RawEvent, read_all};
use crate::knowledge::IndexTimeRules;
use std::io::Write;
use std::sync::Arc;

fn read(bytes: &[u8], options: &Options) -> Vec<(String, Option<f64>, String, String, u64)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let (events, notes) = read_all(file.path(), options).unwrap();
    assert!(notes.iter().all(|note| note.kind != NoteKind::Damaged), "{notes:?}");
    let tell = |event: RawEvent| {
        let meta = event.meta;
        (event.raw.to_string(), event.stamp.time, meta.source.to_string(), meta.sourcetype.to_string(), event.line)
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

/// The raw texts of the events, and the notes other than guesses.
fn raws(bytes: &[u8], options: &Options) -> (Vec<String>, Vec<String>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let (events, notes) = read_all(file.path(), options).unwrap();
    let texts = notes.into_iter().filter(|note| note.kind != NoteKind::Guess).map(|note| note.text);
    (events.into_iter().map(|event| event.raw.to_string()).collect(), texts.collect())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const LINES: &[u8] = b"a=1 b=2 c=3\na=4 b=5 c=6\n";

#[test]
fn packed_files_read_like_plain_ones() {
    let files = [("x/one.log", LINES), ("two.log", LINES)];
    let inner = gzip(LINES);
    let table = [
        ("plain", LINES.to_vec(), 1),
        ("gzip", gzip(LINES), 1),
        ("gzip of two members", [gzip(LINES), gzip(LINES)].concat(), 2),
        ("zstd", zstd::encode_all(LINES, 0).unwrap(), 1),
        ("tar", tar(&files), 2),
        ("tar.gz", gzip(&tar(&files)), 2),
        ("zip", zip(&files), 2),
        ("zip in tar.gz", gzip(&tar(&[("a.zip", &zip(&files))])), 2),
        ("gzip in zip", zip(&[("a.gz", &inner)]), 1),
    ];
    for (name, bytes, times) in table {
        let (events, notes) = raws(&bytes, &Options::default());
        assert_eq!(events, ["a=1 b=2 c=3", "a=4 b=5 c=6"].repeat(times), "{name}");
        assert!(notes.is_empty(), "{name}: {notes:?}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    // Name, content, options, events (if certain), part of a note (empty: no note).
    type Case<'a> = (&'a str, &'a [u8], &'a Options, Option<usize>, &'a str);
    let utf16: Vec<u8> = "\u{FEFF}a=1 b=2 c=ü\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let packed = gzip(&LINES.repeat(100_000));
    let bomb = Options { limits: Limits { max_unpacked: 1000, ..Limits::default() }, ..Options::default() };
    let nested = (0..6).fold(LINES.to_vec(), |bytes, _| gzip(&bytes));
    let plain = Options::default();
    let table: [Case; 16] = [
        ("empty", b"", &plain, Some(0), "the file is empty"),
        ("only line ends", b"\r\n\n\n", &plain, Some(0), ""),
        ("utf-16", &utf16, &plain, Some(1), ""),
        ("utf-8 mark", b"\xEF\xBB\xBFa=1 b=2 c=3", &plain, Some(1), ""),
        (
            "invalid utf-8",
            b"a=1 b=2 c=\xFF\xC3\n",
            &plain,
            Some(1),
            "bytes that are no UTF-8, shown as U+FFFD, in 1 event",
        ),
        ("a few zeros", b"a=1 b=2 c=3\0 and more text here\n", &plain, Some(1), ""),
        ("binary", &[0, 1, 2, 3, 200, 4], &plain, Some(0), "binary data"),
        ("pointer", b"version https://git-lfs.github.com/spec/v1\n", &plain, Some(0), "a Git LFS pointer"),
        ("bzip2", b"BZh91AY&SYxxxxxxxx", &plain, Some(0), "bzip2 compression is not supported; unpack the file first"),
        ("xz", b"\xFD7zXZ\0xxxxxxxxxx", &plain, Some(0), "xz compression is not supported; unpack the file first"),
        ("cut gzip", &packed[..packed.len() / 2], &plain, None, "reading stops here"),
        ("broken gzip", &[0x1F, 0x8B, 8, 0, 1, 2], &plain, Some(0), "reading stops here"),
        ("broken zstd", b"\x28\xB5\x2F\xFDxxxxxxx", &plain, Some(0), "reading stops here"),
        ("broken zip", b"PK\x03\x04xxxxxxxxxxxxxxxxx", &plain, Some(0), "reading stops here"),
        ("bomb", &packed, &bomb, None, "the limit of unpacked bytes is reached"),
        ("nested", &nested, &plain, Some(0), "more than 4 compressed layers"),
    ];
    for (name, bytes, options, count, wanted) in table {
        let (events, notes) = raws(bytes, options);
        assert!(count.is_none_or(|count| count == events.len()), "{name}: {events:?}");
        let notes = notes.join("; ");
        assert!(if wanted.is_empty() { notes.is_empty() } else { notes.contains(wanted) }, "{name}: {notes}");
    }
    assert!(read_all(std::path::Path::new("/no/such/file"), &plain).is_err());
}

#[test]
fn long_events_are_cut_off_and_the_next_one_is_found() {
    let options = Options { limits: Limits { max_event: 10_000, ..Limits::default() }, ..Options::default() };
    let long = "x".repeat(3_000_000);
    let table = [
        (format!("k=1 k=2 k=3 {long}\nshort\n"), "short"),
        (format!("{{\"a\":\"{long}\"}}\n{{\"b\":1}}\n"), "{\"b\":1}"),
        (format!("[{{\"a\":\"{long}\"}},\n{{\"b\":1}}]"), "{\"b\":1}"),
        (format!("<Event><A>{long}</A></Event>\n<Event/>\n"), "<Event/>"),
        (format!("<Events><Event><A>{long}</A></Event><Event><B/></Event></Events>"), "<Event><B/></Event>"),
        (format!("u,v\na,\"{long}\n\"\nb,c\n"), "b,c"),
        (format!("2024-02-29 12:00:00 {long}\n2024-02-29 12:00:01 b\n"), "2024-02-29 12:00:01 b"),
    ];
    for (text, last) in table {
        let (events, notes) = raws(text.as_bytes(), &options);
        let head = &text[..20];
        assert_eq!(events.last().map(String::as_str), Some(last), "{head}");
        assert!(events.iter().all(|event| event.len() <= 10_000), "{head}");
        assert_eq!(notes, ["cut off for being too long: 1 event"], "{head}");
    }
}

#[test]
fn index_time_rules_break_the_stream() {
    let rules = |change: &dyn Fn(&mut IndexTimeRules)| {
        let mut rules = IndexTimeRules::default();
        change(&mut rules);
        let overrides = Overrides { sourcetype: Some("lab".into()), ..Overrides::default() };
        Options { rules: Some(Arc::new(move |_| Some(rules.clone()))), ..Options::from(overrides) }
    };
    let set = |text: &str| Some(text.to_owned());
    let by_breaker = rules(&|rules| rules.line_breaker = set("(;+)\\d"));
    let no_group = rules(&|rules| rules.line_breaker = set("(\\n)x|;"));
    let by_date = rules(&|rules| rules.should_linemerge = Some(true));
    let before = rules(&|rules| {
        rules.should_linemerge = Some(true);
        rules.break_only_before = set("^BEGIN");
        rules.max_events = Some(3);
    });
    let after = rules(&|rules| {
        rules.should_linemerge = Some(true);
        rules.break_only_before_date = Some(false);
        rules.must_break_after = set("END$");
    });
    let short = rules(&|rules| {
        rules.line_breaker = set("([\\r\\n]+)");
        rules.truncate = Some(4);
    });
    let broken = rules(&|rules| rules.line_breaker = set("("));
    let table: [(&Options, &str, &[&str]); 7] = [
        (&by_breaker, "a;;1b;c;2", &["a", "1b;c", "2"]),
        (&no_group, "a\nxb;c", &["a", "xb;", "c"]),
        (
            &by_date,
            "2024-02-29 12:00:00 a\r\n  b\r\n\r\n2024-02-29 12:00:01 c\n",
            &["2024-02-29 12:00:00 a\r\n  b", "2024-02-29 12:00:01 c"],
        ),
        (&before, "BEGIN\n1\nBEGIN\n2\n3\n4\n5", &["BEGIN\n1", "BEGIN\n2\n3", "4\n5"]),
        (&after, "1\nEND\n2\n3\nEND\n", &["1\nEND", "2\n3\nEND"]),
        (&short, "abcdé\nabcé\n", &["abcd", "abc"]),
        (&broken, "a\nb\n", &["a", "b"]),
    ];
    for (options, text, wanted) in table {
        assert_eq!(raws(text.as_bytes(), options).0, wanted, "{text}");
    }
}

#[test]
fn times_by_rules() {
    // 1970-01-02T00:00:00Z is 86400.
    let overrides = Overrides { sourcetype: Some("lab".into()), ..Overrides::default() };
    let rules = IndexTimeRules {
        time_prefix: Some("at=".to_owned()),
        time_format: Some("%d.%m.%Y %H:%M".to_owned()),
        tz: Some("Europe/Berlin".to_owned()),
        ..IndexTimeRules::default()
    };
    let options = Options { rules: Some(Arc::new(move |_| Some(rules.clone()))), ..Options::from(overrides) };
    let text = "{\"x\":\"2024-02-29 12:00:00 at=02.01.1970 01:00\"}\n{\"x\":1}\n{\"x\":\"at=02.01.1970 01:01\"}\n";
    let times: Vec<_> = read(text.as_bytes(), &options).into_iter().map(|event| event.1).collect();
    assert_eq!(times, [Some(86_400.0), Some(86_400.0), Some(86_460.0)]);
    let none = read(b"no time here\n", &Options::default());
    assert_eq!(none[0].1, None);
}

#[test]
fn labels_by_content_and_by_the_user() {
    let xml = "<Event><System><Channel>Lab</Channel></System></Event>";
    let linux = "<13>Feb 29 12:00:00 h sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/></System></Event>";
    let classic = "01/02/1970 12:00:00 AM\r\nLogName=Lab\r\nMessage=x\r\n";
    let told =
        |sourcetype: &str| Options::from(Overrides { sourcetype: Some(sourcetype.into()), ..Overrides::default() });
    let source = Options::from(Overrides { source: Some("s".into()), ..Overrides::default() });
    let plain = Options::default();
    let table = [
        (xml, &plain, "XmlWinEventLog:Lab", "XmlWinEventLog"),
        (xml, &source, "s", "XmlWinEventLog"),
        (xml, &told("XmlWinEventLog:Other"), "XmlWinEventLog:Other", "XmlWinEventLog"),
        (linux, &plain, "Syslog:Linux-Sysmon/Operational", "sysmon:linux"),
        (classic, &plain, "WinEventLog:Lab", "WinEventLog"),
        ("type=X msg=audit(1.0:1): a=1", &source, "s", "linux:audit"),
        (
            "{\"eventVersion\":\"1\",\"userIdentity\":{},\"eventSource\":\"x\",\"eventName\":\"y\",\"awsRegion\":\"z\"}",
            &source,
            "s",
            "aws:cloudtrail",
        ),
        ("{\"eventVersion\":\"1\"}", &source, "s", "_json"),
        ("_raw,source,sourcetype\nx,s1,t1\n", &plain, "s1", "t1"),
        ("_raw,source,sourcetype\nx,s1,t1\n", &source, "s", "t1"),
        ("{\"preview\":true,\"result\":{\"_raw\":\"x\",\"source\":\"s1\",\"sourcetype\":\"t1\"}}", &plain, "s1", "t1"),
    ];
    for (text, options, source, sourcetype) in table {
        let events = read(text.as_bytes(), options);
        let labels: Vec<_> = events.iter().map(|event| (event.2.as_str(), event.3.as_str())).collect();
        assert_eq!(labels, [(source, sourcetype)], "{text}");
    }
}

#[test]
fn exports_give_their_raw_events() {
    let csv = "\"_time\",\"_raw\",user\n86400.5,\"a \"\"b\"\"\nc\",u\n1970-01-02T00:00:01.000+00:00,d,\n";
    let json = "{\"preview\":false,\"result\":{\"_time\":\"86400.5\",\"_raw\":\"a \\\"b\\\"\\nc\"}}\n\
                {\"preview\":false,\"result\":{\"_time\":\"86401\",\"_raw\":\"d\"}}\n";
    for text in [csv, json] {
        let events: Vec<_> = read(text.as_bytes(), &Options::default()).into_iter().map(|e| (e.0, e.1)).collect();
        assert_eq!(events, [("a \"b\"\nc".to_owned(), Some(86_400.5)), ("d".to_owned(), Some(86_401.0))], "{text}");
    }
}

#[test]
fn rows_carry_their_columns() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"user;src\nu;\"a;b\"\n;c\n").unwrap();
    let (events, _) = read_all(file.path(), &Options::default()).unwrap();
    let fields: Vec<Vec<(&str, &str)>> = events
        .iter()
        .map(|event| event.indexed.iter().map(|(name, value)| (&**name, value)).collect::<Vec<_>>())
        .map(|row| {
            row.into_iter()
                .map(|(name, value)| {
                    (
                        name,
                        match value {
                            crate::value::Value::Text(text) => &**text,
                            _ => "?",
                        },
                    )
                })
                .collect()
        })
        .collect();
    assert_eq!(fields, [vec![("user", "u"), ("src", "a;b")], vec![("src", "c")]]);
    assert_eq!(&*events[0].raw, "u;\"a;b\"");
}

#[test]
fn a_folder_is_read_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("b.log", b"k=b k=2 k=3\n");
    write("a/z.log", b"k=az k=2 k=3\n");
    write("a/README.md", b"no log");
    write(".hidden", b"k=h k=2 k=3\n");
    write("c.png", b"\x89PNG\r\n\x1a\n");
    let (events, notes) = read_all(folder.path(), &Options::default()).unwrap();
    let raws: Vec<&str> = events.iter().map(|event| &*event.raw).collect();
    assert_eq!(raws, ["k=az k=2 k=3", "k=b k=2 k=3"]);
    assert_eq!(notes.iter().filter(|note| note.kind == NoteKind::Skipped).count(), 2);
}

#[test]
fn batches_are_bounded_and_dropping_a_stream_ends_it() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&LINES.repeat(50_000)).unwrap();
    let options = Options::default();
    let mut stream = super::open(file.path(), &options).unwrap();
    assert_eq!(stream.next().map(|batch| batch.len()), Some(options.limits.batch_events));
    drop(stream);
    let total: usize = super::open(file.path(), &options).unwrap().map(|batch| batch.len()).sum();
    assert_eq!(total, 100_000);
}

#[test]
fn text_is_merged_only_by_dates() {
    let dated = "2024-02-29 12:00:00 a\n  at b\n2024-02-29 12:00:01 c\n";
    assert_eq!(raws(dated.as_bytes(), &Options::default()).0.len(), 2);
    assert_eq!(raws(b"one\ntwo\n", &Options::default()).0, ["one", "two"]);
}

#[test]
fn hostile_texts_are_read_to_their_end() {
    let deep = "{\"a\":".repeat(100_000);
    let table = [
        deep.clone(),
        format!("[{deep}"),
        format!("{{\"result\":{deep}\n{{\"preview\":1,\"result\":{deep}\n"),
        "[".repeat(1_000_000),
        "{\"a\":\"\\".to_owned(),
        "<Event".to_owned(),
        "<Event><Event><Event".to_owned(),
        "<Event xmlns='x'><System><Channel>".to_owned(),
        "<Events>\n".repeat(1000),
        "<Event><System><TimeCreated SystemTime='".to_owned(),
        ",".repeat(1_000_000),
        "_raw,a\n\"".to_owned(),
        "type=X msg=audit(99999999999999999999.1:1): a".to_owned(),
        "9".repeat(1_000_000),
        "00/00/0000 00:00:00 AM\nLogName=\n".to_owned(),
        "Feb 99 99:99:99\n<Event>\u{0}".to_owned(),
        "ElfFile\u{0}".to_owned(),
        "ElfFile\u{0}".repeat(20_000),
        format!("{}ElfChnk\u{0}{}", "ElfFile\u{0}".repeat(512), "x".repeat(70_000)),
    ];
    for text in table {
        let (events, _) = raws(text.as_bytes(), &Options::default());
        let bytes: usize = events.iter().map(String::len).sum();
        assert!(bytes <= text.len(), "{}", text.get(..20).unwrap_or(&text));
    }
}
