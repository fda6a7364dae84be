//! Renames fields, pair after pair.
//!
//! - A rename is about the column of the result set: values, lists and nulls move with the name, and a target that
//!   exists is replaced. If the source does not exist, the target is removed: it is renamed from nothing.
//! - A pattern renames the fields of the whole result set, so with one all rows are awaited. Each `*` of the target gets
//!   the text of the one at the same place. `*` does not match internal fields.

use super::{Each, Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::Selector;
use crate::ir::wildcard;
use crate::value::{Batch, Name};

pub(super) fn open(pairs: &[(Selector, Selector)]) -> Box<dyn Stage + '_> {
    let work = move |mut batch: Batch, _run: &Run<'_>| {
        for (from, to) in pairs {
            if wildcard::is_pattern(&from.name) {
                rename_matching(&mut batch, &from.name, &to.name);
            } else if from.name != to.name {
                rename(&mut batch, &from.name, &to.name);
            }
        }
        Ok(batch)
    };
    if pairs.iter().any(|(from, _)| wildcard::is_pattern(&from.name)) {
        Box::new(Whole::new(work))
    } else {
        Box::new(Each(work))
    }
}

fn rename(batch: &mut Batch, from: &Name, to: &Name) {
    if batch.column(from).is_none() {
        batch.remove(to);
        return;
    }
    rename_all(batch, &[(from.clone(), to.clone())]);
}

fn rename_matching(batch: &mut Batch, from: &Name, to: &Name) {
    let mut pairs = Vec::new();
    for name in batch.names() {
        if let Some(captured) = wildcard::captures(from, name) {
            let target = Name::from(wildcard::fill(to, &captured));
            if target != *name && !target.is_empty() {
                pairs.push((name.clone(), target));
            }
        }
    }
    rename_all(batch, &pairs);
}

/// All pairs at once, each column in its old place; columns that have a target's name go.
fn rename_all(batch: &mut Batch, pairs: &[(Name, Name)]) {
    let moved: std::collections::HashMap<&Name, &Name> = pairs.iter().map(|(from, to)| (from, to)).collect();
    let targets: std::collections::HashSet<&Name> = pairs.iter().map(|(_, to)| to).collect();
    let mut result = Batch::new(batch.rows());
    for (name, column) in batch.columns() {
        match moved.get(name) {
            Some(&target) => result.set(target.clone(), column.clone()),
            None if targets.contains(name) => {}
            None => result.set(name.clone(), column.clone()),
        }
    }
    *batch = result;
}
