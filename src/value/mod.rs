//! Splunk's values: what a field of a row can hold, how values compare and print; rows as columns ([`batch`]).
//!
//! A field holds a string, a number, or a list of those (multivalue), or nothing (null). Values read from events are
//! text; they act as numbers where their whole text is a number. Booleans exist only inside an eval expression.

pub mod address;
pub mod batch;
pub mod compare;
pub mod csv;
pub mod json;
pub mod number;
pub mod pattern;
pub mod pieces;
pub mod pile;
pub mod places;
pub mod regex;
pub mod time;
pub mod xml;
pub mod xpath;

use std::borrow::Cow;
use std::sync::Arc;

pub use batch::{Batch, Column};
pub use pieces::Pieces;
pub use pile::Pile;

/// A field's name. Case-sensitive, like every field name of Splunk.
pub type Name = Arc<str>;

/// One value of one field of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// The row has no such field. An empty string is not null.
    #[default]
    Null,
    /// Only inside an expression; never stored in a row.
    Bool(bool),
    /// IEEE double: integers are exact up to 2^53.
    Number(f64),
    /// Text, as read from an event, a table or a literal.
    Text(Arc<str>),
    /// Multivalue: two or more values, none of them null, a list or a Boolean. Order is kept.
    List(Arc<[Value]>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// The value of a list: none is null, one is the value itself, more are a multivalue. Nulls are left out, nested
    /// lists are flattened.
    pub fn list(values: impl IntoIterator<Item = Value>) -> Self {
        let mut flat: Vec<Value> = Vec::new();
        for value in values {
            match value {
                Self::Null => {}
                Self::List(inner) => flat.extend(inner.iter().cloned()),
                single => flat.push(single),
            }
        }
        match flat.len() {
            0 => Self::Null,
            1 => flat.remove(0),
            _ => Self::List(flat.into()),
        }
    }

    /// Whether the row has no such field.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The single values in order: none for null, one for a scalar.
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Null => &[],
            Self::List(values) => values,
            single => std::slice::from_ref(single),
        }
    }

    /// The value as a number if it is one, or is text that is one as a whole. Null for lists and Booleans.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => number::parse(text),
            Self::Null | Self::Bool(_) | Self::List(_) => None,
        }
    }

    /// The value as it prints: numbers by [`number::print`], Booleans as `True`/`False`, a list as its values joined
    /// by newlines; null as the empty string.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Bool(true) => Cow::Borrowed("True"),
            Self::Bool(false) => Cow::Borrowed("False"),
            Self::Number(number) => Cow::Owned(number::print(*number)),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(values) => Cow::Owned(values.iter().map(Value::to_text).collect::<Vec<_>>().join("\n")),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}
