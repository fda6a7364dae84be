//! The lookups of packs and apps, read when a search first asks for them.

use crate::content::model::{self, LookupKind};
use crate::content::pack::Pack;
use crate::engine::{Named, external};
use crate::knowledge::{Knowledge, LookupDefinition, Transform};
use crate::lookup::{self as table, Lookup, parse_match_type};
use crate::value::{Batch, Name};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
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

    /// Puts rows in place of those of a lookup; its rules stay. A lookup that is not known gets the rules of a plain file.
    pub fn give(&mut self, name: &str, rows: Batch) {
        let known = match self.definitions.get(name) {
            Some(Definition::Ready(lookup)) => Some(Lookup { rows: rows.clone(), ..(**lookup).clone() }),
            Some(Definition::Pack(definition)) => with_rules(&name.into(), definition, rows.clone()).ok(),
            None => None,
        };
        let lookup = known.unwrap_or_else(|| Lookup::new(name, rows));
        self.definitions.insert(name.into(), Definition::Ready(Arc::new(lookup)));
    }

    /// The file of a lookup's table, if it is one of a pack.
    pub fn path(&self, name: &str) -> Option<&Path> {
        match self.definitions.get(name)? {
            Definition::Pack(definition) => definition.table.as_deref(),
            Definition::Ready(_) => None,
        }
    }

    /// The names of all lookups of packs, and of those that were given.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.definitions.keys()
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

    /// The lookup of a name, of packs or else of apps.
    pub fn find_with(&self, name: &str, knowledge: &Knowledge) -> Option<Arc<Lookup>> {
        if self.definitions.contains_key(name) {
            return self.find(name);
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(name) {
            return known.clone();
        }
        let lookup = of_app(name, knowledge).unwrap_or_else(|problem| {
            self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            None
        });
        let lookup = lookup.map(Arc::new);
        read.insert(name.into(), lookup.clone());
        lookup
    }

    /// Why something that is known by name cannot be used: see [`crate::engine::Source::obstacle`].
    pub fn obstacle(&self, named: Named<'_>, knowledge: &Knowledge) -> Option<String> {
        match named {
            Named::Model(name) => knowledge
                .model(name)
                .filter(|model| model.is_name_only())
                .map(|_| format!("the data model `{name}` belongs to another app: nothing is known of its rows here")),
            Named::Lookup(name) => match self.definitions.get(name) {
                Some(Definition::Pack(lookup)) if lookup.kind == Some(LookupKind::MlModel) => {
                    Some(format!("the lookup `{name}` is a trained model, which cannot be run"))
                }
                Some(_) => None,
                None => obstacle_of_app(name, knowledge),
            },
        }
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
    with_rules(name, definition, rows(name, definition)?)
}

/// A table with the rules of a pack's lookup.
fn with_rules(name: &Name, definition: &model::Lookup, rows: Batch) -> Result<Lookup, String> {
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

/// The lookup that apps define or hold as a table; `Ok(None)` if there is nothing of the name, or nothing to use.
fn of_app(name: &str, knowledge: &Knowledge) -> Result<Option<Lookup>, String> {
    match knowledge.transforms().get(name) {
        Some(Transform::External(lookup)) if lookup.program.is_some() => {
            Ok(lookup.program.as_ref().and_then(|program| external::lookup(name, program, &lookup.columns)))
        }
        // A collection begins without rows here, as that of a pack does; those that a server keeps are not known.
        Some(Transform::External(lookup)) if lookup.program.is_none() => {
            let lack = format!(
                "the rows of the lookup `{name}` are kept by a Splunk server: `--lookup {name}=FILE` gives some"
            );
            let empty = Lookup::new(name, table::empty(lookup.columns.iter().cloned()));
            Ok(Some(Lookup { lack: Some(lack.into()), ..empty }))
        }
        Some(Transform::Lookup(definition)) => {
            let rows = rows_of_app(name, &definition.filename, knowledge)?;
            Ok(rows.map(|rows| defined(name, rows, definition)))
        }
        Some(Transform::External(_) | Transform::Extraction(_) | Transform::Unsupported(_)) | None => {
            Ok(rows_of_app(name, name, knowledge)?.map(|rows| Lookup::new(name, rows)))
        }
    }
}

fn rows_of_app(name: &str, file: &str, knowledge: &Knowledge) -> Result<Option<Batch>, String> {
    let unreadable = |error: String| format!("the table of the lookup `{name}` cannot be read: {error}");
    let bytes = knowledge.table(file).map_err(|error| unreadable(error.to_string()))?;
    bytes.map(|bytes| table::read_csv(bytes.as_slice()).map_err(unreadable)).transpose()
}

fn defined(name: &str, rows: Batch, definition: &LookupDefinition) -> Lookup {
    Lookup {
        match_types: definition.match_types.iter().map(|(column, &how)| (column.clone(), how)).collect(),
        case_sensitive: definition.case_sensitive,
        min_matches: definition.min_matches,
        max_matches: definition.max_matches.max(1),
        default_match: definition.default_match.clone(),
        times: definition.times.clone(),
        ..Lookup::new(name, rows)
    }
}

/// Asked when there is no table.
fn obstacle_of_app(name: &str, knowledge: &Knowledge) -> Option<String> {
    match knowledge.transforms().get(name)? {
        Transform::External(lookup) => Some(match &lookup.program {
            Some(program) => {
                format!("the lookup `{name}` is the program `{program}` of another app, which cannot be run")
            }
            None => return None,
        }),
        Transform::Lookup(_) => Some(format!("the table of the lookup `{name}` is not here: another app brings it")),
        Transform::Extraction(_) | Transform::Unsupported(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::lookup::MatchType;

    #[test]
    fn apps_have_lookups_too() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            (
                "default/transforms.conf",
                "[rooms]\nfilename = rooms.csv\nmatch_type = WILDCARD(door)\n[gone]\nfilename = gone.csv\n[kept]\ncollection = kept\n",
            ),
            ("lookups/rooms.csv", "door,floor\nA*,1\n"),
        ] {
            let path = root.path().join("app").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (knowledge, _) = Knowledge::with_apps(&[root.path().join("app")]).unwrap();
        let lookups = Lookups::default();
        let rooms = lookups.find_with("rooms", &knowledge).unwrap();
        assert_eq!((rooms.rows.rows(), rooms.match_type("door")), (1, MatchType::Wildcard));
        assert_eq!(lookups.find_with("rooms.csv", &knowledge).unwrap().match_type("door"), MatchType::Exact);
        assert!(lookups.find_with("ut_shannon_lookup", &knowledge).unwrap().compute.is_some());
        for name in ["kept", "asset_lookup_by_str"] {
            let lookup = lookups.find_with(name, &knowledge).unwrap();
            assert!(lookup.rows.is_empty() && lookup.lack.is_some(), "{name}");
        }
        for (name, known) in [("gone", true), ("nothing", false)] {
            assert!(lookups.find_with(name, &knowledge).is_none(), "{name}");
            assert_eq!(lookups.obstacle(Named::Lookup(name), &knowledge).is_some(), known, "{name}");
        }
        assert!(lookups.obstacle(Named::Model("Endpoint"), &knowledge).is_none());
    }
}
