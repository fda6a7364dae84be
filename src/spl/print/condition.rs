//! Search expressions.

use super::push_subsearch;
use super::word::{push_search_word, push_sign};
use crate::spl::ast::{CompareOp, Quote, Term, TermKind};

/// Appends an expression; the empty one adds nothing.
pub(super) fn push_condition(out: &mut String, term: &Term) {
    match &term.kind {
        TermKind::And(terms) => join(out, terms, " "),
        TermKind::Or(terms) => join(out, terms, " OR "),
        TermKind::Not(inner) => {
            out.push_str("NOT ");
            push_operand(out, inner);
        }
        TermKind::Compare { field, op, value } => {
            push_search_word(out, field);
            push_sign(out, field, sign(op.node));
            // `a< <b`: without the blank it is another operator, or a placeholder.
            if value.quote == Quote::Bare && value.text.starts_with(['=', '<', '>']) {
                out.push(' ');
            }
            push_search_word(out, value);
        }
        TermKind::In { field, values } => {
            push_search_word(out, field);
            out.push_str(" IN (");
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                push_search_word(out, value);
            }
            out.push(')');
        }
        TermKind::Keyword(word) => push_search_word(out, word),
        TermKind::Term(word) | TermKind::Case(word) => {
            out.push_str(if matches!(term.kind, TermKind::Term(_)) { "TERM(" } else { "CASE(" });
            push_search_word(out, word);
            out.push(')');
        }
        TermKind::Subsearch(search) => push_subsearch(out, search),
    }
}

fn join(out: &mut String, terms: &[Term], between: &str) {
    for (at, term) in terms.iter().enumerate() {
        out.push_str(if at > 0 { between } else { "" });
        push_operand(out, term);
    }
}

fn push_operand(out: &mut String, term: &Term) {
    let grouped = matches!(term.kind, TermKind::And(_) | TermKind::Or(_));
    if grouped {
        out.push('(');
    }
    push_condition(out, term);
    if grouped {
        out.push(')');
    }
}

/// The operator as written in both languages.
pub(super) fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}
