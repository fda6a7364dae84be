//! The lookups of packs, read when a search first asks for them.

use crate::content::model::{self, LookupKind};
use crate::content::pack::Pack;
use crate::engine::Lookup;
use crate::engine::table::{self, parse_match_type};
use crate::value::{Batch, Name};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::sync::{Arc, Mutex, PoisonError};

/// Lookups by name.
///
/// A KV store begins without rows. A lookup is also found by the name of its file (`seen.csv`), then with the default
/// rules of a plain file. What cannot be read counts as unknown; [`Lookups::problems`] says why.
#[derive(Debug, Default)]
pub struct Lookups {
    definitions: BTreeMap<Name, Definition>,
    read: Mutex<BTreeMap<Name, Option<Arc<Lookup>>>>,
    problems: Mutex<Vec<String>>,
}

/// How a lookup is made when it is asked for.
#[derive(Debug)]
enum Definition {
    /// A lookup of a pack.
    Pack(Box<model::Lookup>),
    /// Rows that are there.
    Ready(Arc<Lookup>),
}

impl Lookups {
    /// The lookups of a pack, those of its `--with` packs included.
    pub fn of_pack(pack: &Pack) -> Self {
        let mut lookups = Self::default();
        for lookup in &pack.lookups {
            let name = Name::from(lookup.object.name.as_str());
            let definition = Definition::Pack(Box::new(lookup.clone()));
            lookups.definitions.entry(name).or_insert(definition);
        }
        for lookup in &pack.lookups {
            let file = lookup.table.as_ref().and_then(|path| path.file_name());
            if let Some(file) = file.and_then(|file| file.to_str()) {
                let plain = model::Lookup { match_types: Vec::new(), case_sensitive_match: None, ..lookup.clone() };
                let plain = model::Lookup { default_match: None, min_matches: None, max_matches: None, ..plain };
                lookups.definitions.entry(file.into()).or_insert_with(|| Definition::Pack(Box::new(plain)));
            }
        }
        lookups
    }

    /// Adds a lookup; one of that name that is there already stays.
    pub fn add(&mut self, lookup: Arc<Lookup>) {
        self.definitions.entry(lookup.name.clone()).or_insert(Definition::Ready(lookup));
    }

    /// The lookup of a name.
    pub fn find(&self, name: &str) -> Option<Arc<Lookup>> {
        let (name, definition) = self.definitions.get_key_value(name)?;
        let definition = match definition {
            Definition::Ready(lookup) => return Some(lookup.clone()),
            Definition::Pack(definition) => definition,
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(name) {
            return known.clone();
        }
        let lookup = load(name, definition);
        let lookup = lookup.map_err(|problem| {
            self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
        });
        let lookup = lookup.ok().map(Arc::new);
        read.insert(name.clone(), lookup.clone());
        lookup
    }

    /// Why lookups could not be read, one line each.
    pub fn problems(&self) -> Vec<String> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The columns of a lookup, without reading more of the table than needed; `None` if it is not known.
    pub fn columns(&self, name: &str) -> Option<Vec<Name>> {
        let lookup = self.find(name)?;
        let columns: Vec<Name> = lookup.rows.names().cloned().collect();
        (!columns.is_empty()).then_some(columns)
    }
}

fn load(name: &Name, definition: &model::Lookup) -> Result<Lookup, String> {
    let rows = rows(name, definition)?;
    let mut lookup = Lookup::new(name.clone(), rows);
    for rule in &definition.match_types {
        let parsed = parse_match_type(rule.as_str());
        lookup.match_types.push(
            parsed.ok_or_else(|| {
                format!("the lookup `{name}` has a match type that is not known: `{}`", rule.as_str())
            })?,
        );
    }
    lookup.case_sensitive = definition.case_sensitive_match.unwrap_or(true);
    let count =
        |number: Option<i64>, default: usize| number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default);
    lookup.min_matches = count(definition.min_matches, 0);
    lookup.max_matches = count(definition.max_matches, 100).max(1);
    lookup.default_match = definition.default_match.as_ref().map(|text| Name::from(text.as_str()));
    Ok(lookup)
}

fn rows(name: &Name, definition: &model::Lookup) -> Result<Batch, String> {
    let declared = || table::empty(definition.fields.iter().map(|field| Name::from(field.as_str())));
    match definition.kind {
        Some(LookupKind::KvStore) => Ok(declared()),
        Some(LookupKind::MlModel) => Err(format!("the lookup `{name}` is a trained model, which cannot be run")),
        Some(LookupKind::Csv) | None => {
            let Some(path) = &definition.table else { return Ok(declared()) };
            let unreadable = |error: String| format!("the table of the lookup `{name}` cannot be read: {error}");
            let file = File::open(path).map_err(|error| unreadable(format!("`{}`: {error}", path.display())))?;
            table::read_csv(BufReader::new(file)).map_err(unreadable)
        }
    }
}
