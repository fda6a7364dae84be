//! Eventtypes and tags of the events of one origin.

use super::{Eventtype, FieldTags, Folded, Origin, fold};
use crate::expr::Predicate;
use crate::knowledge::Knowledge;
use crate::knowledge::language::{self, Compiled};
use crate::value::Name;
use std::collections::HashMap;
use std::sync::Arc;

/// An eventtype that uses others may not grow beyond so many comparisons: definitions that double would.
const MAX_TERMS: usize = 20_000;

/// The eventtypes that an event of this origin can have, sorted by name. An eventtype that uses another holds the
/// other's search; one that uses itself is never true there.
pub(super) fn eventtypes(knowledge: &Knowledge, origin: &Origin) -> Vec<Eventtype> {
    let tags = knowledge.tags().of_field("eventtype");
    let mut resolver = Resolver { knowledge, origin, resolved: HashMap::new(), open: Vec::new() };
    let mut found = Vec::new();
    for name in knowledge.eventtypes().keys() {
        let predicate = match resolver.resolve(name) {
            Folded::True => Predicate::And(Vec::new()),
            Folded::False => continue,
            Folded::Open(predicate) => predicate,
        };
        let tags = tags.iter().find(|(value, _)| value.eq_ignore_ascii_case(name)).map_or(&[][..], |(_, tags)| tags);
        let reads = language::reads_of_predicate(&predicate);
        found.push(Eventtype { name: name.clone(), predicate, reads, tags: tags.into() });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Tags of all fields but `eventtype`.
pub(super) fn field_tags(knowledge: &Knowledge) -> Vec<FieldTags> {
    let mut all: Vec<FieldTags> = Vec::new();
    for entry in knowledge.tags().entries() {
        if &*entry.field == "eventtype" {
            continue;
        }
        let value = (entry.value.to_lowercase(), Arc::from(&entry.tags[..]));
        match all.iter_mut().find(|known| known.field == entry.field) {
            Some(known) => known.values.push(value),
            None => all.push(FieldTags { field: entry.field.clone(), values: vec![value] }),
        }
    }
    all
}

struct Resolver<'a> {
    knowledge: &'a Knowledge,
    origin: &'a Origin,
    resolved: HashMap<Name, Folded>,
    /// The eventtypes that are being resolved, outermost first.
    open: Vec<Name>,
}

impl Resolver<'_> {
    fn resolve(&mut self, name: &Name) -> Folded {
        if let Some(known) = self.resolved.get(name) {
            return known.clone();
        }
        if self.open.contains(name) || self.open.len() > 50 {
            return Folded::False;
        }
        let Compiled { value: Some(predicate), .. } = &*self.knowledge.eventtype_search(name) else {
            return Folded::False;
        };
        self.open.push(name.clone());
        let folded = self.inline(predicate);
        self.open.pop();
        let folded = match folded {
            Folded::Open(predicate) if size(&predicate) > MAX_TERMS => Folded::False,
            folded => folded,
        };
        if self.open.is_empty() {
            self.resolved.insert(name.clone(), folded.clone());
        }
        folded
    }

    /// Folds a search, with the searches of other eventtypes in place of their names.
    fn inline(&mut self, predicate: &Predicate) -> Folded {
        let folded = fold(predicate, &|leaf| super::fold::on_metadata(leaf, self.origin));
        let Folded::Open(predicate) = folded else { return folded };
        let replaced = self.replace(&predicate);
        fold(&replaced, &|_| None)
    }

    fn replace(&mut self, predicate: &Predicate) -> Predicate {
        match predicate {
            Predicate::And(terms) => Predicate::And(terms.iter().map(|term| self.replace(term)).collect()),
            Predicate::Or(terms) => Predicate::Or(terms.iter().map(|term| self.replace(term)).collect()),
            Predicate::Not(term) => Predicate::Not(Box::new(self.replace(term))),
            leaf @ (Predicate::Compare { field, .. } | Predicate::In { field, .. }) if &*field.name == "eventtype" => {
                let names: Vec<Name> = self.knowledge.eventtypes().keys().cloned().collect();
                let holds = language::holds_for_each(leaf, "eventtype", &names);
                let holds = names.iter().zip(holds).filter_map(|(name, holds)| holds.then_some(name));
                let terms = holds.map(|name| match self.resolve(name) {
                    Folded::True => Predicate::And(Vec::new()),
                    Folded::False => Predicate::Or(Vec::new()),
                    Folded::Open(predicate) => predicate,
                });
                Predicate::Or(terms.collect())
            }
            leaf => leaf.clone(),
        }
    }
}

fn size(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::And(terms) | Predicate::Or(terms) => 1 + terms.iter().map(size).sum::<usize>(),
        Predicate::Not(term) => 1 + size(term),
        _ => 1,
    }
}
