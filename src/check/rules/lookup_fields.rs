//! `unknown-lookup-field`: a search names a column that its lookup does not have.

use crate::check::{Findings, Subject, did_you_mean};
use crate::compile::Compiled;
use crate::diag::{Problem, codes};
use crate::ir::op::Selector;
use crate::ir::{Op, Plan};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled else { return };
    plan(subject, compiled, &compiled.plan, findings);
}

fn plan(subject: &Subject<'_>, compiled: &Compiled, of: &Plan, findings: &mut Findings) {
    for nested in &of.subsearches {
        plan(subject, compiled, nested, findings);
    }
    for step in &of.steps {
        if let Op::Lookup(call) = &step.op
            && let Some(columns) = subject.around.catalog.lookup_columns(&call.lookup.node)
        {
            let inputs = call.inputs.iter().map(|(column, _)| column);
            let outputs = call.outputs.iter().flatten().map(|(column, _)| column);
            for column in inputs.chain(outputs) {
                one(&call.lookup.node, column, &columns, compiled, findings);
            }
        }
        if let Some(nested) = step.op.nested() {
            plan(subject, compiled, nested, findings);
        }
    }
}

fn one(lookup: &str, column: &Selector, columns: &[crate::value::Name], compiled: &Compiled, findings: &mut Findings) {
    if column.span.is_empty() || column.is_pattern() || columns.contains(&column.name) {
        return;
    }
    let names = columns.iter().map(|name| &**name);
    let listed: Vec<&str> = names.clone().take(12).collect();
    let help = did_you_mean(&column.name, names, &format!("its columns are: {}", listed.join(", ")));
    let message = format!("lookup `{lookup}` has no column `{}`", column.name);
    findings.push_in(
        Problem::new(codes::UNKNOWN_LOOKUP_FIELD, message, column.span).label("not a column").help(help),
        &compiled.expansion.text,
    );
}
