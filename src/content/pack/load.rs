//! Reading a pack: files in parallel, results in the order of paths.

use super::index::Index;
use super::root::{self, Located};
use super::walk::{self, Found, State};
use super::{AppConfig, Kind, LoadError, LoadOptions, Pack};
use crate::content::model::{
    Dashboard, DataSource, Deployment, Detection, Generation, Lookup, Macro, Object, Playbook, Removed, SavedSearch,
    Schedule, Story,
};
use crate::content::read::{self, Document};
use crate::content::yaml;
use crate::diag::{self, Diagnostic, Severity, codes};
use crate::source::{FileId, Place, Sources, Span};
use rayon::prelude::*;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a pack, in memory: found, and not yet understood.
///
/// A load in two steps, because only the second one needs [`Sources`]: the first may run beside whatever fills them.
#[derive(Debug)]
pub struct Files {
    first: PackFiles,
    /// Those of `--with` packs.
    others: Vec<PackFiles>,
    /// What the user named, below the pack.
    named: Vec<PathBuf>,
    schema: Option<Generation>,
}

/// The files of one pack.
#[derive(Debug)]
struct PackFiles {
    root: Located,
    files: Vec<(Found, Content)>,
}

impl Files {
    /// Finds the files that [`Pack::load_paths`] understands, and gets their texts.
    ///
    /// # Errors
    /// As those of [`Pack::load_paths`]: a path does not exist, is of another pack than the others, or is of none.
    pub fn of(paths: &[PathBuf], options: &LoadOptions) -> Result<Self, LoadError> {
        let current = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &current } else { paths };
        let mut named = Vec::with_capacity(paths.len());
        for path in paths {
            let is_overlaid = options.overlay.as_ref().is_some_and(|overlay| overlay.path == *path);
            named.push((path, if is_overlaid { root::locate_file(path)? } else { root::locate(path)? }));
        }
        let Some((_, first)) = named.first() else { return Err(LoadError::NoPack(PathBuf::from("."))) };
        if let Some((_, other)) = named.iter().find(|(_, it)| it.real_root != first.real_root) {
            return Err(LoadError::SeveralPacks(first.named_root(), other.named_root()));
        }
        let overlaid = options.overlay.as_ref().map(|overlay| root::locate_file(&overlay.path)).transpose()?;
        let overlaid = overlaid.filter(|it| it.real_root == first.real_root).map(|it| it.below);
        let overlay = overlaid.as_deref().zip(options.overlay.as_ref().map(|overlay| overlay.text.as_str()));
        let mut found = walk::content(&first.real_root);
        if let Some((path, _)) = overlay {
            walk::add(&mut found, path);
        }
        if found.is_empty() {
            return Err(LoadError::Empty(first.named_root()));
        }
        for (path, it) in &named {
            if !found.iter().any(|file| file.path.starts_with(&it.below)) && it.below != Path::new("contentctl.yml") {
                return Err(LoadError::NoContent { path: (*path).clone(), root: it.named_root() });
            }
        }
        let mut others = Vec::new();
        for path in &options.with {
            let other = root::locate(path)?;
            if other.real_root != first.real_root {
                let found = walk::content(&other.real_root);
                others.push(contents(other, found, None));
            }
        }
        let below = named.iter().map(|(_, it)| it.below.clone()).collect();
        let first = contents(named.swap_remove(0).1, found, overlay);
        Ok(Self { first, others, named: below, schema: options.schema })
    }

    /// Understands them.
    pub fn read(self, sources: &mut Sources) -> (Pack, Vec<Diagnostic>) {
        let Self { first, others, named, schema } = self;
        let mut pack = Pack { root: first.root.named_root(), ..Pack::default() };
        let mut diagnostics = Vec::new();
        let is_selected = |path: &Path| named.iter().any(|below| path.starts_with(below));
        config(&mut pack, &first.root, is_selected(Path::new("contentctl.yml")), sources, &mut diagnostics);
        deprecations(&mut pack, &first.root, &is_selected, sources, &mut diagnostics);
        for (file, path) in add(&mut pack, first, sources, &mut diagnostics) {
            pack.own.insert(file);
            if is_selected(&path) {
                pack.selected.insert(file);
            }
        }
        for other in others {
            add(&mut pack, other, sources, &mut diagnostics);
        }
        settle_generations(&mut pack, schema);
        pack.index = Index::of(&pack);
        let mut diagnostics = of_selection(&pack, diagnostics);
        diag::sort(&mut diagnostics);
        (pack, diagnostics)
    }
}

/// Gets the texts of files.
fn contents(root: Located, found: Vec<Found>, overlay: Option<(&Path, &str)>) -> PackFiles {
    let files = found.into_par_iter().map_init(Vec::new, |bytes, found| {
        let content = match overlay {
            Some((path, text)) if found.path == path => Content::Text(Arc::from(text)),
            _ => content(&root, &found, bytes),
        };
        (found, content)
    });
    PackFiles { files: files.collect(), root }
}

/// Objects other than detections may have no key that tells their generation. They are of that of the pack's detections;
/// or all are of the one that the user names.
fn settle_generations(pack: &mut Pack, forced: Option<Generation>) {
    let own = |object: &Object| pack.own.contains(&object.file);
    let count =
        |generation| pack.detections.iter().filter(|it| own(&it.object) && it.object.generation == generation).count();
    let old = count(Generation::V4) > count(Generation::V5);
    let own = pack.own.clone();
    for (kind, object) in pack.objects_mut().filter(|(_, object)| own.contains(&object.file)) {
        let open = kind != Kind::Detection && object.generation == Generation::V5;
        let told = ["rba", "lookup_type"].iter().any(|key| object.node.get(key).is_some());
        match forced {
            Some(forced) => object.generation = forced,
            None if open && old && !told => object.generation = Generation::V4,
            None => {}
        }
    }
}

/// A finding, and whether it kept its whole file from being read.
struct Finding {
    diagnostic: Diagnostic,
    file_is_lost: bool,
}

/// Drops what concerns files that nobody asked about, unless it makes other findings doubtful.
fn of_selection(pack: &Pack, findings: Vec<Finding>) -> Vec<Diagnostic> {
    let relevant = findings.into_iter().filter_map(|finding| {
        let mut diagnostic = finding.diagnostic;
        if pack.is_selected(diagnostic.place.file) {
            return Some(diagnostic);
        }
        if !finding.file_is_lost || diagnostic.severity != Severity::Error {
            return None;
        }
        diagnostic.severity = Severity::Warning;
        Some(diagnostic.note("names that this file defines count as unknown"))
    });
    relevant.collect()
}

fn config(pack: &mut Pack, root: &Located, selected: bool, sources: &mut Sources, findings: &mut Vec<Finding>) {
    let path = root.real_root.join("contentctl.yml");
    if !path.is_file() || !path.canonicalize().is_ok_and(|real| real.starts_with(&root.real_root)) {
        return;
    }
    let content = open(&path, &mut Vec::new());
    let file = sources.add(root.root.join("contentctl.yml"), content.text());
    pack.own.insert(file);
    if selected {
        pack.selected.insert(file);
    }
    let (node, diagnostics) = content.parse(file);
    findings.extend(diagnostics.into_iter().map(|diagnostic| Finding { diagnostic, file_is_lost: false }));
    if let Some(node) = node {
        pack.config = AppConfig::read(file, Arc::new(node));
    }
}

/// What the official tool wants to know of deprecated and removed objects. Its files have a suffix of their own, so that
/// they are no objects.
fn deprecations(
    pack: &mut Pack,
    root: &Located,
    is_selected: &dyn Fn(&Path) -> bool,
    sources: &mut Sources,
    findings: &mut Vec<Finding>,
) {
    let folder = Path::new(Kind::Removed.folder());
    let Ok(entries) = std::fs::read_dir(root.real_root.join(folder)) else { return };
    let suffix = |name: &str| Path::new(name).extension().is_some_and(|suffix| suffix == "YML");
    let is_mapping = |name: &str| name.starts_with("deprecation_mapping") && suffix(name);
    let names = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> = names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| is_mapping(name));
    names.sort_unstable();
    for name in names.into_iter().take(MAX_MAPPINGS) {
        let path = folder.join(name);
        let content = open(&root.real_root.join(&path), &mut Vec::new());
        let file = sources.add(root.root.join(&path), content.text());
        pack.own.insert(file);
        if is_selected(&path) {
            pack.selected.insert(file);
        }
        let (node, diagnostics) = content.parse(file);
        findings.extend(diagnostics.into_iter().map(|diagnostic| Finding { diagnostic, file_is_lost: false }));
        pack.deprecations.extend(node.map(|node| (file, Arc::new(node))));
    }
}

/// More files of this kind are not read.
const MAX_MAPPINGS: usize = 100;

/// Reads the files of one pack into the model; gives their ids and paths.
fn add(
    pack: &mut Pack,
    PackFiles { root, files }: PackFiles,
    sources: &mut Sources,
    findings: &mut Vec<Finding>,
) -> Vec<(FileId, PathBuf)> {
    let mut ids = Vec::with_capacity(files.len());
    for (found, content) in &files {
        ids.push(sources.add(root.root.join(&found.path), content.text()));
    }
    let read: Vec<Read1> =
        (&files, &ids).into_par_iter().map(|((found, content), &file)| read_one(&root, found, content, file)).collect();
    for Read1 { object, diagnostics } in read {
        let file_is_lost = object.is_none();
        findings.extend(diagnostics.into_iter().map(|diagnostic| Finding { diagnostic, file_is_lost }));
        if let Some(object) = object {
            object.put(pack);
        }
    }
    if files.len() >= walk::MAX_FILES
        && let Some(&file) = ids.last()
    {
        let message = format!("the pack holds more than {} files; the rest is not read", walk::MAX_FILES);
        findings.push(Finding { diagnostic: at_file(codes::FILE_UNREADABLE, message, file), file_is_lost: true });
    }
    ids.into_iter().zip(files.into_iter().map(|(found, _)| found.path)).collect()
}

/// What one file gave.
struct Read1 {
    object: Option<Loaded>,
    diagnostics: Vec<Diagnostic>,
}

fn read_one(root: &Located, found: &Found, content: &Content, file: FileId) -> Read1 {
    let shown = found.path.display();
    let refused = |code, message: String, help: &str| Read1 {
        object: None,
        diagnostics: vec![at_file(code, message, file).help(help)],
    };
    match &found.state {
        State::Content => {}
        State::OtherSuffix => {
            let help = "rename it to end in `.yml`";
            return refused(codes::FILE_SUFFIX, format!("`{shown}` is not read: its name ends in `.yaml`"), help);
        }
        State::LeadsOutside => {
            let help = "copy the file into the pack";
            return refused(codes::PATH_OUTSIDE_PACK, format!("symlink `{shown}` leads out of the pack"), help);
        }
        State::Loop => {
            let message = format!("folder `{shown}` is not entered: it leads back to itself or is too deep");
            return refused(codes::FILE_UNREADABLE, message, "remove the symlink");
        }
        State::Unreadable(reason) => {
            let message = format!("`{shown}` cannot be read: {reason}");
            return refused(codes::FILE_UNREADABLE, message, "check the file and its permissions");
        }
        State::Special => {
            let message = format!("`{shown}` is not a regular file");
            return refused(codes::FILE_UNREADABLE, message, "remove it from the pack");
        }
    }
    let (node, mut diagnostics) = content.parse(file);
    let object = node.and_then(|node| {
        let document = Document { file, path: found.path.clone(), root: root.root.clone(), node: Arc::new(node) };
        let mut object = Loaded::read(found.kind, &document, &mut diagnostics)?;
        if let Loaded::Lookup(lookup) = &mut object {
            keep_table_inside(lookup, root, &mut diagnostics);
        }
        Some(object)
    });
    Read1 { object, diagnostics }
}

/// A table reached through a symlink may lie anywhere; it is used only inside the pack.
fn keep_table_inside(lookup: &mut Lookup, root: &Located, diagnostics: &mut Vec<Diagnostic>) {
    let Some(table) = &lookup.table else { return };
    let Ok(real) = table.canonicalize() else { return };
    if !real.starts_with(&root.real_root) {
        let message = format!("lookup file `{}` leads out of the pack", table.display());
        diagnostics.push(Diagnostic::new(codes::PATH_OUTSIDE_PACK, message, lookup.object.start));
        lookup.table = None;
    }
}

fn at_file(code: diag::Code, message: String, file: FileId) -> Diagnostic {
    Diagnostic::new(code, message, Place { file, span: Span::at(0) })
}

/// A file's content, or what keeps it from being used.
#[derive(Debug)]
enum Content {
    Text(Arc<str>),
    /// The beginning is text.
    NotUtf8(Arc<str>),
    TooLarge(u64),
    Unreadable(String),
}

fn content(root: &Located, found: &Found, bytes: &mut Vec<u8>) -> Content {
    match found.state {
        State::Content => open(&root.real_root.join(&found.path), bytes),
        _ => Content::Text(Arc::default()),
    }
}

/// Reads a file; `bytes` is room for it.
fn open(path: &Path, bytes: &mut Vec<u8>) -> Content {
    let mut read = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length > yaml::MAX_FILE_BYTES {
            return Ok(length);
        }
        bytes.clear();
        bytes.reserve(length as usize);
        // The file may grow meanwhile.
        file.take(yaml::MAX_FILE_BYTES + 1).read_to_end(bytes)?;
        Ok(bytes.len() as u64)
    };
    match read() {
        Err(error) => {
            let error: std::io::Error = error;
            Content::Unreadable(error.to_string())
        }
        Ok(length) if length > yaml::MAX_FILE_BYTES => Content::TooLarge(length),
        Ok(_) => match std::str::from_utf8(bytes) {
            Ok(text) => Content::Text(Arc::from(text)),
            Err(error) => {
                let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]);
                Content::NotUtf8(Arc::from(valid.unwrap_or_default()))
            }
        },
    }
}

impl Content {
    /// What can be shown of the file.
    fn text(&self) -> Arc<str> {
        match self {
            Self::Text(text) | Self::NotUtf8(text) => Arc::clone(text),
            Self::TooLarge(_) | Self::Unreadable(_) => Arc::default(),
        }
    }

    fn parse(&self, file: FileId) -> (Option<yaml::Node>, Vec<Diagnostic>) {
        match self {
            Self::Text(text) => yaml::parse(file, Arc::clone(text)),
            Self::NotUtf8(valid) => (None, vec![yaml::not_utf8(file, valid.len())]),
            Self::TooLarge(length) => (None, vec![yaml::too_large(file, *length)]),
            Self::Unreadable(reason) => {
                let message = format!("the file cannot be read: {reason}");
                (None, vec![at_file(codes::FILE_UNREADABLE, message, file)])
            }
        }
    }
}

/// An object of any kind.
#[expect(clippy::large_enum_variant, reason = "short-lived, and most are of the largest kind, detections")]
enum Loaded {
    Baseline(SavedSearch),
    Dashboard(Dashboard),
    DataSource(DataSource),
    Deployment(Deployment),
    Detection(Detection),
    Investigation(SavedSearch),
    Lookup(Lookup),
    Macro(Macro),
    Playbook(Playbook),
    Removed(Removed),
    Schedule(Schedule),
    Story(Story),
}

impl Loaded {
    fn read(kind: Kind, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        Some(match kind {
            Kind::Baseline => Self::Baseline(read::baseline(document, diagnostics)?),
            Kind::Dashboard => Self::Dashboard(read::dashboard(document, diagnostics)?),
            Kind::DataSource => Self::DataSource(read::data_source(document, diagnostics)?),
            Kind::Deployment => Self::Deployment(read::deployment(document, diagnostics)?),
            Kind::Detection => Self::Detection(read::detection(document, diagnostics)?),
            Kind::Investigation => Self::Investigation(read::investigation(document, diagnostics)?),
            Kind::Lookup => Self::Lookup(read::lookup(document, diagnostics)?),
            Kind::Macro => Self::Macro(read::macro_(document, diagnostics)?),
            Kind::Playbook => Self::Playbook(read::playbook(document, diagnostics)?),
            Kind::Removed => Self::Removed(read::removed(document, diagnostics)?),
            Kind::Schedule => Self::Schedule(read::schedule(document, diagnostics)?),
            Kind::Story => Self::Story(read::story(document, diagnostics)?),
        })
    }

    fn put(self, pack: &mut Pack) {
        match self {
            Self::Baseline(it) => pack.baselines.push(it),
            Self::Dashboard(it) => pack.dashboards.push(it),
            Self::DataSource(it) => pack.data_sources.push(it),
            Self::Deployment(it) => pack.deployments.push(it),
            Self::Detection(it) => pack.detections.push(it),
            Self::Investigation(it) => pack.investigations.push(it),
            Self::Lookup(it) => pack.lookups.push(it),
            Self::Macro(it) => pack.macros.push(it),
            Self::Playbook(it) => pack.playbooks.push(it),
            Self::Removed(it) => pack.removed.push(it),
            Self::Schedule(it) => pack.schedules.push(it),
            Self::Story(it) => pack.stories.push(it),
        }
    }
}
