//! Makes events for a search from its own plan: a set that must match, and near misses that must not.
//!
//! The plan is walked from its end to its beginning. At the end stands one row with the fields that the detection
//! reports; each step is undone (a threshold on a count becomes that many rows, a condition becomes a demand on a
//! field), until what is left are demands on the fields of events and datasets. Values that meet them are then found,
//! and the engine, which knows nothing of this, runs the plan over the events.
//!
//! ```text
//! fields of the result ──► walk (groups, tables, expr, predicate) ──► demands (state, atom) ──► values (solve, pattern)
//! ```
//!
//! - A near miss turns one necessary condition round and keeps the others; it is never looked at with the engine
//!   before it counts.
//! - Where a search leaves a choice (OR, case, rows of a lookup), ways are tried one after the other, within a bound.
//! - What cannot be made says why: a [`Gap`].

mod atom;
mod expr;
mod groups;
mod history;
mod json;
mod near;
mod pattern;
mod predicate;
mod report;
mod set;
mod solve;
mod state;
mod tables;
mod walk;

pub use report::{Made, Report, Synthesizer};
pub use set::{DatasetRows, Event, EventSet};

use crate::engine::{self, Failure, Lookup, Outcome, RunOptions};
use crate::ir::{Catalog, Plan, PlanFlow};
use crate::value::{Name, Value};
use atom::Atom;
use history::{HISTORIES, History};
use set::SetSource;
use state::{Conflict, Place, Row, State, Target};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ways to make a matching set that are tried.
const MAX_TRIES: usize = 48;
/// Choices that are changed, and changed ways that wait.
const MAX_CHOICES: usize = 200;
const MAX_WAITING: usize = 200;
/// Near misses that are made for one search.
const MAX_NEAR: usize = 6;

/// When the searches over made events start: half an hour after the events' usual time.
pub const NOW: f64 = solve::TIME + 1800.0;

/// A search to make events for, and what is known around it.
pub struct Maker<'a> {
    /// The search.
    pub plan: &'a Plan,
    /// Its fields after each step.
    pub flow: &'a PlanFlow,
    /// Fields of the result that must be filled in a row.
    pub wanted: Vec<Name>,
    /// Tables by name.
    pub lookup: &'a (dyn Fn(&str) -> Option<Arc<Lookup>> + Sync),
    /// Fields of datasets and lookups.
    pub catalog: &'a (dyn Catalog + Sync),
    /// Compiles searches that are put together at run time.
    pub compile: &'a (dyn Fn(&str) -> Result<Plan, String> + Sync),
}

/// Why no events could be made: lower case, no final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap(pub String);

/// Events that must match.
#[derive(Clone, Debug)]
pub struct Matching {
    /// The events.
    pub set: EventSet,
    /// What the engine makes of them.
    pub outcome: Outcome,
    /// The choices that led here, for the near misses.
    script: Vec<usize>,
    /// What the events were repeated by.
    history: Option<History>,
}

/// Events that must not match.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// The condition that does not hold, as the plan prints it.
    pub condition: String,
    /// The events.
    pub set: EventSet,
    /// What the engine makes of them.
    pub outcome: Result<Outcome, Failure>,
}

impl Maker<'_> {
    /// A set over which the search gives a row that `accepts` takes, or why there is none.
    ///
    /// # Errors
    /// No way was found, or the engine gives other rows: the message tells them apart.
    pub fn matching(&self, accepts: &dyn Fn(&Outcome) -> Result<(), String>) -> Result<Matching, Gap> {
        let mut waiting: std::collections::VecDeque<Vec<usize>> = [Vec::new()].into();
        let mut reason = None;
        let mut effort = 0;
        for _ in 0..MAX_TRIES {
            let Some(script) = waiting.pop_front().filter(|_| effort < state::MAX_EFFORT) else { break };
            let Try { made, taken, effort: spent, .. } = self.make(&script, None, false);
            effort += spent;
            let why = match made {
                Err(Conflict(why)) => format!("no events can be made: {why}"),
                Ok(set) => match self.run(&set) {
                    Err(failure) => format!("the search does not run: {}", failure.message),
                    Ok(outcome) => match accepts(&outcome) {
                        Ok(()) => {
                            let script = taken.iter().map(|&(at, _)| at).collect();
                            return Ok(Matching { set, outcome, script, history: None });
                        }
                        Err(why) => why,
                    },
                },
            };
            reason.get_or_insert(why);
            // The next ways: this one with one later choice changed.
            for at in script.len()..taken.len().min(MAX_CHOICES) {
                if waiting.len() > MAX_WAITING {
                    break;
                }
                let (chosen, count) = taken[at];
                for step in 1..count.min(4) {
                    let mut next: Vec<usize> = taken[..at].iter().map(|&(at, _)| at).collect();
                    next.push((chosen + step) % count);
                    waiting.push_back(next);
                }
            }
        }
        let with_history = self.with_history(accepts);
        with_history.ok_or_else(|| Gap(reason.unwrap_or_else(|| "there is nothing to try".to_owned())))
    }

    /// A set in which conditions on statistics are met by events over time, if the search has such conditions.
    fn with_history(&self, accepts: &dyn Fn(&Outcome) -> Result<(), String>) -> Option<Matching> {
        let Try { made, taken, left_open, .. } = self.make(&[], None, true);
        let plain = made.ok().filter(|_| left_open)?;
        HISTORIES.iter().find_map(|history| {
            let set = history.of(&plain)?;
            let outcome = self.run(&set).ok().filter(|outcome| accepts(outcome).is_ok())?;
            let script = taken.iter().map(|&(at, _)| at).collect();
            Some(Matching { set, outcome, script, history: Some(*history) })
        })
    }

    /// Sets that each fail one necessary condition, with what the engine makes of them.
    pub fn near_misses(&self, matching: &Matching) -> Vec<NearMiss> {
        let mut found = Vec::new();
        for (target, condition) in near::targets(self.plan) {
            if found.len() == MAX_NEAR {
                break;
            }
            let Try { made, target_open, .. } = self.make(&matching.script, Some(target), matching.history.is_some());
            let set = match (made, matching.history) {
                (Ok(set), None) => Some(set),
                // Without its history, nothing stands out.
                (Ok(set), Some(_)) if target_open => Some(set),
                (Ok(set), Some(history)) if history::precedes_counts(target.plan, target.step) => history.of(&set),
                // What counts rows would count those of the history.
                _ => None,
            };
            if let Some(set) = set {
                let outcome = self.run(&set);
                found.push(NearMiss { condition, set, outcome });
            }
        }
        found
    }

    /// Runs the search over a set.
    ///
    /// # Errors
    /// As [`engine::run`].
    pub fn run(&self, set: &EventSet) -> Result<Outcome, Failure> {
        let source = SetSource { set, lookup: self.lookup, catalog: self.catalog, compile: self.compile };
        engine::run(self.plan, &source, &RunOptions::at(NOW))
    }

    /// Makes a set; `open` leaves conditions on statistics open.
    fn make<'p>(&'p self, script: &'p [usize], target: Option<Target<'p>>, open: bool) -> Try {
        let context = crate::expr::Context::at(NOW);
        let mut state = State::new(context, self.lookup, script, target, open);
        let mut row = Row::default();
        let mut met = Ok(());
        for name in &self.wanted {
            met = met.and_then(|()| state.demand(&mut row, name, Atom::Any));
        }
        let met = met.and_then(|()| walk::walk(&mut state, self.plan, self.flow, vec![row]));
        let made = met.and_then(|()| finish(&state));
        let State { taken, effort, left_open, target_open, .. } = state;
        Try { made, taken, effort, left_open, target_open }
    }
}

/// One way that was tried.
struct Try {
    made: Result<EventSet, Conflict>,
    /// The choices that led to it.
    taken: Vec<(usize, usize)>,
    effort: usize,
    /// A condition on statistics was left open.
    left_open: bool,
    /// The condition to turn round was.
    target_open: bool,
}

/// Values for all variables.
fn finish(state: &State<'_>) -> Result<EventSet, Conflict> {
    let mut set = EventSet::default();
    for (place, row) in &state.made {
        let event = event(state, row)?;
        match place {
            Place::Events => set.events.push(event),
            Place::Table(name) => set.tables.entry(name.clone()).or_default().push(event),
            Place::Dataset(model, dataset, prefixed) => {
                let same = |rows: &&mut DatasetRows| {
                    rows.model == *model && rows.dataset == *dataset && rows.prefixed == *prefixed
                };
                match set.datasets.iter_mut().find(same) {
                    Some(rows) => rows.rows.push(event),
                    None => set.datasets.push(DatasetRows {
                        model: model.clone(),
                        dataset: dataset.clone(),
                        prefixed: *prefixed,
                        rows: vec![event],
                    }),
                }
            }
        }
    }
    Ok(set)
}

fn event(state: &State<'_>, row: &Row) -> Result<Event, Conflict> {
    let mut event = BTreeMap::new();
    for (name, var) in &row.fields {
        let value = state.value(*var).ok_or_else(|| state::conflict(format!("`{name}` has no value")))?;
        let value = match value {
            Value::Number(_) if &**name != "_time" => Value::text(value.to_text()),
            other => other,
        };
        if !value.is_null() {
            event.insert(name.clone(), value);
        }
    }
    event.entry("_time".into()).or_insert(Value::Number(solve::TIME));
    Ok(event)
}
