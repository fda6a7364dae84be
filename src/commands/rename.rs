//! `rename`: give fields other names.
//!
//! - Pairs work from left to right. An existing target is replaced; a missing source removes the target.
//! - `*` stands for any text; both sides need as many, and the text moves over. It does not match `_...` fields.
//! - Source: Search Reference, "rename".

use super::lower::selector;
use super::{Command, Example, Lower, Syntax};
use crate::diag::{Problem, codes};
use crate::ir::Op;
use crate::spl::ast::{Arg, Stage, Word};

/// See the module.
pub(super) struct Rename;

impl Command for Rename {
    fn name(&self) -> &'static str {
        "rename"
    }

    fn summary(&self) -> &'static str {
        "Give fields other names"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "rename <field> as <name>...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A prefix goes",
                before: r#"[{"A.x":"1","A.y":"2","z":"3"}]"#,
                search: "| rename A.* as *",
                after: r#"[{"x":"1","y":"2","z":"3"}]"#,
            },
            Example {
                title: "A missing source removes the target",
                before: r#"[{"b":"2"}]"#,
                search: "| rename a as b",
                after: "[{}]",
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut pairs = Vec::new();
        for arg in &stage.args {
            let Arg::Alias { source, target } = &arg.node else { continue };
            let stars = |word: &Word| word.text.matches('*').count();
            if stars(source) != stars(target) && stars(target) > 0 {
                let message = format!("`{}` and `{}` do not have the same number of `*`", source.text, target.text);
                cx.problem(Problem::new(codes::WILDCARD_MISMATCH, message, source.span.to(target.span)));
                continue;
            }
            pairs.push((selector(source), selector(target)));
        }
        if pairs.is_empty() {
            return cx.incomplete("a pair `<field> as <name>`");
        }
        cx.push(Op::Rename(pairs));
    }
}
