//! What is known so far of the rows that must come, while a plan is walked from its end to its beginning.
//!
//! A row has a variable per field that matters. Fields that must be equal share a variable, also across rows. A demand
//! that cannot be met together with the others is a [`Conflict`], noticed at once, so that another way can be tried.

use super::atom::Atom;
use super::solve;
use crate::engine::Lookup;
use crate::expr::Context;
use crate::ir::{Plan, Schema};
use crate::value::{Name, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why no events can be made this way: lower case, no final period.
#[derive(Clone, Debug)]
pub(super) struct Conflict(pub(super) String);

pub(super) type Met = Result<(), Conflict>;

pub(super) fn conflict(text: impl Into<String>) -> Conflict {
    Conflict(text.into())
}

/// The most rows that are made for one search.
const MAX_ROWS: usize = 20_000;
/// The most values that are looked for on one way.
pub(super) const MAX_EFFORT: usize = 100_000;

/// A field of a row, or of several rows.
#[derive(Clone, Debug)]
struct Var {
    name: Name,
    atoms: Vec<Atom>,
    /// Which of several different values it takes.
    index: usize,
    /// It stands in more than one row.
    shared: bool,
    /// It is the same as another one.
    same: Option<usize>,
    /// A value that meets the demands so far.
    found: Option<Value>,
}

pub(super) type VarId = usize;

/// A row that must come.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) fields: BTreeMap<Name, VarId>,
    /// It must stand out from many other rows of its group, which are made when their statistics are reached.
    pub(super) stands_out: bool,
}

/// A condition that is turned round to make a near miss.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'p> {
    pub(super) plan: &'p Plan,
    pub(super) step: usize,
    pub(super) term: usize,
}

/// Where a finished row belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Raw events.
    Events,
    /// A data model, its dataset, and whether fields carry the prefix of the dataset.
    Dataset(Name, Option<Name>, bool),
    /// A lookup table.
    Table(Name),
}

pub(super) struct State<'p> {
    vars: Vec<Var>,
    /// Variables as they were before a change, to go back.
    changes: Vec<(VarId, Var)>,
    /// Which option to take first at each choice; 0 where nothing is said.
    script: &'p [usize],
    /// Option taken and options there were, for each choice so far.
    pub(super) taken: Vec<(usize, usize)>,
    pub(super) target: Option<Target<'p>>,
    pub(super) lookup: &'p dyn Fn(&str) -> Option<Arc<Lookup>>,
    pub(super) context: Context,
    pub(super) made: Vec<(Place, Row)>,
    /// Fields that follow from the statistics of many rows.
    pub(super) derived: BTreeSet<Name>,
    /// Conditions on such statistics are left open: a history is made for them afterwards.
    pub(super) open: bool,
    /// While they are left open: fields that follow from statistics in any way, where the walk is.
    pub(super) measured: BTreeSet<Name>,
    /// A condition was left open.
    pub(super) left_open: bool,
    /// The condition that is to be turned round was.
    pub(super) target_open: bool,
    /// Fields that the search sets to a constant.
    pub(super) constants: BTreeMap<Name, Value>,
    /// Fields that rows can have where the walk is, and those that the step itself makes; none if that is not known.
    pub(super) before: Option<(&'p Schema, Vec<Name>)>,
    rows: usize,
    /// Values looked for so far.
    pub(super) effort: usize,
}

impl<'p> State<'p> {
    pub(super) fn new(
        context: Context,
        lookup: &'p dyn Fn(&str) -> Option<Arc<Lookup>>,
        script: &'p [usize],
        target: Option<Target<'p>>,
        open: bool,
    ) -> Self {
        Self {
            open,
            measured: BTreeSet::new(),
            left_open: false,
            target_open: false,
            vars: Vec::new(),
            changes: Vec::new(),
            script,
            taken: Vec::new(),
            target,
            lookup,
            context,
            made: Vec::new(),
            derived: BTreeSet::new(),
            constants: BTreeMap::new(),
            before: None,
            rows: 0,
            effort: 0,
        }
    }

    /// Counts rows against the bound.
    pub(super) fn count_rows(&mut self, rows: usize) -> Met {
        self.rows += rows;
        if self.rows > MAX_ROWS {
            return Err(conflict(format!("more than {MAX_ROWS} rows would be needed")));
        }
        Ok(())
    }

    pub(super) fn var(&mut self, name: &Name) -> VarId {
        self.vars.push(Var { name: name.clone(), atoms: Vec::new(), index: 0, shared: false, same: None, found: None });
        self.vars.len() - 1
    }

    /// The variable of a field, made if there is none.
    pub(super) fn field(&mut self, row: &mut Row, name: &Name) -> VarId {
        if let Some(&id) = row.fields.get(name) {
            return self.root(id);
        }
        let id = self.var(name);
        row.fields.insert(name.clone(), id);
        id
    }

    pub(super) fn root(&self, mut id: VarId) -> VarId {
        while let Some(same) = self.vars[id].same {
            id = same;
        }
        id
    }

    fn change(&mut self, id: VarId) -> &mut Var {
        self.changes.push((id, self.vars[id].clone()));
        &mut self.vars[id]
    }

    /// A point to come back to with [`State::back`].
    pub(super) fn mark(&self) -> (usize, usize, usize) {
        (self.changes.len(), self.made.len(), self.rows)
    }

    pub(super) fn back(&mut self, (mark, made, rows): (usize, usize, usize)) {
        while self.changes.len() > mark {
            if let Some((id, var)) = self.changes.pop() {
                self.vars[id] = var;
            }
        }
        self.made.truncate(made);
        self.rows = rows;
    }

    /// Adds a demand on a field of a row.
    pub(super) fn demand(&mut self, row: &mut Row, name: &Name, atom: Atom) -> Met {
        if !atom.allows_null() {
            self.can_come(name)?;
        }
        let id = self.field(row, name);
        self.demand_of(id, atom)
    }

    /// Rows can have the field where the walk is.
    pub(super) fn can_come(&self, name: &Name) -> Met {
        match &self.before {
            Some((schema, made)) if !schema.can_have(name) && !made.contains(name) => {
                Err(conflict(format!("the field `{name}` is needed, but nothing makes it")))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn demand_of(&mut self, id: VarId, atom: Atom) -> Met {
        let id = self.root(id);
        let does = self.vars[id].found.as_ref().is_some_and(|value| atom.holds(value, &self.context));
        let var = self.change(id);
        var.atoms.push(atom);
        if does {
            return Ok(());
        }
        self.check(id)
    }

    /// Looks for a value again.
    fn check(&mut self, id: VarId) -> Met {
        let id = self.root(id);
        self.effort += 1;
        if self.effort > MAX_EFFORT {
            return Err(conflict("too many rows and conditions to find values for"));
        }
        let var = &self.vars[id];
        if let Some(value) = solve::solve(&var.atoms, &var.name, var.index, &self.context) {
            self.vars[id].found = Some(value);
            return Ok(());
        }
        let last = var.atoms.last().map_or_else(String::new, |atom| format!(" ({})", shown(atom)));
        Err(conflict(format!("no value of `{}` was found that meets all conditions{last}", var.name)))
    }

    /// The value that the variable has, as far as is known.
    pub(super) fn value(&self, id: VarId) -> Option<Value> {
        let var = &self.vars[self.root(id)];
        if var.found.is_some() {
            return var.found.clone();
        }
        solve::solve(&var.atoms, &var.name, var.index, &self.context)
    }

    /// Fixes the value of a variable.
    pub(super) fn bind(&mut self, id: VarId) -> Result<Value, Conflict> {
        let id = self.root(id);
        self.check(id)?;
        let value = self.value(id).unwrap_or_default();
        let atom = if value.is_null() { Atom::Null } else { fixed(&value) };
        self.demand_of(id, atom)?;
        Ok(value)
    }

    pub(super) fn atoms(&self, id: VarId) -> &[Atom] {
        &self.vars[self.root(id)].atoms
    }

    pub(super) fn index(&self, id: VarId) -> usize {
        self.vars[self.root(id)].index
    }

    pub(super) fn set_index(&mut self, id: VarId, index: usize) -> Met {
        let id = self.root(id);
        self.change(id).index = index;
        self.check(id)
    }

    pub(super) fn share(&mut self, id: VarId) {
        let id = self.root(id);
        if !self.vars[id].shared {
            self.change(id).shared = true;
        }
    }

    pub(super) fn is_shared(&self, id: VarId) -> bool {
        self.vars[self.root(id)].shared
    }

    /// Something is demanded of the variable, or it is one of several.
    pub(super) fn matters(&self, id: VarId) -> bool {
        let var = &self.vars[self.root(id)];
        !var.atoms.is_empty() || var.index > 0 || var.shared
    }

    /// The two have the same value from now on.
    pub(super) fn unify(&mut self, left: VarId, right: VarId) -> Met {
        let (left, right) = (self.root(left), self.root(right));
        if left == right {
            return Ok(());
        }
        let Var { atoms, index, shared, .. } = self.vars[left].clone();
        let kept = self.change(right);
        kept.atoms.extend(atoms);
        kept.index = kept.index.max(index);
        kept.shared |= shared;
        self.change(left).same = Some(right);
        self.check(right)
    }

    /// A fresh variable with the same demands.
    pub(super) fn copy(&mut self, id: VarId) -> VarId {
        let var = self.vars[self.root(id)].clone();
        self.vars.push(Var { shared: false, ..var });
        self.vars.len() - 1
    }

    /// Tries options until one is met: the scripted one first.
    pub(super) fn choose(
        &mut self,
        row: &mut Row,
        count: usize,
        mut option: impl FnMut(&mut Self, &mut Row, usize) -> Met,
    ) -> Met {
        let place = self.taken.len();
        let first = self.script.get(place).copied().unwrap_or(0);
        self.taken.push((first, count));
        let mut reason = conflict("there is nothing to choose from");
        for turn in 0..count {
            let at = (first + turn) % count;
            let (mark, before) = (self.mark(), row.clone());
            match option(self, row, at) {
                Ok(()) => {
                    self.taken[place].0 = at;
                    return Ok(());
                }
                Err(why) => reason = why,
            }
            self.back(mark);
            *row = before;
            self.taken.truncate(place + 1);
        }
        Err(reason)
    }
}

/// The demand that a value is exactly this one.
pub(super) fn fixed(value: &Value) -> Atom {
    match value.values().len() {
        0 | 1 => Atom::Is(value.clone()),
        _ => {
            let mut all: Vec<Atom> = value.values().iter().map(|single| Atom::Is(single.clone())).collect();
            all.push(Atom::Count(crate::expr::CompareOp::Eq, all.len() as f64));
            Atom::All(all)
        }
    }
}

/// A demand as a few words, for messages.
fn shown(atom: &Atom) -> String {
    let text = match atom {
        Atom::Glob(text) | Atom::Like(text) => text.to_string(),
        Atom::Regex(regex) => regex.as_str().to_owned(),
        Atom::Is(value) => value.to_text().into_owned(),
        Atom::Not(inner) => return format!("not {}", shown(inner)),
        other => format!("{other:?}"),
    };
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}
