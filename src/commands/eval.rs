//! `eval`: compute fields from an expression per row.
//!
//! - Assignments work one after the other. A null result removes the field.
//! - `{x}` in a bare target stands for the value of the field `x`; if that is missing or empty, nothing is made.
//! - Source: Search Reference, "eval".

use super::{Command, Example, Lower, Syntax};
use crate::expr::{Expr, FieldRef};
use crate::ir::Op;
use crate::ir::op::{Assignment, Target, TargetPart};
use crate::spl::ast::{Arg, Quote, Stage, Word};
use crate::value::Value;

/// See the module.
pub(super) struct Eval;

impl Command for Eval {
    fn name(&self) -> &'static str {
        "eval"
    }

    fn summary(&self) -> &'static str {
        "Compute fields per row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "eval <field>=<expression> [, <field>=<expression>]...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A later assignment sees an earlier one",
                before: r#"[{"a":"2"}]"#,
                search: "| eval b=a*2, c=b+1",
                after: r#"[{"a":"2","b":"4","c":"5"}]"#,
            },
            Example {
                title: "A null removes the field",
                before: r#"[{"a":"2","b":"1"}]"#,
                search: "| eval a=null()",
                after: r#"[{"b":"1"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut assignments = Vec::new();
        for arg in &stage.args {
            let Arg::Assign { target, value } = &arg.node else { continue };
            let value = match cx.value(value) {
                Some(value) => value,
                // The field exists from here on, whatever its value: no consequence is reported twice.
                None => Expr::Literal(Value::Null),
            };
            assignments.push(Assignment { target: self::target(target), value, span: target.span });
        }
        if assignments.is_empty() {
            return cx.incomplete("an assignment");
        }
        cx.push(Op::Extend(assignments));
    }
}

/// The field that a target names: `{x}` in it stands for a value, an empty `{}` (as in `a{}.b`) for itself.
pub(super) fn target(word: &Word) -> Target {
    if word.quote != Quote::Bare {
        return Target::Name(word.text.as_str().into());
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = word.text.as_str();
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + length];
        plain.push_str(&rest[..open]);
        if name.is_empty() {
            plain.push_str("{}");
        } else {
            if !plain.is_empty() {
                parts.push(TargetPart::Text(std::mem::take(&mut plain).into()));
            }
            parts.push(TargetPart::Field(FieldRef::new(name, word.span)));
        }
        rest = &rest[open + length + 1..];
    }
    plain.push_str(rest);
    if parts.is_empty() {
        return Target::Name(plain.into());
    }
    if !plain.is_empty() {
        parts.push(TargetPart::Text(plain.into()));
    }
    Target::Template(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_with_braces() {
        let bare = |text: &str| {
            target(&Word { text: text.to_owned(), quote: Quote::Bare, span: crate::source::Span::default() })
        };
        assert_eq!(bare("a{}.b"), Target::Name("a{}.b".into()));
        assert_eq!(bare("a{"), Target::Name("a{".into()));
        let Target::Template(parts) = bare("v_{f}_x") else { panic!("a template") };
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], TargetPart::Text("v_".into()));
        assert_eq!(parts[2], TargetPart::Text("_x".into()));
    }
}
