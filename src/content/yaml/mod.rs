//! YAML with places: every scalar knows which bytes of the file each of its characters came from.
//!
//! Values are those that YAML 1.1 readers give (`yes` is true, `2024-01-01` is a date, `0o17` is text), because that is
//! what the tools of this content read.

use crate::source::{Located, Place};

/// A node of a YAML document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it holds.
    pub data: Data,
    /// From its first to its last character, quotes included; for block scalars from the header (`|-`) on.
    pub place: Place,
}

/// The content of a node. Aliases are resolved; the number of nodes is bounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A scalar of any style.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in file order; a repeated key is reported and its first value dropped, as the last one wins.
    Mapping(Vec<(Node, Node)>),
}

/// A scalar: its decoded text with the origin of every byte, and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The decoded text (line folding and escapes resolved).
    pub text: Located,
    /// How it was written.
    pub style: Style,
    /// The value by YAML 1.1's rules; quoted and block scalars are always text.
    pub value: ScalarValue,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'...'`.
    SingleQuoted,
    /// `"..."`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// A scalar's value.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalarValue {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// Decimal, octal, hexadecimal, binary or base-60 integer.
    Int(i64),
    /// A number with a point or an exponent.
    Float(f64),
    /// `2024-01-31`, or with a time of day.
    Date,
    /// Anything else.
    Text,
}
