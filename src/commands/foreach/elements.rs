//! `foreach` over the elements of one value.

use super::assign;
use crate::commands::native::{Apply, gathered};
use crate::commands::{Lower, build};
use crate::expr::{Context, FieldRef};
use crate::ir::op::Assignment;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, ReadKind, Schema, reads};
use crate::source::Span;
use crate::spl::ast::{BinaryOp, Expr, ExprKind, Word};
use crate::value::{Batch, Column, Value, json};
use serde_json::Value as Json;

/// Hold an element and its number while the assignments run.
const ITEM: &str = "_item";
const ITER: &str = "_iter";
/// Most elements of one value.
const MAX_ITEMS: usize = 100_000;

/// What the elements of a value are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Items {
    /// Those of a multivalue.
    Values,
    /// Those of a JSON array.
    Json,
    /// Those of a JSON array if it is one, else those of a multivalue.
    Either,
}

impl Items {
    pub(super) fn of(mode: &str) -> Option<Self> {
        Some(match mode {
            "multivalue" => Self::Values,
            "json_array" => Self::Json,
            "auto_collections" => Self::Either,
            _ => return None,
        })
    }

    fn of_value(self, value: &Value) -> Vec<Value> {
        let array = match json::parse(&value.to_text()) {
            Some(Json::Array(items)) if self != Self::Values => Some(items),
            _ => None,
        };
        match array {
            Some(items) => items.iter().map(json::to_value).collect(),
            None if self == Self::Json => Vec::new(),
            None => value.values().to_vec(),
        }
    }
}

/// Lowers the assignments; `tokens` stand for an element and its number.
pub(super) fn lower(field: FieldRef, items: Items, tokens: &[String; 2], body: &[(Word, Expr)], cx: &mut Lower) {
    let mut assignments = Vec::new();
    for (target, value) in body {
        if let Some(value) = cx.value(&filled(value, tokens)) {
            let target = crate::commands::eval::target(target);
            assignments.push(Assignment { target, value, span: Span::default() });
        }
    }
    cx.native(Elements { field, items, assignments });
}

/// The expression with hidden fields in place of the tokens.
fn filled(expr: &Expr, tokens: &[String; 2]) -> Expr {
    let again = |inner: &Expr| filled(inner, tokens);
    let boxed = |inner: &Expr| Box::new(filled(inner, tokens));
    let hidden = |text: &str| {
        let at = tokens.iter().position(|token| token == text)?;
        Some(build::hidden_field(if at == 0 { ITEM } else { ITER }).kind)
    };
    let kind = match &expr.kind {
        ExprKind::Text(text) => in_text(text, tokens, expr.span).kind,
        ExprKind::Field(word) => hidden(&word.text).unwrap_or_else(|| expr.kind.clone()),
        ExprKind::Unary(op, operand) => ExprKind::Unary(*op, boxed(operand)),
        ExprKind::Binary(op, left, right) => ExprKind::Binary(op.clone(), boxed(left), boxed(right)),
        ExprKind::In(operand, list) => ExprKind::In(boxed(operand), list.iter().map(again).collect()),
        ExprKind::Call(function, args) => ExprKind::Call(function.clone(), args.iter().map(again).collect()),
        ExprKind::Number(..) | ExprKind::Subsearch(_) => expr.kind.clone(),
    };
    Expr { kind, span: expr.span }
}

/// A text with tokens in it as texts and hidden fields, joined.
fn in_text(text: &str, tokens: &[String; 2], span: Span) -> Expr {
    let next = |rest: &str| {
        let found = tokens.iter().enumerate().filter(|(_, token)| !token.is_empty());
        found.filter_map(|(at, token)| Some((rest.find(token.as_str())?, token.len(), at))).min()
    };
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, length, which)) = next(rest) {
        pieces.push(build::text(&rest[..at], span));
        pieces.push(build::hidden_field(if which == 0 { ITEM } else { ITER }));
        rest = &rest[at + length..];
    }
    pieces.push(build::text(rest, span));
    let joined = pieces.into_iter().reduce(|left, right| build::binary(BinaryOp::Concat, left, right));
    joined.unwrap_or_else(|| build::text("", span))
}

/// Runs assignments once per element.
#[derive(Clone, Debug)]
struct Elements {
    field: FieldRef,
    items: Items,
    assignments: Vec<Assignment>,
}

impl Native for Elements {
    fn name(&self) -> &'static str {
        "foreach"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { reads: vec![Read::value(&self.field)], output: input.clone(), ..Flow::default() };
        for assignment in &self.assignments {
            let mut found = Vec::new();
            reads::of_expr(&assignment.value, &mut found);
            // What an element needs may be made by the one before it.
            let found = found.into_iter().filter(|read| !matches!(&*read.field.name, ITEM | ITER));
            flow.reads.extend(found.map(|read| Read { kind: ReadKind::Tested, ..read }));
            match &assignment.target {
                crate::ir::op::Target::Name(name) => {
                    flow.output.set(name.clone(), FieldInfo { multivalue: true, ..FieldInfo::default() });
                }
                crate::ir::op::Target::Template(_) => flow.output.open_up(),
            }
        }
        flow
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Elements {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let items: Vec<Vec<Value>> =
            (0..batch.rows()).map(|row| self.items.of_value(batch.value(row, &self.field.name))).collect();
        let most = items.iter().map(Vec::len).max().unwrap_or(0);
        if most > MAX_ITEMS {
            return Err(format!("a value has more than {MAX_ITEMS} elements"));
        }
        for number in 0..most {
            let rows: Vec<usize> = (0..batch.rows()).filter(|&row| items[row].len() > number).collect();
            let mut part = batch.take(&rows);
            part.set(ITEM, Column::new(rows.iter().map(|&row| items[row][number].clone()).collect()));
            part.set(ITER, Column::repeat(Value::Number(number as f64), rows.len()));
            for assignment in &self.assignments {
                let column = build::eval(&assignment.value, &part, context);
                assign(&assignment.target, column, &mut part);
            }
            part.remove(ITEM);
            part.remove(ITER);
            for (name, column) in part.columns() {
                let empty = || Column::repeat(Value::Null, batch.rows());
                let mut whole = batch.column(name).cloned().unwrap_or_else(empty);
                for (value, &row) in column.values().iter().zip(&rows) {
                    whole.values_mut()[row].clone_from(value);
                }
                batch.set(name.clone(), whole);
            }
        }
        Ok(batch)
    }
}
