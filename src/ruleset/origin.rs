//! What the rules mean for the events of one origin (source, sourcetype, host).

use super::consumer::{Consumer, Wants, fields_of};
use super::matcher::{Hits, Matcher};
use crate::expr::predicate::relax::{field_of, on_fields, relax};
use crate::expr::{CompareOp, Predicate};
use crate::ir::Fields;
use crate::knowledge::{DatasetFields, Extraction, Knowledge, Naming, Plain, Rules};
use crate::value::Name;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Consumers of the rows of one dataset, whatever the origin.
#[derive(Debug)]
pub(super) struct Group<'p> {
    /// What an event must satisfy to be a row.
    pub(super) condition: Predicate,
    pub(super) naming: Naming,
    /// Its place among the datasets of a model that is read as a whole.
    pub(super) rank: usize,
    /// Those that look at rows by a condition.
    pub(super) picky: Vec<Member>,
    /// The conditions of these, by their place in the list.
    pub(super) matcher: Matcher,
    pub(super) matcher_number: usize,
    /// Those that take all rows.
    pub(super) greedy: Vec<Member>,
    /// What the conditions read, and what greedy consumers take.
    pub(super) first: DatasetFields<'p>,
    /// What picky consumers take.
    pub(super) rest: DatasetFields<'p>,
}

/// A consumer with the columns that it is given.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) consumer: usize,
    pub(super) columns: BTreeSet<Name>,
}

impl<'p> Group<'p> {
    /// The groups of all consumers of datasets, and what is wrong with a dataset by consumer.
    pub(super) fn all(
        consumers: &[Consumer<'p>],
        knowledge: &'p Knowledge,
        numbers: &mut usize,
    ) -> (Vec<Self>, BTreeMap<usize, String>) {
        let mut broken = BTreeMap::new();
        let mut members: BTreeMap<(&Name, &Name, bool, usize), Vec<usize>> = BTreeMap::new();
        for (number, consumer) in consumers.iter().enumerate() {
            let Wants::Dataset { datasets, naming, .. } = &consumer.wants else { continue };
            for (rank, dataset) in datasets.iter().enumerate() {
                let key = (&dataset.model.name, dataset.lineage(), *naming == Naming::Prefixed, rank);
                members.entry(key).or_default().push(number);
            }
        }
        let mut groups = Vec::new();
        for ((_, _, _, rank), members) in members {
            match Self::new(consumers, &members, rank, knowledge, numbers) {
                Ok(group) => groups.push(group),
                Err(message) => broken.extend(members.into_iter().map(|member| (member, message.clone()))),
            }
        }
        (groups, broken)
    }

    fn new(
        consumers: &[Consumer<'p>],
        members: &[usize],
        rank: usize,
        knowledge: &'p Knowledge,
        numbers: &mut usize,
    ) -> Result<Self, String> {
        let (mut picky, mut greedy, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        let (mut first, mut rest) = (Fields::none(), Fields::none());
        let mut dataset_and_naming = None;
        for &number in members {
            let consumer = &consumers[number];
            let Wants::Dataset { datasets, naming, near } = &consumer.wants else { continue };
            let dataset = datasets[rank];
            dataset_and_naming = Some((dataset, *naming));
            let columns = knowledge.dataset_fields(dataset, &consumer.needs)?.columns(*naming);
            let member = Member { consumer: number, columns };
            if near.is_true() {
                first.add_all(&consumer.needs);
                greedy.push(member);
            } else {
                first.add_all(&fields_of(near));
                rest.add_all(&consumer.needs);
                conditions.push(near);
                picky.push(member);
            }
        }
        let (dataset, naming) = dataset_and_naming.ok_or_else(|| "the dataset has no rules".to_owned())?;
        *numbers += 1;
        Ok(Self {
            condition: knowledge.dataset_condition(dataset)?,
            naming,
            rank,
            picky,
            matcher: Matcher::new(conditions),
            matcher_number: *numbers,
            greedy,
            first: knowledge.dataset_fields(dataset, &first)?,
            rest: knowledge.dataset_fields(dataset, &rest)?,
        })
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.picky.iter().chain(&self.greedy)
    }
}

/// What is left of the conditions for events of one origin.
#[derive(Debug)]
pub(super) struct Origin {
    /// Groups that can have rows.
    pub(super) groups: Vec<usize>,
    /// Consumers of events that can match.
    pub(super) events: Vec<usize>,
    /// Gives the fields that the first decision reads.
    pub(super) first: Extraction<Arc<Rules>>,
    /// Decides which datasets an event belongs to, and which consumers of events it may interest: groups, then events.
    pub(super) sorter: Matcher,
    pub(super) sorter_number: usize,
    /// Decides which consumers of events it interests.
    pub(super) matcher: Matcher,
    pub(super) matcher_number: usize,
    /// What the conditions of `events` read.
    reads: Vec<Fields>,
    kinds: Mutex<HashMap<Hits, Arc<Kind>>>,
}

/// Events of an origin that the first decision does not tell apart.
#[derive(Debug)]
pub(super) struct Kind {
    /// Numbers of groups that they belong to.
    pub(super) groups: Vec<usize>,
    /// Per place in [`Origin::events`]: it may match.
    pub(super) may_match: Vec<bool>,
    pub(super) has_events: bool,
    /// Gives the fields to decide the rest by.
    pub(super) second: Extraction<Arc<Rules>>,
    /// Gives what matching events of these groups and consumers need.
    rest: Mutex<HashMap<Interests, Arc<Extraction<Arc<Rules>>>>>,
}

/// Consumers of events and groups.
pub(super) type Interests = (Vec<usize>, Vec<usize>);

/// Different interests that are remembered per kind of events.
const MAX_INTERESTS: usize = 1_024;

impl Kind {
    /// The extraction for events that interest these; made by `fields` when first asked for.
    pub(super) fn rest(
        &self,
        rules: &Arc<Rules>,
        interests: Interests,
        fields: impl FnOnce() -> Fields,
    ) -> Arc<Extraction<Arc<Rules>>> {
        let mut known = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(extraction) = known.get(&interests) {
            return extraction.clone();
        }
        let extraction = Arc::new(rules.lasting_extraction(&fields()));
        if known.len() >= MAX_INTERESTS {
            known.clear();
        }
        known.insert(interests, extraction.clone());
        extraction
    }
}

impl Origin {
    pub(super) fn new(
        rules: &Arc<Rules>,
        consumers: &[Consumer<'_>],
        groups: &[Group<'_>],
        numbers: &mut usize,
    ) -> Self {
        let (mut of_groups, mut of_events) = (Vec::new(), Vec::new());
        for (number, group) in groups.iter().enumerate() {
            if let Some(condition) = plain(rules, &group.condition) {
                of_groups.push((number, condition));
            }
        }
        for (number, consumer) in consumers.iter().enumerate() {
            let Wants::Events { near, .. } = &consumer.wants else { continue };
            if let Some(condition) = plain(rules, near) {
                // Tags are spelled out by conditions of knowledge objects, which may ask for anything.
                of_events.push((number, relax(&condition, &on_fields)));
            }
        }
        let mut first = Fields::none();
        for (_, condition) in &of_groups {
            first.add_all(&fields_of(condition));
        }
        if let Some(name) = telling(&of_events) {
            first.add(name);
        }
        let in_first = |leaf: &Predicate| on_fields(leaf) && field_of(leaf).is_some_and(|name| first.contains(name));
        let sorting: Vec<Predicate> = of_groups
            .iter()
            .map(|(_, condition)| condition.clone())
            .chain(of_events.iter().map(|(_, condition)| relax(condition, &in_first)))
            .collect();
        *numbers += 2;
        Self {
            groups: of_groups.into_iter().map(|(number, _)| number).collect(),
            reads: of_events.iter().map(|(_, condition)| fields_of(condition)).collect(),
            matcher: Matcher::new(of_events.iter().map(|(_, condition)| condition)),
            matcher_number: *numbers,
            events: of_events.into_iter().map(|(number, _)| number).collect(),
            first: rules.lasting_extraction(&first),
            sorter: Matcher::new(&sorting),
            sorter_number: *numbers - 1,
            kinds: Mutex::default(),
        }
    }

    /// Whether no rule can have anything of these events.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.events.is_empty()
    }

    /// The kind of the events that the sorter gives these hits for.
    pub(super) fn kind(&self, rules: &Arc<Rules>, hits: &Hits, groups: &[Group<'_>]) -> Arc<Kind> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kinds.get(hits) {
            return known.clone();
        }
        let of_groups = self.groups.len();
        let (mut of_kind, mut fields) = (Vec::new(), Fields::none());
        let (mut may_match, mut has_events) = (vec![false; self.events.len()], false);
        for &hit in hits.iter() {
            let hit = hit as usize;
            if hit < of_groups {
                let number = self.groups[hit];
                fields.add_all(groups[number].first.events());
                of_kind.push(number);
            } else {
                fields.add_all(&self.reads[hit - of_groups]);
                may_match[hit - of_groups] = true;
                has_events = true;
            }
        }
        let second = rules.lasting_extraction(&fields);
        let kind = Arc::new(Kind { groups: of_kind, may_match, has_events, second, rest: Mutex::default() });
        kinds.insert(hits.clone(), kind.clone());
        kind
    }
}

/// The condition for the events of some rules; `None` if none can satisfy it.
fn plain(rules: &Rules, condition: &Predicate) -> Option<Predicate> {
    match rules.plain(condition) {
        Plain::Always => Some(Predicate::TRUE),
        Plain::Never => None,
        Plain::If(condition) => Some(condition),
    }
}

/// The field that tells the events of most conditions apart, of those that conditions compare with whole texts
/// (`EventCode=1`).
fn telling(conditions: &[(usize, Predicate)]) -> Option<Name> {
    let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
    for (_, condition) in conditions {
        let mut names: BTreeSet<&Name> = BTreeSet::new();
        compared(condition, &mut names);
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<(&Name, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    counts.first().map(|&(name, _)| name.clone())
}

fn compared<'c>(condition: &'c Predicate, names: &mut BTreeSet<&'c Name>) {
    match condition {
        Predicate::And(terms) => terms.iter().for_each(|term| compared(term, names)),
        Predicate::Compare { field, op: CompareOp::Eq, pattern } if pattern.exact().is_some() => {
            names.insert(&field.name);
        }
        Predicate::In { field, patterns } if patterns.iter().all(|pattern| pattern.exact().is_some()) => {
            names.insert(&field.name);
        }
        Predicate::Or(terms) if !terms.is_empty() => {
            // Alternatives over one field tell as much as a list.
            let mut sets = terms.iter().map(|term| {
                let mut names = BTreeSet::new();
                compared(term, &mut names);
                names
            });
            let common = sets.next().unwrap_or_default();
            names.extend(sets.fold(common, |common, set| common.intersection(&set).copied().collect()));
        }
        _ => {}
    }
}
