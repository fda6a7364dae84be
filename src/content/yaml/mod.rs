//! YAML with places: every scalar knows which bytes of the file each of its characters came from.
//!
//! Values are those that YAML 1.1 readers give (`yes` is true, `2024-01-01` is a date, `0o17` is text), because that is
//! what the tools of this content read.
//!
//! | step | where |
//! |---|---|
//! | the common part of YAML, at once | `quick` |
//! | all of it: events with byte spans | granit-parser, `repair` where PyYAML is more lenient |
//! | the tree: aliases, merge keys, repeated keys, bounds | `compose` |
//! | a scalar's text, every byte with its origin | `decode` |
//! | a plain scalar's value | `resolve` |

mod access;
mod compose;
mod decode;
mod problems;
mod quick;
mod repair;
mod resolve;
#[cfg(test)]
mod tests;

use crate::diag::{Diagnostic, codes};
use crate::source::{FileId, Located, Place, Span};
use std::sync::Arc;

/// Larger files are refused unread.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads one document with the place of everything in it. Texts that stand in the file as they are read share its text.
///
/// The node is `None` exactly if the text is empty, not YAML, or beyond the bounds (16 MiB, 100 levels, 500,000 values
/// with aliases resolved); then one of the findings is an error that says so. Other findings (a repeated key, an unknown
/// tag, a second document, which is not read) come with a node. Never panics, whatever the text.
pub fn parse(file: FileId, text: impl Into<Arc<str>>) -> (Option<Node>, Vec<Diagnostic>) {
    let text = &text.into();
    let mut diagnostics = Vec::new();
    if text.len() as u64 > MAX_FILE_BYTES {
        return (None, vec![too_large(file, text.len() as u64)]);
    }
    let node = quick::document(file, text).or_else(|| compose::document(file, text, &mut diagnostics));
    (node, diagnostics)
}

/// The finding for a file that was not read because of its size.
pub fn too_large(file: FileId, bytes: u64) -> Diagnostic {
    problems::too_large(Place { file, span: Span::at(0) }, bytes)
}

/// The finding for a file that is not UTF-8; `valid` bytes at its beginning are.
pub fn not_utf8(file: FileId, valid: usize) -> Diagnostic {
    Diagnostic::new(codes::YAML_NOT_UTF8, "the file is not UTF-8", Place { file, span: Span::at(valid) })
        .label("not a character from here on")
        .help("save the file as UTF-8")
}

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
