//! From plans to what they want of the events.

use super::ahead::ahead;
use super::joined::Joined;
use crate::engine::{Failure, FailureKind, Source, reads_events};
use crate::expr::Predicate;
use crate::expr::predicate::relax::{self, on_fields, relax};
use crate::ir::op::Condition;
use crate::ir::{self, Fields, Op, Plan, PlanFlow, Step, reads};
use crate::knowledge::{Dataset, Knowledge, Naming};
use crate::replay::datasets_of;

/// A plan, or a subsearch of one, whose first rows come from events.
#[derive(Debug)]
pub(super) struct Consumer<'p> {
    pub(super) plan: &'p Plan,
    /// The rule that it belongs to.
    pub(super) rule: usize,
    /// It is the rule itself, not a subsearch.
    pub(super) main: bool,
    /// 0 for a plan without subsearches over events; otherwise one more than the deepest of these.
    pub(super) level: usize,
    pub(super) wants: Wants<'p>,
    /// The fields that it reads, as its source must give them.
    pub(super) needs: Fields,
    /// Rows of its datasets so far; `None` while no event could interest it.
    pub(super) selected: Option<u64>,
    /// It is the subsearch of a `join` whose outer search tells which of its rows matter.
    pub(super) joined: Option<Joined<'p>>,
}

/// What a plan begins with.
#[derive(Debug)]
pub(super) enum Wants<'p> {
    /// Events that satisfy a condition.
    Events {
        /// At least these, decided from fields alone.
        near: Predicate,
        /// The condition, but for subsearches.
        exact: Predicate,
        /// The order of the events shows in the result.
        ordered: bool,
    },
    /// Rows of these datasets.
    Dataset {
        datasets: Vec<Dataset<'p>>,
        naming: Naming,
        /// At least the rows that the plan keeps.
        near: Predicate,
    },
    /// Nothing: it makes its rows itself.
    Nothing,
    /// It cannot be run.
    Failed(Failure),
}

impl<'p> Consumer<'p> {
    /// The consumers of a plan of whose result these fields are wanted: subsearches first.
    pub(super) fn of_plan(
        rule: usize,
        (plan, wanted): (&'p Plan, Fields),
        source: &dyn Source,
        knowledge: &'p Knowledge,
        found: &mut Vec<Self>,
    ) {
        let flow = ir::flow(plan, source.catalog());
        let level = subsearches(rule, plan, &flow, source, knowledge, found);
        found.push(Self::new(rule, plan, &flow, Some(wanted), level, knowledge));
    }

    fn new(
        rule: usize,
        plan: &'p Plan,
        flow: &PlanFlow,
        wanted: Option<Fields>,
        level: usize,
        knowledge: &'p Knowledge,
    ) -> Self {
        let main = wanted.is_some();
        let wants = wants(plan, flow, knowledge);
        let needs = ir::needs_of(plan, flow, wanted.unwrap_or(Fields::All)).source(0).clone();
        Self { plan, rule, main, level, wants, needs, selected: None, joined: None }
    }
}

impl Consumer<'_> {
    /// Whether there were events that it searches: rows of its datasets, or events of a sourcetype that it names.
    pub(super) fn has_data(&self) -> bool {
        match self.wants {
            Wants::Dataset { .. } => self.selected.is_some_and(|rows| rows > 0),
            Wants::Events { .. } => self.selected.is_some(),
            Wants::Nothing => true,
            Wants::Failed(_) => false,
        }
    }
}

/// Adds the subsearches of a plan that read events; gives the plan's level.
fn subsearches<'p>(
    rule: usize,
    plan: &'p Plan,
    plan_flow: &PlanFlow,
    source: &dyn Source,
    knowledge: &'p Knowledge,
    found: &mut Vec<Consumer<'p>>,
) -> usize {
    let mut level = 0;
    let nested = plan.steps.iter().enumerate().filter_map(|(at, step)| Some((step.op.nested()?, Some((at, &step.op)))));
    for (inner, step) in plan.subsearches.iter().map(|inner| (inner, None)).chain(nested) {
        let flow = ir::flow(inner, source.catalog());
        let below = subsearches(rule, inner, &flow, source, knowledge, found);
        level = level.max(below);
        if reads_events(inner) {
            let mut consumer = Consumer::new(rule, inner, &flow, None, below, knowledge);
            if let Some((at, Op::Join(join))) = step {
                consumer.joined = Joined::of(plan, plan_flow, at, join, &flow);
            }
            found.push(consumer);
            level = level.max(below + 1);
        }
    }
    level
}

fn wants<'p>(plan: &'p Plan, flow: &PlanFlow, knowledge: &'p Knowledge) -> Wants<'p> {
    match plan.steps.as_slice() {
        [Step { op: Op::Events { filter }, .. }, ..] => Wants::Events {
            near: relax(filter, &on_fields),
            exact: relax(filter, &|leaf| !matches!(leaf, Predicate::Subsearch(_))),
            ordered: ir::order::matters(plan),
        },
        [Step { op: Op::Dataset { model, dataset, prefixed }, span, .. }, rest @ ..] => {
            let name = dataset.as_ref().map(|dataset| &*dataset.node);
            match datasets_of(knowledge, &model.node, name) {
                Ok(datasets) => {
                    let near = match rest.first().map(|step| &step.op) {
                        Some(Op::Filter(Condition::Search(condition))) => relax(condition, &on_fields),
                        _ => Predicate::TRUE,
                    };
                    let near = relax::all(vec![near, ahead(plan, flow)]);
                    let naming = if *prefixed { Naming::Prefixed } else { Naming::Plain };
                    Wants::Dataset { datasets, naming, near }
                }
                // A model that is known by name only is told by the plan itself.
                Err(_) if knowledge.model(&model.node).is_some_and(crate::knowledge::Model::is_name_only) => {
                    Wants::Nothing
                }
                Err(message) => {
                    Wants::Failed(Failure { kind: FailureKind::Missing, message, step: Some(0), span: Some(*span) })
                }
            }
        }
        _ => Wants::Nothing,
    }
}

/// The fields that a condition reads.
pub(super) fn fields_of(condition: &Predicate) -> Fields {
    let mut found = Vec::new();
    reads::of_predicate(condition, &mut found);
    Fields::these(found.into_iter().map(|read| read.field.name))
}
