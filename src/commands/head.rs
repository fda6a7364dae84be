//! `head`: keep the first rows.
//!
//! - With an expression, rows are kept until the first one for which it is not true.
//! - Source: Search Reference, "head".

use super::lower::words;
use super::native::{Apply, gathered};
use super::options::{Options, count};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes};
use crate::expr::{Context, Expr};
use crate::ir::{Flow, Native, Op, Operator, Schema, reads};
use crate::spl::ast::{Arg, Stage};
use crate::value::{Batch, Value};

/// See the module.
pub(super) struct Head;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "keeplast",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Also keep the row that ends the run.",
    },
    OptionSpec { name: "limit", kind: OptionKind::Count, default: "10", summary: "How many rows." },
    OptionSpec {
        name: "null",
        kind: OptionKind::Flag,
        default: "false",
        summary: "A null of the expression counts as true.",
    },
];

impl Command for Head {
    fn name(&self) -> &'static str {
        "head"
    }

    fn summary(&self) -> &'static str {
        "Keep the first rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "head [<n>] [(<expression>)]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "The first two",
                before: r#"[{"a":"1"},{"a":"2"},{"a":"3"}]"#,
                search: "| head 2",
                after: r#"[{"a":"1"},{"a":"2"}]"#,
            },
            Example {
                title: "While a condition holds",
                before: r#"[{"a":"1"},{"a":"2"},{"a":"1"}]"#,
                search: "| head (a<2)",
                after: r#"[{"a":"1"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        for word in words(stage).into_iter().filter(|word| count(&word.text).is_none()) {
            let message = format!("`head` takes a number of rows, not `{}`", word.text);
            let help = "write `head 10`, or `head (expression)` for the rows up to a condition";
            cx.problem(Problem::new(codes::BAD_OPTION_VALUE, message, word.span).help(help));
        }
        let number = words(stage).into_iter().find_map(|word| count(&word.text));
        let limit = options.get("limit").and_then(|word| count(&word.text)).or(number);
        let test = stage.args.iter().find_map(|arg| match &arg.node {
            Arg::Expr(expr) => Some(expr),
            _ => None,
        });
        if let Some(test) = test {
            match cx.condition(test) {
                Some(test) => cx.native(While {
                    test,
                    keep_last: options.flag("keeplast", false),
                    null: options.flag("null", false),
                }),
                None => cx.unsupported("its expression has errors"),
            }
        }
        if limit.is_some() || test.is_none() {
            cx.push(Op::Limit { count: limit.unwrap_or(10), last: false });
        }
    }
}

/// Keeps rows until the first one for which an expression is not true.
#[derive(Clone, Debug)]
struct While {
    test: Expr,
    keep_last: bool,
    null: bool,
}

impl Native for While {
    fn name(&self) -> &'static str {
        "head"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { output: input.clone(), ..Flow::default() };
        reads::of_expr(&self.test, &mut flow.reads);
        flow
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for While {
    fn apply(&self, batch: Batch, context: &Context) -> Result<Batch, String> {
        let truth = super::build::eval(&self.test, &batch, context);
        let goes_on = |value: &Value| match value {
            Value::Null => self.null,
            other => *other == Value::Bool(true),
        };
        let end = truth.values().iter().position(|value| !goes_on(value)).unwrap_or(batch.rows());
        let end = if self.keep_last { (end + 1).min(batch.rows()) } else { end };
        Ok(batch.take(&(0..end).collect::<Vec<_>>()))
    }
}
