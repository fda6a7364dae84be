//! Checking a pack: what is wrong with its content, at the exact character.
//!
//! Findings come from four rooms: the YAML reader and the content model, macro expansion and the SPL parser, the
//! lowering to plans, and the rules of this room ([`rules`], one file each), which see the compiled search. [`output`]
//! writes them.

pub mod output;
pub mod rules;

use crate::compile::{Compiled, Compiler};
use crate::content::model::Detection;
use crate::content::pack::Pack;
use crate::diag::{self, Diagnostic, Problem, Severity};
use crate::knowledge::Knowledge;
use crate::source::{FileId, Located};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What a rule looks at: one detection and what is known around it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The pack, with everything that counts as known.
    pub pack: &'a Pack,
    /// Data models and the knowledge objects of apps.
    pub knowledge: &'a Knowledge,
    /// The detection.
    pub detection: &'a Detection,
    /// Its search; none if the file has none.
    pub compiled: Option<&'a Compiled>,
}

impl Subject<'_> {
    /// Whether a lookup of this name (or a file of this name) is known.
    pub fn knows_lookup(&self, name: &str) -> bool {
        self.lookup_names().any(|known| known == name)
    }

    /// All known lookups: those of packs, with the names of their files, and those of apps.
    pub fn lookup_names(&self) -> impl Iterator<Item = &str> {
        let own = self.pack.lookups.iter().flat_map(|lookup| {
            let file = lookup.table.as_ref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
            std::iter::once(lookup.object.name.as_str()).chain(file)
        });
        own.chain(self.knowledge.lookup_names())
    }

    /// How bad it is that a search cannot do what it says: an error in production content, a warning in experimental
    /// or deprecated content, which is known not to be finished.
    pub fn severity(&self) -> Severity {
        let status = self.detection.object.status.as_ref().map_or("production", Located::as_str);
        if status == "production" { Severity::Error } else { Severity::Warning }
    }
}

/// Collects what rules find.
#[derive(Debug, Default)]
pub struct Findings(Vec<Diagnostic>);

impl Findings {
    /// A finding in a file.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// A finding in a search text.
    pub fn push_in(&mut self, problem: Problem, text: &Located) {
        self.push_as(problem.code.severity(), problem, text);
    }

    /// As [`Findings::push_in`], with a severity that is not that of the code.
    pub fn push_as(&mut self, severity: Severity, problem: Problem, text: &Located) {
        self.0.extend(problem.locate(text).map(|found| Diagnostic { severity, ..found }));
    }
}

/// Checks the selected objects of a pack. `loading` is what reading them reported. The result is sorted by place.
pub fn check(pack: &Pack, knowledge: &Knowledge, loading: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let compiler = Compiler::new(pack, knowledge);
    let selected = |file: FileId| pack.is_selected(file);
    let mut all = loading;
    let detections: Vec<&Detection> = pack.detections.iter().filter(|d| selected(d.object.file)).collect();
    let found: Vec<Vec<Diagnostic>> =
        detections.par_iter().map(|detection| check_detection(pack, knowledge, &compiler, detection)).collect();
    all.extend(found.into_iter().flatten());
    let searches = pack.baselines.iter().chain(&pack.investigations).filter(|search| selected(search.object.file));
    for search in searches {
        if let Some(text) = &search.search {
            all.extend(compiler.compile(text).diagnostics);
        }
    }
    diag::sort(&mut all);
    all
}

fn check_detection(
    pack: &Pack,
    knowledge: &Knowledge,
    compiler: &Compiler<'_>,
    detection: &Detection,
) -> Vec<Diagnostic> {
    let search = detection.search.as_ref().map(|search| compiler.compile(search));
    let subject = Subject { pack, knowledge, detection, compiled: search.as_ref() };
    let mut findings = Findings::default();
    for rule in rules::DETECTION_RULES {
        rule(&subject, &mut findings);
    }
    let mut all = findings.0;
    if let Some(compiled) = search {
        all.extend(compiled.diagnostics);
    }
    all
}

/// The files whose objects were checked: paths as the user gave them, sorted.
pub fn checked_files(pack: &Pack, sources: &crate::source::Sources) -> Vec<String> {
    let files: BTreeSet<String> = sources
        .iter()
        .filter(|&(id, _)| pack.is_selected(id))
        .map(|(_, file)| file.path().to_string_lossy().replace('\\', "/"))
        .collect();
    files.into_iter().collect()
}

/// A help line: the nearest known name, or what else to do.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    match diag::nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}
