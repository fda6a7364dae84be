//! `removed/deprecation_mapping*.YML`: why objects are deprecated or removed, since when, and what replaces them.

use super::{Form, Item, Key, Others, Shape, TEXT, TEXTS, Type, may, need};

/// One file. There may be sections for other kinds, but nothing in them.
pub static DEPRECATIONS: Shape = Shape {
    parts: &[&[
        may("baselines", ENTRIES),
        may("detections", ENTRIES),
        may("investigations", ENTRIES),
        may("stories", ENTRIES),
    ]],
    others: Others::Usual,
};

const ENTRIES: Type = Type::List { item: Item::Map(&ENTRY), min: 0 };

static ENTRY: Shape = Shape { parts: &[ENTRY_KEYS], others: Others::Ignored };

const ENTRY_KEYS: &[Key] = &[
    need("content", TEXT),
    need("removed_in_version", Type::Form(Form::SemanticVersion)),
    need("reason", Type::Text { min: 6, max: usize::MAX }),
    may("replacement_content", TEXTS),
];
