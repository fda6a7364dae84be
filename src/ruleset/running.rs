//! The plans while events come, and their end.

use super::collect::Worked;
use super::consumer::{Consumer, Wants, fields_of};
use super::joined::{Joined, Keys};
use super::origin::Group;
use super::scratch::Pool;
use super::work::{Origins, Shared};
use crate::engine::memory;
use crate::engine::{Counts, Failure, FailureKind, Outcome, Prepared, Pushed, RunOptions, Source, select};
use crate::events::{Meta, RawEvent};
use crate::ir::op::Join;
use crate::ir::{Fields, Op, Plan};
use crate::knowledge::Knowledge;
use crate::value::{Batch, Pile};
use indexmap::IndexMap;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Plans that run over the same events. See [the room](super).
///
/// Events are looked at by [`RuleSet::worker`], several batches at a time if the caller likes; what comes of them is taken in
/// their order.
pub struct RuleSet<'p> {
    shared: Shared<'p>,
    source: &'p dyn Source,
    options: &'p RunOptions,
    lines: Vec<Line<'p>>,
    prepared: Prepared,
    rules: usize,
    read: u64,
    seen: IndexMap<Arc<Meta>, u64>,
}

/// Values that a plan may have held when the memory is used up, and still be finished: one with more fails, so that those
/// with few, which are most, are not lost as well.
const MANY_CELLS: usize = 1 << 16;

/// A consumer's plan.
enum Line<'p> {
    /// Takes rows as they come.
    Open(Box<Pushed<'p>>),
    /// Wants no more rows.
    Full(Box<Pushed<'p>>),
    /// Its rows are held: it sees them newest first, or after subsearches.
    Held(Pile),
    Failed(Failure),
}

/// How a rule ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its rows, or why there are none.
    pub result: Result<Outcome, Failure>,
    /// Whether there were events of a dataset or sourcetype that it searches.
    pub had_data: bool,
}

impl<'p> RuleSet<'p> {
    /// Prepares plans, each with the fields of its result that are wanted. The source gives lookups and the fields of
    /// datasets; events are asked of it only by searches that are put together at run time.
    pub fn new(
        plans: &[(&'p Plan, Fields)],
        source: &'p dyn Source,
        knowledge: &'p Knowledge,
        options: &'p RunOptions,
    ) -> Self {
        let mut consumers = Vec::new();
        for (rule, plan) in plans.iter().cloned().enumerate() {
            Consumer::of_plan(rule, plan, source, knowledge, &mut consumers);
        }
        let mut numbers = 0;
        let (groups, broken) = Group::all(&consumers, knowledge, &mut numbers);
        for (number, message) in broken {
            let failure = Failure { kind: FailureKind::Missing, message, step: Some(0), span: None };
            consumers[number].wants = Wants::Failed(failure);
        }
        let prepared = Prepared::default();
        let lines = consumers.iter().map(|consumer| line(consumer, source, options, &prepared)).collect();
        let shared = Shared {
            knowledge,
            context: options.context(),
            consumers,
            groups,
            pool: Pool::default(),
            origins: Origins::new(numbers),
        };
        Self { shared, source, options, lines, prepared, rules: plans.len(), read: 0, seen: IndexMap::new() }
    }

    /// Looks at events; may be called from many threads at the same time.
    pub fn worker(&self) -> impl Fn(&[RawEvent]) -> Worked + Sync + use<'_, 'p> {
        let shared = &self.shared;
        |events| shared.work(events)
    }

    /// The fields of events that the plans read.
    pub fn needs(&self) -> Fields {
        let mut needs = Fields::none();
        for group in &self.shared.groups {
            needs.add_all(group.first.events());
            needs.add_all(group.rest.events());
            needs.add_all(&fields_of(&group.condition));
        }
        for consumer in &self.shared.consumers {
            if matches!(consumer.wants, Wants::Events { .. }) {
                needs.add_all(&consumer.needs);
            }
        }
        needs
    }

    /// Events read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// How many events came from where, in the order of their first.
    pub fn seen(&self) -> impl Iterator<Item = (Arc<Meta>, u64)> {
        self.seen.iter().map(|(meta, count)| (meta.clone(), *count))
    }

    /// Takes what came of events, in their order. Plans are worked on in parallel.
    pub fn take(&mut self, worked: impl IntoIterator<Item = Worked>) {
        let mut rows: Vec<Vec<Batch>> = vec![Vec::new(); self.lines.len()];
        for worked in worked {
            self.read += worked.read;
            for (meta, count) in worked.seen {
                *self.seen.entry(meta).or_default() += count;
            }
            for (consumer, count) in worked.selected {
                let selected = &mut self.shared.consumers[consumer].selected;
                *selected = Some(selected.unwrap_or(0) + count);
            }
            for (consumer, batches) in worked.rows {
                rows[consumer].extend(batches);
            }
        }
        let most = self.options.limits.rows;
        self.lines.par_iter_mut().zip(rows).for_each(|(line, batches)| {
            for batch in batches {
                line.take(batch, most);
            }
        });
        if let Err(failure) = memory::check_early() {
            self.make_room(failure);
        }
    }

    /// Gives up the plan that holds the most rows.
    fn make_room(&mut self, failure: Failure) {
        let held = |line: &Line<'_>| match line {
            Line::Held(rows) => rows.cells(),
            Line::Open(_) | Line::Full(_) | Line::Failed(_) => 0,
        };
        let largest = self.lines.iter_mut().max_by_key(|line| held(line)).filter(|line| held(line) > 0);
        if let Some(largest) = largest {
            *largest = Line::Failed(failure);
        }
    }

    /// No more events come: finishes the plans in parallel, subsearches first. Results are in the order of the plans.
    pub fn finish(self) -> Vec<Ended> {
        let Self { shared, source, options, lines, prepared, rules, read, .. } = self;
        let mut of_rules: Vec<Vec<(&Consumer<'p>, Option<Line<'p>>)>> = Vec::new();
        of_rules.resize_with(rules, Vec::new);
        for (consumer, line) in shared.consumers.iter().zip(lines) {
            of_rules[consumer.rule].push((consumer, Some(line)));
        }
        let end = Ending { source, options, prepared: &prepared, read };
        of_rules.into_par_iter().filter_map(|lines| end.rule(lines)).collect()
    }
}

/// What the ends of all plans share.
struct Ending<'e, 'p> {
    source: &'p dyn Source,
    options: &'p RunOptions,
    prepared: &'e Prepared,
    read: u64,
}

impl<'p> Ending<'_, 'p> {
    /// Finishes a rule, given its plans.
    fn rule(&self, mut lines: Vec<(&Consumer<'p>, Option<Line<'p>>)>) -> Option<Ended> {
        let had_data = lines.iter().any(|(consumer, _)| consumer.has_data());
        lines.sort_by_key(|(consumer, _)| consumer.level);
        let (mut lacks, mut ended) = (Vec::new(), None);
        for at in 0..lines.len() {
            let (consumer, line) = &mut lines[at];
            let (consumer, Some(line)) = (*consumer, line.take()) else { continue };
            let keys = consumer.joined.as_ref().and_then(|joined| keys(joined, &lines));
            let result = self.line(line, consumer, keys.as_ref());
            if consumer.main {
                ended = Some(result);
                continue;
            }
            if let Ok(outcome) = &result {
                lacks.extend(outcome.lacks.iter().cloned());
            }
            self.prepared.set(consumer.plan, result.map(|outcome| outcome.rows));
        }
        for (consumer, _) in lines.iter().filter(|(consumer, _)| !consumer.main) {
            self.prepared.forget(consumer.plan);
        }
        let result = ended?.map(|mut outcome| {
            outcome.lacks.append(&mut lacks);
            outcome
        });
        Some(Ended { result, had_data })
    }

    fn line(&self, line: Line<'p>, consumer: &Consumer<'p>, keys: Option<&Keys>) -> Result<Outcome, Failure> {
        let counts = Counts { read: self.read, selected: consumer.selected.unwrap_or(0) };
        match line {
            Line::Failed(failure) => Err(failure),
            Line::Open(pushed) | Line::Full(pushed) => pushed.finish(counts),
            Line::Held(rows) => {
                if rows.cells() > MANY_CELLS {
                    memory::check()?;
                }
                let mut pushed = Pushed::open(consumer.plan, self.source, self.options, self.prepared)?;
                let rows = if leaves_nothing(consumer.plan, self.prepared) { Pile::default() } else { rows };
                let mut push = |rows: Batch| -> ControlFlow<()> {
                    let rows = match keys {
                        Some(keys) => keys.choose(rows),
                        None => rows,
                    };
                    let rows = match pushed.filter() {
                        Some(filter) if consumer.level > 0 => select(filter, &rows, &self.options.context()),
                        _ => rows,
                    };
                    if rows.is_empty() { ControlFlow::Continue(()) } else { pushed.push(rows) }
                };
                match consumer.wants {
                    Wants::Events { ordered: true, .. } => rows.newest_first(&mut push),
                    _ => rows.in_order(&mut push),
                }
                pushed.finish(counts)
            }
        }
    }
}

/// What the rows of the outer search have in the keys of a `join`, if they are at hand.
fn keys(joined: &Joined<'_>, lines: &[(&Consumer<'_>, Option<Line<'_>>)]) -> Option<Keys> {
    match lines.iter().find(|(consumer, _)| std::ptr::eq(consumer.plan, joined.outer))? {
        (_, Some(Line::Held(rows))) => Some(Keys::of(joined, rows)),
        _ => None,
    }
}

/// Whether an inner `join` with an empty subsearch leaves no rows, whatever comes in.
fn leaves_nothing(plan: &Plan, prepared: &Prepared) -> bool {
    let is_empty = |join: &Join| !join.outer && prepared.is_empty(&join.plan);
    let mut before = plan.steps.iter().map(|step| &step.op).take_while(|op| !matches!(op, Op::Output { .. }));
    before.any(|op| matches!(op, Op::Join(join) if is_empty(join)))
}

fn line<'p>(consumer: &Consumer<'p>, source: &'p dyn Source, options: &'p RunOptions, prepared: &Prepared) -> Line<'p> {
    match &consumer.wants {
        Wants::Failed(failure) => Line::Failed(failure.clone()),
        // What makes its own rows may need subsearches to be opened; there is no hurry.
        Wants::Nothing | Wants::Events { ordered: true, .. } => Line::Held(Pile::default()),
        _ if consumer.level > 0 || consumer.joined.is_some() => Line::Held(Pile::default()),
        Wants::Events { .. } | Wants::Dataset { .. } => match Pushed::open(consumer.plan, source, options, prepared) {
            Ok(pushed) => Line::Open(Box::new(pushed)),
            Err(failure) => Line::Failed(failure),
        },
    }
}

impl Line<'_> {
    fn take(&mut self, batch: Batch, most: usize) {
        match self {
            Self::Open(pushed) => {
                if pushed.push(batch).is_break() {
                    let full = std::mem::replace(self, Self::Held(Pile::default()));
                    if let Self::Open(pushed) = full {
                        *self = Self::Full(pushed);
                    }
                }
            }
            Self::Held(rows) => {
                rows.push(batch);
                if rows.rows() > most {
                    let message =
                        format!("more than {most} events satisfy the search before the first pipe; narrow it");
                    *self = Self::Failed(Failure { kind: FailureKind::Limit, message, step: Some(0), span: None });
                }
            }
            Self::Full(_) | Self::Failed(_) => {}
        }
    }
}
