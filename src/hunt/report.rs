//! What a hunt found, summed up.

use super::{Attack, Hit};
use crate::events::Meta;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The result of a hunt.
#[derive(Clone, Debug, Default)]
pub struct Report<'p> {
    /// By time (those without one last), rule and row.
    pub hits: Vec<Hit<'p>>,
    /// Risk per entity, the highest first.
    pub entities: Vec<EntityTotal>,
    /// Hits per ATT&CK technique, by id.
    pub techniques: Vec<TechniqueTotal>,
    /// Where events came from, by sourcetype and source.
    pub seen: Vec<Seen>,
    /// Events that were read.
    pub events: u64,
    /// Rules that ran to their end.
    pub rules: usize,
    /// Of these, rules whose data the logs hold: events of the dataset or sourcetype that they search.
    pub with_data: usize,
    /// Of these, rules with hits.
    pub with_hits: usize,
    /// Rules that did not run, by name.
    pub not_run: Vec<NotRun>,
    /// Remarks about files and rules, one line each.
    pub notes: Vec<String>,
    /// Files that could not be read, or not to their end.
    pub damaged: bool,
    /// The hunt was ended before all events were read.
    pub partial: bool,
}

/// A rule that did not run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRun {
    /// Its name.
    pub rule: String,
    /// Why, in one line: lower case, no final period.
    pub reason: String,
}

/// Events of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `sourcetype`.
    pub sourcetype: String,
    /// `source`.
    pub source: String,
    /// How many.
    pub events: u64,
}

/// The risk of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityTotal {
    /// `system`, `user` or `other`.
    pub kind: String,
    /// Its name, as first seen; names that differ in letter case only are one entity.
    pub value: String,
    /// Sum of the scores of its risk events.
    pub score: f64,
    /// Number of risk events.
    pub events: usize,
    /// The rules that made them, sorted.
    pub rules: Vec<String>,
    /// Their ATT&CK techniques, sorted.
    pub techniques: Vec<String>,
}

/// The hits of one technique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TechniqueTotal {
    /// `T1059.001`.
    pub id: String,
    /// Its name, if known.
    pub name: String,
    /// The tactics that it serves.
    pub tactics: Vec<String>,
    /// Rules of the technique with hits.
    pub rules: usize,
    /// Hits of these.
    pub hits: usize,
}

impl Seen {
    /// Counts by sourcetype and source, sorted by these.
    pub(super) fn of(counts: impl IntoIterator<Item = (Arc<Meta>, u64)>) -> Vec<Self> {
        let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (meta, count) in counts {
            *sums.entry((meta.sourcetype.to_string(), meta.source.to_string())).or_default() += count;
        }
        let seen = sums.into_iter().map(|((sourcetype, source), events)| Self { sourcetype, source, events });
        seen.collect()
    }
}

impl Report<'_> {
    /// Sorts the hits and computes the totals.
    pub(super) fn sum_up(&mut self, attack: &Attack<'_>) {
        let key = |time: Option<f64>| time.map_or((1, 0.0), |time| (0, time));
        self.hits.sort_by(|a, b| {
            let ((a_rank, a_time), (b_rank, b_time)) = (key(a.time), key(b.time));
            a_rank.cmp(&b_rank).then(a_time.total_cmp(&b_time)).then_with(|| a.rule().cmp(b.rule()))
        });
        self.entities = entities(&self.hits);
        self.techniques = techniques(&self.hits, attack);
        self.with_hits = self.hits.iter().map(Hit::rule).collect::<BTreeSet<_>>().len();
        self.not_run.sort();
        self.not_run.dedup();
    }
}

fn entities(hits: &[Hit<'_>]) -> Vec<EntityTotal> {
    struct Sum {
        total: EntityTotal,
        rules: BTreeSet<String>,
        techniques: BTreeSet<String>,
    }
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.adds_risk()) {
        for entity in &hit.entities {
            let key = (entity.kind.clone(), entity.value.to_lowercase());
            let sum = sums.entry(key).or_insert_with(|| Sum {
                total: EntityTotal {
                    kind: entity.kind.clone(),
                    value: entity.value.clone(),
                    score: 0.0,
                    events: 0,
                    rules: Vec::new(),
                    techniques: Vec::new(),
                },
                rules: BTreeSet::new(),
                techniques: BTreeSet::new(),
            });
            sum.total.score += entity.score;
            sum.total.events += 1;
            sum.rules.insert(hit.rule().to_owned());
            sum.techniques.extend(hit.techniques().map(str::to_owned));
        }
    }
    let finished = sums.into_values().map(|sum| EntityTotal {
        rules: sum.rules.into_iter().collect(),
        techniques: sum.techniques.into_iter().collect(),
        ..sum.total
    });
    let mut totals: Vec<EntityTotal> = finished.collect();
    totals.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.kind, &a.value).cmp(&(&b.kind, &b.value))));
    totals
}

fn techniques(hits: &[Hit<'_>], attack: &Attack<'_>) -> Vec<TechniqueTotal> {
    let mut sums: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for hit in hits {
        for id in hit.techniques() {
            let (count, rules) = sums.entry(id.to_owned()).or_default();
            *count += 1;
            rules.insert(hit.rule());
        }
    }
    let total = |(id, (hits, rules)): (String, (usize, BTreeSet<&str>))| {
        let known = attack(&id).unwrap_or_default();
        TechniqueTotal { id, name: known.name, tactics: known.tactics, rules: rules.len(), hits }
    };
    sums.into_iter().map(total).collect()
}
