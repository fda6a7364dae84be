//! Which fields the sources of a plan must produce: computed backwards from the result.
//!
//! The answer is conservative: a field too many costs time, a field too few would change the result.

use super::flow::{PlanFlow, StepFlow};
use super::op::{AggregateInput, Condition, ProjectMode, Selector, Target};
use super::schema::{Read, Schema};
use super::{Op, Plan, reads, wildcard};
use crate::expr::Predicate;
use crate::value::Name;
use std::collections::BTreeSet;

/// A set of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Every field that there is.
    All,
    /// These only.
    These(BTreeSet<Name>),
}

impl Fields {
    /// No field.
    pub fn none() -> Self {
        Self::These(BTreeSet::new())
    }

    /// Whether a field of this name is wanted.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(name),
        }
    }

    /// Adds a field.
    pub fn add(&mut self, name: impl Into<Name>) {
        if let Self::These(names) = self {
            names.insert(name.into());
        }
    }

    /// Adds a set.
    pub fn add_all(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::These(names), Self::These(more)) => names.extend(more.iter().cloned()),
            _ => *self = Self::All,
        }
    }

    /// Only these fields.
    pub fn these<N: Into<Name>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::These(names.into_iter().map(Into::into).collect())
    }

    /// Whether a field is wanted whose name begins so.
    pub fn contains_prefix(&self, prefix: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => {
                let from = (std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded);
                names.range::<str, _>(from).next().is_some_and(|name| name.starts_with(prefix))
            }
        }
    }

    /// Takes a field out, because it is made anew without regard to its old value. Of all fields none is taken out.
    pub fn remove(&mut self, name: &str) {
        if let Self::These(names) = self {
            names.remove(name);
        }
    }
}

/// What each source of a plan must produce.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Per step that produces rows ([`Op::Events`], [`Op::Dataset`], [`Op::Table`]): its index and the fields. Those of
    /// a dataset are named without prefix; a dotted name stands there with each of its endings.
    pub sources: Vec<(usize, Fields)>,
    /// Per step with a subsearch of its own (join, append): its index and what the subsearch needs.
    pub nested: Vec<(usize, Needs)>,
    /// One per subsearch of the plan's predicates.
    pub subsearches: Vec<Needs>,
}

impl Needs {
    /// The fields that the source at a step must produce; every field for a step that is not listed.
    pub fn source(&self, step: usize) -> &Fields {
        self.sources.iter().find(|(at, _)| *at == step).map_or(&Fields::All, |(_, fields)| fields)
    }

    /// The needs of the subsearch that belongs to a step.
    pub fn nested(&self, step: usize) -> Option<&Needs> {
        self.nested.iter().find(|(at, _)| *at == step).map(|(_, needs)| needs)
    }
}

/// The needs of a plan whose whole result is wanted.
pub fn needs(plan: &Plan, flow: &PlanFlow) -> Needs {
    needs_of(plan, flow, Fields::All)
}

/// The needs of a plan of whose result only these fields are looked at; how many rows there are is always right.
pub fn needs_of(plan: &Plan, flow: &PlanFlow, wanted: Fields) -> Needs {
    needs_for(plan, flow, wanted).0
}

/// The needs of a plan of whose result only `wanted` is looked at, and what it reads from the rows that come in.
fn needs_for(plan: &Plan, flow: &PlanFlow, mut wanted: Fields) -> (Needs, Fields) {
    let mut needs = Needs::default();
    for (inner, inner_flow) in plan.subsearches.iter().zip(&flow.subsearches) {
        needs.subsearches.push(needs_for(inner, inner_flow, Fields::All).0);
    }
    for (at, (step, step_flow)) in plan.steps.iter().zip(&flow.steps).enumerate().rev() {
        let before = at.checked_sub(1).and_then(|at| flow.steps.get(at)).map_or(&flow.input, |step| &step.flow.output);
        let mut walk = Backward { at, flow, step: step_flow, before, needs: &mut needs };
        wanted = walk.step(&step.op, wanted);
    }
    needs.sources.reverse();
    needs.nested.reverse();
    (needs, wanted)
}

struct Backward<'a> {
    at: usize,
    flow: &'a PlanFlow,
    step: &'a StepFlow,
    before: &'a Schema,
    needs: &'a mut Needs,
}

impl Backward<'_> {
    fn step(&mut self, op: &Op, mut wanted: Fields) -> Fields {
        // Asking for everything of a closed schema is asking for its fields.
        if wanted == Fields::All && !self.step.flow.output.open {
            wanted = Fields::These(self.step.flow.output.fields.keys().cloned().collect());
        }
        match op {
            Op::Events { filter } => {
                self.predicate(filter, &mut wanted);
                wanted.add("_time");
                self.needs.sources.push((self.at, wanted));
                Fields::none()
            }
            Op::Dataset { prefixed, .. } => {
                wanted.add("_time");
                let fields = if *prefixed { without_prefix(wanted) } else { wanted };
                self.needs.sources.push((self.at, fields));
                Fields::none()
            }
            Op::Table { filter, append, .. } => {
                let mut columns = wanted.clone();
                self.predicate(filter, &mut columns);
                self.needs.sources.push((self.at, columns));
                if *append { wanted } else { Fields::none() }
            }
            Op::Rows { .. } => Fields::none(),
            Op::Filter(Condition::Search(predicate)) => {
                self.predicate(predicate, &mut wanted);
                wanted
            }
            Op::Filter(Condition::Where(expr)) => {
                add_expr(expr, &mut wanted);
                wanted
            }
            Op::Extend(assignments) => {
                for assignment in assignments.iter().rev() {
                    match &assignment.target {
                        Target::Name(name) if !wanted.contains(name) => continue,
                        Target::Name(name) => wanted.remove(name),
                        Target::Template(_) => {}
                    }
                    add_expr(&assignment.value, &mut wanted);
                    if let Target::Template(parts) = &assignment.target {
                        for part in parts {
                            if let super::op::TargetPart::Field(field) = part {
                                wanted.add(field.name.clone());
                            }
                        }
                    }
                }
                wanted
            }
            Op::Project { mode, fields } => self.project(*mode, fields, wanted),
            Op::Rename(pairs) => pairs.iter().rev().fold(wanted, |wanted, (from, to)| rename(&wanted, from, to)),
            Op::Bin(bin) => {
                if wanted.contains(&bin.target) {
                    wanted.add(bin.field.name.clone());
                }
                wanted
            }
            Op::Aggregate(aggregation) => {
                let mut fields = self.reads();
                let opens = |selector: &Selector| selector.is_pattern() && self.before.open;
                let all = aggregation.by.iter().any(opens)
                    || aggregation.aggregates.iter().any(
                        |aggregate| matches!(&aggregate.argument, AggregateInput::Field(selector) if opens(selector)),
                    );
                if all {
                    fields = Fields::All;
                }
                fields
            }
            Op::Window(window) => {
                wanted.add_all(&self.reads());
                let patterns = window.aggregates.iter().any(
                    |aggregate| matches!(&aggregate.argument, AggregateInput::Field(selector) if selector.is_pattern()),
                );
                if patterns && self.before.open { Fields::All } else { wanted }
            }
            Op::Extract(extract) => {
                if extract.groups().iter().any(|name| wanted.contains(name)) {
                    wanted.add(extract.field.name.clone());
                }
                wanted
            }
            Op::Sort { .. } | Op::Distinct(_) | Op::Expand { .. } | Op::Lookup(_) => {
                wanted.add_all(&self.reads());
                wanted
            }
            Op::Fill { .. } | Op::Limit { .. } | Op::Reverse => wanted,
            Op::Join(join) => {
                wanted.add_all(&self.reads());
                if join.fields.is_empty() {
                    wanted = Fields::All;
                }
                self.nested(&join.plan, wanted.clone());
                wanted
            }
            Op::Append(plan) | Op::AppendColumns { plan, .. } => {
                self.nested(plan, wanted.clone());
                wanted
            }
            Op::AppendPipe(plan) => {
                let inner = self.nested(plan, wanted.clone());
                wanted.add_all(&inner);
                wanted
            }
            Op::Output { .. } | Op::Map { .. } | Op::Unsupported { .. } => Fields::All,
            Op::Native(_) => {
                if self.step.flow.reads_all {
                    return Fields::All;
                }
                wanted.add_all(&self.reads());
                wanted
            }
        }
    }

    fn reads(&self) -> Fields {
        Fields::These(self.step.flow.reads.iter().map(|read| read.field.name.clone()).collect())
    }

    fn nested(&mut self, plan: &Plan, wanted: Fields) -> Fields {
        let Some(flow) = &self.step.nested else { return Fields::All };
        let (needs, input) = needs_for(plan, flow, wanted);
        self.needs.nested.push((self.at, needs));
        input
    }

    fn project(&self, mode: ProjectMode, fields: &[Selector], wanted: Fields) -> Fields {
        match (mode, wanted) {
            (ProjectMode::Remove, Fields::All) => Fields::All,
            (ProjectMode::Remove, Fields::These(mut names)) => {
                names.retain(|name| !fields.iter().any(|selector| selector.matches(name)));
                Fields::These(names)
            }
            (ProjectMode::Keep | ProjectMode::Table, Fields::These(mut names)) => {
                let internal = mode == ProjectMode::Keep;
                names.retain(|name| {
                    (internal && name.starts_with('_')) || fields.iter().any(|selector| selector.matches(name))
                });
                Fields::These(names)
            }
            (ProjectMode::Keep | ProjectMode::Table, Fields::All) => {
                if fields.iter().any(Selector::is_pattern) && self.before.open {
                    return Fields::All;
                }
                Fields::These(self.step.flow.output.fields.keys().cloned().collect())
            }
        }
    }

    fn predicate(&self, predicate: &Predicate, wanted: &mut Fields) {
        let mut found = Vec::new();
        reads::of_predicate(predicate, &mut found);
        add_reads(found, wanted);
        for index in reads::subsearches(predicate) {
            match self.flow.subsearches.get(index).map(PlanFlow::output) {
                Some(output) if !output.open && !["search", "query"].iter().any(|name| output.can_have(name)) => {
                    output.fields.keys().for_each(|name| wanted.add(name.clone()));
                }
                _ => *wanted = Fields::All,
            }
        }
    }
}

fn add_expr(expr: &crate::expr::Expr, wanted: &mut Fields) {
    let mut found = Vec::new();
    reads::of_expr(expr, &mut found);
    add_reads(found, wanted);
}

fn add_reads(found: Vec<Read>, wanted: &mut Fields) {
    for read in found {
        wanted.add(read.field.name);
    }
}

/// What must be there before `rename from as to` so that `wanted` is there behind it.
fn rename(wanted: &Fields, from: &Selector, to: &Selector) -> Fields {
    let Fields::These(names) = wanted else { return Fields::All };
    let mut before = BTreeSet::new();
    for name in names {
        // Any field may still be there under its new name already.
        if from.is_pattern() || *to.name != **name {
            before.insert(name.clone());
        }
        if let Some(caught) = wildcard::captures(&to.name, name) {
            before.insert(wildcard::fill(&from.name, &caught).into());
        }
    }
    Fields::These(before)
}

/// `Processes.user` as `user`: each ending after a dot, since only the model knows how many dots its prefix has.
fn without_prefix(fields: Fields) -> Fields {
    let Fields::These(names) = fields else { return Fields::All };
    let mut endings = BTreeSet::new();
    for name in &names {
        endings.insert(name.clone());
        endings.extend(name.match_indices('.').map(|(at, _)| Name::from(&name[at + 1..])));
    }
    Fields::These(endings)
}
