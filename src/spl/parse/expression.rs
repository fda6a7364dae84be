//! Eval expressions: operators of one chain get their precedence here, without recursion over the chain.
//!
//! From loosest to tightest: XOR, OR, AND, NOT, comparisons with LIKE and IN, `+ - .`, `* / %`, unary minus.
//! (Search Reference, "eval"; where `.` stands beside `+` is not documented.)

use super::condition::compare_op;
use super::cursor::Wanted;
use super::{Failure, MAX_TREE_DEPTH, Parser, Read, slips, too_deep};
use crate::spl::ast::{BinaryOp, Expr, ExprKind, Span, Spanned, UnaryOp, Word};
use crate::spl::scan::unclosed_name;

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

    fn is_too_deep(&self) -> bool {
        self.operands.last().map_or(0, |(_, depth)| *depth) + self.waiting.len() > MAX_TREE_DEPTH
    }

    fn finish(mut self) -> Option<Deep> {
        self.reduce(0)?;
        self.operands.pop()
    }
}

impl Parser<'_> {
    /// An eval expression, up to what continues none.
    pub(super) fn expression(&mut self) -> Read<Expr> {
        self.deep_expression().map(|(expr, _)| expr)
    }

    fn deep_expression(&mut self) -> Read<Deep> {
        self.cursor.skip();
        let start = self.cursor.at;
        let mut chain = Chain::default();
        loop {
            self.prefixes(&mut chain);
            let Some(operand) = self.operand()? else {
                let first = self.cursor.at == start;
                return self.missed(if first { Wanted::Expression } else { Wanted::Operand });
            };
            if chain.waiting.is_empty() && chain.operands.is_empty() && !self.chain_goes_on() {
                return Ok(operand);
            }
            chain.operands.push(operand);
            let goes_on = self.after_operand(&mut chain)?;
            if chain.is_too_deep() {
                self.report(too_deep(Span::new(start, self.cursor.at)));
                return Err(Failure::Reported);
            }
            if !goes_on {
                return chain.finish().ok_or(Failure::Syntax);
            }
        }
    }

    /// Whether something that can be an operator follows.
    fn chain_goes_on(&mut self) -> bool {
        self.cursor.skip();
        !matches!(self.cursor.peek(), None | Some(b')' | b','))
    }

    fn prefixes(&mut self, chain: &mut Chain) {
        loop {
            let start = self.cursor.at;
            let (op, end) = match self.cursor.peek() {
                Some(b'-') => (UnaryOp::Minus, start + 1),
                Some(b'+') => (UnaryOp::Plus, start + 1),
                Some(b'!') if !self.cursor.starts_with("!=") => (UnaryOp::Not, start + 1),
                Some(b'n' | b'N') => match self.cursor.operator_end(start, "not") {
                    Some(end) => (UnaryOp::Not, end),
                    None => return,
                },
                _ => return,
            };
            let span = Span::new(start, end);
            if self.cursor.peek() == Some(b'!') {
                slips::foreign_operator(self, "!", span, "NOT");
            }
            chain.waiting.push(Waiting::Prefix(op, span));
            self.cursor.at = end;
            self.cursor.skip();
        }
    }

    /// `IN (...)`s after an operand, and the operator that leads to the next one; false if there is none.
    fn after_operand(&mut self, chain: &mut Chain) -> Read<bool> {
        loop {
            self.cursor.skip();
            let before = self.cursor;
            if let Some((end, negated)) = self.cursor.negatable_end("in") {
                self.cursor.at = end;
                self.cursor.skip();
                if self.cursor.peek() != Some(b'(') {
                    self.cursor = before;
                    self.cursor.miss(Wanted::Argument);
                    return Ok(false);
                }
                chain.reduce(MEMBERSHIP).ok_or(Failure::Syntax)?;
                let (items, item_depth) = self.arguments_of_call()?;
                let (operand, depth) = chain.operands.pop().ok_or(Failure::Syntax)?;
                let span = Span { start: operand.span.start, end: self.cursor.at as u32 };
                let mut made = Expr { kind: ExprKind::In(Box::new(operand), items), span };
                if negated {
                    made = Expr { kind: ExprKind::Unary(UnaryOp::Not, Box::new(made)), span };
                }
                chain.operands.push((made, depth.max(item_depth) + 2));
                continue;
            }
            let Some((waiting, end)) = self.infix() else {
                self.cursor.miss(Wanted::Operator);
                return Ok(false);
            };
            chain.reduce(waiting.strength()).ok_or(Failure::Syntax)?;
            chain.waiting.push(waiting);
            self.cursor.at = end;
            self.cursor.skip();
            return Ok(true);
        }
    }

    /// The operator between two operands, and its end.
    fn infix(&mut self) -> Option<(Waiting, usize)> {
        let start = self.cursor.at;
        let one = |op| Some((op, start + 1));
        let word = |word: &str, op: BinaryOp| self.cursor.operator_end(start, word).map(|end| (op, end));
        let found = match self.cursor.peek()? {
            b'+' => one(BinaryOp::Add),
            b'-' => one(BinaryOp::Subtract),
            b'.' => one(BinaryOp::Concat),
            b'*' => one(BinaryOp::Multiply),
            b'/' => one(BinaryOp::Divide),
            b'%' => one(BinaryOp::Modulo),
            b'|' if self.cursor.starts_with("||") => Some((BinaryOp::Or, start + 2)),
            b'&' if self.cursor.starts_with("&&") => Some((BinaryOp::And, start + 2)),
            b'o' | b'O' => word("or", BinaryOp::Or),
            b'a' | b'A' => word("and", BinaryOp::And),
            b'x' | b'X' => word("xor", BinaryOp::Xor),
            b'l' | b'L' | b'n' | b'N' => {
                let (end, negated) = self.cursor.negatable_end("like")?;
                let span = Span::new(start, end);
                let waiting = if negated { Waiting::NotLike(span) } else { Waiting::Infix(BinaryOp::Like, span) };
                return Some((waiting, end));
            }
            _ => {
                let end = self.cursor.compare_sign()?;
                Some((BinaryOp::Compare(compare_op(self.cursor.slice(start, end))), end))
            }
        };
        let (op, end) = found?;
        let span = Span::new(start, end);
        match op {
            BinaryOp::Or => slips::foreign_operator(self, self.cursor.slice(start, end), span, "OR"),
            BinaryOp::And => slips::foreign_operator(self, self.cursor.slice(start, end), span, "AND"),
            _ => {}
        }
        Some((Waiting::Infix(op, span), end))
    }

    fn operand(&mut self) -> Read<Option<Deep>> {
        let start = self.cursor.at;
        let Some(first) = self.cursor.peek() else { return Ok(None) };
        let mut depth = 1;
        let kind = match first {
            b'"' => self.cursor.double().map(|word| ExprKind::Text(word.text)),
            b'\'' => Some(ExprKind::Field(self.single_quoted()?)),
            b'(' => {
                let (inner, inner_depth) = self.nested(Self::deep_expression)?;
                self.close()?;
                depth = inner_depth + 1;
                Some(inner.kind)
            }
            b'[' => Some(ExprKind::Subsearch(self.subsearch()?)),
            _ => {
                if let Some(end) = self.cursor.number_end() {
                    let text = self.cursor.slice(start, end);
                    self.cursor.at = end;
                    Some(ExprKind::Number(text.parse().unwrap_or(f64::INFINITY), text.to_owned()))
                } else if let Some(name) = self.cursor.function() {
                    self.cursor.skip();
                    let (args, args_depth) = self.arguments_of_call()?;
                    depth = args_depth + 1;
                    Some(ExprKind::Call(name, args))
                } else {
                    self.cursor.field().map(ExprKind::Field)
                }
            }
        };
        Ok(kind.map(|kind| (Expr { kind, span: Span::new(start, self.cursor.at) }, depth)))
    }

    /// `'field name'`, which begins here.
    fn single_quoted(&mut self) -> Read<Word> {
        let open = self.cursor.at;
        if let Some(word) = self.cursor.quoted() {
            return Ok(word);
        }
        self.report(unclosed_name(open));
        Err(Failure::Reported)
    }

    /// `(a, b)`, which begins here.
    fn arguments_of_call(&mut self) -> Read<(Vec<Expr>, usize)> {
        let read = |parser: &mut Self| {
            let (mut depth, mut made) = (1, Vec::new());
            parser.cursor.skip();
            if parser.cursor.peek() == Some(b')') {
                return Ok((made, depth));
            }
            loop {
                let (expr, deep) = parser.deep_expression()?;
                depth = depth.max(deep);
                made.push(expr);
                parser.cursor.skip();
                if !parser.cursor.eat(b',') {
                    parser.cursor.miss(Wanted::Comma);
                    return Ok((made, depth));
                }
            }
        };
        let read = self.nested(read)?;
        self.close()?;
        Ok(read)
    }
}
