//! Where one event ends and the next begins, in a stream of which only a part has been read.

mod json;
mod lines;
mod merge;
mod regex;
mod xml;

use super::Stop;
use super::time::parts::Reference;
use super::window::Window;
use crate::knowledge::IndexTimeRules;
pub(super) use regex::compile;
use std::io;

pub(super) use json::Json;
pub(super) use lines::{Lines, is_newline};
pub(super) use merge::Merge;
pub(super) use xml::{Elements, XmlLines};

/// What a breaker sees in the bytes that it is given. Positions count from the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The first event is `start..end`, and the search for the next one goes on at `next`. Empty: only something to skip.
    Event { start: usize, end: usize, next: usize },
    /// The end of the first event has not been read yet.
    More,
}

/// Finds the end of the first event of a stream.
pub(super) trait Breaker {
    /// Looks at the bytes from the start of an event. `at_end` says that nothing follows them; then everything up to
    /// the last byte belongs to some event. After [`Cut::More`] the same bytes come again with more behind them;
    /// after [`Cut::Event`] those from `next` on.
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut;

    /// The first `count` bytes of an event that is not finished are taken away.
    fn shift(&mut self, count: usize);
}

/// An event that a [`Breaker`] found.
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) line: u64,
    /// The event was longer than the limit, and this is its beginning.
    pub(super) cut_off: bool,
}

/// Breaks a stream into events and hands them on.
///
/// An event longer than `max_event` bytes is cut off there; what follows up to its end is dropped unread. An error of
/// the stream ends it: the events before are handed on first, the last one as far as it was read.
pub(super) fn drive(
    window: &mut Window<'_>,
    breaker: &mut dyn Breaker,
    max_event: usize,
    mut emit: impl FnMut(Piece<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut failure = None;
    let mut skipping = false;
    loop {
        let bytes = window.unread();
        if bytes.is_empty() && window.at_end() {
            return failure.map_or(Ok(()), |error| Err(Stop::Read(error)));
        }
        if bytes.is_empty() {
            refill(window, &mut failure);
            continue;
        }
        match breaker.cut(bytes, window.at_end()) {
            Cut::Event { start, end, next } => {
                let (end, next) = (end.min(bytes.len()), next.clamp(1, bytes.len()));
                if !skipping && start < end {
                    let line = window.line() + memchr::memchr_iter(b'\n', &bytes[..start]).count() as u64;
                    let length = (end - start).min(max_event);
                    let cut_off = length < end - start;
                    emit(Piece { bytes: &bytes[start..start + length], line, cut_off })?;
                }
                skipping = false;
                window.consume(next);
            }
            Cut::More if bytes.len() >= max_event => {
                if !skipping {
                    emit(Piece { bytes: &bytes[..max_event], line: window.line(), cut_off: true })?;
                }
                skipping = true;
                // A few bytes stay: the break itself may lie across the seam.
                let count = bytes.len().saturating_sub(KEEP).max(1);
                breaker.shift(count);
                window.consume(count);
            }
            Cut::More => refill(window, &mut failure),
        }
    }
}

/// How many bytes before the unread part stay available to a breaker that looks back.
const KEEP: usize = 4096;

fn refill(window: &mut Window<'_>, failure: &mut Option<io::Error>) {
    if let Err(error) = window.fill() {
        failure.get_or_insert(error);
    }
}

/// The breaker that index-time rules ask for.
///
/// # Errors
/// A regular expression does not compile; the text names the setting.
pub(super) fn by_rules(rules: &IndexTimeRules, reference: &Reference) -> Result<Box<dyn Breaker>, String> {
    let lines: Box<dyn Breaker> = match rules.line_breaker.as_deref() {
        None => Box::new(Lines::default()),
        Some(pattern) => match regex::shape(pattern) {
            regex::Shape::Newlines => Box::new(Lines::default()),
            regex::Shape::NewlinesBefore(text) if text == b"<Event" => Box::new(XmlLines::windows()),
            _ => Box::new(regex::ByRegex::new(pattern)?),
        },
    };
    if rules.should_linemerge == Some(true) { Ok(Box::new(Merge::new(lines, rules, reference)?)) } else { Ok(lines) }
}
