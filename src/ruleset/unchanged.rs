//! Fields behind a grouping that are still those of the rows that were grouped.

use crate::ir::op::Selector;
use crate::ir::{FieldInfo, Op, Plan, PlanFlow, wildcard};
use crate::source::Span;
use crate::value::{Name, Value};
use std::collections::BTreeMap;

/// Follows fields from the rows that a plan begins with, through a grouping by them, from step to step.
pub(super) struct Unchanged<'p> {
    plan: &'p Plan,
    flow: &'p PlanFlow,
    /// Name now, name before the grouping; `None` before it, where every field is itself.
    fields: Option<BTreeMap<Name, Name>>,
    /// Fields with another value where rows are grouped, and the text of those that only rows without a value have.
    changed: Vec<(&'p Name, Option<&'p Value>)>,
}

impl<'p> Unchanged<'p> {
    pub(super) fn new(plan: &'p Plan, flow: &'p PlanFlow) -> Self {
        Self { plan, flow, fields: None, changed: Vec::new() }
    }

    /// The field of the rows that one behind the grouping has the values of, each row one of them.
    pub(super) fn origin(&self, name: &str) -> Option<&Name> {
        self.fields.as_ref()?.get(name)
    }

    /// The text that stands for a missing value of a field of the rows.
    pub(super) fn filled(&self, origin: &Name) -> Option<&'p Value> {
        self.changed.iter().find(|(field, _)| *field == origin)?.1
    }

    /// Passes a step, the second of the plan or a later one. `false` if what comes behind it depends on more than single
    /// rows and their groups: nothing is known there.
    pub(super) fn pass(&mut self, at: usize) -> bool {
        let info =
            |step: usize, name: &str| -> Option<&FieldInfo> { self.flow.steps[step].flow.output.fields.get(name) };
        if self.fields.is_some() && self.flow.steps[at].flow.output.open {
            return false;
        }
        match (&self.plan.steps[at].op, &mut self.fields) {
            (Op::Filter(_), _) | (Op::Sort { limit: 0, .. } | Op::Reverse, Some(_)) => {}
            (Op::Fill { fields, value }, None) if !fields.is_empty() && !fields.iter().any(Selector::is_pattern) => {
                self.changed.extend(fields.iter().map(|field| (&field.name, Some(value))));
            }
            (Op::Bin(bin), None) => self.changed.push((&bin.target, None)),
            (Op::Aggregate(grouping), None) => {
                let names = grouping
                    .by
                    .iter()
                    .map(|field| &field.name)
                    .filter(|name| self.changed.iter().all(|(other, text)| other != name || text.is_some()));
                if names.clone().any(|name| wildcard::is_pattern(name)) {
                    return false;
                }
                self.fields = Some(names.map(|name| (name.clone(), name.clone())).collect());
            }
            // Groups of groups.
            (Op::Aggregate(grouping), Some(fields)) => {
                fields.retain(|name, _| grouping.by.iter().any(|by| by.name == *name));
            }
            (Op::Rename(pairs), Some(fields)) => {
                for (from, to) in pairs {
                    *fields = wildcard::rename_keys(std::mem::take(fields), &from.name, &to.name);
                }
            }
            (Op::Extend(_) | Op::Lookup(_) | Op::Extract(_) | Op::Fill { .. } | Op::Project { .. }, Some(fields)) => {
                fields.retain(|name, _| info(at, name).is_some() && made(info(at, name)) == made(info(at - 1, name)));
            }
            (Op::Native(native), Some(fields)) if native.is_row_wise() && !self.flow.steps[at].flow.reads_all => {
                let reads = &self.flow.steps[at].flow.reads;
                fields.retain(|name, _| {
                    let is_read = reads.iter().any(|read| read.field.name == *name);
                    !is_read && info(at, name).is_some() && made(info(at, name)) == made(info(at - 1, name))
                });
            }
            _ => return false,
        }
        true
    }
}

fn made(info: Option<&FieldInfo>) -> Option<Span> {
    info.and_then(|info| info.made)
}
