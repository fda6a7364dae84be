//! `fields`: keep or remove fields.
//!
//! - With a list (or `+`), the listed fields and the internal ones (`_time`, `_raw`) stay; with `-`, the listed ones go.
//! - Rows are never dropped. Source: Search Reference, "fields".

use super::lower::{selector, words};
use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::ir::op::ProjectMode;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Fields;

impl Command for Fields {
    fn name(&self) -> &'static str {
        "fields"
    }

    fn summary(&self) -> &'static str {
        "Keep or remove fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "fields [+|-] <field>...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Internal fields stay",
                before: r#"[{"a":"1","b":"2","_time":"5"}]"#,
                search: "| fields b",
                after: r#"[{"b":"2","_time":"5"}]"#,
            },
            Example {
                title: "Remove by pattern",
                before: r#"[{"a1":"1","a2":"2","b":"3"}]"#,
                search: "| fields - a*",
                after: r#"[{"b":"3"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let remove = stage.args.iter().any(|arg| matches!(arg.node, Arg::Sign('-')));
        let fields: Vec<_> = words(stage).into_iter().map(selector).collect();
        if fields.is_empty() {
            return cx.incomplete("a field");
        }
        let mode = if remove { ProjectMode::Remove } else { ProjectMode::Keep };
        cx.push(Op::Project { mode, fields });
    }
}
