//! JSON as fields: `{"a":{"b":[1,{"c":2}]}}` is `a.b{}` = `1` and `a.b{}.c` = `2`.
//!
//! Names are the keys joined by dots, with `{}` for "an element of"; characters in keys stay as they are. Numbers keep
//! the text as written, strings are decoded, `true`, `false` and `null` are those words, `{}` and `[]` give nothing.
//! Repeated names give several values, in order. What stands before a mistake is found, what follows is not.

use std::borrow::Cow;

/// Deeper values are passed over, like a mistake: no real log nests so deep.
const MAX_DEPTH: usize = 200;

/// Bytes of a string that are looked at without the help of [`memchr`].
const SHORT: usize = 16;

/// Decides what is looked into, and takes what is found.
pub trait Visitor {
    /// Whether anything below this name is of interest; a name that ends here counts as below itself.
    fn enters(&mut self, name: &str) -> bool;

    /// A leaf.
    fn leaf(&mut self, name: &str, value: &str);
}

/// Walks through the first JSON value of a text. Gives whether the text begins with an object or array and is
/// well-formed to the end of that value.
pub fn walk(text: &str, visitor: &mut dyn Visitor) -> bool {
    let mut walker = Walker { text, at: 0, name: String::new(), visitor };
    walker.blanks();
    match walker.peek() {
        Some(b'{' | b'[') => walker.value(0, true).is_some(),
        _ => false,
    }
}

/// Whether a text begins and ends like one JSON object.
pub fn is_object(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && text.ends_with('}')
}

struct Walker<'t, 'v> {
    text: &'t str,
    at: usize,
    /// The name of the place where the walk is.
    name: String,
    visitor: &'v mut dyn Visitor,
}

impl<'t> Walker<'t, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Takes this byte; `None` is a mistake in the text.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Walks through a value; with `seen` its leaves are reported.
    fn value(&mut self, depth: usize, seen: bool) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.blanks();
        match self.peek()? {
            b'{' => self.object(depth, seen),
            b'[' => self.array(depth, seen),
            b'"' => {
                let text = self.string(seen)?;
                if seen {
                    self.visitor.leaf(&self.name, &text);
                }
                Some(())
            }
            _ => {
                let word = self.word()?;
                if seen {
                    self.visitor.leaf(&self.name, word);
                }
                Some(())
            }
        }
    }

    fn object(&mut self, depth: usize, seen: bool) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let length = self.name.len();
        loop {
            self.blanks();
            if self.peek()? != b'"' {
                return None;
            }
            let key = self.string(seen)?;
            self.expect(b':')?;
            let mut enter = seen;
            if seen {
                if length > 0 {
                    self.name.push('.');
                }
                self.name.push_str(&key);
                enter = self.visitor.enters(&self.name);
            }
            self.value(depth + 1, enter)?;
            self.name.truncate(length);
            self.blanks();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn array(&mut self, depth: usize, seen: bool) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        let length = self.name.len();
        self.name.push_str("{}");
        loop {
            self.value(depth + 1, seen)?;
            self.blanks();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    self.name.truncate(length);
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// A number or one of the three words. Any run of the characters of those will do.
    fn word(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.at..];
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(rest.len());
        if length == 0 {
            return None;
        }
        self.at += length;
        Some(&rest[..length])
    }

    /// A string; decoded only if someone will see it.
    fn string(&mut self, seen: bool) -> Option<Cow<'t, str>> {
        let body = &self.text[self.at + 1..];
        let bytes = body.as_bytes();
        // Most strings are short: the first few bytes are looked at one by one.
        let mut at = bytes.iter().take(SHORT).take_while(|&&byte| byte != b'"' && byte != b'\\').count();
        let mut escaped = false;
        let end = loop {
            let found = memchr::memchr2(b'"', b'\\', bytes.get(at..)?)? + at;
            if bytes[found] == b'"' {
                break found;
            }
            escaped = true;
            at = found + 2;
        };
        let inner = &body[..end];
        self.at += end + 2;
        if !seen || !escaped {
            return Some(Cow::Borrowed(inner));
        }
        Some(Cow::Owned(decode(inner)))
    }
}

/// Decodes JSON's escapes. A wrong one stays as it is; half of a surrogate pair becomes U+FFFD.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('\\') {
        out.push_str(head);
        let Some(c) = tail.chars().next() else {
            out.push('\\');
            return out;
        };
        rest = &tail[c.len_utf8()..];
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            '"' | '\\' | '/' => out.push(c),
            'u' => match code_unit(rest) {
                Some((unit, after)) => {
                    rest = after;
                    let low =
                        after.strip_prefix("\\u").and_then(code_unit).filter(|(low, _)| (0xdc00..0xe000).contains(low));
                    if let (0xd800..0xdc00, Some((low, after))) = (unit, low) {
                        rest = after;
                        let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    } else {
                        out.push(char::from_u32(unit).unwrap_or('\u{fffd}'));
                    }
                }
                None => out.push_str("\\u"),
            },
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out.push_str(rest);
    out
}

fn code_unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(digits, 16).ok()?, &text[4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct All {
        found: Vec<String>,
        only: Option<&'static str>,
    }

    impl Visitor for All {
        fn enters(&mut self, name: &str) -> bool {
            self.only.is_none_or(|only| only.starts_with(name))
        }

        fn leaf(&mut self, name: &str, value: &str) {
            self.found.push(format!("{name}={value}"));
        }
    }

    fn found(text: &str) -> (Vec<String>, bool) {
        let mut all = All { found: Vec::new(), only: None };
        let whole = walk(text, &mut all);
        (all.found, whole)
    }

    #[test]
    fn names_and_values_table() {
        let table: &[(&str, &[&str])] = &[
            (r#"{"a":{"b":1}}"#, &["a.b=1"]),
            (r#"{"a":[1,2]}"#, &["a{}=1", "a{}=2"]),
            (r#"{"a":[{"b":1},{"b":2,"c":3}]}"#, &["a{}.b=1", "a{}.b=2", "a{}.c=3"]),
            (r#"{"a":[[1],[2]]}"#, &["a{}{}=1", "a{}{}=2"]),
            (r#"{"id.orig_h": "x", "a b/c-d":1.0}"#, &["id.orig_h=x", "a b/c-d=1.0"]),
            (r#"{"a":true,"b":null,"c":"","d":{},"e":[],"f":-1.5e3}"#, &["a=true", "b=null", "c=", "f=-1.5e3"]),
            (r#"{"a":"x\n\u0026\\ \"q\" \/ \ud83d\ude00 \ud83d"}"#, &["a=x\n&\\ \"q\" / 😀 \u{fffd}"]),
            (r#"[{"a":1}]"#, &["{}.a=1"]),
            (" {\n \"a\" :\t1 }\n", &["a=1"]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), (expected.iter().map(ToString::to_string).collect(), true), "{text}");
        }
    }

    #[test]
    fn what_stands_before_a_mistake_is_found() {
        for (text, expected) in [
            (r#"{"a":1,"b":{"c":"x","d":"#, &["a=1", "b.c=x"][..]),
            (r#"{"a":1 "b":2}"#, &["a=1"]),
            (r#"{"a":"x\"#, &[]),
            (r#"head {"a":1}"#, &[]),
            ("", &[]),
        ] {
            assert_eq!(found(text), (expected.iter().map(ToString::to_string).collect(), false), "{text}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        assert!(!found(&"[".repeat(1_000_000)).1);
        assert!(!found(&"{\"a\":".repeat(1_000_000)).1);
    }

    #[test]
    fn what_nobody_wants_is_passed_over() {
        let mut all = All { found: Vec::new(), only: Some("a.b") };
        assert!(walk(r#"{"x":{"a":{"b":0}},"a":{"c":[{"b":1}],"b":2}}"#, &mut all));
        assert_eq!(all.found, ["a.b=2"]);
    }
}
