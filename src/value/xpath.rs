//! Paths of XPath's abbreviated form into XML texts.

use quick_xml::events::{BytesStart, Event};

/// A path: `/a/b`, `//b`, `*`, `@name`, `text()`, `.`, and the tests `[2]`, `[last()]`, `[@k]`, `[@k='v']`, `[b='v']`.
#[derive(Clone, Debug, PartialEq)]
pub struct XPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq)]
struct Step {
    /// Any depth below, instead of children.
    deep: bool,
    what: What,
    tests: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// Elements of this name; none is any name.
    Element(Option<String>),
    Attribute(String),
    Text,
    Here,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Position(usize),
    Last,
    Attribute(String, Option<String>),
    Child(String, Option<String>),
}

/// The most elements of a text that are looked at, and how deep they may nest.
const MAX_NODES: usize = 200_000;
const MAX_DEPTH: usize = 200;

impl XPath {
    /// Reads a path; `None` for what is no path of the abbreviated form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        let mut first = true;
        while !rest.is_empty() {
            let deep = rest.starts_with("//");
            match rest.strip_prefix("//").or_else(|| rest.strip_prefix('/')) {
                Some(after) => rest = after,
                // A path without a slash in front begins anywhere in the text.
                None if first => {}
                None => return None,
            }
            let (step, after) = step(rest, deep || (first && !text.trim().starts_with('/')))?;
            steps.push(step);
            rest = after;
            first = false;
        }
        let ends = |step: &Step| matches!(step.what, What::Attribute(_) | What::Text);
        let inner = steps.len().checked_sub(1)?;
        (!steps[..inner].iter().any(ends)).then_some(Self(steps))
    }

    /// The texts of what the path leads to, in document order. Nothing for a text that is no XML or is too large.
    pub fn find(&self, text: &str) -> Vec<String> {
        let Some(tree) = Tree::read(text) else { return Vec::new() };
        let mut nodes = vec![0];
        for step in &self.0 {
            match &step.what {
                What::Here => {}
                What::Element(name) => {
                    let mut next: Vec<usize> = Vec::new();
                    for node in nodes {
                        let found = tree.below(node, step.deep, name.as_deref());
                        next.extend(tree.tested(found, &step.tests));
                    }
                    next.sort_unstable();
                    next.dedup();
                    nodes = next;
                }
                What::Attribute(_) | What::Text => return tree.ends(&nodes, step),
            }
        }
        nodes.into_iter().map(|node| tree.text(node)).collect()
    }
}

fn step(text: &str, deep: bool) -> Option<(Step, &str)> {
    let end = text.find(['/', '[']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let what = match name.trim() {
        "." => What::Here,
        "*" => What::Element(None),
        "text()" => What::Text,
        name => match name.strip_prefix('@') {
            Some(name) => What::Attribute(plain(name)?),
            None => What::Element(Some(plain(name)?)),
        },
    };
    let mut tests = Vec::new();
    while let Some(inner) = rest.strip_prefix('[') {
        let close = inner.find(']')?;
        tests.push(test(inner[..close].trim())?);
        rest = &inner[close + 1..];
    }
    Some((Step { deep, what, tests }, rest))
}

fn test(text: &str) -> Option<Test> {
    if text == "last()" {
        return Some(Test::Last);
    }
    if let Ok(position) = text.parse::<usize>() {
        return (position > 0).then_some(Test::Position(position));
    }
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => {
            let quote = value.trim().chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            (name.trim(), Some(value.trim().strip_prefix(quote)?.strip_suffix(quote)?.to_owned()))
        }
        None => (text, None),
    };
    Some(match name.strip_prefix('@') {
        Some(name) => Test::Attribute(plain(name)?, value),
        None => Test::Child(plain(name)?, value),
    })
}

/// A name without anything that XPath gives a meaning.
fn plain(name: &str) -> Option<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// An XML text; node 0 stands above the outermost element.
struct Tree {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    /// Elements and pieces of text, in order.
    children: Vec<Child>,
}

enum Child {
    Element(usize),
    Text(String),
}

impl Tree {
    fn read(text: &str) -> Option<Self> {
        let mut tree = Self { nodes: vec![Node::default()] };
        let mut open = vec![0];
        let mut reader = quick_xml::Reader::from_str(text);
        loop {
            let inside = *open.last()?;
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    if open.len() > MAX_DEPTH {
                        return None;
                    }
                    open.push(tree.add(inside, &start)?);
                }
                Event::Empty(start) => {
                    tree.add(inside, &start)?;
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Text(piece) => tree.nodes[inside].children.push(Child::Text(piece.to_string())),
                Event::CData(piece) => tree.nodes[inside].children.push(Child::Text(piece.to_string())),
                Event::GeneralRef(reference) => {
                    let raw = format!("&{};", &*reference);
                    let plain = quick_xml::escape::unescape(&raw).map(std::borrow::Cow::into_owned);
                    tree.nodes[inside].children.push(Child::Text(plain.unwrap_or(raw)));
                }
                Event::Eof => return Some(tree),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn add(&mut self, inside: usize, start: &BytesStart<'_>) -> Option<usize> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
        for attribute in start.attributes().flatten() {
            let raw = attribute.value.to_string();
            let value = quick_xml::escape::unescape(&raw).map_or(raw.clone(), std::borrow::Cow::into_owned);
            node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        let at = self.nodes.len();
        self.nodes.push(node);
        self.nodes[inside].children.push(Child::Element(at));
        Some(at)
    }

    fn elements(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.nodes[node].children.iter().filter_map(|child| match child {
            Child::Element(at) => Some(*at),
            Child::Text(_) => None,
        })
    }

    /// The elements of a name below a node, grouped by parent.
    fn below(&self, node: usize, deep: bool, name: Option<&str>) -> Vec<Vec<usize>> {
        let wanted = |at: &usize| name.is_none_or(|name| local(name) == self.nodes[*at].name);
        let mut groups = vec![self.elements(node).filter(wanted).collect()];
        if deep {
            let mut waiting: Vec<usize> = self.elements(node).collect();
            while let Some(next) = waiting.pop() {
                groups.push(self.elements(next).filter(wanted).collect());
                waiting.extend(self.elements(next));
            }
        }
        groups
    }

    fn tested(&self, groups: Vec<Vec<usize>>, tests: &[Test]) -> Vec<usize> {
        let mut all = Vec::new();
        for mut group in groups {
            for test in tests {
                let last = group.len();
                let mut position = 0;
                group.retain(|&node| {
                    position += 1;
                    self.passes(node, test, position, last)
                });
            }
            all.extend(group);
        }
        all
    }

    fn passes(&self, node: usize, test: &Test, position: usize, last: usize) -> bool {
        match test {
            Test::Position(wanted) => position == *wanted,
            Test::Last => position == last,
            Test::Attribute(name, value) => self.attribute(node, name).is_some_and(|found| fits(value.as_ref(), found)),
            Test::Child(name, value) => self
                .elements(node)
                .any(|child| self.nodes[child].name == local(name) && fits(value.as_ref(), &self.text(child))),
        }
    }

    fn attribute(&self, node: usize, name: &str) -> Option<&str> {
        let found = self.nodes[node].attributes.iter().find(|(known, _)| known == local(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All text inside an element.
    fn text(&self, node: usize) -> String {
        let mut text = String::new();
        let mut waiting: Vec<&Child> = self.nodes[node].children.iter().rev().collect();
        while let Some(child) = waiting.pop() {
            match child {
                Child::Text(piece) => text.push_str(piece),
                Child::Element(at) => waiting.extend(self.nodes[*at].children.iter().rev()),
            }
        }
        text.trim().to_owned()
    }

    /// Attributes or texts of nodes, and of all below them where the step says so.
    fn ends(&self, nodes: &[usize], step: &Step) -> Vec<String> {
        let mut all: Vec<usize> = nodes.to_vec();
        if step.deep {
            for &node in nodes {
                all.extend(self.below(node, true, None).into_iter().flatten());
            }
            all.sort_unstable();
            all.dedup();
        }
        let mut found = Vec::new();
        for node in all {
            match &step.what {
                What::Attribute(name) => found.extend(self.attribute(node, name).map(str::to_owned)),
                _ => found.extend(self.nodes[node].children.iter().filter_map(|child| match child {
                    Child::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
                    _ => None,
                })),
            }
        }
        found
    }
}

fn fits(wanted: Option<&String>, found: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

/// A name without the prefix of its namespace.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::XPath;

    #[test]
    fn finds_texts_and_attributes() {
        let text = "<r><a n='1'>x<i>y</i></a><a n=\"2\">p&amp;q</a><b><a n='3'/><k>v</k></b></r>";
        let rows = [
            ("/r/a", "xy|p&q"),
            ("//a/@n", "1|2|3"),
            ("/r/a[2]/@n", "2"),
            ("/r/a[last()]", "p&q"),
            ("//a[@n='1']/text()", "x"),
            ("/r/b[k='v']/a/@n", "3"),
            ("/r/*/@n", "1|2"),
            ("//k", "v"),
            ("k", "v"),
            ("/a", ""),
        ];
        for (path, wanted) in rows {
            assert_eq!(XPath::parse(path).unwrap().find(text).join("|"), wanted, "{path}");
        }
        for bad in ["", "/r/a[", "//a[0]", "/r/@n/x", "count(//a)", "/a/b | /c"] {
            assert_eq!(XPath::parse(bad), None, "{bad}");
        }
        assert!(XPath::parse("//a").unwrap().find(&"<a>".repeat(1000)).is_empty());
    }
}
