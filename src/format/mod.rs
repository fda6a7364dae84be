//! One layout for the searches of a pack: the text of a file with its `search` laid out anew, every other byte as it was.
//!
//! - The search is written as a literal block scalar (`|-`), a pipe per line; see [`crate::spl::layout()`].
//! - Nothing is written on trust: the old and the new search are expanded, parsed and lowered, and must give the same
//!   tree and the same plan; the new file is read, and must hold what the old one held.
//! - A search with mistakes is left as it is, with the first of them as the reason.

mod scalar;
#[cfg(test)]
mod tests;

use crate::commands;
use crate::compile::Compiler;
use crate::content::model::Object;
use crate::content::pack::{Kind, Pack};
use crate::content::yaml::{self, Style};
use crate::diag::{Diagnostic, Severity};
use crate::ir;
use crate::knowledge::Knowledge;
use crate::source::{Located, Sources};
use crate::spl;

/// Lays out the searches of one pack.
#[derive(Debug)]
pub struct Formatter<'a> {
    compiler: Compiler<'a>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is in the layout already, or has no search.
    Same,
    /// The whole new text of the file.
    Changed(String),
    /// It is left as it is.
    Left(Reason),
}

/// Why a file is left as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The search has a mistake.
    Mistake(Box<Diagnostic>),
    /// A sentence part that completes "not formatted: ".
    Form(&'static str),
}

/// Whether objects of a kind have a search that this room lays out.
pub fn has_search(kind: Kind) -> bool {
    matches!(kind, Kind::Detection | Kind::Baseline | Kind::Investigation)
}

impl<'a> Formatter<'a> {
    /// A formatter that knows the macros of a pack and of apps: what a macro means decides whether a search is sound.
    pub fn new(pack: &'a Pack, knowledge: &'a Knowledge) -> Self {
        Self { compiler: Compiler::new(pack, knowledge) }
    }

    /// Lays out the top-level `search` of one object's file.
    pub fn file(&self, object: &Object, sources: &Sources) -> Outcome {
        let Some(node) = object.node.get("search") else { return Outcome::Same };
        let Some(scalar) = node.as_scalar() else { return Outcome::Same };
        let old = &scalar.text;
        if old.as_str().trim().is_empty() {
            return Outcome::Same;
        }
        let new = match self.search(old) {
            Ok(new) => new,
            Err(reason) => return Outcome::Left(reason),
        };
        if new.is_empty() || (scalar.style == Style::Literal && old.as_str().trim_end() == new) {
            return Outcome::Same;
        }
        let text = sources.file(object.file).text();
        match scalar::replace(text, &object.node, &new) {
            Err(reason) => Outcome::Left(Reason::Form(reason)),
            Ok(changed) if is_same_document(object, &changed, &new) => Outcome::Changed(changed),
            Ok(_) => Outcome::Left(Reason::Form("other values of the file would change")),
        }
    }

    /// Lays out one search, without a line break at its end.
    pub fn search(&self, old: &Located) -> Result<String, Reason> {
        let (expansion, parsed) = self.compiler.read(old);
        // Where a macro is not known, the rest of the search is all there is to judge.
        let is_whole = expansion.problems.iter().all(|found| found.severity != Severity::Error);
        let mut located = parsed.problems.iter().filter_map(|problem| problem.clone().locate(&expansion.text));
        if let Some(found) = located.find(|found| is_whole && found.severity == Severity::Error) {
            return Err(Reason::Mistake(Box::new(found)));
        }
        let Some(new) = spl::layout(old.as_str()) else {
            return Err(match expansion.problems.into_iter().next() {
                Some(found) => Reason::Mistake(Box::new(found)),
                None => Reason::Form("a quote, comment or macro call of the search has no end"),
            });
        };
        if new == old.as_str().trim_end() || self.is_same(old, &parsed, &new) {
            Ok(new)
        } else {
            Err(Reason::Form("the layout would change what the search does"))
        }
    }

    /// Whether a new text gives the tree and the plan of the old one.
    fn is_same(&self, old: &Located, parsed: &spl::Parsed, new: &str) -> bool {
        let Some(place) = old.whole() else { return false };
        let (_, again) = self.compiler.read(&Located::verbatim(new, place));
        let problems = |parsed: &spl::Parsed| -> Vec<(&'static str, String)> {
            parsed.problems.iter().map(|problem| (problem.code.name(), problem.message.clone())).collect()
        };
        let plan = |parsed: &spl::Parsed| ir::print::print(&commands::lower(&parsed.search).plan);
        spl::print(&parsed.search) == spl::print(&again.search)
            && problems(parsed) == problems(&again)
            && plan(parsed) == plan(&again)
    }
}

/// Whether a file's new text holds the new search, and otherwise what it held before.
fn is_same_document(object: &Object, changed: &str, search: &str) -> bool {
    let Some(node) = yaml::parse(object.file, changed).0 else { return false };
    let values = |node: &yaml::Node| {
        let mut json = node.to_json();
        json.as_object_mut().map(|object| object.insert("search".to_owned(), serde_json::Value::Null));
        json
    };
    let text = node.get("search").and_then(yaml::Node::as_str);
    text.is_some_and(|text| text.strip_suffix('\n').unwrap_or(text).trim_end_matches('\n') == search)
        && values(&node) == values(&object.node)
}
