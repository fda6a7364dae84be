//! What a compiled search is about: the names that pages and `explain` show.

use super::Compiled;
use crate::ir::flow::PlanFlow;
use crate::ir::{Op, Plan};
use crate::spl::walk;
use crate::value::Name;
use std::collections::BTreeSet;

/// Names that a search uses. Lists are sorted and without repetition unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Data models read: `Endpoint.Processes`, or `Web` where the search names no dataset. Subsearches included.
    pub data_models: Vec<String>,
    /// Macros called in the search itself, in the order of their first call.
    pub macros: Vec<String>,
    /// Lookups used.
    pub lookups: Vec<String>,
    /// Fields of events or datasets that the search reads, as it names them: `Processes.dest`.
    pub fields_read: Vec<String>,
    /// Fields of the result, in column order, without those whose name begins with `_`.
    pub fields_out: Vec<String>,
}

impl Compiled {
    /// What the search is about.
    pub fn facts(&self) -> Facts {
        let mut data_models = BTreeSet::new();
        models(&self.plan, &mut data_models);
        let mut macros: Vec<String> = Vec::new();
        for call in self.expansion.calls.iter().filter(|call| call.inside.is_none()) {
            if !macros.contains(&call.name) {
                macros.push(call.name.clone());
            }
        }
        let mut fields = BTreeSet::new();
        source_fields(&self.flow, &mut fields);
        let lookups: BTreeSet<String> = walk::lookups(&self.search).iter().map(|word| word.text.clone()).collect();
        let out = self.flow.output().fields.keys().filter(|name| !name.starts_with('_'));
        Facts {
            data_models: data_models.into_iter().collect(),
            macros,
            lookups: lookups.into_iter().collect(),
            fields_read: fields.into_iter().map(|name| name.to_string()).collect(),
            fields_out: out.map(ToString::to_string).collect(),
        }
    }
}

fn models(plan: &Plan, found: &mut BTreeSet<String>) {
    for nested in &plan.subsearches {
        models(nested, found);
    }
    for step in &plan.steps {
        if let Op::Dataset { model, dataset, .. } = &step.op {
            let name = match dataset {
                Some(dataset) => format!("{}.{}", model.node, dataset.node),
                None => model.node.to_string(),
            };
            found.insert(name);
        }
        if let Some(nested) = step.op.nested() {
            models(nested, found);
        }
    }
}

/// Reads of fields that no earlier step of the search made. `_time` and patterns are left out.
fn source_fields(flow: &PlanFlow, found: &mut BTreeSet<Name>) {
    for nested in &flow.subsearches {
        source_fields(nested, found);
    }
    let mut before = &flow.input;
    for step in &flow.steps {
        if let Some(nested) = &step.nested {
            source_fields(nested, found);
        }
        for read in &step.flow.reads {
            let name = &read.field.name;
            let given = match before.fields.get(name) {
                Some(info) => info.made.is_none(),
                None => before.open && !before.dropped.contains_key(name),
            };
            if given && !name.starts_with('_') && !name.contains('*') {
                found.insert(name.clone());
            }
        }
        before = &step.flow.output;
    }
}
