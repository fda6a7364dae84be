//! Sources for the engine: log files seen through knowledge, and files that hold CIM events already.

use super::raw::{self, RawEvents};
use super::{Lookups, fields};
use crate::engine::memory;
use crate::engine::{Counts, DatasetRequest, EventsRequest, Lookup, Named, Sink, Source, Unavailable};
use crate::events::{NoteKind, RawEvent};
use crate::ir::{Catalog, NoCatalog, Plan};
use crate::knowledge::Knowledge;
use crate::value::{Batch, Pile};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Why there are no events.
pub(super) const NO_FILES: &str = "the search reads events, but no log file is named; `-` is standard input";
/// Events that are sorted by time must be held; at most so many.
const MAX_SORTED: usize = 5_000_000;

/// Log files, seen through knowledge objects, and lookups.
pub struct FileSource<'a> {
    events: Vec<Arc<RawEvents>>,
    knowledge: &'a Knowledge,
    lookups: &'a Lookups,
    compile: Option<&'a CompileText<'a>>,
    catalog: Option<&'a (dyn Catalog + Sync)>,
    parallel: bool,
}

/// Compiles a search that is put together at run time, or says why it cannot be compiled.
pub type CompileText<'a> = dyn Fn(&str) -> Result<Plan, String> + Sync + 'a;

impl<'a> FileSource<'a> {
    /// A source over the events of some files, one after the other.
    pub fn new(events: Vec<Arc<RawEvents>>, knowledge: &'a Knowledge, lookups: &'a Lookups) -> Self {
        Self { events, knowledge, lookups, compile: None, catalog: None, parallel: true }
    }

    /// With a compiler for searches that are put together at run time (`map`).
    #[must_use]
    pub fn compiling(mut self, compile: &'a CompileText<'a>) -> Self {
        self.compile = Some(compile);
        self
    }

    /// With what is known of the fields of datasets and lookups, so that fewer fields are extracted.
    #[must_use]
    pub fn knowing(mut self, catalog: &'a (dyn Catalog + Sync)) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Whether events are not as they were: a file was cut short, or holds what is no text.
    pub fn is_damaged(&self) -> bool {
        self.events.iter().flat_map(|events| events.notes()).any(|note| note.kind.is_damage())
    }

    /// For many sources at work at the same time, each on little data.
    #[must_use]
    pub fn one_batch_at_a_time(mut self) -> Self {
        self.parallel = false;
        self
    }

    /// What was left out of, changed in or guessed about the files that were read, one line each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = Vec::new();
        for note in self.events.iter().flat_map(|events| events.notes()) {
            let text = note.to_string();
            if note.kind != NoteKind::Guess && !notes.contains(&text) {
                notes.push(text);
            }
        }
        notes.extend(self.lookups.problems());
        notes
    }

    /// Works on all batches, several at a time, and hands the results on in order.
    fn work(
        &self,
        work: &(dyn Fn(&[RawEvent]) -> Result<Worked, String> + Sync),
        sink: &mut Sink<'_>,
    ) -> Result<Counts, Unavailable> {
        if self.events.iter().all(|events| events.has_no_input()) {
            return Err(Unavailable(NO_FILES.to_owned()));
        }
        let mut counts = Counts::default();
        let mut waiting: Vec<Vec<RawEvent>> = Vec::new();
        let mut failure: Option<String> = None;
        let mut flush = |waiting: &mut Vec<Vec<RawEvent>>, failure: &mut Option<String>| {
            let worked: Vec<Result<Worked, String>> = if self.parallel {
                waiting.par_iter().map(|batch| work(batch)).collect()
            } else {
                waiting.iter().map(|batch| work(batch)).collect()
            };
            waiting.clear();
            for result in worked {
                match result {
                    Ok(result) => {
                        counts.read += result.read;
                        counts.selected += result.selected;
                        for batch in result.batches {
                            if sink(batch).is_break() {
                                return ControlFlow::Break(());
                            }
                        }
                    }
                    Err(error) => {
                        *failure = Some(error);
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        };
        let mut stopped = false;
        for events in &self.events {
            let read = events.for_each(&mut |batch| {
                waiting.push(batch.to_vec());
                if waiting.len() < raw::batches_at_once() {
                    return ControlFlow::Continue(());
                }
                let flow = flush(&mut waiting, &mut failure);
                stopped = flow.is_break();
                flow
            });
            read.map_err(Unavailable)?;
            if stopped {
                break;
            }
        }
        if !stopped {
            let _ = flush(&mut waiting, &mut failure);
        }
        match failure {
            Some(error) => Err(Unavailable(error)),
            None => Ok(counts),
        }
    }
}

/// What came of one batch of events.
struct Worked {
    read: u64,
    selected: u64,
    batches: Vec<Batch>,
}

impl Source for FileSource<'_> {
    fn events(&self, request: &EventsRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let work = |events: &[RawEvent]| {
            let mut batches = Vec::new();
            for (meta, raw) in raw::batches(events) {
                let rows = fields::of_events(self.knowledge, &meta, raw, request);
                if !rows.is_empty() {
                    batches.push(rows);
                }
            }
            let selected = batches.iter().map(|rows| rows.rows() as u64).sum();
            Ok(Worked { read: events.len() as u64, selected, batches })
        };
        if !request.ordered {
            return self.work(&work, sink);
        }
        let mut all = Pile::default();
        let mut room = Ok(());
        let counts = self.work(&work, &mut |batch| {
            all.push(batch);
            room = memory::check();
            if room.is_err() || all.rows() > MAX_SORTED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        room.map_err(|failure| Unavailable(failure.message))?;
        if all.rows() > MAX_SORTED {
            let text = format!("more than {MAX_SORTED} events satisfy the search before the first pipe; narrow it");
            return Err(Unavailable(text));
        }
        all.newest_first(sink);
        Ok(counts)
    }

    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let datasets = fields::datasets(self.knowledge, request).map_err(Unavailable)?;
        let work = |events: &[RawEvent]| {
            let mut worked = Worked { read: events.len() as u64, selected: 0, batches: Vec::new() };
            for (meta, raw) in raw::batches(events) {
                for dataset in &datasets {
                    let rows = fields::of_dataset(self.knowledge, &meta, &raw, *dataset, request)?;
                    worked.selected += rows.rows() as u64;
                    if !rows.is_empty() {
                        worked.batches.push(rows);
                    }
                }
            }
            Ok(worked)
        };
        self.work(&work, sink)
    }

    fn lookup(&self, name: &str) -> Option<Arc<Lookup>> {
        self.lookups.find_with(name, self.knowledge)
    }

    fn obstacle(&self, named: Named<'_>) -> Option<String> {
        self.lookups.obstacle(named, self.knowledge)
    }

    fn catalog(&self) -> &dyn Catalog {
        match self.catalog {
            Some(catalog) => catalog,
            None => &NoCatalog,
        }
    }

    fn compile(&self, search: &str) -> Result<Plan, Unavailable> {
        match self.compile {
            Some(compile) => compile(search).map_err(Unavailable),
            None => Err(Unavailable("searches cannot be compiled while a search runs".to_owned())),
        }
    }
}
