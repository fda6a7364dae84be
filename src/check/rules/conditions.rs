//! Conditions that say too much: `never-matches`, `repeated-value`, `covered-pattern`.
//!
//! Search expressions compare without regard to letter case and know `*`; eval expressions do neither. Fields that hold
//! several values as a rule (`tag`, `eventtype`) can satisfy contradicting comparisons.

use super::comparisons::before;
use crate::check::{Findings, Subject};
use crate::diag::{Problem, codes};
use crate::ir::Schema;
use crate::source::{Located, Span};
use crate::spl::ast::{Arg, BinaryOp, CompareOp, Expr, ExprKind, Term, TermKind, UnaryOp, Word};
use crate::spl::walk;
use crate::value::pattern::Pattern;
use std::collections::HashMap;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled else { return };
    let mut problems = Vec::new();
    walk::stages(&compiled.search, &mut |stage| {
        let mut problems = Several { before: before(stage, &compiled.plan, &compiled.flow), found: &mut problems };
        let problems = &mut problems;
        for arg in &stage.args {
            match &arg.node {
                Arg::Condition(condition) => term(condition, problems),
                Arg::Expr(condition) => expr(condition, problems),
                Arg::Assign { value, .. } => expr(value, problems),
                _ => {}
            }
        }
    });
    let text: &Located = &compiled.expansion.text;
    for problem in problems {
        findings.push_in(problem, text);
    }
}

/// One value that a condition asks a field to have.
#[derive(Clone, Copy)]
struct Wanted<'t> {
    text: &'t str,
    span: Span,
}

/// The values one of which a field must have.
struct AnyOf<'t> {
    field: &'t str,
    values: Vec<Wanted<'t>>,
    span: Span,
}

fn term(of: &Term, problems: &mut Several<'_, '_>) {
    match &of.kind {
        TermKind::And(terms) => {
            contradictions(terms.iter().filter_map(any_of), true, problems);
            excluded(terms, problems);
            for inner in terms {
                term(inner, problems);
            }
        }
        TermKind::Or(terms) => {
            if let Some(list) = any_of(of) {
                repetitions(&list, true, problems);
            } else {
                for inner in terms {
                    term(inner, problems);
                }
            }
        }
        TermKind::Not(inner) => term(inner, problems),
        TermKind::In { .. } => {
            if let Some(list) = any_of(of) {
                repetitions(&list, true, problems);
            }
        }
        _ => {}
    }
}

/// The values that a term wants one field to have: `a=1`, `a IN (1, 2)`, `a=1 OR a=2`.
fn any_of(of: &Term) -> Option<AnyOf<'_>> {
    match &of.kind {
        TermKind::Compare { field, op, value } if op.node == CompareOp::Eq => {
            Some(AnyOf { field: &field.text, values: vec![as_wanted(value)], span: of.span })
        }
        TermKind::In { field, values } => {
            Some(AnyOf { field: &field.text, values: values.iter().map(as_wanted).collect(), span: of.span })
        }
        TermKind::Or(terms) => {
            let mut parts = terms.iter().map(any_of);
            let mut all = parts.next()??;
            for part in parts {
                let part = part?;
                if part.field != all.field {
                    return None;
                }
                all.values.extend(part.values);
            }
            Some(AnyOf { span: of.span, ..all })
        }
        _ => None,
    }
}

fn as_wanted(word: &Word) -> Wanted<'_> {
    Wanted { text: &word.text, span: word.span }
}

/// What was found, and the fields that rows have at this point.
struct Several<'c, 'f> {
    before: Option<&'c Schema>,
    found: &'f mut Vec<Problem>,
}

impl Several<'_, '_> {
    /// Whether a row may have several values of the field.
    fn values(&self, field: &str) -> bool {
        let named = field.starts_with("tag") || matches!(field, "eventtype" | "index") || field.contains(['{', '*']);
        // Annotations of risk are lists.
        let of_risk = field.starts_with("All_Risk.");
        named || of_risk || self.before.and_then(|schema| schema.fields.get(field)).is_some_and(|info| info.multivalue)
    }
}

/// Two parts of a conjunction that no single value can satisfy.
fn contradictions<'t>(parts: impl Iterator<Item = AnyOf<'t>>, folds: bool, problems: &mut Several<'_, '_>) {
    let mut seen: HashMap<&str, Vec<AnyOf<'t>>> = HashMap::new();
    for part in parts {
        if problems.values(part.field) {
            continue;
        }
        let before = seen.entry(part.field).or_default();
        let clash = before
            .iter()
            .find(|other| !other.values.iter().any(|a| part.values.iter().any(|b| overlap(a.text, b.text, folds))));
        if let Some(other) = clash {
            problems.found.push(
                Problem::new(codes::NEVER_MATCHES, format!("`{}` cannot have both values", part.field), part.span)
                    .label("never together with the other")
                    .related(other.span, "the other")
                    .help(format!("write `{} IN (...)` for either of the values", part.field)),
            );
        }
        before.push(part);
    }
}

/// Whether some value fits both patterns. Without regard to what stands between two wildcards.
fn overlap(a: &str, b: &str, folds: bool) -> bool {
    if !folds {
        return a == b;
    }
    let (a, b) = (Pattern::new(a), Pattern::new(b));
    match (a.exact(), b.exact()) {
        (Some(a), Some(b)) => {
            a == b || crate::value::number::parse(a).is_some_and(|n| crate::value::number::parse(b) == Some(n))
        }
        (Some(text), None) => b.matches(text),
        (None, Some(text)) => a.matches(text),
        (None, None) => {
            let (Some(left), Some(right)) = (a.pieces(), b.pieces()) else { return true };
            let (first, last) = (
                |pieces: &[&str]| pieces.first().map_or(String::new(), |it| (*it).to_owned()),
                |pieces: &[&str]| pieces.last().map_or(String::new(), |it| (*it).to_owned()),
            );
            let (head_a, head_b) = (first(&left), first(&right));
            let (tail_a, tail_b) = (last(&left), last(&right));
            (head_a.starts_with(&head_b) || head_b.starts_with(&head_a))
                && (tail_a.ends_with(&tail_b) || tail_b.ends_with(&tail_a))
        }
    }
}

/// `a=x` beside `a!=x` or `NOT a=x`: what one part wants the other excludes.
fn excluded(terms: &[Term], problems: &mut Several<'_, '_>) {
    for out in terms {
        let (field, values) = match &out.kind {
            TermKind::Compare { field, op, value } if op.node == CompareOp::Ne => (&field.text, vec![as_wanted(value)]),
            TermKind::Not(inner) => match any_of(inner) {
                Some(list) => {
                    let field = list.field;
                    excluded_by(field, &list.values, out.span, terms, problems);
                    continue;
                }
                None => continue,
            },
            _ => continue,
        };
        excluded_by(field, &values, out.span, terms, problems);
    }
}

fn excluded_by(field: &str, values: &[Wanted<'_>], span: Span, terms: &[Term], problems: &mut Several<'_, '_>) {
    if problems.values(field) {
        return;
    }
    let covered = |wanted: &Wanted<'_>| values.iter().any(|out| Pattern::new(out.text).matches(wanted.text));
    let wants = terms.iter().filter_map(any_of).find(|part| part.field == field && part.values.iter().all(covered));
    if let Some(wants) = wants {
        problems.found.push(
            Problem::new(codes::NEVER_MATCHES, format!("`{field}` is wanted and excluded at once"), span)
                .label("excludes all that is wanted")
                .related(wants.span, "wanted here")
                .help("remove one of the two"),
        );
    }
}

/// Values of a list that add nothing.
fn repetitions(list: &AnyOf<'_>, folds: bool, problems: &mut Several<'_, '_>) {
    if list.values.len() < 2 || list.values.len() > 2_000 {
        return;
    }
    let fold = |text: &str| if folds { text.to_lowercase() } else { text.to_owned() };
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut repeated = Vec::new();
    for value in &list.values {
        if let Some(first) = seen.get(&fold(value.text)) {
            repeated.push(value.span);
            problems.found.push(
                Problem::new(
                    codes::REPEATED_VALUE,
                    format!("`{}` is compared with `{}` twice", list.field, value.text),
                    value.span,
                )
                .label("here again")
                .related(*first, "first here")
                .help("remove it, or write the value that was meant"),
            );
        } else {
            seen.insert(fold(value.text), value.span);
        }
    }
    if !folds {
        return;
    }
    let patterns: Vec<(Pattern, &Wanted<'_>)> = list
        .values
        .iter()
        .filter(|value| value.text.contains('*') && !repeated.contains(&value.span))
        .map(|value| (Pattern::new(value.text), value))
        .collect();
    for value in list.values.iter().filter(|value| !repeated.contains(&value.span)) {
        let covering = patterns.iter().find(|(pattern, by)| {
            by.span != value.span && !by.text.eq_ignore_ascii_case(value.text) && pattern.matches(value.text)
        });
        if let Some((_, by)) = covering {
            problems.found.push(
                Problem::new(
                    codes::COVERED_PATTERN,
                    format!("`{}` is covered by `{}`", value.text, by.text),
                    value.span,
                )
                .label("adds nothing")
                .related(by.span, "matches all of it")
                .help("remove it, or write the value that was meant"),
            );
        }
    }
}

fn expr(of: &Expr, problems: &mut Several<'_, '_>) {
    match &of.kind {
        ExprKind::Binary(op, left, right) => {
            if op.node == BinaryOp::And {
                let mut parts = Vec::new();
                conjuncts(of, &mut parts);
                contradictions(parts.iter().filter_map(|part| equals(part)), false, problems);
                for part in parts {
                    expr(part, problems);
                }
                return;
            }
            expr(left, problems);
            expr(right, problems);
        }
        ExprKind::Unary(_, inner) => expr(inner, problems),
        ExprKind::In(operand, items) => {
            let values: Vec<Wanted<'_>> = items.iter().filter_map(constant).collect();
            if let Some(field) = field_name(operand) {
                repetitions(&AnyOf { field, values, span: of.span }, false, problems);
            }
        }
        ExprKind::Call(name, args) => {
            if name.node == "in" && args.len() > 2 {
                let values: Vec<Wanted<'_>> = args[1..].iter().filter_map(constant).collect();
                if let Some(field) = field_name(&args[0]) {
                    repetitions(&AnyOf { field, values, span: of.span }, false, problems);
                }
            }
            for arg in args {
                expr(arg, problems);
            }
        }
        _ => {}
    }
}

/// The parts of nested conjunctions.
fn conjuncts<'t>(of: &'t Expr, parts: &mut Vec<&'t Expr>) {
    match &of.kind {
        ExprKind::Binary(op, left, right) if op.node == BinaryOp::And => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        _ => parts.push(of),
    }
}

/// `field = constant`, either way round.
fn equals(of: &Expr) -> Option<AnyOf<'_>> {
    let ExprKind::Binary(op, left, right) = &of.kind else { return None };
    if op.node != BinaryOp::Compare(CompareOp::Eq) {
        return None;
    }
    let (field, value) = match (field_name(left), constant(right)) {
        (Some(field), Some(value)) => (field, value),
        _ => (field_name(right)?, constant(left)?),
    };
    Some(AnyOf { field, values: vec![value], span: of.span })
}

fn field_name(of: &Expr) -> Option<&str> {
    match &of.kind {
        ExprKind::Field(word) => Some(&word.text),
        _ => None,
    }
}

fn constant(of: &Expr) -> Option<Wanted<'_>> {
    match &of.kind {
        ExprKind::Text(text) | ExprKind::Number(_, text) => Some(Wanted { text, span: of.span }),
        ExprKind::Unary(UnaryOp::Plus, inner) => constant(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn patterns_overlap_unless_their_ends_differ() {
        let rows = [
            ("a", "A", true),
            ("a", "b", false),
            ("1", "1.0", true),
            ("a*", "abc", true),
            ("a*", "b", false),
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("*a", "*b", false),
            ("*x*", "*y*", true),
        ];
        for (a, b, wanted) in rows {
            assert_eq!(overlap(a, b, true), wanted, "{a} {b}");
        }
        assert!(!overlap("a", "A", false));
    }
}
