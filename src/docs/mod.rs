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
mod context;
pub mod cve;
mod files;
pub mod filters;
mod html;
pub mod jinja;
pub mod layout;
mod links;
mod model;
mod objects;
mod official;
pub mod taxonomy;
mod write;
mod written;

pub use crate::knowledge::attack::Attack;
pub use analysis::Analysis;
pub use cve::Cves;
pub use layout::Layout;
pub use write::{Stale, Written};

use crate::content::Pack;
use crate::content::model::{DataSource, Detection, Lookup, Macro, Object, Story};
use crate::diag::{Code, Diagnostic, codes};
use crate::source::FileId;
use jinja::values;
use minijinja::{Value, context};
use model::Model;
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

/// Reads an ATT&CK table: a CSV file, a STIX bundle, or a folder of STIX objects or bundles.
pub fn attack_path(path: &Path) -> Result<Attack, Error> {
    let what = "the ATT&CK table";
    let wrong = |reason: String| Error::Data { what: "ATT&CK table", path: path.to_owned(), reason };
    let mut attack = Attack::default();
    for file in files::json_files(path, what)? {
        let place = if path == file { String::new() } else { format!("{}: ", file.display()) };
        attack.add_text(&files::text(&file, what)?).map_err(|reason| wrong(format!("{place}{reason}")))?;
    }
    if attack.iter().next().is_none() { Err(wrong("it holds no technique".to_owned())) } else { Ok(attack) }
}

/// What a pack's pages are called: its app's title, or its folder.
pub fn title(pack: &Pack) -> String {
    let named = pack.config.title.as_ref().or(pack.config.app_id.as_ref()).map(|title| title.as_str().to_owned());
    let folder = || std::path::absolute(&pack.root).ok()?.file_name().map(|name| name.to_string_lossy().into_owned());
    named.or_else(folder).unwrap_or_else(|| "Detections".to_owned())
}

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Templates.
    pub layout: &'a Layout,
    /// Names and tactics of techniques.
    pub attack: &'a Attack,
    /// Summaries and scores of vulnerabilities, if there are any.
    pub cves: Option<&'a Cves>,
    /// The pack's name, for titles.
    pub title: &'a str,
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
    /// What is wrong with pages that belong to no object of the pack, and links into nowhere; one sentence each.
    pub problems: Vec<String>,
    /// Only a part of the pack was asked for: pages that are not made here may still belong to the site.
    pub partial: bool,
    /// Names of stories without a page: deprecated ones, and those that no detection names.
    pub without_page: Vec<String>,
    /// What templates read. It is freed with the site, so a process that ends with its site need not wait for that.
    read: Value,
}

impl Site {
    /// Writes the pages below a folder. Pages that have not changed keep their time stamp; pages that an earlier run
    /// wrote and that are no longer made are removed, unless only a part of the pack was rendered.
    pub fn write(&self, out: &Path) -> Result<Written, Error> {
        write::write(&self.pages, out, !self.partial)
    }

    /// How a folder differs from these pages; writes nothing.
    pub fn stale(&self, out: &Path) -> Stale {
        write::stale(&self.pages, out, !self.partial)
    }

    /// Adds links into nowhere to the problems. A file in the output folder that is no page may be linked to.
    pub fn check_links(&mut self, out: &Path) {
        for broken in links::broken(&self.pages, &|path| out.join(path).is_file()) {
            let (page, target) = (shown(&broken.page), shown(&broken.target));
            self.problems.push(format!("the page `{page}` links to `{target}`, which is not there"));
        }
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
    /// A file of ATT&CK or CVE data is wrong.
    #[error("{} is no {what}: {reason}", path.display())]
    Data {
        /// What it should be, in words.
        what: &'static str,
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
    let model = Model::new(input, options);
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (rule, page) in options.layout.rules.iter().enumerate() {
        for (object, value) in model.of(page.scope, input) {
            let context = match page.scope.variable() {
                Some(name) => values::dict([(Value::from(name), value)]),
                None => Value::from(()),
            };
            jobs.push(Job { rule, object, context });
        }
    }
    let base = &model.base;
    let rendered: Result<Vec<_>, Error> = jobs
        .par_iter()
        .map(|job| Ok((job.object, options.layout.page(job.rule, &merged(&job.context, base))?)))
        .collect();
    let mut site = place(rendered?);
    site.without_page = model.without_page;
    site.read = model.base;
    let own = input.detections.iter().map(|it| &it.object).chain(input.stories.iter().map(|it| &it.object));
    site.partial = own.into_iter().any(|object| !input.has_page(object));
    Ok(site)
}

struct Job<'a> {
    rule: usize,
    object: Option<&'a Object>,
    context: Value,
}

/// The page's own variable before those of the site.
fn merged(own: &Value, base: &Value) -> Value {
    context! { ..own.clone(), ..base.clone() }
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
            match object {
                Some(object) => site.diagnostics.push(unsafe_page_path(object, &path)),
                None => site.problems.push(format!("a page has no safe path: `{}`", shown(&path))),
            }
            continue;
        };
        let key = safe.to_string_lossy().to_lowercase();
        if let Some(first) = taken.get(&key) {
            match object {
                Some(object) => site.diagnostics.push(duplicate_page(object, *first, &path)),
                None => site.problems.push(format!("two pages have the path `{}`", shown(&path))),
            }
            continue;
        }
        taken.insert(key, object);
        site.pages.push(Page { path: safe, text });
    }
    site.pages.retain(|page| {
        let above = page.path.ancestors().skip(1);
        let under = above.map(|it| it.to_string_lossy().to_lowercase()).find(|it| taken.contains_key(it));
        if let Some(file) = &under {
            let path = page.path.to_string_lossy();
            site.problems.push(format!("the page `{}` is below `{}`, which is a page too", shown(&path), shown(file)));
        }
        under.is_none()
    });
    site.pages.sort_by(|a, b| a.path.cmp(&b.path));
    crate::diag::sort(&mut site.diagnostics);
    site
}

fn shown(text: &str) -> String {
    text.escape_debug().take(120).collect()
}

fn sort_key(object: &Object) -> (&str, &Path) {
    (object.name.as_str(), &object.path)
}

fn unsafe_page_path(object: &Object, path: &str) -> Diagnostic {
    let shown = shown(path);
    in_object(
        codes::UNSAFE_PAGE_PATH,
        object,
        format!("the page of `{}` has no safe path: `{shown}`", shown_name(object)),
    )
    .help("use only letters, digits, `-`, `_` and spaces in names and ids, and the filter `slug` in `site.yml`")
}

fn duplicate_page(object: &Object, first: Option<&Object>, path: &str) -> Diagnostic {
    let shown = shown(path);
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
    shown(object.name.as_str())
}

fn in_object(code: Code, object: &Object, message: String) -> Diagnostic {
    Diagnostic::new(code, message, object.name.whole().unwrap_or(object.start))
}

#[cfg(test)]
mod tests;
