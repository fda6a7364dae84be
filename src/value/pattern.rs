//! The right side of a comparison in a search expression.
//!
//! Values compare as whole texts, without regard to letter case. `*` stands for any run of characters, also none, and
//! cannot be escaped; there is no other wildcard. A CIDR block tests membership of addresses.

use super::Value;
use super::address::Block;
use crate::spl::ast::CompareOp;
use memchr::memmem::Finder;
use std::cmp::Ordering;
use std::sync::Arc;

/// The right side of a comparison in a search expression, compiled. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    folded: String,
    number: Option<f64>,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    /// `*`: any value, the empty text included.
    Any,
    /// No wildcard.
    Exact,
    /// A block of addresses. Values that are no address are compared as text.
    Block(Block),
    /// Pieces of text between wildcards, folded; see [`Glob`].
    Glob(Glob),
}

/// A text with wildcards, folded: `head*middle*middle*tail`, each possibly empty.
#[derive(Debug)]
struct Glob {
    head: String,
    middle: Vec<Finder<'static>>,
    tail: String,
}

impl Pattern {
    /// Compiles the text of a search value, after unescaping.
    pub fn new(text: &str) -> Self {
        let folded = text.to_lowercase();
        let shape = if text.contains('*') {
            if text.bytes().all(|b| b == b'*') { Shape::Any } else { Shape::Glob(Glob::new(&folded)) }
        } else if let Some(block) = Block::parse(text) {
            Shape::Block(block)
        } else {
            Shape::Exact
        };
        let number = super::number::parse(text);
        Self(Arc::new(Inner { text: text.to_owned(), folded, number, shape }))
    }

    /// The text as written, unescaped.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether every value matches (`*`).
    pub fn is_any(&self) -> bool {
        matches!(self.0.shape, Shape::Any)
    }

    /// The only text that matches, in lower case; `None` with wildcards and for blocks of addresses.
    pub fn exact(&self) -> Option<&str> {
        matches!(self.0.shape, Shape::Exact).then_some(&*self.0.folded)
    }

    /// The block of addresses, if the pattern is one.
    pub fn block(&self) -> Option<Block> {
        match &self.0.shape {
            Shape::Block(block) => Some(*block),
            Shape::Any | Shape::Exact | Shape::Glob(_) => None,
        }
    }

    /// The pieces of text between wildcards, in lower case and in order: each must occur in a value that matches. The
    /// first begins the value and the last ends it; both may be empty. `None` without wildcards and for `*` alone.
    pub fn pieces(&self) -> Option<Vec<&str>> {
        match self.0.shape {
            Shape::Glob(_) => Some(self.0.folded.split('*').collect()),
            Shape::Any | Shape::Exact | Shape::Block(_) => None,
        }
    }

    /// Whether a text equals the pattern: what `=` asks of a single value.
    pub fn matches(&self, text: &str) -> bool {
        match &self.0.shape {
            Shape::Any => true,
            Shape::Exact => equal_folded(text, &self.0.folded),
            Shape::Block(block) => block.contains_text(text) || equal_folded(text, &self.0.folded),
            Shape::Glob(glob) => with_folded(text, |folded| glob.matches(folded)),
        }
    }

    /// As [`Pattern::matches`], for a text that is in lower case already.
    pub fn matches_folded(&self, folded: &str) -> bool {
        match &self.0.shape {
            Shape::Any => true,
            Shape::Exact => folded == self.0.folded,
            Shape::Block(block) => block.contains_text(folded) || folded == self.0.folded,
            Shape::Glob(glob) => glob.matches(folded),
        }
    }

    /// Whether a value satisfies `value op pattern`. Null satisfies nothing, not even `!=`; a multivalue does if one of
    /// its values does. `<` and its kin compare numbers if both sides are numbers, else text without regard to case,
    /// in which `*` is an ordinary character.
    pub fn compare(&self, op: CompareOp, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::List(values) => values.iter().any(|single| self.compare(op, single)),
            Value::Text(text) => self.compare_text(op, text),
            single @ (Value::Number(_) | Value::Bool(_)) => self.compare_text(op, &single.to_text()),
        }
    }

    fn compare_text(&self, op: CompareOp, text: &str) -> bool {
        match op {
            CompareOp::Eq => self.matches(text),
            CompareOp::Ne => !self.matches(text),
            CompareOp::Lt => self.order(text) == Ordering::Less,
            CompareOp::Le => self.order(text) != Ordering::Greater,
            CompareOp::Gt => self.order(text) == Ordering::Greater,
            CompareOp::Ge => self.order(text) != Ordering::Less,
        }
    }

    fn order(&self, text: &str) -> Ordering {
        if let Some(right) = self.0.number
            && let Some(left) = super::number::parse(text)
        {
            return left.total_cmp(&right);
        }
        with_folded(text, |folded| folded.cmp(&self.0.folded))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.folded == other.0.folded
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.folded.hash(state);
    }
}

impl Glob {
    fn new(folded: &str) -> Self {
        let mut pieces: Vec<&str> = folded.split('*').collect();
        let tail = pieces.pop().unwrap_or_default().to_owned();
        let head = if pieces.is_empty() { String::new() } else { pieces.remove(0).to_owned() };
        let middle = pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| Finder::new(*piece).into_owned());
        Self { head, middle: middle.collect(), tail }
    }

    /// Taking the leftmost hit of each piece leaves the most room for the next, so no step is ever taken back.
    fn matches(&self, folded: &str) -> bool {
        let Some(rest) = folded.strip_prefix(self.head.as_str()) else { return false };
        let Some(rest) = rest.strip_suffix(self.tail.as_str()) else { return false };
        let mut rest = rest.as_bytes();
        for piece in &self.middle {
            let Some(at) = piece.find(rest) else { return false };
            rest = &rest[at + piece.needle().len()..];
        }
        true
    }
}

/// Whether a text equals another that is in lower case.
fn equal_folded(text: &str, folded: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(folded) } else { text.to_lowercase() == folded }
}

/// Hands the text over in lower case; short ASCII texts without an allocation.
pub fn with_folded<T>(text: &str, then: impl FnOnce(&str) -> T) -> T {
    let mut buffer = [0_u8; 256];
    if let Some(short) = buffer.get_mut(..text.len())
        && text.is_ascii()
    {
        short.copy_from_slice(text.as_bytes());
        short.make_ascii_lowercase();
        if let Ok(folded) = std::str::from_utf8(short) {
            return then(folded);
        }
    }
    then(&fold(text))
}

/// The text in lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_ignores_case_and_knows_one_wildcard() {
        let rows = [
            ("bob", "BOB", true),
            ("bob", "bobby", false),
            ("*", "", true),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
            (r"*\temp\*.exe", r"C:\Windows\Temp\a.EXE", true),
            (r"*\temp\*.exe", r"C:\Temp2\b.exe", false),
            ("a*", "A", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*b*c", "abbc", true),
            ("a*b*b*c", "abc", false),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "aab", false),
            ("a?c", "abc", false),
            ("a?c", "a?c", true),
            ("STRASSE*é", "strasseXÉ", true),
            ("É", "é", true),
            ("1", "1.0", false),
            ("01", "1", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/8", "10.0.0.0/8", true),
            ("2001:db8::/32", "2001:0db8:0::1", true),
            ("2001:db8::/32", "10.0.0.1", false),
            ("a/b", "a/b", true),
        ];
        for (pattern, text, wanted) in rows {
            assert_eq!(Pattern::new(pattern).matches(text), wanted, "{pattern} {text}");
            assert_eq!(Pattern::new(pattern).matches_folded(&fold(text)), wanted, "{pattern} {text}");
        }
        let long = format!("{}X", "a".repeat(1000));
        assert!(Pattern::new("A*x").matches(&long));
    }

    #[test]
    fn order_is_numeric_between_numbers() {
        use CompareOp::{Ge, Gt, Le, Lt, Ne};
        let rows = [
            ("9", Gt, Value::from("10"), true),
            ("9", Gt, Value::from(10.0), true),
            ("9", Le, Value::from("9.0"), true),
            ("b", Lt, Value::from("A"), true),
            ("9", Gt, Value::from("abc"), true),
            ("5", Ge, Value::Null, false),
            ("5", Ne, Value::Null, false),
            ("x", Ne, Value::list(["x".into(), "y".into()]), true),
            ("*", Ne, Value::from("x"), false),
        ];
        for (pattern, op, value, wanted) in rows {
            assert_eq!(Pattern::new(pattern).compare(op, &value), wanted, "{value:?} {op:?} {pattern}");
        }
    }

    #[test]
    fn hostile_patterns_are_linear() {
        let pattern = Pattern::new(&"*a".repeat(5000));
        let started = std::time::Instant::now();
        assert!(!pattern.matches(&"a".repeat(4999)));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(100_000))));
        assert!(started.elapsed().as_secs() < 5);
    }
}
