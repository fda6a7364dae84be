//! A content pack: a folder in the layout of splunk/security_content, read into one model.
//!
//! | step | where |
//! |---|---|
//! | which folder is the pack | `root` |
//! | which files are content | `walk` |
//! | reading and parsing, in parallel | `load` |
//! | finding objects by name | `index` |

mod config;
mod index;
mod load;
mod root;
#[cfg(test)]
mod tests;
mod walk;

pub use config::AppConfig;
pub use index::HasObject;
pub use load::Files;

use super::model::{
    Dashboard, DataSource, Deployment, Detection, Lookup, Macro, Playbook, Removed, SavedSearch, Schedule, Story,
};
use super::yaml::Node;
use crate::diag::Diagnostic;
use crate::source::{FileId, Sources};
use index::Index;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A kind of content object; told by the top-level folder, never by the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `baselines/`.
    Baseline,
    /// `dashboards/`.
    Dashboard,
    /// `data_sources/`.
    DataSource,
    /// `deployments/`.
    Deployment,
    /// `detections/`.
    Detection,
    /// `investigations/`.
    Investigation,
    /// `lookups/`.
    Lookup,
    /// `macros/`.
    Macro,
    /// `playbooks/`.
    Playbook,
    /// `removed/`.
    Removed,
    /// `schedules/`.
    Schedule,
    /// `stories/`.
    Story,
}

impl Kind {
    /// Every kind, in the order of their folders.
    pub const ALL: [Self; 12] = [
        Self::Baseline,
        Self::Dashboard,
        Self::DataSource,
        Self::Deployment,
        Self::Detection,
        Self::Investigation,
        Self::Lookup,
        Self::Macro,
        Self::Playbook,
        Self::Removed,
        Self::Schedule,
        Self::Story,
    ];

    /// The top-level folder that holds objects of this kind, at any depth.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Baseline => "baselines",
            Self::Dashboard => "dashboards",
            Self::DataSource => "data_sources",
            Self::Deployment => "deployments",
            Self::Detection => "detections",
            Self::Investigation => "investigations",
            Self::Lookup => "lookups",
            Self::Macro => "macros",
            Self::Playbook => "playbooks",
            Self::Removed => "removed",
            Self::Schedule => "schedules",
            Self::Story => "stories",
        }
    }

    /// What to call one such object in a message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Dashboard => "dashboard",
            Self::DataSource => "data source",
            Self::Deployment => "deployment",
            Self::Detection => "detection",
            Self::Investigation => "investigation",
            Self::Lookup => "lookup",
            Self::Macro => "macro",
            Self::Playbook => "playbook",
            Self::Removed => "removed object",
            Self::Schedule => "schedule",
            Self::Story => "story",
        }
    }
}

/// A text that stands for a file of the pack, saved or not: what an editor holds.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The file; it need not exist, its folder must.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// How to load a pack.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Further packs, whose objects count as known but are never selected.
    pub with: Vec<PathBuf>,
    /// The schema generation of every own object; told by the keys of each if it is not given.
    pub schema: Option<super::model::Generation>,
    /// The text of one file of the pack in place of what is on disk.
    pub overlay: Option<Overlay>,
}

/// Why there is no pack to work with. One line, which says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The path names nothing.
    #[error("`{}` does not exist: name a content pack, a folder of one, or files of one", .0.display())]
    Missing(PathBuf),
    /// Neither the path nor a folder above it is a pack.
    #[error(
        "no content pack at `{}`: expected a folder with `detections/` or `contentctl.yml`, here or in a folder above",
        .0.display()
    )]
    NoPack(PathBuf),
    /// The pack holds no content at all.
    #[error("the content pack `{}` is empty: add `.yml` files under `detections/`, `stories/`, `macros/`, ...", .0.display())]
    Empty(PathBuf),
    /// The path lies in a pack but is no content of it.
    #[error(
        "`{}` is no content of the pack `{}`: name `.yml` files under `detections/`, `stories/`, `macros/`, ...",
        .path.display(), .root.display()
    )]
    NoContent {
        /// What was named.
        path: PathBuf,
        /// The pack that holds it.
        root: PathBuf,
    },
    /// Several paths were given, and they lie in different packs.
    #[error("`{}` and `{}` are different packs: name paths of one; further packs go to `--with`", .0.display(), .1.display())]
    SeveralPacks(PathBuf, PathBuf),
    /// The operating system refused.
    #[error("`{}` cannot be read: {source}", .path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// A pack, and what the packs named by `--with` add to it.
///
/// Objects are in the order of their paths, own before those of other packs. Objects of files that cannot be read are
/// missing, with an error that says so. Where two objects share a name, the functions that find by name give the first.
#[derive(Debug, Default)]
pub struct Pack {
    /// The pack's folder, as it is shown to the user.
    pub root: PathBuf,
    /// What `contentctl.yml` says of the app; empty if there is none.
    pub config: AppConfig,
    /// `baselines/`.
    pub baselines: Vec<SavedSearch>,
    /// `dashboards/` (v6).
    pub dashboards: Vec<Dashboard>,
    /// `data_sources/`.
    pub data_sources: Vec<DataSource>,
    /// `deployments/` (v4, v5).
    pub deployments: Vec<Deployment>,
    /// `detections/`.
    pub detections: Vec<Detection>,
    /// `investigations/` (v4, v5).
    pub investigations: Vec<SavedSearch>,
    /// `lookups/`.
    pub lookups: Vec<Lookup>,
    /// `macros/`.
    pub macros: Vec<Macro>,
    /// `playbooks/` (v4, v5).
    pub playbooks: Vec<Playbook>,
    /// The files `removed/deprecation_mapping*.YML` (v5), in the order of their names.
    pub deprecations: Vec<(FileId, Arc<Node>)>,
    /// `removed/` (v6).
    pub removed: Vec<Removed>,
    /// `schedules/` (v6).
    pub schedules: Vec<Schedule>,
    /// `stories/`.
    pub stories: Vec<Story>,
    index: Index,
    own: HashSet<FileId>,
    selected: HashSet<FileId>,
}

impl Pack {
    /// Loads the pack that `path` is, or lies in. All of it is loaded, so that references resolve; what `path` names is
    /// selected.
    ///
    /// The findings are those of selected files, sorted by place. A file outside the selection that could not be read
    /// at all is a warning, because names that it defines seem unknown.
    pub fn load(
        path: &Path,
        options: &LoadOptions,
        sources: &mut Sources,
    ) -> Result<(Self, Vec<Diagnostic>), LoadError> {
        Self::load_paths(&[path.to_owned()], options, sources)
    }

    /// As [`Pack::load`], for several files or folders of one pack. No path at all means the current folder.
    pub fn load_paths(
        paths: &[PathBuf],
        options: &LoadOptions,
        sources: &mut Sources,
    ) -> Result<(Self, Vec<Diagnostic>), LoadError> {
        Ok(Files::of(paths, options)?.read(sources))
    }

    /// Whether the user asked about this file.
    pub fn is_selected(&self, file: FileId) -> bool {
        self.selected.contains(&file)
    }

    /// Whether the file is one of this pack; not so for those of `--with` packs.
    pub fn is_own(&self, file: FileId) -> bool {
        self.own.contains(&file)
    }

    fn objects_mut(&mut self) -> impl Iterator<Item = (Kind, &mut super::model::Object)> {
        let baselines = self.baselines.iter_mut().map(|it| (Kind::Baseline, &mut it.object));
        let dashboards = self.dashboards.iter_mut().map(|it| (Kind::Dashboard, &mut it.object));
        let data_sources = self.data_sources.iter_mut().map(|it| (Kind::DataSource, &mut it.object));
        let deployments = self.deployments.iter_mut().map(|it| (Kind::Deployment, &mut it.object));
        let detections = self.detections.iter_mut().map(|it| (Kind::Detection, &mut it.object));
        let investigations = self.investigations.iter_mut().map(|it| (Kind::Investigation, &mut it.object));
        let lookups = self.lookups.iter_mut().map(|it| (Kind::Lookup, &mut it.object));
        let macros = self.macros.iter_mut().map(|it| (Kind::Macro, &mut it.object));
        let playbooks = self.playbooks.iter_mut().map(|it| (Kind::Playbook, &mut it.object));
        let removed = self.removed.iter_mut().map(|it| (Kind::Removed, &mut it.object));
        let schedules = self.schedules.iter_mut().map(|it| (Kind::Schedule, &mut it.object));
        let stories = self.stories.iter_mut().map(|it| (Kind::Story, &mut it.object));
        let first = baselines.chain(dashboards).chain(data_sources).chain(deployments).chain(detections);
        first
            .chain(investigations)
            .chain(lookups)
            .chain(macros)
            .chain(playbooks)
            .chain(removed)
            .chain(schedules)
            .chain(stories)
    }

    /// Every object of every kind, selected or not: for checks that concern all kinds.
    pub fn objects(&self) -> impl Iterator<Item = (Kind, &super::model::Object)> {
        let baselines = self.baselines.iter().map(|it| (Kind::Baseline, &it.object));
        let dashboards = self.dashboards.iter().map(|it| (Kind::Dashboard, &it.object));
        let data_sources = self.data_sources.iter().map(|it| (Kind::DataSource, &it.object));
        let deployments = self.deployments.iter().map(|it| (Kind::Deployment, &it.object));
        let detections = self.detections.iter().map(|it| (Kind::Detection, &it.object));
        let investigations = self.investigations.iter().map(|it| (Kind::Investigation, &it.object));
        let lookups = self.lookups.iter().map(|it| (Kind::Lookup, &it.object));
        let macros = self.macros.iter().map(|it| (Kind::Macro, &it.object));
        let playbooks = self.playbooks.iter().map(|it| (Kind::Playbook, &it.object));
        let removed = self.removed.iter().map(|it| (Kind::Removed, &it.object));
        let schedules = self.schedules.iter().map(|it| (Kind::Schedule, &it.object));
        let stories = self.stories.iter().map(|it| (Kind::Story, &it.object));
        baselines
            .chain(dashboards)
            .chain(data_sources)
            .chain(deployments)
            .chain(detections)
            .chain(investigations)
            .chain(lookups)
            .chain(macros)
            .chain(playbooks)
            .chain(removed)
            .chain(schedules)
            .chain(stories)
    }
}
