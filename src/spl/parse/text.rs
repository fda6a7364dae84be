//! Words and blanks: what the parser does with characters.

use crate::source::Span;
use crate::spl::ast::{Quote, Word};

/// What the grammar calls `WHITESPACE`.
pub(in crate::spl) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{0B}' | '\u{0C}' | '\u{A0}' | '\u{3000}' | '\u{FEFF}')
}

/// What parts the words of a list: a comma is a blank there.
pub(in crate::spl) fn is_gap(c: char) -> bool {
    is_blank(c) || c == ','
}

/// The span without blanks at both ends and comments at its start; empty at its end if nothing else is in it.
pub(super) fn trimmed(text: &str, span: Span) -> Span {
    let mut start = span.start as usize;
    let end = span.end as usize;
    loop {
        let inside = text[start..end].trim_start_matches(is_blank);
        start = end - inside.len();
        match inside.strip_prefix("```").and_then(|comment| comment.find("```")) {
            Some(length) => start += length + 6,
            None => return Span::new(start, start + trimmed_end(inside)),
        }
    }
}

/// Length of a text without the blanks at its end; one that a backslash makes a part of a word stays.
fn trimmed_end(text: &str) -> usize {
    let kept = text.trim_end_matches(is_blank);
    let escapes = kept.len() - kept.trim_end_matches('\\').len();
    let escaped = text[kept.len()..].chars().next().filter(|_| escapes % 2 == 1);
    kept.len() + escaped.map_or(0, char::len_utf8)
}

/// The command's name at the start of a stage; empty if it starts with something else.
pub(super) fn command_name(stage: &str) -> &str {
    let end = stage.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(stage.len());
    &stage[..end]
}

/// A word from its source text, quotes included: SPL's one unescaping pass, left to right.
///
/// Inside double quotes `\"` and `\\` lose their backslash; in a bare word `\|` and backslash-blank do too. Any other
/// backslash stays, so that `\d` reaches a regular expression. Single quotes have no escapes.
pub(super) fn word(source: &str, quote: Quote, span: Span) -> Word {
    let inside = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
    let text = match quote {
        Quote::Bare => unescape(source, &['"', '\\', '|', ' ']),
        Quote::Double => unescape(inside, &['"', '\\']),
        Quote::Single => inside.to_owned(),
    };
    Word { text, quote, span }
}

/// The offset of the first parenthesis of a bare word that no backslash makes a character like others.
pub(super) fn first_parenthesis(source: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        match source.as_bytes().get(at)? {
            b'(' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn unescape(source: &str, escaped: &[char]) -> String {
    if !source.contains('\\') {
        return source.to_owned();
    }
    let mut text = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && escaped.contains(&next) => {
                text.push(next);
                chars.next();
            }
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_of_unescaping() {
        let table = [
            (r#""a\"b""#, r#"a"b"#),
            (r#""([^\\\]*\\\)""#, r"([^\\]*\\)"),
            (r#""\\\\""#, r"\\"),
            (r#""\\x{202E}""#, r"\x{202E}"),
            (r#""0x(?<v>\\d+)\s""#, r"0x(?<v>\d+)\s"),
            (r#""a\|b""#, r"a\|b"),
            (r"C:\\Windows\\*", r"C:\Windows\*"),
            (r"*System\ Volume\ x*", "*System Volume x*"),
            (r"a\|b", "a|b"),
        ];
        for (source, text) in table {
            let quote = if source.starts_with('"') { Quote::Double } else { Quote::Bare };
            assert_eq!(word(source, quote, Span::default()).text, text, "{source}");
        }
    }

    #[test]
    fn comments_are_trimmed_like_blanks() {
        let table = [
            ("  a b ", "a b"),
            ("```x``` a ", "a"),
            (" ```x```", ""),
            ("b=\"```c```\" ", "b=\"```c```\""),
            ("a\\  ", "a\\ "),
        ];
        for (text, inside) in table {
            assert_eq!(&text[trimmed(text, Span::new(0, text.len())).range()], inside, "{text}");
        }
    }
}
