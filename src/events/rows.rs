//! CSV and its kin: rows under a header, and the events that Splunk exports as rows.

use super::breaking::{Breaker, Cut, is_newline};
use std::borrow::Cow;

/// Breaks at line ends outside of quotes. A quote opens only at the start of a cell.
pub(super) struct Rows {
    delimiter: u8,
    quote: u8,
    scanned: usize,
    quoted: bool,
    /// Where the last quoted part ended: a quote right there is the second half of an escaped one.
    closed: usize,
}

impl Rows {
    pub(super) fn new(delimiter: u8, quote: u8) -> Self {
        Self { delimiter, quote, scanned: 0, quoted: false, closed: 0 }
    }
}

impl Breaker for Rows {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let start = bytes.iter().position(|&b| !is_newline(b)).unwrap_or(bytes.len());
        let mut at = self.scanned.max(start);
        while at < bytes.len() {
            let rest = &bytes[at..];
            if self.quoted {
                let Some(found) = memchr::memchr(self.quote, rest) else { break };
                at += found + 1;
                self.quoted = false;
                self.closed = at;
                continue;
            }
            let Some(found) = memchr::memchr3(self.quote, b'\n', b'\r', rest) else { break };
            let position = at + found;
            at = position + 1;
            if is_newline(rest[found]) {
                *self = Self::new(self.delimiter, self.quote);
                return Cut::Event { start, end: position, next: position + 1 };
            }
            self.quoted = position == start
                || bytes[position - 1] == self.delimiter
                || (self.closed > 0 && self.closed == position);
        }
        if at_end {
            *self = Self::new(self.delimiter, self.quote);
            return Cut::Event { start, end: bytes.len(), next: bytes.len() };
        }
        self.scanned = bytes.len();
        Cut::More
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
        self.closed = self.closed.saturating_sub(count);
    }
}

/// Cells of one row; further ones are lost. A row of nothing but delimiters would cost many times its size.
const MAX_CELLS: usize = 16_384;

/// The cells of a row: quotes removed, doubled quotes made single.
pub(super) fn split(row: &str, delimiter: u8, quote: u8) -> Vec<Cow<'_, str>> {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, behind) = cell(rest, delimiter, quote);
        cells.push(cell);
        match behind {
            Some(behind) if cells.len() < MAX_CELLS => rest = behind,
            _ => return cells,
        }
    }
}

/// The first cell and what follows its delimiter.
fn cell(text: &str, delimiter: u8, quote: u8) -> (Cow<'_, str>, Option<&str>) {
    let (delimiter, quote) = (char::from(delimiter), char::from(quote));
    let split = |text: &'_ str| text.find(delimiter);
    let Some(mut quoted) = text.strip_prefix(quote) else {
        return match split(text) {
            Some(at) => (Cow::Borrowed(&text[..at]), Some(&text[at + 1..])),
            None => (Cow::Borrowed(text), None),
        };
    };
    let mut value = Cow::Borrowed("");
    loop {
        let Some(end) = quoted.find(quote) else {
            // The quote is never closed: all of it is the value.
            return (value + quoted, None);
        };
        value += &quoted[..end];
        quoted = &quoted[end + 1..];
        if !quoted.starts_with(quote) {
            break;
        }
        value.to_mut().push(quote);
        quoted = &quoted[1..];
    }
    match split(quoted) {
        Some(at) => (value + &quoted[..at], Some(&quoted[at + 1..])),
        None => (value + quoted, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        let table: [(&str, &[&str]); 7] = [
            ("a,b", &["a", "b"]),
            ("a,,", &["a", "", ""]),
            ("\"a,b\",\"c\"\"d\"", &["a,b", "c\"d"]),
            ("\"x\ny\",z", &["x\ny", "z"]),
            ("5\" disk,b", &["5\" disk", "b"]),
            ("\"open,b", &["open,b"]),
            ("", &[""]),
        ];
        for (row, wanted) in table {
            assert_eq!(split(row, b',', b'"'), wanted, "{row}");
        }
    }

    #[test]
    fn rows_end_outside_of_quotes() {
        let cut = |text: &str| Rows::new(b',', b'"').cut(text.as_bytes(), false);
        assert_eq!(cut("a,\"b\nc\",\"\"\nd"), Cut::Event { start: 0, end: 10, next: 11 });
        assert_eq!(cut("5\"\"\nd"), Cut::Event { start: 0, end: 3, next: 4 });
        assert_eq!(cut("\"x\"\"\n\",y\nd"), Cut::Event { start: 0, end: 8, next: 9 });
        assert_eq!(cut("5\" disk\nd"), Cut::Event { start: 0, end: 7, next: 8 });
        assert_eq!(cut("a,\"b\nc"), Cut::More);
    }
}
