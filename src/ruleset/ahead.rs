//! Conditions behind the grouping of a dataset's rows that can be asked of the rows themselves.
//!
//! `| tstats count from datamodel=D by D.a | rename D.* as * | search a=x` keeps the groups with `a=x`. A row of another
//! `a` is in none of them, so the rows can be chosen by `a=x` before they are grouped. What chooses a group by what was
//! computed of it stays behind.

use crate::expr::predicate::relax::{all, any};
use crate::expr::{CompareOp, Predicate};
use crate::ir::op::Condition;
use crate::ir::{FieldInfo, Op, Plan, PlanFlow, wildcard};
use crate::source::Span;
use crate::value::{Name, Value};
use std::collections::BTreeMap;

/// A condition on the rows of the dataset that a plan begins with, which every row of a group satisfies that the plan
/// keeps. [`Predicate::TRUE`] if there is nothing to ask.
pub(super) fn ahead(plan: &Plan, flow: &PlanFlow) -> Predicate {
    // Fields of the step at hand, and what they are in the dataset; `None` before rows are grouped: every field is itself.
    let mut fields: Option<BTreeMap<Name, Name>> = None;
    let mut found = Vec::new();
    // Fields with another value where rows are grouped, and the text of those that only rows without a value have.
    let mut changed: Vec<(&Name, Option<&Value>)> = Vec::new();
    for (at, step) in plan.steps.iter().enumerate().skip(1) {
        let info = |step: usize, name: &str| -> Option<&FieldInfo> { flow.steps[step].flow.output.fields.get(name) };
        if fields.is_some() && flow.steps[at].flow.output.open {
            break;
        }
        match (&step.op, &mut fields) {
            (Op::Fill { fields, value }, None)
                if fields.iter().all(|field| !field.is_pattern()) && !fields.is_empty() =>
            {
                changed.extend(fields.iter().map(|field| (&field.name, Some(value))));
            }
            (Op::Bin(bin), None) => changed.push((&bin.target, None)),
            (Op::Filter(Condition::Search(condition)), Some(fields)) => {
                let filled = |name: &Name| changed.iter().find(|(field, _)| *field == name)?.1;
                found.push(positive(condition, &|leaf| as_leaf(leaf, fields, &filled)));
            }
            (Op::Filter(_), _) => {}
            (Op::Aggregate(grouping), None) => {
                let names = grouping
                    .by
                    .iter()
                    .map(|field| &field.name)
                    .filter(|name| changed.iter().all(|(other, text)| other != name || text.is_some()));
                if names.clone().any(|name| wildcard::is_pattern(name)) {
                    break;
                }
                fields = Some(names.map(|name| (name.clone(), name.clone())).collect());
            }
            (Op::Rename(pairs), Some(fields)) => {
                for (from, to) in pairs {
                    *fields = wildcard::rename_keys(std::mem::take(fields), &from.name, &to.name);
                }
            }
            (Op::Extend(_) | Op::Lookup(_) | Op::Extract(_) | Op::Fill { .. } | Op::Project { .. }, Some(fields)) => {
                fields.retain(|name, _| info(at, name).is_some() && made(info(at, name)) == made(info(at - 1, name)));
            }
            (Op::Native(native), Some(fields)) if native.is_row_wise() && !flow.steps[at].flow.reads_all => {
                let reads = &flow.steps[at].flow.reads;
                fields.retain(|name, _| {
                    let is_read = reads.iter().any(|read| read.field.name == *name);
                    !is_read && info(at, name).is_some() && made(info(at, name)) == made(info(at - 1, name))
                });
            }
            _ => break,
        }
    }
    all(found)
}

fn made(info: Option<&FieldInfo>) -> Option<Span> {
    info.and_then(|info| info.made)
}

/// The comparison as one of the row that is grouped. `None` if its field is not known there, or if the text that stands
/// for a missing value satisfies it.
fn as_leaf<'v>(
    leaf: &Predicate,
    fields: &BTreeMap<Name, Name>,
    filled: &dyn Fn(&Name) -> Option<&'v Value>,
) -> Option<Predicate> {
    let mut leaf = leaf.clone();
    let (Predicate::Compare { field, .. } | Predicate::In { field, .. }) = &mut leaf else { return None };
    field.name = fields.get(&field.name)?.clone();
    let text = filled(&field.name);
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
            ("rename D.* as * | stats count by a | search a=x", ""),
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
