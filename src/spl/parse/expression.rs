//! Eval expressions: operators of one chain get their precedence here, without recursion over the chain.
//!
//! From loosest to tightest: XOR, OR, AND, NOT, comparisons with LIKE and IN, `+ - .`, `* / %`, unary minus.
//! (Search Reference, "eval"; where `.` stands beside `+` is not documented.)

use super::build::{Piece, span_of, too_deep, word_of};
use super::condition::compare_op;
use super::grammar::{Grammar, Rule};
use super::{MAX_TREE_DEPTH, Parser, explain, slips};
use crate::spl::ast::{BinaryOp, Expr, ExprKind, Span, Spanned, UnaryOp};
use pest::Parser as _;

/// An expression and the depth of its tree.
type Deep = (Expr, usize);

/// What waits for its right operand.
enum Waiting {
    Prefix(UnaryOp, Span),
    Infix(BinaryOp, Span),
    /// `x NOT LIKE y`.
    NotLike(Span),
}

impl Waiting {
    fn strength(&self) -> u8 {
        match self {
            Self::Prefix(UnaryOp::Not, _) => 4,
            Self::Prefix(UnaryOp::Minus | UnaryOp::Plus, _) => 8,
            Self::NotLike(_) => 5,
            Self::Infix(op, _) => op.strength(),
        }
    }
}

/// The strength of `IN`.
const MEMBERSHIP: u8 = 5;

#[derive(Default)]
struct Chain {
    operands: Vec<Deep>,
    waiting: Vec<Waiting>,
}

impl Chain {
    /// Gives their operands to all waiting operators that bind at least as tightly as `strength`.
    fn reduce(&mut self, strength: u8) -> Option<()> {
        while self.waiting.last().is_some_and(|top| top.strength() >= strength) {
            let (right, depth) = self.operands.pop()?;
            let made = match self.waiting.pop()? {
                Waiting::Prefix(op, span) => {
                    let span = span.to(right.span);
                    (Expr { kind: ExprKind::Unary(op, Box::new(right)), span }, depth + 1)
                }
                Waiting::Infix(op, span) => self.binary(op, span, right, depth)?,
                Waiting::NotLike(span) => {
                    let (like, depth) = self.binary(BinaryOp::Like, span, right, depth)?;
                    let span = like.span;
                    (Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(like)), span }, depth + 1)
                }
            };
            self.operands.push(made);
        }
        Some(())
    }

    fn binary(&mut self, op: BinaryOp, at: Span, right: Expr, right_depth: usize) -> Option<Deep> {
        let (left, left_depth) = self.operands.pop()?;
        let span = left.span.to(right.span);
        let kind = ExprKind::Binary(Spanned::new(op, at), Box::new(left), Box::new(right));
        Some((Expr { kind, span }, left_depth.max(right_depth) + 1))
    }

    fn deepest(&self) -> usize {
        self.operands.last().map_or(0, |(_, depth)| *depth) + self.waiting.len()
    }
}

impl Parser<'_> {
    /// An eval expression that is the text at `span`.
    pub(super) fn expression_at(&mut self, span: Span) -> Option<Expr> {
        let base = span.start as usize;
        match Grammar::parse(Rule::expr_only, &self.text[span.range()]) {
            Ok(mut pairs) => self.expression(pairs.next()?, base),
            Err(error) => {
                let problem = explain::syntax("eval expression", self.text, span, &error);
                self.problems.push(problem);
                None
            }
        }
    }

    /// An `expr` piece. `None` if its tree is too deep, which has been reported then.
    pub(super) fn expression(&mut self, pair: Piece, base: usize) -> Option<Expr> {
        self.deep_expression(pair, base).map(|(expr, _)| expr)
    }

    fn deep_expression(&mut self, pair: Piece, base: usize) -> Option<Deep> {
        let whole = span_of(&pair, base);
        let mut chain = Chain::default();
        for part in pair.into_inner() {
            self.link(part, base, &mut chain)?;
            if chain.deepest() > MAX_TREE_DEPTH {
                self.problems.push(too_deep(whole));
                return None;
            }
        }
        chain.reduce(0)?;
        chain.operands.pop()
    }

    fn link(&mut self, part: Piece, base: usize, chain: &mut Chain) -> Option<()> {
        let span = span_of(&part, base);
        let rule = part.as_rule();
        match rule {
            Rule::not_op => chain.waiting.push(Waiting::Prefix(UnaryOp::Not, span)),
            Rule::bang => {
                slips::foreign_operator(self, "!", span, "NOT");
                chain.waiting.push(Waiting::Prefix(UnaryOp::Not, span));
            }
            Rule::minus => chain.waiting.push(Waiting::Prefix(UnaryOp::Minus, span)),
            Rule::plus => chain.waiting.push(Waiting::Prefix(UnaryOp::Plus, span)),
            Rule::membership_tail => {
                chain.reduce(MEMBERSHIP)?;
                let (operand, depth) = chain.operands.pop()?;
                let mut parts = part.into_inner();
                let negated = parts.next()?.as_str().len() > 2;
                let (items, item_depth) = self.expressions(parts, base)?;
                let span = operand.span.to(span);
                let mut made = Expr { kind: ExprKind::In(Box::new(operand), items), span };
                if negated {
                    made = Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(made)), span };
                }
                chain.operands.push((made, depth.max(item_depth) + 2));
            }
            _ => {
                if let Some(waiting) = self.infix(rule, part.as_str(), span) {
                    chain.reduce(waiting.strength())?;
                    chain.waiting.push(waiting);
                } else {
                    let operand = self.operand(part, base)?;
                    chain.operands.push(operand);
                }
            }
        }
        Some(())
    }

    fn infix(&mut self, rule: Rule, sign: &str, span: Span) -> Option<Waiting> {
        let op = match rule {
            Rule::or_op => {
                slips::foreign_operator(self, sign, span, "OR");
                BinaryOp::Or
            }
            Rule::and_op => {
                slips::foreign_operator(self, sign, span, "AND");
                BinaryOp::And
            }
            Rule::like_op if sign.len() > 4 => return Some(Waiting::NotLike(span)),
            Rule::xor_op => BinaryOp::Xor,
            Rule::like_op => BinaryOp::Like,
            Rule::compare_op => BinaryOp::Compare(compare_op(sign)),
            Rule::add => BinaryOp::Add,
            Rule::subtract => BinaryOp::Subtract,
            Rule::concat => BinaryOp::Concat,
            Rule::multiply => BinaryOp::Multiply,
            Rule::divide => BinaryOp::Divide,
            Rule::modulo => BinaryOp::Modulo,
            _ => return None,
        };
        Some(Waiting::Infix(op, span))
    }

    fn operand(&mut self, part: Piece, base: usize) -> Option<Deep> {
        let span = span_of(&part, base);
        let kind = match part.as_rule() {
            Rule::number => {
                let text = part.as_str();
                ExprKind::Number(text.parse().unwrap_or(f64::INFINITY), text.to_owned())
            }
            Rule::double => ExprKind::Text(word_of(&part, base).text),
            Rule::group_expr => {
                let (inner, depth) = self.deep_expression(part.into_inner().next()?, base)?;
                return Some((Expr { kind: inner.kind, span }, depth + 1));
            }
            Rule::call => {
                let mut parts = part.into_inner();
                let name = parts.next()?;
                let name = Spanned::new(name.as_str().to_lowercase(), span_of(&name, base));
                let (args, depth) = self.expressions(parts, base)?;
                return Some((Expr { kind: ExprKind::Call(name, args), span }, depth + 1));
            }
            Rule::subsearch => ExprKind::Subsearch(self.subsearch(span.start as usize, span.end as usize)),
            _ => ExprKind::Field(word_of(&part, base)),
        };
        Some((Expr { kind, span }, 1))
    }

    fn expressions<'i>(&mut self, parts: impl Iterator<Item = Piece<'i>>, base: usize) -> Option<(Vec<Expr>, usize)> {
        let mut depth = 1;
        let mut made = Vec::new();
        for part in parts {
            let (expr, deep) = self.deep_expression(part, base)?;
            depth = depth.max(deep);
            made.push(expr);
        }
        Some((made, depth))
    }
}
