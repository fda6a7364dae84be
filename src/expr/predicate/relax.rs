//! Conditions that are easier to decide and satisfied by at least the same events.

use crate::expr::Predicate;

/// The condition with every leaf that `decidable` refuses taken for whatever lets more events through.
pub fn relax(predicate: &Predicate, decidable: &dyn Fn(&Predicate) -> bool) -> Predicate {
    towards(predicate, true, decidable)
}

fn towards(predicate: &Predicate, wanted: bool, decidable: &dyn Fn(&Predicate) -> bool) -> Predicate {
    let each = |terms: &[Predicate]| terms.iter().map(|term| towards(term, wanted, decidable)).collect();
    match predicate {
        Predicate::And(terms) => all(each(terms)),
        Predicate::Or(terms) => any(each(terms)),
        Predicate::Not(term) => match towards(term, !wanted, decidable) {
            Predicate::And(terms) if terms.is_empty() => Predicate::Or(Vec::new()),
            Predicate::Or(terms) if terms.is_empty() => Predicate::TRUE,
            term => Predicate::Not(Box::new(term)),
        },
        leaf if decidable(leaf) => leaf.clone(),
        _ if wanted => Predicate::TRUE,
        _ => Predicate::Or(Vec::new()),
    }
}

fn is_false(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Or(terms) if terms.is_empty())
}

/// All of the conditions hold, without those that are plainly true.
pub fn all(mut terms: Vec<Predicate>) -> Predicate {
    if terms.iter().any(is_false) {
        return Predicate::Or(Vec::new());
    }
    terms.retain(|term| !term.is_true());
    if terms.len() == 1 { terms.remove(0) } else { Predicate::And(terms) }
}

/// One of the conditions holds, without those that are plainly false.
pub fn any(mut terms: Vec<Predicate>) -> Predicate {
    if terms.iter().any(Predicate::is_true) {
        return Predicate::TRUE;
    }
    terms.retain(|term| !is_false(term));
    if terms.len() == 1 { terms.remove(0) } else { Predicate::Or(terms) }
}

/// Whether a comparison can be decided from the values of fields alone.
pub fn on_fields(leaf: &Predicate) -> bool {
    match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => *field.name != *"_time",
        Predicate::TimeBound(_) | Predicate::Subsearch(_) => false,
        Predicate::Keyword(_) | Predicate::And(_) | Predicate::Or(_) | Predicate::Not(_) => true,
    }
}

/// The field that a leaf reads.
pub fn field_of(leaf: &Predicate) -> Option<&str> {
    match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => Some(&field.name),
        Predicate::Keyword(_) => Some("_raw"),
        _ => None,
    }
}

/// The condition that a search begins with; for tests.
#[cfg(test)]
pub(crate) fn condition(text: &str) -> Predicate {
    let plan = crate::commands::lower(&crate::spl::parse(text).search).plan;
    match plan.steps.into_iter().next().map(|step| step.op) {
        Some(crate::ir::Op::Events { filter }) => filter,
        other => panic!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the relaxed condition is plainly true, plainly false, or depends on fields.
    #[test]
    fn what_is_not_known_lets_events_through() {
        let table = [
            ("a=1 b=2", "open"),
            ("b=2", "true"),
            ("NOT b=2", "true"),
            ("a=1 OR b=2", "true"),
            ("a=1 NOT (b=2 c=3)", "open"),
            ("NOT (b=2 OR c=3)", "true"),
            ("NOT (a=1 b=2)", "true"),
            ("NOT (a=1 OR b=2)", "open"),
        ];
        for (text, expected) in table {
            let relaxed = relax(&condition(text), &|leaf| field_of(leaf) == Some("a"));
            let found = match &relaxed {
                relaxed if relaxed.is_true() => "true",
                relaxed if is_false(relaxed) => "false",
                _ => "open",
            };
            assert_eq!(found, expected, "{text}: {relaxed:?}");
        }
    }
}
