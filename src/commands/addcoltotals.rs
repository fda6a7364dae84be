//! `addcoltotals`: a row with the sum of each column.
//!
//! - The same as `addtotals row=false col=true`. Source: Search Reference, "addcoltotals".

use super::addtotals::columns;
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Addcoltotals;

const OPTIONS: &[OptionSpec] = &[
    option("label", OptionKind::Text, "Total", "The text in the row of sums."),
    option("labelfield", OptionKind::Field, "", "The field where that text goes."),
];

impl Command for Addcoltotals {
    fn name(&self) -> &'static str {
        "addcoltotals"
    }

    fn summary(&self) -> &'static str {
        "A row with the sum of each column"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "addcoltotals [labelfield=<field>] [label=<text>] [<field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "With a label",
            before: r#"[{"h":"a","n":"1"},{"h":"b","n":"2"}]"#,
            search: "| addcoltotals labelfield=h label=all n",
            after: r#"[{"h":"a","n":"1"},{"h":"b","n":"2"},{"h":"all","n":"3"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        columns(stage, &options, cx);
    }
}
