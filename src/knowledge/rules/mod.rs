//! The rules of one (source, sourcetype, host): everything that turns its raw events into fields, compiled once.

mod alias;
mod build;
mod eventtype;
mod extraction;
mod fold;
mod lookup;
mod memo;
mod plain;
mod platform;

use super::extract::regex::RegexExtraction;
use super::props::Winner;
use crate::diag::Diagnostic;
use crate::expr::{Expr, Predicate};
use crate::source::Place;
use crate::value::Name;
use std::sync::Arc;

pub(super) use build::{build, classes, compile};
pub use extraction::Extraction;
pub(super) use extraction::TagNeed;
pub(super) use fold::{Folded, fold};
pub(super) use lookup::{Call, Words};
pub use plain::Plain;

/// The metadata by which rules are chosen. All events of one rule set share them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `source`.
    pub source: Name,
    /// `sourcetype`: after `rename`.
    pub sourcetype: Name,
}

/// The rules of one (source, sourcetype, host).
#[derive(Debug)]
pub struct Rules {
    /// What the rules were chosen by.
    pub origin: Origin,
    /// Whether `rename` gave the sourcetype another name.
    pub(super) renamed: bool,
    pub(super) compiled: Arc<Compiled>,
    pub(super) eventtypes: Vec<Eventtype>,
    /// Tags of fields other than `eventtype`.
    pub(super) field_tags: Vec<FieldTags>,
}

/// The settings of the stanzas that apply, compiled. Origins with the same stanzas share them.
#[derive(Debug)]
pub(super) struct Compiled {
    /// In the order in which they run.
    pub(super) steps: Vec<Step>,
    pub(super) problems: Vec<Diagnostic>,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Step {
    /// Where it stands: the stanza and the key of `props.conf`.
    pub(super) given_by: Provenance,
    pub(super) kind: StepKind,
}

/// Which setting makes a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The stanza of `props.conf`.
    pub stanza: Name,
    /// The key, such as `EVAL-user`.
    pub key: Name,
    /// The key in its file; none for what the platform does without a setting.
    pub place: Option<Place>,
    /// The stanza of `transforms.conf` that a `REPORT` names, with its header.
    pub transform: Option<(Name, Option<Place>)>,
}

impl Provenance {
    /// The setting of a key.
    pub(super) fn of(key: &Name, winner: Winner<'_>) -> Self {
        let (stanza, place) = (winner.stanza.clone(), Some(winner.setting.key));
        Self { stanza, key: key.clone(), place, transform: None }
    }
}

#[derive(Debug)]
pub(super) enum StepKind {
    /// `EXTRACT`, or `REPORT` with `REGEX`.
    Regex { source: Name, extraction: RegexExtraction, mv_add: bool },
    /// `REPORT` with `DELIMS`.
    Delims { source: Name, delims: Delims },
    /// `KV_MODE`, `AUTO_KV_JSON`, `INDEXED_EXTRACTIONS`.
    Auto(Auto),
    /// `FIELDALIAS`.
    Alias(Vec<alias::Pair>),
    /// One of the calculated fields. Neighbouring ones run in parallel: none sees what another makes.
    Eval { target: Name, expr: Box<Expr>, reads: Vec<Name> },
    /// `LOOKUP`.
    Lookup(Box<lookup::Call>),
}

#[derive(Clone, Debug)]
pub(super) struct Delims {
    outer: Vec<char>,
    inner: Option<Vec<char>>,
    fields: Vec<Name>,
    mv_add: bool,
    clean_keys: bool,
    keep_empty: bool,
}

/// Automatic extraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Auto {
    /// Pairs, and JSON if the event is one object and `json` holds.
    Pairs {
        escapes: bool,
        json: bool,
        /// `KV_TRIM_SPACES`.
        trim: bool,
    },
    Json,
    /// JSON at index time: names of metadata fields get `extracted_` in front.
    IndexedJson,
    Xml,
    /// `KV_MODE = multi`: a table of text under a header.
    Table,
}

#[derive(Debug)]
pub(super) struct Eventtype {
    pub(super) name: Name,
    pub(super) predicate: Predicate,
    /// Fields that the predicate reads.
    pub(super) reads: Vec<Name>,
    /// Enabled tags.
    pub(super) tags: Arc<[Name]>,
}

#[derive(Debug)]
pub(super) struct FieldTags {
    pub(super) field: Name,
    /// Values in lower case, with their tags.
    pub(super) values: Vec<(String, Arc<[Name]>)>,
}

impl Rules {
    /// What the condition is for every event of these rules, if its metadata alone decide that: `Some(false)` means
    /// that no event needs to be looked at.
    pub fn decides(&self, condition: &Predicate) -> Option<bool> {
        match fold(condition, &|leaf| self.constant(leaf)) {
            Folded::True => Some(true),
            Folded::False => Some(false),
            Folded::Open(_) => None,
        }
    }

    /// The value of a comparison with a metadata field.
    pub(super) fn constant(&self, leaf: &Predicate) -> Option<bool> {
        fold::on_metadata(leaf, &self.origin)
    }

    /// Whether some event of these rules can have the tag. Letter case does not count.
    pub(super) fn may_have_tag(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.eventtypes.iter().flat_map(|eventtype| eventtype.tags.iter()).any(|tag| matches(tag))
            || self.field_tags.iter().flat_map(|field| &field.values).any(|(_, tags)| tags.iter().any(|t| matches(t)))
    }

    /// The tags that field values can give to events of these rules.
    pub(in crate::knowledge) fn tags_of_fields(&self) -> impl Iterator<Item = &str> {
        self.field_tags.iter().flat_map(|field| &field.values).flat_map(|(_, tags)| tags.iter().map(|tag| &**tag))
    }

    /// The settings that can make a field, in the order in which they run; rules whose names come from the event count
    /// for every field. For `eventtype` and `tag` there are none: see [`Rules::eventtypes`].
    pub fn makers(&self, field: &str) -> Vec<&Provenance> {
        let steps = self.compiled.steps.iter();
        steps.filter(|step| step.kind.may_make(field)).map(|step| &step.given_by).collect()
    }

    /// Tells origins apart by what their rules do: equal for two origins only if [`Rules::plain`] and extraction are the
    /// same for both, as far as they do not look at the metadata themselves.
    pub fn likeness(&self) -> (usize, String) {
        let tests = self.eventtypes.iter().map(|eventtype| format!("{}:{:?}", eventtype.name, eventtype.predicate));
        let tests: Vec<String> = tests.collect();
        let name = &self.origin.sourcetype;
        (Arc::as_ptr(&self.compiled).addr(), format!("{name} {} {tests:?}", u8::from(self.renamed)))
    }

    /// What could not be compiled; such a rule is left out. Places are those of [`super::Knowledge::sources`].
    pub fn problems(&self) -> &[Diagnostic] {
        &self.compiled.problems
    }

    /// Names and tags of the eventtypes that events of these rules can have.
    pub fn eventtypes(&self) -> impl Iterator<Item = (&Name, &[Name])> {
        self.eventtypes.iter().map(|eventtype| (&eventtype.name, &*eventtype.tags))
    }
}

impl Step {
    pub(super) fn is_eval(&self) -> bool {
        matches!(self.kind, StepKind::Eval { .. })
    }
}

impl StepKind {
    pub(super) fn auto(&self) -> Option<Auto> {
        match self {
            Self::Auto(auto) => Some(*auto),
            _ => None,
        }
    }

    /// Whether the step can give the field a value, or take it.
    pub(super) fn may_make(&self, field: &str) -> bool {
        match self {
            Self::Regex { extraction, .. } => {
                extraction.names().is_none_or(|names| names.iter().any(|name| **name == *field))
            }
            Self::Delims { delims, .. } => {
                delims.fields.is_empty() || delims.fields.iter().any(|name| **name == *field)
            }
            Self::Auto(_) => true,
            Self::Alias(pairs) => pairs.iter().any(|pair| *pair.target == *field),
            Self::Eval { target, .. } => **target == *field,
            Self::Lookup(call) => call.outputs().any(|name| *name == *field),
        }
    }

    /// Whether the fields that the step makes are known beforehand.
    pub(super) fn is_static(&self) -> bool {
        match self {
            Self::Regex { extraction, .. } => extraction.names().is_some(),
            Self::Delims { delims, .. } => !delims.fields.is_empty(),
            Self::Auto(_) => false,
            Self::Alias(_) | Self::Eval { .. } | Self::Lookup(_) => true,
        }
    }
}
