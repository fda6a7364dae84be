//! Changing a YAML file key by key: what is not touched stays byte for byte.
//!
//! A [`Block`] is a mapping in block style, cut into its entries; an [`Entry`] is the text of one key with its value,
//! and the comments and blank lines before it. Entries are taken out, put in, renamed and moved to another depth;
//! [`Block::render`] joins them again. Values are never decoded and written anew, so quoting, folding and comments
//! survive a move.

use crate::content::yaml::{Data, Node};
use std::fmt::Write;

/// One key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The key's name.
    pub(super) key: String,
    /// Comment lines and blank lines before the key, whole lines.
    lead: String,
    /// From the first character of the key to the end of the value's last line. Lines after the first carry their whole
    /// indentation.
    text: String,
    /// The value as it was read; none for an entry made here.
    pub(super) node: Option<Node>,
    /// Offset of the key and of the end of the text in the file; meaningful with `node`.
    start: usize,
}

impl Entry {
    /// An entry made here. `text` is as in [`Entry::text`], with a line break at its end.
    pub(super) fn new(key: &str, text: String) -> Self {
        Self { key: key.to_owned(), lead: String::new(), text, node: None, start: 0 }
    }

    /// `key: value` with a value that is written as it stands.
    pub(super) fn raw(key: &str, value: &str) -> Self {
        Self::new(key, format!("{key}: {value}\n"))
    }

    /// `key: value` with text that is quoted where YAML needs it.
    pub(super) fn text(key: &str, value: &str) -> Self {
        Self::raw(key, &scalar(value))
    }

    /// A list of texts, `[]` if there are none. `indent` is the column of the key.
    pub(super) fn list<'a>(key: &str, values: impl IntoIterator<Item = &'a str>, indent: usize) -> Self {
        let mut text = format!("{key}:");
        let mut empty = true;
        for value in values {
            empty = false;
            let _ = write!(text, "\n{:indent$}- {}", "", scalar(value));
        }
        text.push_str(if empty { " []\n" } else { "\n" });
        Self::new(key, text)
    }

    /// The text of the entry; see [`Entry::new`].
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Replaces the text of the entry.
    pub(super) fn set_text(&mut self, text: String) {
        self.text = text;
    }

    /// Gives the entry another key.
    pub(super) fn rename(&mut self, key: &str) {
        // A key is written plain or quoted, before the first colon after it.
        let end = if let Some(quote) = self.text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            self.text[1..].find(quote).map_or(0, |at| at + 2)
        } else {
            self.key.len()
        };
        self.text.replace_range(..end.min(self.text.len()), key);
        key.clone_into(&mut self.key);
    }

    /// Moves the entry from the column `from` to the column `to`: every line after the first is shifted.
    pub(super) fn shift(&mut self, from: usize, to: usize) {
        self.text = shifted(&self.text, from, to, false);
        self.lead = shifted(&self.lead, from, to, true);
    }

    /// The entries of the value, if it is a mapping in block style.
    pub(super) fn block(&self, file: &str) -> Option<Block> {
        Block::read(file, self.node.as_ref()?)
    }

    /// Puts an edited value in the place of the old one.
    pub(super) fn set_block(&mut self, file: &str, block: &Block) {
        let header = &file[self.start..line_start(file, block.first)];
        self.text = format!("{}{}", with_line_break(header), block.render());
    }

    /// The value's items, if it is a list of mappings in block style.
    pub(super) fn items(&self, file: &str) -> Option<Vec<Block>> {
        self.node.as_ref()?.items().iter().map(|item| Block::read(file, item)).collect()
    }

    /// Puts edited items in the place of the old ones.
    pub(super) fn set_items(&mut self, file: &str, items: &[Block]) {
        let Some(first) = items.first() else { return };
        let header = &file[self.start..line_start(file, first.first)];
        let mut text = with_line_break(header);
        let mut end = line_start(file, first.first);
        for item in items {
            // Comments between items.
            text.push_str(&file[end..line_start(file, item.first).max(end)]);
            text.push_str(&item.render());
            end = item.end;
        }
        self.text = text;
    }
}

/// A mapping in block style.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Column of the keys.
    pub(super) indent: usize,
    /// What stands before the first key on its line: blanks, and `- ` for an item of a list.
    open: String,
    entries: Vec<Entry>,
    /// What follows the last entry; only of the whole document.
    tail: String,
    /// Offset of the first key in the file.
    first: usize,
    /// One past the last line of the mapping.
    end: usize,
}

impl Block {
    /// The whole document. None if its keys do not each begin a line: braces, complex keys.
    pub(super) fn document(file: &str, node: &Node) -> Option<Self> {
        let mut block = Self::read(file, node)?;
        let start = line_start(file, block.first);
        file[..start].clone_into(&mut block.entries.first_mut()?.lead);
        file[block.end.min(file.len())..].clone_into(&mut block.tail);
        Some(block)
    }

    fn read(file: &str, node: &Node) -> Option<Self> {
        let Data::Mapping(pairs) = &node.data else { return None };
        let first = pairs.first()?.0.place.span.start as usize;
        let open = file.get(line_start(file, first)..first)?.trim_start_matches('\u{FEFF}');
        if !open.bytes().all(|b| matches!(b, b' ' | b'-')) {
            return None;
        }
        let indent = open.len();
        let mut entries = Vec::with_capacity(pairs.len());
        let mut end = line_start(file, first);
        for (key, value) in pairs {
            let start = key.place.span.start as usize;
            let line = line_start(file, start);
            let is_first = start == first;
            if !is_first && (line < end || file.get(line..start)?.bytes().any(|b| b != b' ') || start - line != indent)
            {
                return None;
            }
            let lead = if is_first { String::new() } else { file[end..line].to_owned() };
            // An anchor or a tag may stand before the value, an alias points elsewhere.
            let value_end = value.place.span.end as usize;
            let key_end = key.place.span.end as usize;
            if value_end < key_end && !value.is_null() {
                return None;
            }
            let content_end = value_end.max(key_end);
            end = line_end(file, content_end, start);
            let text = with_line_break(&file[start..end]);
            let name = key.as_scalar()?.text.as_str().to_owned();
            entries.push(Entry { key: name, lead, text, node: Some(value.clone()), start });
        }
        Some(Self { indent, open: open.to_owned(), entries, tail: String::new(), first, end })
    }

    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The entry of a key.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The text value of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.node.as_ref()?.as_str()
    }

    /// Keys in order.
    pub(super) fn keys(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.key.clone()).collect()
    }

    /// Takes an entry out. Comments before it stay, before the next entry.
    pub(super) fn take(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        let mut entry = self.entries.remove(at);
        let lead = std::mem::take(&mut entry.lead);
        match self.entries.get_mut(at) {
            Some(next) => next.lead.insert_str(0, &lead),
            None => self.tail.insert_str(0, &lead),
        }
        Some(entry)
    }

    /// Puts entries in the place of one, in order; they go to the end if there is no such key.
    pub(super) fn replace(&mut self, key: &str, new: Vec<Entry>) {
        let at = self.entries.iter().position(|entry| entry.key == key);
        let (at, lead) = match at {
            Some(at) => (at, self.entries.remove(at).lead),
            None => (self.entries.len(), String::new()),
        };
        let mut new = new;
        match new.first_mut() {
            Some(first) => first.lead.insert_str(0, &lead),
            None => match self.entries.get_mut(at) {
                Some(next) => next.lead.insert_str(0, &lead),
                None => self.tail.insert_str(0, &lead),
            },
        }
        self.entries.splice(at..at, new);
    }

    /// Puts an entry where the customary order of keys wants it: before the first key that comes later in `order`.
    pub(super) fn insert(&mut self, entry: Entry, order: &[&str]) {
        let rank = |key: &str| order.iter().position(|known| *known == key);
        let at = rank(&entry.key)
            .and_then(|own| self.entries.iter().position(|other| rank(&other.key).is_some_and(|other| other > own)));
        // The lines before the first key of the document (`---`, a licence) stay first.
        if at == Some(0) {
            let lead = self.entries.first_mut().map(|first| std::mem::take(&mut first.lead)).unwrap_or_default();
            self.entries.insert(0, Entry { lead, ..entry });
        } else {
            self.entries.insert(at.unwrap_or(self.entries.len()), entry);
        }
    }

    /// The entries themselves, with the comments before them.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Whether no entry is left.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of the mapping, from the beginning of its first line.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        for (at, entry) in self.entries.iter().enumerate() {
            out.push_str(&entry.lead);
            if at == 0 {
                out.push_str(&self.open);
            } else {
                out.extend(std::iter::repeat_n(' ', self.indent));
            }
            out.push_str(&entry.text);
        }
        out.push_str(&self.tail);
        out
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].rfind('\n').map_or(0, |found| found + 1)
}

/// One past the line that holds the byte before `at`: a value may end with its line break, as block scalars do.
fn line_end(text: &str, at: usize, start: usize) -> usize {
    let at = at.min(text.len());
    if at > start && text.as_bytes()[at - 1] == b'\n' {
        return at;
    }
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

fn with_line_break(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// Text whose lines stand `to - from` columns further right; the first line only if `all`.
fn shifted(text: &str, from: usize, to: usize, all: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if (at == 0 && !all) || line.trim().is_empty() {
            out.push_str(line);
        } else if to >= from {
            out.extend(std::iter::repeat_n(' ', to - from));
            out.push_str(line);
        } else {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            out.push_str(&line[blanks.min(from - to)..]);
        }
    }
    out
}

/// A text as a YAML scalar in one line: plain where that reads back as the same text, else quoted.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().any(|c| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')) {
        // JSON's escapes are YAML's.
        serde_json::Value::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Whether a text can stand without quotes: letters, digits and a few marks, and nothing that YAML 1.1 reads as another
/// value.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '/' | '(' | ')' | '$' | '@'))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_lowercase().as_str())
}
