//! One file on its way to the next generation.

use super::edit::{Block, Entry};
use super::{Context, Remark, RemarkKind};
use crate::content::pack::Kind;
use crate::content::yaml::Node;
use std::path::{Path, PathBuf};

/// One file on its way to the next generation.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) cx: &'a Context,
    pub(super) kind: Kind,
    /// Path relative to the pack.
    pub(super) path: &'a Path,
    /// The text that `block` was read from.
    pub(super) text: &'a str,
    pub(super) node: &'a Node,
    pub(super) block: Block,
    /// Another name for the file, in the same folder.
    pub(super) file_name: Option<String>,
    /// Another path for the file, relative to the pack.
    pub(super) new_path: Option<PathBuf>,
    /// A table that must be called after the file: its name today, and what it must be.
    pub(super) table: Option<(String, String)>,
    pub(super) remarks: Vec<Remark>,
}

impl<'a> Draft<'a> {
    /// None if the file cannot be edited key by key.
    pub(super) fn new(cx: &'a Context, kind: Kind, path: &'a Path, text: &'a str, node: &'a Node) -> Option<Self> {
        let block = Block::document(text, node)?;
        Some(Self {
            cx,
            kind,
            path,
            text,
            node,
            block,
            file_name: None,
            new_path: None,
            table: None,
            remarks: Vec::new(),
        })
    }

    pub(super) fn remark(&mut self, kind: RemarkKind, key: &str, message: impl Into<String>) {
        self.remarks.push(Remark {
            path: self.path.to_owned(),
            key: key.to_owned(),
            line: 0,
            kind,
            message: message.into(),
        });
    }

    /// `name`, or the file's stem for an object without one.
    pub(super) fn name(&self) -> String {
        self.value("name").map_or_else(|| self.stem(), str::to_owned)
    }

    /// The file's name without its suffix.
    pub(super) fn stem(&self) -> String {
        self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// A text value of the old file, by path.
    pub(super) fn value(&self, path: &str) -> Option<&'a str> {
        self.node.path(path)?.as_str()
    }

    /// A list of texts of the old file, by path; one text counts as a list of one.
    pub(super) fn values(&self, path: &str) -> Vec<&'a str> {
        let Some(node) = self.node.path(path) else { return Vec::new() };
        match node.as_str() {
            Some(text) => vec![text],
            None => node.items().iter().filter_map(Node::as_str).collect(),
        }
    }

    /// Takes a top-level key out, and says that it is lost.
    pub(super) fn lose(&mut self, key: &str, why: &str) {
        if let Some(entry) = self.block.take(key) {
            let what = describe(entry.node.as_ref());
            self.remark(RemarkKind::Lost, key, format!("`{key}` {what}: {why}"));
        }
    }

    /// Takes a top-level key out whose value follows from others.
    pub(super) fn drop_derived(&mut self, key: &str) {
        self.block.take(key);
    }

    /// Adds a key that the old generation did not ask for.
    pub(super) fn add(&mut self, entry: Entry, order: &[&str], note: Option<String>) {
        if self.block.has(&entry.key) {
            return;
        }
        let key = entry.key.clone();
        self.block.insert(entry, order);
        if let Some(note) = note {
            self.remark(RemarkKind::Added, &key, note);
        }
    }

    /// Works on a mapping below a key; the key goes when nothing is left below it. False if there is no such mapping, or
    /// it is written in braces.
    pub(super) fn within(
        &mut self,
        key: &str,
        edit: impl FnOnce(&mut Block, &mut Vec<(RemarkKind, String, String)>),
    ) -> bool {
        let Some(mut block) = self.block.get(key).and_then(|entry| entry.block(self.text)) else { return false };
        let mut notes = Vec::new();
        edit(&mut block, &mut notes);
        if block.is_empty() {
            self.block.take(key);
        } else if let Some(entry) = self.block.get_mut(key) {
            entry.set_block(self.text, &block);
        }
        for (kind, key, note) in notes {
            self.remark(kind, &key, note);
        }
        true
    }

    /// The path of the file after the step.
    pub(super) fn path_after(&self) -> PathBuf {
        let renamed = || self.file_name.as_ref().map(|name| self.path.with_file_name(name));
        self.new_path.clone().or_else(renamed).unwrap_or_else(|| self.path.to_owned())
    }
}

/// A value in a few words, for a message about its loss.
pub(super) fn describe(node: Option<&Node>) -> String {
    let Some(node) = node else { return String::new() };
    if let Some(text) = node.as_str() {
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(60).collect();
        let dots = if short.len() < line.len() { " ..." } else { "" };
        return format!("({short}{dots})");
    }
    match (node.items().len(), node.entries().len()) {
        (0, 0) => "(empty)".to_owned(),
        (0, keys) => format!("({keys} keys)"),
        (items, _) => {
            let texts: Vec<&str> = node.items().iter().filter_map(Node::as_str).collect();
            let list = texts.join(", ");
            if texts.len() == items && list.len() <= 60 { format!("({list})") } else { format!("({items} values)") }
        }
    }
}
