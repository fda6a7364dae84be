//! `outputcsv`: write the rows into a CSV file.
//!
//! - The file is a lookup table here, as for `outputlookup`; `.csv` may be left out. Source: Search Reference, "outputcsv".

use super::inputcsv::file;
use super::lower::words;
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Outputcsv;

const OPTIONS: &[OptionSpec] = &[
    option("append", OptionKind::Flag, "false", "Add to the table instead of replacing it."),
    option("create_empty", OptionKind::Ignored, "false", "Make the file even without rows."),
    option("dispatch", OptionKind::Ignored, "false", "Where Splunk would make the file."),
    option("override_if_empty", OptionKind::Flag, "true", "Empty the file if there are no rows."),
    option("singlefile", OptionKind::Ignored, "true", "How Splunk collects rows."),
    option("usexml", OptionKind::Ignored, "false", "How Splunk hands rows over."),
];

impl Command for Outputcsv {
    fn name(&self) -> &'static str {
        "outputcsv"
    }

    fn summary(&self) -> &'static str {
        "Write the rows into a CSV file"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "outputcsv [append=<bool>] <file>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Rows pass on",
            before: r#"[{"a":"1"}]"#,
            search: "| outputcsv seen",
            after: r#"[{"a":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(name) = words(stage).into_iter().next() else { return cx.incomplete("the name of a file") };
        cx.push(Op::Output {
            lookup: file(name),
            append: options.flag("append", false),
            empty_replaces: options.flag("override_if_empty", true),
        });
    }
}
