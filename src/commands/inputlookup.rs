//! `inputlookup`: the rows of a lookup table, in file order.
//!
//! - As a later stage it needs `append=true` and adds its rows after the current ones. All values are text; empty cells are
//!   null. Source: Search Reference, "inputlookup".

use super::lower::words;
use super::options::{Options, count};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes};
use crate::expr::Predicate;
use crate::ir::Op;
use crate::source::Spanned;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Inputlookup;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "append",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Add to the current rows instead of replacing them.",
    },
    OptionSpec { name: "max", kind: OptionKind::Count, default: "", summary: "At most so many rows." },
    OptionSpec { name: "start", kind: OptionKind::Count, default: "0", summary: "Skip this many rows first." },
    OptionSpec {
        name: "strict",
        kind: OptionKind::Flag,
        default: "false",
        summary: "A missing table is an error in any case.",
    },
];

impl Command for Inputlookup {
    fn name(&self) -> &'static str {
        "inputlookup"
    }

    fn summary(&self) -> &'static str {
        "The rows of a lookup table"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "inputlookup [append=<bool>] [start=<n>] [max=<n>] <lookup> [where <condition>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Rows that satisfy a condition",
            before: "",
            search: "| inputlookup hosts.csv where site=lab",
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(name) = words(stage).into_iter().next() else { return cx.incomplete("the name of a lookup") };
        let mut filter = Predicate::And(Vec::new());
        for arg in &stage.args {
            if let Arg::Condition(term) = &arg.node {
                filter = cx.predicate(term);
            }
        }
        let append = options.flag("append", false);
        cx.push(Op::Table {
            lookup: Spanned::new(name.text.as_str().into(), name.span),
            filter,
            start: options.count("start", 0),
            max: options.get("max").and_then(|word| count(&word.text)),
            append: append && !cx.first(),
        });
        if !append && !cx.first() {
            let message = "`inputlookup` in the middle of a search discards the rows before it";
            cx.problem(
                Problem::new(codes::ROWS_DISCARDED, message, cx.span()).help("write `append=true` to add its rows"),
            );
        }
    }
}
