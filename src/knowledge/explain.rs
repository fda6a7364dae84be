//! What made the fields of one event, and why it is in a dataset or not.

use super::language;
use super::props::Winner;
use super::rules::{Provenance, Rules, Step};
use super::{Dataset, Knowledge, Model};
use crate::expr::predicate::METADATA;
use crate::expr::{Context, Predicate};
use crate::ir::{Fields, print};
use crate::source::Place;
use crate::value::{Batch, Name, Value};

/// An event as a search sees it.
#[derive(Debug)]
pub struct Explained {
    /// One row with every field, eventtypes and tags included.
    pub row: Batch,
    /// By field, in the order in which they came to be: the settings that gave or changed its value; none for what the
    /// platform and index time give.
    pub makers: Vec<(Name, Vec<Provenance>)>,
    /// The eventtypes of the event.
    pub eventtypes: Vec<ExplainedEventtype>,
    /// The tags of field values other than eventtypes.
    pub tags: Vec<ExplainedTags>,
}

/// An eventtype that an event has.
#[derive(Clone, Debug)]
pub struct ExplainedEventtype {
    /// Its name.
    pub name: Name,
    /// Its search.
    pub place: Option<Place>,
    /// Its tags.
    pub tags: Vec<Name>,
}

/// The tags of a value that an event has in a field.
#[derive(Clone, Debug)]
pub struct ExplainedTags {
    /// The field.
    pub field: Name,
    /// Its value.
    pub value: Value,
    /// The tags.
    pub tags: Vec<Name>,
}

/// How an event stands to a dataset.
#[derive(Debug)]
pub struct Membership<'k> {
    /// The dataset.
    pub dataset: Dataset<'k>,
    /// What the event does not satisfy, the dataset's ancestors included; it is in the dataset if there is nothing.
    pub failed: Vec<FailedCondition>,
    /// Terms about tags and fields that the event satisfies; negations do not count.
    pub satisfied: usize,
    /// Why no event can be in the dataset here.
    pub obstacle: Option<String>,
}

/// A part of a condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCondition {
    /// The dataset that asks for it.
    pub dataset: Name,
    /// The part, as a search expression.
    pub condition: String,
    /// What the event has instead: each field that the part reads, with its value.
    pub values: Vec<(Name, Option<String>)>,
    /// The whole condition in the model's file.
    pub place: Option<Place>,
}

impl Membership<'_> {
    /// Whether the event is in the dataset.
    pub fn holds(&self) -> bool {
        self.failed.is_empty() && self.obstacle.is_none()
    }
}

impl Knowledge {
    /// Runs all rules on one event and tells what each of them did.
    ///
    /// The batch has one row, with what index time gave.
    pub fn explain(&self, rules: &Rules, event: Batch, context: &Context) -> Explained {
        let mut makers: Vec<(Name, Vec<Provenance>)> = Vec::new();
        let mut before = Batch::new(event.rows());
        let row = rules.extraction(&Fields::All).run_watched(event, context, &mut |ran, after| {
            for (name, column) in after.columns() {
                if column.values().first() == Some(before.value(0, name)) {
                    continue;
                }
                let by = ran.iter().filter(|step| ran.len() == 1 || step.kind.may_make(name)).map(|step| given(step));
                match makers.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => known.extend(by),
                    None => makers.push((name.clone(), by.collect())),
                }
            }
            before = after.clone();
        });
        makers.retain(|(name, _)| !row.value(0, name).is_null());
        let (eventtypes, tags) = self.labels(rules, &row);
        Explained { row, makers, eventtypes, tags }
    }

    fn labels(&self, rules: &Rules, row: &Batch) -> (Vec<ExplainedEventtype>, Vec<ExplainedTags>) {
        let names = row.value(0, "eventtype").values();
        let has = |name: &Name| names.iter().any(|value| matches!(value, Value::Text(text) if text == name));
        let eventtypes = rules.eventtypes().filter(|(name, _)| has(name)).map(|(name, tags)| ExplainedEventtype {
            name: name.clone(),
            place: self.eventtypes().get(name).and_then(crate::source::Located::whole),
            tags: tags.to_vec(),
        });
        let mut tags = Vec::new();
        for entry in self.tags().entries().iter().filter(|entry| &*entry.field != "eventtype") {
            for value in row.value(0, &entry.field).values() {
                if value.to_text().eq_ignore_ascii_case(&entry.value) {
                    let (field, value, tags_of_value) = (entry.field.clone(), value.clone(), entry.tags.clone());
                    tags.push(ExplainedTags { field, value, tags: tags_of_value });
                }
            }
        }
        (eventtypes.collect(), tags)
    }

    /// How an event stands to every dataset of every model, in the order of the models. `row` has all fields.
    pub fn memberships(&self, row: &Batch, context: &Context) -> Vec<Membership<'_>> {
        self.models().flat_map(Model::all).map(|dataset| self.membership(dataset, row, context)).collect()
    }

    /// How an event stands to a dataset. `row` has all fields.
    pub fn membership<'k>(&'k self, dataset: Dataset<'k>, row: &Batch, context: &Context) -> Membership<'k> {
        let mut membership = Membership { dataset, failed: Vec::new(), satisfied: 0, obstacle: None };
        for part in dataset.chain() {
            let compiled = self.compiled_dataset(part);
            membership.obstacle = membership.obstacle.or_else(|| compiled.broken().map(str::to_owned));
            for (condition, place) in compiled.conditions() {
                let mut test = Test { row, context, dataset: part.name(), place: *place, into: &mut membership };
                test.condition(condition);
            }
        }
        membership
    }

    /// The settings that say where the time of an event stands, and in which zone it is.
    pub fn time_settings(&self, source: &str, sourcetype: &str, host: &str) -> Vec<(Provenance, String)> {
        const KEYS: [&str; 5] = ["DATETIME_CONFIG", "TIME_PREFIX", "TIME_FORMAT", "MAX_TIMESTAMP_LOOKAHEAD", "TZ"];
        let settings = self.props().settings(source, sourcetype, host);
        let told = |key: &str| {
            let (_, name, winner) = settings.get_full(key)?;
            let Winner { setting, .. } = winner;
            (!setting.value.is_empty()).then(|| (Provenance::of(name, *winner), setting.text().to_owned()))
        };
        KEYS.into_iter().filter_map(told).collect()
    }
}

fn given(step: &Step) -> Provenance {
    step.given_by.clone()
}

struct Test<'t, 'k> {
    row: &'t Batch,
    context: &'t Context,
    dataset: &'t Name,
    place: Option<Place>,
    into: &'t mut Membership<'k>,
}

impl Test<'_, '_> {
    /// Tests the terms of a conjunction one by one.
    fn condition(&mut self, condition: &Predicate) {
        if let Predicate::And(terms) = condition {
            return terms.iter().for_each(|term| self.condition(term));
        }
        let reads = language::reads_of_predicate(condition);
        if language::select(condition, self.row, self.context) == [true] {
            // `sourcetype=*`, or that something is absent, says nothing about an event.
            let tells = |name: &Name| !METADATA.contains(&&**name);
            let positive = !matches!(condition, Predicate::Not(_));
            self.into.satisfied += usize::from(positive && reads.iter().any(tells));
            return;
        }
        let value = |name: &Name| {
            let value = self.row.value(0, name);
            let text =
                || value.values().iter().map(|value| value.to_text().into_owned()).collect::<Vec<_>>().join(", ");
            (name.clone(), (!value.is_null()).then(text))
        };
        self.into.failed.push(FailedCondition {
            dataset: self.dataset.clone(),
            condition: print::predicate(condition),
            values: reads.iter().filter(|name| &***name != "_raw").map(value).collect(),
            place: self.place,
        });
    }
}
