//! The conditions of a plan without which it gives no row.

use super::state::Target;
use super::{expr, walk};
use crate::expr::{CompareOp, Predicate};
use crate::ir::op::Condition;
use crate::ir::{Op, Plan, print};

/// Each necessary condition with its text, in the order of the plan.
pub(super) fn targets(plan: &Plan) -> Vec<(Target<'_>, String)> {
    let mut found = Vec::new();
    collect(plan, &mut found, 0);
    found
}

fn collect<'p>(plan: &'p Plan, found: &mut Vec<(Target<'p>, String)>, depth: usize) {
    if depth > 8 {
        return;
    }
    // Before the last command that brings rows of its own, a condition is not necessary.
    let first = plan.steps.iter().rposition(|step| brings_rows(&step.op)).map_or(0, |at| at + 1);
    let shared = reads_twice(plan);
    for (at, step) in plan.steps.iter().enumerate().skip(first) {
        // Events that an inner search needs may satisfy what the outer one asks of its own.
        if shared && at <= 1 {
            continue;
        }
        let rest = &plan.steps[at + 1..];
        // `stats count` without by-fields gives a row of nothing.
        let from_nothing =
            rest.iter().rposition(|step| matches!(&step.op, Op::Aggregate(aggregation) if aggregation.by.is_empty()));
        if from_nothing.is_some() {
            continue;
        }
        match &step.op {
            Op::Events { filter } | Op::Filter(Condition::Search(filter)) => {
                for (term, part) in walk::terms(filter).into_iter().enumerate() {
                    // A search inside that reads the same rows names them again.
                    if can_fail(part) && !(shared && matches!(part, Predicate::Subsearch(_))) {
                        found.push((Target { plan, step: at, term }, print::predicate(part)));
                    }
                }
            }
            Op::Filter(Condition::Where(test)) => {
                for (term, part) in expr::conjuncts(test).into_iter().enumerate() {
                    found.push((Target { plan, step: at, term }, print::expr(part)));
                }
            }
            Op::Join(join) if !join.outer => collect(&join.plan, found, depth + 1),
            _ => {}
        }
    }
}

/// A search inside reads what the plan itself reads.
fn reads_twice(plan: &Plan) -> bool {
    let own = plan.steps.first().and_then(|step| source(&step.op));
    let inner = plan.subsearches.iter().chain(plan.steps.iter().filter_map(|step| step.op.nested()));
    own.is_some() && inner.into_iter().any(|inner| has_source(inner, own))
}

fn has_source(plan: &Plan, wanted: Option<(&str, &str)>) -> bool {
    plan.steps.first().and_then(|step| source(&step.op)) == wanted
        || plan.subsearches.iter().any(|inner| has_source(inner, wanted))
        || plan.steps.iter().filter_map(|step| step.op.nested()).any(|inner| has_source(inner, wanted))
}

/// Where the rows of a plan come from: a model and its dataset, or nothing for events.
fn source(op: &Op) -> Option<(&str, &str)> {
    match op {
        Op::Events { .. } => Some(("", "")),
        Op::Dataset { model, dataset, .. } => Some((&model.node, dataset.as_ref().map_or("", |name| &name.node))),
        _ => None,
    }
}

fn brings_rows(op: &Op) -> bool {
    matches!(
        op,
        Op::Append(_) | Op::AppendPipe(_) | Op::AppendColumns { .. } | Op::Table { append: true, .. } | Op::Map { .. }
    )
}

/// A condition whose opposite an event can have.
fn can_fail(term: &Predicate) -> bool {
    match term {
        Predicate::And(terms) => !terms.is_empty() && terms.iter().any(can_fail),
        Predicate::Or(terms) => terms.iter().all(can_fail),
        Predicate::Not(_)
        | Predicate::In { .. }
        | Predicate::Keyword(_)
        | Predicate::TimeBound(_)
        | Predicate::Subsearch(_) => true,
        Predicate::Compare { op, pattern, .. } => !(pattern.is_any() && *op == CompareOp::Ne),
    }
}
