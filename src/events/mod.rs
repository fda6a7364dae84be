//! From log files to raw events: unpacking, recognising, breaking, timestamps.
//!
//! [`open`] takes a file, a folder or standard input and gives a [`Stream`] of batches of [`RawEvent`]s. Everything is
//! streamed: memory is bounded by [`Limits`], whatever the input holds, and nothing is written to disk. What the reader
//! guessed, left out or could not read is said in [`Stream::notes`].
//!
//! Bytes pass these stages, each in a module of its own: `walk` (which files), `unpack` (gzip, zstd, zip, tar),
//! `decode` (UTF-16, byte-order marks), `recognise` (which format), `breaking` (where events end), `time`, `label`
//! (source and sourcetype). Fields are not extracted here; that is search time, and belongs to `knowledge`.

mod breaking;
pub mod cim;
#[cfg(test)]
mod column_tests;
mod columns;
mod decode;
mod evtx;
mod export;
mod label;
mod note;
mod open;
mod recognise;
mod rows;
mod rules;
mod sink;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod unpack;
mod walk;
mod window;

use crate::knowledge::{IndexTimeRules, Knowledge};
use crate::value::{Name, Value};
use std::sync::Arc;

pub use note::{Note, NoteKind};
pub use open::{OpenError, files, open};
pub use recognise::Kind;
pub(crate) use sink::Stop;
pub use stream::Stream;
pub use time::{Stamp, TimeBy};

/// Where an event comes from: the metadata that rules select by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Meta {
    /// `source`.
    pub source: Name,
    /// `sourcetype`.
    pub sourcetype: Name,
    /// `host`.
    pub host: Name,
    /// `index`.
    pub index: Name,
}

/// One event as the indexer would store it.
#[derive(Clone, Debug, PartialEq)]
pub struct RawEvent {
    /// The text, `_raw`. Bytes that are no UTF-8 are replaced by U+FFFD.
    pub raw: Arc<str>,
    /// `_time`, and where the text says it.
    pub stamp: Stamp,
    /// Metadata, shared by neighbouring events.
    pub meta: Arc<Meta>,
    /// Where the event begins in its file: the line, from 1; for binary logs the record's number.
    pub line: u64,
    /// Fields that exist without being extracted from `raw`: the columns of a CSV file, the other fields of an export
    /// from Splunk. Empty for most formats.
    pub indexed: Vec<(Name, Value)>,
}

/// What the user knows better than the files.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `sourcetype` of all events. Its index-time rules break the stream.
    pub sourcetype: Option<Name>,
    /// `source` of all events.
    pub source: Option<Name>,
    /// `host` of all events.
    pub host: Option<Name>,
    /// `index` of all events.
    pub index: Option<Name>,
    /// The format of the files, instead of a guess from their content.
    pub kind: Option<Kind>,
}

/// Bounds on what reading may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest event in bytes; a longer one is cut off there and noted.
    pub max_event: usize,
    /// Events per batch.
    pub batch_events: usize,
    /// Bytes of text per batch; a single event may exceed it.
    pub batch_bytes: usize,
    /// Bytes read from one input after unpacking; reading stops there with a note.
    pub max_unpacked: u64,
    /// Compressed layers inside each other.
    pub max_depth: usize,
    /// Files taken from one folder or archive.
    pub max_files: usize,
}

impl Default for Limits {
    /// 10 MiB per event, 4096 events or 4 MiB per batch, 1 TiB unpacked, 4 layers, a million files.
    fn default() -> Self {
        Self {
            max_event: 10 << 20,
            batch_events: 4096,
            batch_bytes: 4 << 20,
            max_unpacked: 1 << 40,
            max_depth: 4,
            max_files: 1_000_000,
        }
    }
}

/// Gives the index-time rules of a stream by its metadata; `None` when no stanza speaks of it.
pub type RuleLookup = Arc<dyn Fn(&Meta) -> Option<IndexTimeRules> + Send + Sync>;

/// How to read.
#[derive(Clone, Default)]
pub struct Options {
    /// What the user knows better than the files.
    pub overrides: Overrides,
    /// Index-time rules; without them formats are recognised and broken by built-in rules.
    pub rules: Option<RuleLookup>,
    /// Bounds.
    pub limits: Limits,
    /// The zone of timestamps that name none. UTC by default.
    pub zone: Option<jiff::tz::TimeZone>,
}

impl Options {
    /// With the index-time rules of these knowledge objects.
    #[must_use]
    pub fn with_knowledge(mut self, knowledge: Arc<Knowledge>) -> Self {
        let lookup = move |meta: &Meta| Some(knowledge.index_time(&meta.source, &meta.sourcetype, &meta.host));
        self.rules = Some(Arc::new(lookup));
        self
    }
}

impl From<Overrides> for Options {
    fn from(overrides: Overrides) -> Self {
        Self { overrides, ..Self::default() }
    }
}

/// Reads an input to its end: for small inputs and tests.
///
/// # Errors
/// As [`open`].
pub fn read_all(path: &std::path::Path, options: &Options) -> Result<(Vec<RawEvent>, Vec<Note>), OpenError> {
    let mut stream = open(path, options)?;
    let mut events = Vec::new();
    for batch in &mut stream {
        events.extend(batch);
    }
    Ok((events, stream.notes()))
}
