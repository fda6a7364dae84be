//! `tail`: keep the last rows, the last one first.
//!
//! - Source: Search Reference, "tail".

use super::lower::words;
use super::options::{Options, count};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Tail;

const OPTIONS: &[OptionSpec] =
    &[OptionSpec { name: "limit", kind: OptionKind::Count, default: "10", summary: "How many rows." }];

impl Command for Tail {
    fn name(&self) -> &'static str {
        "tail"
    }

    fn summary(&self) -> &'static str {
        "Keep the last rows, the last one first"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "tail [<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "The last two",
            before: r#"[{"a":"1"},{"a":"2"},{"a":"3"}]"#,
            search: "| tail 2",
            after: r#"[{"a":"3"},{"a":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let number = words(stage).into_iter().find_map(|word| count(&word.text));
        let count = options.get("limit").and_then(|word| count(&word.text)).or(number);
        cx.push(Op::Limit { count: count.unwrap_or(10), last: true });
    }
}
