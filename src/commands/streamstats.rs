//! `streamstats`: add aggregates over the rows seen so far.
//!
//! - Row order is that of the input. `window=0` means all rows so far; with `global=true` a window counts rows of all groups.
//! - Source: Search Reference, "streamstats".

use super::lower::by_fields;
use super::native::{Apply, gathered};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, Expr, FieldRef};
use crate::ir::op::{Aggregate, ProjectMode, Selector, Window, WindowFrame};
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Op, Operator, Read, Schema, reads};
use crate::spl::ast::{Quote, Stage};
use crate::value::{Batch, Column, Value};

/// See the module.
pub(super) struct Streamstats;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "allnum",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Only values that are all numbers count.",
    },
    OptionSpec { name: "current", kind: OptionKind::Flag, default: "true", summary: "Count the row itself." },
    OptionSpec {
        name: "global",
        kind: OptionKind::Flag,
        default: "true",
        summary: "One window over all groups instead of one per group.",
    },
    OptionSpec {
        name: "reset_after",
        kind: OptionKind::Text,
        default: "",
        summary: "Start anew behind a row that satisfies the expression.",
    },
    OptionSpec {
        name: "reset_before",
        kind: OptionKind::Text,
        default: "",
        summary: "Start anew at a row that satisfies the expression.",
    },
    OptionSpec {
        name: "reset_on_change",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Start anew when a by-field changes.",
    },
    OptionSpec {
        name: "time_window",
        kind: OptionKind::Span,
        default: "",
        summary: "Only rows within this time of the row.",
    },
    OptionSpec { name: "window", kind: OptionKind::Count, default: "0", summary: "Only the last so many rows." },
];

impl Command for Streamstats {
    fn name(&self) -> &'static str {
        "streamstats"
    }

    fn summary(&self) -> &'static str {
        "Add aggregates over the rows seen so far"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "streamstats [current=<bool>] [window=<n>] [time_window=<span>] <function>(<field>) [as <name>]... [by <field>...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "The distance to the row before",
                before: r#"[{"t":"1"},{"t":"4"},{"t":"9"}]"#,
                search: "| streamstats window=2 range(t) as d",
                after: r#"[{"t":"1","d":"0"},{"t":"4","d":"3"},{"t":"9","d":"5"}]"#,
            },
            Example {
                title: "A count that begins anew",
                before: r#"[{"a":"x"},{"a":"y"},{"a":"x"},{"a":"x"}]"#,
                search: r#"| streamstats reset_before=(a="y") count as n"#,
                after: r#"[{"a":"x","n":"1"},{"a":"y","n":"1"},{"a":"x","n":"2"},{"a":"x","n":"3"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let aggregates = cx.aggregates(stage);
        if aggregates.is_empty() {
            return cx.incomplete("an aggregate");
        }
        let frame = WindowFrame::Running {
            current: options.flag("current", true),
            window: options.count("window", 0),
            time_window: options.get("time_window").and_then(|span| cx.seconds("time_window", span)),
            global: options.flag("global", true),
        };
        let mut by = by_fields(stage);
        let Some(runs) = Runs::of(&options, &by, &aggregates, cx) else {
            return cx.unsupported("a condition of its options has errors");
        };
        let resets = runs.before.is_some() || runs.after.is_some() || !runs.change.is_empty();
        if resets {
            cx.native(runs);
            by.push(Selector::new(RUN, cx.span()));
        }
        cx.push(Op::Window(Window { aggregates, by, frame }));
        if resets {
            cx.push(Op::Project { mode: ProjectMode::Remove, fields: vec![Selector::new(RUN, cx.span())] });
        }
    }
}

/// Numbers the runs of rows between resets; aggregates never see two of them together.
const RUN: &str = "_escudo_run";

/// Numbers runs.
#[derive(Clone, Debug)]
struct Runs {
    before: Option<Expr>,
    after: Option<Expr>,
    change: Vec<FieldRef>,
}

impl Runs {
    /// What the options say; none if they have mistakes, which are reported.
    fn of(options: &Options, by: &[Selector], aggregates: &[Aggregate], cx: &mut Lower) -> Option<Self> {
        let mut condition = |name: &str| match options.get(name) {
            None => Some(None),
            Some(word) => {
                // Blanks in front make the places of the inner text those of the whole search.
                let inset = word.span.start as usize + usize::from(word.quote != Quote::Bare);
                let (expr, problems) = crate::spl::parse_eval(&format!("{}{}", " ".repeat(inset), word.text));
                cx.problems(problems);
                let expr = cx.condition(&expr?)?;
                if expr.fields().iter().any(|field| aggregates.iter().any(|made| made.name.name == field.name)) {
                    cx.missing(&format!("a condition on fields of its input in `{name}`, not on its results"));
                    return None;
                }
                Some(Some(expr))
            }
        };
        let (before, after) = (condition("reset_before")?, condition("reset_after")?);
        let change = if options.flag("reset_on_change", false) { by } else { &[] };
        let change = change.iter().map(|field| FieldRef::new(field.name.clone(), field.span)).collect();
        Some(Self { before, after, change })
    }
}

impl Native for Runs {
    fn name(&self) -> &'static str {
        "streamstats"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut flow = Flow { reads: self.change.iter().map(Read::value).collect(), ..Flow::default() };
        for expr in self.before.iter().chain(&self.after) {
            reads::of_expr(expr, &mut flow.reads);
        }
        flow.output = input.clone();
        flow.output.set(RUN, FieldInfo { always: true, values: Some(ValueKind::Number), ..FieldInfo::default() });
        flow
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Runs {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let truth = |expr: &Option<Expr>| expr.as_ref().map(|expr| super::build::eval(expr, &batch, context));
        let (before, after) = (truth(&self.before), truth(&self.after));
        let holds = |column: &Option<Column>, row: usize| {
            column.as_ref().is_some_and(|column| column.values()[row] == Value::Bool(true))
        };
        let changes = |row: usize| {
            row > 0
                && self.change.iter().any(|field| batch.value(row, &field.name) != batch.value(row - 1, &field.name))
        };
        let mut run = 0.0;
        let mut runs = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            if holds(&before, row) || changes(row) {
                run += 1.0;
            }
            runs.push(Value::Number(run));
            if holds(&after, row) {
                run += 1.0;
            }
        }
        batch.set(RUN, Column::new(runs));
        Ok(batch)
    }
}
