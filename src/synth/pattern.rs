//! Texts that a regular expression finds: made from its structure, never by trying texts at random.
//!
//! Splunk's patterns are PCRE2, with look-around, possessive quantifiers and named groups, which the generators on
//! crates.io (built on the `regex` family) do not read; so the few forms that matter are read here. A text is a
//! proposal: whoever asks checks it by matching. Look-behind, conditions and recursion are ignored.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// Deepest nesting of groups that is followed.
const MAX_DEPTH: usize = 60;
/// Longest text that is made.
const MAX_TEXT: usize = 20_000;

/// A pattern, read.
#[derive(Clone, Debug)]
pub(super) struct Template {
    root: Node,
    /// Begins with `^` or `\A`.
    pub(super) from_start: bool,
    /// Ends with `$` or `\z`.
    pub(super) to_end: bool,
}

#[derive(Clone, Debug)]
enum Node {
    Char(char),
    /// One of these, or none of these.
    Set(Vec<(char, char)>, bool),
    All(Vec<Node>),
    One(Vec<Node>),
    Repeat(Box<Node>, usize, Option<usize>),
    Group(usize, Option<String>, Box<Node>),
    Back(usize),
    BackName(String),
    /// What must follow somewhere: written behind everything else.
    Ahead(Box<Node>),
    Nothing,
}

/// Characters that a class is tried with, in this order.
const LIKELY: &str = "a1 x_-./\\:,;\"'=(){}[]<>@#$%&*+?!|~^`b2\tz9A0Z\n\r\u{e9}\u{202e}\u{4e2d}";

impl Template {
    /// Reads a pattern; `None` if it holds a form that is not known.
    pub(super) fn read(pattern: &str) -> Option<Self> {
        let mut reader = Reader { rest: pattern.chars().peekable(), groups: 0, depth: 0, spaced: false };
        let root = reader.alternatives()?;
        if reader.rest.next().is_some() {
            return None;
        }
        let body = pattern.trim_start_matches("(?i)");
        let from_start = body.starts_with('^') || body.starts_with("\\A");
        let to_end = (body.ends_with('$') && !body.ends_with("\\$")) || body.ends_with("\\z");
        Some(Self { root, from_start, to_end })
    }

    /// A text that the pattern should find. Other numbers give other texts, as far as the pattern allows. Named groups
    /// take the texts given for them.
    pub(super) fn text(&self, variant: usize, groups: &BTreeMap<String, String>) -> String {
        let mut writer = Writer {
            variant,
            turn: 0,
            groups,
            seen: BTreeMap::new(),
            named: BTreeMap::new(),
            text: String::new(),
            later: String::new(),
        };
        writer.write(&self.root);
        writer.text + &writer.later
    }

    /// As [`Template::text`], of one named group alone.
    pub(super) fn group_text(&self, name: &str, variant: usize) -> Option<String> {
        let node = find_group(&self.root, name)?;
        let groups = BTreeMap::new();
        let mut writer = Writer {
            variant,
            turn: 0,
            groups: &groups,
            seen: BTreeMap::new(),
            named: BTreeMap::new(),
            text: String::new(),
            later: String::new(),
        };
        writer.write(node);
        Some(writer.text)
    }
}

fn find_group<'n>(node: &'n Node, wanted: &str) -> Option<&'n Node> {
    match node {
        Node::Group(_, Some(name), inner) if name == wanted => Some(inner),
        Node::Group(_, _, inner) | Node::Repeat(inner, ..) | Node::Ahead(inner) => find_group(inner, wanted),
        Node::All(nodes) | Node::One(nodes) => nodes.iter().find_map(|node| find_group(node, wanted)),
        Node::Char(_) | Node::Set(..) | Node::Back(_) | Node::BackName(_) | Node::Nothing => None,
    }
}

struct Writer<'g> {
    variant: usize,
    turn: usize,
    groups: &'g BTreeMap<String, String>,
    seen: BTreeMap<usize, String>,
    named: BTreeMap<String, String>,
    text: String,
    later: String,
}

impl Writer<'_> {
    /// One of `count` choices: the first for variant 0, others for other variants.
    fn pick(&mut self, count: usize) -> usize {
        self.turn += 1;
        if count < 2 { 0 } else { (self.variant + self.variant / 7 * (self.turn - 1)) % count }
    }

    fn write(&mut self, node: &Node) {
        if self.text.len() > MAX_TEXT {
            return;
        }
        match node {
            Node::Char(c) => self.text.push(*c),
            Node::Set(ranges, negated) => {
                let c = self.one_of(ranges, *negated);
                self.text.extend(c);
            }
            Node::All(nodes) => nodes.iter().for_each(|node| self.write(node)),
            Node::One(nodes) => {
                // A branch with a group that is asked for goes first.
                let asked =
                    nodes.iter().position(|node| self.groups.keys().any(|name| find_group(node, name).is_some()));
                let at = asked.unwrap_or_else(|| self.pick(nodes.len()));
                if let Some(node) = nodes.get(at) {
                    self.write(node);
                }
            }
            Node::Repeat(inner, min, max) => {
                let asked = self.groups.keys().any(|name| find_group(inner, name).is_some());
                // A variant lengthens what may be empty, so that texts differ.
                let wish = if asked { 1 } else { (*min).max(usize::from(self.variant > 0)) };
                let times = wish.max(*min).min(max.unwrap_or(usize::MAX));
                for _ in 0..times {
                    self.write(inner);
                }
            }
            Node::Group(number, name, inner) => {
                let start = self.text.len();
                match name.as_ref().and_then(|name| self.groups.get(name)) {
                    Some(text) => self.text.push_str(text),
                    None => self.write(inner),
                }
                let text = self.text.get(start..).unwrap_or_default().to_owned();
                if let Some(name) = name {
                    self.named.insert(name.clone(), text.clone());
                }
                self.seen.insert(*number, text);
            }
            Node::Back(number) => {
                let text = self.seen.get(number).cloned().unwrap_or_default();
                self.text.push_str(&text);
            }
            Node::BackName(name) => {
                let text = self.named.get(name).cloned().unwrap_or_default();
                self.text.push_str(&text);
            }
            Node::Ahead(inner) => {
                let text = std::mem::take(&mut self.text);
                self.write(inner);
                self.later.push_str(&std::mem::replace(&mut self.text, text));
            }
            Node::Nothing => {}
        }
    }

    fn one_of(&mut self, ranges: &[(char, char)], negated: bool) -> Option<char> {
        let inside = |c: char| ranges.iter().any(|&(low, high)| low <= c && c <= high) != negated;
        let mut choices: Vec<char> = LIKELY.chars().filter(|&c| inside(c)).collect();
        if !negated {
            choices.extend(ranges.iter().map(|&(low, _)| low));
        }
        let at = self.pick(choices.len().min(8));
        choices.get(at).copied()
    }
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    groups: usize,
    depth: usize,
    /// `(?x)`: white space and comments do not count.
    spaced: bool,
}

impl Reader<'_> {
    fn alternatives(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut branches = vec![self.sequence()?];
        while self.rest.next_if_eq(&'|').is_some() {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(if branches.len() == 1 { branches.remove(0) } else { Node::One(branches) })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(&c) = self.rest.peek() {
            if c == '|' || c == ')' {
                break;
            }
            self.rest.next();
            if self.spaced && c.is_whitespace() {
                continue;
            }
            let node = self.piece(c)?;
            nodes.push(self.repeated(node));
        }
        Some(Node::All(nodes))
    }

    fn piece(&mut self, c: char) -> Option<Node> {
        Some(match c {
            '(' => self.group()?,
            '[' => self.class()?,
            '.' => Node::Set(vec![('\n', '\n')], true),
            '^' | '$' => Node::Nothing,
            '\\' => self.escape()?,
            c => Node::Char(c),
        })
    }

    fn repeated(&mut self, node: Node) -> Node {
        let (min, max) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.bounds() {
                Some(bounds) => return self.repeat(node, bounds),
                None => return node,
            },
            _ => return node,
        };
        self.rest.next();
        self.repeat(node, (min, max))
    }

    fn repeat(&mut self, node: Node, (min, max): (usize, Option<usize>)) -> Node {
        // Lazy or possessive: the same texts.
        let _ = self.rest.next_if(|&c| c == '?' || c == '+');
        Node::Repeat(Box::new(node), min.min(5_000), max)
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else is text, and then nothing is consumed.
    fn bounds(&mut self) -> Option<(usize, Option<usize>)> {
        let text: String = self.rest.clone().skip(1).take_while(|&c| c != '}').take(12).collect();
        let (min, max) = match text.split_once(',') {
            Some((min, "")) => (if min.is_empty() { 0 } else { min.parse().ok()? }, None),
            Some((min, max)) => (if min.is_empty() { 0 } else { min.parse().ok()? }, Some(max.parse().ok()?)),
            None => {
                let count = text.parse().ok()?;
                (count, Some(count))
            }
        };
        for _ in 0..text.chars().count() + 2 {
            self.rest.next();
        }
        Some((min, max))
    }

    fn group(&mut self) -> Option<Node> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups += 1;
            let number = self.groups;
            return self.rest_of_group().map(|inner| Node::Group(number, None, Box::new(inner)));
        }
        match self.rest.next()? {
            ':' | '>' | '|' => self.rest_of_group(),
            '=' => self.rest_of_group().map(|inner| Node::Ahead(Box::new(inner))),
            '!' => self.rest_of_group().map(|_| Node::Nothing),
            '#' => {
                for c in self.rest.by_ref() {
                    if c == ')' {
                        break;
                    }
                }
                Some(Node::Nothing)
            }
            'P' => match self.rest.next()? {
                '<' => self.named('>'),
                '=' => {
                    let name: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != ')')).collect();
                    self.rest.next();
                    Some(Node::BackName(name))
                }
                _ => None,
            },
            '<' => match self.rest.peek() {
                Some('=' | '!') => self.rest_of_group().map(|_| Node::Nothing),
                _ => self.named('>'),
            },
            '\'' => self.named('\''),
            first => self.flags(first),
        }
    }

    fn named(&mut self, end: char) -> Option<Node> {
        let name: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != end)).collect();
        self.rest.next()?;
        self.groups += 1;
        let number = self.groups;
        let inner = self.rest_of_group()?;
        Some(Node::Group(number, Some(name), Box::new(inner)))
    }

    /// `(?i)` or `(?i:...)`; the first flag was read.
    fn flags(&mut self, first: char) -> Option<Node> {
        let mut off = first == '-';
        let mut flag = first;
        loop {
            match flag {
                '-' => off = true,
                'x' => self.spaced = !off,
                ')' => return Some(Node::Nothing),
                ':' => return self.rest_of_group(),
                c if c.is_ascii_alphabetic() => {}
                _ => return None,
            }
            flag = self.rest.next()?;
        }
    }

    fn rest_of_group(&mut self) -> Option<Node> {
        let inner = self.alternatives()?;
        self.rest.next_if_eq(&')').map(|_| inner)
    }

    fn escape(&mut self) -> Option<Node> {
        let c = self.rest.next()?;
        if let Some((ranges, negated)) = shorthand(c) {
            return Some(Node::Set(ranges, negated));
        }
        Some(match c {
            'b' | 'B' | 'A' | 'z' | 'Z' | 'G' | 'K' => Node::Nothing,
            'Q' => self.quoted(),
            'R' => Node::Char('\n'),
            'X' | 'C' => Node::Char('a'),
            'k' => {
                let end = match self.rest.next()? {
                    '<' => '>',
                    '{' => '}',
                    '\'' => '\'',
                    _ => return None,
                };
                let name: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != end)).collect();
                self.rest.next()?;
                Node::BackName(name)
            }
            'p' | 'P' => {
                if self.rest.next_if_eq(&'{').is_some() {
                    for c in self.rest.by_ref() {
                        if c == '}' {
                            break;
                        }
                    }
                } else {
                    self.rest.next();
                }
                Node::Char('A')
            }
            '1'..='9' => Node::Back(c.to_digit(10)? as usize),
            c => Node::Char(self.escaped_char(c)?),
        })
    }

    fn quoted(&mut self) -> Node {
        let mut nodes = Vec::new();
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                break;
            }
            nodes.push(Node::Char(c));
        }
        Node::All(nodes)
    }

    fn escaped_char(&mut self, c: char) -> Option<char> {
        Some(match c {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\u{c}',
            'e' => '\u{1b}',
            'a' => '\u{7}',
            '0' => '\0',
            'x' => {
                let digits: String = if self.rest.next_if_eq(&'{').is_some() {
                    let digits = std::iter::from_fn(|| self.rest.next_if(|&c| c != '}')).collect();
                    self.rest.next();
                    digits
                } else {
                    (0..2).map_while(|_| self.rest.next_if(char::is_ascii_hexdigit)).collect()
                };
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            c => c,
        })
    }

    fn class(&mut self) -> Option<Node> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        let mut first = true;
        loop {
            let c = self.rest.next()?;
            if c == ']' && !first {
                break;
            }
            first = false;
            if c == '[' && self.rest.peek() == Some(&':') {
                let name: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != ']')).collect();
                self.rest.next();
                ranges.extend(posix(name.trim_matches(':')));
                continue;
            }
            let low = if c == '\\' {
                let c = self.rest.next()?;
                match shorthand(c) {
                    Some((inside, false)) => {
                        ranges.extend(inside);
                        continue;
                    }
                    Some((outside, true)) => {
                        ranges.extend(complement(&outside));
                        continue;
                    }
                    None if c == 'b' => '\u{8}',
                    None => self.escaped_char(c)?,
                }
            } else {
                c
            };
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.next().is_some_and(|c| c != ']') {
                self.rest.next();
                let high = match self.rest.next()? {
                    '\\' => {
                        let c = self.rest.next()?;
                        self.escaped_char(c)?
                    }
                    c => c,
                };
                ranges.push((low, high));
            } else {
                ranges.push((low, low));
            }
        }
        Some(Node::Set(ranges, negated))
    }
}

/// `\d` and its kin: ranges, and whether they are excluded.
fn shorthand(c: char) -> Option<(Vec<(char, char)>, bool)> {
    let ranges = match c.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        's' => vec![(' ', ' '), ('\t', '\r')],
        'h' => vec![(' ', ' '), ('\t', '\t')],
        'v' => vec![('\n', '\r')],
        'n' if c == 'N' => return Some((vec![('\n', '\n')], true)),
        _ => return None,
    };
    Some((ranges, c.is_ascii_uppercase()))
}

fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let inside = |c: char| ranges.iter().any(|&(low, high)| low <= c && c <= high);
    LIKELY.chars().filter(|&c| !inside(c)).map(|c| (c, c)).collect()
}

fn posix(name: &str) -> Vec<(char, char)> {
    match name {
        "alpha" => vec![('a', 'z'), ('A', 'Z')],
        "digit" => vec![('0', '9')],
        "alnum" | "word" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        "space" | "blank" => vec![(' ', ' '), ('\t', '\t')],
        "upper" => vec![('A', 'Z')],
        "lower" => vec![('a', 'z')],
        "xdigit" => vec![('0', '9'), ('a', 'f'), ('A', 'F')],
        "punct" => vec![('!', '/'), (':', '@')],
        "cntrl" => vec![('\u{1}', '\u{1f}')],
        _ => vec![(' ', '~')],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::value::regex::Regex;

    #[test]
    fn texts_match_their_pattern() {
        let patterns = [
            r"^abc$",
            r"(?i)\bfoo(bar|baz)+\d{3}",
            r"[^\w\s]{2}",
            r"[a-f0-9]{32,}",
            r"^(?<user>[^\\]+)\\(?<name>\w+)$",
            r"(?=.*x)(a|b)c?",
            r"(\w)\1\1",
            r"\x{202e}|\x41",
            r"[\\/]temp[\\/]",
            r"\d{1,3}\.\d{1,3}",
            r"a{,3}b{2,}c{x}",
            r"(?P<n>q+)-(?P=n)",
            r"[]x]y[^]]",
            r"\Qa.b\E\.c",
            r"[[:digit:]]+[-a]",
            r"(?:a(?#note)|(?-i:b))$",
            r"\p{L}x",
            r"(?x) a b  c",
        ];
        for pattern in patterns {
            let regex = Regex::new(pattern).unwrap();
            let template = Template::read(pattern).unwrap();
            for variant in 0..4 {
                let text = template.text(variant, &BTreeMap::new());
                assert!(regex.is_match(&text), "{pattern} and {text:?} (variant {variant})");
            }
        }
    }

    #[test]
    fn groups_take_given_texts() {
        let template = Template::read(r"user=(?<user>\w*) (from (?<ip>\S+))?").unwrap();
        let groups = BTreeMap::from([("user".to_owned(), "ann".to_owned()), ("ip".to_owned(), "192.0.2.1".to_owned())]);
        assert_eq!(template.text(0, &groups), "user=ann from 192.0.2.1");
        assert_eq!(template.group_text("ip", 0).as_deref(), Some("a"));
        assert!(Template::read("(a").is_none());
        assert!(Template::read(&"(".repeat(5000)).is_none());
    }
}
