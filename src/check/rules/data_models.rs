//! `data-source-mismatch`, `missing-output-field`: what a detection says of its data against what its search reads.

use super::references::alternatives;
use crate::check::{Findings, Subject};
use crate::content::model::DataSource;
use crate::diag::{Diagnostic, codes};
use crate::ir::{Op, Plan};
use crate::knowledge::Dataset;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let pack = subject.around.pack;
    let mut sources: Vec<&DataSource> = Vec::new();
    let mut all_known = true;
    for (name, _) in subject.detection.data_sources.iter().flat_map(|entry| alternatives(entry.as_str())) {
        match pack.data_source(name) {
            Some(source) => sources.push(source),
            None => all_known = false,
        }
    }
    if all_known && !sources.is_empty() {
        mismatch(subject, &sources, findings);
    }
    output_fields(subject, &sources, findings);
}

/// No data source can feed any of the datasets. Sources that nothing is known of may feed all.
fn mismatch(subject: &Subject<'_>, sources: &[&DataSource], findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    let knowledge = subject.around.knowledge;
    let mut read = Vec::new();
    datasets(&compiled.plan, knowledge, &mut read);
    if read.is_empty() {
        return;
    }
    let may = |source: &&DataSource| {
        read.iter().any(|&dataset| subject.around.facts.may_feed(knowledge, source, dataset).unwrap_or(true))
    };
    if sources.iter().any(may) {
        return;
    }
    let object = &subject.detection.object;
    let place = object.node.key_node("data_source").map_or(object.start, |key| key.place);
    let mut names: Vec<String> =
        read.iter().map(|dataset| format!("{}.{}", dataset.model.name, dataset.name())).collect();
    names.dedup();
    findings.push(
        Diagnostic::new(
            codes::DATA_SOURCE_MISMATCH,
            format!("none of these data sources feeds `{}`, which the search reads", names.join("`, `")),
            place,
        )
        .label("their events do not belong to the data model")
        .help("name a data source that does, or read another data model"),
    );
}

/// The datasets that a search reads; a model without a dataset counts with all of its roots. The model of risk is fed by
/// other searches.
fn datasets<'k>(plan: &Plan, knowledge: &'k crate::knowledge::Knowledge, found: &mut Vec<Dataset<'k>>) {
    for nested in &plan.subsearches {
        datasets(nested, knowledge, found);
    }
    for step in &plan.steps {
        if let Op::Dataset { model, dataset, .. } = &step.op
            && let Some(model) = knowledge.model(&model.node).filter(|model| !model.is_name_only())
        {
            match dataset {
                Some(name) => found.extend(model.dataset(&name.node)),
                None => found.extend(model.roots()),
            }
        }
        if let Some(nested) = step.op.nested() {
            datasets(nested, knowledge, found);
        }
    }
}

/// Each output field of a data source occurs in the search, as the official tool wants it.
fn output_fields(subject: &Subject<'_>, sources: &[&DataSource], findings: &mut Findings) {
    if !subject.in_production() || !subject.is_type(&["TTP", "Anomaly"]) {
        return;
    }
    let Some(search) = &subject.detection.search else { return };
    let mut missing: Vec<&str> = Vec::new();
    for field in sources.iter().flat_map(|source| &source.output_fields).map(crate::source::Located::as_str) {
        if !search.as_str().contains(field) && !missing.contains(&field) {
            missing.push(field);
        }
    }
    if missing.is_empty() {
        return;
    }
    let severity = match subject.detection.object.generation {
        crate::content::model::Generation::V6 => crate::diag::Severity::Warning,
        _ => subject.around.since_5_3(&subject.detection.object),
    };
    findings.push_at(
        severity,
        Diagnostic::new(
            codes::MISSING_OUTPUT_FIELD,
            format!("the search lacks fields that its data source gives: {}", missing.join(", ")),
            subject.search_key(),
        )
        .label("in this search")
        .help("add them to the `by` clause"),
    );
}
