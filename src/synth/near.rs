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
    for (at, step) in plan.steps.iter().enumerate().skip(first) {
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
                    if can_fail(part) {
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
