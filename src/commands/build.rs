//! What commands build on: expressions from trees, and small trees of their own.
//!
//! The only file of this room that knows how [`crate::expr`] resolves functions and compiles patterns.

use crate::diag::Problem;
use crate::expr::stats::{self, StatsFunction};
use crate::expr::{Context, Expr, Lowering, Predicate};
use crate::ir::Plan;
use crate::ir::op::BinSpan;
use crate::source::{Span, Spanned};
use crate::spl::ast::{self, BinaryOp, CompareOp, ExprKind, Quote, UnaryOp, Word};
use crate::value::regex::Regex;
use crate::value::time::TimeSpan;
use crate::value::{Batch, Column};
use std::sync::Arc;

/// An expression, lowered by one of [`Lowering::expr`], [`Lowering::value`] and [`Lowering::condition`].
pub(super) fn lower_expr(
    expr: &ast::Expr,
    lower: fn(&mut Lowering, &ast::Expr) -> Expr,
    problems: &mut Vec<Problem>,
    plans: &mut Vec<Plan>,
) -> Option<Expr> {
    let mut lowering = Lowering::numbered_from(plans.len());
    let lowered = lower(&mut lowering, expr);
    let failed = lowering.failed();
    take(lowering, problems, plans);
    (!failed).then_some(lowered)
}

pub(super) fn lower_term(term: &ast::Term, problems: &mut Vec<Problem>, plans: &mut Vec<Plan>) -> Predicate {
    let mut lowering = Lowering::numbered_from(plans.len());
    let lowered = lowering.predicate(term);
    take(lowering, problems, plans);
    lowered
}

/// Takes over what a lowering has found: its problems, and its subsearches as plans in the order of their indices.
fn take(lowering: Lowering, problems: &mut Vec<Problem>, plans: &mut Vec<Plan>) {
    problems.extend(lowering.problems);
    for search in &lowering.subsearches {
        plans.push(super::lower::plan(search, true, problems));
    }
}

pub(super) fn regex(pattern: &Word, problems: &mut Vec<Problem>) -> Option<Arc<Regex>> {
    let mut lowering = Lowering::new();
    let regex = lowering.regex(&pattern.text, pattern.span);
    problems.extend(lowering.problems);
    regex
}

pub(super) fn stats_function(
    call: &ast::Aggregate,
    problems: &mut Vec<Problem>,
) -> Option<(&'static StatsFunction, Option<f64>)> {
    let found = stats::resolve(&call.function.node);
    match found {
        None => problems.push(stats::unknown(&call.function)),
        Some((function, _)) => problems.extend(stats::check(function, call)),
    }
    found
}

/// The size of a bucket: a bare number, or a number with a unit of time. For `_time`, a bare number is in seconds.
pub(super) fn bin_span(text: &str, time: bool) -> Option<BinSpan> {
    let number = crate::value::number::parse(text).filter(|size| *size > 0.0 && size.is_finite());
    match number {
        Some(size) if !time => Some(BinSpan::Number(size)),
        _ => TimeSpan::parse(text).map(BinSpan::Time),
    }
}

/// A length of time in seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    TimeSpan::parse(text).map(TimeSpan::seconds)
}

/// The values of an expression, one per row.
pub(super) fn eval(expr: &Expr, batch: &Batch, context: &Context) -> Column {
    crate::expr::eval::eval(expr, batch, context)
}

/// Which rows satisfy a condition.
pub(super) fn select(predicate: &Predicate, batch: &Batch, context: &Context) -> Vec<bool> {
    crate::expr::predicate::select(predicate, batch, context)
}

// ---- Trees ---------------------------------------------------------------------------------------------------------

/// A field, read under its whole name.
pub(super) fn field(word: &Word) -> ast::Expr {
    let word = Word { quote: Quote::Single, ..word.clone() };
    ast::Expr { span: word.span, kind: ExprKind::Field(word) }
}

/// A field that no one wrote.
pub(super) fn hidden_field(name: &str) -> ast::Expr {
    field(&Word { text: name.to_owned(), quote: Quote::Single, span: Span::default() })
}

/// A text.
pub(super) fn text(text: &str, span: Span) -> ast::Expr {
    ast::Expr { kind: ExprKind::Text(text.to_owned()), span }
}

/// A number.
pub(super) fn number(value: f64, span: Span) -> ast::Expr {
    ast::Expr { kind: ExprKind::Number(value, crate::value::number::print(value)), span }
}

/// A function call.
pub(super) fn call(function: &str, args: Vec<ast::Expr>, span: Span) -> ast::Expr {
    ast::Expr { kind: ExprKind::Call(Spanned::new(function.to_owned(), span), args), span }
}

/// `left op right`.
pub(super) fn binary(op: BinaryOp, left: ast::Expr, right: ast::Expr) -> ast::Expr {
    let span = left.span.to(right.span);
    ast::Expr { kind: ExprKind::Binary(Spanned::new(op, span), Box::new(left), Box::new(right)), span }
}

/// `NOT operand`.
pub(super) fn not(operand: ast::Expr) -> ast::Expr {
    ast::Expr { span: operand.span, kind: ExprKind::Unary(UnaryOp::Not, Box::new(operand)) }
}

/// `left <= right`.
pub(super) fn at_most(left: ast::Expr, right: ast::Expr) -> ast::Expr {
    binary(BinaryOp::Compare(CompareOp::Le), left, right)
}
