//! `tags.conf`: `[field=value]` stanzas, each with tags that are enabled or disabled.

use super::conf::{Conf, flag};
use crate::value::Name;
use indexmap::IndexMap;

/// Tags by field and value.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    /// Field, value (decoded), enabled tags in ASCII order. Values keep their letter case; they compare without it.
    entries: Vec<TagEntry>,
}

/// The tags of one value of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagEntry {
    /// The field, mostly `eventtype`.
    pub field: Name,
    /// The value.
    pub value: Name,
    /// The enabled tags.
    pub tags: Vec<Name>,
}

impl Tags {
    /// Reads the stanzas. A stanza without `=` is no tag and is left out.
    pub fn new(conf: &Conf) -> Self {
        let mut entries = Vec::new();
        for (name, stanza) in &conf.stanzas {
            let Some((field, value)) = name.split_once('=') else { continue };
            let mut tags: Vec<Name> = stanza
                .settings
                .iter()
                .filter(|(_, setting)| flag(setting.text()) == Some(true))
                .map(|(tag, _)| decode(tag).into())
                .collect();
            tags.sort();
            if !tags.is_empty() {
                entries.push(TagEntry { field: field.trim().into(), value: decode(value.trim()).into(), tags });
            }
        }
        Self { entries }
    }

    /// All entries, in the order of their stanzas.
    pub fn entries(&self) -> &[TagEntry] {
        &self.entries
    }

    /// The tags of each value of one field.
    pub fn of_field(&self, field: &str) -> IndexMap<&str, &[Name]> {
        let of_field = self.entries.iter().filter(|entry| &*entry.field == field);
        of_field.map(|entry| (&*entry.value, &entry.tags[..])).collect()
    }
}

/// URL encoding: `%3A` is `:`. A `%` that no two hexadecimal digits follow stays.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |offset: usize| bytes.get(at + offset).and_then(|&digit| char::from(digit).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(1), digit(2)) {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::conf;
    use super::*;
    use crate::source::Sources;

    #[test]
    fn stanzas_become_entries() {
        let text = "[eventtype=a%3Ab]\nweb = enabled\nalert = disabled\nproxy = enabled\n[x]\ny = enabled\n\
                    [action=success]\nsuccess = enabled\n[n=%4]\nodd = 1\n";
        let file = Sources::new().add("tags.conf", text);
        let tags = Tags::new(&conf::read(file, text).0);
        let found: Vec<String> =
            tags.entries().iter().map(|e| format!("{}={} {}", e.field, e.value, e.tags.join("+"))).collect();
        assert_eq!(found, ["eventtype=a:b proxy+web", "action=success success", "n=%4 odd"]);
        assert_eq!(tags.of_field("eventtype").len(), 1);
    }
}
