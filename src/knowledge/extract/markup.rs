//! Hand-written matchers for the few regular expressions that take Windows event XML apart.
//!
//! Every event of the commonest source goes through these patterns, with some forty matches each. A pattern that is
//! written exactly like one of them is matched here instead of by the regex library, with the same result on every
//! text; a test compares the two.

use memchr::memmem::Finder;

/// A pattern that has a hand-written matcher.
#[derive(Clone, Debug)]
pub(super) enum Markup {
    /// The inner text of an element, to the first closing tag, or of one that is cut off to the end; group 1.
    Block(Box<Tag>),
    /// `<name>text</`: groups 1 and 2.
    Elements,
    /// `name='text'`: groups 1 and 2.
    Attributes,
    /// `<Data Name='name'>text<`, or to the end: groups 1 and 2.
    Data,
}

/// An element by its tags.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    /// `<name`.
    open: Finder<'static>,
    /// `</name>`.
    close: Finder<'static>,
    /// Attributes are allowed, but not a tag that closes itself.
    attributes: bool,
    /// The end of the text closes the element, too: an event may have been cut on its way.
    cut: bool,
}

/// The patterns, as they must be written.
const ELEMENTS: &str = r"<(\w+)>([^<]*)</";
const ATTRIBUTES: &str = r#"([\w:]+)\s*=\s*['"]([^'"<>]*)['"]"#;
const DATA: &str = r#"<Data\s+Name\s*=\s*['"]([^'"<>]*)['"]\s*>([^<]*)(?:<|\z)"#;
const BLOCK_HEAD: &str = "(?s)<";
const BLOCK_ATTRIBUTES: &str = r"(?:\s[^>]*[^/>])?";
const BLOCK_INNER: &str = ">(.*?)";
const BLOCK_CUT: &str = r"|\z)";

impl Markup {
    /// The matcher of a pattern, if there is one.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        match pattern {
            ELEMENTS => Some(Self::Elements),
            ATTRIBUTES => Some(Self::Attributes),
            DATA => Some(Self::Data),
            other => {
                let (open, close) = other.strip_prefix(BLOCK_HEAD)?.split_once(BLOCK_INNER)?;
                let until = close.strip_prefix("(?:").and_then(|close| close.strip_suffix(BLOCK_CUT));
                let cut = until.is_some();
                let close = until.unwrap_or(close).strip_prefix("</")?.strip_suffix('>')?;
                let tag = open.strip_suffix(BLOCK_ATTRIBUTES);
                let attributes = tag.is_some();
                let tag = tag.unwrap_or(open);
                let plain = !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric());
                (plain && tag == close).then(|| {
                    let open = Finder::new(format!("<{tag}").as_bytes()).into_owned();
                    let close = Finder::new(format!("</{tag}>").as_bytes()).into_owned();
                    Self::Block(Box::new(Tag { open, close, attributes, cut }))
                })
            }
        }
    }

    /// Calls `found` with the first two groups of each match, or of the first one only; a group that the pattern does
    /// not have is empty.
    pub(super) fn each<'t>(&self, text: &'t str, repeat: bool, found: &mut dyn FnMut(&'t str, &'t str)) {
        let mut from = 0;
        let next = |from: usize| match self {
            Self::Block(tag) => block(text, from, tag),
            Self::Elements => element(text, from),
            Self::Attributes => attribute(text, from),
            Self::Data => data(text, from),
        };
        while let Some((first, second, end)) = next(from) {
            found(first, second);
            if !repeat {
                return;
            }
            from = end;
        }
    }
}

/// Two groups and the end of a match.
type Match<'t> = Option<(&'t str, &'t str, usize)>;

fn block<'t>(text: &'t str, from: usize, tag: &Tag) -> Match<'t> {
    let mut at = from;
    loop {
        at += tag.open.find(&text.as_bytes()[at..])? + tag.open.needle().len();
        let after = &text[at..];
        // Without any `>` behind it, no later tag is complete either.
        let end = find(after, 0, b'>')?;
        if end > 0 && !(tag.attributes && opens(&after[..end])) {
            continue;
        }
        let inside = &after[end + 1..];
        let (close, length) = match tag.close.find(inside.as_bytes()) {
            Some(close) => (close, tag.close.needle().len()),
            None if tag.cut => (inside.len(), 0),
            None => return None,
        };
        return Some((&inside[..close], "", text.len() - inside.len() + close + length));
    }
}

/// Whether the text between a tag's name and its `>` is blank-led and does not close the tag.
fn opens(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next().is_some_and(is_blank) && chars.next_back().is_some_and(|last| last != '/')
}

fn element(text: &str, from: usize) -> Match<'_> {
    let mut at = from;
    loop {
        at = find(text, at, b'<')? + 1;
        let name = &text[at..at + run(&text[at..], |b| b.is_ascii_alphanumeric() || b == b'_')];
        if name.is_empty() || text.as_bytes().get(at + name.len()) != Some(&b'>') {
            continue;
        }
        let start = at + name.len() + 1;
        let end = find(text, start, b'<')?;
        if text.as_bytes().get(end + 1) == Some(&b'/') {
            return Some((name, &text[start..end], end + 2));
        }
    }
}

fn attribute(text: &str, from: usize) -> Match<'_> {
    let mut at = from;
    loop {
        let equals = find(text, at, b'=')?;
        at = equals + 1;
        let head = trim_end(&text[from..equals]);
        let named = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':');
        let length = head.as_bytes().iter().rev().take_while(|b| named(b)).count();
        let Some((value, end)) = quoted(text, at).filter(|_| length > 0) else { continue };
        return Some((&head[head.len() - length..], value, end));
    }
}

fn data(text: &str, from: usize) -> Match<'_> {
    let mut at = from;
    loop {
        at = find(text, at, b'<')? + 1;
        let Some(rest) = text[at..].strip_prefix("Data") else { continue };
        // The usual form needs no second look.
        if let Some(quoted) = rest.strip_prefix(" Name='")
            && let Some(length) = memchr::memchr2(b'\'', b'"', quoted.as_bytes())
            && quoted.as_bytes().get(length + 1) == Some(&b'>')
            && memchr::memchr2(b'<', b'>', &quoted.as_bytes()[..length]).is_none()
        {
            let start = text.len() - quoted.len() + length + 2;
            let end = find(text, start, b'<').unwrap_or(text.len());
            return Some((&quoted[..length], &text[start..end], text.len().min(end + 1)));
        }
        let named = trim_start(rest);
        let Some(value) = named.strip_prefix("Name").filter(|_| named.len() < rest.len()) else { continue };
        let Some(value) = trim_start(value).strip_prefix('=') else { continue };
        let Some((name, end)) = quoted(text, text.len() - value.len()) else { continue };
        let Some(inside) = trim_start(&text[end..]).strip_prefix('>') else { continue };
        let start = text.len() - inside.len();
        let end = find(text, start, b'<').unwrap_or(text.len());
        return Some((name, &text[start..end], text.len().min(end + 1)));
    }
}

/// A quoted text at a place, blanks before it skipped, and where it ends. Either quote closes what either opens.
fn quoted(text: &str, at: usize) -> Option<(&str, usize)> {
    let body = trim_start(&text[at..]);
    let body = match body.as_bytes().first()? {
        b'\'' | b'"' => &body[1..],
        _ => return None,
    };
    let bytes = body.as_bytes();
    let quote = memchr::memchr2(b'\'', b'"', bytes)?;
    let length = memchr::memchr2(b'<', b'>', &bytes[..quote]).unwrap_or(quote);
    let closes = matches!(body.as_bytes().get(length), Some(b'\'' | b'"'));
    closes.then(|| (&body[..length], text.len() - body.len() + length + 1))
}

/// The blanks of `\s`.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn is_blank_byte(byte: u8) -> bool {
    is_blank(char::from(byte))
}

fn trim_start(text: &str) -> &str {
    &text[text.bytes().take_while(|&byte| is_blank_byte(byte)).count()..]
}

fn trim_end(text: &str) -> &str {
    &text[..text.len() - text.bytes().rev().take_while(|&byte| is_blank_byte(byte)).count()]
}

/// The length of the run of such bytes that a text begins with.
fn run(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|&b| belongs(b)).count()
}

fn find(text: &str, from: usize, byte: u8) -> Option<usize> {
    memchr::memchr(byte, &text.as_bytes()[from..]).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::value::regex::Regex;

    const PATTERNS: &[&str] = &[
        ELEMENTS,
        ATTRIBUTES,
        DATA,
        r"(?s)<System>(.*?)</System>",
        r"(?s)<Data(?:\s[^>]*[^/>])?>(.*?)</Data>",
        r"(?s)<Data(?:\s[^>]*[^/>])?>(.*?)(?:</Data>|\z)",
    ];

    #[test]
    fn other_patterns_have_no_matcher() {
        for pattern in [r"<(\w+)>([^<]*)<", "(?s)<A>(.*?)</B>", "(?s)<>(.*?)</>", r"(?s)<\w>(.*?)</\w>", "(x)"] {
            assert!(Markup::of(pattern).is_none(), "{pattern}");
        }
    }

    /// Texts put together at random from the pieces that the patterns are made of.
    #[test]
    fn the_same_matches_as_the_regex_on_any_text() {
        let pieces = [
            "<",
            ">",
            "/",
            "=",
            "'",
            "\"",
            " ",
            "\n",
            "<Data",
            "Name",
            "</Data>",
            "<System>",
            "</System>",
            "a",
            "b:c",
            "<Data Name='x'>",
            "é",
            "<a>",
            "</a>",
            "_1",
            "<Data/>",
            "<Data >",
            "<Data Name=\"y\">",
            "\u{a0}",
            "v w",
        ];
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for pattern in PATTERNS {
            let (regex, markup) = (Regex::new(pattern).unwrap(), Markup::of(pattern).unwrap());
            for _ in 0..2_000 {
                let text: String = (0..random(14)).map(|_| pieces[random(pieces.len())]).collect();
                let get =
                    |hit: &crate::value::regex::Captures<'_>, group| hit.get(group).unwrap_or_default().to_owned();
                let expected: Vec<_> = regex.captures_iter(&text).map(|hit| (get(&hit, 1), get(&hit, 2))).collect();
                let mut found = Vec::new();
                markup.each(&text, true, &mut |first, second| found.push((first.to_owned(), second.to_owned())));
                assert_eq!(found, expected, "{pattern} {text:?}");
            }
        }
    }
}
