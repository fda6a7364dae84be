//! The seam to the knowledge room: from raw rows of one origin to fields, and to the rows of a dataset.

use crate::events::Meta;
use crate::expr::{Context, Predicate};
use crate::ir::Fields;
use crate::knowledge::{Knowledge, Naming};
use crate::value::Batch;

/// The wanted search-time fields of raw events, besides those that they have; no rows if their metadata alone tell
/// that none of them satisfies the filter.
pub(super) fn of_events(
    knowledge: &Knowledge,
    meta: &Meta,
    raw: Batch,
    filter: &Predicate,
    wanted: &Fields,
    context: &Context,
) -> Batch {
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    if rules.decides(filter) == Some(false) {
        return Batch::new(0);
    }
    knowledge.extract(&rules, raw, wanted, context)
}

/// The events that belong to a dataset (`Model.Dataset`), or to any root dataset of a model, as its rows.
pub(super) fn of_dataset(
    knowledge: &Knowledge,
    meta: &Meta,
    raw: &Batch,
    dataset: &str,
    prefixed: bool,
    wanted: &Fields,
    context: &Context,
) -> Result<Batch, String> {
    let (model, dataset) = match dataset.split_once('.') {
        Some((model, dataset)) => (model, Some(dataset)),
        None => (dataset, None),
    };
    let found = knowledge.model(model).ok_or_else(|| format!("there is no data model `{model}`"))?;
    let datasets = match dataset {
        Some(name) => {
            vec![found.dataset(name).ok_or_else(|| format!("the data model `{model}` has no dataset `{name}`"))?]
        }
        None => found.roots().collect(),
    };
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let naming = if prefixed { Naming::Prefixed } else { Naming::Plain };
    let mut rows = Batch::new(0);
    for dataset in datasets {
        let more = knowledge.dataset_rows(&rules, dataset, raw, wanted, naming, context)?;
        if rows.is_empty() { rows = more } else { rows.append(&more) }
    }
    Ok(rows)
}
