//! Text encodings: UTF-16 becomes UTF-8, byte-order marks go.

use std::io::{self, Read};

/// How a file's text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, or bytes that are meant to be; the mark takes so many bytes.
    Utf8 { mark: usize },
    /// UTF-16, low byte first.
    Utf16Le { mark: usize },
    /// UTF-16, high byte first.
    Utf16Be { mark: usize },
}

/// Recognises the encoding from a byte-order mark, or from the zero bytes of UTF-16 without one.
pub(super) fn recognise(head: &[u8]) -> Encoding {
    if head.starts_with(b"\xEF\xBB\xBF") {
        return Encoding::Utf8 { mark: 3 };
    }
    if head.starts_with(b"\xFF\xFE") {
        return Encoding::Utf16Le { mark: 2 };
    }
    if head.starts_with(b"\xFE\xFF") {
        return Encoding::Utf16Be { mark: 2 };
    }
    let pairs = head.len().min(256) / 2;
    let zeros = |offset: usize| (0..pairs).filter(|&at| head[2 * at + offset] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if pairs >= 8 && odd * 10 >= pairs * 9 && even == 0 {
        return Encoding::Utf16Le { mark: 0 };
    }
    if pairs >= 8 && even * 10 >= pairs * 9 && odd == 0 {
        return Encoding::Utf16Be { mark: 0 };
    }
    Encoding::Utf8 { mark: 0 }
}

/// Whether the content is no text: more than a tenth control characters that logs do not use.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(4096)];
    let odd = head.iter().filter(|&&b| matches!(b, 0..=8 | 11 | 14..=26 | 28 | 31 | 127)).count();
    odd * 10 > head.len()
}

/// Reads UTF-16 and gives UTF-8. A lone surrogate, or half a unit at the end, becomes U+FFFD.
pub(super) struct Utf16Reader<'r> {
    inner: &'r mut dyn Read,
    big_endian: bool,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
}

impl<'r> Utf16Reader<'r> {
    pub(super) fn new(inner: &'r mut dyn Read, big_endian: bool) -> Self {
        Self { inner, big_endian, input: Vec::new(), output: Vec::new(), given: 0 }
    }

    /// Decodes another block; `false` at the end.
    fn refill(&mut self) -> io::Result<bool> {
        const BLOCK: u64 = 64 * 1024;
        let count = (&mut *self.inner).take(BLOCK).read_to_end(&mut self.input)?;
        let at_end = count == 0;
        self.output.clear();
        self.given = 0;
        let big_endian = self.big_endian;
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let mut usable = self.input.len() & !1;
        // A high surrogate at the seam waits for its other half.
        if !at_end && usable >= 2 && (0xD800..0xDC00).contains(&unit(&self.input[usable - 2..usable])) {
            usable -= 2;
        }
        let units = self.input[..usable].chunks_exact(2).map(unit);
        let mut utf8 = [0; 4];
        for decoded in char::decode_utf16(units) {
            let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.output.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        }
        self.input.drain(..usable);
        if at_end && !self.input.is_empty() {
            self.input.clear();
            self.output.extend_from_slice("\u{FFFD}".as_bytes());
        }
        Ok(!at_end || !self.output.is_empty())
    }
}

impl Read for Utf16Reader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if !self.refill()? {
                return Ok(0);
            }
        }
        let count = out.len().min(self.output.len() - self.given);
        out[..count].copy_from_slice(&self.output[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn utf16_of_both_orders() {
        // U+1F600 is D83D DE00; a lone DC00 and a last odd byte are broken.
        let units: [u16; 5] = [0x61, 0xD83D, 0xDE00, 0xDC00, 0x0A];
        for big_endian in [false, true] {
            let to_bytes = |unit: &u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let mut bytes: Vec<u8> = units.iter().flat_map(to_bytes).collect();
            bytes.push(1);
            let mut text = String::new();
            Utf16Reader::new(&mut bytes.as_slice(), big_endian).read_to_string(&mut text).unwrap();
            assert_eq!(text, "a\u{1F600}\u{FFFD}\n\u{FFFD}");
        }
    }
}
