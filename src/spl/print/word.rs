//! Words with their quotes and escapes: the reverse of the parser's one unescaping pass.

use crate::spl::ast::{Quote, Word};
use crate::spl::parse::is_blank;
use crate::spl::scan::token;

/// Appends a word as it must be written.
pub(super) fn push_word(out: &mut String, word: &Word) {
    match word.quote {
        // With parentheses the parser keeps it as it is written; those of other words follow a backslash.
        Quote::Bare if word.text.find('(').is_some_and(|at| !word.text[..at].ends_with('\\')) => {
            out.push_str(&word.text);
        }
        Quote::Bare => push_escaped(out, &word.text, BARE),
        Quote::Double => push_text(out, &word.text),
        Quote::Single => {
            out.push('\'');
            out.push_str(&word.text);
            out.push('\'');
        }
    }
}

/// Appends the sign of a comparison behind its field: `a! =b` without the blank would be `a!=b`.
pub(super) fn push_sign(out: &mut String, field: &Word, sign: &str) {
    if field.quote == Quote::Bare && field.text.ends_with('!') {
        out.push(' ');
    }
    out.push_str(sign);
}

/// Appends a word of a search expression, where authors double every backslash.
pub(super) fn push_search_word(out: &mut String, word: &Word) {
    if !word.text.contains('\\') {
        return push_word(out, word);
    }
    let quoted = word.quote == Quote::Double;
    out.push_str(if quoted { "\"" } else { "" });
    for (at, piece) in word.text.split('\\').enumerate() {
        // One backslash keeps a delimiter inside a bare word, and stays in its text.
        let keeps = !quoted && piece.starts_with(|c: char| is_blank(c) && c != ' ' || "()[],`=!<>".contains(c));
        out.push_str(match at {
            0 => "",
            _ if keeps => "\\",
            _ => "\\\\",
        });
        push_escaped(out, piece, if quoted { &['"'] } else { BARE });
    }
    out.push_str(if quoted { "\"" } else { "" });
}

/// What a backslash protects in a bare word.
const BARE: &[char] = &['\\', '"', '|', ' '];

/// Appends a double-quoted string.
pub(super) fn push_text(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text, &['\\', '"']);
    out.push('"');
}

/// A backslash is doubled only where one would be lost: before a character that it escapes, at the end, and where it
/// would make a `$` a character like others.
fn push_escaped(out: &mut String, text: &str, escaped: &[char]) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = token(rest) {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let escape = match c {
            '\\' => rest.chars().next().is_none_or(|next| escaped.contains(&next)) || token(rest).is_some(),
            _ => escaped.contains(&c),
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
    }
}
