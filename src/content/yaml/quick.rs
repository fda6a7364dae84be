//! A reader for the part of YAML that content is written in: block mappings and lists, one-line keys, scalars of every
//! style, empty flow collections, comments on lines of their own. It is several times as fast as the event parser.
//!
//! It never reports anything: a document with anything else in it (anchors, tags, flow collections, a comment behind a
//! value, tabs, CRLF, repeated keys, an indentation that does not fit) gives `None`, and is then read through events. So
//! whatever is refused or remarked on, is so there; and where both read, they agree: `tests` compares the trees.

use super::compose::{MAX_NODES, has_repetitions};
use super::decode::Raw;
use super::{Data, Node, Scalar, ScalarValue, Style, resolve};
use crate::source::{Deriving, FileId, Located, Place, Span};
use std::ops::Range;
use std::sync::Arc;

/// Deeper nesting is left to the event parser; this reader recurses.
const MAX_DEPTH: usize = 30;
/// Longer keys are left to the event parser, which bounds them.
const MAX_KEY: usize = 128;

/// Reads a document whose root is a mapping, if it is of the part of YAML that this reader knows.
pub(super) fn document(file: FileId, text: &Arc<str>) -> Option<Node> {
    if !is_plain_text(text) {
        return None;
    }
    let mut reader = Reader {
        file,
        text,
        bytes: text.as_bytes(),
        at: 0,
        nodes: 0,
        room: Deriving::default(),
        pairs: Vec::new(),
        items: Vec::new(),
    };
    let line = reader.next_line()?;
    if line.indent != 0 {
        return None;
    }
    let root = reader.mapping(line, 0)?;
    reader.next_line().is_none().then_some(root)
}

/// No tabs, no line breaks but LF, no characters that YAML has rules about.
fn is_plain_text(text: &str) -> bool {
    // Without a branch for each byte, many are looked at in one step.
    let control = |b: u8| (b < b' ' && b != b'\n') || b == 0x7f;
    let plain = text.as_bytes().chunks(256).all(|chunk| !chunk.iter().fold(false, |any, b| any | control(*b)));
    let special =
        |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}');
    plain && (text.is_ascii() || !text.chars().any(special))
}

struct Reader<'a> {
    file: FileId,
    text: &'a Arc<str>,
    bytes: &'a [u8],
    /// The beginning of a line, between any two nodes.
    at: usize,
    nodes: usize,
    /// Room for scalars that are not simply a part of the file.
    room: Deriving,
    /// The pairs of the mappings that are being read, outermost first; so for the items of lists.
    pairs: Vec<(Node, Node)>,
    items: Vec<Node>,
}

/// Something that this reader leaves to the event parser.
struct Unknown;

/// A line that is neither blank nor a comment, or what is left of it.
#[derive(Clone, Copy)]
struct Line {
    /// The column of its first character that is no blank.
    indent: usize,
    /// The offset of that character.
    start: usize,
    /// The offset of its line break, or the end of the text.
    end: usize,
}

impl Reader<'_> {
    /// The next line of content from `self.at` on, which stays.
    fn next_line(&self) -> Option<Line> {
        let mut at = self.at;
        while at < self.bytes.len() {
            let end = self.line_end(at);
            let start = self.skip_blanks(at, end);
            if start < end && self.bytes[start] != b'#' {
                return Some(Line { indent: start - at, start, end });
            }
            at = end + 1;
        }
        None
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    fn skip_blanks(&self, at: usize, end: usize) -> usize {
        at + self.bytes[at..end].iter().take_while(|b| **b == b' ').count()
    }

    fn trim_end(&self, start: usize, end: usize) -> usize {
        end - self.bytes[start..end].iter().rev().take_while(|b| **b == b' ').count()
    }

    fn node(&mut self, data: Data, start: usize, end: usize) -> Option<Node> {
        self.nodes += 1;
        let place = Place { file: self.file, span: Span::new(start, end) };
        (self.nodes <= MAX_NODES).then_some(Node { data, place })
    }

    /// Whether an item of a list begins at the beginning of the line.
    fn is_item(&self, line: Line) -> bool {
        self.bytes[line.start] == b'-' && self.bytes.get(line.start + 1).is_none_or(|b| matches!(b, b' ' | b'\n'))
    }

    /// The end of the key at the beginning of the line, if there is one, which is where its colon stands.
    fn key_end(&self, line: Line) -> Result<Option<usize>, Unknown> {
        let bytes = &self.bytes[line.start..line.end];
        if matches!(bytes.first(), Some(b'"' | b'\'' | b'|' | b'>' | b'[' | b'{')) {
            return Ok(None);
        }
        let is_end = |at: &usize| bytes.get(at + 1).is_none_or(|b| *b == b' ');
        let Some(length) = memchr::memchr_iter(b':', bytes).find(is_end) else { return Ok(None) };
        let key = &bytes[..length];
        let simple =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ' | b'/' | b'$' | b'(' | b')');
        let is_simple = key.len() <= MAX_KEY
            && key.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && key.last() != Some(&b' ')
            && key.iter().all(simple);
        if is_simple { Ok(Some(line.start + length)) } else { Err(Unknown) }
    }

    /// A collection or scalar that begins on the rest of a line; `parent` is the column of what it is part of.
    fn block(&mut self, line: Line, parent: usize, depth: usize) -> Option<Node> {
        if self.is_item(line) {
            return self.sequence(line, depth + 1);
        }
        if self.key_end(line).ok()?.is_some() { self.mapping(line, depth + 1) } else { self.scalar(line, parent) }
    }

    fn mapping(&mut self, first: Line, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let before = self.pairs.len();
        let mut line = first;
        loop {
            if self.is_item(line) {
                return None;
            }
            let colon = self.key_end(line).ok()??;
            let key = self.plain_scalar(line.start..colon)?;
            let value = self.value(line, colon, depth)?;
            self.pairs.push((key, value));
            match self.next_line() {
                Some(next) if next.indent == first.indent => line = next,
                Some(next) if next.indent > first.indent => return None,
                _ => break,
            }
        }
        let pairs = self.pairs.split_off(before);
        if has_repetitions(&pairs) {
            return None;
        }
        let end =
            pairs.last().map_or(first.start, |(key, value)| key.place.span.end.max(value.place.span.end) as usize);
        self.node(Data::Mapping(pairs), first.start, end)
    }

    /// What stands behind a key.
    fn value(&mut self, line: Line, colon: usize, depth: usize) -> Option<Node> {
        let start = self.skip_blanks(colon + 1, line.end);
        if start < line.end {
            let rest = Line { indent: line.indent + (start - line.start), start, end: line.end };
            // A list or mapping cannot begin here.
            if self.is_item(rest) || self.key_end(rest).ok()?.is_some() {
                return None;
            }
            return self.scalar(rest, line.indent);
        }
        self.at = line.end + 1;
        match self.next_line() {
            Some(next) if next.indent > line.indent => self.block(next, line.indent, depth),
            Some(next) if next.indent == line.indent && self.is_item(next) => {
                // Of such a list the event parser says that it begins with what its first item holds.
                let mut list = self.sequence(next, depth + 1)?;
                let start = self.skip_blanks(next.start + 1, next.end);
                list.place.span.start = Span::at(start).start;
                (!matches!(self.bytes[start], b'|' | b'>')).then_some(list)
            }
            _ => {
                let place = Place { file: self.file, span: Span::at(colon) };
                let scalar = Scalar { text: Located::empty(place), style: Style::Plain, value: ScalarValue::Null };
                self.node(Data::Scalar(scalar), colon, colon)
            }
        }
    }

    fn sequence(&mut self, first: Line, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let before = self.items.len();
        let mut line = first;
        loop {
            let start = self.skip_blanks(line.start + 1, line.end);
            if start == line.end {
                return None;
            }
            let rest = Line { indent: line.indent + (start - line.start), start, end: line.end };
            let item = self.block(rest, line.indent, depth)?;
            self.items.push(item);
            match self.next_line() {
                Some(next) if next.indent == first.indent && self.is_item(next) => line = next,
                Some(next) if next.indent > first.indent => return None,
                _ => break,
            }
        }
        let items = self.items.split_off(before);
        let end = items.last().map_or(first.start, |item| item.place.span.end as usize);
        self.node(Data::Sequence(items), first.start, end)
    }

    /// Reads a scalar, or an empty flow collection, and moves on to the line behind it.
    fn scalar(&mut self, line: Line, parent: usize) -> Option<Node> {
        match self.bytes[line.start] {
            b'|' => self.block_scalar(Style::Literal, line, parent),
            b'>' => self.block_scalar(Style::Folded, line, parent),
            b'\'' => self.quoted(Style::SingleQuoted, line, parent),
            b'"' => self.quoted(Style::DoubleQuoted, line, parent),
            b'[' => self.empty_collection(Data::Sequence(Vec::new()), "[]", line),
            b'{' => self.empty_collection(Data::Mapping(Vec::new()), "{}", line),
            _ => self.plain(line, parent),
        }
    }

    fn empty_collection(&mut self, data: Data, written: &str, line: Line) -> Option<Node> {
        let end = self.trim_end(line.start, line.end);
        if &self.text[line.start..end] != written {
            return None;
        }
        self.at = line.end + 1;
        self.node(data, line.start, end)
    }

    /// A plain scalar on one line.
    fn plain_scalar(&mut self, range: Range<usize>) -> Option<Node> {
        let value = resolve::plain(&self.text[range.clone()]);
        let place = Place { file: self.file, span: Span::new(range.start, range.end) };
        let text = Located::of_file(self.text, place);
        self.node(Data::Scalar(Scalar { text, style: Style::Plain, value }), range.start, range.end)
    }

    /// A scalar whose text is not simply that of the file; `header` is its first character.
    fn decoded(&mut self, style: Style, header: usize, span: Range<usize>, indent: Option<usize>) -> Option<Node> {
        let raw = Raw { file: self.file, text: self.text, style, span, header, indent };
        let text = raw.exact(&mut self.room)?;
        let value = if raw.style == Style::Plain { resolve::plain(text.as_str()) } else { ScalarValue::Text };
        let span = raw.place().span;
        let scalar = Scalar { text, style: raw.style, value };
        self.node(Data::Scalar(scalar), span.start as usize, span.end as usize)
    }

    fn plain(&mut self, line: Line, parent: usize) -> Option<Node> {
        match self.bytes[line.start] {
            b'-' if self.bytes.get(line.start + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            b'-' | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
            | b'"' | b'%' | b'@' | b'`' => return None,
            _ => {}
        }
        let mut end = self.plain_line(line)?;
        self.at = line.end + 1;
        let mut lines = 1;
        while let Some(next) = self.continuation(parent).ok()? {
            end = self.plain_line(next)?;
            self.at = next.end + 1;
            lines += 1;
        }
        if lines == 1 {
            return self.plain_scalar(line.start..end);
        }
        self.decoded(Style::Plain, line.start, line.start..end, None)
    }

    /// The next line of a plain scalar, if it has one.
    fn continuation(&self, parent: usize) -> Result<Option<Line>, Unknown> {
        let mut at = self.at;
        while at < self.bytes.len() {
            let end = self.line_end(at);
            let start = self.skip_blanks(at, end);
            let indent = start - at;
            at = end + 1;
            if start == end {
                continue;
            }
            if indent <= parent {
                break;
            }
            let line = Line { indent, start, end };
            let other = self.bytes[start] == b'#' || self.is_item(line) || self.bytes[start..end].starts_with(b"? ");
            return if other { Err(Unknown) } else { Ok(Some(line)) };
        }
        Ok(None)
    }

    /// The end of a line of a plain scalar, without blanks; `None` if there is a comment or the colon of a key in it.
    fn plain_line(&self, line: Line) -> Option<usize> {
        let end = self.trim_end(line.start, line.end);
        let bytes = &self.bytes[line.start..end];
        let ends = |at: usize| bytes.get(at + 1).is_none_or(|b| *b == b' ');
        let marked = memchr::memchr2_iter(b':', b'#', bytes).any(|at| match bytes[at] {
            b':' => ends(at),
            _ => at > 0 && bytes[at - 1] == b' ',
        });
        (!marked).then_some(end)
    }

    fn quoted(&mut self, style: Style, line: Line, parent: usize) -> Option<Node> {
        let mut at = line.start + 1;
        let end = loop {
            match (*self.bytes.get(at)?, style) {
                (b'\'', Style::SingleQuoted) if self.bytes.get(at + 1) == Some(&b'\'') => at += 2,
                (b'\'', Style::SingleQuoted) | (b'"', Style::DoubleQuoted) => break at + 1,
                (b'\\', Style::DoubleQuoted) => at += if self.bytes.get(at + 1) == Some(&b'\n') { 1 } else { 2 },
                (b'\n', _) => {
                    at += 1;
                    let line_end = self.line_end(at);
                    let start = self.skip_blanks(at, line_end);
                    if start < line_end && start - at <= parent {
                        return None;
                    }
                    at = start;
                }
                _ => at += 1,
            }
        };
        let line_end = self.line_end(end);
        if self.skip_blanks(end, line_end) != line_end {
            return None;
        }
        self.at = line_end + 1;
        self.decoded(style, line.start, line.start..end, None)
    }

    fn block_scalar(&mut self, style: Style, line: Line, parent: usize) -> Option<Node> {
        let header = &self.text[line.start + 1..self.trim_end(line.start, line.end)];
        if !matches!(header, "" | "-") {
            return None;
        }
        let mut at = line.end + 1;
        let mut indent = None;
        let mut blank = 0;
        let mut end = None;
        // Blanks beyond the indentation are content, also behind the last line of text.
        let mut ends_in_blanks = false;
        while at < self.bytes.len() {
            let line_end = self.line_end(at);
            let spaces = self.skip_blanks(at, line_end) - at;
            if at + spaces == line_end {
                match indent {
                    None => blank = blank.max(spaces),
                    Some(indent) => ends_in_blanks |= spaces > indent,
                }
                at = line_end + 1;
                continue;
            }
            // A line of no-break spaces alone is blank to the event parser, if it is the only one.
            if self.text[at + spaces..line_end].trim().is_empty() {
                return None;
            }
            match indent {
                None if spaces > parent => indent = Some(spaces),
                Some(indent) if spaces >= indent => {}
                _ if spaces <= parent => break,
                _ => return None,
            }
            at = line_end + 1;
            end = Some(at.min(self.bytes.len()));
            ends_in_blanks = false;
        }
        let (indent, end) = (indent?, end?);
        if blank > indent || ends_in_blanks {
            return None;
        }
        self.at = at;
        self.decoded(style, line.start, line.end + 1..end, Some(indent))
    }
}
