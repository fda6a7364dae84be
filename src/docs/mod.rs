//! Documentation pages of a pack.
//!
//! ```text
//! pack, analyses ──► context (data of each page) ──► layout (templates) ──► pages ──► write (files)
//!                       ▲ attack, taxonomy             ▲ env, filters
//! ```
//!
//! [`render`] gives all pages at once and touches no disk; [`Site::write`] puts them into a folder. The order of pages
//! and their text depend on the input alone.

pub mod analysis;
pub mod context;
mod env;
pub mod filters;
pub mod layout;
pub mod taxonomy;
mod write;

pub use crate::knowledge::attack::Attack;
pub use analysis::Analysis;
pub use layout::Layout;
pub use write::Written;

use crate::content::Pack;
use crate::content::model::{DataSource, Detection, Lookup, Macro, Object, Story};
use crate::diag::{Code, Diagnostic, codes};
use crate::source::FileId;
use context::{Contexts, DetectionContext};
use layout::Scope;
use minijinja::value::Serde;
use minijinja::{Value, context};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// What pages are made from.
#[derive(Clone, Debug, Default)]
pub struct Input<'a> {
    /// Detections that get pages.
    pub detections: Vec<&'a Detection>,
    /// Stories that get pages. A story's table lists the detections above that name it.
    pub stories: Vec<&'a Story>,
    /// Macros that pages describe.
    pub macros: Vec<&'a Macro>,
    /// Lookups that pages describe.
    pub lookups: Vec<&'a Lookup>,
    /// Data sources that pages describe.
    pub data_sources: Vec<&'a DataSource>,
    /// Files whose objects get pages; `None` means all. The others still stand in tables.
    pub selected: Option<HashSet<FileId>>,
    /// What the compiler knows of a detection's search, by the detection's file. Without an entry, names are read off
    /// the search's text.
    pub analyses: HashMap<FileId, Analysis>,
}

impl<'a> Input<'a> {
    /// A loaded pack: pages for its own selected objects; macros, lookups and data sources of `--with` packs are known.
    pub fn from_pack(pack: &'a Pack, analyses: HashMap<FileId, Analysis>) -> Self {
        let own = |object: &Object| pack.is_own(object.file);
        let detections: Vec<_> = pack.detections.iter().filter(|it| own(&it.object)).collect();
        let stories: Vec<_> = pack.stories.iter().filter(|it| own(&it.object)).collect();
        let files = detections.iter().map(|it| it.object.file).chain(stories.iter().map(|it| it.object.file));
        Self {
            selected: Some(files.filter(|&file| pack.is_selected(file)).collect()),
            detections,
            stories,
            macros: pack.macros.iter().collect(),
            lookups: pack.lookups.iter().collect(),
            data_sources: pack.data_sources.iter().collect(),
            analyses,
        }
    }

    fn has_page(&self, object: &Object) -> bool {
        self.selected.as_ref().is_none_or(|selected| selected.contains(&object.file))
    }
}

/// Where the files of a known pack can be read on the web: that of splunk/security_content, told by its app id.
pub fn source_url(pack: &Pack) -> Option<&'static str> {
    let id = pack.config.app_id.as_ref()?;
    (id.as_str() == "DA-ESS-ContentUpdate").then_some("https://github.com/splunk/security_content/tree/develop")
}

/// Reads an ATT&CK table from a file: STIX or CSV.
///
/// # Errors
/// The file cannot be read, or holds no techniques.
pub fn attack_file(path: &Path) -> Result<Attack, Error> {
    let what = "the ATT&CK table";
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { what, path: path.to_owned(), source })?;
    Attack::from_text(&text).map_err(|reason| Error::Attack { path: path.to_owned(), reason })
}

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Templates.
    pub layout: &'a Layout,
    /// Names and tactics of techniques.
    pub attack: &'a Attack,
    /// Where the pack's files can be read on the web, without a final `/`; pages link to them if it is known.
    pub source_url: Option<&'a str>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it belongs below the output folder; relative, without `..`.
    pub path: PathBuf,
    /// UTF-8.
    pub text: String,
}

/// All pages of a pack.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Sorted by path, which is unique.
    pub pages: Vec<Page>,
    /// Pages that could not be given a place of their own.
    pub diagnostics: Vec<Diagnostic>,
}

impl Site {
    /// Writes the pages below a folder. Pages that have not changed keep their time stamp; files of pages that no
    /// longer exist stay.
    pub fn write(&self, out: &Path) -> Result<Written, Error> {
        write::write(&self.pages, out)
    }
}

/// Why no pages could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder is not readable.
    #[error("cannot read {what} {}: {source}", path.display())]
    Read {
        /// Which file, in words.
        what: &'static str,
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder is not writable.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else is where a folder must be.
    #[error("{} is no folder, or is a link to one, so no page is written there", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// No such layout.
    #[error("there is no layout `{name}`; known are `{known}`")]
    UnknownLayout {
        /// As asked for.
        name: String,
        /// Those that exist.
        known: String,
    },
    /// A layout's parts do not fit.
    #[error("the layout {name} does not work: {reason}")]
    Layout {
        /// Name or folder.
        name: String,
        /// Why.
        reason: String,
    },
    /// A template is wrong, or failed on some page.
    #[error("the template {template} fails in line {line}: {reason}")]
    Template {
        /// File name within the layout.
        template: String,
        /// From 1; 0 if unknown.
        line: usize,
        /// Why.
        reason: String,
    },
    /// The ATT&CK table is wrong.
    #[error("{} is no ATT&CK table: {reason}", path.display())]
    Attack {
        /// The path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Renders every page.
///
/// Fails if a template does. A page without a path of its own is left out and reported: the first page in order of
/// rules, then names, keeps the path.
pub fn render(input: &Input<'_>, options: &Options<'_>) -> Result<Site, Error> {
    let contexts = Contexts::new(input, options.attack);
    let mut detections = input.detections.clone();
    detections.sort_by(|a, b| sort_key(&a.object).cmp(&sort_key(&b.object)));
    let mut stories = input.stories.clone();
    stories.sort_by(|a, b| sort_key(&a.object).cmp(&sort_key(&b.object)));

    let detection_contexts: Vec<DetectionContext> =
        detections.par_iter().map(|detection| contexts.detection(detection)).collect();
    let detection_values: Vec<Value> = detection_contexts.par_iter().map(|detection| Serde(detection).into()).collect();
    let story_values: Vec<Value> = stories
        .par_iter()
        .map(|story| {
            let own: Vec<_> = (0..detections.len())
                .filter(|&at| detections[at].stories.iter().any(|it| it.as_str() == story.object.name.as_str()))
                .map(|at| (&detection_contexts[at], detection_values[at].clone()))
                .collect();
            Serde(context::story(story, &own)).into()
        })
        .collect();

    let all_detections = Value::from(detection_values.clone());
    let all_stories = Value::from(story_values.clone());
    let site = context! { source_url => options.source_url, version => env!("CARGO_PKG_VERSION") };
    let base = context! { detections => all_detections, stories => all_stories, site => site };
    let mut jobs: Vec<(usize, Option<&Object>, Value)> = Vec::new();
    for (rule, page) in options.layout.rules.iter().enumerate() {
        match page.scope {
            Scope::Detections => {
                for (it, value) in detections.iter().zip(&detection_values).filter(|(it, _)| input.has_page(&it.object))
                {
                    jobs.push((rule, Some(&it.object), context! { detection => value, ..base.clone() }));
                }
            }
            Scope::Stories => {
                for (it, value) in stories.iter().zip(&story_values).filter(|(it, _)| input.has_page(&it.object)) {
                    jobs.push((rule, Some(&it.object), context! { story => value, ..base.clone() }));
                }
            }
            Scope::Site => jobs.push((rule, None, base.clone())),
        }
    }
    let rendered: Result<Vec<_>, Error> =
        jobs.par_iter().map(|(rule, object, context)| Ok((*object, options.layout.page(*rule, context)?))).collect();
    Ok(place(rendered?))
}

/// Gives each page its place, and reports those that get none.
fn place(rendered: Vec<(Option<&Object>, (String, String))>) -> Site {
    let mut site = Site::default();
    // Letter case is ignored: on many disks `A.md` and `a.md` are one file.
    let mut taken: HashMap<String, Option<&Object>> = HashMap::new();
    for (object, (path, text)) in rendered {
        if path.is_empty() {
            continue;
        }
        let Some(safe) = write::safe_path(&path) else {
            site.diagnostics.extend(object.map(|object| unsafe_page_path(object, &path)));
            continue;
        };
        if let Some(first) = taken.get(&path.to_lowercase()) {
            site.diagnostics.extend(object.map(|object| duplicate_page(object, *first, &path)));
            continue;
        }
        taken.insert(path.to_lowercase(), object);
        site.pages.push(Page { path: safe, text });
    }
    site.pages.sort_by(|a, b| a.path.cmp(&b.path));
    crate::diag::sort(&mut site.diagnostics);
    site
}

fn sort_key(object: &Object) -> (&str, &Path) {
    (object.name.as_str(), &object.path)
}

fn unsafe_page_path(object: &Object, path: &str) -> Diagnostic {
    let shown: String = path.escape_debug().take(120).collect();
    in_object(
        codes::UNSAFE_PAGE_PATH,
        object,
        format!("the page of `{}` has no safe path: `{shown}`", shown_name(object)),
    )
    .help("use only letters, digits, `-`, `_` and spaces in names and ids, and the filter `slug` in `site.yml`")
}

fn duplicate_page(object: &Object, first: Option<&Object>, path: &str) -> Diagnostic {
    let shown: String = path.escape_debug().take(120).collect();
    let message = format!("the page of `{}` has the path of another page: `{shown}`", shown_name(object));
    let diagnostic = in_object(codes::DUPLICATE_PAGE, object, message).help("give it a name and an id of its own");
    match first {
        Some(first) => {
            let place = first.name.whole().unwrap_or(first.start);
            diagnostic.related(place, "the other page belongs to this")
        }
        None => diagnostic,
    }
}

fn shown_name(object: &Object) -> String {
    object.name.as_str().escape_debug().take(120).collect()
}

fn in_object(code: Code, object: &Object, message: String) -> Diagnostic {
    Diagnostic::new(code, message, object.name.whole().unwrap_or(object.start))
}

#[cfg(test)]
mod tests;
