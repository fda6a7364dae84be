//! Eval expressions, with as few parentheses as the precedence allows.

use super::condition::sign;
use super::push_subsearch;
use super::word::{push_text, push_word};
use crate::spl::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// Binds tighter than every operator.
const OPERAND: u8 = 9;

/// Appends an expression.
pub(super) fn push_expr(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Number(_, text) => out.push_str(text),
        ExprKind::Text(text) => push_text(out, text),
        ExprKind::Field(word) => push_word(out, word),
        ExprKind::Unary(op, inner) => {
            out.push_str(match op {
                UnaryOp::Minus => "-",
                UnaryOp::Plus => "+",
                UnaryOp::Not => "NOT ",
            });
            push_operand(out, inner, strength(expr));
        }
        ExprKind::Binary(op, left, right) => {
            let own = strength(expr);
            push_operand(out, left, own);
            out.push(' ');
            out.push_str(binary_sign(op.node));
            out.push(' ');
            push_operand(out, right, own + 1);
        }
        ExprKind::In(inner, items) => {
            push_operand(out, inner, strength(expr));
            out.push_str(" IN (");
            push_list(out, items);
        }
        ExprKind::Call(name, args) => {
            out.push_str(&name.node);
            out.push('(');
            push_list(out, args);
        }
        ExprKind::Subsearch(search) => push_subsearch(out, search),
    }
}

/// The rest of a list whose parenthesis is open.
fn push_list(out: &mut String, items: &[Expr]) {
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        push_expr(out, item);
    }
    out.push(')');
}

fn push_operand(out: &mut String, expr: &Expr, least: u8) {
    let grouped = strength(expr) < least;
    if grouped {
        out.push('(');
    }
    push_expr(out, expr);
    if grouped {
        out.push(')');
    }
}

fn strength(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Unary(UnaryOp::Not, _) => 4,
        ExprKind::In(..) => 5,
        ExprKind::Unary(UnaryOp::Minus | UnaryOp::Plus, _) => 8,
        ExprKind::Binary(op, ..) => op.node.strength(),
        ExprKind::Number(..) | ExprKind::Text(_) | ExprKind::Field(_) | ExprKind::Call(..) | ExprKind::Subsearch(_) => {
            OPERAND
        }
    }
}

fn binary_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "OR",
        BinaryOp::Xor => "XOR",
        BinaryOp::And => "AND",
        BinaryOp::Compare(op) => sign(op),
        BinaryOp::Like => "LIKE",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Concat => ".",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    }
}
