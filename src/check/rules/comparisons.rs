//! `string-number-comparison`: text that is no number is compared with a number.

use crate::check::{Findings, Subject};
use crate::diag::{Problem, codes};
use crate::expr::{Kind, functions};
use crate::ir::Schema;
use crate::ir::flow::PlanFlow;
use crate::ir::schema::ValueKind;
use crate::source::Span;
use crate::spl::ast::{Arg, BinaryOp, Expr, ExprKind, Stage};
use crate::spl::walk;
use crate::value::number;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    let mut problems = Vec::new();
    walk::stages(&compiled.search, &mut |stage| {
        let before = before(stage, &compiled.plan, &compiled.flow);
        for arg in &stage.args {
            match &arg.node {
                Arg::Expr(found) | Arg::Assign { value: found, .. } => expr(found, before, &mut problems),
                _ => {}
            }
        }
    });
    for problem in problems {
        findings.push_in(problem, &compiled.expansion.text);
    }
}

/// The fields before a stage of the search itself.
pub(super) fn before<'c>(stage: &Stage, plan: &crate::ir::Plan, flow: &'c PlanFlow) -> Option<&'c Schema> {
    let at = plan.steps.iter().position(|step| step.span.start == stage.span.start)?;
    match at.checked_sub(1) {
        Some(previous) => flow.steps.get(previous).map(|step| &step.flow.output),
        None => Some(&flow.input),
    }
}

/// What one side of a comparison is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Surely a number.
    Number,
    /// Surely text that is no number.
    Text,
    Unknown,
}

fn expr(of: &Expr, before: Option<&Schema>, problems: &mut Vec<Problem>) {
    match &of.kind {
        ExprKind::Binary(op, left, right) => {
            if let BinaryOp::Compare(_) = op.node {
                let sides = (side(left, before), side(right, before));
                if matches!(sides, (Side::Text, Side::Number) | (Side::Number, Side::Text)) {
                    let span: Span = left.span.to(right.span);
                    problems.push(
                        Problem::new(codes::STRING_NUMBER_COMPARISON, "text is compared with a number", span)
                            .label("never equal, and ordered letter by letter")
                            .help("compare two numbers, for instance with `tonumber` or `len`"),
                    );
                }
            }
            expr(left, before, problems);
            expr(right, before, problems);
        }
        ExprKind::Unary(_, inner) => expr(inner, before, problems),
        ExprKind::In(inner, items) => {
            expr(inner, before, problems);
            for item in items {
                expr(item, before, problems);
            }
        }
        ExprKind::Call(_, args) => {
            for arg in args {
                expr(arg, before, problems);
            }
        }
        _ => {}
    }
}

fn side(of: &Expr, before: Option<&Schema>) -> Side {
    match &of.kind {
        ExprKind::Number(..) => Side::Number,
        ExprKind::Text(text) if number::parse(text.trim()).is_none() => Side::Text,
        ExprKind::Field(word) => match before.and_then(|schema| schema.fields.get(&*word.text)) {
            Some(info) if info.values == Some(ValueKind::Number) => Side::Number,
            _ => Side::Unknown,
        },
        ExprKind::Binary(op, ..) => match op.node {
            BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => Side::Number,
            _ => Side::Unknown,
        },
        ExprKind::Call(name, _) => match functions::find(&name.node) {
            Some(function) if function.returns == Kind::Number => Side::Number,
            // Other texts may hold a number.
            Some(function) if matches!(function.name, "lower" | "upper" | "md5" | "sha1" | "sha256" | "typeof") => {
                Side::Text
            }
            _ => Side::Unknown,
        },
        _ => Side::Unknown,
    }
}
