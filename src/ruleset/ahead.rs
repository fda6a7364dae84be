//! Conditions behind the grouping of a dataset's rows that can be asked of the rows themselves.
//!
//! `| tstats count from datamodel=D by D.a | rename D.* as * | search a=x` keeps the groups with `a=x`. A row of another
//! `a` is in none of them, so the rows can be chosen by `a=x` before they are grouped. What chooses a group by what was
//! computed of it stays behind.

use super::unchanged::Unchanged;
use crate::expr::predicate::relax::{all, any};
use crate::expr::{CompareOp, Predicate};
use crate::ir::op::Condition;
use crate::ir::{Op, Plan, PlanFlow};
use crate::value::Value;

/// A condition on the rows of the dataset that a plan begins with, which every row of a group satisfies that the plan
/// keeps. [`Predicate::TRUE`] if there is nothing to ask.
pub(super) fn ahead(plan: &Plan, flow: &PlanFlow) -> Predicate {
    let mut unchanged = Unchanged::new(plan, flow);
    let mut found = Vec::new();
    for (at, step) in plan.steps.iter().enumerate().skip(1) {
        if let Op::Filter(Condition::Search(condition)) = &step.op {
            found.push(positive(condition, &|leaf| as_leaf(leaf, &unchanged)));
        }
        if !unchanged.pass(at) {
            break;
        }
    }
    all(found)
}

/// The comparison as one of the row that is grouped. `None` if its field is not known there, or if the text that stands
/// for a missing value satisfies it.
fn as_leaf(leaf: &Predicate, unchanged: &Unchanged<'_>) -> Option<Predicate> {
    let mut leaf = leaf.clone();
    let (Predicate::Compare { field, .. } | Predicate::In { field, .. }) = &mut leaf else { return None };
    field.name = unchanged.origin(&field.name)?.clone();
    let text = unchanged.filled(&field.name);
    let satisfies = |text: &Value| match &leaf {
        Predicate::Compare { op, pattern, .. } => pattern.compare(*op, text),
        Predicate::In { patterns, .. } => patterns.iter().any(|pattern| pattern.compare(CompareOp::Eq, text)),
        _ => true,
    };
    (!text.is_some_and(satisfies)).then_some(leaf)
}

/// What a row with several values per field satisfies if one combination of them satisfies the condition. `leaf` gives
/// the row's form of a comparison; the others are left out, and so is negation, which one of several values may pass and
/// another not.
fn positive(condition: &Predicate, leaf: &dyn Fn(&Predicate) -> Option<Predicate>) -> Predicate {
    let terms = |terms: &[Predicate]| terms.iter().map(|term| positive(term, leaf)).collect();
    match condition {
        Predicate::And(list) => all(terms(list)),
        Predicate::Or(list) => any(terms(list)),
        other => leaf(other).unwrap_or(Predicate::TRUE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::predicate::relax::condition;
    use crate::ir::{self, NoCatalog};

    #[test]
    fn only_what_the_groups_keep_of_their_rows_is_asked() {
        let grouped = "| tstats fillnull_value=null count min(_time) as t from datamodel=D by D.a D.b";
        let table = [
            ("search D.a=x | search D.b=y", "D.a=x D.b=y"),
            ("rename D.* as * | search a=x NOT b=y", "D.a=x"),
            ("search D.a=n* D.b!=x D.b=y", "D.b=y"),
            ("rename D.a as c | search a=x", ""),
            ("rename D.a as c | search c=x OR D.b IN (y, z)", "D.a=x OR D.b IN (y, z)"),
            ("rename D.* as * | search a=x OR count>5", ""),
            ("rename D.* as * | eval a=b | search a=x", ""),
            ("rename D.* as * | convert ctime(t) | search a=x", "D.a=x"),
            ("rename D.* as * | convert ctime(a) | search a=x", ""),
            ("rename D.* as * | lookup l a output b | search b=x a=y", "D.a=y"),
            ("rename D.* as * | lookup l a | search a=y", ""),
            ("rename D.* as * | fillnull value=x a | search a=x", "D.a=x"),
            ("rename count as D.a | search D.a=x", ""),
            ("spath input=D.a | search D.a=x", ""),
            ("rename D.* as * | streamstats count as n | search a=x", ""),
            ("rename D.* as * | stats count by a | search a=x", "D.a=x"),
            ("rename D.* as * | stats count by b | search a=x", ""),
            ("rename D.* as * | stats values(a) as b by a | search b=x", ""),
            ("sort 0 D.a | search D.a=x", "D.a=x"),
            ("sort D.a | search D.a=x", ""),
        ];
        for (rest, expected) in table {
            let lower = |text: &str| crate::commands::lower(&crate::spl::parse(text).search).plan;
            let plan = lower(&format!("{grouped} | {rest}"));
            let found = ahead(&plan, &ir::flow(&plan, &NoCatalog));
            let expected = condition(&format!("search {expected} *"));
            assert_eq!(ir::print::predicate(&found), ir::print::predicate(&expected), "{rest}");
        }
    }
}
