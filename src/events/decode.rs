//! Text encodings: what is no UTF-8 becomes UTF-8, byte-order marks go.

use std::io::{self, Read};

/// How a file's text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, or bytes that are meant to be; the mark takes so many bytes.
    Utf8 { mark: usize },
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// Recognises the encoding from a byte-order mark, or from the zero bytes of UTF-16 without one.
pub(super) fn recognise(head: &[u8]) -> Encoding {
    if head.starts_with(b"\xEF\xBB\xBF") {
        return Encoding::Utf8 { mark: 3 };
    }
    if head.starts_with(b"\xFF\xFE") {
        return Encoding::Utf16Le;
    }
    if head.starts_with(b"\xFE\xFF") {
        return Encoding::Utf16Be;
    }
    let pairs = head.len().min(256) / 2;
    let zeros = |offset: usize| (0..pairs).filter(|&at| head[2 * at + offset] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if pairs >= 8 && odd * 10 >= pairs * 9 && even == 0 {
        return Encoding::Utf16Le;
    }
    if pairs >= 8 && even * 10 >= pairs * 9 && odd == 0 {
        return Encoding::Utf16Be;
    }
    Encoding::Utf8 { mark: 0 }
}

/// Whether the content is no text: more than a tenth control characters that logs do not use.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let head = &head[..head.len().min(4096)];
    let odd = head.iter().filter(|&&b| matches!(b, 0..=8 | 11 | 14..=26 | 28 | 31 | 127)).count();
    odd * 10 > head.len()
}

/// Reads a text in some encoding and gives UTF-8. What the encoding does not have becomes U+FFFD.
pub(super) struct DecodingReader<'r> {
    inner: &'r mut dyn Read,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: String,
    given: usize,
    at_end: bool,
}

impl<'r> DecodingReader<'r> {
    /// A byte-order mark at the start goes.
    pub(super) fn new(inner: &'r mut dyn Read, encoding: &'static encoding_rs::Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, input: Vec::new(), output: String::new(), given: 0, at_end: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        const BLOCK: u64 = 64 * 1024;
        self.input.clear();
        self.at_end = (&mut *self.inner).take(BLOCK).read_to_end(&mut self.input)? == 0;
        self.output.clear();
        self.given = 0;
        let room = self.decoder.max_utf8_buffer_length(self.input.len()).unwrap_or(4 * self.input.len() + 16);
        self.output.reserve(room);
        // The room is enough for all of the input, by what the decoder itself says.
        let _ = self.decoder.decode_to_string(&self.input, &mut self.output, self.at_end);
        Ok(())
    }
}

impl Read for DecodingReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.at_end {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = out.len().min(self.output.len() - self.given);
        out[..count].copy_from_slice(&self.output.as_bytes()[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// The encoding of a name as `CHARSET` has it, such as `UTF-16LE`, `LATIN-1`, `CP1252`, `SHIFT-JIS`.
pub(super) fn charset(name: &str) -> Option<&'static encoding_rs::Encoding> {
    let lower = name.trim().to_ascii_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let known = match plain.as_str() {
        "macroman" | "macintosh" => "macintosh",
        "ucs2" | "ucs2le" | "utf16" => "utf-16le",
        "ucs2be" => "utf-16be",
        "msansi" | "ansi" => "windows-1252",
        "cp932" | "ms932" => "shift_jis",
        "cp936" | "gb2312" => "gbk",
        "cp949" => "euc-kr",
        "cp950" => "big5",
        other => other,
    };
    [lower.as_str(), known].iter().find_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
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
            let encoding = if big_endian { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
            DecodingReader::new(&mut bytes.as_slice(), encoding).read_to_string(&mut text).unwrap();
            assert_eq!(text, "a\u{1F600}\u{FFFD}\n\u{FFFD}");
        }
    }

    #[test]
    fn charsets_by_their_names() {
        // The name, bytes, and their text by the tables of the Unicode consortium.
        let table: [(&str, &[u8], &str); 6] = [
            ("LATIN-1", b"\xE4\xDF", "\u{E4}\u{DF}"),
            ("CP1252", b"\x80 5", "\u{20AC} 5"),
            ("windows-1251", b"\xC4\xE0", "\u{414}\u{430}"),
            ("SHIFT-JIS", b"\x83\x65\x83\x58", "\u{30C6}\u{30B9}"),
            ("UTF-16LE", b"a\0\xE4\0", "a\u{E4}"),
            ("KOI8-R", b"\xC1", "\u{430}"),
        ];
        for (name, bytes, wanted) in table {
            let mut text = String::new();
            let mut source = bytes;
            DecodingReader::new(&mut source, charset(name).unwrap()).read_to_string(&mut text).unwrap();
            assert_eq!(text, wanted, "{name}");
        }
        assert!(charset("EBCDIC").is_none());
    }
}
