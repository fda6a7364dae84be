//! From the parser's events to one tree, with bounds on its depth and size.
//!
//! Composition keeps its own stack, so nesting cannot exhaust the thread's; depth is bounded all the same, because
//! whoever walks the tree later may recurse.

use super::decode::Raw;
use super::repair::Repaired;
use super::{Data, Node, Scalar, ScalarValue, Style, problems, resolve};
use crate::diag::Diagnostic;
use crate::source::{Deriving, FileId, Place, Span};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Nested lists and mappings, aliases resolved.
pub(super) const MAX_DEPTH: usize = 100;
/// Nodes of one document, aliases resolved.
pub(super) const MAX_NODES: usize = 500_000;
/// Bytes of text that aliases may repeat in one document.
pub(super) const MAX_ALIAS_BYTES: usize = 32 << 20;

/// Reads the first document. `None` if there is none, or none that can be trusted; then an error says why.
pub(super) fn document(file: FileId, text: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut repaired = Repaired::new(text);
    loop {
        let mut composer = Composer {
            file,
            text,
            diagnostics: Vec::new(),
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            nodes: 0,
            alias_bytes: 0,
            last_end: 0,
            room: Deriving::default(),
        };
        let result = composer.run(&repaired);
        let from = composer.last_end;
        if let Err(Stop::Indentation(at)) = result
            && repaired.indent_quoted(from, at)
        {
            continue;
        }
        diagnostics.append(&mut composer.diagnostics);
        return result.ok().and(composer.root);
    }
}

/// Why a document was not read to its end; a finding says so.
enum Stop {
    /// A line of a quoted value that is not indented; its offset.
    Indentation(usize),
    Other,
}

struct Composer<'a> {
    file: FileId,
    text: &'a Arc<str>,
    diagnostics: Vec<Diagnostic>,
    stack: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchor>,
    nodes: usize,
    alias_bytes: usize,
    /// Where the event before ended: the header of a block scalar is searched from here.
    last_end: usize,
    /// Room for scalars that are not simply a part of the file.
    room: Deriving,
}

/// A collection whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    flow: bool,
    children: Children,
    size: Size,
}

enum Children {
    Sequence(Vec<Node>),
    /// The pairs, and a key that waits for its value.
    Mapping(Vec<(Node, Node)>, Option<Node>),
}

struct Anchor {
    node: Node,
    size: Size,
}

/// What a copy of a node costs.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

type Step = Result<(), Box<Diagnostic>>;

impl Composer<'_> {
    fn run(&mut self, repaired: &Repaired<'_>) -> Result<(), Stop> {
        let mut options = granit_parser::options! {
            block_nesting_limit: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
        };
        options.set_emit_comments(false);
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(repaired.text(), options) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => return Err(self.scan_error(&error, repaired)),
            };
            let range = span.byte_range().unwrap_or_default();
            let range = repaired.original_offset(range.start)..repaired.original_offset(range.end);
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    let place = self.place(range);
                    self.diagnostics.push(problems::several_documents(place));
                    return Ok(());
                }
            }
            if let Err(problem) = self.event(event, range, span.indent) {
                self.diagnostics.push(*problem);
                return Err(Stop::Other);
            }
        }
        if self.root.is_none() {
            let place = self.place(0..0);
            self.diagnostics.push(problems::empty(place));
        }
        Ok(())
    }

    fn place(&self, range: Range<usize>) -> Place {
        let clamp = |at: usize| self.text.floor_char_boundary(at.min(self.text.len()));
        Place { file: self.file, span: Span::new(clamp(range.start), clamp(range.end)) }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>, indent: Option<usize>) -> Step {
        let end = range.end;
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(&value, style, anchor, tag.as_deref(), range, indent)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Children::Sequence(Vec::new()), style, anchor, tag.as_deref(), &range)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(Children::Mapping(Vec::new(), None), style, anchor, tag.as_deref(), &range)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(end)?,
            Event::Alias(id) => self.alias(id, range)?,
            _ => {}
        }
        self.last_end = end;
        Ok(())
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<usize>,
        indent: Option<usize>,
    ) -> Step {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // The parser writes `~` for a value that is not there.
        let value = if style == Style::Plain && range.is_empty() { "" } else { value };
        let header = match style {
            Style::Literal | Style::Folded => block_header(self.text, self.last_end).unwrap_or(range.start),
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => range.start,
        };
        let raw = Raw { file: self.file, text: self.text, style, span: range, header, indent };
        let place = raw.place();
        let text = raw.decode(value, &mut self.room);
        let value = self.scalar_value(text.as_str(), style, tag, place);
        let size = Size { nodes: 1, bytes: text.len(), depth: 0 };
        self.add(Node { data: Data::Scalar(Scalar { text, style, value }), place }, anchor, size)
    }

    fn scalar_value(&mut self, text: &str, style: Style, tag: Option<&Tag>, place: Place) -> ScalarValue {
        let Some(tag) = tag else {
            return if style == Style::Plain { resolve::plain(text) } else { ScalarValue::Text };
        };
        match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
            Some("str") => ScalarValue::Text,
            Some("null") => ScalarValue::Null,
            Some("int" | "float" | "bool" | "timestamp") => match (resolve::plain(text), tag.suffix()) {
                (ScalarValue::Int(value), "float") => ScalarValue::Float(value as f64),
                (value @ ScalarValue::Int(_), "int")
                | (value @ ScalarValue::Float(_), "float")
                | (value @ ScalarValue::Bool(_), "bool")
                | (value @ ScalarValue::Date, "timestamp") => value,
                _ => {
                    self.diagnostics.push(problems::tag_mismatch(&tag.original(), place));
                    ScalarValue::Text
                }
            },
            _ if tag.handle() == "!" && tag.suffix().is_empty() || tag.original() == "!" => ScalarValue::Text,
            _ => {
                self.diagnostics.push(problems::unknown_tag(&tag.original(), place));
                ScalarValue::Text
            }
        }
    }

    fn open(
        &mut self,
        children: Children,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: &Range<usize>,
    ) -> Step {
        let place = self.place(range.clone());
        if self.stack.len() >= MAX_DEPTH {
            return Err(Box::new(problems::too_deep(place)));
        }
        if let Some(tag) = tag {
            let wanted = if matches!(children, Children::Sequence(_)) { "seq" } else { "map" };
            if tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() != Some(wanted) {
                self.diagnostics.push(problems::unknown_tag(&tag.original(), place));
            }
        }
        let flow = style == StructureStyle::Flow;
        self.stack.push(Open {
            start: range.start,
            anchor,
            flow,
            children,
            size: Size { nodes: 1, bytes: 0, depth: 1 },
        });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Step {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let (data, last) = match open.children {
            Children::Sequence(items) => {
                let last = items.last().map(|node| node.place);
                (Data::Sequence(items), last)
            }
            Children::Mapping(pairs, _) => {
                let last = pairs.last().map(|(key, value)| later(key, value));
                (Data::Mapping(self.finish_mapping(pairs)?), last)
            }
        };
        // A block collection ends with its last child, wherever the parser noticed that.
        let end = match last {
            Some(last) if !open.flow => (last.span.end as usize).max(open.start),
            None if !open.flow => open.start,
            _ => end,
        };
        let node = Node { data, place: self.place(open.start..end) };
        self.add(node, open.anchor, open.size)
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> Step {
        let place = self.place(range);
        let Some(anchor) = self.anchors.get(&id) else {
            return Err(Box::new(problems::alias_to_itself(place)));
        };
        let size = anchor.size;
        if self.stack.len() + size.depth > MAX_DEPTH {
            return Err(Box::new(problems::too_deep(place)));
        }
        self.charge(size, place)?;
        let node = self.anchors.get(&id).map(|anchor| anchor.node.clone());
        node.map_or(Ok(()), |node| self.add(node, 0, size))
    }

    /// Counts a copy of a node against the document's bounds.
    fn charge(&mut self, size: Size, place: Place) -> Step {
        self.nodes += size.nodes;
        self.alias_bytes += size.bytes;
        if self.nodes > MAX_NODES || self.alias_bytes > MAX_ALIAS_BYTES {
            return Err(Box::new(problems::too_many_nodes(place)));
        }
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node, anchor: usize, size: Size) -> Step {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Box::new(problems::too_many_nodes(node.place)));
        }
        if anchor != 0 {
            self.charge(size, node.place)?;
            self.anchors.insert(anchor, Anchor { node: node.clone(), size });
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size.nodes += size.nodes;
        open.size.bytes += size.bytes;
        open.size.depth = open.size.depth.max(size.depth + 1);
        match &mut open.children {
            Children::Sequence(items) => items.push(node),
            Children::Mapping(pairs, waiting) => match waiting.take() {
                Some(key) => pairs.push((key, node)),
                None => *waiting = Some(node),
            },
        }
        Ok(())
    }

    /// Drops repeated keys and merges `<<`.
    fn finish_mapping(&mut self, pairs: Vec<(Node, Node)>) -> Result<Vec<(Node, Node)>, Box<Diagnostic>> {
        let mut merged: Vec<(Node, Node)> = Vec::new();
        let mut own: Vec<(Node, Node)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            match &key.data {
                Data::Scalar(scalar) if scalar.style == Style::Plain && scalar.text.as_str() == "<<" => {
                    merge(value, &mut merged)?;
                }
                Data::Scalar(_) => own.push((key, value)),
                Data::Sequence(_) | Data::Mapping(_) => {
                    self.diagnostics.push(problems::key_is_no_scalar(key.place));
                }
            }
        }
        let own = self.without_repetitions(own);
        if merged.is_empty() {
            return Ok(own);
        }
        let mut seen: HashSet<String> = own.iter().map(|(key, _)| key_identity(key).into_owned()).collect();
        // What a key has of its own wins; among merged mappings, the first that has it.
        merged.retain(|(key, _)| seen.insert(key_identity(key).into_owned()));
        merged.extend(own);
        Ok(merged)
    }

    fn without_repetitions(&mut self, pairs: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
        if !has_repetitions(&pairs) {
            return pairs;
        }
        let mut at: HashMap<String, usize> = HashMap::with_capacity(pairs.len());
        let mut kept: Vec<(Node, Node)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            match at.entry(key_identity(&key).into_owned()) {
                std::collections::hash_map::Entry::Occupied(entry) => {
                    let first = &mut kept[*entry.get()];
                    let name = key.as_str().unwrap_or_default();
                    self.diagnostics.push(problems::duplicate_key(name, key.place, first.0.place));
                    *first = (key, value);
                }
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(kept.len());
                    kept.push((key, value));
                }
            }
        }
        kept
    }

    fn scan_error(&mut self, error: &ScanError, repaired: &Repaired<'_>) -> Stop {
        let at = repaired.original_offset(error.marker().byte_offset().unwrap_or(0)).min(self.text.len());
        let start = self.text.floor_char_boundary(at);
        let next = self.text[start..].chars().next().filter(|next| !matches!(next, '\n' | '\r'));
        let place = self.place(start..start + next.map_or(0, char::len_utf8));
        self.diagnostics.push(match error.kind() {
            ErrorKind::RecursionLimitExceeded => problems::too_deep(place),
            _ => problems::syntax(error, self.text, place),
        });
        match error.kind() {
            ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation => Stop::Indentation(start),
            _ => Stop::Other,
        }
    }
}

/// The place of the value, or of the key for a value that is an alias to something earlier.
fn later(key: &Node, value: &Node) -> Place {
    if value.place.span.end >= key.place.span.end { value.place } else { key.place }
}

fn merge(value: Node, into: &mut Vec<(Node, Node)>) -> Step {
    let place = value.place;
    match value.data {
        Data::Mapping(pairs) => into.extend(pairs),
        Data::Sequence(items) if items.iter().all(|item| matches!(item.data, Data::Mapping(_))) => {
            for item in items {
                if let Data::Mapping(pairs) = item.data {
                    into.extend(pairs);
                }
            }
        }
        Data::Sequence(_) | Data::Scalar(_) => return Err(Box::new(problems::merge_of_no_mapping(place))),
    }
    Ok(())
}

/// Whether a key occurs twice. Most mappings are short, and have none.
pub(super) fn has_repetitions(pairs: &[(Node, Node)]) -> bool {
    let keys = pairs.iter().map(|(key, _)| key_identity(key));
    if pairs.len() > 32 {
        let mut seen = HashSet::with_capacity(pairs.len());
        return !keys.into_iter().all(|key| seen.insert(key));
    }
    let keys: Vec<_> = keys.collect();
    keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key))
}

/// Two keys are the same if they have the same text and are both text, or both something else.
fn key_identity(key: &Node) -> Cow<'_, str> {
    match &key.data {
        Data::Scalar(Scalar { text, value: ScalarValue::Text, .. }) => Cow::Borrowed(text.as_str()),
        Data::Scalar(Scalar { text, value, .. }) => Cow::Owned(match value {
            ScalarValue::Text | ScalarValue::Date | ScalarValue::Float(_) => format!("\0{}", text.as_str()),
            ScalarValue::Null => "\0null".to_owned(),
            ScalarValue::Bool(value) => format!("\0{value}"),
            ScalarValue::Int(value) => format!("\0{value}"),
        }),
        Data::Sequence(_) | Data::Mapping(_) => Cow::Borrowed(""),
    }
}

/// The `|` or `>` of a block scalar: the first after `from` that is not in a tag, an anchor or a comment.
fn block_header(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at)? {
            b'|' | b'>' => return Some(at),
            b'#' => at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r'))?,
            b'!' | b'&' => at += bytes[at..].iter().position(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))?,
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'-' | b'?' => at += 1,
            _ => return None,
        }
    }
}
