//! Typed access to a mapping; what does not fit is reported once, at its place.

use super::super::yaml::{Data, Node, ScalarValue};
use crate::diag::{Diagnostic, codes};
use crate::source::{Copied, Located};
use std::fmt::Display;

/// A mapping that is being read. Keys may be paths such as `tags.product`.
pub(super) struct Reader<'n, 'd> {
    pub(super) node: &'n Node,
    /// What to put before a key in messages: `tests[0].`.
    prefix: String,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'n, 'd> Reader<'n, 'd> {
    pub(super) fn new(node: &'n Node, diagnostics: &'d mut Vec<Diagnostic>) -> Self {
        Self { node, prefix: String::new(), diagnostics }
    }

    /// The value of a key, unless it is null. A path that leads through something other than a mapping leads nowhere;
    /// [`Reader::sections`] reports that.
    pub(super) fn value(&self, key: &str) -> Option<&'n Node> {
        self.node.path(key).filter(|node| !node.is_null())
    }

    /// Reports each of these keys that is there and is no mapping.
    pub(super) fn sections(&mut self, keys: &[&str]) {
        for key in keys {
            if let Some(node) = self.value(key).filter(|node| !matches!(node.data, Data::Mapping(_))) {
                self.mismatch(key, node, "a mapping");
            }
        }
    }

    /// The second key if only that has a value, else the first.
    pub(super) fn first<'k>(&self, [key, other]: [&'k str; 2]) -> &'k str {
        if self.value(key).is_none() && self.value(other).is_some() { other } else { key }
    }

    /// Text. A number or Boolean is reported and kept as written, because that is what its author meant.
    pub(super) fn text(&mut self, key: &str) -> Option<Located> {
        self.text_of(key, self.value(key)?)
    }

    /// Text, empty where it is absent: for what an object cannot be without.
    pub(super) fn text_or_empty(&mut self, key: &str) -> Located {
        self.text(key).unwrap_or_else(|| {
            let mut place = self.node.place;
            place.span.end = place.span.start;
            Located::empty(place)
        })
    }

    fn text_of(&mut self, key: impl Display + Copy, node: &'n Node) -> Option<Located> {
        let Data::Scalar(scalar) = &node.data else {
            self.mismatch(key, node, "text");
            return None;
        };
        if scalar.value != ScalarValue::Text {
            self.mismatch(key, node, "text");
        }
        Some(scalar.text.clone())
    }

    /// A date, quoted or not.
    pub(super) fn date(&mut self, key: &str) -> Option<Located> {
        let node = self.value(key)?;
        match &node.data {
            Data::Scalar(scalar) if matches!(scalar.value, ScalarValue::Date | ScalarValue::Text) => {
                Some(scalar.text.clone())
            }
            _ => {
                self.mismatch(key, node, "a date");
                node.as_text().cloned()
            }
        }
    }

    /// Text or a Boolean; the latter as `true` or `false`.
    pub(super) fn text_or_bool(&mut self, key: &str) -> Option<Located> {
        let node = self.value(key)?;
        match node.as_scalar().map(|scalar| &scalar.value) {
            Some(ScalarValue::Bool(value)) => {
                let mut located = Located::empty(node.place);
                located.push(if *value { "true" } else { "false" }, node.place, Copied::Decoded);
                Some(located)
            }
            _ => self.text_of(key, node),
        }
    }

    /// A whole number; `3.0` and `'3'` count, as they do for the official tool.
    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        let node = self.value(key)?;
        let value = node.as_scalar().and_then(|scalar| match &scalar.value {
            ScalarValue::Int(value) => Some(*value),
            ScalarValue::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Some(*value as i64),
            ScalarValue::Text => scalar.text.as_str().trim().parse().ok(),
            _ => None,
        });
        if value.is_none() {
            self.mismatch(key, node, "a whole number");
        }
        value
    }

    /// A Boolean; its words in quotes count, as they do for the official tool.
    pub(super) fn bool(&mut self, key: &str) -> Option<bool> {
        let node = self.value(key)?;
        let value = node.as_scalar().and_then(|scalar| match &scalar.value {
            ScalarValue::Bool(value) => Some(*value),
            ScalarValue::Int(0) => Some(false),
            ScalarValue::Int(1) => Some(true),
            ScalarValue::Text => match scalar.text.as_str().to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        });
        if value.is_none() {
            self.mismatch(key, node, "`true` or `false`");
        }
        value
    }

    /// A list of texts. Empty if absent; an item that is no text is reported and, unless it has a text, left out.
    pub(super) fn texts(&mut self, key: &str) -> Vec<Located> {
        let items = self.items(key);
        let named = items.iter().enumerate().filter_map(|(at, item)| {
            if item.is_null() {
                self.mismatch(format_args!("{key}[{at}]"), item, "text");
                return None;
            }
            self.text_of(format_args!("{key}[{at}]"), item)
        });
        named.collect()
    }

    /// Reads each mapping of a list; an item that is no mapping is reported and left out.
    pub(super) fn each<T>(&mut self, key: &str, mut read: impl FnMut(&mut Reader<'n, '_>) -> T) -> Vec<T> {
        let mut out = Vec::new();
        for (at, item) in self.items(key).iter().enumerate() {
            if matches!(item.data, Data::Mapping(_)) {
                let prefix = format!("{}{key}[{at}].", self.prefix);
                out.push(read(&mut Reader { node: item, prefix, diagnostics: self.diagnostics }));
            } else {
                self.mismatch(format_args!("{key}[{at}]"), item, "a mapping");
            }
        }
        out
    }

    /// Reads the mapping under a key; `None` if it is absent or, as [`Reader::sections`] reports, no mapping.
    pub(super) fn section<T>(&mut self, key: &str, read: impl FnOnce(&mut Reader<'n, '_>) -> T) -> Option<T> {
        let node = self.value(key).filter(|node| matches!(node.data, Data::Mapping(_)))?;
        let prefix = format!("{}{key}.", self.prefix);
        Some(read(&mut Reader { node, prefix, diagnostics: self.diagnostics }))
    }

    fn items(&mut self, key: &str) -> &'n [Node] {
        match self.value(key) {
            None => &[],
            Some(Node { data: Data::Sequence(items), .. }) => items,
            Some(other) => {
                self.mismatch(key, other, "a list");
                &[]
            }
        }
    }

    fn mismatch(&mut self, key: impl Display, node: &Node, expected: &str) {
        let found = node.kind_name();
        let message = format!("`{}{key}` is {found}, expected {expected}", self.prefix);
        let mut diagnostic = Diagnostic::new(codes::YAML_TYPE, message, node.place);
        if let Data::Scalar(scalar) = &node.data {
            let text = scalar.text.as_str();
            match (expected, &scalar.value) {
                ("text", ScalarValue::Null) => diagnostic = diagnostic.help("fill in the value, or remove it"),
                ("text", _) => diagnostic = diagnostic.help(format!("put it in quotes: `'{text}'`")),
                ("a list", _) => {
                    diagnostic = diagnostic.help("write each item on a line of its own, after `- `; `[]` for none");
                }
                _ => {}
            }
        }
        self.diagnostics.push(diagnostic);
    }

    /// Adds a finding of another kind.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
