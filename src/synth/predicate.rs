//! What a search expression demands of a row, or its opposite.

use super::atom::{Atom, opposite};
use super::state::{Conflict, Met, Row, State, conflict};
use super::walk;
use crate::expr::predicate::{Side, TimeBound};
use crate::expr::{CompareOp, Predicate};
use crate::ir::{Plan, PlanFlow};
use crate::value::pattern::Pattern;
use crate::value::{Name, number};

/// Where the subsearches of a predicate are found.
#[derive(Clone, Copy)]
pub(super) struct Around<'p> {
    pub(super) plan: &'p Plan,
    pub(super) flow: &'p PlanFlow,
}

pub(super) fn require<'p>(
    state: &mut State<'p>,
    row: &mut Row,
    predicate: &Predicate,
    truth: bool,
    around: Around<'p>,
) -> Met {
    match (predicate, truth) {
        (Predicate::And(terms), true) | (Predicate::Or(terms), false) => {
            terms.iter().try_for_each(|term| require(state, row, term, truth, around))
        }
        (Predicate::Or(terms), true) | (Predicate::And(terms), false) => {
            if terms.is_empty() {
                return Err(conflict("a condition can never be satisfied"));
            }
            if let Some((field, atoms)) = one_field(terms, truth) {
                return state.demand(row, &field, Atom::Either(atoms));
            }
            state.choose(row, terms.len(), |state, row, at| require(state, row, &terms[at], truth, around))
        }
        (Predicate::Not(term), _) => require(state, row, term, !truth, around),
        (Predicate::Compare { .. } | Predicate::In { .. }, _) => match atom(predicate) {
            Some((field, atom)) => state.demand(row, &field, if truth { atom } else { atom.not() }),
            None => Ok(()),
        },
        (Predicate::Keyword(word), _) => {
            let atom = Atom::Word(word.clone());
            state.demand(row, &"_raw".into(), if truth { atom } else { atom.not() })
        }
        (Predicate::TimeBound(bound), _) => time_bound(state, row, bound, truth),
        // Rows that the subsearch needs are not made, so it gives none, or those of a table that was there.
        (Predicate::Subsearch(_), false) => Ok(()),
        (Predicate::Subsearch(at), true) => subsearch(state, row, *at, around),
    }
}

/// The demand of a comparison.
fn atom(predicate: &Predicate) -> Option<(Name, Atom)> {
    match predicate {
        Predicate::Compare { field, op, pattern } => Some((field.name.clone(), compare(*op, pattern))),
        Predicate::In { field, patterns } => Some((
            field.name.clone(),
            Atom::Either(patterns.iter().map(|pattern| compare(CompareOp::Eq, pattern)).collect()),
        )),
        _ => None,
    }
}

fn compare(op: CompareOp, pattern: &Pattern) -> Atom {
    let text = pattern.as_str();
    match op {
        CompareOp::Eq => Atom::Glob(text.into()),
        CompareOp::Ne => Atom::Differs(Box::new(Atom::Glob(text.into()))),
        CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => match number::parse(text) {
            Some(size) => Atom::Number(op, size),
            None => Atom::Text(op, text.into()),
        },
    }
}

/// Terms that all compare one field are a list of values.
fn one_field(terms: &[Predicate], truth: bool) -> Option<(Name, Vec<Atom>)> {
    let mut field: Option<Name> = None;
    let mut atoms = Vec::new();
    for term in terms {
        let (name, found) = atom(term)?;
        if field.get_or_insert_with(|| name.clone()) != &name {
            return None;
        }
        atoms.push(if truth { found } else { found.not() });
    }
    field.map(|field| (field, atoms))
}

fn time_bound(state: &mut State<'_>, row: &mut Row, bound: &TimeBound, truth: bool) -> Met {
    let limit = bound.resolve(&state.context).ok_or_else(|| conflict("a time bound has no time"))?;
    let op = match bound.side {
        Side::From => CompareOp::Ge,
        Side::Before => CompareOp::Lt,
    };
    let op = if truth { op } else { opposite(op) };
    state.demand(row, &bound.field().into(), Atom::Number(op, limit))
}

/// The row is one that the subsearch names: both have the fields that the subsearch gives.
fn subsearch<'p>(state: &mut State<'p>, row: &mut Row, at: usize, around: Around<'p>) -> Met {
    let lost = || conflict("the plan lacks a subsearch");
    let plan = around.plan.subsearches.get(at).ok_or_else(lost)?;
    let flow = around.flow.subsearches.get(at).ok_or_else(lost)?;
    let output = flow.output();
    let names: Vec<Name> = output.fields.keys().filter(|name| !name.starts_with('_')).cloned().collect();
    if names.is_empty() {
        return Err(conflict("a subsearch may give any fields"));
    }
    if names.iter().any(|name| matches!(&**name, "search" | "query")) {
        return Err::<(), Conflict>(conflict("a subsearch gives search text"));
    }
    let mut inner = Row::default();
    for name in names {
        let var = state.field(row, &name);
        state.demand_of(var, Atom::Any)?;
        state.share(var);
        inner.fields.insert(name, var);
    }
    walk::walk(state, plan, flow, vec![inner])
}
