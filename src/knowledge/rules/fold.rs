//! Search expressions whose outcome is partly known.

use super::Origin;
use crate::expr::Predicate;
use crate::knowledge::language;

/// What is left of a search expression.
#[derive(Clone, Debug)]
pub(in crate::knowledge) enum Folded {
    /// True for every event.
    True,
    /// True for no event.
    False,
    /// It depends on this.
    Open(Predicate),
}

/// Replaces the comparisons whose outcome `known` tells, and simplifies what is above them.
pub(in crate::knowledge) fn fold(predicate: &Predicate, known: &dyn Fn(&Predicate) -> Option<bool>) -> Folded {
    match predicate {
        Predicate::And(terms) => {
            let mut open = Vec::new();
            for term in terms {
                match fold(term, known) {
                    Folded::True => {}
                    Folded::False => return Folded::False,
                    Folded::Open(term) => open.push(term),
                }
            }
            match open.len() {
                0 => Folded::True,
                1 => Folded::Open(open.remove(0)),
                _ => Folded::Open(Predicate::And(open)),
            }
        }
        Predicate::Or(terms) => {
            let mut open = Vec::new();
            for term in terms {
                match fold(term, known) {
                    Folded::True => return Folded::True,
                    Folded::False => {}
                    Folded::Open(term) => open.push(term),
                }
            }
            match open.len() {
                0 => Folded::False,
                1 => Folded::Open(open.remove(0)),
                _ => Folded::Open(Predicate::Or(open)),
            }
        }
        Predicate::Not(term) => match fold(term, known) {
            Folded::True => Folded::False,
            Folded::False => Folded::True,
            Folded::Open(term) => Folded::Open(Predicate::Not(Box::new(term))),
        },
        leaf @ (Predicate::Compare { .. }
        | Predicate::In { .. }
        | Predicate::Keyword(_)
        | Predicate::TimeBound(_)
        | Predicate::Subsearch(_)) => match known(leaf) {
            Some(true) => Folded::True,
            Some(false) => Folded::False,
            None => Folded::Open(leaf.clone()),
        },
    }
}

/// The outcome of a comparison with `source` or `sourcetype`.
pub(super) fn on_metadata(leaf: &Predicate, origin: &Origin) -> Option<bool> {
    let field = match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => &field.name,
        _ => return None,
    };
    let value = match &**field {
        "source" => &origin.source,
        "sourcetype" => &origin.sourcetype,
        _ => return None,
    };
    Some(language::holds_for(leaf, field, value))
}
