//! The work on one batch of events: from raw text to the rows of each consumer.

use super::collect::{Piece, Worked, in_order};
use super::consumer::{Consumer, Wants};
use super::origin::{Group, Kind, Origin};
use super::scratch::{Pool, Scratch};
use crate::events::{Meta, RawEvent};
use crate::expr::{Context, predicate};
use crate::ir::Fields;
use crate::knowledge::{Knowledge, Rules};
use crate::replay::raw_batch;
use crate::value::{Batch, Name};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What all threads share.
pub(super) struct Shared<'p> {
    pub(super) knowledge: &'p Knowledge,
    pub(super) context: Context,
    pub(super) consumers: Vec<Consumer<'p>>,
    pub(super) groups: Vec<Group<'p>>,
    pub(super) pool: Pool,
    pub(super) origins: Origins,
}

/// Origins by their rules, and by what their rules are like: a folder of many files has many sources and few kinds.
#[derive(Debug, Default)]
pub(super) struct Origins {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    numbers: usize,
    by_meta: HashMap<(Name, Name, Name), Arc<Origin>>,
    by_likeness: HashMap<Likeness, Arc<Origin>>,
}

/// What their own rules are like, and the outcome of each comparison of the rule set with their metadata.
type Likeness = ((usize, String), Vec<bool>);

/// Origins that are remembered by name.
const MAX_ORIGINS: usize = 4_096;

impl Shared<'_> {
    /// Looks at events.
    pub(super) fn work(&self, events: &[RawEvent]) -> Worked {
        let mut worked = Worked { read: events.len() as u64, ..Worked::default() };
        self.pool.with(|scratch| {
            for run in events.chunk_by(|a, b| a.meta == b.meta) {
                worked.seen.push((run[0].meta.clone(), run.len() as u64));
                self.run(run, scratch, &mut worked);
            }
        });
        worked
    }

    /// Looks at events of one origin.
    fn run(&self, events: &[RawEvent], scratch: &mut Scratch, worked: &mut Worked) {
        let meta = &events[0].meta;
        let rules = self.knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
        let origin = self.origin(meta, &rules);
        for &consumer in &origin.events {
            worked.selected.entry(consumer).or_default();
        }
        if origin.is_empty() {
            return;
        }
        let raw = raw_batch(events);
        let seen = origin.first.run(raw.clone(), &self.context);
        let sorted = scratch.of(origin.sorter_number).hits(&origin.sorter, &seen);
        let mut kinds: HashMap<*const u32, (usize, Vec<usize>)> = HashMap::new();
        for (row, hits) in sorted.iter().enumerate() {
            kinds.entry(hits.as_ptr()).or_insert_with(|| (row, Vec::new())).1.push(row);
        }
        let mut kinds: Vec<(usize, Vec<usize>)> = kinds.into_values().collect();
        kinds.sort_unstable_by_key(|(first, _)| *first);
        let mut found: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
        for (first, rows) in kinds {
            let kind = origin.kind(&rules, &sorted[first], &self.groups);
            if kind.groups.is_empty() && !kind.has_events {
                continue;
            }
            let part = if rows.len() == raw.rows() { raw.clone() } else { raw.take(&rows) };
            let mut of_kind =
                OfKind { shared: self, rules: &rules, origin: &origin, kind: &kind, rows, part, found: &mut found };
            of_kind.work(scratch, worked);
        }
        for (consumer, pieces) in found {
            worked.rows.entry(consumer).or_default().push(in_order(pieces));
        }
    }

    fn origin(&self, meta: &Meta, rules: &Arc<Rules>) -> Arc<Origin> {
        let key = (meta.source.clone(), meta.sourcetype.clone(), meta.host.clone());
        let mut known = self.origins.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = known.by_meta.get(&key) {
            return origin.clone();
        }
        let likeness = (rules.likeness(), self.decided(rules));
        let origin = if let Some(origin) = known.by_likeness.get(&likeness) {
            origin.clone()
        } else {
            let origin = Arc::new(Origin::new(rules, &self.consumers, &self.groups, &mut known.numbers));
            known.by_likeness.insert(likeness, origin.clone());
            origin
        };
        if known.by_meta.len() >= MAX_ORIGINS {
            known.by_meta.clear();
        }
        known.by_meta.insert(key, origin.clone());
        origin
    }

    /// The outcome of each comparison of the rules with metadata: what origins differ in besides their own rules.
    fn decided(&self, rules: &Rules) -> Vec<bool> {
        let mut outcomes = Vec::new();
        let of_consumers = self.consumers.iter().filter_map(|consumer| match &consumer.wants {
            Wants::Events { near, .. } => Some(near),
            _ => None,
        });
        for condition in of_consumers.chain(self.groups.iter().map(|group| &group.condition)) {
            rules.outcomes(condition, &mut outcomes);
        }
        outcomes
    }
}

impl Origins {
    /// Numbers for matchers that belong to no origin come first.
    pub(super) fn new(numbers: usize) -> Self {
        Self { known: Mutex::new(Known { numbers, ..Known::default() }) }
    }
}

/// The work on events of one kind.
struct OfKind<'w, 'p> {
    shared: &'w Shared<'p>,
    rules: &'w Arc<Rules>,
    origin: &'w Origin,
    kind: &'w Kind,
    /// Their places in the batch.
    rows: Vec<usize>,
    part: Batch,
    found: &'w mut BTreeMap<usize, Vec<Piece>>,
}

impl OfKind<'_, '_> {
    fn work(&mut self, scratch: &mut Scratch, worked: &mut Worked) {
        let context = &self.shared.context;
        let seen = self.kind.second.run(self.part.clone(), context);
        let mut of_events: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        if self.kind.has_events {
            let hits = scratch.of(self.origin.matcher_number).hits(&self.origin.matcher, &seen);
            for (row, hits) in hits.iter().enumerate() {
                for &hit in hits.iter().filter(|&&hit| self.kind.may_match[hit as usize]) {
                    of_events.entry(self.origin.events[hit as usize]).or_default().push(row);
                }
            }
        }
        let mut of_groups: Vec<(usize, BTreeMap<u32, Vec<usize>>)> = Vec::new();
        for &number in &self.kind.groups {
            let group = &self.shared.groups[number];
            for member in group.members() {
                *worked.selected.entry(member.consumer).or_default() += self.rows.len() as u64;
            }
            let rows = group.first.of(seen.clone(), group.naming, context);
            let mut of_group: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            let hits = scratch.of(group.matcher_number).hits(&group.matcher, &rows);
            for (row, hits) in hits.iter().enumerate() {
                for &hit in hits.iter() {
                    of_group.entry(hit).or_default().push(row);
                }
            }
            for member in &group.greedy {
                let mut rows = rows.clone();
                rows.retain_columns(|name| member.columns.contains(name));
                self.add(member.consumer, self.rows.clone(), group.rank, rows);
            }
            of_groups.push((number, of_group));
        }
        self.finish(of_events, &of_groups);
    }

    /// Extracts what the consumers need of the events that interest them.
    fn finish(&mut self, of_events: BTreeMap<usize, Vec<usize>>, of_groups: &[(usize, BTreeMap<u32, Vec<usize>>)]) {
        let (shared, context) = (self.shared, &self.shared.context);
        let interested = || of_groups.iter().filter(|(_, of_group)| !of_group.is_empty());
        let mut wanted: Vec<usize> = of_events.values().flatten().copied().collect();
        wanted.extend(interested().flat_map(|(_, of_group)| of_group.values()).flatten());
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return;
        }
        let interests = (of_events.keys().copied().collect(), interested().map(|(number, _)| *number).collect());
        let fields = || {
            let mut fields = Fields::none();
            for &consumer in of_events.keys() {
                fields.add_all(&shared.consumers[consumer].needs);
            }
            for (number, _) in interested() {
                fields.add_all(shared.groups[*number].rest.events());
            }
            fields
        };
        let full = self.kind.rest(self.rules, interests, fields).run(self.part.take(&wanted), context);
        // Places in `full` and in the batch, from places among the events of this kind.
        let places = |rows: &[usize]| -> (Vec<usize>, Vec<usize>) {
            rows.iter().map(|row| (wanted.binary_search(row).unwrap_or_default(), self.rows[*row])).unzip()
        };
        let mut pieces = Vec::new();
        for (consumer, rows) in of_events {
            let Consumer { needs, wants: Wants::Events { exact, .. }, .. } = &shared.consumers[consumer] else {
                continue;
            };
            let (at, events) = places(&rows);
            let mut rows = full.pick(&at, &|name| **name == *"_time" || needs.contains(name));
            let kept = predicate::select(exact, &rows, context);
            let kept: Vec<usize> = (0..rows.rows()).filter(|&row| kept[row]).collect();
            if kept.len() < rows.rows() {
                rows = rows.take(&kept);
            }
            let events = kept.iter().map(|&row| events[row]).collect();
            pieces.push((consumer, events, 0, rows));
        }
        for (number, of_group) in interested() {
            let group = &shared.groups[*number];
            let all = group.rest.of(full.clone(), group.naming, context);
            for (hit, rows) in of_group {
                let member = &group.picky[*hit as usize];
                let (at, events) = places(rows);
                let rows = all.pick(&at, &|name| member.columns.contains(name));
                pieces.push((member.consumer, events, group.rank, rows));
            }
        }
        for (consumer, events, rank, rows) in pieces {
            self.add(consumer, events, rank, rows);
        }
    }

    fn add(&mut self, consumer: usize, events: Vec<usize>, rank: usize, rows: Batch) {
        if !rows.is_empty() {
            self.found.entry(consumer).or_default().push(Piece { events, rank, rows });
        }
    }
}
