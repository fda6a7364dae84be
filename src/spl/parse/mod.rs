//! From text to tree: the scan's stages, each read by the form of its command.
//!
//! The language is written down in `grammar/spl.pest`; this reads it by hand, in one pass and without going back further
//! than a word, because a search should cost microseconds. The tests hold the two together.
//!
//! `cursor` knows the pieces of text, `forms` which arguments each command takes, `pieces` how each argument is read.
//! `condition` and `expression` give operators their precedence, `explain` says what did not fit in the words of an
//! author, `slips` knows the usual mistakes.

mod condition;
mod cursor;
mod explain;
mod expression;
mod forms;
mod pieces;
mod slips;
mod text;

use super::ast::{Arg, Expr, Search, Span, Spanned, Stage, Term};
use super::commands;
use super::scan::{Group, MAX_DEPTH, MAX_PROBLEMS, Scan, Slice, scan};
use crate::diag::{Problem, codes};
pub(super) use cursor::CLAUSES;
use cursor::{Cursor, Wanted};
pub(super) use text::{is_blank, is_gap};

/// Trees of operators deeper than this are refused, so that whatever walks a tree may recurse.
const MAX_TREE_DEPTH: usize = 250;

/// Longer texts (bytes) are refused unread.
pub const MAX_LENGTH: usize = 16 << 20;

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
    Parsed { search, problems: parser.into_problems() }
}

/// Reads an eval expression on its own: the right side of a calculated field. `None` if there is a mistake in it.
pub fn parse_eval(text: &str) -> (Option<Expr>, Vec<Problem>) {
    let scan = match one_stage(text) {
        Ok(scan) => scan,
        Err(problems) => return (None, problems),
    };
    let mut parser = Parser::new(text, &scan);
    let expr = parser.expression_at(Span::new(0, text.len()));
    (expr, parser.into_problems())
}

/// Reads a search expression on its own: an eventtype, a data-model constraint. `None` if there is a mistake in it.
pub fn parse_condition(text: &str) -> (Option<Term>, Vec<Problem>) {
    let scan = match one_stage(text) {
        Ok(scan) => scan,
        Err(problems) => return (None, problems),
    };
    let mut parser = Parser::new(text, &scan);
    let term = parser.condition_at(Span::new(0, text.len()));
    (term, parser.into_problems())
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
    let message = || format!("a search is longer than {} MiB", MAX_LENGTH >> 20);
    (text.len() > MAX_LENGTH).then(|| Problem::new(codes::SEARCH_TOO_LONG, message(), Span::at(0)))
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.span, a.code.name(), &a.message).cmp(&(b.span, b.code.name(), &b.message)));
    problems.dedup();
    problems.truncate(MAX_PROBLEMS);
    problems
}

/// The arguments of a stage.
type Args = Vec<Spanned<Arg>>;

/// What is read, or why it cannot be.
type Read<T> = Result<T, Failure>;

/// Why an argument cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// It does not fit where the cursor missed something last.
    Syntax,
    /// It has been reported.
    Reported,
}

struct Parser<'a> {
    text: &'a str,
    scan: &'a Scan,
    /// Of the stage that is being read.
    cursor: Cursor<'a>,
    problems: Vec<Problem>,
    /// Problems of subsearches, which stand whatever becomes of the stage around them.
    settled: Vec<Problem>,
    /// The end of the last subsearch that was read: none is read twice.
    read_to: usize,
    /// Parentheses and brackets around the place of reading.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, scan: &'a Scan) -> Self {
        let cursor = Cursor::new(text, Span::at(0));
        Self { text, scan, cursor, problems: Vec::new(), settled: Vec::new(), read_to: 0, depth: 0 }
    }

    fn into_problems(self) -> Vec<Problem> {
        in_order(self.problems.into_iter().chain(self.settled).chain(self.scan.problems.iter().cloned()).collect())
    }

    /// Notes a problem, up to a bound.
    fn report(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
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
                self.report(explain::empty_stage(self.text, group.span, slice.span, at == last));
            }
        }
        Search { stages, span: group.span }
    }

    /// One stage; `span` is the slice without blanks around it and holds at least one character.
    fn stage(&mut self, slice: &Slice, mut span: Span, may_be_implied: bool) -> Option<Stage> {
        let mut text = &self.text[span.range()];
        if may_be_implied {
            // A comma is a blank in a search expression, also before its first word.
            let rest = text.trim_start_matches(is_gap);
            if !rest.is_empty() {
                span = Span { start: span.start + (text.len() - rest.len()) as u32, ..span };
                text = rest;
            }
        }
        let name = text::command_name(text);
        let after = &text[name.len()..];
        let lower = name.to_lowercase();
        let is_command = || after.starts_with(|c: char| is_blank(c) || "([\",".contains(c)) || after.starts_with("```");
        if may_be_implied && (lower != "search" || !is_command()) {
            slips::generating_without_pipe(self, &lower, span, after);
            let at = Span::at(span.start as usize);
            let command = Spanned::new("search".to_owned(), at);
            let args = self.arguments("search", span, slice.broken);
            return Some(Stage { command, implied: true, args, span });
        }
        let name_span = Span::new(span.start as usize, span.start as usize + name.len());
        if name.is_empty() {
            if !slice.broken {
                self.report(explain::no_command(self.text, span));
            }
            return None;
        }
        let known = commands::is_known(&lower);
        if !known {
            self.report(explain::unknown_command(name, name_span, self.problems.len() < 100));
        }
        let command = commands::canonical(&lower).to_owned();
        if known && after.starts_with('\'') {
            self.report(explain::quote_behind_command(name, name_span));
        }
        let rest = text::trimmed(self.text, Span::new(name_span.end as usize, span.end as usize));
        let before = self.problems.len();
        let args = self.arguments(&command, rest, slice.broken);
        if !known {
            // What follows a misspelt name is read with the wrong rule.
            self.problems.truncate(before);
        }
        Some(Stage { command: Spanned::new(command, name_span), implied: false, args, span })
    }

    fn arguments(&mut self, command: &str, span: Span, broken: bool) -> Args {
        let text = &self.text[span.range()];
        let raw = || if text.is_empty() { Vec::new() } else { vec![Spanned::new(Arg::Raw(text.to_owned()), span)] };
        if broken {
            self.subsearches_of(span);
            return raw();
        }
        let mut args = Vec::new();
        let read = self.within(span, command, |parser| forms::form(command)(parser, &mut args));
        if read.is_none() {
            return raw();
        }
        slips::in_arguments(self, command, &args);
        args
    }

    /// Reads the text at a span to its end. `None` if that cannot be done; why has been reported then.
    fn within<T>(&mut self, span: Span, name: &str, read: impl FnOnce(&mut Self) -> Read<T>) -> Option<T> {
        let outside = std::mem::replace(&mut self.cursor, Cursor::new(self.text, span));
        let before = self.problems.len();
        self.cursor.skip();
        let read = read(self).and_then(|read| {
            self.cursor.skip();
            if self.cursor.at_end() { Ok(read) } else { self.missed(Wanted::Argument) }
        });
        if matches!(read, Err(Failure::Syntax)) {
            // What has been noted on the way may follow from the mistake; what is said of subsearches does not.
            self.problems.truncate(before);
            self.report(explain::syntax(name, self.text, span, self.cursor.missed));
            self.subsearches_of(span);
        }
        self.cursor = outside;
        read.ok()
    }

    /// Reads the subsearches of a span for their problems alone.
    fn subsearches_of(&mut self, span: Span) {
        let scan = self.scan;
        let end = span.end as usize;
        while let Some((_, group)) = scan.brackets.range(self.read_to.clamp(span.start as usize, end)..end).next() {
            if self.deeper(group.span.start as usize).is_err() {
                return;
            }
            self.nested_group(group);
            self.depth -= 1;
        }
    }

    fn nested_group(&mut self, group: &Group) -> Search {
        let before = self.problems.len();
        let search = self.group(group, false);
        let room = MAX_PROBLEMS.saturating_sub(self.settled.len());
        self.settled.extend(self.problems.drain(before..).take(room));
        self.read_to = self.read_to.max(group.span.end as usize + 1);
        search
    }

    /// An eval expression that is the text at `span`.
    fn expression_at(&mut self, span: Span) -> Option<Expr> {
        self.within(span, "eval expression", Self::expression)
    }

    /// A search expression that is the text at `span`.
    fn condition_at(&mut self, span: Span) -> Option<Term> {
        self.within(span, "search", Self::condition)
    }

    /// Notes what is missing at the place of reading.
    fn missed<T>(&mut self, wanted: Wanted) -> Read<T> {
        self.cursor.miss(wanted);
        Err(Failure::Syntax)
    }

    /// Reads what follows an opening parenthesis.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let at = self.cursor.at;
        self.deeper(at)?;
        self.cursor.at += 1;
        let inside = read(self);
        self.depth -= 1;
        inside
    }

    /// The closing parenthesis.
    fn close(&mut self) -> Read<()> {
        self.cursor.skip();
        if self.cursor.eat(b')') { Ok(()) } else { self.missed(Wanted::Argument) }
    }

    /// Bounds the recursion, should the scan have taken brackets for quoted that are none here.
    fn deeper(&mut self, at: usize) -> Read<()> {
        if self.depth >= 2 * MAX_DEPTH {
            self.report(super::scan::too_deep(at));
            return Err(Failure::Reported);
        }
        self.depth += 1;
        Ok(())
    }

    fn skip_commas(&mut self) {
        self.cursor.skip();
        while self.cursor.eat(b',') {
            self.cursor.skip();
        }
    }

    /// The subsearch that begins at the place of reading.
    fn subsearch(&mut self) -> Read<Search> {
        let open = self.cursor.at;
        self.deeper(open)?;
        let scan = self.scan;
        // It may reach beyond what is read here, where the two do not agree about quotes.
        let group = scan.brackets.get(&open).filter(|group| (group.span.end as usize) < self.cursor.end());
        let search = if let Some(group) = group {
            self.cursor.at = group.span.end as usize + 1;
            Some(self.nested_group(group))
        } else {
            // Only if the scan took it for quoted.
            self.cursor.bracket_end(open).map(|end| {
                self.cursor.at = end;
                Search { stages: Vec::new(), span: Span::new(open + 1, end - 1) }
            })
        };
        self.depth -= 1;
        search.map_or_else(|| self.missed(Wanted::Argument), Ok)
    }
}

/// The problem of a tree that is too deep to walk.
fn too_deep(span: Span) -> Problem {
    Problem::new(codes::NESTING_TOO_DEEP, "an expression chains too many operators", span)
        .help("split it into several stages, or use `IN (...)` for a list of values")
}

#[cfg(test)]
mod tests;
