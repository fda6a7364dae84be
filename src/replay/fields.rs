//! The seam to the knowledge room: from raw rows of one origin to fields, and to the rows of a dataset.

use crate::events::Meta;
use crate::ir::Fields;
use crate::knowledge::Knowledge;
use crate::value::Batch;

/// The wanted search-time fields of raw events, besides those that they have.
pub(super) fn of_events(_knowledge: &Knowledge, _meta: &Meta, raw: Batch, _wanted: &Fields) -> Batch {
    raw
}

/// The events that belong to a dataset, as its rows.
pub(super) fn of_dataset(
    _knowledge: &Knowledge,
    _meta: &Meta,
    _raw: Batch,
    _dataset: &str,
    _prefixed: bool,
    _wanted: &Fields,
) -> Result<Batch, String> {
    Err("data models cannot be evaluated yet".to_owned())
}
