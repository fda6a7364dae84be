//! `SHOULD_LINEMERGE`: lines joined again into events.

use super::super::time::Stamper;
use super::super::time::parts::Reference;
use super::regex::compile;
use super::{Breaker, Cut};
use crate::knowledge::IndexTimeRules;
use pcre2::bytes::Regex;

/// Splunk's default of `MAX_EVENTS`.
const MAX_LINES: usize = 256;

/// Joins the lines that another breaker finds; the line ends between them stay as they are.
pub(in crate::events) struct Merge {
    lines: Box<dyn Breaker>,
    before_date: Option<Stamper>,
    break_before: Option<Regex>,
    break_after: Option<Regex>,
    keep_before: Option<Regex>,
    keep_after: Option<Regex>,
    max_lines: usize,
    state: State,
}

/// The event so far, in positions of the bytes given.
#[derive(Default)]
struct State {
    start: usize,
    end: usize,
    /// Where the next line begins.
    next: usize,
    count: usize,
    after: After,
}

/// What the last line of the event says about a break behind it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum After {
    #[default]
    Open,
    Must,
    MustNot,
}

impl Merge {
    pub(in crate::events) fn new(
        lines: Box<dyn Breaker>,
        rules: &IndexTimeRules,
        reference: &Reference,
    ) -> Result<Self, String> {
        let regex = |pattern: &Option<String>, setting: &str| -> Result<Option<Regex>, String> {
            pattern.as_deref().filter(|text| !text.is_empty()).map(|text| compile(text, setting)).transpose()
        };
        // A pattern of its own replaces the date, unless both are asked for.
        let by_date = rules.break_only_before_date.unwrap_or(rules.break_only_before.is_none());
        let before_date = if by_date { Some(Stamper::by_rules(rules, reference.clone())?) } else { None };
        Ok(Self {
            lines,
            before_date,
            break_before: regex(&rules.break_only_before, "BREAK_ONLY_BEFORE")?,
            break_after: regex(&rules.must_break_after, "MUST_BREAK_AFTER")?,
            keep_before: regex(&rules.must_not_break_before, "MUST_NOT_BREAK_BEFORE")?,
            keep_after: regex(&rules.must_not_break_after, "MUST_NOT_BREAK_AFTER")?,
            max_lines: rules.max_events.filter(|&count| count > 0).unwrap_or(MAX_LINES),
            state: State::default(),
        })
    }

    /// Lines joined by the default rules: a line with a timestamp begins an event.
    pub(in crate::events) fn by_date(reference: Reference) -> Self {
        Self {
            lines: Box::new(super::Lines::default()),
            before_date: Some(Stamper::built_in(reference)),
            break_before: None,
            break_after: None,
            keep_before: None,
            keep_after: None,
            max_lines: MAX_LINES,
            state: State::default(),
        }
    }

    fn breaks_before(&self, line: &[u8]) -> bool {
        if self.state.count >= self.max_lines || self.state.after == After::Must {
            return true;
        }
        if self.state.after == After::MustNot || matches(self.keep_before.as_ref(), line) {
            return false;
        }
        matches(self.break_before.as_ref(), line) || self.before_date.as_ref().is_some_and(|date| date.finds_date(line))
    }

    fn after(&self, line: &[u8]) -> After {
        if matches(self.break_after.as_ref(), line) {
            After::Must
        } else if matches(self.keep_after.as_ref(), line) {
            After::MustNot
        } else {
            After::Open
        }
    }
}

fn matches(regex: Option<&Regex>, line: &[u8]) -> bool {
    regex.is_some_and(|regex| regex.is_match(line).unwrap_or(false))
}

impl Breaker for Merge {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        loop {
            let base = self.state.next;
            let rest = bytes.get(base..).unwrap_or_default();
            if rest.is_empty() {
                if !at_end {
                    return Cut::More;
                }
                let State { start, end, .. } = std::mem::take(&mut self.state);
                return Cut::Event { start, end, next: bytes.len() };
            }
            let Cut::Event { start, end, next } = self.lines.cut(rest, at_end) else { return Cut::More };
            let line = rest.get(start..end).unwrap_or_default();
            if !line.is_empty() {
                if self.state.count > 0 && self.breaks_before(line) {
                    let event = std::mem::take(&mut self.state);
                    return Cut::Event { start: event.start, end: event.end, next: base + start };
                }
                if self.state.count == 0 {
                    self.state.start = base + start;
                }
                self.state.end = base + end;
                self.state.count += 1;
                self.state.after = self.after(line);
            }
            self.state.next = base + next.max(1);
        }
    }

    fn shift(&mut self, count: usize) {
        let state = &mut self.state;
        if count > state.next {
            self.lines.shift(count - state.next);
        }
        state.start = state.start.saturating_sub(count);
        state.end = state.end.saturating_sub(count);
        state.next = state.next.saturating_sub(count);
    }
}
