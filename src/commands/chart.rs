//! `chart`: aggregates in a table with a column per value of a field.
//!
//! - `over x by y` (or `by x y`): one row per value of x, one column per value of y. Without a second field, as `stats`.
//! - Of more than `limit` columns those with the greatest sum stay and the rest becomes `OTHER`. That column adds counts and
//!   sums up and takes the least or greatest for `min` and `max`; for other functions it is not shown.
//! - Source: Search Reference, "chart".

use super::computed::Parts;
use super::lower::{by_fields, by_items, field, selector};
use super::options::{OptionKind, OptionSpec, Options, count};
use super::pivot::{Other, Pivot, naming};
use super::stats::one_of_each;
use super::{Command, Example, Lower, Syntax};
use crate::expr::FieldRef;
use crate::ir::Op;
use crate::ir::op::{Aggregation, Bin, BinSpan, Selector};
use crate::spl::ast::{Arg, ByItem, Stage};
use crate::value::{Name, Value};

/// See the module.
pub(super) struct Chart;

impl Command for Chart {
    fn name(&self) -> &'static str {
        "chart"
    }

    fn summary(&self) -> &'static str {
        "Aggregates in a table with a column per value of a field"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "chart <function>(<field>) [as <name>]... [over <field>] [by <field> [<field>]]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "A formula of aggregates",
                before: r#"[{"h":"a","n":"1","m":"2"},{"h":"a","n":"3","m":"6"}]"#,
                search: "| chart eval(sum(n)/sum(m)) as share over h",
                after: r#"[{"h":"a","share":"0.5"}]"#,
            },
            Example {
                title: "Rows and columns",
                before: r#"[{"h":"a","u":"x"},{"h":"a","u":"y"},{"h":"b","u":"x"}]"#,
                search: "| chart count over h by u",
                after: r#"[{"h":"a","x":"1","y":"1"},{"h":"b","x":"1","y":"0"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let over = stage.args.iter().position(|arg| matches!(&arg.node, Arg::Keyword(word) if word == "over"));
        let over = over.and_then(|at| stage.args.get(at + 1)).and_then(|arg| match &arg.node {
            Arg::Word(word) => Some(selector(word)),
            _ => None,
        });
        let mut fields: Vec<_> = over.into_iter().chain(by_fields(stage)).collect();
        if fields.is_empty() {
            return cx.incomplete("a field after `over` or `by`");
        }
        let row = fields.remove(0);
        let column = (!fields.is_empty()).then(|| fields.remove(0));
        let _ = table(stage, row, column, cx);
    }
}

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "bins",
        kind: OptionKind::Count,
        default: "100",
        summary: "At most so many buckets, when there is no span.",
    },
    OptionSpec {
        name: "cont",
        kind: OptionKind::Flag,
        default: "true",
        summary: "Add rows for buckets without events.",
    },
    OptionSpec {
        name: "dedup_splitvals",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Count equal values of a multivalue field once.",
    },
    OptionSpec { name: "end", kind: OptionKind::Missing, default: "", summary: "Upper end of the buckets." },
    OptionSpec {
        name: "fixedrange",
        kind: OptionKind::Ignored,
        default: "true",
        summary: "Begin and end with the search's own range; here with the first and last row.",
    },
    OptionSpec {
        name: "format",
        kind: OptionKind::Text,
        default: "$AGG$: $VAL$",
        summary: "How columns of several aggregates are named.",
    },
    OptionSpec {
        name: "limit",
        kind: OptionKind::Text,
        default: "10",
        summary: "Columns to show, those with the greatest sum; 0 shows all.",
    },
    OptionSpec { name: "minspan", kind: OptionKind::Missing, default: "", summary: "Smallest bucket." },
    OptionSpec {
        name: "nullstr",
        kind: OptionKind::Text,
        default: "NULL",
        summary: "The column for rows without a value.",
    },
    OptionSpec { name: "otherstr", kind: OptionKind::Text, default: "OTHER", summary: "The column for the rest." },
    OptionSpec {
        name: "partial",
        kind: OptionKind::Ignored,
        default: "true",
        summary: "Keep buckets that the range cuts.",
    },
    OptionSpec { name: "sep", kind: OptionKind::Text, default: ": ", summary: "Between the parts of a column's name." },
    OptionSpec { name: "span", kind: OptionKind::Span, default: "", summary: "Size of a bucket." },
    OptionSpec { name: "start", kind: OptionKind::Missing, default: "", summary: "Lower end of the buckets." },
    OptionSpec { name: "usenull", kind: OptionKind::Flag, default: "true", summary: "Show rows without a value." },
    OptionSpec { name: "useother", kind: OptionKind::Flag, default: "true", summary: "Show the rest." },
];

/// The table of `chart` and `timechart`: buckets, groups, and a column per value of the second field. Gives the
/// options; none if there is no table.
pub(super) fn table<'a>(
    stage: &'a Stage,
    row: Selector,
    column: Option<Selector>,
    cx: &mut Lower,
) -> Option<Options<'a>> {
    let mut options = Options::of(stage, OPTIONS, cx);
    for item in by_items(stage) {
        if let ByItem::Option { name, value } = item {
            options.check(name, value, OPTIONS, cx);
        }
    }
    let time = &*row.name == "_time";
    let parts = Parts::of(stage, time);
    let aggregates = cx.aggregates(&parts.stage);
    if aggregates.is_empty() {
        cx.incomplete("an aggregate");
        return None;
    }
    let span = match options.get("span").map(|value| cx.bin_span("span", value, time)) {
        Some(span) => span,
        None if time || options.get("bins").is_some() => Some(BinSpan::Bins(options.count("bins", 100).max(2))),
        None => None,
    };
    if let Some(span) = span.clone() {
        let read = FieldRef::new(row.name.clone(), row.span);
        cx.push(Op::Bin(Bin { field: read, target: row.name.clone(), span }));
    }
    let counts = parts.is_plain() && aggregates.iter().all(|one| matches!(one.function.name, "count" | "dc"));
    let shown: Vec<_> = aggregates.iter().filter(|one| !Parts::hides(&one.name.name)).collect();
    let mut values: Vec<FieldRef> =
        shown.iter().map(|one| FieldRef::new(one.name.name.clone(), one.name.span)).collect();
    let functions: Vec<&str> = shown.iter().map(|one| one.function.name).collect();
    values.extend(parts.names().map(field));
    let keys = std::iter::once(&row).chain(&column);
    if options.flag("dedup_splitvals", false) {
        for key in keys {
            one_of_each(key, cx);
        }
    }
    let Some(column) = column else {
        cx.push(Op::Aggregate(Aggregation { aggregates, by: vec![row] }));
        parts.finish(span, cx);
        return Some(options);
    };
    if options.flag("usenull", true) {
        let value = Value::text(options.text("nullstr").unwrap_or("NULL"));
        cx.push(Op::Fill { value, fields: vec![column.clone()] });
    }
    let other = options.flag("useother", true).then(|| Other {
        name: options.text("otherstr").unwrap_or("OTHER").into(),
        functions: functions.iter().map(|name| Name::from(*name)).collect(),
    });
    let limit = options.text("limit").map_or(Some(10), |text| count(text.trim_start_matches("top").trim()));
    let limit = limit.unwrap_or_else(|| {
        cx.unsupported_option("limit", cx.span());
        10
    });
    cx.push(Op::Aggregate(Aggregation { aggregates, by: vec![row.clone(), column.clone()] }));
    parts.finish(span, cx);
    cx.native(Pivot {
        row: FieldRef::new(row.name, row.span),
        column: FieldRef::new(column.name, column.span),
        values,
        naming: naming(&options),
        limit,
        other,
        sorted: true,
    });
    if counts {
        cx.push(Op::Fill { value: Value::Number(0.0), fields: Vec::new() });
    }
    Some(options)
}
