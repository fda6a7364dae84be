//! From the raw characters of a scalar to its text, byte by byte accounted for.
//!
//! The parser gives the style, the raw span and its own idea of the value; here the span is decoded again, because only
//! that tells which bytes each character came from. Whatever stands in the file as it stands in the text is a verbatim
//! piece; a folded line break, an escape, a doubled quote, a CRLF is a decoded one.
//!
//! Source of the rules: YAML 1.2 chapters 7.3 (flow scalars) and 8.1 (block scalars), which agree with 1.1 here.

use super::Style;
use crate::source::{Copied, Deriving, FileId, Located, Place, Span};
use std::ops::Range;
use std::sync::Arc;

/// A scalar as the parser found it.
pub(super) struct Raw<'a> {
    pub(super) file: FileId,
    /// The whole file.
    pub(super) text: &'a Arc<str>,
    pub(super) style: Style,
    /// Flow styles: from the first to the last character, quotes included. Block styles: from the first content
    /// character to the end of the last line.
    pub(super) span: Range<usize>,
    /// Block styles: offset of `|` or `>`.
    pub(super) header: usize,
    /// Block styles: columns of indentation, unless every line is blank.
    pub(super) indent: Option<usize>,
}

impl Raw<'_> {
    /// The text with its origins. Should the rules here ever disagree with the parser, its value is used, and all of it
    /// stands for the whole span: a place that is too wide, never a wrong text.
    pub(super) fn decode(&self, value: &str, room: &mut Deriving) -> Located {
        self.exact(room).filter(|located| located.as_str() == value).unwrap_or_else(|| {
            let place = self.place();
            let mut located = Located::empty(place);
            located.push(value, place, Copied::Decoded);
            located
        })
    }

    /// The decoded text, or `None` for something that the parser should not have accepted.
    pub(super) fn exact(&self, room: &mut Deriving) -> Option<Located> {
        let done = self.write(&mut Writer { file: self.file, text: self.text, out: &mut *room });
        // Also after a failure: the room is for the next scalar.
        let located = room.finish(self.text, self.place());
        done.map(|()| located)
    }

    fn write(&self, out: &mut Writer<'_>) -> Option<()> {
        let Range { start, end } = self.span;
        match self.style {
            Style::Plain => out.flow(start..end, |_, _| None),
            Style::SingleQuoted => out.flow(start + 1..end.checked_sub(1)?, |bytes, at| {
                (bytes.get(at..at + 2)? == b"''").then_some(Mark::Quote)
            }),
            Style::DoubleQuoted => {
                out.flow(start + 1..end.checked_sub(1)?, |bytes, at| (bytes[at] == b'\\').then_some(Mark::Escape))
            }
            Style::Literal => out.block(self, false),
            Style::Folded => out.block(self, true),
        }
    }

    /// From the first to the last character; for block styles from the header to the last character of content.
    pub(super) fn place(&self) -> Place {
        let start = match self.style {
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => return self.at(self.span.clone()),
            Style::Literal | Style::Folded => self.header,
        };
        let raw = self.text.get(start..self.span.end).unwrap_or_default();
        self.at(start..start + raw.trim_end_matches([' ', '\t', '\r', '\n']).len())
    }

    fn at(&self, range: Range<usize>) -> Place {
        Place { file: self.file, span: Span::new(range.start, range.end) }
    }
}

/// What begins at a character that is not copied.
#[derive(Clone, Copy)]
enum Mark {
    /// `''`.
    Quote,
    /// A backslash.
    Escape,
}

struct Writer<'a> {
    file: FileId,
    text: &'a str,
    out: &'a mut Deriving,
}

impl Writer<'_> {
    fn copy(&mut self, range: Range<usize>) -> Option<()> {
        let piece = self.text.get(range.clone())?;
        self.push(piece, range, Copied::Verbatim);
        Some(())
    }

    fn push(&mut self, piece: &str, origin: Range<usize>, copied: Copied) {
        let place = Place { file: self.file, span: Span::new(origin.start, origin.end) };
        self.out.push(piece, place, copied);
    }

    /// Line breaks, each as one `\n`.
    fn line_breaks(&mut self, origins: &[Range<usize>]) {
        for origin in origins {
            let copied = if self.text.get(origin.clone()) == Some("\n") { Copied::Verbatim } else { Copied::Decoded };
            self.push("\n", origin.clone(), copied);
        }
    }

    /// Plain and quoted scalars: line folding, and the marks of the style.
    fn flow(&mut self, range: Range<usize>, mark: impl Fn(&[u8], usize) -> Option<Mark>) -> Option<()> {
        let bytes = self.text.as_bytes().get(..range.end)?;
        let (mut run, mut at) = (range.start, range.start);
        while at < range.end {
            if matches!(bytes[at], b'\n' | b'\r') {
                let end = run + self.text.get(run..at)?.trim_end_matches([' ', '\t']).len();
                self.copy(run..end)?;
                let (breaks, next) = breaks_from(bytes, at);
                if let [_, kept @ ..] = breaks.as_slice()
                    && !kept.is_empty()
                {
                    self.line_breaks(kept);
                } else {
                    self.push(" ", end..next, Copied::Decoded);
                }
                (run, at) = (next, next);
                continue;
            }
            match mark(bytes, at) {
                None => at += 1,
                Some(Mark::Quote) => {
                    self.copy(run..at)?;
                    self.push("'", at..at + 2, Copied::Decoded);
                    (run, at) = (at + 2, at + 2);
                }
                Some(Mark::Escape) => {
                    self.copy(run..at)?;
                    let next = self.escape(bytes, at)?;
                    (run, at) = (next, next);
                }
            }
        }
        self.copy(run..range.end)
    }

    /// Writes what the escape at `at` stands for and returns the offset behind it.
    fn escape(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let code = *bytes.get(at + 1)?;
        if matches!(code, b'\n' | b'\r') {
            let (breaks, next) = breaks_from(bytes, at + 1);
            self.line_breaks(breaks.get(1..)?);
            return Some(next);
        }
        let (decoded, end) = match code {
            b'x' => hex(bytes, at + 2, 2)?,
            b'u' => hex(bytes, at + 2, 4)?,
            b'U' => hex(bytes, at + 2, 8)?,
            _ => (u32::from(short_escape(code)?), at + 2),
        };
        let (decoded, end) = match decoded {
            // A surrogate pair, as JSON writes a character beyond the first plane.
            0xD800..0xDC00 if bytes.get(end..end + 2) == Some(b"\\u") => {
                let (low, end) = hex(bytes, end + 2, 4)?;
                (0x10000 + ((decoded - 0xD800) << 10) + low.checked_sub(0xDC00).filter(|low| *low < 0x400)?, end)
            }
            _ => (decoded, end),
        };
        let mut buffer = [0; 4];
        let decoded = char::from_u32(decoded)?.encode_utf8(&mut buffer);
        self.push(decoded, at..end, Copied::Decoded);
        Some(end)
    }

    /// Literal and folded scalars.
    fn block(&mut self, raw: &Raw<'_>, folded: bool) -> Option<()> {
        let bytes = self.text.as_bytes();
        let header = self.text.get(raw.header..)?;
        let chomp = header.as_bytes().get(1..3.min(header.len()))?.iter().find(|b| matches!(b, b'+' | b'-'));
        let body = raw.header + header.find('\n').map_or(header.len(), |at| at + 1);
        let indent = raw.indent.unwrap_or(usize::MAX);
        // Line breaks since the last line of content, that line's own first.
        let mut pending: Vec<Range<usize>> = Vec::new();
        let mut previous: Option<bool> = None;
        let mut at = body;
        while at < raw.span.end {
            let spaces = bytes[at..raw.span.end].iter().take(indent).take_while(|b| **b == b' ').count();
            let start = at + spaces;
            let length = bytes[start..raw.span.end].iter().take_while(|b| !matches!(b, b'\n' | b'\r')).count();
            let end = start + length;
            let line_break = end..end + break_length(bytes, end);
            at = line_break.end;
            if length == 0 {
                if !line_break.is_empty() {
                    pending.push(line_break);
                    continue;
                }
                break;
            }
            if raw.indent.is_none_or(|indent| spaces < indent) {
                return None;
            }
            let indented = matches!(bytes[start], b' ' | b'\t');
            match (pending.as_slice(), previous) {
                ([only], Some(false)) if folded && !indented => self.push(" ", only.start..start, Copied::Decoded),
                ([_, kept @ ..], Some(false)) if folded && !indented => {
                    self.line_breaks(kept);
                }
                (all, _) => self.line_breaks(all),
            }
            pending.clear();
            self.copy(start..end)?;
            previous = Some(indented);
            if !line_break.is_empty() {
                pending.push(line_break);
            }
        }
        if chomp == Some(&b'-') {
            return Some(());
        }
        // The last line of a file counts as ended even where its line break is missing.
        if pending.is_empty() && previous.is_some() {
            let end = raw.span.end;
            pending.push(end..end);
        }
        let kept = if chomp == Some(&b'+') { pending.len() } else { usize::from(previous.is_some()) };
        self.line_breaks(&pending[..kept.min(pending.len())]);
        Some(())
    }
}

/// The line breaks from `at` on, blanks between and after them skipped, and the offset of what follows.
fn breaks_from(bytes: &[u8], mut at: usize) -> (Vec<Range<usize>>, usize) {
    let mut breaks = Vec::new();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t') => at += 1,
            Some(b'\n' | b'\r') => {
                let length = break_length(bytes, at);
                breaks.push(at..at + length);
                at += length;
            }
            _ => return (breaks, at),
        }
    }
}

/// Bytes of the line break at `at`: CRLF, LF or CR; 0 at the end of the file.
fn break_length(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(b'\r' | b'\n'), _) => 1,
        _ => 0,
    }
}

fn hex(bytes: &[u8], at: usize, digits: usize) -> Option<(u32, usize)> {
    let end = at + digits;
    let text = std::str::from_utf8(bytes.get(at..end)?).ok()?;
    Some((u32::from_str_radix(text, 16).ok()?, end))
}

fn short_escape(code: u8) -> Option<char> {
    Some(match code {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
