//! `top`: the most frequent values of fields.
//!
//! - Rows that lack one of the fields are not counted. `percent` is the share of the counted rows of the group, with six
//!   decimals. Source: Search Reference, "top".

use super::build::{self, binary, hidden_field};
use super::lower::{by_fields, selector, words};
use super::options::{OptionKind, OptionSpec, Options, count};
use super::{Command, Example, Lower, Syntax};
use crate::expr::FieldRef;
use crate::ir::Op;
use crate::ir::op::{
    AggregateInput, Aggregation, Assignment, Condition, ProjectMode, Selector, SortKey, SortKind, Target, Window,
    WindowFrame,
};
use crate::spl::ast::{BinaryOp, Stage};

/// See the module.
pub(super) struct Top;

impl Command for Top {
    fn name(&self) -> &'static str {
        "top"
    }

    fn summary(&self) -> &'static str {
        "The most frequent values of fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "top [<n>] <field>... [by <field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "With share of all rows",
            before: r#"[{"a":"x"},{"a":"x"},{"a":"y"}]"#,
            search: "| top a",
            after: r#"[{"a":"x","count":"2","percent":"66.666667"},{"a":"y","count":"1","percent":"33.333333"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        frequency(stage, cx, true);
    }
}

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "countfield",
        kind: OptionKind::Field,
        default: "count",
        summary: "The field for the number of rows.",
    },
    OptionSpec { name: "limit", kind: OptionKind::Count, default: "10", summary: "How many values; 0 takes all." },
    OptionSpec { name: "otherstr", kind: OptionKind::Missing, default: "OTHER", summary: "The name of the rest." },
    OptionSpec {
        name: "percentfield",
        kind: OptionKind::Field,
        default: "percent",
        summary: "The field for the share of all rows.",
    },
    OptionSpec { name: "showcount", kind: OptionKind::Flag, default: "true", summary: "Show the number of rows." },
    OptionSpec { name: "showperc", kind: OptionKind::Flag, default: "true", summary: "Show the share of all rows." },
    OptionSpec { name: "useother", kind: OptionKind::Flag, default: "false", summary: "Add a row for the rest." },
];

/// Lowers `top` and `rare`: counts per combination, the share of the group, an order, and the first so many.
pub(super) fn frequency(stage: &Stage, cx: &mut Lower, descending: bool) {
    let options = Options::of(stage, OPTIONS, cx);
    let mut fields: Vec<_> = words(stage).into_iter().map(selector).collect();
    let mut limit = options.count("limit", 10);
    if fields.len() > 1
        && let Some(number) = fields.first().and_then(|field| count(&field.name))
    {
        limit = number;
        fields.remove(0);
    }
    if fields.is_empty() {
        return cx.incomplete("a field");
    }
    if options.flag("useother", false) {
        cx.unsupported_option("useother", cx.span());
    }
    let by = by_fields(stage);
    let counts = options.text("countfield").unwrap_or("count");
    let share = options.text("percentfield").unwrap_or("percent");
    let mut keys = by.clone();
    keys.extend(fields);
    let place = cx.span();
    let Some(number) = cx.aggregate("count", AggregateInput::Rows, counts) else { return };
    cx.push(Op::Aggregate(Aggregation { aggregates: vec![number], by: keys }));
    let all = AggregateInput::Field(Selector::new(counts, place));
    if options.flag("showperc", true)
        && let Some(sum) = cx.aggregate("sum", all, TOTAL)
    {
        cx.push(Op::Window(Window { aggregates: vec![sum], by: by.clone(), frame: WindowFrame::Group }));
        // Six decimals, as text.
        let ratio = binary(BinaryOp::Divide, hidden_field(counts), hidden_field(TOTAL));
        let percent = binary(BinaryOp::Multiply, ratio, build::number(100.0, place));
        let text = build::call("printf", vec![build::text("%.6f", place), percent], place);
        if let Some(value) = cx.expr(&text) {
            cx.push(Op::Extend(vec![Assignment { target: Target::Name(share.into()), value, span: place }]));
        }
        cx.push(Op::Project { mode: ProjectMode::Remove, fields: vec![Selector::new(TOTAL, place)] });
    }
    let key = |field: &Selector, descending| SortKey {
        field: FieldRef::new(field.name.clone(), field.span),
        descending,
        kind: SortKind::Auto,
    };
    let mut order: Vec<SortKey> = by.iter().map(|field| key(field, false)).collect();
    order.push(key(&Selector::new(counts, place), descending));
    cx.push(Op::Sort { keys: order, limit: 0 });
    if limit > 0 && by.is_empty() {
        cx.push(Op::Limit { count: limit, last: false });
    } else if limit > 0 {
        first_of_group(limit, by, cx);
    }
    if !options.flag("showcount", true) {
        cx.push(Op::Project { mode: ProjectMode::Remove, fields: vec![Selector::new(counts, place)] });
    }
}

/// Keeps the first rows of each group.
fn first_of_group(limit: usize, by: Vec<Selector>, cx: &mut Lower) {
    let place = cx.span();
    let Some(rank) = cx.aggregate("count", AggregateInput::Rows, RANK) else { return };
    let frame = WindowFrame::Running { current: true, window: 0, time_window: None, global: false };
    cx.push(Op::Window(Window { aggregates: vec![rank], by, frame }));
    let test = build::at_most(hidden_field(RANK), build::number(limit as f64, place));
    if let Some(test) = cx.expr(&test) {
        cx.push(Op::Filter(Condition::Where(test)));
    }
    cx.push(Op::Project { mode: ProjectMode::Remove, fields: vec![Selector::new(RANK, place)] });
}

/// Names that no search writes, for columns between the steps.
const TOTAL: &str = "_escudo_total";
const RANK: &str = "_escudo_rank";
