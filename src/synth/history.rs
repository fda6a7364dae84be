//! Events over time, for searches that compare rows with the statistics of many.
//!
//! Averages and deviations cannot be demanded of one row. Where the walk finds no other way, conditions on them are left
//! open; the events that meet all others are then repeated now, as a burst, and back in time, as the usual state.

use super::atom::Atom;
use super::set::{Event, EventSet};
use super::state::{Row, State};
use super::walk::{Step, is_target};
use crate::expr::CompareOp;
use crate::ir::op::{AggregateInput, Target};
use crate::ir::{Op, Plan, wildcard};
use crate::value::{Name, Value};
use std::collections::BTreeSet;

/// The most rows of a set with a history.
const MAX_ROWS: usize = 30_000;

/// How often events come.
#[derive(Clone, Copy, Debug)]
pub(super) struct History {
    /// How often at their own time.
    burst: usize,
    /// At how many times before, once at each.
    slots: usize,
    /// Seconds between these.
    span: f64,
}

const fn history(burst: usize, slots: usize, span: f64) -> History {
    History { burst, slots, span }
}

/// Histories that are tried, one after the other.
pub(super) const HISTORIES: [History; 7] = [
    history(60, 0, 0.0),
    history(60, 60, 3_600.0),
    history(60, 40, 86_400.0),
    history(60, 60, 600.0),
    history(1, 60, 3_600.0),
    history(600, 60, 3_600.0),
    history(600, 40, 86_400.0),
];

impl History {
    /// The set with a burst and with earlier events; `None` if that would be too large.
    pub(super) fn of(self, set: &EventSet) -> Option<EventSet> {
        if set.len() * (self.burst + self.slots) > MAX_ROWS {
            return None;
        }
        let mut set = set.clone();
        set.events = self.rows(&set.events);
        for dataset in &mut set.datasets {
            dataset.rows = self.rows(&dataset.rows);
        }
        Some(set)
    }

    fn rows(self, rows: &[Event]) -> Vec<Event> {
        let mut all = Vec::with_capacity(rows.len() * (self.burst + self.slots));
        for row in rows {
            all.extend(std::iter::repeat_n(row.clone(), self.burst));
            let time = row.get("_time").and_then(Value::as_number);
            for (at, time) in (1..=self.slots).filter_map(|at| Some((at, time?))) {
                let mut earlier = row.clone();
                earlier.insert("_time".into(), Value::Number(time - self.span * at as f64));
                all.push(earlier);
            }
        }
        all
    }
}

/// Statistics that depend on all rows, whatever one of them holds.
const STATISTICS: &[&str] =
    &["avg", "mean", "stdev", "stdevp", "var", "varp", "median", "mode", "perc", "p", "exactperc", "upperperc"];

/// Fields that hold such statistics, or follow from them.
pub(super) fn measured(plan: &Plan) -> BTreeSet<Name> {
    let mut found: BTreeSet<Name> = BTreeSet::new();
    for step in &plan.steps {
        match &step.op {
            Op::Extend(assignments) => {
                for assignment in assignments {
                    if let Target::Name(name) = &assignment.target
                        && assignment.value.fields().iter().any(|field| found.contains(&field.name))
                    {
                        found.insert(name.clone());
                    }
                }
            }
            Op::Aggregate(aggregation) => of_aggregates(&aggregation.aggregates, &mut found),
            Op::Window(window) => of_aggregates(&window.aggregates, &mut found),
            Op::Rename(pairs) => {
                for (from, to) in pairs {
                    let new: Vec<Name> = found
                        .iter()
                        .filter_map(|name| wildcard::captures(&from.name, name))
                        .map(|caught| Name::from(wildcard::fill(&to.name, &caught)))
                        .collect();
                    found.extend(new);
                }
            }
            op => found.extend(op.nested().map(measured).into_iter().flatten()),
        }
    }
    found
}

fn of_aggregates(aggregates: &[crate::ir::op::Aggregate], found: &mut BTreeSet<Name>) {
    for aggregate in aggregates {
        let over_measured = match &aggregate.argument {
            AggregateInput::Field(field) => found.contains(&field.name),
            AggregateInput::Expr(expr) => expr.fields().iter().any(|field| found.contains(&field.name)),
            AggregateInput::Rows => false,
        };
        if over_measured || STATISTICS.contains(&aggregate.function.name) {
            found.insert(aggregate.name.name.clone());
        }
    }
}

/// Whether the condition on these fields is left open; that is noted.
pub(super) fn leaves_open(state: &mut State<'_>, step: &Step<'_>, term: usize, row: &mut Row, fields: &[Name]) -> bool {
    let open = fields.iter().any(|field| state.measured.contains(field));
    if open {
        state.left_open = true;
        state.target_open |= is_target(state, step, term);
        compared(state, row, fields);
    }
    open
}

/// What is compared with statistics, or goes into them, is a number, if it can be one.
pub(super) fn compared(state: &mut State<'_>, row: &mut Row, fields: &[Name]) {
    for field in fields.iter().filter(|field| !field.starts_with('_')) {
        if state.measured.contains(field) {
            // So that what it is made of is looked at in its turn.
            state.field(row, field);
            continue;
        }
        let (mark, before) = (state.mark(), row.clone());
        if state.demand(row, field, Atom::Number(CompareOp::Gt, 0.0)).is_err() {
            state.back(mark);
            *row = before;
        }
    }
}

/// Whether a condition stands before anything that counts rows.
pub(super) fn precedes_counts(plan: &Plan, at: usize) -> bool {
    !plan.steps[..at].iter().any(|step| matches!(step.op, Op::Aggregate(_) | Op::Window(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_a_burst_and_single_events_before() {
        let event: Event = [("_time".into(), Value::Number(1_000.0)), ("a".into(), Value::from("x"))].into();
        let set = EventSet { events: vec![event], ..EventSet::default() };
        let made = history(3, 2, 60.0).of(&set).map(|set| set.events).unwrap_or_default();
        let times: Vec<Option<f64>> = made.iter().map(|event| event.get("_time").and_then(Value::as_number)).collect();
        assert_eq!(times, [1_000.0, 1_000.0, 1_000.0, 940.0, 880.0].map(Some));
        assert!(made.iter().all(|event| event.get("a") == Some(&Value::from("x"))));
        assert!(history(MAX_ROWS, 1, 1.0).of(&set).is_none());
    }
}
