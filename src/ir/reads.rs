//! The fields that expressions read, and what for.

use super::{Read, ReadKind};
use crate::expr::{Expr, FieldRef, Predicate};
use crate::source::Span;
use crate::value::Name;
use std::collections::HashSet;

/// Adds the fields that an eval expression reads, in the order written. A field that the expression tests anywhere, as
/// in `if(isnull(x), 0, x)`, may be missing everywhere in it.
pub fn of_expr(expr: &Expr, reads: &mut Vec<Read>) {
    let start = reads.len();
    walk(expr, ReadKind::Value, reads);
    let of_kind = |reads: &[Read], kind| reads.iter().any(|read| read.kind == kind);
    if of_kind(&reads[start..], ReadKind::Tested) && of_kind(&reads[start..], ReadKind::Value) {
        let tested = reads[start..].iter().filter(|read| read.kind == ReadKind::Tested);
        let tested: HashSet<Name> = tested.map(|read| read.field.name.clone()).collect();
        for read in &mut reads[start..] {
            if read.kind == ReadKind::Value && tested.contains(&read.field.name) {
                read.kind = ReadKind::Tested;
            }
        }
    }
}

fn walk(expr: &Expr, kind: ReadKind, reads: &mut Vec<Read>) {
    match expr {
        Expr::Literal(_) => {}
        Expr::Field { field, parts } => {
            // A bare `null` is a field that no one has: the usual way to write `null()`.
            let kind = if &*field.name == "null" { ReadKind::Tested } else { kind };
            reads.push(Read { field: field.clone(), kind });
            reads.extend(parts.iter().map(|part| Read { field: part.clone(), kind: ReadKind::Part }));
        }
        Expr::Unary(_, operand) => walk(operand, kind, reads),
        Expr::Binary(_, left, right) => {
            walk(left, kind, reads);
            walk(right, kind, reads);
        }
        Expr::In(left, items) => {
            walk(left, kind, reads);
            for item in items {
                walk(item, kind, reads);
            }
        }
        Expr::Call { function, args, .. } => {
            let inner = if tests_for_null(function.name) { ReadKind::Tested } else { kind };
            for arg in args {
                walk(arg, inner, reads);
            }
        }
        Expr::Matches(predicate) => of_predicate(predicate, reads),
    }
}

fn tests_for_null(function: &str) -> bool {
    matches!(function, "isnull" | "isnotnull" | "coalesce" | "nullif" | "typeof" | "mvappend")
}

/// Adds the fields that a search expression reads, in the order written: `_raw` for words, `_time` for time bounds.
pub fn of_predicate(predicate: &Predicate, reads: &mut Vec<Read>) {
    match predicate {
        Predicate::And(terms) | Predicate::Or(terms) => terms.iter().for_each(|term| of_predicate(term, reads)),
        Predicate::Not(term) => of_predicate(term, reads),
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => reads.push(Read::value(field)),
        Predicate::Keyword(_) => reads.push(Read::implied("_raw")),
        Predicate::TimeBound(_) => reads.push(Read::implied("_time")),
        Predicate::Subsearch(_) => {}
    }
}

/// The indices of the subsearches of a condition, in the order written.
pub fn subsearches(predicate: &Predicate) -> Vec<usize> {
    match predicate {
        Predicate::And(terms) | Predicate::Or(terms) => terms.iter().flat_map(subsearches).collect(),
        Predicate::Not(term) => subsearches(term),
        Predicate::Subsearch(index) => vec![*index],
        Predicate::Compare { .. } | Predicate::In { .. } | Predicate::Keyword(_) | Predicate::TimeBound(_) => {
            Vec::new()
        }
    }
}

/// A read of a name that is only listed.
pub fn listed(name: &Name, span: Span) -> Read {
    Read { field: FieldRef::new(name.clone(), span), kind: ReadKind::Listed }
}
