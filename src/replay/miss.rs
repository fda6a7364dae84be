//! Why a search found nothing: the condition that removed the last row, and the values that came nearest to it.
//!
//! The steps before the one that let nothing through are run once more, and each condition of that step is then
//! evaluated by itself.

use crate::engine::{self, RunOptions, Source, StageCount};
use crate::expr::{Expr, FieldRef, Predicate, eval, predicate};
use crate::ir::op::{Condition, ProjectMode, Selector};
use crate::ir::{Op, Plan, Step, print, reads};
use crate::value::{Batch, Name};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Rows that are looked at.
const MAX_ROWS: usize = 100_000;
/// Different values of a field that are compared.
const MAX_VALUES: usize = 2_000;
/// Values that are shown.
const SHOWN: usize = 3;

/// Lines that explain a run without rows; empty if there is nothing to add to the trace.
pub(super) fn explain(plan: &Plan, trace: &[StageCount], source: &dyn Source, options: &RunOptions) -> Vec<String> {
    let lost = trace.iter().rposition(|stage| stage.rows_in > 0 && stage.rows_out == 0);
    let Some(at) = lost else { return Vec::new() };
    let Some(step) = plan.steps.get(at) else { return Vec::new() };
    let terms = terms(&step.op);
    match (&step.op, terms.is_empty()) {
        (_, false) => conditions(plan, at, &terms, source, options),
        (Op::Aggregate(aggregation), true) => fields(plan, at, &aggregation.by, source, options),
        (Op::Join(join), true) => {
            let keys: Vec<Selector> =
                join.fields.iter().map(|field| Selector::new(field.name.clone(), field.span)).collect();
            fields(plan, at, &keys, source, options)
        }
        _ => Vec::new(),
    }
}

/// A condition that must hold beside others.
enum Term<'p> {
    Search(&'p Predicate),
    Where(&'p Expr),
}

impl Term<'_> {
    fn text(&self) -> String {
        match self {
            Self::Search(term) => print::predicate(term),
            Self::Where(term) => print::expr(term),
        }
    }

    fn holds(&self, rows: &Batch, options: &RunOptions) -> Vec<bool> {
        let context = options.context();
        match self {
            Self::Search(term) => predicate::select(term, rows, &context),
            Self::Where(term) => eval::holds(term, rows, &context),
        }
    }

    fn fields(&self) -> Vec<FieldRef> {
        match self {
            Self::Search(term) => term.fields(),
            Self::Where(term) => term.fields(),
        }
    }
}

fn terms(op: &Op) -> Vec<Term<'_>> {
    match op {
        Op::Events { filter } | Op::Filter(Condition::Search(filter)) => search_terms(filter),
        Op::Filter(Condition::Where(test)) => where_terms(test),
        _ => Vec::new(),
    }
}

fn search_terms(filter: &Predicate) -> Vec<Term<'_>> {
    match filter {
        Predicate::And(terms) => terms.iter().flat_map(search_terms).collect(),
        other => vec![Term::Search(other)],
    }
}

fn where_terms(test: &Expr) -> Vec<Term<'_>> {
    match test {
        Expr::Binary(crate::expr::BinaryOp::And, left, right) => {
            where_terms(left).into_iter().chain(where_terms(right)).collect()
        }
        other => vec![Term::Where(other)],
    }
}

/// The rows that reached a step, with these fields.
fn reaching(plan: &Plan, at: usize, names: &[Name], source: &dyn Source, options: &RunOptions) -> Option<Batch> {
    let template = plan.steps.get(at)?;
    let step = |op: Op| Step { op, command: template.command, span: template.span };
    let mut steps: Vec<Step> = match &template.op {
        Op::Events { .. } => vec![step(Op::Events { filter: Predicate::TRUE })],
        _ => plan.steps[..at].to_vec(),
    };
    let fields = names.iter().map(|name| Selector::new(name.clone(), template.span)).collect();
    steps.push(step(Op::Limit { count: MAX_ROWS, last: false }));
    steps.push(step(Op::Project { mode: ProjectMode::Table, fields }));
    let before = Plan { steps, subsearches: plan.subsearches.clone() };
    engine::run(&before, source, options).ok().map(|outcome| outcome.rows)
}

fn conditions(plan: &Plan, at: usize, terms: &[Term<'_>], source: &dyn Source, options: &RunOptions) -> Vec<String> {
    // What a subsearch gives is not known here.
    let asks = |term: &Term<'_>| matches!(term, Term::Search(inner) if !reads::subsearches(inner).is_empty());
    let terms: Vec<&Term<'_>> = terms.iter().filter(|term| !asks(term)).collect();
    let mut names: Vec<Name> = terms.iter().flat_map(|term| term.fields()).map(|field| field.name).collect();
    names.sort();
    names.dedup();
    let Some(rows) = reaching(plan, at, &names, source, options) else { return Vec::new() };
    if rows.is_empty() {
        return Vec::new();
    }
    let held: Vec<Vec<bool>> = terms.iter().map(|term| term.holds(&rows, options)).collect();
    // In the order written: the condition after which nothing is left.
    let mut left = vec![true; rows.rows()];
    let mut last = None;
    for (index, held) in held.iter().enumerate() {
        let before = count(&left);
        left.iter_mut().zip(held).for_each(|(left, held)| *left &= held);
        if count(&left) == 0 {
            last = Some((index, before));
            break;
        }
    }
    let Some((index, before)) = last else { return Vec::new() };
    let term = terms[index];
    let mut lines = vec![format!("`{}` removed the last {}", short(&term.text()), of_rows(before))];
    let others = (0..rows.rows()).filter(|&row| held.iter().enumerate().all(|(at, held)| at == index || held[row]));
    let others: Vec<usize> = others.collect();
    if others.is_empty() {
        let never: Vec<String> = terms
            .iter()
            .zip(&held)
            .filter(|(_, held)| count(held) == 0)
            .map(|(term, _)| format!("`{}`", short(&term.text())))
            .collect();
        if never.len() > 1 {
            lines.push(format!("no row satisfies {}", never.join(", nor ")));
        } else if never.is_empty() {
            lines.push("each condition holds for some row, but never all for the same row".to_owned());
        }
    } else {
        lines.push(format!("all other conditions hold for {}", of_rows(others.len())));
    }
    let seen: Vec<usize> = if others.is_empty() { (0..rows.rows()).collect() } else { others };
    let mut told: Vec<Name> = Vec::new();
    for field in term.fields() {
        if !told.contains(&field.name) {
            lines.push(nearest(&rows, &seen, &field.name, &wanted(&term.text())));
            told.push(field.name);
        }
    }
    lines
}

fn fields(plan: &Plan, at: usize, by: &[Selector], source: &dyn Source, options: &RunOptions) -> Vec<String> {
    let names: Vec<Name> = by.iter().map(|field| field.name.clone()).collect();
    let Some(rows) = reaching(plan, at, &names, source, options) else { return Vec::new() };
    let mut lines = Vec::new();
    for name in names {
        let filled = (0..rows.rows()).filter(|&row| !rows.value(row, &name).is_null()).count();
        if filled < rows.rows() {
            lines.push(format!("`{name}` is missing in {} of {}", rows.rows() - filled, of_rows(rows.rows())));
        }
    }
    lines
}

/// The constants of a condition, to compare values with: what stands in quotes.
fn wanted(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(|part| part.replace(['*', '%'], ""))
        .filter(|part| !part.is_empty())
        .collect()
}

/// The values that the field has in these rows, the ones nearest to what is wanted first.
fn nearest(rows: &Batch, seen: &[usize], name: &Name, wanted: &[String]) -> String {
    let mut values: BTreeMap<String, usize> = BTreeMap::new();
    for &row in seen {
        for value in rows.value(row, name).values() {
            if values.len() < MAX_VALUES {
                *values.entry(value.to_text().into_owned()).or_default() += 1;
            }
        }
    }
    if values.is_empty() {
        return format!("`{name}` has no value in any of these rows");
    }
    let distance = |value: &str| {
        let head: String = value.chars().take(200).collect::<String>().to_lowercase();
        let one = |wanted: &String| {
            let wanted: String = wanted.chars().take(200).collect::<String>().to_lowercase();
            if head.contains(&wanted) { 0 } else { strsim::damerau_levenshtein(&head, &wanted) }
        };
        wanted.iter().map(one).min().unwrap_or(0)
    };
    let mut ranked: Vec<(usize, std::cmp::Reverse<usize>, &String)> =
        values.iter().map(|(value, count)| (distance(value), std::cmp::Reverse(*count), value)).collect();
    ranked.sort();
    let mut line = format!("`{name}` has ");
    for (at, (_, count, value)) in ranked.iter().take(SHOWN).enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(line, "{comma}`{}` ({})", short(value), count.0);
    }
    if ranked.len() > SHOWN {
        let _ = write!(line, " and {} others", ranked.len() - SHOWN);
    }
    line
}

fn count(rows: &[bool]) -> usize {
    rows.iter().filter(|held| **held).count()
}

fn of_rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn short(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let head: String = flat.chars().take(90).collect();
    if head.len() < flat.len() { format!("{head}...") } else { head }
}
