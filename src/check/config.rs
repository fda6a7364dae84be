//! `escudo.toml`: how a team wants its packs to be checked.
//!
//! ```toml
//! schema = "v5"                        # generation of every file; otherwise told by its keys
//! with = ["../security_content"]       # further packs, relative to this file
//! apps = ["../Splunk_TA_example"]      # Splunk apps
//! advice = true                        # as --advice
//!
//! [rules]                              # off, advice, warning, error; `all` stands for the others
//! unknown-data-source = "off"
//!
//! [[paths]]                            # later entries win over earlier ones, and over [rules]
//! files = ["detections/deprecated/**"]
//! rules = { unknown-field = "off" }
//!
//! [known]                              # names that are defined elsewhere
//! commands = ["cyberchef"]
//! macros = ["our_index"]
//! lookups = ["asset_lookup_by_str"]
//! data_models = ["Vendor_Model"]
//! stories = ["A Story Of Another Pack"]
//! data_sources = ["Vendor Logs"]
//! ```

use super::suppress::unknown_code;
use crate::content::model::Generation;
use crate::diag::{Code, Diagnostic, Severity, codes};
use crate::source::{FileId, Place, Sources, Span};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;

/// The name of the file.
pub const FILE_NAME: &str = "escudo.toml";

/// What the file says. Paths in it are relative to it.
#[derive(Debug, Default)]
pub struct Config {
    /// The schema generation of every file.
    pub schema: Option<Generation>,
    /// Further packs.
    pub with: Vec<PathBuf>,
    /// Splunk apps.
    pub apps: Vec<PathBuf>,
    /// Whether advice is shown.
    pub advice: bool,
    rules: Levels,
    paths: Vec<(GlobSet, Levels)>,
    known: Known,
    path: PathBuf,
    folder: PathBuf,
    text: Arc<str>,
    /// Names of checks that do not exist, with their places.
    unknown: Vec<(String, Span)>,
    /// What [`Config::add_to`] made of the file.
    file: Option<FileId>,
}

/// How a kind of finding is to be treated.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Advice,
    Warning,
    Error,
}

/// Levels by name of the check; `all` is a name.
type Levels = BTreeMap<String, Level>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    schema: Option<WrittenGeneration>,
    with: Vec<PathBuf>,
    apps: Vec<PathBuf>,
    advice: bool,
    rules: BTreeMap<Spanned<String>, Level>,
    paths: Vec<WrittenPaths>,
    known: Known,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenGeneration {
    V4,
    V5,
    V6,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPaths {
    files: Vec<Spanned<String>>,
    rules: BTreeMap<Spanned<String>, Level>,
}

/// Names that count as known.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Known {
    commands: Vec<String>,
    functions: Vec<String>,
    macros: Vec<String>,
    lookups: Vec<String>,
    data_models: Vec<String>,
    stories: Vec<String>,
    data_sources: Vec<String>,
}

impl Config {
    /// Reads the text of a configuration file. An error is one line with place and reason.
    pub fn parse(path: &Path, text: impl Into<Arc<str>>) -> Result<Self, String> {
        let text: Arc<str> = text.into();
        let mut alone = Sources::new();
        let file = alone.add(path, text.clone());
        let place = |span: Option<std::ops::Range<usize>>| {
            let start = span.map_or(0, |span| span.start);
            let (line, column) = alone.file(file).line_column(start as u32);
            format!("{}:{line}:{column}", path.display())
        };
        let written: Written = toml::from_str(&text).map_err(|error| {
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{}: {message}", place(error.span()))
        })?;
        let mut unknown = Vec::new();
        let mut levels = |rules: BTreeMap<Spanned<String>, Level>| -> Levels {
            for name in rules.keys().filter(|name| !is_check(name.as_ref())) {
                let span = Span::new(name.span().start, name.span().end);
                unknown.push((name.as_ref().clone(), span));
            }
            rules.into_iter().map(|(name, level)| (name.into_inner(), level)).collect()
        };
        let rules = levels(written.rules);
        let mut paths = Vec::with_capacity(written.paths.len());
        for entry in written.paths {
            let mut globs = GlobSetBuilder::new();
            for pattern in &entry.files {
                let glob = GlobBuilder::new(pattern.as_ref()).literal_separator(true).build();
                globs.add(glob.map_err(|error| format!("{}: {}", place(Some(pattern.span())), error.kind()))?);
            }
            let globs = globs.build().map_err(|error| format!("{}: {error}", place(None)))?;
            paths.push((globs, levels(entry.rules)));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = |paths: Vec<PathBuf>| paths.into_iter().map(|path| folder.join(path)).collect();
        Ok(Self {
            schema: written.schema.map(|it| match it {
                WrittenGeneration::V4 => Generation::V4,
                WrittenGeneration::V5 => Generation::V5,
                WrittenGeneration::V6 => Generation::V6,
            }),
            with: beside(written.with),
            apps: beside(written.apps),
            advice: written.advice,
            rules,
            paths,
            known: written.known,
            path: path.to_owned(),
            folder: std::path::absolute(folder.join(".")).unwrap_or_else(|_| folder.to_owned()),
            text,
            unknown,
            file: None,
        })
    }

    /// Makes the file one of the sources, so that what is wrong with it has a place there: [`Config::apply`] says it then.
    pub fn add_to(&mut self, sources: &mut Sources) {
        if !self.path.as_os_str().is_empty() {
            self.file = Some(sources.add(self.path.as_path(), self.text.clone()));
        }
    }

    /// Changes severities, takes out what is off or concerns names that count as known, and adds what is wrong with the
    /// file itself.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>, sources: &Sources) {
        findings.retain_mut(|found| {
            if self.known.has(found) {
                return false;
            }
            match self.level(found, sources) {
                None => true,
                Some(Level::Off) => false,
                Some(level) => {
                    found.severity = level.severity().unwrap_or(found.severity);
                    true
                }
            }
        });
        if let Some(file) = self.file {
            let place = |span: Span| Place { file, span };
            findings.extend(self.unknown.iter().map(|(name, span)| unknown_code(name, place(*span))));
        }
    }

    /// The level that the file gives to a finding: the last path that fits wins, then the rules for all paths; a check's
    /// own name before `all`.
    fn level(&self, found: &Diagnostic, sources: &Sources) -> Option<Level> {
        let of = |levels: &Levels| levels.get(found.code.name()).or_else(|| levels.get("all")).copied();
        let path = sources.file(found.place.file).path();
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let path = path.strip_prefix(&self.folder).unwrap_or(&path);
        let fitting = self.paths.iter().rev().filter(|(globs, _)| globs.is_match(path));
        fitting.map(|(_, levels)| levels).find_map(of).or_else(|| of(&self.rules))
    }
}

impl Level {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Advice => Some(Severity::Advice),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

fn is_check(name: &str) -> bool {
    name == "all" || Code::named(name).is_some()
}

/// One of the lists of names.
type Names = fn(&Known) -> &Vec<String>;

/// Which list of names takes which finding out.
const KNOWN: [(Code, Names); 8] = [
    (codes::UNKNOWN_COMMAND, |known| &known.commands),
    (codes::UNKNOWN_FUNCTION, |known| &known.functions),
    (codes::UNKNOWN_MACRO, |known| &known.macros),
    (codes::UNKNOWN_LOOKUP, |known| &known.lookups),
    (codes::UNKNOWN_DATA_MODEL, |known| &known.data_models),
    (codes::UNKNOWN_DATASET, |known| &known.data_models),
    (codes::UNKNOWN_STORY, |known| &known.stories),
    (codes::UNKNOWN_DATA_SOURCE, |known| &known.data_sources),
];

impl Known {
    /// Whether a finding says that a name is unknown which is known here. The name is the first in the message.
    fn has(&self, found: &Diagnostic) -> bool {
        let Some((_, names)) = KNOWN.iter().find(|(code, _)| *code == found.code) else { return false };
        let name = found.message.split('`').nth(1);
        name.is_some_and(|name| names(self).iter().any(|known| known == name))
    }
}

/// The configuration file that counts for a folder: the first on the way up from it.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(Config, Sources), String> {
        let mut sources = Sources::new();
        let mut config = Config::parse(Path::new("/pack/escudo.toml"), text)?;
        config.add_to(&mut sources);
        Ok((config, sources))
    }

    /// The severity that a finding of a file has after all.
    fn severity(text: &str, path: &str, code: Code, message: &str) -> Option<&'static str> {
        let (config, mut sources) = parse(text).expect("the file can be read");
        let file = sources.add(path, "name: a");
        let mut findings = vec![Diagnostic::new(code, message, Place { file, span: Span::at(0) })];
        config.apply(&mut findings, &sources);
        findings.first().map(|found| found.severity.as_str())
    }

    #[test]
    fn rules_are_by_check_and_by_path() {
        let text = "[rules]\nunknown-field = \"off\"\nall = \"advice\"\n\
                    [[paths]]\nfiles = [\"detections/**/*.yml\"]\nrules = { unknown-field = \"warning\" }\n\
                    [[paths]]\nfiles = [\"detections/old/*\"]\nrules = { all = \"off\" }\n";
        let cases = [
            ("/pack/stories/a.yml", codes::UNKNOWN_FIELD, None),
            ("/pack/stories/a.yml", codes::UNKNOWN_MACRO, Some("advice")),
            ("/pack/detections/endpoint/a.yml", codes::UNKNOWN_FIELD, Some("warning")),
            ("/pack/detections/endpoint/a.yml", codes::UNKNOWN_MACRO, Some("advice")),
            ("/pack/detections/old/a.yml", codes::UNKNOWN_MACRO, None),
            ("/pack/detections/old/deep/a.yml", codes::UNKNOWN_FIELD, Some("warning")),
        ];
        for (path, code, expected) in cases {
            assert_eq!(severity(text, path, code, "m"), expected, "{path} {code}");
        }
    }

    #[test]
    fn names_may_count_as_known() {
        let text = "[known]\nmacros = [\"ours\"]\ncommands = [\"cyberchef\"]\n";
        let cases = [
            (codes::UNKNOWN_MACRO, "macro `ours` is not defined", None),
            (codes::UNKNOWN_MACRO, "macro `ours2` is not defined", Some("error")),
            (codes::UNKNOWN_COMMAND, "`cyberchef` is not a command", None),
            (codes::UNKNOWN_FIELD, "`ours` is no field", Some("warning")),
        ];
        for (code, message, expected) in cases {
            assert_eq!(severity(text, "/pack/a.yml", code, message), expected, "{message}");
        }
    }

    #[test]
    fn mistakes_of_the_file_are_said_with_their_place() {
        for (text, expected) in [
            ("rules = 3", "/pack/escudo.toml:1:9: "),
            ("\n[rule]\n", "/pack/escudo.toml:2:2: unknown field"),
            ("[rules]\na = \"loud\"", "/pack/escudo.toml:2:5: unknown variant `loud`"),
            ("[[paths]]\nfiles = [\"[\"]\nrules = {}", "/pack/escudo.toml:2:10: "),
            ("schema = \"v7\"", "/pack/escudo.toml:1:10: unknown variant `v7`"),
        ] {
            let error = parse(text).expect_err("a mistake");
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        let (config, sources) = parse("[rules]\nunknown-feild = \"off\"\n").expect("it can be read");
        let mut findings = Vec::new();
        config.apply(&mut findings, &sources);
        assert_eq!(findings[0].help.as_deref(), Some("did you mean `unknown-field`?"));
        assert_eq!(sources.text(findings[0].place), "unknown-feild");
    }
}
