//! What commands build on: expressions from trees, and small trees of their own.
//!
//! The only file of this room that knows how [`crate::expr`] resolves functions and compiles patterns.

use crate::diag::{Problem, codes};
use crate::expr::stats::StatsFunction;
use crate::expr::{Context, Expr, Predicate};
use crate::ir::Plan;
use crate::ir::op::BinSpan;
use crate::source::{Span, Spanned};
use crate::spl::ast::{self, BinaryOp, CompareOp, ExprKind, Quote, UnaryOp, Word};
use crate::value::regex::Regex;
use crate::value::time::TimeSpan;
use crate::value::{Batch, Column, Value};
use std::sync::Arc;

pub(super) fn lower_expr(expr: &ast::Expr, problems: &mut Vec<Problem>, plans: &mut Vec<Plan>) -> Option<Expr> {
    let _ = (expr, problems, plans);
    None
}

pub(super) fn lower_term(term: &ast::Term, problems: &mut Vec<Problem>, plans: &mut Vec<Plan>) -> Predicate {
    let _ = (term, problems, plans);
    Predicate::And(Vec::new())
}

pub(super) fn regex(pattern: &Word, problems: &mut Vec<Problem>) -> Option<Arc<Regex>> {
    match Regex::new(&pattern.text) {
        Ok(regex) => Some(Arc::new(regex)),
        Err(error) => {
            let message = format!("the regular expression cannot be read: {error}");
            problems.push(Problem::new(codes::BAD_REGEX, message, pattern.span));
            None
        }
    }
}

pub(super) fn stats_function(
    call: &ast::Aggregate,
    problems: &mut Vec<Problem>,
) -> Option<(&'static StatsFunction, Option<f64>)> {
    let _ = (call, problems);
    None
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
    let _ = (expr, context);
    Column::repeat(Value::Null, batch.rows())
}

/// Which rows satisfy a condition.
pub(super) fn select(predicate: &Predicate, batch: &Batch, context: &Context) -> Vec<bool> {
    let _ = (predicate, context);
    vec![true; batch.rows()]
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
