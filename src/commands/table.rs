//! `table`: keep exactly the listed fields, in that order.
//!
//! - All other fields go, internal ones too. A listed field that no row has stays absent.
//! - Source: Search Reference, "table".

use super::lower::{selector, words};
use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::ir::op::ProjectMode;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Table;

impl Command for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn summary(&self) -> &'static str {
        "Keep exactly the listed fields, in that order"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "table <field>...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Order as listed",
            before: r#"[{"a":"1","b":"2","_time":"5"}]"#,
            search: "| table b, a",
            after: r#"[{"b":"2","a":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let fields: Vec<_> = words(stage).into_iter().map(selector).collect();
        if fields.is_empty() {
            return cx.incomplete("a field");
        }
        cx.push(Op::Project { mode: ProjectMode::Table, fields });
    }
}
