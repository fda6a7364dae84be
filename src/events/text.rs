//! From the text of one file to its events.

use super::breaking::{self, Breaker, Elements, Json, Lines, Merge, Piece, XmlLines};
use super::columns::Columns;
use super::export;
use super::label::Labels;
use super::note::{NoteKind, Notes};
use super::open::Job;
use super::recognise::{self, Kind};
use super::rows::Rows;
use super::sink::{Sink, Stop};
use super::time::parts::Reference;
use super::time::{self, Stamper};
use super::window::Window;
use super::{Meta, Stamp, evtx as records, rules};
use crate::knowledge::IndexTimeRules;
use crate::knowledge::rewrite::{Incoming, Rewrites};
use crate::value::{Name, Value};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// Renders a binary log and reads its events.
pub(super) fn evtx(job: &mut Job<'_>, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
    let mut labels = Labels::new(Kind::Evtx, &job.options.overrides, &path.to_string_lossy(), b"");
    let mut stamper = Stamper::windows(reference(job));
    let rules = job.options.rules.as_ref().and_then(|lookup| lookup(labels.base()));
    let rewrites = rules.map(|rules| rules.rewrites).unwrap_or_default();
    let trouble = records::read(window, |id, xml| {
        let bytes = xml.as_bytes();
        let (stamp, meta) = (stamper.stamp(bytes), labels.of(bytes));
        store(job.sink, &rewrites, xml, stamp, meta, id, Vec::new())
    })?;
    if trouble.records > 0 {
        job.note(NoteKind::Damaged, path, format!("{} records cannot be read", trouble.records));
    }
    if trouble.chunks > 0 {
        job.note(NoteKind::Damaged, path, format!("{} chunks of records cannot be read", trouble.chunks));
    }
    if trouble.truncated {
        job.note(NoteKind::Damaged, path, "the file ends in the middle of a chunk");
    }
    Ok(())
}

fn reference(job: &Job<'_>) -> Reference {
    let zone = job.options.zone.clone().unwrap_or(TimeZone::UTC);
    Reference { zone, latest: job.written }
}

/// Hands on an event, as index time rewrites it.
fn store(
    sink: &mut Sink,
    rewrites: &Rewrites,
    raw: impl AsRef<str> + Into<Arc<str>>,
    stamp: Stamp,
    meta: Arc<Meta>,
    line: u64,
    indexed: Vec<(Name, Value)>,
) -> Result<(), Stop> {
    if rewrites.is_empty() {
        return sink.push(raw.into(), stamp, meta, line, indexed);
    }
    let raw = Cow::Borrowed(raw.as_ref());
    let (host, source) = (meta.host.clone(), meta.source.clone());
    let (sourcetype, index) = (meta.sourcetype.clone(), meta.index.clone());
    let mut event = Incoming { raw, host, source, sourcetype, index, indexed };
    if !rewrites.run(&mut event) {
        return Ok(());
    }
    let Incoming { raw, host, source, sourcetype, index, indexed } = event;
    let rewritten = Meta { source, sourcetype, host, index };
    let meta = if rewritten == *meta { meta } else { Arc::new(rewritten) };
    sink.push(raw.as_ref().into(), stamp, meta, line, indexed)
}

/// Recognises the format of a text and breaks it into events.
pub(super) fn read(job: &mut Job<'_>, path: &Path, window: &mut Window<'_>) -> Result<(), Stop> {
    let overrides = &job.options.overrides;
    let head = window.unread();
    let kind = match overrides.kind.unwrap_or_else(|| recognise::recognise(head)) {
        Kind::SplunkCsv if job.rows => Kind::Csv,
        Kind::SplunkJson if job.rows && recognise::is_line(head) => Kind::JsonLines,
        Kind::SplunkJson if job.rows => Kind::Json,
        kind => kind,
    };
    let mut labels = Labels::new(kind, overrides, &path.to_string_lossy(), head);
    let lookup = |labels: &Labels| job.options.rules.as_ref().and_then(|lookup| lookup(labels.base()));
    let mut rules = lookup(&labels);
    let given = rules.as_ref().and_then(|rules| rules.sourcetype.clone()).filter(|_| overrides.sourcetype.is_none());
    if let Some(sourcetype) = &given {
        labels.call(sourcetype);
        rules = lookup(&labels);
    }
    // What a guess would find is known to fit the content; the rules of a sourcetype count if somebody named it.
    let named = overrides.sourcetype.is_some() || overrides.source.is_some() || given.is_some();
    if overrides.kind.is_none() && overrides.sourcetype.is_none() {
        let text = format!("read as {}, sourcetype `{}`", kind.name(), labels.base().sourcetype);
        job.note(NoteKind::Guess, path, text);
    }
    let kind = rules.as_ref().filter(|_| named).and_then(rules::kind).unwrap_or(kind);
    let truncate = rules.as_ref().and_then(|rules| rules.truncate).unwrap_or(0);
    let exported = matches!(kind, Kind::SplunkCsv | Kind::SplunkJson);
    let told = rules.filter(|_| !exported);
    let mut stamper = stamper(job, path, kind, told.as_ref());
    let rewrites = told.as_ref().map(|rules| rules.rewrites.clone()).unwrap_or_default();
    let mut columns = Columns::new(kind, told.as_ref().filter(|_| named), head, job.rows);
    for problem in columns.problems() {
        job.note(NoteKind::Altered, path, format!("rows are read without a setting, since {problem}"));
    }
    let told = told.filter(|told| named && rules::say_breaking(told) && !columns.by_header());
    let (mut breaker, skip) = breaker(job, path, kind, told.as_ref(), head, &columns);
    window.consume(skip);

    let mut losses = Losses::default();
    let (is_whole, closer): (fn(&[u8]) -> bool, _) = match kind {
        Kind::WindowsXml | Kind::WindowsXmlDocument | Kind::LinuxSysmon => (is_whole_element, "</Event>"),
        Kind::Json | Kind::JsonLines => (is_whole_object, "}"),
        _ => (|_| true, ""),
    };
    let mut metas = export::Metas::new(labels.base().clone(), overrides);
    let sink = &mut *job.sink;
    let done = breaking::drive(window, &mut *breaker, job.options.limits.max_event, |piece: Piece<'_>| {
        let bytes = truncated(piece.bytes, truncate);
        losses.cut_off += u64::from(piece.cut_off || bytes.len() < piece.bytes.len());
        // Checking is several times faster than replacing, which is rarely needed.
        let raw = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
        losses.invalid += u64::from(matches!(raw, Cow::Owned(_)));
        losses.unclosed += u64::from(!piece.cut_off && !is_whole(bytes));
        if exported {
            return columns.exported(kind, &raw, |event| {
                let mut stamp = stamper.stamp(event.raw.as_bytes());
                if event.time.is_some() {
                    (stamp.time, stamp.by) = (event.time, time::TimeBy::Export);
                }
                sink.push(event.raw.as_str().into(), stamp, metas.of(event), piece.line, Vec::new())
            });
        }
        let Some(indexed) = columns.indexed(&raw) else { return Ok(()) };
        let stamp = match columns.time(&indexed) {
            Some(text) => stamper.stamp_apart(bytes, text.as_bytes()),
            None => stamper.stamp(bytes),
        };
        store(sink, &rewrites, raw, stamp, labels.of(bytes), piece.line, indexed)
    });
    losses.note(closer, path, job.notes);
    done
}

/// Finds times as the rules say, where they say anything and can be understood.
fn stamper(job: &Job<'_>, path: &Path, kind: Kind, rules: Option<&IndexTimeRules>) -> Stamper {
    match kind {
        Kind::WindowsXml | Kind::WindowsXmlDocument | Kind::Evtx | Kind::LinuxSysmon => {
            return Stamper::windows(reference(job));
        }
        _ => {}
    }
    if let Some(rules) = rules.filter(|told| rules::say_time(told)) {
        match Stamper::by_rules(rules, reference(job)) {
            Ok(stamper) => return stamper,
            Err(text) => job.note(NoteKind::Altered, path, format!("times are found by built-in rules, since {text}")),
        }
    }
    Stamper::built_in(reference(job))
}

/// The breaker, and how many bytes stand before the first event.
fn breaker(
    job: &Job<'_>,
    path: &Path,
    kind: Kind,
    rules: Option<&IndexTimeRules>,
    head: &[u8],
    columns: &Columns,
) -> (Box<dyn Breaker>, usize) {
    if let Some(rules) = rules {
        match breaking::by_rules(rules, &reference(job)) {
            Ok(breaker) => return (breaker, 0),
            Err(text) => job.note(NoteKind::Altered, path, format!("events are found by built-in rules, since {text}")),
        }
    }
    let breaker: Box<dyn Breaker> = match kind {
        Kind::WindowsXml | Kind::Evtx => Box::new(XmlLines::windows()),
        Kind::WindowsXmlDocument => Box::new(Elements::default()),
        Kind::LinuxSysmon => Box::new(XmlLines::after_header()),
        Kind::Json => match recognise::wrapper(head) {
            Some(skip) => return (Box::new(Json::wrapped()), skip),
            None => Box::new(Json::default()),
        },
        Kind::Csv | Kind::SplunkCsv => Box::new(Rows::new(columns.delimiter(), columns.quote())),
        // Without a date in its first line, a text is not made of dated events, and lines are all there is.
        Kind::Text if time::find(&first_line(head)[..first_line(head).len().min(128)]).is_none() => {
            Box::new(Lines::default())
        }
        Kind::Text | Kind::WinEventLog => Box::new(Merge::by_date(reference(job))),
        Kind::SplunkJson => match recognise::results(head) {
            Some(skip) => return (Box::new(Json::wrapped()), skip),
            None if recognise::is_line(head) => Box::new(Lines::default()),
            None => Box::new(Json::default()),
        },
        Kind::Auditd | Kind::JsonLines | Kind::KeyValue | Kind::Syslog | Kind::W3c | Kind::ZeekTsv => {
            Box::new(Lines::default())
        }
    };
    (breaker, 0)
}

pub(super) fn first_line(text: &[u8]) -> &[u8] {
    text.split(|&b| breaking::is_newline(b)).find(|line| !line.is_empty()).unwrap_or_default()
}

/// Events that are not as they were in the file.
#[derive(Default)]
struct Losses {
    cut_off: u64,
    invalid: u64,
    unclosed: u64,
}

impl Losses {
    /// `closer` is what the end of an event is told by.
    fn note(&self, closer: &str, path: &Path, notes: &Notes) {
        let events = |count: u64| if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
        if self.cut_off > 0 {
            notes.push(NoteKind::Altered, path, format!("cut off for being too long: {}", events(self.cut_off)));
        }
        if self.invalid > 0 {
            let text = format!("bytes that are no UTF-8, shown as U+FFFD, in {}", events(self.invalid));
            notes.push(NoteKind::Altered, path, text);
        }
        if self.unclosed > 0 {
            notes.push(NoteKind::Damaged, path, format!("no `{closer}` at the end of {}", events(self.unclosed)));
        }
    }
}

/// Whether an `<Event>` element has its end: without, the file was cut short, or two files were joined in the middle of
/// one. What is no element is whole.
fn is_whole_element(event: &[u8]) -> bool {
    let event = event.trim_ascii_end();
    event.ends_with(b"</Event>")
        || memchr::memmem::find(event, b"<Event").is_none()
        || [&b"</Event>"[..], b"<Event/>"].iter().any(|end| memchr::memmem::find(event, end).is_some())
}

/// As [`is_whole_element`], for JSON: by the last character alone, since a log of whole lines has nothing else at risk.
fn is_whole_object(event: &[u8]) -> bool {
    let event = event.trim_ascii();
    !event.starts_with(b"{") || event.ends_with(b"}")
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
