//! `regex`: keep the rows in which a regular expression has a hit.
//!
//! - `field="..."` keeps rows with a hit; `field!="..."` keeps rows without, those that lack the field included.
//! - Without a field the expression is tried on `_raw`. Unanchored, with case; a hit in one value of a multivalue is a hit.
//! - Source: Search Reference, "regex".

use super::build;
use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::ir::op::Condition;
use crate::spl::ast::{Arg, BinaryOp, Stage};

/// See the module.
pub(super) struct Regex;

impl Command for Regex {
    fn name(&self) -> &'static str {
        "regex"
    }

    fn summary(&self) -> &'static str {
        "Keep the rows in which a regular expression has a hit"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "regex [<field>(=|!=)]<pattern>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "With a hit",
                before: r#"[{"a":"x1"},{"a":"y"},{}]"#,
                search: r#"| regex a="\\d""#,
                after: r#"[{"a":"x1"}]"#,
            },
            Example {
                title: "Without a hit",
                before: r#"[{"a":"x1"},{"a":"y"},{}]"#,
                search: r#"| regex a!="\\d""#,
                after: r#"[{"a":"y"},{}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let test = stage.args.iter().find_map(|arg| match &arg.node {
            Arg::Match { negated, field, pattern } => Some((*negated, field, pattern)),
            _ => None,
        });
        let Some((negated, field, pattern)) = test else { return cx.incomplete("a pattern") };
        let subject = || field.as_ref().map_or_else(|| build::hidden_field("_raw"), build::field);
        let hit = build::call("match", vec![subject(), build::text(&pattern.text, pattern.span)], pattern.span);
        let test = if negated {
            let absent = build::call("isnull", vec![subject()], pattern.span);
            build::binary(BinaryOp::Or, absent, build::not(hit))
        } else {
            hit
        };
        match cx.expr(&test) {
            Some(test) => cx.push(Op::Filter(Condition::Where(test))),
            None => cx.unsupported("its pattern has errors"),
        }
    }
}
