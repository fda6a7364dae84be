//! Search expressions: NOT binds tightest, then OR, then AND, which may be left out.

use super::cursor::Wanted;
use super::{Failure, MAX_TREE_DEPTH, Parser, Read, slips, too_deep};
use crate::spl::ast::{CompareOp, Span, Spanned, Term, TermKind, Word};

/// A term and the depth of its tree.
type Deep = (Term, usize);

/// One operand of a search expression.
pub(super) struct Operand {
    pub(super) term: Term,
    depth: usize,
    /// OR stands before it.
    pub(super) or: bool,
}

impl Parser<'_> {
    /// A search expression, up to what is no term.
    pub(super) fn condition(&mut self) -> Read<Term> {
        self.deep_condition().map(|(term, _)| term)
    }

    fn deep_condition(&mut self) -> Read<Deep> {
        self.cursor.skip();
        let start = self.cursor.at;
        let mut operands: Vec<Operand> = Vec::new();
        while let Some(operand) = self.search_operand(operands.is_empty())? {
            if operand.depth > MAX_TREE_DEPTH {
                self.report(too_deep(Span::new(start, self.cursor.at)));
                return Err(Failure::Reported);
            }
            operands.push(operand);
        }
        slips::in_condition(self, &operands);
        let nothing = || (Term { kind: TermKind::And(Vec::new()), span: Span::new(start, self.cursor.at) }, 1);
        Ok(all_of(operands).unwrap_or_else(nothing))
    }

    /// The next operand, with the operators before it.
    fn search_operand(&mut self, first: bool) -> Read<Option<Operand>> {
        self.cursor.skip();
        let start = self.cursor.at;
        // A comma is a blank, also before an operator.
        self.skip_commas();
        let connective = if first { None } else { self.connective() };
        self.skip_commas();
        let nots = self.negations();
        let Some((term, depth)) = self.term()? else {
            self.cursor.miss(Wanted::Term);
            let commas = first && self.cursor.at > start;
            let nothing = connective.is_none() && nots.is_empty() && !commas;
            return if nothing { Ok(None) } else { Err(Failure::Syntax) };
        };
        let depth = depth + nots.len();
        let term = if depth > MAX_TREE_DEPTH { term } else { negated(term, &nots) };
        Ok(Some(Operand { term, depth, or: connective.unwrap_or(false) }))
    }

    /// `AND`, `OR` and what stands for them; true for OR.
    fn connective(&mut self) -> Option<bool> {
        let signs = [("AND", false), ("OR", true), ("&&", false)];
        let known = signs.iter().find_map(|&(sign, or)| Some((sign, or, self.cursor.search_operator(sign)?)));
        let bars = || self.cursor.starts_with("||").then_some(("||", true, self.cursor.at + 2));
        let (sign, or, end) = known.or_else(bars)?;
        let span = Span::new(self.cursor.at, end);
        self.cursor.at = end;
        self.cursor.skip();
        slips::foreign_operator(self, sign, span, if or { "OR" } else { "AND" });
        Some(or)
    }

    /// The offsets of `NOT`s in a row.
    fn negations(&mut self) -> Vec<usize> {
        let mut nots = Vec::new();
        while let Some(end) = self.cursor.search_operator("NOT") {
            nots.push(self.cursor.at);
            self.cursor.at = end;
            self.cursor.skip();
        }
        nots
    }

    fn term(&mut self) -> Read<Option<Deep>> {
        let start = self.cursor.at;
        let (kind, depth) = match self.cursor.peek() {
            Some(b'(') => {
                let (term, depth) = self.nested(Self::deep_condition)?;
                self.close()?;
                (term.kind, depth + 1)
            }
            Some(b'[') => (TermKind::Subsearch(self.subsearch()?), 2),
            _ => {
                let kind = match self.exact()? {
                    Some(kind) => Some(kind),
                    None => self.comparison()?,
                };
                let Some(kind) = kind else { return Ok(None) };
                (kind, 2)
            }
        };
        Ok(Some((Term { kind, span: Span::new(start, self.cursor.at) }, depth)))
    }

    /// `TERM(x)`, `CASE(x)`.
    fn exact(&mut self) -> Read<Option<TermKind>> {
        let is_case = self.cursor.starts_with("CASE(");
        if !is_case && !self.cursor.starts_with("TERM(") {
            return Ok(None);
        }
        self.cursor.at += 5;
        self.cursor.skip();
        let word = self.cursor.exact_text();
        self.cursor.skip();
        match word {
            Some(word) if self.cursor.eat(b')') => {
                Ok(Some(if is_case { TermKind::Case(word) } else { TermKind::Term(word) }))
            }
            _ => self.missed(Wanted::Value),
        }
    }

    /// `field=value`, `field IN (a, b)`, or a word to look for.
    fn comparison(&mut self) -> Read<Option<TermKind>> {
        // An operator is no word to look for and no name of a field, unless in quotes.
        let is_operator = ["AND", "OR", "&&", "NOT"].iter().any(|sign| self.cursor.search_operator(sign).is_some());
        if is_operator || self.cursor.starts_with("||") {
            return Ok(None);
        }
        let Some(field) = self.cursor.search_word() else { return Ok(None) };
        let end = self.cursor.at;
        self.cursor.skip();
        if let Some(sign) = self.cursor.compare_sign() {
            let op = self.cursor.slice(self.cursor.at, sign);
            let op = Spanned::new(compare_op(op), Span::new(self.cursor.at, sign));
            self.cursor.at = sign;
            self.cursor.skip();
            let Some(value) = self.cursor.search_value() else { return self.missed(Wanted::Value) };
            return Ok(Some(TermKind::Compare { field, op, value }));
        }
        let kind = match self.membership(field) {
            Ok(kind) => kind,
            Err(word) => {
                self.cursor.at = end;
                TermKind::Keyword(word)
            }
        };
        Ok(Some(kind))
    }

    /// `IN (a, b)` or `NOT IN (a, b)` after a field; gives the field back if there is none.
    fn membership(&mut self, field: Word) -> Result<TermKind, Word> {
        let not = self.cursor.starts_with("NOT") && self.cursor.is_blank(self.cursor.at + 3);
        if not {
            self.cursor.at += 3;
            self.cursor.skip();
        }
        if !self.cursor.starts_with("IN") {
            return Err(field);
        }
        self.cursor.at += 2;
        self.cursor.skip();
        let mut values = Vec::new();
        if !self.value_list(&mut values) {
            return Err(field);
        }
        let span = Span { start: field.span.start, end: self.cursor.at as u32 };
        let kind = TermKind::In { field, values };
        Ok(if not { TermKind::Not(Box::new(Term { kind, span })) } else { kind })
    }

    /// `(a, "b" c)`; parentheses in it say nothing.
    fn value_list(&mut self, values: &mut Vec<Word>) -> bool {
        let mut depth = 0_usize;
        loop {
            if self.cursor.eat(b'(') {
                depth += 1;
            } else if depth == 0 {
                return false;
            } else if self.cursor.eat(b')') {
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            } else if !self.cursor.eat(b',') {
                match self.cursor.list_value() {
                    Some(value) => values.push(value),
                    None => return false,
                }
            }
            self.cursor.skip();
        }
    }
}

fn negated(mut term: Term, nots: &[usize]) -> Term {
    for &start in nots.iter().rev() {
        let span = Span { start: start as u32, end: term.span.end };
        term = Term { kind: TermKind::Not(Box::new(term)), span };
    }
    term
}

/// AND over what OR joins.
fn all_of(operands: Vec<Operand>) -> Option<Deep> {
    let mut all: Vec<Deep> = Vec::new();
    let mut any: Vec<Deep> = Vec::new();
    for Operand { term, depth, or } in operands {
        if !or {
            all.extend(join(&mut any, TermKind::Or));
        }
        any.push((term, depth));
    }
    all.extend(join(&mut any, TermKind::Or));
    join(&mut all, TermKind::And)
}

/// One term as it is; several under one parent.
fn join(terms: &mut Vec<Deep>, parent: fn(Vec<Term>) -> TermKind) -> Option<Deep> {
    if terms.len() < 2 {
        return terms.pop();
    }
    let depth = terms.iter().map(|(_, depth)| *depth).max().unwrap_or(0) + 1;
    let terms: Vec<Term> = terms.drain(..).map(|(term, _)| term).collect();
    let span = terms.iter().map(|term| term.span).reduce(Span::to)?;
    Some((Term { kind: parent(terms), span }, depth))
}

/// The operator of its sign.
pub(super) fn compare_op(sign: &str) -> CompareOp {
    match sign {
        "!=" => CompareOp::Ne,
        "<" => CompareOp::Lt,
        "<=" => CompareOp::Le,
        ">" => CompareOp::Gt,
        ">=" => CompareOp::Ge,
        _ => CompareOp::Eq,
    }
}
