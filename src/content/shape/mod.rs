//! What the keys of an object may hold: one table per kind and schema generation.
//!
//! The tables are data. `check` reports what does not fit them; a JSON Schema can be made of them. They say what the
//! official validator refuses (contentctl for v4 and v5; what can be read off the published files for v6).

mod config;
mod d3fend;
mod deprecation;
mod detection;
mod form;
mod json_schema;
mod others;
mod words;

pub use config::{CONTENTCTL, is_of_validation};
pub use deprecation::DEPRECATIONS;
pub use form::{Form, match_type};
pub use json_schema::json_schema;
pub use words::{THREAT_TYPES, Words};

use super::model::Generation;
use super::pack::Kind;

/// The keys of a mapping.
#[derive(Debug)]
pub struct Shape {
    /// Keys in the usual order, in parts that shapes share.
    pub parts: &'static [&'static [Key]],
    /// What other keys are.
    pub others: Others,
}

/// What a key is that a [`Shape`] does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Refused by the official tool.
    Refused,
    /// Read by nothing, but let pass.
    Ignored,
    /// Let pass, and so usual that only a slip is worth a word.
    Usual,
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What its value may be.
    pub value: Type,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Yes, with a value.
    Required,
    /// No; a key without a value counts as absent.
    Optional,
    /// It must not: the value is always computed.
    Computed,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// Anything.
    Any,
    /// Text of so many characters.
    Text {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// The name of an object, of at most so many characters.
    Name(usize),
    /// Text of at least one character, or null.
    TextOrNull,
    /// Text or a Boolean.
    TextOrBool,
    /// `true` or `false`.
    Bool,
    /// A whole number in a range.
    Int {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// Text of a form.
    Form(Form),
    /// One of some words.
    Word(&'static Words),
    /// A list.
    List {
        /// What each item may be.
        item: Item,
        /// At least so many items.
        min: usize,
    },
    /// A list, or one text with commas between the items.
    Listed {
        /// What each item of a list may be.
        item: Item,
    },
    /// A mapping.
    Map(&'static Shape),
}

/// What the items of a list may be.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// Text of a form.
    Form(Form),
    /// One of some words.
    Word(&'static Words),
    /// A mapping.
    Map(&'static Shape),
}

impl Item {
    /// The same as the type of a value.
    pub fn value(self) -> Type {
        match self {
            Self::Any => Type::Any,
            Self::Text => TEXT,
            Self::Form(form) => Type::Form(form),
            Self::Word(words) => Type::Word(words),
            Self::Map(shape) => Type::Map(shape),
        }
    }
}

impl Shape {
    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + Clone {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

/// What an object of this kind and generation looks like.
pub fn of(kind: Kind, generation: Generation) -> &'static Shape {
    match kind {
        Kind::Detection => detection::of(generation),
        Kind::Baseline => others::baseline(generation),
        Kind::Dashboard => others::dashboard(generation),
        Kind::DataSource => others::data_source(generation),
        Kind::Deployment => others::deployment(generation),
        Kind::Investigation => others::investigation(generation),
        Kind::Lookup => others::lookup(generation),
        Kind::Macro => others::macro_(generation),
        Kind::Playbook => others::playbook(generation),
        Kind::Removed => others::removed(generation),
        Kind::Schedule => &others::SCHEDULE,
        Kind::Story => others::story(generation),
    }
}

/// Longest name of an object that becomes a saved search: `ESCU - <name> - Rule` must fit into 81 characters.
const SAVED_SEARCH_NAME: usize = 67;
/// Longest name of any object.
const OBJECT_NAME: usize = 99;

const TEXT: Type = Type::Text { min: 0, max: usize::MAX };
const FILLED: Type = Type::Text { min: 1, max: usize::MAX };
const SENTENCE: Type = Type::Text { min: 4, max: usize::MAX };
const TEXTS: Type = Type::List { item: Item::Text, min: 0 };
const SOME_TEXTS: Type = Type::List { item: Item::Text, min: 1 };
const URLS: Type = Type::List { item: Item::Form(Form::Url), min: 0 };
const NOT_NEGATIVE: Type = Type::Int { min: 0, max: i64::MAX };
const CVES: Type = Type::List { item: Item::Form(Form::Cve), min: 0 };

const fn need(name: &'static str, value: Type) -> Key {
    Key { name, need: Need::Required, value }
}

const fn may(name: &'static str, value: Type) -> Key {
    Key { name, need: Need::Optional, value }
}

const fn computed(name: &'static str) -> Key {
    Key { name, need: Need::Computed, value: Type::Any }
}

/// What every object of v4 and v5 has beside its name and status.
const COMMON: &[Key] = &[
    need("id", Type::Form(Form::Uuid)),
    need("version", NOT_NEGATIVE),
    need("date", Type::Form(Form::Date)),
    need("author", Type::Text { min: 0, max: 255 }),
    need("description", Type::Text { min: 0, max: 10_000 }),
    may("references", URLS),
    may("deprecation_info", Type::Map(&DEPRECATION)),
];

/// As [`COMMON`], for kinds that take them from elsewhere if they are not there.
const COMMON_OPTIONAL: &[Key] = &[
    may("id", Type::Form(Form::Uuid)),
    may("version", NOT_NEGATIVE),
    may("date", Type::Form(Form::Date)),
    may("author", Type::Text { min: 0, max: 255 }),
    need("description", Type::Text { min: 0, max: 10_000 }),
    may("references", URLS),
    may("deprecation_info", Type::Map(&DEPRECATION)),
];

/// As [`COMMON`], for v6.
const COMMON_V6: &[Key] = &[
    need("id", Type::Form(Form::Uuid)),
    need("version", NOT_NEGATIVE),
    need("creation_date", Type::Form(Form::Date)),
    need("modification_date", Type::Form(Form::Date)),
    need("author", Type::Text { min: 0, max: 255 }),
    need("description", Type::Text { min: 0, max: 10_000 }),
    may("references", URLS),
    may("deprecation_info", Type::Map(&DEPRECATION)),
];

static DEPRECATION: Shape = Shape {
    parts: &[&[need("reason", TEXT), need("removed_in_version", TEXT), may("replacement_content", TEXTS)]],
    others: Others::Ignored,
};

static SCHEDULING: Shape = Shape {
    parts: &[&[
        need("cron_schedule", TEXT),
        need("earliest_time", TEXT),
        need("latest_time", TEXT),
        need("schedule_window", TEXT),
    ]],
    others: Others::Refused,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shape_lists_a_key_twice() {
        for kind in Kind::ALL {
            for generation in [Generation::V4, Generation::V5, Generation::V6] {
                unique(of(kind, generation));
            }
        }
        unique(&CONTENTCTL);
        unique(&DEPRECATIONS);
    }

    fn unique(shape: &'static Shape) {
        let mut names: Vec<&str> = shape.keys().map(|key| key.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{names:?}");
        for key in shape.keys() {
            match key.value {
                Type::Map(shape) | Type::List { item: Item::Map(shape), .. } => unique(shape),
                _ => {}
            }
        }
    }
}
