//! From raw rows of one origin to fields, and to the rows of datasets.

use crate::diag::nearest;
use crate::engine::{DatasetRequest, EventsRequest};
use crate::events::Meta;
use crate::expr::{Predicate, predicate};
use crate::ir::{Fields, reads};
use crate::knowledge::{Dataset, Knowledge, Naming};
use crate::value::Batch;

/// The raw events that satisfy a request, with the fields that it asks for.
///
/// The fields of the filter are extracted first, and the others only from the events that satisfy it. Besides the
/// fields that were asked for only `_time` comes, by which events are ordered: the text of events would fill the memory.
pub(super) fn of_events(knowledge: &Knowledge, meta: &Meta, raw: Batch, request: &EventsRequest<'_>) -> Batch {
    let mut rows = satisfying(knowledge, meta, raw, request);
    rows.retain_columns(|name| **name == *"_time" || request.needs.contains(name));
    rows
}

fn satisfying(knowledge: &Knowledge, meta: &Meta, raw: Batch, request: &EventsRequest<'_>) -> Batch {
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let decided = rules.decides(request.filter);
    if decided == Some(false) {
        return Batch::new(0);
    }
    let mut wanted = request.needs.clone();
    if decided == Some(true) {
        return knowledge.extract(&rules, raw, &wanted, request.context);
    }
    let read = fields_of(request.filter);
    let tested = knowledge.extract(&rules, raw.clone(), &read, request.context);
    let satisfied = predicate::select(request.filter, &tested, request.context);
    let found: Vec<usize> = (0..raw.rows()).filter(|&row| satisfied[row]).collect();
    if found.is_empty() {
        return Batch::new(0);
    }
    // From the raw events again: calculated fields must not be calculated from themselves.
    wanted.add_all(&read);
    let raw = if found.len() == raw.rows() { raw } else { raw.take(&found) };
    knowledge.extract(&rules, raw, &wanted, request.context)
}

fn fields_of(predicate: &Predicate) -> Fields {
    let mut found = Vec::new();
    reads::of_predicate(predicate, &mut found);
    let mut fields = Fields::none();
    for read in found {
        fields.add(read.field.name);
    }
    fields
}

/// The datasets that a request names: one, or the root datasets of the model.
///
/// # Errors
/// There is no such model or dataset; the message names the nearest one that there is.
pub(super) fn datasets<'k>(knowledge: &'k Knowledge, request: &DatasetRequest<'_>) -> Result<Vec<Dataset<'k>>, String> {
    datasets_of(knowledge, request.model, request.dataset)
}

/// As [`datasets`], by name.
pub(crate) fn datasets_of<'k>(
    knowledge: &'k Knowledge,
    model_name: &str,
    dataset: Option<&str>,
) -> Result<Vec<Dataset<'k>>, String> {
    let hint = |near: Option<&str>| near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let Some(model) = knowledge.model(model_name) else {
        let near = nearest(model_name, knowledge.models().map(|model| &*model.name));
        return Err(format!("there is no data model `{}`{}", model_name, hint(near)));
    };
    let Some(name) = dataset else { return Ok(model.roots().collect()) };
    let near = || nearest(name, model.dataset_names());
    let unknown = || format!("the data model `{}` has no dataset `{name}`{}", model_name, hint(near()));
    Ok(vec![model.dataset(name).ok_or_else(unknown)?])
}

/// The events that belong to a dataset, as its rows.
pub(super) fn of_dataset(
    knowledge: &Knowledge,
    meta: &Meta,
    raw: &Batch,
    dataset: Dataset<'_>,
    request: &DatasetRequest<'_>,
) -> Result<Batch, String> {
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let naming = if request.prefixed { Naming::Prefixed } else { Naming::Plain };
    knowledge.dataset_rows(&rules, dataset, raw, request.needs, naming, request.context)
}
