//! What most commands begin with: the pack, the knowledge, and the places of both.

use super::CliError;
use super::args::{KnownArgs, PackArgs};
use super::terminal::Terminal;
use crate::content::pack::{LoadOptions, Pack};
use crate::diag::{Diagnostic, render};
use crate::knowledge::Knowledge;
use crate::source::Sources;
use std::path::PathBuf;
use std::sync::Arc;

/// A loaded pack with what is known around it.
pub(super) struct Workspace {
    pub(super) pack: Pack,
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) sources: Sources,
    /// What reading the pack reported.
    pub(super) loading: Vec<Diagnostic>,
}

impl Workspace {
    /// Loads what the arguments name. Findings about apps are notes: they are not the content being worked on.
    pub(super) fn open(args: &PackArgs, terminal: &Terminal) -> Result<Self, CliError> {
        Self::load(&args.pack, &args.known, terminal)
    }

    /// As [`Workspace::open`], from paths.
    pub(super) fn load(paths: &[PathBuf], known: &KnownArgs, terminal: &Terminal) -> Result<Self, CliError> {
        let knowledge = knowledge(known, terminal)?;
        let mut sources = knowledge.sources().clone();
        let options = LoadOptions { with: known.with.clone(), schema: known.schema.map(Into::into) };
        let (pack, mut loading) =
            Pack::load_paths(paths, &options, &mut sources).map_err(|error| CliError::new(error.to_string()))?;
        // Only what the user asked about is reported; that a name of another file may be missing is worth a note.
        loading.retain(|found| {
            let selected = pack.is_selected(found.place.file);
            if !selected {
                terminal.note(&render::one_line(found, &sources));
            }
            selected
        });
        Ok(Self { pack, knowledge, sources, loading })
    }

    /// How many objects the user asked about.
    pub(super) fn selected_objects(&self) -> usize {
        self.pack.objects().filter(|(_, object)| self.pack.is_selected(object.file)).count()
    }
}

/// The built-in knowledge, with the apps that the user names.
pub(super) fn knowledge(known: &KnownArgs, terminal: &Terminal) -> Result<Arc<Knowledge>, CliError> {
    if known.apps.is_empty() {
        return Ok(Knowledge::builtin().clone());
    }
    let (knowledge, findings) = Knowledge::with_apps(&known.apps).map_err(|error| CliError::new(error.to_string()))?;
    for finding in &findings {
        terminal.note(&render::one_line(finding, knowledge.sources()));
    }
    Ok(Arc::new(knowledge))
}
