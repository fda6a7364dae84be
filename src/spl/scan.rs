//! The structure of a search before any grammar: quotes, comments, brackets, parentheses and pipes.
//!
//! One pass over the bytes splits the text into stages, also inside brackets, and finds everything that is not
//! balanced. It bounds the nesting depth too, so that what runs afterwards may recurse.

use super::{
    commands,
    parse::{is_blank, is_gap},
};
use crate::diag::{Problem, codes};
use crate::source::Span;
use std::collections::BTreeMap;

/// Brackets and parentheses together may nest this deep, which no search that a person wrote comes near.
pub(super) const MAX_DEPTH: usize = 100;

/// Problems of one text; one with more is no search.
pub(super) const MAX_PROBLEMS: usize = 1000;

/// The text between two pipes.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) span: Span,
    /// A problem of its structure was reported, so its content is not worth parsing.
    pub(super) broken: bool,
}

/// A search: the whole text, or the inside of one pair of brackets.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) span: Span,
    /// As many as there are pipes, and one more; blank ones included.
    pub(super) slices: Vec<Slice>,
}

/// What the scan found.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) root: Group,
    /// By the offset of the opening bracket.
    pub(super) brackets: BTreeMap<usize, Group>,
    pub(super) problems: Vec<Problem>,
}

/// Scans a whole text.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner {
        text,
        levels: vec![Level::new(None, 0)],
        depth: 0,
        brackets: BTreeMap::new(),
        problems: Vec::new(),
        quotes: Vec::new(),
    };
    let mut at = 0;
    while at < text.len() && scanner.depth <= MAX_DEPTH {
        at = scanner.step(at);
    }
    scanner.finish()
}

/// One search in the making.
struct Level {
    /// The opening bracket; none for the whole text.
    open: Option<usize>,
    start: usize,
    stage_start: usize,
    broken: bool,
    /// Open parentheses of the current stage.
    parens: Vec<usize>,
    slices: Vec<Slice>,
}

impl Level {
    fn new(open: Option<usize>, start: usize) -> Self {
        Self { open, start, stage_start: start, broken: false, parens: Vec::new(), slices: Vec::new() }
    }

    fn end_stage(&mut self, end: usize) {
        self.slices.push(Slice { span: Span::new(self.stage_start, end), broken: self.broken });
        self.broken = false;
        self.parens.clear();
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// Never empty: the first level is the whole text.
    levels: Vec<Level>,
    depth: usize,
    brackets: BTreeMap<usize, Group>,
    problems: Vec<Problem>,
    /// Quoted strings passed so far, to find the one that lost its end.
    quotes: Vec<Span>,
}

impl Scanner<'_> {
    fn report(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the level of the whole text is never taken")
    }

    /// Looks at one character (or quoted string, comment, token) and returns the offset after it.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let Some(first) = rest.chars().next() else { return self.text.len() };
        let next = at + first.len_utf8();
        match first {
            '\\' => next + self.text[next..].chars().next().map_or(0, char::len_utf8),
            '"' => self.quoted(at),
            '`' => self.backtick(at),
            '\'' if self.at_word_start(at) => self.quoted_name(at),
            '$' => token(rest).map_or(next, |length| at + length),
            '(' => {
                self.depth += 1;
                self.level().parens.push(at);
                self.check_depth(at);
                next
            }
            ')' => {
                if self.level().parens.pop().is_some() {
                    self.depth -= 1;
                } else {
                    let mut problem = unmatched(')', '(', at);
                    let start = self.level().stage_start;
                    if let Some(list) = list_without_opener(&self.text[start..at]) {
                        problem = problem.related(Span::at(start + list), "the `(` of this list is missing");
                    }
                    self.report(problem);
                    self.level().broken = true;
                }
                next
            }
            '[' => {
                self.depth += 1;
                self.levels.push(Level::new(Some(at), next));
                self.check_depth(at);
                next
            }
            ']' => {
                self.close_bracket(at);
                next
            }
            '|' if rest.starts_with("||") && self.is_foreign_or(next + 1) => next + 1,
            '|' => {
                self.close_parens(at, "before this pipe");
                self.level().end_stage(at);
                self.level().stage_start = next;
                next
            }
            '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}'
                if self.at_word_start(at) || self.text[..at].ends_with(['"', ')', ']']) =>
            {
                self.report(smart_quote(first, Span::new(at, next)));
                self.level().broken = true;
                next
            }
            _ => next,
        }
    }

    fn at_word_start(&self, at: usize) -> bool {
        begins_word(&self.text[..at])
    }

    /// Behind an operator of eval it may be a character of a pattern as well: `*'*`.
    fn quoted_name(&mut self, at: usize) -> usize {
        if let Some(length) = quoted_name(&self.text[at..]) {
            return at + length;
        }
        let before = &self.text[..at];
        let before = before.strip_suffix(['+', '-']).filter(|before| begins_word(before)).unwrap_or(before);
        if !before.ends_with(['.', '+', '-', '*', '/', '%']) {
            self.report(unclosed_name(at));
            self.level().broken = true;
        }
        at + 1
    }

    fn quoted(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = at + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 2,
                b'"' => {
                    self.quotes.push(Span::new(at, end + 1));
                    return end + 1;
                }
                _ => end += 1,
            }
        }
        let problem = self.unclosed_quote(at);
        self.report(problem);
        self.break_all();
        self.text.len()
    }

    /// The string that lost its end is often not the last one: with a quote missing, all later ones swap their roles,
    /// and the first string that ends just before a value (`..."a="`) is the one. Or its beginning is missing, and the
    /// first quote that stands right behind a word is its end.
    fn unclosed_quote(&self, last: usize) -> Problem {
        let swapped = self.quotes.iter().find(|quote| {
            let inside = self.text[quote.range()].trim_end_matches('"');
            let ends = |c: char| is_blank(c) || ",;|()[]\"=<>!".contains(c);
            let value_follows = self.text[quote.end as usize..].starts_with(|c| !ends(c));
            inside.ends_with(['=', '(', ',', ' ']) && value_follows
        });
        let is_behind_word = |quote: &&Span| {
            self.text[..quote.start as usize].ends_with(|c: char| c.is_alphanumeric() || "*\\%_".contains(c))
        };
        if let Some(quote) = self.quotes.iter().find(is_behind_word)
            && swapped.is_none_or(|swapped| quote.start <= swapped.start)
        {
            let end = quote.start as usize;
            let word = self.text[..end].rfind(|c: char| is_blank(c) || "=(,<>|[".contains(c)).map_or(0, |at| at + 1);
            return Problem::new(codes::UNCLOSED_QUOTE, "a quoted string has no beginning", Span::new(end, end + 1))
                .label("this quote ends it")
                .related(Span::at(word), "the opening `\"` is expected about here")
                .help("open the string with `\"`; write a quote inside it as `\\\"`");
        }
        let open = swapped.map_or(last, |quote| quote.start as usize);
        let stop = swapped.map_or(self.text.len(), |quote| quote.end as usize);
        let inside = &self.text[open + 1..stop];
        let length = inside.find(['\n', '|']).unwrap_or_else(|| {
            if swapped.is_some() { inside.find(is_blank).unwrap_or(inside.len()) } else { inside.len() }
        });
        let end = open + 1 + inside[..length].trim_end_matches(is_gap).len();
        Problem::new(codes::UNCLOSED_QUOTE, "a quoted string has no end", Span::new(open, open + 1))
            .label("opened here")
            .related(Span::at(end), "the closing `\"` is expected about here")
            .help("close the string with `\"`; write a quote inside it as `\\\"`")
    }

    fn backtick(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        if let Some(comment) = rest.strip_prefix("```") {
            if let Some(length) = comment.find("```") {
                return at + length + 6;
            }
            self.report(
                Problem::new(codes::UNCLOSED_COMMENT, "a comment has no end", Span::new(at, at + 3))
                    .label("opened here")
                    .help("close the comment with three backticks"),
            );
            self.break_all();
            return self.text.len();
        }
        let closed = rest[1..].find(['`', '\n']).filter(|&length| rest[1 + length..].starts_with('`'));
        let end = closed.map_or(at + 1, |length| at + length + 2);
        let problem = Problem::new(codes::STRAY_BACKTICK, "a backtick stands outside of quotes", Span::new(at, end));
        self.report(problem.help("put the text into double quotes, or remove the backtick"));
        self.level().broken = true;
        end
    }

    fn close_bracket(&mut self, at: usize) {
        if self.levels.len() == 1 {
            self.report(unmatched(']', '[', at));
            self.level().broken = true;
            return;
        }
        self.close_parens(at, "before this bracket");
        self.level().end_stage(at);
        self.depth -= 1;
        let Some(level) = self.levels.pop() else { return };
        if let Some(open) = level.open {
            self.brackets.insert(open, Group { span: Span::new(level.start, at), slices: level.slices });
        }
    }

    /// Reports the innermost parenthesis of the stage that is still open at `at`.
    fn close_parens(&mut self, at: usize, place: &str) {
        let level = self.level();
        let open = level.parens.last().copied();
        let count = level.parens.len();
        level.parens.clear();
        level.broken |= open.is_some();
        self.depth -= count;
        if let Some(open) = open {
            let inside = &self.text[open + 1..at];
            let (inside, place) = match list_end(inside).filter(|_| is_list(&self.text[..open])) {
                Some(end) => (&inside[..end], "here, behind the last value of the list"),
                None => (inside, place),
            };
            let end = open + 1 + inside.trim_end_matches(is_blank).len();
            self.report(
                Problem::new(codes::UNCLOSED_PARENTHESIS, "a parenthesis has no end", Span::new(open, open + 1))
                    .label("opened here")
                    .related(Span::at(end), format!("`)` is expected {place}"))
                    .help(if count == 1 { "add `)`".to_owned() } else { format!("{count} parentheses are open here") }),
            );
        }
    }

    fn check_depth(&mut self, at: usize) {
        if self.depth > MAX_DEPTH {
            self.report(too_deep(at));
        }
    }

    /// Whether `||` before `after` is meant as OR: inside parentheses, or when no command follows.
    fn is_foreign_or(&self, after: usize) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let rest = self.text[after..].trim_start_matches(is_blank);
        let word = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        !level.parens.is_empty() || (!word.is_empty() && !commands::is_known(&word.to_lowercase()))
    }

    fn break_all(&mut self) {
        for level in &mut self.levels {
            level.broken = true;
            level.parens.clear();
        }
        self.depth = 0;
    }

    fn finish(mut self) -> Scan {
        let end = self.text.len();
        let cut_short = self.depth > MAX_DEPTH;
        if cut_short {
            self.break_all();
        }
        let reported = self.levels.last().is_some_and(|level| level.broken && level.parens.is_empty());
        while self.levels.len() > 1 {
            self.close_parens(end, "before the end of the search");
            let Some(level) = self.levels.pop() else { break };
            if let (Some(open), false) = (level.open, reported) {
                self.report(
                    Problem::new(codes::UNCLOSED_BRACKET, "a subsearch has no end", Span::new(open, open + 1))
                        .label("opened here")
                        .related(Span::at(end), "`]` is expected before the end of the search")
                        .help("add `]`"),
                );
            }
            self.level().broken = true;
            self.level().parens.clear();
        }
        self.close_parens(end, "before the end of the search");
        self.level().end_stage(end);
        let slices = std::mem::take(&mut self.level().slices);
        let root = Group { span: Span::new(0, end), slices };
        Scan { root, brackets: self.brackets, problems: self.problems }
    }
}

/// Whether a quote begins a word or name after this text, rather than being a character inside of one.
pub(super) fn begins_word(before: &str) -> bool {
    let after_sign = |c| is_blank(c) || "(,=<>!|[.+-*/%\"')]".contains(c);
    before.chars().next_back().is_none_or(after_sign) || before.ends_with("```")
}

/// Length of a single-quoted field name at the start of `rest`, if it is closed before the line, stage or string ends.
pub(super) fn quoted_name(rest: &str) -> Option<usize> {
    let length = rest[1..].find(['\'', '\n', '|', '"'])?;
    rest[1 + length..].starts_with('\'').then_some(length + 2)
}

/// Length of a `$name|s$` token at the start of `rest`.
pub(super) fn token(rest: &str) -> Option<usize> {
    let plain = |part: &str| part.find(|c: char| !(c.is_ascii_alphanumeric() || "_.:-".contains(c)));
    let inside = rest.strip_prefix('$')?;
    let name = &inside[..plain(inside)?];
    let filter = inside[name.len()..].strip_prefix('|')?;
    let filter = &filter[..plain(filter)?];
    if !inside[name.len() + 1 + filter.len()..].starts_with('$') {
        return None;
    }
    (!name.is_empty() && !filter.is_empty()).then_some(name.len() + filter.len() + 3)
}

/// The problem of an opening bracket or parenthesis inside of too many others.
pub(super) fn too_deep(at: usize) -> Problem {
    let message = format!("brackets nest deeper than {MAX_DEPTH} levels");
    Problem::new(codes::NESTING_TOO_DEEP, message, Span::new(at, at + 1))
}

/// Whether a parenthesis behind this text opens the list of an `IN`.
fn is_list(before: &str) -> bool {
    let before = before.trim_end_matches(is_blank);
    let word = before.len().checked_sub(2).and_then(|at| before.get(at..));
    word.is_some_and(|word| word.eq_ignore_ascii_case("in")) && begins_word(&before[..before.len() - 2])
}

/// Where a list of values ends whose closing parenthesis is missing: behind the first value that no comma follows and
/// that is not the last.
fn list_end(list: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += list[at..].find(|c| !is_blank(c))?;
        at += value(&list[at..])?;
        let rest = list[at..].trim_start_matches(is_blank);
        if rest.is_empty() {
            return None;
        }
        let Some(after) = rest.strip_prefix(',') else { return Some(at) };
        at = list.len() - after.len();
    }
}

/// Length of the value at the start of a list's rest.
fn value(rest: &str) -> Option<usize> {
    if !rest.starts_with('"') {
        return Some(rest.find(is_gap).unwrap_or(rest.len()));
    }
    let mut escaped = false;
    let end = rest[1..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(end + 2)
}

/// Where the list of the last `IN` without a parenthesis begins in a stage, strings aside.
fn list_without_opener(stage: &str) -> Option<usize> {
    let mut found = None;
    let mut at = 0;
    let mut after_in = false;
    while let Some(first) = stage[at..].chars().next() {
        if is_blank(first) {
            at += first.len_utf8();
            continue;
        }
        if after_in && first != '(' {
            found = Some(at);
        }
        let ends = |c: char| is_blank(c) || "\"(),|[]".contains(c);
        let length =
            if first == '"' { value(&stage[at..])? } else { stage[at..].find(ends).unwrap_or(stage.len() - at) };
        after_in = stage[at..at + length].eq_ignore_ascii_case("in");
        at += length.max(first.len_utf8());
    }
    found
}

fn unmatched(closer: char, opener: char, at: usize) -> Problem {
    Problem::new(codes::UNMATCHED_CLOSER, format!("`{closer}` closes nothing"), Span::new(at, at + 1))
        .help(format!("remove it, or add the `{opener}` that it belongs to"))
}

/// `'name` without its second quote.
pub(super) fn unclosed_name(open: usize) -> Problem {
    Problem::new(codes::UNCLOSED_QUOTE, "a field name in single quotes has no end", Span::new(open, open + 1))
        .label("opened here")
        .help("close the name with `'`; text stands in double quotes")
}

fn smart_quote(quote: char, span: Span) -> Problem {
    let plain = if matches!(quote, '\u{201C}' | '\u{201D}') { '"' } else { '\'' };
    Problem::new(codes::SMART_QUOTES, format!("`{quote}` is a typographic quote"), span)
        .help(format!("write the plain quote `{plain}`"))
}
