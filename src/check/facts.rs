//! What rules need to know of the whole pack, gathered once.

use super::rules::Vocabulary;
use crate::content::model::DataSource;
use crate::content::model::LookupKind;
use crate::content::pack::{HasObject, Kind, Pack};
use crate::diag::Names;
use crate::knowledge::{Dataset, Knowledge};
use crate::source::{FileId, Located};
use crate::value::Name;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Facts about a pack.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    /// The pack follows the rules of the official tool's releases since 5.3: it has the folder `removed/`, which those
    /// releases want.
    pub(super) late: bool,
    /// The kind of each name; the first object of a name wins.
    pub(super) kinds: HashMap<&'a str, Kind>,
    /// Names under which searches can use lookups.
    pub(super) lookups: BTreeSet<&'a str>,
    /// Types of detections whose deployment adds risk; none if the pack has no deployments.
    pub(super) risky: Option<HashSet<&'a str>>,
    /// Types of detections that have a deployment.
    pub(super) deployed: HashSet<&'a str>,
    vocabulary: OnceLock<Vocabulary>,
    /// By kind: the names of its objects, to find one that was meant.
    names: [Names<'a>; Kind::ALL.len()],
    /// What [`Facts::may_feed`] found: by data source, model and dataset.
    feeds: Mutex<HashMap<(FileId, Name, Name), Option<bool>>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(pack: &'a Pack, knowledge: &'a Knowledge) -> Self {
        let mut kinds = HashMap::new();
        let mut names: [Vec<&str>; Kind::ALL.len()] = Default::default();
        for (kind, object) in pack.objects() {
            kinds.entry(object.name.as_str()).or_insert(kind);
            names[kind as usize].push(object.name.as_str());
        }
        let own = pack.lookups.iter().flat_map(|lookup| {
            let file = lookup.table.as_ref().filter(|_| lookup.kind == Some(LookupKind::Csv));
            let file = file.and_then(|path| path.file_name()).and_then(|name| name.to_str());
            std::iter::once(lookup.object.name.as_str()).chain(file)
        });
        let typed = |risky: bool| {
            let deployments = pack.deployments.iter().filter(move |it| it.risk_enabled || !risky);
            deployments.filter_map(|it| it.analytic_type.as_ref()).map(Located::as_str).collect::<HashSet<&str>>()
        };
        Self {
            late: pack.removed.iter().any(|removed| pack.is_own(removed.object().file)),
            kinds,
            lookups: own.chain(knowledge.lookup_names()).filter(|name| !name.is_empty()).collect(),
            risky: (!pack.deployments.is_empty()).then(|| typed(true)),
            deployed: typed(false),
            vocabulary: OnceLock::new(),
            names: names.map(Names::from_iter),
            feeds: Mutex::default(),
        }
    }

    /// Field names that the pack knows; gathered when first asked for.
    pub(super) fn vocabulary(&self, pack: &Pack, knowledge: &Knowledge) -> &Vocabulary {
        self.vocabulary.get_or_init(|| Vocabulary::of(pack, knowledge))
    }

    /// The name of an object of this kind that was meant by a name which none has.
    pub(super) fn nearest(&self, kind: Kind, name: &str) -> Option<&'a str> {
        self.names[kind as usize].nearest(name)
    }

    /// Whether the events of a data source can be rows of a dataset; `None` if nothing is known of them.
    pub(super) fn may_feed(&self, knowledge: &Knowledge, source: &DataSource, dataset: Dataset<'_>) -> Option<bool> {
        let key = (source.object.file, dataset.model.name.clone(), dataset.lineage().clone());
        if let Some(known) = self.feeds.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *known;
        }
        let text = |text: &'_ Option<Located>| text.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default();
        let separator = text(&source.separator);
        // Which events of the source are meant is its separator's value, or a number at the end of its name.
        let value = match &source.separator_value {
            Some(value) => Some(value.as_str()),
            None => source.object.name.as_str().rsplit(' ').next().filter(|word| word.parse::<u32>().is_ok()),
        };
        let given = value.filter(|_| !separator.is_empty()).map(|value| (separator.as_str(), value));
        let found = knowledge.may_feed(&text(&source.source), &text(&source.sourcetype), dataset, given);
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found);
        found
    }
}
