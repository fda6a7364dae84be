//! Collects events into batches and hands full ones to the stream.

use super::{Limits, Meta, RawEvent, Stamp};
use crate::value::{Name, Value};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Why reading ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody wants further events.
    Closed,
    /// The bytes cannot be read any further.
    Read(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// The receiving end of all readers.
pub(super) struct Sink {
    batch: Vec<RawEvent>,
    bytes: usize,
    limits: Limits,
    target: SyncSender<Vec<RawEvent>>,
}

impl Sink {
    pub(super) fn new(limits: Limits, target: SyncSender<Vec<RawEvent>>) -> Self {
        Self { batch: Vec::new(), bytes: 0, limits, target }
    }

    pub(super) fn push(
        &mut self,
        raw: Arc<str>,
        stamp: Stamp,
        meta: Arc<Meta>,
        line: u64,
        indexed: Vec<(Name, Value)>,
    ) -> Result<(), Stop> {
        self.bytes += raw.len();
        self.batch.push(RawEvent { raw, stamp, meta, line, indexed });
        if self.batch.len() >= self.limits.batch_events || self.bytes >= self.limits.batch_bytes {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands on what there is.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        self.bytes = 0;
        if self.batch.is_empty() {
            return Ok(());
        }
        self.target.send(std::mem::take(&mut self.batch)).map_err(|_| Stop::Closed)
    }
}
