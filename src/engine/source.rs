//! Where a plan's rows come from.

use crate::expr::Predicate;
use crate::ir::{Catalog, Fields, NoCatalog, Plan};
use crate::lookup::Lookup;
use crate::value::{Batch, Name};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What [`Source::events`] is asked for.
#[derive(Clone, Debug)]
pub struct EventsRequest<'a> {
    /// Give exactly the events that satisfy it. Subsearches in it are resolved already.
    pub filter: &'a Predicate,
    /// Fields to extract: a source may give more, it must not give fewer.
    pub needs: &'a Fields,
    /// Whether the order of the events matters; otherwise any will do that is always the same.
    pub ordered: bool,
    /// `now()`, zone and seed, for the filter.
    pub context: &'a crate::expr::Context,
}

/// What [`Source::dataset`] is asked for.
#[derive(Clone, Debug)]
pub struct DatasetRequest<'a> {
    /// Name of the data model, as written.
    pub model: &'a str,
    /// Dataset; without one, all root datasets of the model.
    pub dataset: Option<&'a str>,
    /// `true`: fields are named `Dataset.field`.
    pub prefixed: bool,
    /// Fields to extract, without prefix: a source may give more, it must not give fewer.
    pub needs: &'a Fields,
    /// A condition that the plan applies to the rows right after: a source may leave out rows that do not satisfy it,
    /// but then [`Counts::selected`] still counts the rows of the dataset. Subsearches in it are resolved already.
    pub hint: Option<&'a Predicate>,
    /// `now()`, zone and seed.
    pub context: &'a crate::expr::Context,
}

/// How many events a source looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events read.
    pub read: u64,
    /// Events that satisfy the filter, or belong to the dataset.
    pub selected: u64,
}

/// Why a source cannot give what a search names. The text is a whole message: lower case, no final period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// A thing that a search names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// A lookup.
    Lookup(&'a str),
    /// A data model.
    Model(&'a str),
}

/// Takes batches of rows; `Break` means that no more are wanted.
pub type Sink<'a> = dyn FnMut(Batch) -> ControlFlow<()> + 'a;

/// Events, data models and lookup tables, as a plan sees them.
///
/// Every call gives the same rows in the same order: a search and its subsearches ask separately.
pub trait Source: Sync {
    /// Gives raw events, newest `_time` first; events without a time last, otherwise in the order of the input. If the
    /// request says that order does not matter, they may come as they are read.
    ///
    /// # Errors
    /// The events cannot be read.
    fn events(&self, request: &EventsRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable>;

    /// Gives the rows of a dataset, in any order that is always the same.
    ///
    /// # Errors
    /// There is no such data model or dataset, or the events cannot be read.
    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable>;

    /// A lookup by the name of its definition or its file; `None` if there is none.
    fn lookup(&self, name: &str) -> Option<Arc<Lookup>>;

    /// Why something that is known by name cannot be used here: it lives on a server, or in another app. A search that
    /// needs it is unsupported, not wrong. `None` if it can be used, or is not known at all.
    fn obstacle(&self, named: Named<'_>) -> Option<String> {
        let _ = named;
        None
    }

    /// What is known of the fields of datasets and lookups: the more, the fewer fields are asked for.
    fn catalog(&self) -> &dyn Catalog {
        &NoCatalog
    }

    /// Compiles the text of a search that is put together at run time (`map`), macros and all.
    ///
    /// # Errors
    /// The text is no search, or this source compiles none.
    fn compile(&self, search: &str) -> Result<Plan, Unavailable> {
        let _ = search;
        Err(Unavailable("searches cannot be compiled while a search runs".to_owned()))
    }
}

/// Rows and tables in memory: for tests, examples and `--datamodel` input that was read before.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    /// Raw events in the order in which they are given.
    pub events: Batch,
    /// Rows by `Model.Dataset`, without prefix.
    pub datasets: std::collections::BTreeMap<String, Batch>,
    /// Lookups by name.
    pub lookups: std::collections::BTreeMap<String, Arc<Lookup>>,
}

impl Source for MemorySource {
    fn events(&self, request: &EventsRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let rows = super::ops::filter::select(request.filter, &self.events, request.context);
        let selected = rows.rows() as u64;
        let _ = sink(rows);
        Ok(Counts { read: self.events.rows() as u64, selected })
    }

    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let name = match request.dataset {
            Some(dataset) => format!("{}.{dataset}", request.model),
            None => request.model.to_owned(),
        };
        let rows = self.datasets.get(&name).ok_or_else(|| Unavailable(format!("no data model `{name}`")))?;
        let count = rows.rows() as u64;
        let rows = match (request.prefixed, request.dataset) {
            (true, Some(dataset)) => prefixed(rows, dataset),
            _ => rows.clone(),
        };
        let _ = sink(rows);
        Ok(Counts { read: count, selected: count })
    }

    fn lookup(&self, name: &str) -> Option<Arc<Lookup>> {
        self.lookups.get(name).cloned()
    }
}

/// The same rows with `Dataset.` before every field that tstats addresses so.
fn prefixed(rows: &Batch, dataset: &str) -> Batch {
    let mut named = Batch::new(rows.rows());
    for (name, column) in rows.columns() {
        let plain = name.starts_with('_') || matches!(name.as_ref(), "host" | "source" | "sourcetype" | "index");
        let name = if plain { name.clone() } else { Name::from(format!("{dataset}.{name}")) };
        named.set(name, column.clone());
    }
    named
}
