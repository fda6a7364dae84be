//! From tree to text, in one layout: a line per pipe, subsearches on the line of their command.
//!
//! Parsing the text gives the same tree, spans aside. Commands get their main name, AND between terms is left out, an
//! OR beside other terms gets parentheses, and binary operators of eval stand between blanks.

mod condition;
mod expression;
mod word;

use super::ast::{Arg, ByItem, Expr, Quote, Search, Spanned, Stage, Term};
use super::commands;
use super::parse::CLAUSES;
use word::{push_sign, push_word};

/// A whole search, without a line break at its end.
pub fn print(search: &Search) -> String {
    let mut out = String::new();
    for (at, stage) in search.stages.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if at > 0 || !stage.implied {
            out.push_str("| ");
        }
        push_stage(&mut out, stage);
        if at == 0 && stage.implied && out.is_empty() {
            // Without it there would be no stage.
            out.push_str("()");
        }
    }
    out
}

/// A search expression on one line; the empty one is the empty text.
pub fn print_condition(term: &Term) -> String {
    let mut out = String::new();
    condition::push_condition(&mut out, term);
    out
}

/// An eval expression on one line.
pub fn print_expr(expr: &Expr) -> String {
    let mut out = String::new();
    expression::push_expr(&mut out, expr);
    out
}

/// `[search ...]`, `[| inputlookup ...]`: a pipe goes before commands that make rows of their own.
fn push_subsearch(out: &mut String, search: &Search) {
    out.push('[');
    for (at, stage) in search.stages.iter().enumerate() {
        if at > 0 {
            out.push_str(" | ");
        } else if commands::GENERATING.contains(&stage.command.node.as_str()) {
            out.push_str("| ");
        }
        push_stage(out, stage);
    }
    out.push(']');
}

fn push_stage(out: &mut String, stage: &Stage) {
    let command = stage.command.node.as_str();
    if !stage.implied {
        out.push_str(command);
    }
    let mut before: Option<&Arg> = None;
    for arg in &stage.args {
        let from = out.len();
        push_arg(out, command, &arg.node);
        let gap = match (before, &arg.node) {
            (None, _) if stage.implied => "",
            (Some(Arg::Assign { .. }), Arg::Assign { .. })
            | (Some(Arg::Alias { .. }), Arg::Alias { .. })
            | (Some(Arg::Replace { .. }), Arg::Replace { .. }) => ", ",
            (Some(Arg::By(items)), _) if items.last().is_some_and(needs_comma) => ", ",
            _ => " ",
        };
        if out.len() > from {
            out.insert_str(from, gap);
        }
        before = Some(&arg.node);
    }
}

fn push_arg(out: &mut String, command: &str, arg: &Arg) {
    match arg {
        Arg::Option { name, value } => push_option(out, name, value),
        Arg::Word(word) => push_word(out, word),
        Arg::Keyword(word) if word.starts_with("output") => out.push_str(&word.to_uppercase()),
        Arg::Keyword(word) | Arg::Raw(word) => out.push_str(word),
        Arg::Alias { source, target } => {
            push_word(out, source);
            out.push_str(" as ");
            push_word(out, target);
        }
        Arg::Aggregate(aggregate) => {
            out.push_str(&aggregate.text);
            push_alias(out, aggregate.alias.as_ref());
        }
        Arg::By(items) => {
            out.push_str("by");
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 && needs_comma(&items[at - 1]) { ", " } else { " " });
                match item {
                    ByItem::Field(word) => push_word(out, word),
                    ByItem::Option { name, value } => push_option(out, name, value),
                }
            }
        }
        Arg::From { kind, name } => {
            // `from` is a command of its own and a clause of tstats.
            let (before, sign) = if command == "from" { ("", ':') } else { ("from ", '=') };
            out.push_str(before);
            if !kind.node.is_empty() {
                out.push_str(&kind.node);
                out.push(sign);
            }
            match name.quote {
                // Nothing is unescaped in it.
                Quote::Bare => out.push_str(&name.text),
                Quote::Double | Quote::Single => word::push_text(out, &name.text),
            }
        }
        Arg::Condition(term) => condition::push_condition(out, term),
        Arg::Expr(expr) if command == "head" => {
            out.push('(');
            expression::push_expr(out, expr);
            out.push(')');
        }
        Arg::Expr(expr) => expression::push_expr(out, expr),
        Arg::Assign { target, value } => {
            push_word(out, target);
            out.push('=');
            expression::push_expr(out, value);
        }
        Arg::SortKey { descending, kind, field } => {
            // Without a sign it is a count of rows, an order, or has one.
            let is_other = field.quote == Quote::Bare
                && (field.text.bytes().all(|byte| byte.is_ascii_digit())
                    || ["d", "desc"].iter().any(|order| field.text.eq_ignore_ascii_case(order))
                    || field.text.starts_with(['+', '-']));
            if *descending {
                out.push('-');
            } else if is_other && kind.is_none() {
                out.push('+');
            }
            match kind {
                Some(kind) => {
                    out.push_str(&kind.node);
                    out.push('(');
                    push_word(out, field);
                    out.push(')');
                }
                None => push_word(out, field),
            }
        }
        Arg::Sign(sign) => out.push(*sign),
        Arg::Convert { function, field, target } => {
            out.push_str(&function.node);
            out.push('(');
            push_word(out, field);
            out.push(')');
            push_alias(out, target.as_ref());
        }
        Arg::Match { negated, field, pattern } => {
            if let Some(field) = field {
                push_word(out, field);
                push_sign(out, field, if *negated { "!=" } else { "=" });
            }
            push_word(out, pattern);
        }
        Arg::Replace { old, new } => {
            push_word(out, old);
            out.push_str(" with ");
            push_word(out, new);
        }
        Arg::Subsearch(search) => push_subsearch(out, search),
    }
}

/// Whether a field of a `by` would begin a clause without a comma behind it.
fn needs_comma(item: &ByItem) -> bool {
    let ByItem::Field(word) = item else { return false };
    word.quote == Quote::Bare && CLAUSES.iter().any(|clause| word.text.eq_ignore_ascii_case(clause))
}

fn push_option(out: &mut String, name: &Spanned<String>, value: &super::ast::Word) {
    out.push_str(&name.node);
    out.push('=');
    push_word(out, value);
}

fn push_alias(out: &mut String, alias: Option<&super::ast::Word>) {
    if let Some(alias) = alias {
        out.push_str(" as ");
        push_word(out, alias);
    }
}

#[cfg(test)]
mod tests;
