//! The events of an input, read by a thread of their own while the user works on the batch before.

use super::note::{Note, NoteKind, Notes};
use super::sink::{Sink, Stop};
use super::{Limits, RawEvent};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

/// Batches that may wait for the user.
const WAITING: usize = 2;

/// Batches of events in the order of the input. Dropping the stream ends the reading.
pub struct Stream {
    batches: Option<Receiver<Vec<RawEvent>>>,
    thread: Option<JoinHandle<()>>,
    notes: Notes,
}

impl Stream {
    /// Starts a reader.
    pub(super) fn start(
        limits: Limits,
        notes: Notes,
        read: impl FnOnce(&mut Sink, &Notes) -> Result<(), Stop> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (target, batches) = sync_channel(WAITING);
        let theirs = notes.clone();
        let thread = std::thread::Builder::new().name("events".to_owned()).spawn(move || {
            let mut sink = Sink::new(limits, target);
            // A user who went away needs no message, and all else was noted where the path was known.
            let _ = read(&mut sink, &theirs).and_then(|()| sink.flush());
        })?;
        Ok(Self { batches: Some(batches), thread: Some(thread), notes })
    }

    /// What was guessed, left out or unreadable so far; complete once the stream has ended.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.list()
    }

    fn join(&mut self) {
        self.batches = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            self.notes.push(NoteKind::Damaged, "", "reading stopped by a bug of escudo; events are missing");
        }
    }
}

impl Iterator for Stream {
    type Item = Vec<RawEvent>;

    /// The next batch, never empty.
    fn next(&mut self) -> Option<Vec<RawEvent>> {
        let batch = self.batches.as_ref()?.recv().ok();
        if batch.is_none() {
            self.join();
        }
        batch
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.join();
    }
}
