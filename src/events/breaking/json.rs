//! Events that are JSON objects: one after the other, printed over many lines, in an array.

use super::lines::is_newline;
use super::{Breaker, Cut};

/// Takes the objects of the outermost level, text as written; blanks, commas and brackets between them are dropped.
///
/// Something else on the outermost level (a number, broken text) is an event up to the end of its line. Depth is a
/// counter, so nesting costs nothing.
#[derive(Default)]
pub(in crate::events) struct Json {
    scanned: usize,
    depth: u64,
    in_string: bool,
    /// The objects stand in an array inside an object, and what follows the array is no event.
    wrapped: bool,
    finished: bool,
}

impl Json {
    /// For an array that is the value of a key: the text begins behind its opening bracket.
    pub(in crate::events) fn wrapped() -> Self {
        Self { wrapped: true, ..Self::default() }
    }

    fn reset(&mut self) {
        (self.scanned, self.depth, self.in_string) = (0, 0, false);
    }

    /// Skips what stands between objects; the position of the next event, if there is one.
    fn skip(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                b']' if self.wrapped => {
                    self.finished = true;
                    return None;
                }
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | 0x1e => {}
                _ => return Some(at),
            }
        }
        None
    }
}

impl Breaker for Json {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let nothing = Cut::Event { start: 0, end: 0, next: bytes.len() };
        if self.finished {
            return nothing;
        }
        if self.scanned == 0 {
            match self.skip(bytes) {
                None => return nothing,
                Some(0) => {}
                Some(start) => return Cut::Event { start: 0, end: 0, next: start },
            }
        }
        if bytes.first() != Some(&b'{') && self.depth == 0 {
            return match bytes.iter().position(|&b| is_newline(b)) {
                Some(end) => Cut::Event { start: 0, end, next: end },
                None if at_end => Cut::Event { start: 0, end: bytes.len(), next: bytes.len() },
                None => Cut::More,
            };
        }
        let mut at = self.scanned;
        while at < bytes.len() {
            let rest = &bytes[at..];
            if self.in_string {
                match memchr::memchr2(b'"', b'\\', rest) {
                    Some(found) if rest[found] == b'"' => {
                        self.in_string = false;
                        at += found + 1;
                    }
                    // The escaped character may not have been read yet.
                    Some(found) if found + 1 == rest.len() && !at_end => {
                        at += found;
                        break;
                    }
                    Some(found) => at += found + 2,
                    None => at = bytes.len(),
                }
                continue;
            }
            let Some(found) = memchr::memchr3(b'{', b'}', b'"', rest) else {
                at = bytes.len();
                break;
            };
            at += found + 1;
            match rest[found] {
                b'{' => self.depth += 1,
                b'}' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.reset();
                        return Cut::Event { start: 0, end: at, next: at };
                    }
                }
                _ => self.in_string = true,
            }
        }
        self.scanned = at.min(bytes.len());
        if at_end {
            self.reset();
            return Cut::Event { start: 0, end: bytes.trim_ascii_end().len(), next: bytes.len() };
        }
        Cut::More
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
    }
}
