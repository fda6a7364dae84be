//! `unknown-data-model`, `unknown-dataset`, `unknown-dataset-field`: a search reads a data model that is not known, or a
//! field that the dataset does not declare. Undeclared fields are invisible to `tstats` and always null.

use crate::check::{Findings, Subject, did_you_mean};
use crate::compile::Compiled;
use crate::diag::{Problem, codes, nearest};
use crate::ir::flow::{Absence, MissingRead};
use crate::ir::schema::ReadKind;
use crate::ir::{Op, Plan};
use crate::source::{Span, Spanned};
use crate::value::Name;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled else { return };
    models(subject, compiled, &compiled.plan, findings);
    if !compiled.sound {
        return;
    }
    for read in compiled.flow.missing() {
        if read.reason == Absence::NeverMade && read.command == "tstats" && read.kind != ReadKind::Part {
            unknown_field(read, compiled, findings);
        }
    }
}

fn models(subject: &Subject<'_>, compiled: &Compiled, plan: &Plan, findings: &mut Findings) {
    for nested in &plan.subsearches {
        models(subject, compiled, nested, findings);
    }
    for step in &plan.steps {
        if let Op::Dataset { model, dataset, .. } = &step.op {
            dataset_exists(subject, compiled, model, dataset.as_ref(), findings);
        }
        if let Some(nested) = step.op.nested() {
            models(subject, compiled, nested, findings);
        }
    }
}

fn dataset_exists(
    subject: &Subject<'_>,
    compiled: &Compiled,
    model: &Spanned<Name>,
    dataset: Option<&Spanned<Name>>,
    findings: &mut Findings,
) {
    let text = compiled.expansion.text.as_str();
    let Some(known) = subject.around.knowledge.model(&model.node) else {
        let names = subject.around.knowledge.models().map(|model| &*model.name);
        let problem = Problem::new(
            codes::UNKNOWN_DATA_MODEL,
            format!("data model `{}` does not exist", model.node),
            part(text, model.span, &model.node),
        )
        .label("no data model of this name")
        .help(did_you_mean(&model.node, names, "name the app that defines it with `--app`"));
        findings.push_in(problem, &compiled.expansion.text);
        return;
    };
    let Some(dataset) = dataset else { return };
    if known.is_name_only() || known.dataset(&dataset.node).is_some() {
        return;
    }
    let names = known.dataset_names();
    let problem = Problem::new(
        codes::UNKNOWN_DATASET,
        format!("data model `{}` has no dataset `{}`", model.node, dataset.node),
        part(text, dataset.span, &dataset.node),
    )
    .label("no dataset of this name")
    .help(did_you_mean(&dataset.node, names, "see the model's datasets in its definition"));
    findings.push_in(problem, &compiled.expansion.text);
}

/// The characters of one part in a span that may cover `Model.Dataset`.
fn part(text: &str, span: Span, name: &str) -> Span {
    let whole = text.get(span.range()).unwrap_or_default();
    match whole.rfind(name) {
        Some(at) if whole.len() != name.len() => {
            let start = span.start as usize + at;
            Span::new(start, start + name.len())
        }
        _ => span,
    }
}

fn unknown_field(read: &MissingRead, compiled: &Compiled, findings: &mut Findings) {
    let name = &read.field.name;
    let message = format!("`{name}` is not a field of the dataset");
    let mut problem =
        Problem::new(codes::UNKNOWN_DATASET_FIELD, message, read.field.span).label("always null for `tstats`");
    if let Some(near) = nearest(name, read.known.iter().map(|name| &**name)) {
        problem = problem.help(crate::diag::did_you_mean(near));
    } else if let Some((prefix, field)) = prefixed(name, &read.known) {
        problem = problem.help(crate::diag::did_you_mean(format_args!("{prefix}.{field}")));
    } else {
        problem = problem.help("use a field that the data model declares");
    }
    findings.push_in(problem, &compiled.expansion.text);
}

/// The known field that has another prefix, or a prefix at all: `process` for `Processes.process`.
fn prefixed<'a>(name: &str, known: &'a [Name]) -> Option<(&'a str, &'a str)> {
    let bare = name.rsplit('.').next().unwrap_or(name);
    known.iter().find_map(|known| known.rsplit_once('.').filter(|(_, field)| *field == bare))
}
