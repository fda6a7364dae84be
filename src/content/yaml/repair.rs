//! Quoted values whose further lines are not indented.
//!
//! YAML wants every line of a quoted value deeper than its key; PyYAML does not ask, and authors paste searches at the
//! left margin. So where the parser stops for that reason, the value's lines are indented in a copy, which cannot change
//! the value (leading blanks of such lines are folded away), and the copy is parsed. Offsets are mapped back.

use std::borrow::Cow;

/// Bytes that may be parsed again, in all, for the sake of repairs; a file of usual size never gets near.
const MAX_REPEATED_BYTES: usize = 64 << 20;
/// A value that begins further right is not repaired.
const MAX_COLUMN: usize = 500;

/// A text, and where blanks were put into it.
pub(super) struct Repaired<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    /// Offset in the original and number of blanks put there, ascending.
    insertions: Vec<(usize, usize)>,
    /// The same places: offset in the text after the blanks, and the blanks so far.
    shifts: Vec<(usize, usize)>,
    repeated: usize,
}

impl<'a> Repaired<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        let text = Cow::Borrowed(original);
        Self { original, text, insertions: Vec::new(), shifts: Vec::new(), repeated: 0 }
    }

    /// The text to parse.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The offset in the original of an offset in the text; inside inserted blanks, of what follows them.
    pub(super) fn original_offset(&self, offset: usize) -> usize {
        let index = self.shifts.partition_point(|(end, _)| *end <= offset);
        let before = index.checked_sub(1).map_or(0, |index| self.shifts[index].1);
        match self.insertions.get(index) {
            Some((place, _)) => (offset - before).min(*place),
            None => offset - before,
        }
    }

    /// Indents the quoted value around `error`, an offset in the original, found at or after `from`. Whether there was
    /// something to do; if so, the text is to be parsed again.
    pub(super) fn indent_quoted(&mut self, from: usize, error: usize) -> bool {
        self.repeated = self.repeated.saturating_add(self.text.len());
        if self.repeated > MAX_REPEATED_BYTES {
            return false;
        }
        let Some((start, end)) = quoted_around(self.original.as_bytes(), from, error) else { return false };
        let line = self.original[..start].rfind('\n').map_or(0, |at| at + 1);
        let blanks = start - line + 1;
        if blanks > MAX_COLUMN {
            return false;
        }
        let inside = &self.original[start..end];
        let starts = inside.match_indices('\n').map(|(at, _)| start + at + 1);
        let new: Vec<usize> = starts
            .filter(|at| {
                let rest = &self.original[*at..end];
                !rest.starts_with(['\n', '\r']) && !rest.starts_with("---") && !rest.starts_with("...")
            })
            .collect();
        let known = self.insertions.len();
        for at in new {
            // A second error in the same value has another reason.
            if self.insertions.iter().rev().take_while(|(place, _)| *place >= at).all(|(place, _)| *place != at) {
                self.insertions.push((at, blanks));
            }
        }
        if self.insertions.len() == known {
            return false;
        }
        self.insertions.sort_unstable();
        self.rebuild();
        true
    }

    fn rebuild(&mut self) {
        let mut text = String::with_capacity(self.original.len() + self.insertions.len() * 16);
        self.shifts.clear();
        let (mut copied, mut inserted) = (0, 0);
        for &(at, blanks) in &self.insertions {
            text.push_str(&self.original[copied..at]);
            text.extend(std::iter::repeat_n(' ', blanks));
            inserted += blanks;
            copied = at;
            self.shifts.push((text.len(), inserted));
        }
        text.push_str(&self.original[copied..]);
        self.text = Cow::Owned(text);
    }
}

/// The first quoted value from `from` on that contains `error`: its first and one past its last byte.
fn quoted_around(bytes: &[u8], from: usize, error: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while at < error.min(bytes.len()) {
        let quote = bytes[at];
        let opens = matches!(quote, b'\'' | b'"') && bytes[from..at].last().is_none_or(|b| b" \t\n[{,".contains(b));
        if !opens {
            at += 1;
            continue;
        }
        let end = closing_quote(bytes, at, quote);
        if end > error {
            return Some((at, end));
        }
        at = end;
    }
    None
}

/// One past the closing quote, or the end of the file.
fn closing_quote(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'\\' && quote == b'"' {
            at += 2;
        } else if byte != quote {
            at += 1;
        } else if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}
