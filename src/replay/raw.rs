//! Raw events of files: streamed each time they are asked for, or held in memory if they are few.

use super::stop::interrupts;
use crate::events::{self, Meta, Note, NoteKind, Options, RawEvent};
use crate::knowledge::written;
use crate::value::{Batch, Column, Name, Value};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Events whose text is at most so many bytes are held by [`RawEvents::hold`].
const MAX_HELD_BYTES: usize = 256 << 20;

/// Batches of events to work on at the same time: enough that no thread waits long for the others, and few enough that what
/// comes of them does not fill the memory before it is taken.
pub fn batches_at_once() -> usize {
    (2 * rayon::current_num_threads()).clamp(2, 32)
}

/// The events of some files, in the order of the files.
#[derive(Debug, Default)]
pub struct RawEvents {
    inputs: Vec<Input>,
    held: Option<Vec<Vec<RawEvent>>>,
    notes: Mutex<Vec<Note>>,
    /// Standard input was read.
    drained: AtomicBool,
    /// Only events of this time: from the first, before the second.
    span: Option<(f64, f64)>,
    /// Wishes to end that are older than these events.
    wishes: usize,
}

/// A file, folder or `-`, and how to read it.
#[derive(Clone)]
pub struct Input {
    /// What to open.
    pub path: PathBuf,
    /// Overrides, index-time rules, bounds.
    pub options: Options,
}

impl Input {
    fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("path", &self.path).finish_non_exhaustive()
    }
}

impl RawEvents {
    /// Events that are read anew whenever they are asked for. Standard input can be read only once: see
    /// [`RawEvents::hold`].
    pub fn streamed(inputs: Vec<Input>) -> Self {
        Self { inputs, wishes: interrupts(), ..Self::default() }
    }

    /// Reads the files and keeps the events, if their text is not longer than some 256 MiB; otherwise they are streamed.
    ///
    /// # Errors
    /// A file cannot be opened, or standard input is too large to be held; the message says which.
    pub fn hold(inputs: Vec<Input>) -> Result<Self, String> {
        let mut events = Self::streamed(inputs);
        let mut batches = Vec::new();
        let mut bytes = 0;
        events.for_each(&mut |batch: &[RawEvent]| {
            bytes += batch.iter().map(|event| event.raw.len() + size_of::<RawEvent>()).sum::<usize>();
            if bytes > MAX_HELD_BYTES {
                batches.clear();
                return ControlFlow::Break(());
            }
            batches.push(batch.to_vec());
            ControlFlow::Continue(())
        })?;
        if bytes <= MAX_HELD_BYTES {
            events.held = Some(batches);
        } else if events.inputs.iter().any(Input::is_stdin) {
            let limit = MAX_HELD_BYTES >> 20;
            return Err(format!("standard input holds more than {limit} MiB, and the search reads it more than once"));
        }
        Ok(events)
    }

    /// Events that are there already.
    pub fn of(events: Vec<RawEvent>) -> Self {
        Self { held: Some(vec![events]), wishes: interrupts(), ..Self::default() }
    }

    /// Only the events from `earliest` on and before `latest`, in seconds since the epoch. Events without a time are left
    /// out. To be called before [`RawEvents::hold`] counts.
    #[must_use]
    pub fn between(mut self, earliest: f64, latest: f64) -> Self {
        self.span = Some((earliest, latest));
        self
    }

    /// Whether reading is to end early: see [`super::interrupt`].
    pub fn is_stopped(&self) -> bool {
        interrupts() > self.wishes
    }

    /// Whether there is nothing to read from.
    pub fn has_no_input(&self) -> bool {
        self.inputs.is_empty() && self.held.is_none()
    }

    /// Passes all batches in order.
    ///
    /// # Errors
    /// A file cannot be opened, or standard input was read before and not held; the message names it.
    pub fn for_each(&self, take: &mut dyn FnMut(&[RawEvent]) -> ControlFlow<()>) -> Result<(), String> {
        let mut take = |batch: &[RawEvent]| {
            if self.is_stopped() {
                return ControlFlow::Break(());
            }
            let Some((earliest, latest)) = self.span else { return take(batch) };
            let within = |event: &RawEvent| event.stamp.time.is_some_and(|time| earliest <= time && time < latest);
            if batch.iter().all(within) {
                return take(batch);
            }
            let kept: Vec<RawEvent> = batch.iter().filter(|event| within(event)).cloned().collect();
            if kept.is_empty() { ControlFlow::Continue(()) } else { take(&kept) }
        };
        if let Some(held) = &self.held {
            for batch in held {
                if take(batch).is_break() {
                    break;
                }
            }
            return Ok(());
        }
        for input in &self.inputs {
            if input.is_stdin() && self.drained.swap(true, Ordering::Relaxed) {
                return Err("standard input can be read only once, and the search reads it again".to_owned());
            }
            let mut stream = events::open(&input.path, &input.options).map_err(|error| error.to_string())?;
            let mut flow = ControlFlow::Continue(());
            for batch in &mut stream {
                flow = take(&batch);
                if flow.is_break() {
                    break;
                }
            }
            if flow.is_break() {
                return Ok(());
            }
            self.add_notes(stream.notes());
        }
        Ok(())
    }

    /// What the reader guessed, left out or could not read, for the files read to their end so far.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.lock().map(|notes| notes.clone()).unwrap_or_default()
    }

    fn add_notes(&self, more: Vec<Note>) {
        let Ok(mut notes) = self.notes.lock() else { return };
        for note in more {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
}

/// One event of an input, by its number from 1, as a row like those of a search; the notes on what was read so far.
///
/// # Errors
/// The input cannot be opened, or has fewer events; the message says which.
pub fn event(input: &Input, number: u64) -> Result<(RawEvent, Batch, Vec<Note>), String> {
    let mut stream = events::open(&input.path, &input.options).map_err(|error| error.to_string())?;
    let mut before = 0;
    for batch in &mut stream {
        if let Some(event) = batch.get(number.saturating_sub(1).saturating_sub(before) as usize) {
            let row = self::batch(std::slice::from_ref(event));
            return Ok((event.clone(), row, stream.notes()));
        }
        before += batch.len() as u64;
    }
    let name = input.path.display();
    let notes = stream.notes();
    let mut why = notes.iter().filter(|note| note.kind != NoteKind::Guess).map(|note| format!("; {note}"));
    let notes = why.next().unwrap_or_default();
    Err(match before {
        0 => format!("`{name}` holds no events{notes}"),
        1 => format!("`{name}` holds one event only{notes}"),
        count => format!("`{name}` holds {count} events only{notes}"),
    })
}

/// Events as rows, split where the metadata changes: `_raw`, `_time`, `host`, `source`, `sourcetype`, `index`, the
/// fields that exist without extraction, and the notes of [`written`].
pub(crate) fn batches(events: &[RawEvent]) -> Vec<(Arc<Meta>, Batch)> {
    events.chunk_by(|a, b| a.meta == b.meta).map(|run| (run[0].meta.clone(), batch(run))).collect()
}

/// Events of the same metadata as rows: see [`batches`].
pub(crate) fn batch(run: &[RawEvent]) -> Batch {
    let mut batch = Batch::new(run.len());
    let column = |value: &dyn Fn(&RawEvent) -> Value| Column::new(run.iter().map(value).collect());
    batch.set("_raw", column(&|event| Value::Text(event.raw.clone())));
    batch.set("_time", column(&|event| event.stamp.time.map_or(Value::Null, Value::Number)));
    written::set(&mut batch, run.iter().map(|event| event.stamp.written));
    let meta = &run[0].meta;
    for (name, value) in
        [("host", &meta.host), ("source", &meta.source), ("sourcetype", &meta.sourcetype), ("index", &meta.index)]
    {
        batch.set(name, Column::repeat(Value::Text(value.clone()), run.len()));
    }
    let mut indexed: indexmap::IndexMap<Name, Vec<Value>> = indexmap::IndexMap::new();
    for (row, event) in run.iter().enumerate() {
        for (name, value) in &event.indexed {
            let values = indexed.entry(name.clone()).or_insert_with(|| vec![Value::Null; run.len()]);
            values[row] = value.clone();
        }
    }
    for (name, values) in indexed {
        batch.set(name, Column::new(values));
    }
    batch
}
