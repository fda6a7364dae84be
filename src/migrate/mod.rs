//! Rewriting a pack to a newer schema generation: v4 to v5, v5 to v6, or both in turn.
//!
//! | step | where |
//! |---|---|
//! | a file cut into keys, moved and joined again | `edit` |
//! | one file with its remarks | `draft` |
//! | what changed with contentctl 5 | `v5` |
//! | what changed in May 2026 | `v6` |
//!
//! - What need not change stays byte for byte: comments, order of keys, quoting, folding.
//! - What has no place in the newer generation is taken out and reported as lost; what the newer one asks for and nobody
//!   can know is reported as open. Nothing is invented without a remark.
//! - The search of an object never changes. A file whose new text does not hold the old search, or is no YAML, is left
//!   as it is with a remark; that is checked for every file.
//!
//! Nothing here touches the disk; [`Migration::changes`] says what is to be written. Source of the generations'
//! differences: the files of security_content of the three generations.

mod draft;
mod edit;
mod v5;
mod v6;

use crate::compile::Compiler;
use crate::content::model::{Generation, Object};
use crate::content::names;
use crate::content::pack::{Kind, Pack};
use crate::content::read::generation;
use crate::content::yaml::{self, Node};
use crate::knowledge::Knowledge;
use crate::source::{FileId, Sources};
use draft::Draft;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What to migrate to, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The generation to reach; [`Generation::V5`] or [`Generation::V6`].
    pub to: Generation,
    /// ISO date for objects that have none.
    pub date: String,
    /// Leave risk scores as they are; otherwise v6's standard scores are set (TTP 50, Anomaly 20).
    pub keep_scores: bool,
}

/// What a migration does to the files of a pack.
#[derive(Clone, Debug, Default)]
pub struct Migration {
    /// In the order of paths.
    pub changes: Vec<Change>,
    /// In the order of paths, then of lines.
    pub remarks: Vec<Remark>,
    /// Files that are of the wanted generation already.
    pub unchanged: usize,
}

/// A change to one file; paths are relative to the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file gets this text; `from` is its path before if that was another.
    Write {
        /// Where the file is afterwards.
        path: PathBuf,
        /// Where it was.
        from: Option<PathBuf>,
        /// The whole text.
        text: String,
    },
    /// A file that escudo does not read moves with the object that it belongs to.
    Move {
        /// Where it was.
        from: PathBuf,
        /// Where it is afterwards.
        to: PathBuf,
    },
    /// The file goes.
    Remove {
        /// Where it was.
        path: PathBuf,
    },
}

/// Something that the owner of a pack should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The file, relative to the pack, by its old name.
    pub path: PathBuf,
    /// The key concerned, as a path in the old file; empty for the whole file.
    pub key: String,
    /// Line of the key in the old file, from 1.
    pub line: u32,
    /// What kind of remark it is.
    pub kind: RemarkKind,
    /// One line: lower case, no final period.
    pub message: String,
}

/// What a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemarkKind {
    /// The newer generation asks for something that only an author can supply.
    Open,
    /// A value has no place in the newer generation.
    Lost,
    /// A value is another one afterwards.
    Changed,
    /// A value was supplied that the older generation did not ask for.
    Added,
}

impl RemarkKind {
    /// Every kind, the one that asks most of the reader first.
    pub const ALL: [Self; 4] = [Self::Open, Self::Lost, Self::Changed, Self::Added];

    /// The word that users see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Lost => "lost",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }
}

/// Fields that usually name whom or what a result is about, the most telling first.
const ENTITY_FIELDS: [&str; 6] = ["risk_object", "dest", "user", "src", "host", "src_user"];

/// What a step knows of the pack around a file.
#[derive(Debug)]
struct Context {
    options: Options,
    /// Author for objects that have none.
    author: String,
    /// Types of detections that assign risk.
    risk_types: BTreeSet<String>,
    /// Names of the baselines that a detection needs, by the detection's name in lower case.
    baselines: BTreeMap<String, Vec<String>>,
    /// For detections without risk object: the field of the result that could be one, by path of the detection.
    entities: BTreeMap<PathBuf, String>,
    /// A schedule for baselines exists, or will.
    has_baseline_schedule: bool,
}

/// Migrates the selected objects of a pack.
pub fn migrate(pack: &Pack, knowledge: &Knowledge, sources: &Sources, options: Options) -> Migration {
    let cx = Context::of(pack, knowledge, options);
    let mut migration = Migration::default();
    let mut objects: Vec<(Kind, &Object)> =
        pack.objects().filter(|(_, object)| pack.is_selected(object.file) && pack.is_own(object.file)).collect();
    objects.sort_by(|a, b| a.1.path.cmp(&b.1.path));
    for (kind, object) in objects {
        one(&cx, kind, object, sources, &mut migration);
    }
    migration.remarks.sort_by(|a, b| (&a.path, a.line, a.kind).cmp(&(&b.path, b.line, b.kind)));
    migration
}

impl Context {
    fn of(pack: &Pack, knowledge: &Knowledge, options: Options) -> Self {
        let compiler = Compiler::new(pack, knowledge);
        let mut risk_types: BTreeSet<String> = pack
            .deployments
            .iter()
            .filter(|deployment| deployment.risk_enabled)
            .filter_map(|deployment| Some(deployment.analytic_type.as_ref()?.as_str().to_owned()))
            .collect();
        if pack.deployments.is_empty() {
            risk_types.extend(["TTP".to_owned(), "Anomaly".to_owned()]);
        }
        let mut baselines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for baseline in &pack.baselines {
            for detection in &baseline.detections {
                let names = baselines.entry(detection.as_str().to_lowercase()).or_default();
                names.push(baseline.object.name.as_str().to_owned());
            }
        }
        let mut entities = BTreeMap::new();
        for detection in pack.detections.iter().filter(|detection| detection.risk.objects.is_empty()) {
            let Some(search) = &detection.search else { continue };
            let compiled = compiler.compile(search);
            if let Some(field) = ENTITY_FIELDS.into_iter().find(|field| compiled.produces(field)) {
                entities.insert(detection.object.path.clone(), field.to_owned());
            }
        }
        let config = pack.config.node.as_ref();
        let author = config.and_then(|node| node.path("app.author_name").or_else(|| node.path("build.author_name")));
        Self {
            author: author.and_then(|node| node.as_str()).unwrap_or("NO AUTHOR DEFINED").to_owned(),
            risk_types,
            baselines,
            entities,
            has_baseline_schedule: pack.schedules.iter().any(|it| it.object.name.as_str() == v6::BASELINE_SCHEDULE)
                || pack
                    .deployments
                    .iter()
                    .any(|it| it.analytic_type.as_ref().is_some_and(|it| it.as_str() == "Baseline")),
            options,
        }
    }
}

/// Takes one object through the steps that it needs.
fn one(cx: &Context, kind: Kind, object: &Object, sources: &Sources, migration: &mut Migration) {
    let text = sources.file(object.file).text();
    let mut now = Form { text: text.to_string(), path: object.path.clone(), node: (*object.node).clone() };
    let mut remarks = Vec::new();
    let mut moves = Vec::new();
    let mut removed = false;
    for step in [Generation::V5, Generation::V6] {
        if step > cx.options.to || !is_older(kind, &now.node, step) {
            continue;
        }
        match advance(cx, kind, &now, step, object.file) {
            Ok(Advanced { form, remarks: more, moved, gone }) => {
                remarks.extend(more);
                moves.extend(moved);
                removed = gone;
                now = form;
            }
            Err(why) => {
                let key = String::new();
                let message = format!("left as it is: {why}");
                remarks.push(Remark { path: object.path.clone(), key, line: 1, kind: RemarkKind::Open, message });
                break;
            }
        }
    }
    for remark in &mut remarks {
        remark.path.clone_from(&object.path);
        remark.line = line_of(&object.node, &remark.key, sources, object.file);
    }
    migration.remarks.append(&mut remarks);
    if removed {
        migration.changes.push(Change::Remove { path: object.path.clone() });
    } else if now.text == **text && now.path == object.path {
        migration.unchanged += 1;
    } else {
        let from = (now.path != object.path).then(|| object.path.clone());
        migration.changes.push(Change::Write { path: now.path, from, text: now.text });
    }
    migration.changes.extend(moves);
}

/// A file at some step.
struct Form {
    text: String,
    path: PathBuf,
    node: Node,
}

struct Advanced {
    form: Form,
    remarks: Vec<Remark>,
    moved: Option<Change>,
    gone: bool,
}

/// Whether an object has something that changed with `step`.
fn is_older(kind: Kind, node: &Node, step: Generation) -> bool {
    match step {
        Generation::V4 => false,
        Generation::V5 => kind != Kind::Removed && generation(node) < Generation::V6 && v5::is_older(kind, node),
        // Removed objects keep their old shape.
        Generation::V6 => kind != Kind::Removed && generation(node) < Generation::V6,
    }
}

fn advance(cx: &Context, kind: Kind, now: &Form, step: Generation, file: FileId) -> Result<Advanced, String> {
    let not_editable = "its keys do not each begin a line, as in braces; write it in block style";
    let mut draft = Draft::new(cx, kind, &now.path, &now.text, &now.node).ok_or(not_editable)?;
    let gone = match step {
        Generation::V4 => false,
        Generation::V5 => {
            v5::advance(&mut draft);
            false
        }
        Generation::V6 => v6::advance(&mut draft),
    };
    let mut text = draft.block.render();
    if !now.text.ends_with('\n') && text.ends_with('\n') {
        text.pop();
        text.truncate(text.trim_end_matches('\r').len());
    }
    if now.text.contains("\r\n") {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if now.text.starts_with('\u{FEFF}') && !text.starts_with('\u{FEFF}') {
        text.insert(0, '\u{FEFF}');
    }
    let path = draft.path_after();
    let moved = draft
        .table
        .take()
        .map(|(from, to)| Change::Move { from: now.path.with_file_name(from), to: now.path.with_file_name(to) });
    let remarks = std::mem::take(&mut draft.remarks);
    drop(draft);
    let (node, _) = yaml::parse(file, text.as_str());
    let node = node.ok_or("its new text would not be YAML")?;
    let search = |node: &Node| node.get("search").and_then(Node::as_str).map(str::to_owned);
    if search(&node) != search(&now.node) {
        return Err("its search would change".to_owned());
    }
    Ok(Advanced { form: Form { text, path, node }, remarks, moved, gone })
}

/// The line of a key, or of the nearest key above it.
fn line_of(document: &Node, key: &str, sources: &Sources, file: FileId) -> u32 {
    let mut node = document;
    let mut line = 1;
    for part in key.split('.').filter(|part| !part.is_empty()) {
        let Some(name) = node.key_node(part) else { break };
        line = sources.file(file).line_column(name.place.span.start).0;
        let Some(value) = node.get(part) else { break };
        node = value;
    }
    line
}

/// An id that is the same in every run: made of the object's kind and name.
fn stable_id(kind: Kind, name: &str) -> String {
    let text = format!("{}/{name}", kind.folder());
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}

/// Whether an object lies in a folder for content that is no longer used.
fn is_in_deprecated_folder(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "deprecated")
}

/// The name that a file must have by the name of its object, if it has another one now.
fn other_file_name(path: &Path, name: &str) -> Option<String> {
    let wanted = names::file_name(name);
    let now = path.file_name()?.to_str()?;
    (now != wanted && !name.is_empty()).then_some(wanted)
}
