//! From a YAML tree to the model: one function per kind of object.
//!
//! A value of the wrong type is reported at its place and then left out, or, where its text is clear (a number in place
//! of text), kept. An absent key, and a key without a value, is `None` or empty: what is required is the business of
//! `check`. Keys that are not read here are not this room's business either; they stay in [`Object::node`].
//!
//! [`Object::node`]: super::model::Object

mod detection;
mod object;
mod reader;
mod risk;
mod story;
mod support;
#[cfg(test)]
mod tests;

pub use object::generation;
pub use risk::score;

use super::model::{
    Dashboard, DataSource, Deployment, Detection, Lookup, Macro, Playbook, Removed, SavedSearch, Schedule, Story,
};
use super::yaml::{Data, Node};
use crate::diag::{Diagnostic, codes};
use crate::source::FileId;
use reader::Reader;
use std::path::PathBuf;
use std::sync::Arc;

/// A file of a pack with what its YAML says.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// Its path below the pack, with `/`.
    pub path: PathBuf,
    /// The pack's folder, as it is shown and as it can be opened.
    pub root: PathBuf,
    /// The tree.
    pub node: Arc<Node>,
}

/// Declares the public readers: each checks that the document is a mapping, then reads it.
macro_rules! readers {
    ($($(#[$doc:meta])* $name:ident = $read:path => $kind:ty;)*) => {
        $(
            $(#[$doc])*
            ///
            /// `None`, with a finding, if the document is no mapping.
            pub fn $name(document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Option<$kind> {
                let mut reader = top(document, diagnostics)?;
                Some($read(document, &mut reader))
            }
        )*
    };
}

readers! {
    /// Reads a baseline.
    baseline = support::saved_search => SavedSearch;
    /// Reads a dashboard.
    dashboard = support::dashboard => Dashboard;
    /// Reads a data source.
    data_source = support::data_source => DataSource;
    /// Reads a deployment.
    deployment = support::deployment => Deployment;
    /// Reads a detection.
    detection = detection::read => Detection;
    /// Reads an investigation.
    investigation = support::saved_search => SavedSearch;
    /// Reads a lookup.
    lookup = support::lookup => Lookup;
    /// Reads a macro.
    macro_ = support::macro_ => Macro;
    /// Reads a playbook.
    playbook = support::playbook => Playbook;
    /// Reads what is left of a removed object.
    removed = support::removed => Removed;
    /// Reads a schedule.
    schedule = support::schedule => Schedule;
    /// Reads a story.
    story = story::read => Story;
}

fn top<'n, 'd>(document: &'n Document, diagnostics: &'d mut Vec<Diagnostic>) -> Option<Reader<'n, 'd>> {
    if matches!(document.node.data, Data::Mapping(_)) {
        return Some(Reader::new(&document.node, diagnostics));
    }
    let found = document.node.kind_name();
    diagnostics.push(
        Diagnostic::new(codes::YAML_TYPE, format!("the file holds {found}, expected a mapping"), document.node.place)
            .help("begin with `name: ...` at the left margin"),
    );
    None
}
