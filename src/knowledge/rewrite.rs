//! What index time changes in events before they are stored: `SEDCMD`, `TRANSFORMS`.
//!
//! `SEDCMD` classes run first, then `TRANSFORMS` (and `RULESET`) classes, each in ASCII order of the class. A transform
//! looks into `_raw` or metadata by its `REGEX`, and where that matches, writes its `FORMAT` to its `DEST_KEY`: the text,
//! host, source, sourcetype or index of the event, an indexed field, or the queue (`nullQueue` drops the event; the last
//! transform that matches decides). Time and event breaking are settled before. Source: `props.conf.spec` and
//! `transforms.conf.spec`.

use super::conf::Setting;
use super::props::Winner;
use super::transforms::{How, IndexTransform, Transform};
use super::{Knowledge, rules};
use crate::diag::{Diagnostic, codes};
use crate::value::regex::{Captures, Regex};
use crate::value::{Name, Value};
use indexmap::IndexMap;
use std::borrow::Cow;

/// Rewrites of one stream, in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrites(Vec<Rewrite>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rewrite {
    /// `s/regex/replacement/`: of the hits counted from 1 the one of this number, or all from it on.
    Substitute {
        regex: Regex,
        replacement: String,
        from: usize,
        all: bool,
    },
    /// `y/abc/xyz/`.
    Transliterate(Vec<(char, char)>),
    Transform(Box<Compiled>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Compiled {
    source: Key,
    regex: Regex,
    dest: Key,
    format: String,
    lookahead: usize,
}

/// What a transform reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Raw,
    Host,
    Source,
    Sourcetype,
    Index,
    Queue,
    /// Indexed fields, as `name::value`.
    Meta,
}

impl Key {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "_raw" => Self::Raw,
            "MetaData:Host" => Self::Host,
            "MetaData:Source" => Self::Source,
            "MetaData:Sourcetype" => Self::Sourcetype,
            "_MetaData:Index" => Self::Index,
            "queue" => Self::Queue,
            "_meta" => Self::Meta,
            _ => return None,
        })
    }

    /// What stands before the value of such metadata.
    fn prefix(self) -> &'static str {
        match self {
            Self::Host => "host::",
            Self::Source => "source::",
            Self::Sourcetype => "sourcetype::",
            Self::Raw | Self::Index | Self::Queue | Self::Meta => "",
        }
    }
}

/// An event on its way into the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming<'t> {
    /// `_raw`.
    pub raw: Cow<'t, str>,
    /// `host`.
    pub host: Name,
    /// `source`.
    pub source: Name,
    /// `sourcetype`.
    pub sourcetype: Name,
    /// `index`.
    pub index: Name,
    /// Indexed fields.
    pub indexed: Vec<(Name, Value)>,
}

impl Rewrites {
    /// Whether events are stored as they come.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Changes an event; false if it is not to be stored at all.
    pub fn run(&self, event: &mut Incoming<'_>) -> bool {
        let mut kept = true;
        for rewrite in &self.0 {
            match rewrite {
                Rewrite::Substitute { regex, replacement, from, all } => {
                    let wanted = |hit: usize| if *all { hit >= *from } else { hit == *from };
                    let changed = regex.replace_some(&event.raw, replacement, wanted);
                    if changed != event.raw {
                        event.raw = Cow::Owned(changed);
                    }
                }
                Rewrite::Transliterate(pairs) => {
                    if event.raw.contains(|c| pairs.iter().any(|(from, _)| *from == c)) {
                        let to = |c: char| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
                        event.raw = Cow::Owned(event.raw.chars().map(to).collect());
                    }
                }
                Rewrite::Transform(transform) => transform.run(event, &mut kept),
            }
        }
        kept
    }
}

impl Compiled {
    fn run(&self, event: &mut Incoming<'_>, kept: &mut bool) {
        let subject: Cow<'_, str> = match self.source {
            Key::Raw => Cow::Borrowed(&*event.raw),
            Key::Host => format!("host::{}", event.host).into(),
            Key::Source => format!("source::{}", event.source).into(),
            Key::Sourcetype => format!("sourcetype::{}", event.sourcetype).into(),
            Key::Index => Cow::Borrowed(&*event.index),
            Key::Queue | Key::Meta => return,
        };
        let end = (0..=self.lookahead.min(subject.len())).rev().find(|at| subject.is_char_boundary(*at)).unwrap_or(0);
        let Some(hit) = self.regex.captures(&subject[..end]) else { return };
        let value = fill(&self.format, &hit);
        let name = |value: &str| Name::from(value.strip_prefix(self.dest.prefix()).unwrap_or(value));
        match self.dest {
            Key::Raw => {
                event.raw = Cow::Owned(value);
            }
            Key::Host => event.host = name(&value),
            Key::Source => event.source = name(&value),
            Key::Sourcetype => event.sourcetype = name(&value),
            Key::Index => event.index = name(&value),
            Key::Queue => *kept = value != "nullQueue",
            Key::Meta => {
                let pairs: Vec<(Name, Value)> = if self.format.is_empty() {
                    let groups = self.regex.groups().iter();
                    groups.filter_map(|(at, name)| Some((name.clone(), Value::from(hit.get(*at)?)))).collect()
                } else {
                    pairs(&self.format, &hit)
                };
                event.indexed.extend(pairs.into_iter().filter(|(name, _)| !name.is_empty()));
            }
        }
    }
}

/// `name::value name2::"value 2"`, with groups filled in.
fn pairs(format: &str, hit: &Captures<'_>) -> Vec<(Name, Value)> {
    let mut found = Vec::new();
    let mut rest = format.trim_start();
    while let Some((name, tail)) = rest.split_once("::") {
        let (value, after) = match tail.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => tail.split_once(char::is_whitespace).unwrap_or((tail, "")),
        };
        found.push((fill(name, hit).into(), Value::text(fill(value, hit))));
        rest = after.trim_start();
    }
    found
}

/// The text with `$1` and its kin replaced by groups; a group that took no part is empty.
fn fill(format: &str, hit: &Captures<'_>) -> String {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((head, tail)) = rest.split_once('$') {
        out.push_str(head);
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match tail[..digits].parse() {
            Ok(group) => out.push_str(hit.get(group).unwrap_or_default()),
            Err(_) => out.push_str(&rest[head.len()..=head.len() + digits]),
        }
        rest = &tail[digits..];
    }
    out.push_str(rest);
    out
}

/// Compiles the settings of a stream. What does not work is left out and reported.
pub(super) fn compile(knowledge: &Knowledge, settings: &IndexMap<Name, Winner<'_>>) -> (Rewrites, Vec<Diagnostic>) {
    let (mut rewrites, mut problems) = (Vec::new(), Vec::new());
    for (key, winner) in rules::classes(settings, "SEDCMD-") {
        match sed(winner.setting.text()) {
            Ok(commands) => rewrites.extend(commands),
            Err(why) => problems.push(problem(format!("`{key}` does not work: {why}"), winner.setting)),
        }
    }
    for (key, winner) in rules::classes(settings, "TRANSFORMS-").into_iter().chain(rules::classes(settings, "RULESET-"))
    {
        for name in winner.setting.text().split([',', ' ', '\n', '\t']).filter(|name| !name.is_empty()) {
            match transform(knowledge, key, name) {
                Ok(compiled) => rewrites.push(Rewrite::Transform(Box::new(compiled))),
                Err(why) => problems.push(problem(why, winner.setting)),
            }
        }
    }
    (Rewrites(rewrites), problems)
}

fn problem(message: String, setting: &Setting) -> Diagnostic {
    Diagnostic::new(codes::CONF_VALUE, message, setting.key)
}

fn transform(knowledge: &Knowledge, key: &str, name: &str) -> Result<Compiled, String> {
    let extraction = match knowledge.transforms().get(name) {
        Some(Transform::Extraction(extraction)) => extraction,
        Some(Transform::Unsupported(why)) => return Err(format!("the transform `{name}` is not supported: {why}")),
        Some(Transform::Lookup(_) | Transform::External(_)) => {
            return Err(format!("`{key}` names `{name}`, which is a lookup"));
        }
        None => return Err(format!("`{key}` names the transform `{name}`, which does not exist")),
    };
    let How::Regex { regex, format } = &extraction.how else {
        return Err(format!("the transform `{name}` has no `REGEX`, so that it does nothing at index time"));
    };
    let IndexTransform { dest_key, write_meta, lookahead } = &extraction.index_time;
    let source = Key::read(&extraction.source_key).ok_or_else(|| {
        format!("`SOURCE_KEY = {}` of `{name}` is not supported at index time", extraction.source_key)
    })?;
    let dest = match dest_key.as_deref() {
        Some(dest) => Key::read(dest).ok_or_else(|| format!("`DEST_KEY = {dest}` of `{name}` is not supported"))?,
        None if *write_meta => Key::Meta,
        None => return Err(format!("the transform `{name}` has neither `DEST_KEY` nor `WRITE_META`: it does nothing")),
    };
    let compiled = Regex::new(regex.text())
        .map_err(|error| format!("the regular expression of `{name}` does not compile: {}", error.message))?;
    let format = format.as_ref().map(|format| format.text().to_owned()).unwrap_or_default();
    Ok(Compiled { source, regex: compiled, dest, format, lookahead: *lookahead })
}

/// Reads `s/regex/replacement/flags` and `y/from/to/`, one or several.
fn sed(text: &str) -> Result<Vec<Rewrite>, String> {
    let mut commands = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut chars = rest.chars();
        let (Some(command @ ('s' | 'y')), Some(slash)) = (chars.next(), chars.next()) else {
            return Err("it is neither `s/regex/replacement/` nor `y/from/to/`".to_owned());
        };
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut end = rest.len();
        let mut body = rest.char_indices().skip(2);
        while let Some((at, c)) = body.next() {
            if c == '\\' {
                match body.next() {
                    Some((_, next)) if next == slash => part.push(slash),
                    Some((_, next)) => part.extend(['\\', next]),
                    None => part.push('\\'),
                }
            } else if c == slash {
                parts.push(std::mem::take(&mut part));
                if parts.len() == 2 {
                    end = at + slash.len_utf8();
                    break;
                }
            } else {
                part.push(c);
            }
        }
        let [first, second] = parts.as_slice() else { return Err(format!("a closing `{slash}` is missing")) };
        let flags = rest[end..].split(char::is_whitespace).next().unwrap_or_default();
        rest = rest[end + flags.len()..].trim_start();
        if command == 'y' {
            if first.chars().count() != second.chars().count() {
                return Err("the two lists of `y` differ in length".to_owned());
            }
            commands.push(Rewrite::Transliterate(first.chars().zip(second.chars()).collect()));
            continue;
        }
        let number = flags.trim_matches('g');
        let from =
            if number.is_empty() { 1 } else { number.parse().map_err(|_| format!("flag `{flags}` is unknown"))? };
        let regex =
            Regex::new(first).map_err(|error| format!("the regular expression does not compile: {}", error.message))?;
        commands.push(Rewrite::Substitute { regex, replacement: second.clone(), from, all: flags.contains('g') });
    }
    Ok(commands)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn event(raw: &str) -> Incoming<'_> {
        let name = |text: &str| Name::from(text);
        let (host, source, sourcetype, index) = (name("h"), name("/var/log/x"), name("t"), name("main"));
        Incoming { raw: raw.into(), host, source, sourcetype, index, indexed: Vec::new() }
    }

    #[test]
    fn sed_table() {
        let table = [
            (r"s/\d{4}-(\d{4})/xxxx-\1/g", "1111-2222 3333-4444", "xxxx-2222 xxxx-4444"),
            ("s/a/b/", "aaa", "baa"),
            ("s/a/b/2", "aaa", "aba"),
            ("s/a/b/2g", "aaa", "abb"),
            (r"s/\/tmp\//T:/g", "/tmp/x /tmp/y", "T:x T:y"),
            ("y/abc/xyz/", "cab-d", "zxy-d"),
            ("s/a/b/ s/b/c/g", "ab", "cc"),
            ("s|a/b|c|", "a/b", "c"),
        ];
        for (command, raw, expected) in table {
            let mut event = event(raw);
            assert!(Rewrites(sed(command).unwrap()).run(&mut event));
            assert_eq!(event.raw, expected, "{command}");
        }
        for wrong in ["s/a/b", "x/a/b/", "y/ab/c/", "s/(/b/", "s/a/b/z"] {
            assert!(sed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn transforms_write_metadata_fields_and_queues() {
        let run = |source, regex: &str, dest, format: &str, event: &mut Incoming<'_>| {
            let regex = Regex::new(regex).unwrap();
            let compiled = Compiled { source, regex, dest, format: format.to_owned(), lookahead: 4096 };
            Rewrites(vec![Rewrite::Transform(Box::new(compiled))]).run(event)
        };
        let mut first = event("unit=7 kind=door");
        assert!(run(Key::Raw, r"kind=(\w+)", Key::Sourcetype, "sourcetype::toll:$1", &mut first));
        assert!(run(Key::Raw, r"unit=(\d+)", Key::Host, "host::gate$1", &mut first));
        assert!(run(Key::Source, "^source::/var/", Key::Index, "gates", &mut first));
        assert!(run(Key::Raw, r"unit=(\d+)", Key::Meta, "unit_id::$1 label::\"unit $1\"", &mut first));
        assert!(run(Key::Raw, r"(?<kind_of>door)", Key::Meta, "", &mut first));
        let indexed: Vec<String> =
            first.indexed.iter().map(|(name, value)| format!("{name}={}", value.to_text())).collect();
        assert_eq!(indexed, ["unit_id=7", "label=unit 7", "kind_of=door"]);
        assert_eq!((&*first.sourcetype, &*first.host, &*first.index), ("toll:door", "gate7", "gates"));
        assert!(!run(Key::Raw, "door", Key::Queue, "nullQueue", &mut first));
        assert!(run(Key::Raw, "window", Key::Queue, "nullQueue", &mut first));
        assert!(run(Key::Raw, "^(unit=.).*", Key::Raw, "<$1> $", &mut first));
        assert_eq!(first.raw, "<unit=7> $");
    }
}
