//! `fieldsummary`: what is known of the values of each field.
//!
//! - One row per field, in order of name: `count` and `distinct_count` of values, `numeric_count`, `max`, `min`, `mean` and
//!   `stdev` of the numbers, and the most frequent values as a JSON array. Source: Search Reference, "fieldsummary".

use super::lower::{selector, words};
use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, stats};
use crate::ir::op::Selector;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// See the module.
pub(super) struct Fieldsummary;

const OPTIONS: &[OptionSpec] =
    &[option("maxvals", OptionKind::Count, "100", "How many values are listed; 0 lists all.")];

impl Command for Fieldsummary {
    fn name(&self) -> &'static str {
        "fieldsummary"
    }

    fn summary(&self) -> &'static str {
        "Describe the values of each field"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "fieldsummary [maxvals=<n>] [<field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Of one field",
            before: r#"[{"n":"1"},{"n":"3"},{"n":"3"}]"#,
            search: "| fieldsummary n | table field count distinct_count max mean values",
            after: r#"[{"field":"n","count":"3","distinct_count":"2","max":"3","mean":"2.3333333333333335","values":"[{\"value\":\"3\",\"count\":2},{\"value\":\"1\",\"count\":1}]"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let fields = words(stage).into_iter().map(selector).collect();
        cx.native(Summary { fields, most: options.count("maxvals", 100), span: cx.span() });
    }
}

/// The fields that the command makes.
const FIELDS: [&str; 10] =
    ["field", "count", "distinct_count", "is_exact", "max", "mean", "min", "numeric_count", "stdev", "values"];

/// Describes columns.
#[derive(Clone, Debug)]
struct Summary {
    fields: Vec<Selector>,
    most: usize,
    span: Span,
}

impl Native for Summary {
    fn name(&self) -> &'static str {
        "fieldsummary"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema::default();
        for name in FIELDS {
            output.set(name, FieldInfo::made(self.span));
        }
        Flow { reads_all: true, output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Summary {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let covers = |name: &Name| {
            if self.fields.is_empty() {
                !name.starts_with('_')
            } else {
                self.fields.iter().any(|one| one.matches(name))
            }
        };
        let columns: BTreeMap<&Name, &Column> = batch.columns().filter(|(name, _)| covers(name)).collect();
        let rows: Vec<[Value; FIELDS.len()]> =
            columns.into_iter().filter_map(|(name, column)| self.describe(name, column)).collect();
        let mut result = Batch::new(rows.len());
        for (at, name) in FIELDS.into_iter().enumerate() {
            result.set(name, Column::new(rows.iter().map(|row| row[at].clone()).collect()));
        }
        Ok(result)
    }
}

impl Summary {
    /// The row of one field; none if no row has it.
    fn describe(&self, name: &Name, column: &Column) -> Option<[Value; FIELDS.len()]> {
        let mut counts: IndexMap<String, u64> = IndexMap::new();
        let values = || column.values().iter().flat_map(Value::values);
        for value in values() {
            *counts.entry(value.to_text().into_owned()).or_default() += 1;
        }
        if counts.is_empty() {
            return None;
        }
        let numbers: Vec<Value> = values().filter_map(Value::as_number).map(Value::Number).collect();
        let of_numbers = |function: &str| {
            let Some((function, number)) = stats::resolve(function) else { return Value::Null };
            let mut state = function.accumulator(number);
            for number in &numbers {
                state.add(number, None);
            }
            state.finish()
        };
        let count = |count: usize| Value::Number(count as f64);
        let distinct = counts.len();
        let total = counts.values().sum::<u64>() as f64;
        counts.sort_by(|name, count, other, more| more.cmp(count).then_with(|| name.cmp(other)));
        let most = if self.most == 0 { usize::MAX } else { self.most };
        let listed = counts.iter().take(most).map(|(value, count)| {
            let value = serde_json::Value::String(value.clone());
            format!(r#"{{"value":{value},"count":{count}}}"#)
        });
        let listed = format!("[{}]", listed.collect::<Vec<_>>().join(","));
        Some([
            Value::text(name.clone()),
            Value::Number(total),
            count(distinct),
            Value::Number(1.0),
            of_numbers("max"),
            of_numbers("avg"),
            of_numbers("min"),
            count(numbers.len()),
            of_numbers("stdev"),
            Value::text(listed),
        ])
    }
}
