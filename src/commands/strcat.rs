//! `strcat`: join fields and texts into a field.
//!
//! - A field that is missing counts as empty; with `allrequired=true` nothing is written unless all are there. Texts stand in
//!   double quotes. Source: Search Reference, "strcat".

use super::lower::words;
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax, build};
use crate::ir::Op;
use crate::ir::op::{Assignment, Target};
use crate::spl::ast::{BinaryOp, Expr, Quote, Stage};

/// See the module.
pub(super) struct Strcat;

const OPTIONS: &[OptionSpec] =
    &[option("allrequired", OptionKind::Flag, "false", "Write nothing unless all fields are there.")];

impl Command for Strcat {
    fn name(&self) -> &'static str {
        "strcat"
    }

    fn summary(&self) -> &'static str {
        "Join fields and texts into a field"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "strcat [allrequired=<bool>] <field or text>... <target>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "With a text between",
            before: r#"[{"a":"x","b":"y"}]"#,
            search: r#"| strcat a "-" b c"#,
            after: r#"[{"a":"x","b":"y","c":"x-y"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let Some((target, sources)) = words.split_last().filter(|(_, sources)| sources.len() > 1) else {
            return cx.incomplete("two sources and a target");
        };
        let required = options.flag("allrequired", false);
        let piece = |word: &&crate::spl::ast::Word| -> Expr {
            match word.quote {
                Quote::Double => build::text(&word.text, word.span),
                _ if required => build::field(word),
                _ => build::call("coalesce", vec![build::field(word), build::text("", word.span)], word.span),
            }
        };
        let joined = sources.iter().map(piece).reduce(|left, right| build::binary(BinaryOp::Concat, left, right));
        let Some(value) = joined.and_then(|joined| cx.value(&joined)) else {
            return cx.unsupported("its fields have errors");
        };
        // Of a field that may stay as it was, the old value is the value where there is no new one.
        let target_name = Target::Name(target.text.as_str().into());
        cx.push(Op::Extend(vec![Assignment { target: target_name, value, span: target.span }]));
    }
}
