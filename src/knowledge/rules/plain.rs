//! Conditions over extracted fields alone: what eventtypes, tags and metadata say is put in their place.

use super::{Folded, Rules, fold};
use crate::expr::{CompareOp, FieldRef, Predicate};
use crate::knowledge::language;
use crate::source::Span;
use crate::value::Name;
use crate::value::pattern::Pattern;

/// A condition as it is for the events of one origin.
#[derive(Clone, Debug)]
pub enum Plain {
    /// Every event satisfies it.
    Always,
    /// No event does.
    Never,
    /// It depends on extracted fields.
    If(Predicate),
}

impl Rules {
    /// The condition for events of these rules without `tag`, `eventtype` and what their metadata decide: the same events
    /// satisfy it, and nothing but plain fields needs to be extracted to tell.
    pub fn plain(&self, condition: &Predicate) -> Plain {
        match fold(&self.spelled_out(condition), &|leaf| self.constant(leaf)) {
            Folded::True => Plain::Always,
            Folded::False => Plain::Never,
            Folded::Open(predicate) => Plain::If(predicate),
        }
    }

    /// Adds the outcome of each comparison with metadata in a condition, in the order written.
    pub fn outcomes(&self, condition: &Predicate, found: &mut Vec<bool>) {
        match condition {
            Predicate::And(terms) | Predicate::Or(terms) => terms.iter().for_each(|term| self.outcomes(term, found)),
            Predicate::Not(term) => self.outcomes(term, found),
            leaf => found.extend(self.constant(leaf)),
        }
    }

    fn spelled_out(&self, condition: &Predicate) -> Predicate {
        leaves(condition, &|leaf| match field_of(leaf) {
            Some("eventtype") => self.of_eventtypes(leaf, "eventtype", true),
            Some("tag") => {
                let fields = self.field_tags.iter().enumerate().map(|(at, _)| self.of_field_tags(leaf, "tag", at));
                Predicate::Or([self.of_eventtypes(leaf, "tag", false)].into_iter().chain(fields).collect())
            }
            Some("tag::eventtype") => self.of_eventtypes(leaf, "tag::eventtype", false),
            Some(name) if name.starts_with("tag::") => {
                let at = self.field_tags.iter().position(|tags| *tags.field == name["tag::".len()..]);
                at.map_or(Predicate::Or(Vec::new()), |at| self.of_field_tags(leaf, name, at))
            }
            _ => leaf.clone(),
        })
    }

    /// Any of the eventtypes whose name, or one of whose tags, satisfies the comparison.
    fn of_eventtypes(&self, leaf: &Predicate, field: &str, by_name: bool) -> Predicate {
        let holds = |text: &Name| language::holds_for(leaf, field, text);
        let satisfying = self
            .eventtypes
            .iter()
            .filter(|eventtype| if by_name { holds(&eventtype.name) } else { eventtype.tags.iter().any(holds) });
        Predicate::Or(satisfying.map(|eventtype| leaves(&eventtype.predicate, &inert)).collect())
    }

    /// Any of the values of a tagged field one of whose tags satisfies the comparison.
    fn of_field_tags(&self, leaf: &Predicate, field: &str, at: usize) -> Predicate {
        let tagged = &self.field_tags[at];
        let satisfying =
            tagged.values.iter().filter(|(_, tags)| tags.iter().any(|tag| language::holds_for(leaf, field, tag)));
        let compare = |value: &String| Predicate::Compare {
            field: FieldRef::new(tagged.field.clone(), Span::default()),
            op: CompareOp::Eq,
            pattern: Pattern::new(value),
        };
        Predicate::Or(satisfying.map(|(value, _)| compare(value)).collect())
    }
}

/// Eventtypes are told before there are eventtypes and tags: such a comparison in one meets no value.
fn inert(leaf: &Predicate) -> Predicate {
    match field_of(leaf) {
        Some(name) if name == "eventtype" || name == "tag" || name.starts_with("tag::") => Predicate::Or(Vec::new()),
        _ => leaf.clone(),
    }
}

fn field_of(leaf: &Predicate) -> Option<&str> {
    match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => Some(&field.name),
        _ => None,
    }
}

fn leaves(predicate: &Predicate, change: &dyn Fn(&Predicate) -> Predicate) -> Predicate {
    let all = |terms: &[Predicate]| terms.iter().map(|term| leaves(term, change)).collect();
    match predicate {
        Predicate::And(terms) => Predicate::And(all(terms)),
        Predicate::Or(terms) => Predicate::Or(all(terms)),
        Predicate::Not(term) => Predicate::Not(Box::new(leaves(term, change))),
        leaf => change(leaf),
    }
}
