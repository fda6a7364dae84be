//! `props.conf`: which settings apply to an event.

use super::conf::{Conf, Setting};
use super::selector::Selector;
use crate::value::Name;
use indexmap::IndexMap;

/// All of `props.conf`, with its stanzas in order of precedence, the strongest last.
#[derive(Clone, Debug, Default)]
pub struct Props {
    stanzas: Vec<PropsStanza>,
}

#[derive(Clone, Debug)]
struct PropsStanza {
    name: Name,
    selector: Selector,
    settings: IndexMap<Name, Setting>,
}

/// The winning setting of one key, with the stanza that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Winner<'p> {
    /// The stanza's name.
    pub stanza: &'p Name,
    /// The setting.
    pub setting: &'p Setting,
}

impl Props {
    /// Sorts the stanzas by precedence: default, sourcetype, host, source; within one kind by priority (a literal name
    /// 100, a pattern 0, or what `priority` says), and among equals the one first in ASCII order wins.
    pub fn new(conf: &Conf) -> Self {
        let mut stanzas: Vec<(i64, PropsStanza)> = conf
            .stanzas
            .iter()
            .map(|(name, stanza)| {
                let selector = Selector::read(name);
                let priority = stanza.number("priority").unwrap_or(selector.default_priority());
                (priority, PropsStanza { name: name.clone(), selector, settings: stanza.settings.clone() })
            })
            .collect();
        stanzas.sort_by(|(a_priority, a), (b_priority, b)| {
            (a.selector.rank(), a_priority, &b.name).cmp(&(b.selector.rank(), b_priority, &a.name))
        });
        Self { stanzas: stanzas.into_iter().map(|(_, stanza)| stanza).collect() }
    }

    /// The settings that apply, one winner per key. Keys of the weakest stanza come first.
    ///
    /// A sourcetype without a stanza of exactly its name takes the stanzas of that name in another letter case: tests
    /// and data sources of detection packs write the same sourcetype in several ways.
    pub fn settings(&self, source: &str, sourcetype: &str, host: &str) -> IndexMap<Name, Winner<'_>> {
        merge(self.applying(source, sourcetype, host).into_iter().map(|index| &self.stanzas[index]))
    }

    /// The indices of the stanzas that apply, the strongest last.
    pub(super) fn applying(&self, source: &str, sourcetype: &str, host: &str) -> Vec<usize> {
        let host = host.to_lowercase();
        let exact = self.stanzas.iter().any(|s| matches!(&s.selector, Selector::Sourcetype(n) if **n == *sourcetype));
        let applies = |stanza: &PropsStanza| match &stanza.selector {
            Selector::Default => true,
            Selector::Sourcetype(name) if exact => **name == *sourcetype,
            Selector::Sourcetype(name) => name.eq_ignore_ascii_case(sourcetype),
            Selector::SourcetypePattern(pattern) => pattern.matches(sourcetype),
            Selector::Source(pattern) => pattern.matches(source),
            Selector::Host(pattern) => pattern.matches(&host),
            Selector::Rule => false,
        };
        self.stanzas.iter().enumerate().filter(|(_, stanza)| applies(stanza)).map(|(index, _)| index).collect()
    }

    /// Whether some stanza selects by host.
    pub(super) fn speaks_of_hosts(&self) -> bool {
        self.stanzas.iter().any(|stanza| matches!(stanza.selector, Selector::Host(_)))
    }

    /// The settings of each stanza alone: to look for mistakes in all of them.
    pub(super) fn examples(&self) -> impl Iterator<Item = IndexMap<Name, Winner<'_>>> {
        self.stanzas.iter().map(|stanza| merge(std::iter::once(stanza)))
    }

    /// The sourcetype whose search-time rules apply: the target of `rename`, or the sourcetype itself. A rename is
    /// followed once.
    pub fn renamed(&self, source: &str, sourcetype: &str, host: &str) -> Option<String> {
        let settings = self.settings(source, sourcetype, host);
        let target = settings.get("rename")?.setting.text();
        (!target.is_empty() && target != sourcetype).then(|| target.to_owned())
    }

    /// The names of sourcetypes that have a stanza, in order of precedence.
    pub fn sourcetypes(&self) -> impl Iterator<Item = &Name> {
        self.stanzas.iter().filter_map(|stanza| match &stanza.selector {
            Selector::Sourcetype(name) => Some(name),
            _ => None,
        })
    }
}

/// One winner per key: the stanza that comes last.
fn merge<'p>(stanzas: impl Iterator<Item = &'p PropsStanza>) -> IndexMap<Name, Winner<'p>> {
    let mut settings = IndexMap::new();
    for stanza in stanzas {
        for (key, setting) in &stanza.settings {
            settings.insert(key.clone(), Winner { stanza: &stanza.name, setting });
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::super::conf;
    use super::*;
    use crate::source::Sources;

    fn props(text: &str) -> Props {
        let file = Sources::new().add("props.conf", text);
        Props::new(&conf::read(file, text).0)
    }

    fn value(props: &Props, source: &str, sourcetype: &str, key: &str) -> Option<String> {
        props.settings(source, sourcetype, "Host1").get(key).map(|winner| winner.setting.text().to_owned())
    }

    #[test]
    fn precedence_table() {
        let props = props(
            "k = default\nonly = default\n[t]\nk = sourcetype\n[source::/a...]\nk = pattern a\n[source::/a/b]\nk = literal\n\
             [source::/...]\nk = pattern\n[host::host*]\nk = host\n[source::/strong...]\nk = strong\npriority = 200\n\
             [source::/strong/x]\nk = weak\n",
        );
        let table = [
            ("none", "none", "host"),
            ("/a/b", "t", "literal"),
            // Both patterns match; `/...` is first in ASCII order.
            ("/a/c", "t", "pattern"),
            ("/strong/x", "t", "strong"),
        ];
        for (source, sourcetype, expected) in table {
            assert_eq!(value(&props, source, sourcetype, "k").as_deref(), Some(expected), "{source} {sourcetype}");
        }
        assert_eq!(value(&props, "x", "t", "only").as_deref(), Some("default"));
    }

    #[test]
    fn letter_case_of_a_sourcetype_matters_only_if_both_exist() {
        let both = props("[Name]\nk = upper\n[name]\nk = lower\n");
        assert_eq!(value(&both, "", "name", "k").as_deref(), Some("lower"));
        assert_eq!(value(&both, "", "Name", "k").as_deref(), Some("upper"));
        let one = props("[Name]\nk = upper\n");
        assert_eq!(value(&one, "", "NAME", "k").as_deref(), Some("upper"));
    }

    #[test]
    fn a_pattern_of_sourcetypes_is_weaker_than_a_literal_one() {
        let props = props("[(?::){0}Xml*]\nk = pattern\nl = pattern\n[XmlA]\nk = literal\n");
        assert_eq!(value(&props, "", "XmlA", "k").as_deref(), Some("literal"));
        assert_eq!(value(&props, "", "XmlA", "l").as_deref(), Some("pattern"));
        assert_eq!(props.renamed("", "XmlA", ""), None);
    }
}
