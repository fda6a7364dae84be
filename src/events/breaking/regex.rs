//! `LINE_BREAKER`: a regular expression whose first group is thrown away between two events.

use super::{Breaker, Cut};
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};

/// A pattern that needs no regular expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `([\r\n]+)`.
    Newlines,
    /// `([\r\n]+)` with a plain text behind it, as a look-ahead or not.
    NewlinesBefore(Vec<u8>),
    /// Anything else.
    Other,
}

/// Recognises the patterns that nearly all sources use.
pub(super) fn shape(pattern: &str) -> Shape {
    let newlines = ["([\\r\\n]+", "([\\n\\r]+", "((?:\\r?\\n)+", "(\\r?\\n", "(\\n+", "([\\r\\n]*[\\r\\n]+"];
    let Some(rest) = newlines.iter().find_map(|text| pattern.strip_prefix(text)) else { return Shape::Other };
    if rest == ")" {
        return Shape::Newlines;
    }
    // `([\r\n]+)(?=text)`, `([\r\n]+)text` and `([\r\n]+(?=text))` break at the same places.
    let inner = rest.strip_prefix(')').or_else(|| rest.strip_suffix(')')).unwrap_or_default();
    let text = inner.strip_prefix("(?=").and_then(|text| text.strip_suffix(')')).unwrap_or(inner);
    // A blank or `>` behind the name changes nothing for the callers of this function, who look for a tag.
    let text = text.strip_suffix("\\s").or_else(|| text.strip_suffix("[\\s>]")).unwrap_or(text);
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"<> '\"=_-/:".contains(&b)) {
        return Shape::NewlinesBefore(text.trim_end().as_bytes().to_vec());
    }
    Shape::Other
}

/// Bytes at the end of what has been read in which a match is not final: more text could make it longer or shift it.
const MARGIN: usize = 1024;

/// How far back a search begins again, so that a look-behind sees its text.
const LOOK_BEHIND: usize = 4096;

pub(super) struct ByRegex {
    regex: Regex,
    locations: CaptureLocations,
    scanned: usize,
}

impl ByRegex {
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let regex = compile(pattern, "LINE_BREAKER")?;
        let locations = regex.capture_locations();
        Ok(Self { regex, locations, scanned: 0 })
    }
}

/// Compiles a setting's regular expression over bytes.
pub(in crate::events) fn compile(pattern: &str, setting: &str) -> Result<Regex, String> {
    RegexBuilder::new()
        .jit_if_available(true)
        .max_jit_stack_size(Some(1 << 20))
        .build(pattern)
        .map_err(|error| format!("{setting} `{pattern}` is no regular expression: {error}"))
}

impl Breaker for ByRegex {
    fn cut(&mut self, bytes: &[u8], at_end: bool) -> Cut {
        let mut from = self.scanned.saturating_sub(LOOK_BEHIND);
        while from < bytes.len() {
            // A match limit that is exceeded counts as no match: the event ends at the size limit at the latest.
            let Ok(Some(found)) = self.regex.captures_read_at(&mut self.locations, bytes, from) else { break };
            if !at_end && found.end() + MARGIN > bytes.len() {
                break;
            }
            let (end, next) = self.locations.get(1).unwrap_or((found.end(), found.end()));
            if next > 0 && (end > 0 || next > end) {
                self.scanned = 0;
                return Cut::Event { start: 0, end, next };
            }
            // An empty match at the very start separates nothing.
            from = found.end().max(from) + 1;
        }
        if at_end {
            self.scanned = 0;
            return Cut::Event { start: 0, end: bytes.len(), next: bytes.len() };
        }
        self.scanned = bytes.len().saturating_sub(MARGIN);
        Cut::More
    }

    fn shift(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_patterns_need_no_regex() {
        let before = |text: &str| Shape::NewlinesBefore(text.as_bytes().to_vec());
        let table = [
            ("([\\r\\n]+)", Shape::Newlines),
            ("([\\r\\n]+)<Event", before("<Event")),
            ("([\\r\\n]+)(?=<Event)", before("<Event")),
            ("([\\r\\n]+(?=<Event))", before("<Event")),
            ("([\\r\\n]+)\\d{4}", Shape::Other),
            ("}(,)\\s*{", Shape::Other),
        ];
        for (pattern, wanted) in table {
            assert_eq!(shape(pattern), wanted, "{pattern}");
        }
    }
}
