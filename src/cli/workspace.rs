//! What most commands begin with: the pack, the knowledge, and the places of both.

use super::CliError;
use super::args::{KnownArgs, PackArgs, SchemaChoice};
use super::terminal::Terminal;
use crate::check::config::{self, Config};
use crate::check::{self, Options};
use crate::content::model::Generation;
use crate::content::pack::{Files, LoadOptions, Overlay, Pack};
use crate::diag::{Diagnostic, render};
use crate::knowledge::Knowledge;
use crate::source::Sources;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A loaded pack with what is known around it.
pub(super) struct Workspace {
    pub(super) pack: Pack,
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) sources: Sources,
    /// What reading the pack reported.
    pub(super) loading: Vec<Diagnostic>,
    /// What `escudo.toml` says; empty if there is none.
    pub(super) config: Config,
}

impl Workspace {
    /// Loads what the arguments name. Findings about apps are notes: they are not the content being worked on.
    pub(super) fn open(args: &PackArgs, terminal: &Terminal) -> Result<Self, CliError> {
        Self::load(&args.pack, &args.known, terminal)
    }

    /// As [`Workspace::open`], with a text in place of a file.
    pub(super) fn open_with(args: &PackArgs, overlay: Option<&Overlay>, terminal: &Terminal) -> Result<Self, CliError> {
        match overlay {
            Some(overlay) => Self::load_with(std::slice::from_ref(&overlay.path), Some(overlay), &args.known, terminal),
            None => Self::open(args, terminal),
        }
    }

    /// As [`Workspace::open`], from paths.
    pub(super) fn load(paths: &[PathBuf], known: &KnownArgs, terminal: &Terminal) -> Result<Self, CliError> {
        Self::load_with(paths, None, known, terminal)
    }

    fn load_with(
        paths: &[PathBuf],
        overlay: Option<&Overlay>,
        known: &KnownArgs,
        terminal: &Terminal,
    ) -> Result<Self, CliError> {
        let start = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let path = match &known.config {
            _ if known.no_config => None,
            Some(path) => Some(path.clone()),
            None => config::find(start),
        };
        let mut config = path.as_deref().map(read_config).transpose()?.unwrap_or_default();
        let known = known.clone().with(&config);
        let schema = known.schema.map(Generation::from);
        let options = LoadOptions { with: known.with.clone(), schema, overlay: overlay.cloned() };
        let (knowledge, files) = rayon::join(|| knowledge(&known, terminal), || Files::of(paths, &options));
        let knowledge = knowledge?;
        let mut sources = knowledge.sources().clone();
        config.add_to(&mut sources);
        let files = files.map_err(|error| CliError::new(error.to_string()))?;
        let (pack, mut loading) = files.read(&mut sources);
        // Only what the user asked about is reported; that a name of another file may be missing is worth a note.
        loading.retain(|found| {
            let selected = pack.is_selected(found.place.file);
            if !selected {
                terminal.note(&render::one_line(found, &sources));
            }
            selected
        });
        Ok(Self { pack, knowledge, sources, loading, config })
    }

    /// What `check` and `build` report, as of now. `advice`: advice too, whatever the configuration says.
    pub(super) fn findings(&self, advice: bool) -> Vec<Diagnostic> {
        let options = Options { config: Some(&self.config), advice, ..Options::now() };
        check::check_with(&self.pack, &self.knowledge, &self.sources, self.loading.clone(), options)
    }

    /// How many objects the user asked about.
    pub(super) fn selected_objects(&self) -> usize {
        self.pack.objects().filter(|(_, object)| self.pack.is_selected(object.file)).count()
    }
}

fn read_config(path: &Path) -> Result<Config, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::new(format!("`{}` cannot be read: {error}", path.display())))?;
    Config::parse(path, text).map_err(CliError::new)
}

impl KnownArgs {
    /// What the command line says, and the configuration where the command line says nothing.
    fn with(mut self, config: &Config) -> Self {
        self.with.extend(config.with.iter().cloned());
        self.apps.extend(config.apps.iter().cloned());
        self.schema = self.schema.or(match config.schema {
            None => None,
            Some(Generation::V4) => Some(SchemaChoice::V4),
            Some(Generation::V5) => Some(SchemaChoice::V5),
            Some(Generation::V6) => Some(SchemaChoice::V6),
        });
        self
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
