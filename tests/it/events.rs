//! Reading every log of the corpus: how many events there are by another count, and which of them say a time.

use escudo::events::{self, NoteKind, Options, TimeBy};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The corpus, if it is there; says so if it is not.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus at {}", folder.display());
    None
}

/// What was read of the files of one kind.
#[derive(Default)]
struct Count {
    files: usize,
    events: usize,
    /// By [`counted`].
    counted: usize,
    /// The text of the event says its time.
    own: usize,
    /// It has a time from elsewhere.
    other: usize,
    losses: usize,
    /// Files with another count, and with events that say no time.
    remarks: Vec<String>,
}

#[test]
fn corpus_logs() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for part in ["attack_data", "evtx"] {
        let (files, _) = events::files(&corpus.join(part), &Options::default());
        assert!(!files.is_empty(), "{part}");
        for file in files {
            count(part, &file, &mut counts);
        }
    }
    let mut score = String::from(
        "# kind of file: files, events, events by an independent count, events that say a time, events with a time from \
         elsewhere, files with losses\n# below: files with another count, or with events that say no time\n",
    );
    for (kind, count) in &counts {
        let Count { files, events, counted, own, other, losses, remarks } = count;
        writeln!(score, "{kind}: {files} {events} {counted} {own} {other} {losses}").expect("a string can be written");
        for remark in remarks {
            writeln!(score, "    {remark}").expect("a string can be written");
        }
    }
    crate::score::compare("events.txt", &score);
}

fn count(part: &str, file: &Path, counts: &mut BTreeMap<String, Count>) {
    let (read, notes) = events::read_all(file, &Options::default()).expect("the file can be opened");
    let guess = notes.iter().find(|note| note.kind == NoteKind::Guess).map(|note| note.text.as_str());
    let kind = guess.unwrap_or(if read.is_empty() { "nothing read" } else { "binary log" });
    let count = counts.entry(format!("{part} {kind}")).or_default();
    let counted = counted(kind, &content(file));
    let own = read.iter().filter(|event| event.stamp.written.is_some()).count();
    let elsewhere = |by| matches!(by, TimeBy::Previous | TimeBy::Export);
    let other = read.iter().filter(|event| event.stamp.written.is_none() && elsewhere(event.stamp.by)).count();
    count.files += 1;
    count.events += read.len();
    count.counted += counted;
    count.own += own;
    count.other += other;
    count.losses += usize::from(notes.iter().any(|note| note.kind.is_loss()));
    if counted != read.len() || own != read.len() {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        count.remarks.push(format!("{name}: {} events, {counted} counted, {own} say a time", read.len()));
    }
    for note in notes.iter().filter(|note| note.kind.is_loss()) {
        println!("{note}");
    }
}

/// The bytes of a file; those of the files of an archive behind each other.
fn content(file: &Path) -> Vec<u8> {
    let bytes = std::fs::read(file).expect("the file can be read");
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return bytes;
    }
    let mut archive = tar::Archive::new(flate2::read::MultiGzDecoder::new(bytes.as_slice()));
    let mut whole = Vec::new();
    for entry in archive.entries().expect("an archive") {
        entry.expect("a file of the archive").read_to_end(&mut whole).expect("a file of the archive");
    }
    whole
}

/// The number of events of a file by the simplest rule of its format, without the code under test.
fn counted(kind: &str, bytes: &[u8]) -> usize {
    let text = || utf8(bytes);
    let lines = || text().lines().filter(|line| !line.trim().is_empty()).count();
    let format = kind.strip_prefix("read as ").and_then(|rest| rest.split(',').next()).unwrap_or(kind);
    match format {
        "binary log" => evtx_records(bytes),
        "windows-xml" | "sysmon-linux" => text().matches("<Event ").count() + text().matches("<Event>").count(),
        "wineventlog" => text().lines().filter(|line| is_us_date(line)).count(),
        "splunk-csv" => {
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
            reader.byte_records().count()
        }
        "splunk-json" => {
            let values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
            let events = |value: serde_json::Value| match value {
                serde_json::Value::Array(items) => items.len(),
                value => value.get("results").and_then(serde_json::Value::as_array).map_or(1, Vec::len),
            };
            values.map(|value| value.map_or(0, events)).sum()
        }
        _ => lines(),
    }
}

fn utf8(bytes: &[u8]) -> String {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// `05/15/2024 10:11:12 AM`, with which an event of classic Windows logs begins.
fn is_us_date(line: &str) -> bool {
    let pattern = "00/00/0000 00:00:00";
    line.len() >= pattern.len()
        && line
            .chars()
            .zip(pattern.chars())
            .all(|(c, wanted)| if wanted == '0' { c.is_ascii_digit() } else { c == wanted })
}

/// Records of a binary log, by their marks: a chunk of 64 KiB holds, behind its header of 512 bytes, records of two
/// asterisks, a length, and the length again at the end.
fn evtx_records(bytes: &[u8]) -> usize {
    let number = |at: usize| {
        bytes.get(at..at + 4).map_or(0, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize)
    };
    let chunks = (4096..bytes.len()).step_by(65_536).filter(|&at| bytes[at..].starts_with(b"ElfChnk\0"));
    let records = |chunk: usize| {
        // Records end where the chunk's header says that its free space begins.
        let end = chunk + number(chunk + 48).min(65_536);
        let mut at = chunk + 512;
        let mut count = 0;
        while at < end && bytes.get(at..at + 4) == Some(b"**\0\0") {
            let length = number(at + 4);
            if length < 24 || number(at + length - 4) != length {
                break;
            }
            count += 1;
            at += length;
        }
        count
    };
    chunks.map(records).sum()
}
