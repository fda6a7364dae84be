//! `mvexpand`: one row per value of a multivalue field.
//!
//! - The other fields are copied. A row that lacks the field stays as it is. Order is kept.
//! - Source: Search Reference, "mvexpand".

use super::lower::{field, words};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Mvexpand;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "limit",
    kind: OptionKind::Count,
    default: "0",
    summary: "At most so many values per row; 0 takes all.",
}];

impl Command for Mvexpand {
    fn name(&self) -> &'static str {
        "mvexpand"
    }

    fn summary(&self) -> &'static str {
        "One row per value of a multivalue field"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "mvexpand <field> [limit=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two values, two rows",
            before: r#"[{"a":"1","v":["x","y"]}]"#,
            search: "| mvexpand v",
            after: r#"[{"a":"1","v":"x"},{"a":"1","v":"y"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        cx.push(Op::Expand { field: field(word), limit: options.count("limit", 0) });
    }
}
