//! A set of made events, as a source for the engine and as text.

use crate::engine::{Counts, DatasetRequest, EventsRequest, Lookup, Named, Sink, Source, Unavailable, select};
use crate::ir::{Catalog, Plan};
use crate::value::{Batch, Column, Name, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One made event: fields in order of name, without those that it lacks.
pub type Event = BTreeMap<Name, Value>;

/// Rows of one dataset of a data model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetRows {
    /// The model.
    pub model: Name,
    /// The dataset; none for the model as a whole.
    pub dataset: Option<Name>,
    /// Fields are named `Dataset.field`, as `tstats` names them.
    pub prefixed: bool,
    /// The rows.
    pub rows: Vec<Event>,
}

/// Events that were made for a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventSet {
    /// Raw events, at the level of their fields.
    pub events: Vec<Event>,
    /// Rows of data models.
    pub datasets: Vec<DatasetRows>,
    /// Rows of lookup tables that have none of their own (KV stores).
    pub tables: BTreeMap<Name, Vec<Event>>,
}

impl EventSet {
    /// Events and rows of datasets; rows of tables are not counted.
    pub fn len(&self) -> usize {
        self.events.len() + self.datasets.iter().map(|dataset| dataset.rows.len()).sum::<usize>()
    }

    /// Whether there are neither events nor rows of datasets.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rows as a batch.
fn batch(rows: &[Event]) -> Batch {
    let mut names: Vec<&Name> = rows.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let mut batch = Batch::new(rows.len());
    for name in names {
        let values = rows.iter().map(|row| row.get(name).cloned().unwrap_or_default()).collect();
        batch.set(name.clone(), Column::new(values));
    }
    batch
}

/// What the engine reads when a plan runs over made events.
pub(super) struct SetSource<'a> {
    pub(super) set: &'a EventSet,
    pub(super) lookup: &'a (dyn Fn(&str) -> Option<Arc<Lookup>> + Sync),
    pub(super) catalog: &'a (dyn Catalog + Sync),
    pub(super) compile: &'a (dyn Fn(&str) -> Result<Plan, String> + Sync),
}

impl Source for SetSource<'_> {
    fn events(&self, request: &EventsRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let all = batch(&self.set.events);
        let rows = select(request.filter, &all, request.context);
        let counts = Counts { read: all.rows() as u64, selected: rows.rows() as u64 };
        let _ = sink(rows);
        Ok(counts)
    }

    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let mut counts = Counts::default();
        for rows in &self.set.datasets {
            let same = &*rows.model == request.model
                && rows.dataset.as_deref() == request.dataset
                && rows.prefixed == request.prefixed;
            counts.read += rows.rows.len() as u64;
            if same {
                counts.selected += rows.rows.len() as u64;
                let _ = sink(batch(&rows.rows));
            }
        }
        Ok(counts)
    }

    fn lookup(&self, name: &str) -> Option<Arc<Lookup>> {
        let known = (self.lookup)(name);
        match self.set.tables.get(name) {
            Some(rows) => {
                let mut table = known.map_or_else(|| Lookup::new(name, Batch::new(0)), |known| (*known).clone());
                table.rows.append(&batch(rows));
                Some(Arc::new(table))
            }
            // A table that nobody has is empty, not an error: its rows are the server's.
            None => Some(known.unwrap_or_else(|| Arc::new(Lookup::new(name, Batch::new(0))))),
        }
    }

    fn obstacle(&self, _: Named<'_>) -> Option<String> {
        None
    }

    fn catalog(&self) -> &dyn Catalog {
        self.catalog
    }

    fn compile(&self, search: &str) -> Result<Plan, Unavailable> {
        (self.compile)(search).map_err(Unavailable)
    }
}
