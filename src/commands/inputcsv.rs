//! `inputcsv`: the rows of a CSV file.
//!
//! - The file is a lookup table here; `.csv` may be left out. Source: Search Reference, "inputcsv".

use super::lower::words;
use super::options::{Options, count, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Predicate;
use crate::ir::Op;
use crate::source::Spanned;
use crate::spl::ast::{Stage, Word};
use crate::value::Name;

/// See the module.
pub(super) struct Inputcsv;

const OPTIONS: &[OptionSpec] = &[
    option("append", OptionKind::Flag, "false", "Add to the current rows instead of replacing them."),
    option("dispatch", OptionKind::Ignored, "false", "Where Splunk looks for the file."),
    option("events", OptionKind::Ignored, "false", "Whether the rows count as events."),
    option("max", OptionKind::Count, "", "At most so many rows."),
    option("start", OptionKind::Count, "0", "Skip this many rows first."),
    option("strict", OptionKind::Ignored, "false", "A missing file is an error in any case."),
];

impl Command for Inputcsv {
    fn name(&self) -> &'static str {
        "inputcsv"
    }

    fn summary(&self) -> &'static str {
        "The rows of a CSV file"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "inputcsv [append=<bool>] [start=<n>] [max=<n>] <file>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { title: "A table", before: "", search: "| inputcsv hosts", after: "" }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let [name] = words.as_slice() else { return cx.incomplete("the name of a file, and nothing behind it") };
        cx.push(Op::Table {
            lookup: file(name),
            filter: Predicate::TRUE,
            start: options.count("start", 0),
            max: options.get("max").and_then(|word| count(&word.text)),
            append: options.flag("append", false) && !cx.first(),
        });
    }
}

/// The table of a file's name.
pub(super) fn file(name: &Word) -> Spanned<Name> {
    let text = if name.text.contains('.') { name.text.clone() } else { format!("{}.csv", name.text) };
    Spanned::new(text.into(), name.span)
}
