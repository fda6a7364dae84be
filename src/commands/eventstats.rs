//! `eventstats`: add the aggregates of its group to every row.
//!
//! - Rows and their order stay. A row that lacks a by-field gets nothing.
//! - Source: Search Reference, "eventstats".

use super::lower::by_fields;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::{Window, WindowFrame};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Eventstats;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "allnum",
    kind: OptionKind::Missing,
    default: "false",
    summary: "Only values that are all numbers count.",
}];

impl Command for Eventstats {
    fn name(&self) -> &'static str {
        "eventstats"
    }

    fn summary(&self) -> &'static str {
        "Add the aggregates of its group to every row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "eventstats <function>(<field>) [as <name>]... [by <field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "The mean of the group beside each value",
            before: r#"[{"g":"a","n":"1"},{"g":"a","n":"3"}]"#,
            search: "| eventstats avg(n) as m by g",
            after: r#"[{"g":"a","n":"1","m":"2"},{"g":"a","n":"3","m":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let aggregates = cx.aggregates(stage);
        if aggregates.is_empty() {
            return cx.incomplete("an aggregate");
        }
        cx.push(Op::Window(Window { aggregates, by: by_fields(stage), frame: WindowFrame::Group }));
    }
}
