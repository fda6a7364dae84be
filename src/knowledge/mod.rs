//! What Splunk knows about events: from a raw event to the fields that a search reads.
//!
//! All of it is data in Splunk's own file formats: the built-in pack (folder `knowledge/` of the repository, embedded)
//! and the user's own apps. This room reads those formats and carries them out.
//!
//! ```text
//! conf files ──conf──► settings ──props──► the stanzas of one (source, sourcetype, host) ──rules──► fields
//! data models ──model──► datasets ──────────────────────────────────────────────────────dataset──► rows
//! ```
//!
//! Order at search time: `EXTRACT`, `REPORT`, automatic key/value, `FIELDALIAS`, `EVAL`, `LOOKUP`, eventtypes, tags.

mod app;
pub mod attack;
pub mod conf;
mod dataset;
pub mod eventtypes;
mod explain;
pub mod extract;
pub mod index_time;
mod language;
pub mod macros;
pub mod model;
pub mod props;
pub mod rewrite;
pub mod rules;
pub mod selector;
mod settings;
pub mod tags;
#[cfg(test)]
mod tests;
pub mod transforms;
pub mod written;

use crate::diag::Diagnostic;
use crate::expr::{Context, Predicate};
use crate::ir::Fields;
use crate::source::{Place, Sources};
use crate::value::Batch;
use crate::value::Name;
use app::App;
use conf::Conf;
use dataset::CompiledDataset;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

pub use app::AppError;
pub use dataset::{DatasetFields, Naming};
pub use eventtypes::Eventtypes;
pub use explain::{Explained, ExplainedEventtype, ExplainedTags, FailedCondition, Membership};
pub use index_time::IndexTimeRules;
pub use macros::{Macro, Macros};
pub use model::{Dataset, Model, QualifiedField};
pub use props::Props;
pub use rules::{Extraction, Plain, Provenance, Rules};
pub use tags::Tags;
pub use transforms::{ExternalLookup, LookupDefinition, Transform, Transforms};
pub use written::Written;

/// All knowledge objects, compiled as far as their text allows.
#[derive(Debug)]
pub struct Knowledge {
    sources: Sources,
    props: Props,
    transforms: Transforms,
    eventtypes: Eventtypes,
    tags: Tags,
    macros: Macros,
    models: IndexMap<Name, Model>,
    tables: IndexMap<String, app::Content>,
    cache: Cache,
}

/// What was compiled so far.
#[derive(Debug, Default)]
struct Cache {
    rules: Mutex<HashMap<(Name, Name, Name), Arc<Rules>>>,
    /// By the stanzas that apply.
    compiled: Mutex<HashMap<Vec<usize>, Arc<rules::Compiled>>>,
    eventtypes: Mutex<HashMap<Name, Arc<language::Compiled<Predicate>>>>,
    tables: Mutex<HashMap<Name, Option<Arc<crate::value::Batch>>>>,
    /// By model and dataset.
    datasets: Mutex<HashMap<(Name, usize), Arc<CompiledDataset>>>,
}

/// Rule sets kept at a time. Sources are file names in some inputs, so their number is not bounded by the rules'.
const MAX_CACHED: usize = 4_096;

/// Gives what is known under a key, or makes it. Making happens outside of the lock: it may need other entries.
fn cached<K: std::hash::Hash + Eq, V: Clone>(cache: &Mutex<HashMap<K, V>>, key: K, make: impl FnOnce() -> V) -> V {
    if let Some(known) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let made = make();
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    if cache.len() >= MAX_CACHED {
        cache.clear();
    }
    cache.entry(key).or_insert(made).clone()
}

impl Knowledge {
    /// The built-in pack alone. Read once per process.
    pub fn builtin() -> &'static Arc<Self> {
        static BUILTIN: LazyLock<Arc<Knowledge>> =
            LazyLock::new(|| Arc::new(Knowledge::of_apps(&app::builtin()).map_or_else(|_| empty(), |(all, _)| all)));
        &BUILTIN
    }

    /// The built-in pack and the user's apps over it: a later app wins, setting by setting and model by model. Each
    /// path is an app's folder, a folder of apps, or a packed app.
    ///
    /// The places of the diagnostics are those of [`Knowledge::sources`].
    ///
    /// # Errors
    /// A path cannot be read, or is no app.
    pub fn with_apps(paths: &[PathBuf]) -> Result<(Self, Vec<Diagnostic>), AppError> {
        let mut apps = app::builtin();
        for path in paths {
            apps.extend(app::open(path)?);
        }
        let (knowledge, mut problems) = Self::of_apps(&apps)?;
        let of_user = |place: Place| {
            let path = knowledge.sources.file(place.file).path();
            !path.to_string_lossy().starts_with(app::BUILTIN_LABEL)
        };
        problems.extend(knowledge.check_where(&of_user));
        crate::diag::sort(&mut problems);
        // What stands in many stanzas is reported where it stands first.
        let mut seen = std::collections::HashSet::new();
        problems.retain(|problem| seen.insert((problem.code.name(), problem.message.clone())));
        Ok((knowledge, problems))
    }

    fn of_apps(apps: &[App]) -> Result<(Self, Vec<Diagnostic>), AppError> {
        let mut loader = Loader::default();
        for app in apps {
            loader.app(app)?;
        }
        let Loader { sources, confs: [props, transforms, eventtypes, tags, macros], models, tables, mut problems } =
            loader;
        let (macros, more) = macros::read(&macros);
        problems.extend(more);
        let knowledge = Self {
            sources,
            props: Props::new(&props),
            transforms: transforms::read(&transforms),
            eventtypes: eventtypes::read(&eventtypes),
            tags: Tags::new(&tags),
            macros,
            models,
            tables,
            cache: Cache::default(),
        };
        crate::diag::sort(&mut problems);
        Ok((knowledge, problems))
    }

    /// The files that were read: the places of this room's diagnostics are theirs.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// A data model by name. Case-sensitive.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    /// All data models: built-in ones first, sorted by name within an app.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }

    /// A macro by name and number of arguments.
    pub fn find_macro(&self, name: &str, args: usize) -> Option<&Macro> {
        if args == 0 { self.macros.get(name) } else { self.macros.get(format!("{name}({args})").as_str()) }
    }

    /// All macros by stanza name.
    pub fn macros(&self) -> &Macros {
        &self.macros
    }

    /// `props.conf`.
    pub fn props(&self) -> &Props {
        &self.props
    }

    /// `transforms.conf`: extractions and lookup definitions.
    pub fn transforms(&self) -> &Transforms {
        &self.transforms
    }

    /// `eventtypes.conf`.
    pub fn eventtypes(&self) -> &Eventtypes {
        &self.eventtypes
    }

    /// `tags.conf`.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The names by which searches can use lookups: definitions and tables, in that order.
    pub fn lookup_names(&self) -> impl Iterator<Item = &str> {
        let defined = self
            .transforms
            .iter()
            .filter(|(_, transform)| matches!(transform, Transform::Lookup(_) | Transform::External(_)));
        defined.map(|(name, _)| &**name).chain(self.tables.keys().map(String::as_str))
    }

    /// The columns of a lookup, by the name of its definition or of its table. `None` for one that is not known or
    /// whose table cannot be read.
    pub fn lookup_columns(&self, name: &str) -> Option<Vec<Name>> {
        let file = match self.transforms.get(name) {
            Some(Transform::Lookup(definition)) => &*definition.filename,
            Some(Transform::External(lookup)) => return Some(lookup.columns.clone()).filter(|names| !names.is_empty()),
            _ => name,
        };
        let table = self.table(file).ok()??;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table.as_slice());
        let header = reader.headers().ok()?;
        Some(header.iter().map(|name| Name::from(name.trim_start_matches('\u{FEFF}').trim())).collect())
    }

    /// The index-time settings of a stream, by its incoming source, sourcetype and host.
    pub fn index_time(&self, source: &str, sourcetype: &str, host: &str) -> IndexTimeRules {
        IndexTimeRules::read(self, &self.props.settings(source, sourcetype, host))
    }

    /// The search-time rules of events with these metadata. A sourcetype that has a stanza in another letter case only
    /// takes that one. Compiled once; cheap when asked for again.
    pub fn rules(&self, source: &str, sourcetype: &str, host: &str) -> Arc<Rules> {
        // Only stanzas can tell hosts apart.
        let host = if self.props.speaks_of_hosts() { host } else { "" };
        let key = (source.into(), sourcetype.into(), host.into());
        cached(&self.cache.rules, key, || Arc::new(rules::build(self, source, sourcetype, host)))
    }

    /// The wanted fields of raw events that share source, sourcetype and host.
    ///
    /// The batch has `_raw` (text) and whatever else index time gave; all of its columns stay. A field that the events
    /// lack may have no column.
    pub fn extract(&self, rules: &Rules, raw: Batch, wanted: &Fields, context: &Context) -> Batch {
        rules.extraction(wanted).run(raw, context)
    }

    /// The rows of a dataset among raw events that share source, sourcetype and host, in their order.
    ///
    /// Only declared fields come, and of those the wanted ones, named with or without prefix; also the fields that
    /// descendants of the dataset declare, in the rows that belong to them. `_time`, `host`, `source`, `sourcetype` and
    /// `index` come if the batch has them; `nodename` if it is wanted.
    ///
    /// # Errors
    /// The dataset cannot be evaluated. The text is a whole message.
    pub fn dataset_rows(
        &self,
        rules: &Rules,
        dataset: Dataset<'_>,
        raw: &Batch,
        wanted: &Fields,
        naming: Naming,
        context: &Context,
    ) -> Result<Batch, String> {
        dataset::rows(self, rules, dataset, raw, wanted, naming, context)
    }

    /// What an event must satisfy to belong to a dataset: see [`Rules::plain`] for what that is for some events.
    ///
    /// # Errors
    /// As [`Knowledge::dataset_rows`].
    pub fn dataset_condition(&self, dataset: Dataset<'_>) -> Result<Predicate, String> {
        dataset::condition(self, dataset)
    }

    /// Prepares the computation of a dataset's wanted fields: [`Knowledge::dataset_rows`] for callers who know the events
    /// that belong to it.
    ///
    /// # Errors
    /// As [`Knowledge::dataset_rows`].
    pub fn dataset_fields<'m>(&self, dataset: Dataset<'m>, wanted: &Fields) -> Result<DatasetFields<'m>, String> {
        dataset::fields(self, dataset, wanted)
    }

    /// Whether events of a source and sourcetype can be rows of a dataset, as far as the known eventtypes say; `given` is
    /// a field and the value that it has in all of these events. `None`: nothing is known of such events.
    pub fn may_feed(
        &self,
        source: &str,
        sourcetype: &str,
        dataset: Dataset<'_>,
        given: Option<(&str, &str)>,
    ) -> Option<bool> {
        dataset::may_feed(self, &self.rules(source, sourcetype, ""), dataset, given)
    }

    /// Compiles every knowledge object and gives what does not work.
    pub fn check(&self) -> Vec<Diagnostic> {
        self.check_where(&|_| true)
    }

    /// Compiles the knowledge objects that stand in some files.
    fn check_where(&self, file: &dyn Fn(Place) -> bool) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for settings in self.props.examples() {
            if settings.values().any(|winner| file(winner.setting.key)) {
                problems.extend(rules::compile(self, &settings).problems);
            }
        }
        for (name, search) in &self.eventtypes {
            if search.whole().is_some_and(file) {
                problems.extend(self.eventtype_search(name).problems.iter().cloned());
            }
        }
        for dataset in self.models.values().flat_map(Model::all) {
            if file(dataset.model.place) {
                problems.extend(self.compiled_dataset(dataset).problems().iter().cloned());
            }
        }
        problems.retain(|problem| file(problem.place));
        crate::diag::sort(&mut problems);
        problems
    }

    fn compiled(&self, source: &str, sourcetype: &str, host: &str) -> Arc<rules::Compiled> {
        let key = self.props.applying(source, sourcetype, host);
        cached(&self.cache.compiled, key, || {
            Arc::new(rules::compile(self, &self.props.settings(source, sourcetype, host)))
        })
    }

    fn eventtype_search(&self, name: &Name) -> Arc<language::Compiled<Predicate>> {
        cached(&self.cache.eventtypes, name.clone(), || {
            Arc::new(match self.eventtypes.get(name) {
                Some(text) => language::search(text, &self.macros),
                None => language::Compiled { value: None, problems: Vec::new() },
            })
        })
    }

    fn compiled_dataset(&self, dataset: Dataset<'_>) -> Arc<CompiledDataset> {
        let key = (dataset.model.name.clone(), dataset.index);
        cached(&self.cache.datasets, key, || Arc::new(CompiledDataset::new(self, dataset)))
    }

    /// A lookup table; none if no app has its file, or it cannot be read.
    fn lookup_table(&self, filename: &Name) -> Option<Arc<crate::value::Batch>> {
        cached(&self.cache.tables, filename.clone(), || {
            let bytes = self.table(filename).ok().flatten()?;
            crate::lookup::read_csv(bytes.as_slice()).ok().map(Arc::new)
        })
    }

    /// The bytes of a lookup table's file; none if no app has it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn table(&self, filename: &str) -> Result<Option<Vec<u8>>, AppError> {
        self.tables.get(filename).map(app::Content::read).transpose()
    }
}

fn empty() -> Knowledge {
    Knowledge {
        sources: Sources::new(),
        props: Props::default(),
        transforms: Transforms::new(),
        eventtypes: Eventtypes::new(),
        tags: Tags::default(),
        macros: Macros::new(),
        models: IndexMap::new(),
        tables: IndexMap::new(),
        cache: Cache::default(),
    }
}

/// The conf files that are read, in the order of `Loader::confs`.
const CONFS: [&str; 5] = ["props", "transforms", "eventtypes", "tags", "macros"];

/// Collects the files of apps, one layer over the other.
#[derive(Default)]
struct Loader {
    sources: Sources,
    confs: [Conf; 5],
    models: IndexMap<Name, Model>,
    tables: IndexMap<String, app::Content>,
    problems: Vec<Diagnostic>,
}

impl Loader {
    /// Lays an app over what is there: its `default`, then its `local`.
    fn app(&mut self, app: &App) -> Result<(), AppError> {
        for layer in ["default", "local"] {
            for (index, conf) in CONFS.iter().enumerate() {
                let path = format!("{layer}/{conf}.conf");
                if let Some(content) = app.files.get(&path) {
                    let (file, text) = self.text(app, &path, content)?;
                    let (read, problems) = conf::read(file, &text);
                    if !app.name.starts_with(app::BUILTIN_LABEL) {
                        self.problems.extend(settings::check(conf, &read));
                    }
                    self.confs[index].overlay(read);
                    self.problems.extend(problems);
                }
            }
            for (path, stem, content) in app.models(layer) {
                let (file, text) = self.text(app, path, content)?;
                let (model, problems) = model::read(file, stem, &text);
                self.problems.extend(problems);
                if let Some(model) = model {
                    self.models.insert(model.name.clone(), model);
                }
            }
        }
        for (path, content) in &app.files {
            if let Some(name) = path.strip_prefix("lookups/") {
                self.tables.insert(name.to_owned(), content.clone());
            }
        }
        Ok(())
    }

    /// Bytes that are no UTF-8 are replaced by U+FFFD.
    fn text(
        &mut self,
        app: &App,
        path: &str,
        content: &app::Content,
    ) -> Result<(crate::source::FileId, Arc<str>), AppError> {
        let text: Arc<str> = String::from_utf8_lossy(&content.read()?).into();
        Ok((self.sources.add(format!("{}{path}", app.name), text.clone()), text))
    }
}

#[cfg(test)]
mod pack {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_built_in_pack_reads_without_complaint() {
        let (knowledge, problems) = Knowledge::of_apps(&app::builtin()).unwrap();
        let shown: Vec<String> = problems
            .iter()
            .map(|p| {
                format!(
                    "{}:{} {}",
                    knowledge.sources.file(p.place.file).path().display(),
                    p.place.span.start,
                    p.message
                )
            })
            .collect();
        assert!(shown.is_empty(), "{shown:#?}");
        let problems = knowledge.check();
        let shown: Vec<String> = problems
            .iter()
            .map(|p| {
                let place = knowledge.sources.line_columns(p.place);
                format!("{}:{} {}", knowledge.sources.file(p.place.file).path().display(), place.line, p.message)
            })
            .collect();
        assert!(shown.is_empty(), "{shown:#?}");
    }

    #[test]
    fn a_users_app_wins_setting_by_setting() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("a/default/props.conf", "[my:type]\nEVAL-x = 1\nEVAL-y = 1\n"),
            ("a/local/props.conf", "[my:type]\nEVAL-y = 2\nTIME_PREFIX = at=\nMAX_TIMESTAMP_LOOKAHEAD = 30\n"),
            ("a/default/macros.conf", "[one(1)]\nargs = f\ndefinition = $f$=1\n"),
            ("a/default/data/models/Mine.json", "{\"modelName\": \"Mine\", \"objects\": []}"),
            ("a/lookups/t.csv", "a,b\n1,2\n"),
        ] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (knowledge, problems) = Knowledge::with_apps(&[root.path().join("a")]).unwrap();
        assert!(problems.is_empty());
        let settings = knowledge.props().settings("s", "my:type", "h");
        assert_eq!((settings["EVAL-x"].setting.text(), settings["EVAL-y"].setting.text()), ("1", "2"));
        let index_time = knowledge.index_time("s", "my:type", "h");
        assert_eq!((index_time.time_prefix.as_deref(), index_time.max_timestamp_lookahead), (Some("at="), Some(30)));
        assert!(knowledge.find_macro("one", 1).is_some() && knowledge.find_macro("one", 0).is_none());
        assert!(knowledge.model("Mine").is_some());
        assert_eq!(knowledge.table("t.csv").unwrap().unwrap(), b"a,b\n1,2\n");
    }
}
