//! A layout: templates, and which of them is rendered for what.
//!
//! A layout is a folder. Its `site.yml` lists pages; all other files are templates, by their path in the folder:
//!
//! ```yaml
//! pages:
//!   - template: story.j2
//!     for: stories            # or detections, macros, lookups, data_sources, datamodels, techniques, tactics, site
//!     path: "stories/{{ story.name | slug }}.md"
//!     autoescape: true        # HTML escaping of what `{{ }}` inserts; off unless said
//!     liquid: false           # true: disarm `{{` and `{%` in the page, for sites that Jekyll builds
//! ```
//!
//! A page whose path renders to nothing is left out. The layouts under `templates/` are part of the program.

use super::Error;
use super::jinja::{self, Whitespace, environment};
use include_dir::{Dir, include_dir};
use minijinja::{Environment, Value};
use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Largest file read as a template, in bytes.
const LARGEST_TEMPLATE: u64 = 4 << 20;
/// Most files read from a template folder.
const MOST_TEMPLATES: usize = 1000;

/// What a page is rendered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    Detections,
    Stories,
    Site,
    Macros,
    Lookups,
    #[serde(rename = "data_sources")]
    DataSources,
    Techniques,
    Tactics,
    DataModels,
}

impl Scope {
    /// The variable that holds what a page is for.
    pub(super) fn variable(self) -> Option<&'static str> {
        match self {
            Self::Detections => Some("detection"),
            Self::Stories => Some("story"),
            Self::Site => None,
            Self::Macros => Some("macro"),
            Self::Lookups => Some("lookup"),
            Self::DataSources => Some("data_source"),
            Self::Techniques => Some("technique"),
            Self::Tactics => Some("tactic"),
            Self::DataModels => Some("datamodel"),
        }
    }
}

/// In which form detections and stories are given to templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Values {
    /// The YAML mapping as its author wrote it, with what the official tools add.
    #[default]
    Written,
    /// The same keys for every generation, texts and lists where they should be, facts from the compiled search.
    Clean,
}

/// One entry of `site.yml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageRule {
    pub(super) template: String,
    #[serde(rename = "for")]
    pub(super) scope: Scope,
    pub(super) path: String,
    #[serde(default)]
    pub(super) autoescape: bool,
    #[serde(default)]
    pub(super) liquid: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    pages: Vec<PageRule>,
    #[serde(default)]
    values: Values,
    #[serde(default)]
    trim_blocks: bool,
    #[serde(default)]
    lstrip_blocks: bool,
    #[serde(default)]
    keep_trailing_newline: bool,
}

/// Templates that are ready to render.
#[derive(Debug)]
pub struct Layout {
    pub(super) rules: Vec<PageRule>,
    pub(super) values: Values,
    /// Every word inside a tag of some template.
    words: HashSet<String>,
    /// Every variable that some template reads and does not make itself.
    variables: HashSet<String>,
    escaping: Environment<'static>,
    plain: Environment<'static>,
}

impl Layout {
    /// Names of the layouts in the program, sorted.
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<&str> = BUILTIN.dirs().filter_map(|dir| dir.path().to_str()).collect();
        names.sort_unstable();
        names
    }

    /// A layout of the program, by name.
    pub fn builtin(name: &str) -> Result<Self, Error> {
        let unknown = || Error::UnknownLayout { name: name.to_owned(), known: Self::names().join("`, `") };
        let dir = BUILTIN.get_dir(name).filter(|_| Self::names().contains(&name)).ok_or_else(unknown)?;
        let mut files = Vec::new();
        collect(dir, dir.path(), &mut files);
        Self::new(&format!("builtin:{name}"), files)
    }

    /// A layout in a folder of the user's.
    pub fn from_folder(folder: &Path) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(current) = folders.pop() {
            let failed = |source| Error::Read { what: "the template folder", path: current.clone(), source };
            for entry in std::fs::read_dir(&current).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                let failed = |source| Error::Read { what: "the template", path: path.clone(), source };
                let meta = std::fs::symlink_metadata(&path).map_err(failed)?;
                if meta.is_dir() {
                    folders.push(path);
                } else if path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_TEMPLATE) {
                    let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    let text = std::fs::read(&path).map_err(failed)?;
                    files.push((name, String::from_utf8_lossy(&text).into_owned()));
                }
                if files.len() + folders.len() > MOST_TEMPLATES {
                    let reason = format!("it holds more than {MOST_TEMPLATES} files");
                    return Err(Error::Layout { name: folder.display().to_string(), reason });
                }
            }
        }
        Self::new(&folder.display().to_string(), files)
    }

    fn new(name: &str, mut files: Vec<(String, String)>) -> Result<Self, Error> {
        let wrong = |reason: String| Error::Layout { name: name.to_owned(), reason };
        files.sort();
        let site = files.iter().find(|(file, _)| file == "site.yml");
        let (_, site) = site.ok_or_else(|| wrong("it has no `site.yml`".to_owned()))?;
        let site: SiteFile = serde_yaml::from_str(site).map_err(|error| wrong(format!("`site.yml`: {error}")))?;
        let whitespace = Whitespace {
            trim_blocks: site.trim_blocks,
            lstrip_blocks: site.lstrip_blocks,
            keep_trailing_newline: site.keep_trailing_newline,
        };
        let mut layout = Self {
            rules: site.pages,
            values: site.values,
            words: HashSet::new(),
            variables: HashSet::new(),
            escaping: environment(true, whitespace),
            plain: environment(false, whitespace),
        };
        for (file, text) in files {
            let words = jinja::words(&text);
            // What a template sets in one place may be the site's in another.
            let set = words.windows(2).filter(|pair| pair[0] == "set").map(|pair| pair[1].clone());
            layout.variables.extend(set);
            layout.words.extend(words);
            jinja::add(&mut layout.escaping, file.clone(), &text).map_err(template_error)?;
            jinja::add(&mut layout.plain, file, &text).map_err(template_error)?;
        }
        for (at, rule) in layout.rules.iter().enumerate() {
            if layout.plain.get_template(&rule.template).is_err() {
                return Err(wrong(format!("`site.yml` names the template `{}`, which is not there", rule.template)));
            }
            jinja::add(&mut layout.plain, path_template(at), &rule.path).map_err(template_error)?;
        }
        for (_, template) in layout.plain.templates() {
            layout.variables.extend(template.undeclared_variables(false));
        }
        Ok(layout)
    }

    /// Whether a template reads this variable. What no template reads need not be worked out.
    pub fn reads(&self, variable: &str) -> bool {
        self.variables.contains(variable)
    }

    /// Whether a template names this word in some tag, be it a variable, an attribute or a key.
    pub fn mentions(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether some template shows what only the compiler knows of a search. Templates written for the first generation
    /// of the schema find `required_fields` in the content; in newer content they come from the plan.
    pub fn reads_plans(&self, newer_content: bool) -> bool {
        let named = |words: &[&str]| words.iter().any(|word| self.mentions(word));
        self.values == Values::Clean
            || named(&["expanded", "plan", "fields_read", "fields_out"])
            || (newer_content && named(&["required_fields"]))
    }

    /// The path and the text of the page that one rule makes of a context.
    pub(super) fn page(&self, rule: usize, context: &Value) -> Result<(String, String), Error> {
        let path = self.plain.get_template(&path_template(rule)).and_then(|template| template.render(context));
        let path = path.map_err(template_error)?;
        let path = path.trim();
        if path.is_empty() {
            return Ok((String::new(), String::new()));
        }
        let rule = &self.rules[rule];
        let env = if rule.autoescape { &self.escaping } else { &self.plain };
        let text = env.get_template(&rule.template).and_then(|template| template.render(context));
        let text = text.map_err(template_error)?;
        let text = if rule.liquid { super::filters::without_liquid(&text) } else { text };
        Ok((path.to_owned(), text))
    }
}

fn path_template(rule: usize) -> String {
    format!("the path of page {} in site.yml", rule + 1)
}

fn collect(dir: &Dir<'_>, base: &Path, files: &mut Vec<(String, String)>) {
    for file in dir.files() {
        let name = file.path().strip_prefix(base).unwrap_or(file.path()).to_string_lossy().replace('\\', "/");
        files.push((name, file.contents_utf8().unwrap_or_default().to_owned()));
    }
    dir.dirs().for_each(|dir| collect(dir, base, files));
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
pub(super) fn template_error(error: minijinja::Error) -> Error {
    let mut reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    Error::Template {
        template: error.name().unwrap_or("a template").to_owned(),
        line: error.line().unwrap_or_default(),
        reason,
    }
}
