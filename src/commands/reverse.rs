//! `reverse`: turn the order of rows around.
//!
//! - Source: Search Reference, "reverse".

use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Reverse;

impl Command for Reverse {
    fn name(&self) -> &'static str {
        "reverse"
    }

    fn summary(&self) -> &'static str {
        "Turn the order of rows around"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "reverse", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Last row first",
            before: r#"[{"a":"1"},{"a":"2"}]"#,
            search: "| reverse",
            after: r#"[{"a":"2"},{"a":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let _ = stage;
        cx.push(Op::Reverse);
    }
}
