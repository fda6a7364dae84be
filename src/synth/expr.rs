//! What an eval expression demands of a row so that it is true, or has a value that meets a demand.
//!
//! Functions with a rule of their own are undone one after the other. For the rest the demand stays on the one field
//! that the expression reads; other fields that it reads are given values first.

use super::atom::{Atom, Fold, Through, mirrored, opposite};
use super::predicate::{self, Around};
use super::state::{Met, Row, State, conflict};
use crate::expr::{BinaryOp, CompareOp, Expr, UnaryOp, eval};
use crate::value::address::Block;
use crate::value::regex::Regex;
use crate::value::{Batch, Name, Value};
use std::sync::Arc;

/// Beyond what the statistics of a group of ordinary rows reach.
const OUTSTANDING: f64 = 60.0;
/// What ordinary rows have.
pub(super) const ORDINARY: f64 = 1.0;

/// The expression is true, or is not.
pub(super) fn require<'p>(state: &mut State<'p>, row: &mut Row, expr: &Expr, truth: bool, around: Around<'p>) -> Met {
    let expr = &resolved(state, expr);
    match expr {
        Expr::Unary(UnaryOp::Not, inner) => require(state, row, inner, !truth, around),
        Expr::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
            if (*op == BinaryOp::And) == truth {
                require(state, row, left, truth, around)?;
                return require(state, row, right, truth, around);
            }
            let mut terms = Vec::new();
            flatten(expr, *op, &mut terms);
            state.choose(row, terms.len(), |state, row, at| require(state, row, terms[at], truth, around))
        }
        Expr::Binary(BinaryOp::Compare(op), left, right) => {
            let op = if truth { *op } else { opposite(*op) };
            compare(state, row, left, op, right, around)
        }
        Expr::Binary(BinaryOp::Like, left, right) => match constant(state, right) {
            Some(pattern) => {
                let atom = Atom::Like(pattern.to_text().as_ref().into());
                value(state, row, left, turned(atom, truth), around)
            }
            None => indirect(state, row, expr, boolean(truth), around),
        },
        Expr::In(left, items) => {
            let items: Option<Vec<Atom>> = items.iter().map(|item| constant(state, item).map(Atom::Is)).collect();
            match items {
                Some(items) => value(state, row, left, turned(Atom::Either(items), truth), around),
                None => indirect(state, row, expr, boolean(truth), around),
            }
        }
        Expr::Matches(inner) => predicate::require(state, row, inner, truth, around),
        Expr::Call { function, args, regex, .. } => {
            call(state, row, expr, (function.name, args, regex.as_ref()), truth, around)
        }
        Expr::Literal(found) => {
            let found = eval::truth(found) == Some(true);
            if found == truth { Ok(()) } else { Err(conflict("a condition is constant and does not hold")) }
        }
        Expr::Field { .. } | Expr::Unary(..) | Expr::Binary(..) => value(state, row, expr, boolean(truth), around),
    }
}

type CallParts<'e> = (&'static str, &'e [Expr], Option<&'e Arc<Regex>>);

fn call<'p>(
    state: &mut State<'p>,
    row: &mut Row,
    expr: &Expr,
    (name, args, regex): CallParts<'_>,
    truth: bool,
    around: Around<'p>,
) -> Met {
    match (name, args) {
        ("match", [subject, _]) if regex.is_some() => {
            let atom = regex.map_or(Atom::Any, |regex| Atom::Regex(regex.clone()));
            value(state, row, subject, turned(atom, truth), around)
        }
        ("like", [subject, pattern]) => match constant(state, pattern) {
            Some(pattern) => {
                let atom = Atom::Like(pattern.to_text().as_ref().into());
                value(state, row, subject, turned(atom, truth), around)
            }
            None => indirect(state, row, expr, boolean(truth), around),
        },
        ("cidrmatch", [block, subject]) => {
            let block = constant(state, block).and_then(|block| Block::parse(&block.to_text()));
            match block {
                Some(block) => value(state, row, subject, turned(Atom::Inside(block), truth), around),
                None => indirect(state, row, expr, boolean(truth), around),
            }
        }
        ("isnull", [subject]) => value(state, row, subject, if truth { Atom::Null } else { Atom::Any }, around),
        ("isnotnull", [subject]) => value(state, row, subject, if truth { Atom::Any } else { Atom::Null }, around),
        ("in", [subject, items @ ..]) => {
            let items: Option<Vec<Atom>> = items.iter().map(|item| constant(state, item).map(Atom::Is)).collect();
            match items {
                Some(items) => value(state, row, subject, turned(Atom::Either(items), truth), around),
                None => indirect(state, row, expr, boolean(truth), around),
            }
        }
        ("true", []) if truth => Ok(()),
        ("false", []) if !truth => Ok(()),
        ("if" | "case" | "coalesce" | "validate" | "nullif", _) => value(state, row, expr, boolean(truth), around),
        _ => indirect(state, row, expr, boolean(truth), around),
    }
}

/// A demand as it is, or its opposite for a value that is there.
fn turned(atom: Atom, truth: bool) -> Atom {
    if truth { atom } else { Atom::All(vec![Atom::Any, atom.not()]) }
}

fn boolean(truth: bool) -> Atom {
    let yes = Atom::Either(vec![
        Atom::Folded(Fold::Lower, Box::new(Atom::Is("true".into()))),
        Atom::All(vec![Atom::Number(CompareOp::Ne, 0.0)]),
    ]);
    if truth { yes } else { yes.not() }
}

fn flatten<'e>(expr: &'e Expr, op: BinaryOp, terms: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Binary(found, left, right) if *found == op => {
            flatten(left, op, terms);
            flatten(right, op, terms);
        }
        other => terms.push(other),
    }
}

/// The parts that must all hold.
pub(super) fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    let mut terms = Vec::new();
    flatten(expr, BinaryOp::And, &mut terms);
    terms
}

/// The value of an expression without fields.
pub(super) fn constant(state: &State<'_>, expr: &Expr) -> Option<Value> {
    if let Expr::Literal(value) = expr {
        return Some(value.clone());
    }
    expr.fields().is_empty().then(|| eval::eval_row(expr, &Batch::new(1), 0, &state.context))
}

fn compare<'p>(
    state: &mut State<'p>,
    row: &mut Row,
    left: &Expr,
    op: CompareOp,
    right: &Expr,
    around: Around<'p>,
) -> Met {
    match (constant(state, left), constant(state, right)) {
        (Some(left), Some(right)) => {
            let holds = crate::value::compare::eval(op, &left, &right) == Some(true);
            if holds { Ok(()) } else { Err(conflict("a condition is constant and does not hold")) }
        }
        (None, Some(right)) => value(state, row, left, against(op, right), around),
        (Some(left), None) => value(state, row, right, against(mirrored(op), left), around),
        (None, None) => relation(state, row, left, op, right, around),
    }
}

/// The demand of a comparison in eval with a constant.
fn against(op: CompareOp, value: Value) -> Atom {
    match op {
        CompareOp::Eq => Atom::Is(value),
        CompareOp::Ne => Atom::Differs(Box::new(Atom::Is(value))),
        _ => match value.as_number() {
            Some(size) => Atom::Number(op, size),
            None => Atom::Text(op, value.to_text().as_ref().into()),
        },
    }
}

/// Two sides that both depend on the row.
fn relation<'p>(
    state: &mut State<'p>,
    row: &mut Row,
    left: &Expr,
    op: CompareOp,
    right: &Expr,
    around: Around<'p>,
) -> Met {
    if let (Some(one), Some(other)) = (plain(left), plain(right)) {
        let soft = state.derived.contains(one) || state.derived.contains(other);
        match op {
            CompareOp::Eq if !soft => {
                let (one, other) = (state.field(row, one), state.field(row, other));
                state.demand_of(one, Atom::Any)?;
                state.share(one);
                return state.unify(one, other);
            }
            CompareOp::Ne if !soft => {
                let (one, other) = (state.field(row, one), state.field(row, other));
                state.demand_of(one, Atom::Any)?;
                state.demand_of(other, Atom::Any)?;
                // Told apart by what they are now: later demands may only make them more different.
                if state.value(one) == state.value(other) {
                    let index = state.index(one);
                    state.set_index(other, index + 1)?;
                }
                return Ok(());
            }
            _ => {}
        }
    }
    let difference = stands_out(state, row, left, op, right);
    if let Some(met) = difference {
        return met;
    }
    // The right side gets its values; the left one follows.
    let (subject, op, object) = if left.fields().is_empty() { (right, mirrored(op), left) } else { (left, op, right) };
    let sizes: [f64; 3] = match op {
        CompareOp::Lt | CompareOp::Le => [10.0, 1.0, 1000.0],
        _ => [0.0, 1.0, 9.0],
    };
    let text = matches!(op, CompareOp::Eq | CompareOp::Ne);
    state.choose(row, if text { 1 } else { sizes.len() }, |state, row, at| {
        let mut fixed = object.clone();
        for field in object.fields() {
            let var = state.field(row, &field.name);
            state.demand_of(var, Atom::Any)?;
            if !text && state.atoms(var).iter().all(|atom| matches!(atom, Atom::Any)) {
                let is_time = field.name.to_lowercase().contains("time");
                let size = if is_time { super::solve::TIME + sizes[at] } else { sizes[at] };
                state.demand_of(var, Atom::Is(Value::Number(size)))?;
            }
            let value = state.bind(var)?;
            fixed = with(&fixed, &field.name, &value);
        }
        let value_of = eval::eval_row(&fixed, &Batch::new(1), 0, &state.context);
        value(state, row, subject, against(op, value_of), around)
    })
}

/// A comparison with the statistics of many rows: the row gets a number far from that of the others.
fn stands_out(state: &mut State<'_>, row: &mut Row, left: &Expr, op: CompareOp, right: &Expr) -> Option<Met> {
    let soft = |state: &State<'_>, expr: &Expr| expr.fields().iter().any(|field| state.derived.contains(&field.name));
    let (subject, op) = match (soft(state, left), soft(state, right)) {
        (true, false) => (right, mirrored(op)),
        // Both: `x - avg > 3 * stdev` and its like.
        (false | true, true) => (left, op),
        (false, false) => return None,
    };
    let fields = subject.fields();
    let field = fields.iter().find(|field| !state.derived.contains(&field.name))?;
    Some(outstanding(state, row, &field.name, op))
}

fn outstanding(state: &mut State<'_>, row: &mut Row, field: &Name, op: CompareOp) -> Met {
    row.stands_out = true;
    let atom = match op {
        CompareOp::Gt | CompareOp::Ge | CompareOp::Ne => Atom::Number(CompareOp::Gt, OUTSTANDING),
        CompareOp::Lt | CompareOp::Le | CompareOp::Eq => Atom::Number(CompareOp::Eq, ORDINARY),
    };
    state.demand(row, field, atom)
}

fn plain(expr: &Expr) -> Option<&Name> {
    match expr {
        Expr::Field { field, .. } => Some(&field.name),
        _ => None,
    }
}

/// The expression with fields that the search itself sets to a constant replaced; `null` as a field is nothing.
fn resolved(state: &State<'_>, expr: &Expr) -> Expr {
    let mut expr = expr.clone();
    for field in expr.fields() {
        if &*field.name == "null" {
            expr = with(&expr, &field.name, &Value::Null);
        } else if let Some(value) = state.constants.get(&field.name) {
            expr = with(&expr, &field.name, value);
        }
    }
    expr
}

/// The value of the expression meets the demand.
pub(super) fn value<'p>(state: &mut State<'p>, row: &mut Row, expr: &Expr, atom: Atom, around: Around<'p>) -> Met {
    let expr = &resolved(state, expr);
    match expr {
        Expr::Field { field, .. } => state.demand(row, &field.name, atom),
        Expr::Call { function, args, .. } => function_value(state, row, expr, function.name, args, atom, around),
        Expr::Literal(found) => constant_value(state, found, &atom),
        _ => indirect(state, row, expr, atom, around),
    }
}

fn constant_value(state: &State<'_>, found: &Value, atom: &Atom) -> Met {
    let found = match found {
        Value::Bool(true) => Value::from("true"),
        Value::Bool(false) => Value::from("false"),
        other => other.clone(),
    };
    if atom.holds(&found, &state.context) {
        return Ok(());
    }
    Err(conflict(format!("the search gives the constant `{}` where another value is needed", found.to_text())))
}

fn function_value<'p>(
    state: &mut State<'p>,
    row: &mut Row,
    expr: &Expr,
    name: &'static str,
    args: &[Expr],
    atom: Atom,
    around: Around<'p>,
) -> Met {
    match (name, args) {
        ("lower", [inner]) => value(state, row, inner, Atom::Folded(Fold::Lower, Box::new(atom)), around),
        ("upper", [inner]) => value(state, row, inner, Atom::Folded(Fold::Upper, Box::new(atom)), around),
        ("tonumber" | "tostring" | "mvdedup" | "mvsort" | "trim" | "urldecode" | "exact", [inner]) => {
            state.choose(row, 2, |state, row, at| match at {
                0 => value(state, row, inner, atom.clone(), around),
                _ => indirect(state, row, expr, atom.clone(), around),
            })
        }
        ("if", [condition, yes, no]) => state.choose(row, 2, |state, row, at| {
            value(state, row, if at == 0 { yes } else { no }, atom.clone(), around)?;
            require(state, row, condition, at == 0, around)
        }),
        ("case", pairs) => case(state, row, pairs, &atom, around),
        ("coalesce", options) => state.choose(row, options.len(), |state, row, at| {
            for earlier in &options[..at] {
                value(state, row, earlier, Atom::Null, around)?;
            }
            value(state, row, &options[at], atom.clone(), around)
        }),
        ("null", []) => constant_value(state, &Value::Null, &atom),
        ("true" | "false", []) => constant_value(state, &Value::from(name), &atom),
        ("len", [inner]) => match atom {
            Atom::Number(op, size) => value(state, row, inner, Atom::Length(op, size), around),
            Atom::Is(size) if size.as_number().is_some() => {
                let size = size.as_number().unwrap_or_default();
                value(state, row, inner, Atom::Length(CompareOp::Eq, size), around)
            }
            other => indirect(state, row, expr, other, around),
        },
        ("mvcount", [inner]) if plain(inner).is_some() => match atom {
            Atom::Number(op, size) => value(state, row, inner, Atom::Count(op, size), around),
            Atom::Is(size) if size.as_number().is_some() => {
                let size = size.as_number().unwrap_or_default();
                value(state, row, inner, Atom::Count(CompareOp::Eq, size), around)
            }
            other => indirect(state, row, expr, other, around),
        },
        ("mvindex", [inner, place]) if constant(state, place).is_some_and(|place| place.as_number().is_some()) => {
            let place = constant(state, place).and_then(|place| place.as_number()).unwrap_or_default();
            value(state, row, inner, Atom::At(place as i64, Box::new(atom)), around)
        }
        ("mvfind", [inner, pattern]) => {
            let pattern = constant(state, pattern).and_then(|pattern| Regex::new(&pattern.to_text()).ok());
            let Some(pattern) = pattern else { return indirect(state, row, expr, atom, around) };
            let found = Atom::Regex(Arc::new(pattern));
            if atom.holds(&Value::Number(0.0), &state.context) {
                return value(state, row, inner, Atom::At(0, Box::new(found)), around);
            }
            if atom.allows_null() {
                return value(state, row, inner, found.not(), around);
            }
            indirect(state, row, expr, atom, around)
        }
        ("mvindex" | "mvjoin", [inner, ..]) => state.choose(row, 2, |state, row, at| match at {
            0 => value(state, row, inner, atom.clone(), around),
            _ => indirect(state, row, expr, atom.clone(), around),
        }),
        // What was gathered before may be nothing yet: the last one first.
        ("mvappend", options) => state.choose(row, options.len(), |state, row, at| {
            value(state, row, &options[options.len() - 1 - at], atom.clone(), around)
        }),
        ("spath" | "json_extract", [inner, path]) => match (constant(state, path), plain(inner)) {
            (Some(path), Some(field)) => {
                if matches!(atom, Atom::Null) {
                    return state.demand(row, field, atom);
                }
                state.demand(row, field, Atom::Json(path.to_text().as_ref().into(), Box::new(atom)))
            }
            _ => indirect(state, row, expr, atom, around),
        },
        _ => indirect(state, row, expr, atom, around),
    }
}

/// The first condition that holds decides.
fn case<'p>(state: &mut State<'p>, row: &mut Row, pairs: &[Expr], atom: &Atom, around: Around<'p>) -> Met {
    let count = pairs.len() / 2;
    state.choose(row, count, |state, row, at| {
        value(state, row, &pairs[2 * at + 1], atom.clone(), around)?;
        require(state, row, &pairs[2 * at], true, around)?;
        for earlier in 0..at {
            require(state, row, &pairs[2 * earlier], false, around)?;
        }
        Ok(())
    })
}

/// No rule undoes the expression: the demand goes to its first field, as seen through the expression; the others are
/// given values.
fn indirect<'p>(state: &mut State<'p>, row: &mut Row, expr: &Expr, atom: Atom, around: Around<'p>) -> Met {
    let mut names: Vec<Name> = Vec::new();
    for field in expr.fields() {
        if !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    if names.iter().any(|name| state.derived.contains(name))
        && let Some(field) = names.iter().find(|name| !state.derived.contains(*name)).cloned()
    {
        let op = match &atom {
            Atom::Number(op, _) => *op,
            _ => CompareOp::Gt,
        };
        return outstanding(state, row, &field, op);
    }
    let Some(first) = names.first().cloned() else {
        let found = eval::eval_row(expr, &Batch::new(1), 0, &state.context);
        return constant_value(state, &found, &atom);
    };
    let count = names.len();
    if count == 1 {
        return through(state, row, expr.clone(), &first, atom);
    }
    // One of the fields carries the demand.
    state.choose(row, count, |state, row, at| {
        let mut fixed = expr.clone();
        for (other, name) in names.iter().enumerate() {
            if other == at {
                continue;
            }
            let var = state.field(row, name);
            if !atom.allows_null() {
                state.demand_of(var, Atom::Any)?;
            }
            // A summand that may be anything is nothing.
            let free = state.atoms(var).iter().all(|atom| matches!(atom, Atom::Any)) && !state.is_shared(var);
            if free && matches!(expr, Expr::Binary(BinaryOp::Add | BinaryOp::Subtract, ..)) && wants_number(&atom) {
                state.demand_of(var, Atom::Is(Value::Number(0.0)))?;
            }
            let bound = state.bind(var)?;
            fixed = with(&fixed, name, &bound);
        }
        let _ = around;
        through(state, row, fixed, &names[at], atom.clone())
    })
}

fn wants_number(atom: &Atom) -> bool {
    match atom {
        Atom::Number(..) => true,
        Atom::Is(value) => value.as_number().is_some(),
        Atom::All(atoms) => atoms.iter().any(wants_number),
        _ => false,
    }
}

fn through(state: &mut State<'_>, row: &mut Row, expr: Expr, field: &Name, atom: Atom) -> Met {
    let through = Through { expr, field: field.clone(), atom };
    state.demand(row, field, Atom::Through(Arc::new(through)))
}

/// The expression with a field replaced by its value.
fn with(expr: &Expr, name: &Name, value: &Value) -> Expr {
    let inner = |expr: &Expr| Box::new(with(expr, name, value));
    match expr {
        Expr::Field { field, .. } if field.name == *name => Expr::Literal(value.clone()),
        Expr::Literal(_) | Expr::Field { .. } | Expr::Matches(_) => expr.clone(),
        Expr::Unary(op, operand) => Expr::Unary(*op, inner(operand)),
        Expr::Binary(op, left, right) => Expr::Binary(*op, inner(left), inner(right)),
        Expr::In(left, items) => Expr::In(inner(left), items.iter().map(|item| with(item, name, value)).collect()),
        Expr::Call { function, args, regex, span } => Expr::Call {
            function,
            args: args.iter().map(|arg| with(arg, name, value)).collect(),
            regex: regex.clone(),
            span: *span,
        },
    }
}
