//! Walking a tree.

use super::ast::{AggregateArgument, Arg, Expr, ExprKind, Search, Stage, Term, TermKind, Word};

/// Calls `visit` for every stage, those of subsearches included, in the order of their text.
pub fn stages<'t>(search: &'t Search, visit: &mut impl FnMut(&'t Stage)) {
    for stage in &search.stages {
        visit(stage);
        for arg in &stage.args {
            in_arg(&arg.node, visit);
        }
    }
}

/// The names of the lookups that a search uses, in the order of its text, subsearches included.
pub fn lookups(search: &Search) -> Vec<&Word> {
    let mut found = Vec::new();
    stages(search, &mut |stage| {
        if matches!(stage.command.node.as_str(), "lookup" | "inputlookup" | "outputlookup") {
            found.extend(stage.args.iter().find_map(|arg| match &arg.node {
                Arg::Word(word) => Some(word),
                _ => None,
            }));
        }
    });
    found
}

fn in_arg<'t>(arg: &'t Arg, visit: &mut impl FnMut(&'t Stage)) {
    match arg {
        Arg::Subsearch(search) => stages(search, visit),
        Arg::Condition(term) => in_term(term, visit),
        Arg::Expr(expr) | Arg::Assign { value: expr, .. } => in_expr(expr, visit),
        Arg::Aggregate(aggregate) => {
            if let AggregateArgument::Eval(expr) = &aggregate.argument {
                in_expr(expr, visit);
            }
        }
        _ => {}
    }
}

fn in_term<'t>(term: &'t Term, visit: &mut impl FnMut(&'t Stage)) {
    match &term.kind {
        TermKind::And(terms) | TermKind::Or(terms) => {
            for term in terms {
                in_term(term, visit);
            }
        }
        TermKind::Not(term) => in_term(term, visit),
        TermKind::Subsearch(search) => stages(search, visit),
        _ => {}
    }
}

fn in_expr<'t>(expr: &'t Expr, visit: &mut impl FnMut(&'t Stage)) {
    exprs(expr, &mut |part| {
        if let ExprKind::Subsearch(search) = &part.kind {
            stages(search, visit);
        }
    });
}

/// Visits an eval expression and all that it is made of, the whole before its parts; not what stands in subsearches.
pub fn exprs<'t>(expr: &'t Expr, visit: &mut impl FnMut(&'t Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Unary(_, operand) => exprs(operand, visit),
        ExprKind::Binary(_, left, right) => {
            exprs(left, visit);
            exprs(right, visit);
        }
        ExprKind::In(operand, items) => {
            exprs(operand, visit);
            for item in items {
                exprs(item, visit);
            }
        }
        ExprKind::Call(_, args) => {
            for arg in args {
                exprs(arg, visit);
            }
        }
        ExprKind::Subsearch(_) | ExprKind::Number(..) | ExprKind::Text(_) | ExprKind::Field(_) => {}
    }
}
