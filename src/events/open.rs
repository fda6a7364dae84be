//! Opens an input and reads its files one after the other.

use super::breaking::{self, Breaker, Elements, Json, Lines, Merge, Piece, XmlLines};
use super::label::Labels;
use super::note::{NoteKind, Notes};
use super::recognise::{self, Kind};
use super::sink::{Sink, Stop};
use super::time::Stamper;
use super::window::Window;
use super::{Options, Stream};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// An input that cannot be opened at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {source}", path.display())]
pub struct OpenError {
    /// What was to be opened.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

/// How much of a file its format is guessed from.
pub(super) const HEAD: usize = 64 * 1024;

/// Opens a file, a folder (all its files, sorted by path) or standard input (`-`).
///
/// # Errors
/// The path does not exist or may not be read. What goes wrong later, with a file of a folder or behind the beginning of
/// a file, is a note of the stream: the events before it are still given.
pub fn open(path: &Path, options: &Options) -> Result<Stream, OpenError> {
    let fail = |source| OpenError { path: path.to_owned(), source };
    let options = options.clone();
    let owned = path.to_owned();
    let limits = options.limits;
    if path.as_os_str() == "-" {
        return Stream::start(limits, Notes::default(), move |sink, notes| {
            let mut job = Job::new(&options, sink, notes);
            job.file(Path::new("stdin"), &mut io::stdin().lock())
        })
        .map_err(fail);
    }
    let mut file = File::open(path).map_err(fail)?;
    Stream::start(limits, Notes::default(), move |sink, notes| {
        let mut job = Job::new(&options, sink, notes);
        job.file(&owned, &mut file)
    })
    .map_err(fail)
}

/// The reading of one input.
pub(super) struct Job<'a> {
    options: &'a Options,
    sink: &'a mut Sink,
    notes: &'a Notes,
}

impl<'a> Job<'a> {
    fn new(options: &'a Options, sink: &'a mut Sink, notes: &'a Notes) -> Self {
        Self { options, sink, notes }
    }

    fn note(&self, kind: NoteKind, path: &Path, text: impl Into<String>) {
        self.notes.push(kind, path, text);
    }

    /// Reads one file; trouble with its bytes is noted and ends only this file.
    fn file(&mut self, path: &Path, reader: &mut dyn Read) -> Result<(), Stop> {
        match self.bytes(path, reader) {
            Err(Stop::Read(error)) => {
                self.note(NoteKind::Damaged, path, format!("reading stops here: {error}"));
                Ok(())
            }
            other => other,
        }
    }

    fn bytes(&mut self, path: &Path, reader: &mut dyn Read) -> Result<(), Stop> {
        let mut window = Window::new(reader);
        window.fill_to(HEAD)?;
        self.text(path, &mut window)
    }

    /// Breaks a text into events.
    fn text(&mut self, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
        let head = window.unread();
        let head = &head[..head.len().min(HEAD)];
        if head.is_empty() {
            self.note(NoteKind::Skipped, path, "the file is empty");
            return Ok(());
        }
        let overrides = &self.options.overrides;
        let kind = overrides.kind.unwrap_or_else(|| recognise::recognise(head));
        let mut labels = Labels::new(kind, overrides, &path.to_string_lossy(), head);
        let rules = self.options.rules.as_ref().and_then(|lookup| lookup(labels.base()));
        if overrides.kind.is_none() && overrides.sourcetype.is_none() {
            let text = format!("read as {}, sourcetype `{}`", kind.name(), labels.base().sourcetype);
            self.note(NoteKind::Guess, path, text);
        }
        let zone = self.options.zone.clone().unwrap_or(TimeZone::UTC);
        let year = 2000;
        let wrapped = recognise::wrapper(head).filter(|_| kind == Kind::Json);
        let mut breaker: Box<dyn Breaker> = match &rules {
            Some(rules) if overrides.sourcetype.is_some() && rules.says_breaking() => {
                breaking::by_rules(rules).map_err(|text| Stop::Read(io::Error::other(text)))?
            }
            _ => match kind {
                Kind::WindowsXml | Kind::Evtx => Box::new(XmlLines::windows()),
                Kind::WindowsXmlDocument => Box::new(Elements::default()),
                Kind::LinuxSysmon => Box::new(XmlLines::after_header()),
                Kind::Json if wrapped.is_some() => Box::new(Json::wrapped()),
                Kind::Json => Box::new(Json::default()),
                Kind::Text | Kind::WinEventLog => Box::new(Merge::by_date(zone.clone())),
                Kind::Auditd
                | Kind::Csv
                | Kind::JsonLines
                | Kind::KeyValue
                | Kind::SplunkCsv
                | Kind::SplunkJson
                | Kind::Syslog => Box::new(Lines::default()),
            },
        };
        let mut stamper = match (&rules, kind) {
            (_, Kind::WindowsXml | Kind::WindowsXmlDocument | Kind::Evtx | Kind::LinuxSysmon) => {
                Stamper::windows(zone, year)
            }
            (Some(rules), _) if rules.says_time() => {
                Stamper::by_rules(rules, zone, year).map_err(|text| Stop::Read(io::Error::other(text)))?
            }
            _ => Stamper::built_in(zone, year),
        };
        if let Some(skip) = wrapped {
            window.consume(skip);
        }
        let truncate = rules.as_ref().and_then(|rules| rules.truncate).unwrap_or(0);
        let mut losses = Losses::default();
        let sink = &mut *self.sink;
        let done = breaking::drive(window, &mut *breaker, self.options.limits.max_event, |piece: Piece<'_>| {
            let bytes = truncated(piece.bytes, truncate);
            losses.cut_off += u64::from(piece.cut_off || bytes.len() < piece.bytes.len());
            let raw = String::from_utf8_lossy(bytes);
            losses.invalid += u64::from(matches!(raw, Cow::Owned(_)));
            let time = stamper.stamp(bytes);
            sink.push(raw.as_ref().into(), time, labels.of(bytes), piece.line, Vec::new())
        });
        losses.note(path, self.notes);
        done
    }
}

/// Events that are not as they were in the file.
#[derive(Default)]
struct Losses {
    cut_off: u64,
    invalid: u64,
}

impl Losses {
    fn note(&self, path: &Path, notes: &Notes) {
        if self.cut_off > 0 {
            notes.push(NoteKind::Altered, path, format!("{} events are too long and were cut off", self.cut_off));
        }
        if self.invalid > 0 {
            let text = format!("{} events hold bytes that are no UTF-8; U+FFFD stands for them", self.invalid);
            notes.push(NoteKind::Altered, path, text);
        }
    }
}

/// `TRUNCATE`: at most so many bytes, cut at a character boundary; 0 is no limit.
fn truncated(bytes: &[u8], limit: usize) -> &[u8] {
    if limit == 0 || bytes.len() <= limit {
        return bytes;
    }
    let is_continuation = |at: &usize| bytes[*at] & 0xC0 == 0x80;
    let end = (limit.saturating_sub(3)..=limit).rev().find(|at| !is_continuation(at)).unwrap_or(limit);
    &bytes[..end]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::{NoteKind, Options, read_all};
    use std::io::Write;

    fn read(bytes: &[u8], options: &Options) -> Vec<(String, Option<f64>, String, String, u64)> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let (events, notes) = read_all(file.path(), options).unwrap();
        assert!(notes.iter().all(|note| note.kind != NoteKind::Damaged), "{notes:?}");
        let tell = |event: super::super::RawEvent| {
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
        let wanted = wanted.map(|(raw, time, source, line)| {
            (raw.to_owned(), time, source.to_owned(), "XmlWinEventLog".to_owned(), line)
        });
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
            let raws: Vec<String> =
                read(text.as_bytes(), &Options::default()).into_iter().map(|event| event.0).collect();
            assert_eq!(raws, ["{\"a\":\"}\\\"{\"}", "{\"b\":[{}]}"], "{text}");
        }
    }
}
