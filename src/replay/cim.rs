//! A source over files whose rows are CIM events already (`--datamodel Model.Dataset`).

use super::Lookups;
use crate::engine::{Counts, DatasetRequest, EventsRequest, Lookup, Named, Sink, Source, Unavailable};
use crate::events::{NoteKind, Options, cim};
use crate::knowledge::{Dataset, Knowledge};
use crate::value::{Batch, Name};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Files of CIM events of one dataset.
///
/// The rows count as they are: neither constraints nor calculated fields of the model are applied. A search over the
/// dataset, or over one that it descends from, finds them; one over another dataset finds nothing, and one over raw
/// events is told that there are none.
pub struct CimSource<'a> {
    files: Vec<PathBuf>,
    options: Options,
    model: Name,
    dataset: Name,
    knowledge: &'a Knowledge,
    lookups: &'a Lookups,
    notes: Mutex<Vec<String>>,
    damaged: AtomicBool,
}

impl<'a> CimSource<'a> {
    /// A source over files of `model.dataset`.
    pub fn new(
        files: Vec<PathBuf>,
        options: Options,
        model: impl Into<Name>,
        dataset: impl Into<Name>,
        knowledge: &'a Knowledge,
        lookups: &'a Lookups,
    ) -> Self {
        let (model, dataset) = (model.into(), dataset.into());
        Self {
            files,
            options,
            model,
            dataset,
            knowledge,
            lookups,
            notes: Mutex::default(),
            damaged: AtomicBool::new(false),
        }
    }

    /// As [`super::FileSource::is_damaged`].
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// What was left out of, changed in or guessed about the files, one line each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        notes.extend(self.lookups.problems());
        notes
    }

    /// Whether rows of the files' dataset are rows of the requested one.
    fn belongs(&self, request: &DatasetRequest<'_>) -> bool {
        if request.model != &*self.model {
            return false;
        }
        let Some(wanted) = request.dataset else { return true };
        let known = self.knowledge.model(&self.model).and_then(|model| model.dataset(&self.dataset));
        known.map_or(wanted == &*self.dataset, |dataset| {
            dataset.chain().iter().any(|up| &**up.name() == wanted || &**up.lineage() == wanted)
        })
    }

    /// Field names by which tstats addresses the fields of the dataset.
    fn qualified(&self) -> HashMap<Name, Name> {
        let known = self.knowledge.model(&self.model).and_then(|model| model.dataset(&self.dataset));
        let fields = known.map(Dataset::qualified_fields).unwrap_or_default();
        fields.into_iter().map(|field| (field.name, field.qualified)).collect()
    }
}

impl Source for CimSource<'_> {
    fn events(&self, _request: &EventsRequest<'_>, _sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        let text = format!("the files hold rows of `{}.{}`, no raw events", self.model, self.dataset);
        Err(Unavailable(text))
    }

    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        if self.files.is_empty() {
            return Err(Unavailable(super::source::NO_FILES.to_owned()));
        }
        let mut counts = Counts::default();
        let belongs = self.belongs(request);
        let names = self.qualified();
        for file in &self.files {
            let rows = cim::open(file, &self.model, &self.dataset, &self.options);
            let mut rows = rows.map_err(|error| Unavailable(error.to_string()))?;
            for batch in &mut rows {
                counts.read += batch.rows() as u64;
                if !belongs {
                    continue;
                }
                counts.selected += batch.rows() as u64;
                let batch = if request.prefixed { self.prefixed(&batch, &names) } else { batch };
                if sink(batch).is_break() {
                    return Ok(counts);
                }
            }
            if rows.notes().iter().any(|note| note.kind.is_damage()) {
                self.damaged.store(true, Ordering::Relaxed);
            }
            let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
            // That the form of the rows was guessed is no news: the user said what they are.
            for note in rows.notes().iter().filter(|note| note.kind != NoteKind::Guess).map(ToString::to_string) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        Ok(counts)
    }

    fn lookup(&self, name: &str) -> Option<Arc<Lookup>> {
        self.lookups.find_with(name, self.knowledge)
    }

    /// The rows are there, whatever the model: only lookups may be out of reach.
    fn obstacle(&self, named: Named<'_>) -> Option<String> {
        let lookup = matches!(named, Named::Lookup(_));
        self.lookups.obstacle(named, self.knowledge).filter(|_| lookup)
    }
}

impl CimSource<'_> {
    /// A field that the model does not know gets the prefix of the dataset.
    fn prefixed(&self, rows: &Batch, names: &HashMap<Name, Name>) -> Batch {
        let mut result = Batch::new(rows.rows());
        for (name, column) in rows.columns() {
            let plain = name.starts_with('_') || crate::knowledge::model::UNPREFIXED.contains(&&**name);
            let qualified = match names.get(name) {
                Some(qualified) => qualified.clone(),
                None if plain => name.clone(),
                None => Name::from(format!("{}.{name}", self.dataset)),
            };
            result.set(qualified, column.clone());
        }
        result
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::testing::print;
    use crate::expr::Context;
    use crate::ir::Fields;
    use std::ops::ControlFlow;

    fn rows(dataset: Option<&str>, prefixed: bool) -> (Counts, String) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        let text =
            "{\"_time\": 5, \"process_name\": \"a.exe\", \"odd\": [\"1\", \"2\"]}\n{\"Processes.user\": \"ann\"}\n";
        std::fs::write(&file, text).unwrap();
        let lookups = Lookups::default();
        let knowledge = Knowledge::builtin();
        let source = CimSource::new(vec![file], Options::default(), "Endpoint", "Processes", knowledge, &lookups);
        let context = Context::at(0.0);
        let request =
            DatasetRequest { model: "Endpoint", dataset, prefixed, needs: &Fields::All, hint: None, context: &context };
        let mut all = Batch::new(0);
        let mut sink = |batch: Batch| {
            all.append(&batch);
            ControlFlow::Continue(())
        };
        let counts = source.dataset(&request, &mut sink).unwrap();
        (counts, print(&all))
    }

    #[test]
    fn rows_belong_to_their_dataset() {
        let (counts, text) = rows(Some("Processes"), true);
        assert_eq!((counts.read, counts.selected), (2, 2));
        assert_eq!(text, "_time=5, Processes.process_name=a.exe, Processes.odd=[1; 2]\nProcesses.user=ann\n");
        let (_, text) = rows(None, false);
        assert_eq!(text, "_time=5, process_name=a.exe, odd=[1; 2]\nuser=ann\n");
        let (counts, text) = rows(Some("Registry"), true);
        assert_eq!((counts.read, counts.selected, text.as_str()), (2, 0, ""));
    }
}
