//! `fieldformat`: how a field is shown.
//!
//! - Later commands see the value as it was; only the rows at the end of the search show what the expression makes of it. In a
//!   subsearch nothing is shown, so nothing changes. Source: Search Reference, "fieldformat".

use super::eval::target;
use super::{Command, Example, Lower, Syntax};
use crate::ir::op::Assignment;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Fieldformat;

impl Command for Fieldformat {
    fn name(&self) -> &'static str {
        "fieldformat"
    }

    fn summary(&self) -> &'static str {
        "Show a field in another form"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "fieldformat <field>=<expression>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Sorted as a number, shown as text",
            before: r#"[{"n":"10"},{"n":"9"}]"#,
            search: r##"| fieldformat n="#".n | sort n"##,
            after: r##"[{"n":"#9"},{"n":"#10"}]"##,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        for arg in &stage.args {
            let Arg::Assign { target: word, value } = &arg.node else { continue };
            if let Some(value) = cx.value(value) {
                cx.show(Assignment { target: target(word), value, span: word.span });
            }
        }
    }
}
