//! `transforms.conf`: extractions that `REPORT-` names, and lookup definitions that `LOOKUP-` names.

use super::conf::{Conf, Setting, Stanza};
use crate::lookup::{MatchType, Times, parse_match_type};
use crate::source::Place;
use crate::value::Name;
use indexmap::IndexMap;

/// One stanza of `transforms.conf`.
#[derive(Clone, Debug)]
pub enum Transform {
    /// Regular expression or delimiters over a field.
    Extraction(Box<Extraction>),
    /// A table.
    Lookup(Box<LookupDefinition>),
    /// A lookup without a table: a program, or a collection of a server.
    External(Box<ExternalLookup>),
    /// Neither, as far as search time is concerned; the text says why.
    Unsupported(String),
}

/// A search-time extraction. Source of every rule: `transforms.conf.spec`.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// How values are found.
    pub how: How,
    /// `SOURCE_KEY`: the field to look in, `_raw` unless set. An event without it is left alone.
    pub source_key: Name,
    /// `MV_ADD`: a field that has a value gets another one; otherwise the first value stays alone.
    pub mv_add: bool,
    /// `CLEAN_KEYS`: names that come from the event are made of letters, digits and `_` only.
    pub clean_keys: bool,
    /// `KEEP_EMPTY_VALS`: an empty text is a value.
    pub keep_empty: bool,
    /// What only matters where `TRANSFORMS-` names it.
    pub index_time: IndexTransform,
    /// The header of its stanza.
    pub place: Option<Place>,
}

/// The settings of a transform at index time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexTransform {
    /// `DEST_KEY`: what it writes.
    pub dest_key: Option<Name>,
    /// `WRITE_META`: its `FORMAT` makes indexed fields.
    pub write_meta: bool,
    /// `LOOKAHEAD`: how many bytes of its source it looks into.
    pub lookahead: usize,
}

/// The two ways of extraction.
#[derive(Clone, Debug)]
pub enum How {
    /// `REGEX`, with `FORMAT` if there is one.
    Regex {
        /// The pattern.
        regex: Setting,
        /// `FORMAT`.
        format: Option<Setting>,
    },
    /// `DELIMS`: each character of a set is a delimiter.
    Delims {
        /// Between values, or between pairs.
        outer: Vec<char>,
        /// Between key and value; none without a second set.
        inner: Option<Vec<char>>,
        /// `FIELDS`: names of the columns in order; empty means pairs.
        fields: Vec<Name>,
    },
}

/// A lookup table and how to match it.
#[derive(Clone, Debug)]
pub struct LookupDefinition {
    /// `filename`, in the app's `lookups` folder.
    pub filename: Name,
    /// `max_matches`: rows that one event takes; several rows make multivalue fields.
    pub max_matches: usize,
    /// `min_matches`: below it the outputs are filled with `default_match`.
    pub min_matches: usize,
    /// `default_match`.
    pub default_match: Option<Name>,
    /// `case_sensitive_match`, true unless set.
    pub case_sensitive: bool,
    /// `match_type` per column; other columns match exactly.
    pub match_types: IndexMap<Name, MatchType>,
    /// `time_field` and its kin.
    pub times: Option<Times>,
}

/// A lookup whose rows a Splunk server makes or keeps.
#[derive(Clone, Debug)]
pub struct ExternalLookup {
    /// The program that `external_cmd` begins with; none for a collection of the KV store.
    pub program: Option<Name>,
    /// `fields_list`: the columns; empty if it is not set.
    pub columns: Vec<Name>,
}

/// Transforms by stanza name.
pub type Transforms = IndexMap<Name, Transform>;

/// Reads the stanzas.
pub(super) fn read(conf: &Conf) -> Transforms {
    conf.stanzas
        .iter()
        .filter(|(name, _)| &***name != "default")
        .map(|(name, stanza)| (name.clone(), transform(stanza)))
        .collect()
}

fn transform(stanza: &Stanza) -> Transform {
    if let Some(filename) = stanza.get("filename") {
        return Transform::Lookup(Box::new(lookup(filename, stanza)));
    }
    let command = stanza.get("external_cmd");
    if command.is_some() || stanza.get("collection").is_some() || stanza.get("external_type").is_some() {
        let program = command.and_then(|command| command.split_whitespace().next()).map(Name::from);
        let columns = stanza.get("fields_list").map(names).unwrap_or_default();
        return Transform::External(Box::new(ExternalLookup { program, columns }));
    }
    let how = if let Some(regex) = stanza.setting("REGEX") {
        How::Regex { regex: regex.clone(), format: stanza.setting("FORMAT").cloned() }
    } else if let Some(delims) = stanza.get("DELIMS") {
        let mut sets = quoted(delims).into_iter();
        let outer = sets.next().unwrap_or_default();
        let fields = stanza.get("FIELDS").map(names).unwrap_or_default();
        How::Delims { outer, inner: sets.next(), fields }
    } else {
        let why = match stanza.get("INGEST_EVAL") {
            Some(_) => "`INGEST_EVAL` is not carried out",
            None => "it has no `REGEX`, `DELIMS` or `filename`",
        };
        return Transform::Unsupported(why.to_owned());
    };
    Transform::Extraction(Box::new(Extraction {
        how,
        source_key: stanza.get("SOURCE_KEY").unwrap_or("_raw").into(),
        mv_add: stanza.flag("MV_ADD").unwrap_or(false),
        clean_keys: stanza.flag("CLEAN_KEYS").unwrap_or(true),
        keep_empty: stanza.flag("KEEP_EMPTY_VALS").unwrap_or(false),
        index_time: IndexTransform {
            dest_key: stanza.get("DEST_KEY").map(Name::from),
            write_meta: stanza.flag("WRITE_META").unwrap_or(false),
            lookahead: stanza.number("LOOKAHEAD").unwrap_or(4096),
        },
        place: stanza.header,
    }))
}

fn lookup(filename: &str, stanza: &Stanza) -> LookupDefinition {
    let match_types = stanza.get("match_type").map(match_types).unwrap_or_default();
    let seconds = |name: &str| stanza.get(name).and_then(crate::value::number::parse);
    // The documented defaults: rows hold from their time on, for 2,000,000,000 seconds.
    let times = stanza.get("time_field").filter(|field| !field.is_empty()).map(|field| Times {
        field: field.into(),
        format: stanza.get("time_format").filter(|format| !format.is_empty()).map(Name::from),
        least: seconds("min_offset_secs").unwrap_or(0.0),
        most: seconds("max_offset_secs").unwrap_or(2e9),
    });
    // The documented default: one match for tables by time, else 100.
    let most = if times.is_some() { 1 } else { 100 };
    LookupDefinition {
        filename: filename.into(),
        max_matches: stanza.number("max_matches").unwrap_or(most),
        min_matches: stanza.number("min_matches").unwrap_or(0),
        default_match: stanza.get("default_match").map(Name::from),
        case_sensitive: stanza.flag("case_sensitive_match").unwrap_or(true),
        match_types,
        times,
    }
}

/// `WILDCARD(a), CIDR(b)`; `EXACT(c)` is the default.
fn match_types(text: &str) -> IndexMap<Name, MatchType> {
    text.split(',').filter_map(parse_match_type).collect()
}

/// The quoted texts of a list, with `\t`, `\n`, `\\` and `\"` decoded. An unquoted word counts, too.
fn quoted(text: &str) -> Vec<Vec<char>> {
    let (mut all, mut rest) = (Vec::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            ',' | ' ' | '\t' => {}
            '"' => {
                let mut set = Vec::new();
                while let Some(c) = rest.next() {
                    match c {
                        '"' => break,
                        '\\' => set.push(match rest.next() {
                            Some('t') => '\t',
                            Some('n') => '\n',
                            Some('r') => '\r',
                            Some(other) => other,
                            None => '\\',
                        }),
                        c => set.push(c),
                    }
                }
                all.push(set);
            }
            c => all.push(vec![c]),
        }
    }
    all
}

/// Names separated by commas or blanks, in quotes or not.
pub(super) fn names(text: &str) -> Vec<Name> {
    let (mut all, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(body) => body.split_once('"').unwrap_or((body, "")),
            None => rest.split_at(rest.find([',', ' ', '\t', '\n']).unwrap_or(rest.len())),
        };
        all.push(name.into());
        rest = after.trim_start_matches([',', ' ', '\t', '\n']);
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::super::conf;
    use super::*;
    use crate::source::Sources;

    fn read_one(text: &str) -> Transform {
        let text = format!("[x]\n{text}\n");
        let file = Sources::new().add("transforms.conf", text.clone());
        read(&conf::read(file, &text).0).swap_remove("x").unwrap()
    }

    #[test]
    fn delimiters_and_names() {
        let Transform::Extraction(extraction) = read_one("DELIMS = \",;\", \"=\\t\"\nFIELDS = a, \"b c\" d") else {
            panic!("an extraction")
        };
        let How::Delims { outer, inner, fields } = extraction.how else { panic!("delimiters") };
        assert_eq!(outer, [',', ';']);
        assert_eq!(inner, Some(vec!['=', '\t']));
        assert_eq!(fields.iter().map(|f| &**f).collect::<Vec<_>>(), ["a", "b c", "d"]);
    }

    #[test]
    fn defaults_of_an_extraction() {
        let Transform::Extraction(extraction) = read_one("REGEX = (?<a>x)") else { panic!("an extraction") };
        assert_eq!(&*extraction.source_key, "_raw");
        assert!(!extraction.mv_add && extraction.clean_keys && !extraction.keep_empty);
    }

    #[test]
    fn a_lookup_definition() {
        let text =
            "filename = a.csv\nmatch_type = WILDCARD(url), CIDR(ip)\nmax_matches = 1\ncase_sensitive_match = false";
        let Transform::Lookup(lookup) = read_one(text) else { panic!("a lookup") };
        assert_eq!((lookup.max_matches, lookup.min_matches, lookup.case_sensitive), (1, 0, false));
        assert_eq!(lookup.match_types["url"], MatchType::Wildcard);
        assert_eq!(lookup.match_types["ip"], MatchType::Cidr);
    }

    #[test]
    fn what_needs_a_server_is_said() {
        let Transform::External(lookup) = read_one("external_cmd = x.py a b\nfields_list = a, b") else { panic!() };
        assert_eq!((lookup.program.as_deref(), lookup.columns.len()), (Some("x.py"), 2));
        let Transform::External(lookup) = read_one("collection = y") else { panic!() };
        assert_eq!((lookup.program, lookup.columns), (None, Vec::new()));
    }
}
