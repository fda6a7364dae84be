//! Search expressions: NOT binds tightest, then OR, then AND, which may be left out.

use super::build::{Piece, inner_word, span_of, too_deep, word_of};
use super::grammar::{Grammar, Rule};
use super::{MAX_TREE_DEPTH, Parser, explain, slips};
use crate::spl::ast::{CompareOp, Span, Spanned, Term, TermKind};
use pest::Parser as _;

/// A term and the depth of its tree.
type Deep = (Term, usize);

impl Parser<'_> {
    /// A search expression that is the text at `span`.
    pub(super) fn condition_at(&mut self, span: Span) -> Option<Term> {
        let base = span.start as usize;
        match Grammar::parse(Rule::condition_only, &self.text[span.range()]) {
            Ok(mut pairs) => self.condition(pairs.next()?, base),
            Err(error) => {
                let problem = explain::syntax("search", self.text, span, &error);
                self.problems.push(problem);
                None
            }
        }
    }

    /// A `condition` piece. `None` if its tree is too deep, which has been reported then.
    pub(super) fn condition(&mut self, pair: Piece, base: usize) -> Option<Term> {
        self.deep_condition(pair, base).map(|(term, _)| term)
    }

    fn deep_condition(&mut self, pair: Piece, base: usize) -> Option<Deep> {
        let whole = span_of(&pair, base);
        // Operands of AND; each is the operands of an OR.
        let mut all: Vec<Vec<Deep>> = Vec::new();
        let mut or_follows = false;
        let mut nots: Vec<usize> = Vec::new();
        for part in pair.into_inner() {
            let span = span_of(&part, base);
            match part.as_rule() {
                Rule::not_word => nots.push(span.start as usize),
                Rule::or_word => {
                    or_follows = true;
                    slips::foreign_operator(self, part.as_str(), span, "OR");
                }
                Rule::and_word => slips::foreign_operator(self, part.as_str(), span, "AND"),
                _ => {
                    let (mut term, mut depth) = self.term(part, base)?;
                    depth += nots.len();
                    if depth > MAX_TREE_DEPTH {
                        self.problems.push(too_deep(whole));
                        return None;
                    }
                    while let Some(start) = nots.pop() {
                        let span = Span { start: start as u32, end: term.span.end };
                        term = Term { kind: TermKind::Not(Box::new(term)), span };
                    }
                    match all.last_mut() {
                        Some(any) if or_follows => any.push((term, depth)),
                        _ => all.push(vec![(term, depth)]),
                    }
                    or_follows = false;
                }
            }
        }
        slips::in_condition(self, &all);
        let all = all.into_iter().filter_map(|any| join(any, TermKind::Or)).collect();
        Some(join(all, TermKind::And).unwrap_or((Term { kind: TermKind::And(Vec::new()), span: whole }, 1)))
    }

    fn term(&mut self, pair: Piece, base: usize) -> Option<Deep> {
        let span = span_of(&pair, base);
        let kind = match pair.as_rule() {
            Rule::group => {
                let (term, depth) = self.deep_condition(pair.into_inner().next()?, base)?;
                return Some((Term { kind: term.kind, span }, depth + 1));
            }
            Rule::subsearch => TermKind::Subsearch(self.subsearch(span.start as usize, span.end as usize)),
            Rule::exact => {
                let mut parts = pair.into_inner();
                let is_case = parts.next()?.as_str() == "CASE";
                let word = word_of(&parts.next()?, base);
                if is_case { TermKind::Case(word) } else { TermKind::Term(word) }
            }
            Rule::membership => {
                let mut parts = pair.into_inner().peekable();
                let field = inner_word(parts.next()?, base);
                let negated = parts.next_if(|part| part.as_rule() == Rule::not_in).is_some();
                let kind = TermKind::In { field, values: parts.map(|value| word_of(&value, base)).collect() };
                if negated { TermKind::Not(Box::new(Term { kind, span })) } else { kind }
            }
            Rule::comparison => {
                let mut parts = pair.into_inner();
                let field = inner_word(parts.next()?, base);
                let op = parts.next()?;
                let op = Spanned::new(compare_op(op.as_str()), span_of(&op, base));
                TermKind::Compare { field, op, value: inner_word(parts.next()?, base) }
            }
            _ => TermKind::Keyword(inner_word(pair, base)),
        };
        Some((Term { kind, span }, 2))
    }
}

/// One term as it is; several under one parent.
fn join(mut terms: Vec<Deep>, parent: fn(Vec<Term>) -> TermKind) -> Option<Deep> {
    if terms.len() < 2 {
        return terms.pop();
    }
    let depth = terms.iter().map(|(_, depth)| *depth).max().unwrap_or(0) + 1;
    let terms: Vec<Term> = terms.into_iter().map(|(term, _)| term).collect();
    let span = terms.iter().map(|term| term.span).reduce(Span::to)?;
    Some((Term { kind: parent(terms), span }, depth))
}

/// The operator of its sign; the grammar knows no others.
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
