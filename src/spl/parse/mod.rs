//! From text to tree: the scan's stages, each read by the grammar rule of its command.
//!
//! This folder is the only one that sees pest. `build` makes arguments of pest's pairs, `condition` and `expression`
//! give operators their precedence, `explain` turns pest's complaints into the words of an author, `slips` knows the
//! usual mistakes.

mod build;
mod condition;
mod explain;
mod expression;
mod slips;
mod text;

use super::ast::{Arg, Expr, Search, Span, Spanned, Stage, Term};
use super::commands;
use super::scan::{Group, Scan, Slice, scan};
use crate::diag::{Problem, codes};
use grammar::{Grammar, Rule};
use pest::Parser as _;
use std::collections::HashMap;
use std::sync::OnceLock;
pub(super) use text::is_blank;

mod grammar {
    /// The generated parser.
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/spl.pest"]
    pub(super) struct Grammar;
}

/// Trees of operators deeper than this are refused, so that whatever walks a tree may recurse.
const MAX_TREE_DEPTH: usize = 250;

/// Longer texts (bytes) are refused unread; as long as [`super::expand()`] makes them.
const MAX_LENGTH: usize = super::MAX_EXPANSION;

/// What came of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The stages that were understood, in order. Of a stage with a mistake at least the command is known, and its
    /// arguments are one [`Arg::Raw`]; a stage without a command is left out.
    pub search: Search,
    /// What is wrong, in the order of the text. Spans are bytes of the text.
    pub problems: Vec<Problem>,
}

/// Reads a search, after macro expansion. Never fails, whatever the text.
///
/// A text that does not begin with a pipe has an implied `search` in front; inside brackets the first word is a command
/// in any case. Comments count as blanks.
pub fn parse(text: &str) -> Parsed {
    if let Some(problem) = too_long(text) {
        let search = Search { stages: Vec::new(), span: Span::new(0, text.len()) };
        return Parsed { search, problems: vec![problem] };
    }
    let scan = scan(text);
    let mut parser = Parser::new(text, &scan);
    let search = parser.group(&scan.root, true);
    let mut problems = parser.problems;
    problems.extend(scan.problems);
    Parsed { search, problems: in_order(problems) }
}

/// Reads an eval expression on its own: the right side of a calculated field. `None` if there is a mistake in it.
pub fn parse_eval(text: &str) -> (Option<Expr>, Vec<Problem>) {
    let scan = match one_stage(text) {
        Ok(scan) => scan,
        Err(problems) => return (None, problems),
    };
    let mut parser = Parser::new(text, &scan);
    let expr = parser.expression_at(Span::new(0, text.len()));
    (expr, in_order(parser.problems))
}

/// Reads a search expression on its own: an eventtype, a data-model constraint. `None` if there is a mistake in it.
pub fn parse_condition(text: &str) -> (Option<Term>, Vec<Problem>) {
    let scan = match one_stage(text) {
        Ok(scan) => scan,
        Err(problems) => return (None, problems),
    };
    let mut parser = Parser::new(text, &scan);
    let term = parser.condition_at(Span::new(0, text.len()));
    (term, in_order(parser.problems))
}

/// Scans a text that must be well formed and hold no pipe outside of brackets.
fn one_stage(text: &str) -> Result<Scan, Vec<Problem>> {
    if let Some(problem) = too_long(text) {
        return Err(vec![problem]);
    }
    let mut scan = scan(text);
    let mut problems = std::mem::take(&mut scan.problems);
    if let (Some(second), true) = (scan.root.slices.get(1), problems.is_empty()) {
        let pipe = second.span.start as usize;
        let message = "a pipe stands in an expression";
        problems.push(Problem::new(codes::SPL_SYNTAX, message, Span::new(pipe - 1, pipe)));
    }
    if problems.is_empty() { Ok(scan) } else { Err(in_order(problems)) }
}

fn too_long(text: &str) -> Option<Problem> {
    let message = || format!("a search is longer than {} KiB", MAX_LENGTH >> 10);
    (text.len() > MAX_LENGTH).then(|| Problem::new(codes::SEARCH_TOO_LONG, message(), Span::at(0)))
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.span, a.code.name(), &a.message).cmp(&(b.span, b.code.name(), &b.message)));
    problems.dedup();
    problems
}

struct Parser<'a> {
    text: &'a str,
    scan: &'a Scan,
    problems: Vec<Problem>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, scan: &'a Scan) -> Self {
        Self { text, scan, problems: Vec::new() }
    }

    /// The stages of the whole text (`top`) or of a subsearch.
    fn group(&mut self, group: &Group, top: bool) -> Search {
        let mut stages = Vec::new();
        let last = group.slices.len() - 1;
        for (at, slice) in group.slices.iter().enumerate() {
            let span = text::trimmed(self.text, slice.span);
            if !span.is_empty() {
                stages.extend(self.stage(slice, span, top && at == 0));
            } else if at > 0 || (last == 0 && !top) {
                self.problems.push(explain::empty_stage(self.text, group.span, slice.span, at == last));
            }
        }
        Search { stages, span: group.span }
    }

    /// One stage; `span` is the slice without blanks around it and holds at least one character.
    fn stage(&mut self, slice: &Slice, span: Span, may_be_implied: bool) -> Option<Stage> {
        let text = &self.text[span.range()];
        let name = text::command_name(text);
        let after = &text[name.len()..];
        let lower = name.to_lowercase();
        if may_be_implied && (lower != "search" || !after.starts_with(|c: char| is_blank(c) || "([\"".contains(c))) {
            slips::generating_without_pipe(self, &lower, span, after);
            let at = Span::at(span.start as usize);
            let command = Spanned::new("search".to_owned(), at);
            let args = self.arguments("search", Rule::cmd_search, span, slice.broken);
            return Some(Stage { command, implied: true, args, span });
        }
        let name_span = Span::new(span.start as usize, span.start as usize + name.len());
        if name.is_empty() {
            if !slice.broken {
                self.problems.push(explain::no_command(self.text, span));
            }
            return None;
        }
        let known = commands::is_known(&lower);
        if !known {
            self.problems.push(explain::unknown_command(name, name_span, self.problems.len() < 100));
        }
        let command = commands::canonical(&lower).to_owned();
        let rule = command_rules().get(command.as_str()).copied().unwrap_or(Rule::cmd_);
        let rest = text::trimmed(self.text, Span::new(name_span.end as usize, span.end as usize));
        let before = self.problems.len();
        let args = self.arguments(&command, rule, rest, slice.broken);
        if !known {
            // What follows a misspelt name is read with the wrong rule.
            self.problems.truncate(before);
        }
        Some(Stage { command: Spanned::new(command, name_span), implied: false, args, span })
    }

    fn arguments(&mut self, command: &str, rule: Rule, span: Span, broken: bool) -> Vec<Spanned<Arg>> {
        let text = &self.text[span.range()];
        let raw = |text: &str| {
            if text.is_empty() { Vec::new() } else { vec![Spanned::new(Arg::Raw(text.to_owned()), span)] }
        };
        if broken {
            return raw(text);
        }
        let base = span.start as usize;
        match Grammar::parse(rule, text) {
            Ok(pairs) => {
                let before = self.problems.len();
                let built = self.build(command, pairs, base);
                if built.is_none() && self.problems.len() == before {
                    self.problems.push(Problem::new(codes::SPL_SYNTAX, "these arguments cannot be read", span));
                }
                built.unwrap_or_else(|| raw(text))
            }
            Err(error) => {
                let problem = explain::syntax(command, self.text, span, &error);
                self.problems.push(problem);
                raw(text)
            }
        }
    }

    fn subsearch(&mut self, open: usize, end: usize) -> Search {
        let scan = self.scan;
        match scan.brackets.get(&open) {
            Some(group) => self.group(group, false),
            // Only if the grammar and the scan disagree about what is quoted.
            None => Search { stages: Vec::new(), span: Span::new(open + 1, end.saturating_sub(1)) },
        }
    }
}

/// The rule of each command that has one of its own: `cmd_<name>`.
fn command_rules() -> &'static HashMap<String, Rule> {
    static RULES: OnceLock<HashMap<String, Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        Rule::all_rules()
            .iter()
            .filter_map(|rule| Some((format!("{rule:?}").strip_prefix("cmd_")?.to_owned(), *rule)))
            .collect()
    })
}

#[cfg(test)]
mod tests;
