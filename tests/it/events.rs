//! Reading every log of the corpus.

use escudo::events::{self, NoteKind, Options};
use std::collections::BTreeMap;
use std::fmt::Write as _;
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
    timed: usize,
    losses: usize,
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
    let mut score = String::from("# kind of file: files, events, events with a time, files with losses\n");
    for (kind, count) in &counts {
        let Count { files, events, timed, losses } = count;
        writeln!(score, "{kind}: {files} {events} {timed} {losses}").expect("writing to a string does not fail");
    }
    crate::score::compare("events.txt", &score);
}

fn count(part: &str, file: &Path, counts: &mut BTreeMap<String, Count>) {
    let (read, notes) = events::read_all(file, &Options::default()).expect("the file can be opened");
    let guess = notes.iter().find(|note| note.kind == NoteKind::Guess).map(|note| note.text.as_str());
    let kind = guess.unwrap_or(if read.is_empty() { "nothing read" } else { "binary log" });
    let count = counts.entry(format!("{part} {kind}")).or_default();
    count.files += 1;
    count.events += read.len();
    count.timed += read.iter().filter(|event| event.stamp.time.is_some()).count();
    count.losses += usize::from(notes.iter().any(|note| note.kind.is_loss()));
    for note in notes.iter().filter(|note| note.kind.is_loss()) {
        println!("{note}");
    }
}
