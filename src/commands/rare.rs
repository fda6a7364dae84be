//! `rare`: the least frequent values of fields.
//!
//! - Rows that lack one of the fields are not counted. `percent` is the share of the counted rows of the group, with six
//!   decimals. Source: Search Reference, "rare".

use super::top::{OPTIONS, frequency};
use super::{Command, Example, Lower, Syntax};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Rare;

impl Command for Rare {
    fn name(&self) -> &'static str {
        "rare"
    }

    fn summary(&self) -> &'static str {
        "The least frequent values of fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "rare [<n>] <field>... [by <field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "The least frequent one",
            before: r#"[{"a":"x"},{"a":"x"},{"a":"y"}]"#,
            search: "| rare limit=1 a",
            after: r#"[{"a":"y","count":"1","percent":"33.333333"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        frequency(stage, cx, false);
    }
}
