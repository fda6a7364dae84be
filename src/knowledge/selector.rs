//! Stanza names of `props.conf`: which events a stanza speaks of.
//!
//! `...` stands for any text, `*` for text without `/` and `\`, `|` for "or", parentheses group; everything else is
//! literal. The whole value must match. Source: `props.conf.spec`, "`[source::<source>]` and `[host::<host>]` stanza
//! match language".

use crate::value::Name;

/// What a stanza's name selects by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `[default]`: every event.
    Default,
    /// `[name]`: one sourcetype.
    Sourcetype(Name),
    /// `[(?::){0}name*]`: sourcetypes by pattern, a trick that add-ons use.
    SourcetypePattern(Pattern),
    /// `[source::pattern]`.
    Source(Pattern),
    /// `[host::pattern]`: letter case is ignored.
    Host(Pattern),
    /// `[rule::...]`, `[delayedrule::...]`: guesses a sourcetype, which is not supported.
    Rule,
}

impl Selector {
    /// Reads a stanza's name.
    pub fn read(name: &str) -> Self {
        if name == "default" {
            Self::Default
        } else if let Some(pattern) = name.strip_prefix("source::") {
            Self::Source(Pattern::new(pattern))
        } else if let Some(pattern) = name.strip_prefix("host::") {
            Self::Host(Pattern::new(&pattern.to_lowercase()))
        } else if let Some(pattern) = name.strip_prefix("(?::){0}") {
            Self::SourcetypePattern(Pattern::new(pattern))
        } else if name.starts_with("rule::") || name.starts_with("delayedrule::") {
            Self::Rule
        } else {
            Self::Sourcetype(name.into())
        }
    }

    /// The priority of a stanza that does not set one: 100 for a literal name, 0 for a pattern.
    pub fn default_priority(&self) -> i64 {
        match self {
            Self::Default | Self::Sourcetype(_) | Self::Rule => 100,
            Self::SourcetypePattern(pattern) | Self::Source(pattern) | Self::Host(pattern) => {
                if pattern.is_literal() {
                    100
                } else {
                    0
                }
            }
        }
    }

    /// Rank among stanzas that set the same key: source over host over sourcetype over default.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Rule | Self::Default => 0,
            Self::Sourcetype(_) | Self::SourcetypePattern(_) => 1,
            Self::Host(_) => 2,
            Self::Source(_) => 3,
        }
    }
}

/// A pattern of the stanza language. Matching takes time in the order of pattern length times text length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Vec<Node>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Char(char),
    /// `*`.
    Segment,
    /// `...`.
    Any,
    Group(Vec<Vec<Node>>),
}

/// Deeper parentheses are taken literally: no real pattern nests at all.
const MAX_DEPTH: usize = 16;

impl Pattern {
    /// Reads a pattern. An unpaired parenthesis is a literal.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        Self(alternatives(&chars, &mut at, 0))
    }

    /// Whether the pattern has nothing but literal characters.
    pub fn is_literal(&self) -> bool {
        self.0.len() == 1 && self.0.iter().flatten().all(|node| matches!(node, Node::Char(_)))
    }

    /// Whether the pattern covers the whole text. Case-sensitive.
    pub fn matches(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let mut starts = vec![false; chars.len() + 1];
        starts[0] = true;
        ends(&self.0, &chars, &starts).last().copied().unwrap_or(false)
    }
}

fn alternatives(chars: &[char], at: &mut usize, depth: usize) -> Vec<Vec<Node>> {
    let mut all = vec![Vec::new()];
    while let Some(&c) = chars.get(*at) {
        *at += 1;
        let node = match c {
            ')' if depth > 0 => {
                *at -= 1;
                return all;
            }
            '|' => {
                all.push(Vec::new());
                continue;
            }
            '(' if depth < MAX_DEPTH && chars[*at..].contains(&')') => {
                let group = alternatives(chars, at, depth + 1);
                *at += 1;
                Node::Group(group)
            }
            '.' if chars[*at..].starts_with(&['.', '.']) => {
                *at += 2;
                Node::Any
            }
            '*' => Node::Segment,
            c => Node::Char(c),
        };
        if let Some(branch) = all.last_mut() {
            branch.push(node);
        }
    }
    all
}

/// The positions at which a match can end, given those at which it can start.
fn ends(branches: &[Vec<Node>], text: &[char], starts: &[bool]) -> Vec<bool> {
    let mut all = vec![false; starts.len()];
    for branch in branches {
        let mut here = starts.to_vec();
        for node in branch {
            here = step(node, text, &here);
        }
        for (all, here) in all.iter_mut().zip(here) {
            *all |= here;
        }
    }
    all
}

fn step(node: &Node, text: &[char], here: &[bool]) -> Vec<bool> {
    let mut next = vec![false; here.len()];
    match node {
        Node::Char(c) => {
            for (at, &found) in text.iter().enumerate() {
                next[at + 1] = here[at] && found == *c;
            }
        }
        Node::Any | Node::Segment => {
            let mut open = false;
            for at in 0..here.len() {
                open |= here[at];
                next[at] = open;
                let stops = matches!(node, Node::Segment) && matches!(text.get(at), Some('/' | '\\'));
                open &= !stops;
            }
        }
        Node::Group(branches) => next = ends(branches, text, here),
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_table() {
        let table = [
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("", "", true),
            ("/var/log/*.log", "/var/log/x.log", true),
            ("/var/log/*.log", "/var/log/x/y.log", false),
            ("/var/....log", "/var/log/x/y.log", true),
            ("...audit.log", "/var/log/audit/audit.log", true),
            ("WinEventLog:*", "WinEventLog:Security", true),
            ("WinEventLog:*", "WinEventLog:Microsoft-Windows-X/Operational", false),
            ("WinEventLog:...", "WinEventLog:Microsoft-Windows-X/Operational", true),
            ("(Xml|)WinEventLog:Security", "XmlWinEventLog:Security", true),
            ("(Xml|)WinEventLog:Security", "WinEventLog:Security", true),
            ("(Xml|)WinEventLog:Security", "YmlWinEventLog:Security", false),
            ("a|b", "b", true),
            ("f(x", "f(x", true),
            ("a.b", "axb", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = Pattern::new(&"*".repeat(200));
        assert!(pattern.matches(&"x".repeat(5_000)));
        assert!(Pattern::new(&"(".repeat(500)).matches(&"(".repeat(500)));
    }

    #[test]
    fn kinds_of_stanzas() {
        assert_eq!(Selector::read("default"), Selector::Default);
        assert_eq!(Selector::read("my:type"), Selector::Sourcetype("my:type".into()));
        assert_eq!(Selector::read("rule::x"), Selector::Rule);
        assert_eq!(Selector::read("source::/x").default_priority(), 100);
        assert_eq!(Selector::read("source::...x").default_priority(), 0);
        assert!(matches!(Selector::read("(?::){0}Xml*"), Selector::SourcetypePattern(_)));
    }
}
