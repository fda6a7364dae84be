//! Checking a pack: what is wrong with its content, at the exact character.
//!
//! Findings come from four rooms: the YAML reader and the content model, macro expansion and the SPL parser, the
//! lowering to plans, and the rules of this room ([`rules`], one file each). [`output`] writes them.
//!
//! What the official validator refuses is an error here, so that a pack passes in both or in none; what it accepts
//! although it is wrong is a warning. Only a search that Splunk itself would refuse is an error in any case.

pub mod config;
mod facts;
pub mod fix;
pub mod output;
pub mod rules;
pub mod suppress;

use crate::compile::{Compiled, Compiler};
use crate::content::model::{Detection, Generation, Object};
use crate::content::pack::{HasObject, Kind, Pack};
use crate::diag::{self, Diagnostic, Problem, Severity, codes};
use crate::knowledge::Knowledge;
use crate::source::{FileId, Located, Sources};
use config::Config;
use facts::Facts;
use rayon::prelude::*;
use std::collections::BTreeSet;
use suppress::Suppressions;

/// What a check depends on beside the pack.
#[derive(Clone, Copy, Debug)]
pub struct Options<'c> {
    /// Dates after this one lie in the future.
    pub today: jiff::civil::Date,
    /// What `escudo.toml` says; none if there is none.
    pub config: Option<&'c Config>,
    /// Advice is given. The configuration may ask for it too.
    pub advice: bool,
}

impl Options<'_> {
    /// Everything that is found on a day.
    pub fn on(today: jiff::civil::Date) -> Self {
        Self { today, config: None, advice: true }
    }

    /// Everything that is found now, in UTC, which is what the official tool compares with.
    pub fn now() -> Self {
        Self::on(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

/// What every rule knows of the surroundings.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The pack, with everything that counts as known.
    pub pack: &'a Pack,
    /// Data models and the knowledge objects of apps.
    pub knowledge: &'a Knowledge,
    /// Columns of lookups, fields of datasets.
    pub catalog: &'a (dyn crate::ir::Catalog + Sync),
    options: Options<'a>,
    facts: &'a Facts<'a>,
}

impl std::fmt::Debug for Around<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Around").field("root", &self.pack.root).finish_non_exhaustive()
    }
}

impl<'a> Around<'a> {
    /// Whether a lookup of this name (or a file of this name) is known.
    pub fn knows_lookup(&self, name: &str) -> bool {
        self.facts.lookups.contains(name)
    }

    /// All known lookups: those of packs, with the names of their files, and those of apps.
    pub fn lookup_names(&self) -> impl Iterator<Item = &'a str> {
        self.facts.lookups.iter().copied()
    }

    /// How bad it is to break a rule that the official tool has had since some release of its fifth generation.
    fn since_5_3(&self, object: &Object) -> Severity {
        let follows = object.generation == Generation::V6 || (object.generation == Generation::V5 && self.facts.late);
        if follows { Severity::Error } else { Severity::Warning }
    }

    /// The finding for a name that should be that of an object of some kind and is not.
    ///
    /// `code` says so unless the name is that of an object of another kind, which is a finding of its own.
    fn not_found(&self, kind: Kind, code: diag::Code, name: &str, place: crate::source::Place) -> Diagnostic {
        if let Some(other) = self.facts.kinds.get(name) {
            let message = format!("`{name}` is a {}, expected a {}", other.word(), kind.word());
            return Diagnostic::new(codes::WRONG_KIND, message, place)
                .label(format!("no {} of this name", kind.word()))
                .help(format!("name a {}", kind.word()));
        }
        let help = match self.facts.nearest(kind, name) {
            Some(near) => diag::did_you_mean(near),
            None => format!("add it under {}/, or name its pack with `--with`", kind.folder()),
        };
        Diagnostic::new(code, format!("{} `{name}` does not exist", kind.word()), place)
            .label(format!("no {} of this name", kind.word()))
            .help(help)
    }
}

/// What a rule about detections looks at: one detection and what is known around it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// What is known.
    pub around: Around<'a>,
    /// The detection.
    pub detection: &'a Detection,
    /// Its search; none if the file has none.
    pub compiled: Option<&'a Compiled>,
}

impl Subject<'_> {
    /// Whether the detection is in production: `status`, and where there is none.
    pub fn in_production(&self) -> bool {
        self.detection.object.status.as_ref().is_none_or(|status| status.as_str() == "production")
    }

    /// Whether the type is one of these.
    pub fn is_type(&self, types: &[&str]) -> bool {
        self.detection.analytic_type.as_ref().is_some_and(|found| types.contains(&found.as_str()))
    }

    /// How bad it is that the search does not produce a field: the official tool looks whether the name occurs anywhere
    /// in the text of a search in production, and refuses the detection if not.
    pub fn missing_field(&self, name: &str) -> Severity {
        let text = self.detection.search.as_ref().map_or("", Located::as_str);
        let occurs = text.to_lowercase().contains(&name.to_lowercase());
        let checks = self.detection.object.generation != Generation::V6 && self.in_production();
        if checks && !occurs { Severity::Error } else { Severity::Warning }
    }

    /// What to do about a name that should be a field of the result; none if it may be one. `mark` is put around names.
    ///
    /// A search whose result may have any field has this one, unless it is a slip of one that is known.
    pub fn instead_of(&self, name: &str, mark: &str) -> Option<String> {
        let compiled = self.compiled.filter(|compiled| compiled.sound)?;
        if !compiled.produces(name) {
            return Some(compiled.instead_of(name, mark));
        }
        if compiled.flow.output().fields.contains_key(name) {
            return None;
        }
        let meant = rules::meant(self, compiled, name)?;
        Some(diag::did_you_mean(format_args!("{mark}{meant}{mark}")))
    }

    /// As [`Subject::instead_of`], for names that the official tool looks for in the text of the search: those that are
    /// nowhere in it are no fields for it, whatever the result may have.
    pub fn instead_of_required(&self, name: &str, mark: &str) -> Option<String> {
        self.instead_of(name, mark).or_else(|| {
            let compiled = self.compiled.filter(|compiled| compiled.sound)?;
            (self.missing_field(name) == Severity::Error).then(|| compiled.instead_of(name, mark))
        })
    }

    /// The key of the search, for findings about what it lacks.
    fn search_key(&self) -> crate::source::Place {
        let object = &self.detection.object;
        object.node.key_node("search").map_or(object.start, |key| key.place)
    }
}

/// What a rule about any kind of object looks at.
#[derive(Debug)]
pub struct Item<'a> {
    /// What is known.
    pub around: Around<'a>,
    /// What it is.
    pub kind: Kind,
    /// The common part.
    pub object: &'a Object,
}

/// Collects what rules find.
#[derive(Debug, Default)]
pub struct Findings(Vec<Diagnostic>);

impl Findings {
    /// A finding in a file.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// A finding in a file, with a severity that is not that of the code.
    pub fn push_at(&mut self, severity: Severity, diagnostic: Diagnostic) {
        self.0.push(Diagnostic { severity, ..diagnostic });
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

/// Checks the selected objects of a pack, as of now. `loading` is what reading them reported. The result is sorted by
/// place, nothing is in it twice, and nothing that a comment allows.
pub fn check(pack: &Pack, knowledge: &Knowledge, sources: &Sources, loading: Vec<Diagnostic>) -> Vec<Diagnostic> {
    check_with(pack, knowledge, sources, loading, Options::now())
}

/// As [`check()`], with options.
pub fn check_with(
    pack: &Pack,
    knowledge: &Knowledge,
    sources: &Sources,
    loading: Vec<Diagnostic>,
    options: Options<'_>,
) -> Vec<Diagnostic> {
    let mut findings = everything(pack, knowledge, sources, loading, options);
    for (_, object) in pack.objects().filter(|(_, object)| pack.is_selected(object.file)) {
        let comments = Suppressions::read(object.file, sources.file(object.file).text(), Some(&object.node));
        if let Some(comments) = comments {
            comments.apply(&mut findings);
        }
    }
    if let Some(config) = options.config {
        config.apply(&mut findings, sources);
    }
    let advice = options.advice || options.config.is_some_and(|config| config.advice);
    findings.retain(|found| advice || found.severity != Severity::Advice);
    diag::sort(&mut findings);
    findings
}

/// What is found before anyone has a say.
fn everything(
    pack: &Pack,
    knowledge: &Knowledge,
    sources: &Sources,
    loading: Vec<Diagnostic>,
    options: Options<'_>,
) -> Vec<Diagnostic> {
    let compiler = Compiler::new(pack, knowledge);
    let facts = Facts::of(pack, knowledge);
    let around = Around { pack, knowledge, catalog: compiler.catalog(), options, facts: &facts };
    let mut all = loading;
    let detections = selected(pack, &pack.detections);
    let detections = || -> (Vec<Vec<Diagnostic>>, Vec<Uses>) {
        let checked = detections.par_iter().map(|detection| check_detection(around, &compiler, detection));
        checked.map(|checked| (checked.found, checked.uses)).unzip()
    };
    let rest = || rayon::join(|| others(around, &compiler), || objects(around, sources));
    let (of_pack, ((found, uses), (of_others, of_objects))) =
        rayon::join(|| of_pack(around), || rayon::join(detections, rest));
    all.extend(found.into_iter().flatten());
    all.extend(of_others);
    all.extend(of_objects);
    all.extend(of_pack);
    let mut findings = Findings::default();
    rules::unused(&around, &compiler, &uses, &mut findings);
    all.extend(findings.0);
    all.retain(|found| pack.is_selected(found.place.file));
    diag::sort(&mut all);
    // The reader and the rules may see the same mistake.
    all.dedup_by(|next, first| {
        let same = next.code == first.code && next.place == first.place;
        same && (next.code == codes::YAML_TYPE || next.message == first.message)
    });
    all
}

fn selected<'p, T: HasObject>(pack: &Pack, objects: &'p [T]) -> Vec<&'p T> {
    objects.iter().filter(|object| pack.is_selected(object.object().file)).collect()
}

/// Names that a search uses, for the question what nothing uses.
#[derive(Debug, Default)]
struct Uses {
    macros: Vec<String>,
    lookups: Vec<String>,
}

impl Uses {
    fn of(compiled: &Compiled) -> Self {
        Self {
            macros: compiled.expansion.calls.iter().map(|call| call.name.clone()).collect(),
            lookups: crate::spl::walk::lookups(&compiled.search).iter().map(|word| word.text.clone()).collect(),
        }
    }
}

struct Checked {
    found: Vec<Diagnostic>,
    uses: Uses,
}

fn check_detection(around: Around<'_>, compiler: &Compiler<'_>, detection: &Detection) -> Checked {
    let search = detection.search.as_ref().map(|search| compiler.compile(search));
    let subject = Subject { around, detection, compiled: search.as_ref() };
    let mut findings = Findings::default();
    for rule in rules::DETECTION_RULES {
        rule(&subject, &mut findings);
    }
    let mut found = findings.0;
    let uses = search.as_ref().map(Uses::of).unwrap_or_default();
    if let Some(compiled) = search {
        found.extend(compiled.diagnostics);
    }
    Checked { found, uses }
}

/// What the rules about a whole pack find.
fn of_pack(around: Around<'_>) -> Vec<Diagnostic> {
    let rules = rules::PACK_RULES.par_iter().map(|rule| {
        let mut findings = Findings::default();
        rule(&around, &mut findings);
        findings.0
    });
    rules.flatten_iter().collect()
}

/// Baselines, investigations and macros: searches, or parts of them, that are no detections.
fn others(around: Around<'_>, compiler: &Compiler<'_>) -> Vec<Diagnostic> {
    let pack = around.pack;
    let mut found = Vec::new();
    for (kind, all) in [(Kind::Baseline, &pack.baselines), (Kind::Investigation, &pack.investigations)] {
        found.extend(each(pack, all, |search, findings| {
            rules::saved_search(&around, kind, search, compiler, findings);
        }));
    }
    found.extend(each(pack, &pack.macros, |it, findings| rules::macro_definition(&around, it, compiler, findings)));
    found.extend(each(pack, &pack.lookups, |lookup, findings| rules::lookup_table(&around, lookup, findings)));
    found
}

/// What a rule finds in the selected objects of a kind, in their order.
fn each<T: HasObject + Sync>(
    pack: &Pack,
    objects: &[T],
    rule: impl Fn(&T, &mut Findings) + Sync,
) -> impl Iterator<Item = Diagnostic> {
    let found: Vec<Vec<Diagnostic>> = selected(pack, objects)
        .into_par_iter()
        .map(|object| {
            let mut findings = Findings::default();
            rule(object, &mut findings);
            findings.0
        })
        .collect();
    found.into_iter().flatten()
}

/// The rules that hold for objects of every kind.
fn objects(around: Around<'_>, sources: &Sources) -> Vec<Diagnostic> {
    let selected: Vec<(Kind, &Object)> =
        around.pack.objects().filter(|(_, object)| around.pack.is_selected(object.file)).collect();
    let found: Vec<Vec<Diagnostic>> = selected
        .par_iter()
        .with_min_len(64)
        .map(|&(kind, object)| {
            let mut findings = Findings::default();
            let item = Item { around, kind, object };
            for rule in rules::OBJECT_RULES {
                rule(&item, &mut findings);
            }
            rules::unfinished(&item, sources.file(object.file).text(), &mut findings);
            findings.0
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// The files whose objects were checked: paths as the user gave them, sorted.
pub fn checked_files(pack: &Pack, sources: &Sources) -> Vec<String> {
    let files: BTreeSet<String> = sources
        .iter()
        .filter(|&(id, _)| pack.is_selected(id))
        .map(|(_, file)| file.path().to_string_lossy().replace('\\', "/"))
        .collect();
    files.into_iter().collect()
}

/// Whether a file is part of what was asked about.
fn is_selected(around: &Around<'_>, file: FileId) -> bool {
    around.pack.is_selected(file)
}

/// A help line: the nearest known name, or what else to do.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    match diag::nearest(name, known) {
        Some(near) => diag::did_you_mean(near),
        None => otherwise.to_owned(),
    }
}
