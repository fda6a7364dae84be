//! Events that are `<Event>` elements.

use super::lines::is_newline;
use super::{Breaker, Cut};
use memchr::memmem::{self, Finder};

/// Longest header that may stand before `<Event` on its line.
const MAX_HEADER: usize = 512;

/// Breaks at line ends that are followed by `<Event`, so that values may hold line ends.
///
/// Text before the first event, or a line that is no event, joins what stands before it: it becomes an event of its own
/// only at the beginning of the file.
pub(in crate::events) struct XmlLines {
    scanned: usize,
    header: bool,
}

impl XmlLines {
    /// `<Event` right at the start of the line.
    pub(in crate::events) fn windows() -> Self {
        Self { scanned: 0, header: false }
    }

    /// `<Event` possibly after a syslog header, which belongs to the event.
    pub(in crate::events) fn after_header() -> Self {
        Self { scanned: 0, header: true }
    }

    /// Whether an event begins here; `None` if too little is known.
    fn begins(&self, bytes: &[u8], at_end: bool) -> Option<bool> {
        if !self.header {
            return begins_event(bytes, at_end);
        }
        let mut at = 0;
        if bytes.first() == Some(&b'<') && bytes.get(1).is_some_and(u8::is_ascii_digit) {
            at = bytes.iter().take(6).position(|&b| b == b'>').map_or(0, |end| end + 1);
        }
        let head = &bytes[at.min(bytes.len())..bytes.len().min(MAX_HEADER)];
        match memchr::memchr3(b'<', b'\n', b'\r', head) {
            Some(found) if head[found] == b'<' => begins_event(&bytes[at + found..], at_end),
            Some(_) => Some(false),
            None if bytes.len() >= MAX_HEADER || at_end => Some(false),
            None => None,
        }
    }
}

/// Whether the text begins with the tag `<Event`; `None` if it is too short to tell.
fn begins_event(bytes: &[u8], at_end: bool) -> Option<bool> {
    const TAG: &[u8] = b"<Event";
    match bytes.get(TAG.len()) {
        Some(after) => Some(bytes.starts_with(TAG) && ends_name(*after)),
        None if at_end || !TAG.starts_with(&bytes[..bytes.len().min(TAG.len())]) => Some(false),
        None => None,
    }
}

fn ends_name(byte: u8) -> bool {
    matches!(byte, b' ' | b'>' | b'\t' | b'\r' | b'\n' | b'/')
}

impl Breaker for XmlLines {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let start = bytes.iter().position(|&b| !is_newline(b)).unwrap_or(bytes.len());
        let mut from = self.scanned.max(start);
        while let Some(found) = memchr::memchr2(b'\n', b'\r', bytes.get(from..).unwrap_or_default()) {
            let end = from + found;
            let run = bytes[end..].iter().position(|&b| !is_newline(b)).unwrap_or(bytes.len() - end);
            let next = end + run;
            match self.begins(&bytes[next..], at_end) {
                Some(true) => {
                    self.scanned = 0;
                    return Cut::Event { start, end, next };
                }
                Some(false) => from = next,
                None => {
                    self.scanned = end;
                    return Cut::More;
                }
            }
        }
        self.scanned = if at_end { 0 } else { bytes.len() };
        if at_end {
            let kept = bytes.iter().rposition(|&b| !is_newline(b)).map_or(start, |last| last + 1);
            return Cut::Event { start, end: kept, next: bytes.len() };
        }
        Cut::More
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
    }
}

/// Takes `<Event>` elements out of a document: several on a line, printed over many lines, inside `<Events>`.
///
/// The XML declaration, comments and the tags of the wrapper are dropped; other text between events is an event.
pub(in crate::events) struct Elements {
    scanned: usize,
    opening: Finder<'static>,
    closing: Finder<'static>,
}

impl Default for Elements {
    fn default() -> Self {
        Self { scanned: 0, opening: Finder::new(b"<Event"), closing: Finder::new(b"</Event>") }
    }
}

impl Elements {
    fn find_opening(&self, bytes: &[u8], mut from: usize) -> Option<usize> {
        loop {
            let at = from + self.opening.find(bytes.get(from..)?)?;
            match bytes.get(at + 6) {
                Some(&after) if ends_name(after) => return Some(at),
                Some(_) => from = at + 6,
                None => return None,
            }
        }
    }
}

impl Breaker for Elements {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let all = Cut::Event { start: 0, end: bytes.len(), next: bytes.len() };
        let Some(start) = self.find_opening(bytes, 0) else {
            if !at_end {
                return Cut::More;
            }
            self.scanned = 0;
            return if is_wrapper(bytes) { Cut::Event { start: 0, end: 0, next: bytes.len() } } else { all };
        };
        if start > 0 {
            self.scanned = 0;
            let text = &bytes[..start];
            let end = if is_wrapper(text) { 0 } else { text.trim_ascii_end().len() };
            return Cut::Event { start: 0, end, next: start };
        }
        let from = self.scanned.max(6);
        if let Some(found) = self.closing.find(bytes.get(from..).unwrap_or_default()) {
            let end = from + found + b"</Event>".len();
            self.scanned = 0;
            // An event that was cut short is followed by the opening tag of the next.
            if let Some(next) = memmem::rfind(&bytes[6..end], b"<Event xmlns") {
                return Cut::Event { start: 0, end: 6 + bytes[6..6 + next].trim_ascii_end().len(), next: 6 + next };
            }
            return Cut::Event { start: 0, end, next: end };
        }
        if at_end {
            self.scanned = 0;
            return all;
        }
        self.scanned = bytes.len().saturating_sub(8);
        Cut::More
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
    }
}

/// Whether text between events says nothing of its own.
fn is_wrapper(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let known: [&[u8]; 4] = [b"<?xml", b"<Events", b"</Events>", b"<!--"];
    text.is_empty() || known.iter().any(|tag| text.starts_with(tag))
}
