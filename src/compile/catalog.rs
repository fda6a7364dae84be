//! The fields of datasets and the columns of lookups, as the field flow wants to know them.

use crate::content::model::{Lookup, LookupKind};
use crate::content::pack::Pack;
use crate::ir::schema::{Catalog, FieldInfo};
use crate::knowledge::{Dataset, Knowledge};
use crate::value::Name;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

/// Model, dataset, and whether the fields are prefixed with the dataset's name.
type DatasetKey = (String, Option<String>, bool);

/// Data models of the knowledge, lookups of the pack.
#[derive(Debug)]
pub(super) struct PackCatalog<'a> {
    pack: &'a Pack,
    knowledge: &'a Knowledge,
    /// Columns by lookup name; headers are read once, when first asked for.
    columns: Mutex<HashMap<String, Option<Vec<Name>>>>,
    /// Fields of datasets that the knowledge has, by model, dataset, and whether they are prefixed.
    datasets: Mutex<HashMap<DatasetKey, Vec<(Name, FieldInfo)>>>,
}

impl<'a> PackCatalog<'a> {
    pub(super) fn new(pack: &'a Pack, knowledge: &'a Knowledge) -> Self {
        Self { pack, knowledge, columns: Mutex::default(), datasets: Mutex::default() }
    }

    fn read_columns(&self, name: &str) -> Option<Vec<Name>> {
        let lookup = self
            .pack
            .lookup(name)
            .or_else(|| self.pack.lookups.iter().find(|lookup| file_name(lookup).is_some_and(|file| file == name)));
        let Some(lookup) = lookup else { return self.knowledge.lookup_columns(name) };
        if !lookup.fields.is_empty() {
            return Some(lookup.fields.iter().map(|field| Name::from(field.as_str())).collect());
        }
        if lookup.kind == Some(LookupKind::MlModel) {
            return None;
        }
        header(lookup.table.as_deref()?)
    }
}

fn file_name(lookup: &Lookup) -> Option<&str> {
    lookup.table.as_ref()?.file_name()?.to_str()
}

/// The first record of a CSV file. `None` if there is no such file or no header.
fn header(path: &Path) -> Option<Vec<Name>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(File::open(path).ok()?);
    let header = reader.headers().ok()?;
    let names = header.iter().map(|name| Name::from(name.trim_start_matches('\u{FEFF}').trim()));
    Some(names.collect()).filter(|names: &Vec<Name>| !names.is_empty())
}

fn fields_of(
    knowledge: &Knowledge,
    model: &str,
    dataset: Option<&str>,
    prefixed: bool,
) -> Option<Vec<(Name, FieldInfo)>> {
    let model = knowledge.model(model).filter(|model| !model.is_name_only())?;
    let datasets: Vec<Dataset<'_>> = match dataset {
        Some(name) => vec![model.dataset(name)?],
        None => model.roots().collect(),
    };
    let fields = datasets.into_iter().flat_map(Dataset::qualified_fields);
    let info = |name: &Name| FieldInfo { multivalue: matches!(&**name, "tag"), ..FieldInfo::default() };
    Some(
        fields
            .map(|field| {
                let info = info(&field.name);
                (if prefixed { field.qualified } else { field.name }, info)
            })
            .collect(),
    )
}

impl Catalog for PackCatalog<'_> {
    fn dataset_fields(&self, model: &str, dataset: Option<&str>, prefixed: bool) -> Option<Vec<(Name, FieldInfo)>> {
        let key = (model.to_owned(), dataset.map(str::to_owned), prefixed);
        let mut known = self.datasets.lock().ok()?;
        if let Some(fields) = known.get(&key) {
            return Some(fields.clone());
        }
        let fields = fields_of(self.knowledge, model, dataset, prefixed)?;
        known.insert(key, fields.clone());
        Some(fields)
    }

    fn lookup_columns(&self, lookup: &str) -> Option<Vec<Name>> {
        let mut columns = self.columns.lock().ok()?;
        if let Some(known) = columns.get(lookup) {
            return known.clone();
        }
        let read = self.read_columns(lookup);
        columns.insert(lookup.to_owned(), read.clone());
        read
    }
}
