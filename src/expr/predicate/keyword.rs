//! Words and phrases in `_raw`.
//!
//! A word must stand by itself: what is beside it must not be a letter or digit, unless the word begins or ends with
//! `*`. `*` inside stands for any run of characters. `TERM(x)` must stand between major breakers.
//! Source: "Event segmentation and searching"; the list of breakers is that of `segmenters.conf`.

use crate::value::Value;
use crate::value::pattern::{fold, with_folded};
use memchr::memmem::Finder;
use std::sync::Arc;

/// Characters between which `TERM(x)` must stand, beside white space.
const MAJOR_BREAKERS: &str = "[]<>(){}|!;,'\"*&?+";

/// A word or phrase to look for in `_raw`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keyword(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    form: Form,
    /// The pieces between wildcards that are not empty; folded unless case counts.
    pieces: Vec<Finder<'static>>,
    open_start: bool,
    open_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Word,
    /// Between major breakers only.
    Term,
    /// With letter case.
    Case,
}

impl Keyword {
    /// A word or phrase, in any letter case.
    pub fn new(text: &str) -> Self {
        Self::build(text, Form::Word)
    }

    /// `TERM(text)`: between major breakers, in any letter case.
    pub fn term(text: &str) -> Self {
        Self::build(text, Form::Term)
    }

    /// `CASE(text)`: with this letter case.
    pub fn case(text: &str) -> Self {
        Self::build(text, Form::Case)
    }

    fn build(text: &str, form: Form) -> Self {
        let folded = if form == Form::Case { text.to_owned() } else { fold(text) };
        let pieces = folded.split('*').filter(|piece| !piece.is_empty());
        Self(Arc::new(Inner {
            text: text.to_owned(),
            form,
            pieces: pieces.map(|piece| Finder::new(piece).into_owned()).collect(),
            open_start: text.starts_with('*'),
            open_end: text.ends_with('*'),
        }))
    }

    /// The word as written.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether letter case counts.
    pub fn with_case(&self) -> bool {
        self.0.form == Form::Case
    }

    /// The texts of which every match holds all, in order; in lower case unless case counts.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.0.pieces.iter().map(Finder::needle)
    }

    /// Whether the word stands in the text of an event. A word without any letter (`""`) stands in every text.
    pub fn matches(&self, raw: &str) -> bool {
        if self.with_case() { self.find(raw) } else { with_folded(raw, |folded| self.find(folded)) }
    }

    /// As [`Keyword::matches`], for a text that is also at hand in lower case.
    pub fn matches_folded(&self, raw: &str, folded: &str) -> bool {
        self.find(if self.with_case() { raw } else { folded })
    }

    /// Whether the word stands in one of the values; never for null.
    pub(crate) fn matches_value(&self, value: &Value) -> bool {
        value.values().iter().any(|single| self.matches(&single.to_text()))
    }

    /// Pieces are taken at their leftmost places, which leaves the most room for those behind; only the first and the
    /// last one have edges to keep and are tried further right.
    fn find(&self, text: &str) -> bool {
        let inner = &*self.0;
        let Some((last, before)) = inner.pieces.split_last() else { return true };
        let mut at = 0;
        for (index, piece) in before.iter().enumerate() {
            let first = index == 0 && !inner.open_start;
            match self.piece(text, piece, at, first, false) {
                Some(end) => at = end,
                None => return false,
            }
        }
        let alone = before.is_empty() && !inner.open_start;
        self.piece(text, last, at, alone, !inner.open_end).is_some()
    }

    /// The end of the first hit at or after `at` whose edges are as asked.
    fn piece(&self, text: &str, piece: &Finder<'_>, at: usize, left: bool, right: bool) -> Option<usize> {
        let mut from = at;
        loop {
            let start = from + piece.find(text.as_bytes().get(from..)?)?;
            let end = start + piece.needle().len();
            if (!left || self.is_edge(text, start)) && (!right || self.is_edge(text, end)) {
                return Some(end);
            }
            from = start + text.get(start..)?.chars().next().map_or(1, char::len_utf8);
        }
    }

    /// Whether a word may begin or end between the characters at an offset.
    fn is_edge(&self, text: &str, at: usize) -> bool {
        let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { return false };
        let beside = [head.chars().next_back(), tail.chars().next()];
        if self.0.form == Form::Term {
            let breaks = |c: char| c.is_whitespace() || MAJOR_BREAKERS.contains(c);
            return beside.iter().any(|c| c.is_none_or(breaks));
        }
        beside.iter().any(|c| c.is_none_or(|c| !c.is_alphanumeric()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone() {
        let raw = "Jan 5 host9 sshd[12]: Failed password for root from 10.1.2.3 port=22 x_admin";
        let rows = [
            (Keyword::new("failed"), true),
            (Keyword::new("fail"), false),
            (Keyword::new("fail*"), true),
            (Keyword::new("*word"), true),
            (Keyword::new("*wor"), false),
            (Keyword::new("*asswor*"), true),
            (Keyword::new("failed password"), true),
            (Keyword::new("password failed"), false),
            (Keyword::new("failed*root"), true),
            (Keyword::new("admin"), true),
            (Keyword::new("10.1.2"), true),
            (Keyword::new("22"), true),
            (Keyword::new("2"), true),
            (Keyword::new("host"), false),
            (Keyword::case("Failed"), true),
            (Keyword::case("failed"), false),
            (Keyword::term("10.1.2.3"), true),
            (Keyword::term("10.1.2"), false),
            (Keyword::term("port=22"), true),
            (Keyword::term("22"), false),
            (Keyword::new("sshd["), true),
            (Keyword::new(""), true),
        ];
        for (keyword, wanted) in rows {
            assert_eq!(keyword.matches(raw), wanted, "{keyword:?}");
            assert_eq!(keyword.matches_folded(raw, &fold(raw)), wanted, "{keyword:?}");
        }
        assert!(Keyword::new("aa").matches("aaa aa"));
        assert!(Keyword::new("É").matches("x é y"));
        assert!(!Keyword::new("é").matches("éé"));
        assert!(!Keyword::new("x").matches_value(&Value::Null));
    }
}
