//! `fillnull`: write a value where a field is missing.
//!
//! - With a list, each listed field is on every row afterwards; without, only fields that some row has are filled.
//! - An empty text is a value and stays. Source: Search Reference, "fillnull".

use super::lower::{selector, words};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;
use crate::value::Value;

/// See the module.
pub(super) struct Fillnull;

const OPTIONS: &[OptionSpec] =
    &[OptionSpec { name: "value", kind: OptionKind::Text, default: "0", summary: "What to write." }];

impl Command for Fillnull {
    fn name(&self) -> &'static str {
        "fillnull"
    }

    fn summary(&self) -> &'static str {
        "Write a value where a field is missing"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "fillnull [value=<text>] [<field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "All fields",
                before: r#"[{"a":"1"},{"b":"2"}]"#,
                search: "| fillnull",
                after: r#"[{"a":"1","b":"0"},{"a":"0","b":"2"}]"#,
            },
            Example {
                title: "A field that no row has",
                before: r#"[{"a":"1"}]"#,
                search: "| fillnull value=x c",
                after: r#"[{"a":"1","c":"x"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let value = Value::text(options.text("value").unwrap_or("0"));
        let fields = words(stage).into_iter().map(selector).collect();
        cx.push(Op::Fill { value, fields });
    }
}
