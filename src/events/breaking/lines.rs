//! One event per line: what `LINE_BREAKER = ([\r\n]+)` says.

use super::{Breaker, Cut};

/// Breaks at every run of CR and LF and drops it.
#[derive(Default)]
pub(in crate::events) struct Lines {
    scanned: usize,
}

impl Breaker for Lines {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let start = bytes.iter().position(|&b| !is_newline(b)).unwrap_or(bytes.len());
        let from = self.scanned.max(start);
        if let Some(found) = memchr::memchr2(b'\n', b'\r', bytes.get(from..).unwrap_or_default()) {
            self.scanned = 0;
            return Cut::Event { start, end: from + found, next: from + found + 1 };
        }
        self.scanned = if at_end { 0 } else { bytes.len() };
        if at_end { Cut::Event { start, end: bytes.len(), next: bytes.len() } } else { Cut::More }
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
    }
}

/// CR or LF.
pub(in crate::events) fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}
