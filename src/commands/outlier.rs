//! `outlier`: cut off or remove numbers that lie far out.
//!
//! - A number lies far out if it exceeds the 75th percentile of its field by more than `param` times the distance between the 25th
//!   and the 75th; with `uselower=true` also if it is as far below the 25th. `transform` sets it to that bound (behind `000` with
//!   `mark=true`), `remove` drops the row. Without a list, all fields whose values are numbers.
//! - Source: Search Reference, "outlier".

use super::lower::{selector, words};
use super::native::{Apply, gathered};
use super::options::{Options, bad_value, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, stats};
use crate::ir::op::Selector;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value, number};

/// See the module.
pub(super) struct Outlier;

const OPTIONS: &[OptionSpec] = &[
    option("action", OptionKind::OneOf(&["remove", "rm", "transform", "tf"]), "transform", "Cut off, or drop the row."),
    option("mark", OptionKind::Flag, "false", "Write `000` before numbers that are cut off."),
    option("param", OptionKind::Text, "2.5", "How far is far out."),
    option("type", OptionKind::OneOf(&["iqr"]), "iqr", "How outliers are found."),
    option("uselower", OptionKind::Flag, "false", "Also look below."),
];

impl Command for Outlier {
    fn name(&self) -> &'static str {
        "outlier"
    }

    fn summary(&self) -> &'static str {
        "Cut off or remove numbers that lie far out"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "outlier [action=<word>] [param=<n>] [uselower=<bool>] [mark=<bool>] [<field>...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Removed",
                before: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"},{"n":"90"}]"#,
                search: "| outlier action=remove n",
                after: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"}]"#,
            },
            Example {
                title: "Cut off",
                before: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"},{"n":"90"}]"#,
                search: "| outlier param=2 n",
                after: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"},{"n":"5"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        bounds(stage, &options, cx);
    }
}

/// Lowers the options and the list.
pub(super) fn bounds(stage: &Stage, options: &Options, cx: &mut Lower) {
    let param = options.get("param").map_or(Some(2.5), |word| number::parse(&word.text));
    let Some(param) = param else {
        if let Some(word) = options.get("param") {
            cx.problem(bad_value(cx.command(), "param", "a number", word));
        }
        return cx.unsupported("its options have errors");
    };
    cx.native(Cut {
        fields: words(stage).into_iter().map(selector).collect(),
        param,
        below: options.flag("uselower", false),
        mark: options.flag("mark", false),
        remove: options.text("action").is_some_and(|action| action.to_ascii_lowercase().starts_with('r')),
    });
}

/// Cuts numbers off, or removes their rows.
#[derive(Clone, Debug)]
struct Cut {
    fields: Vec<Selector>,
    param: f64,
    below: bool,
    mark: bool,
    remove: bool,
}

impl Native for Cut {
    fn name(&self) -> &'static str {
        "outlier"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let plain = self.fields.iter().filter(|field| !field.is_pattern());
        let reads =
            plain.map(|field| Read::value(&crate::expr::FieldRef::new(field.name.clone(), field.span))).collect();
        let reads_all = self.fields.is_empty() || self.fields.iter().any(Selector::is_pattern);
        Flow { reads, reads_all, output: input.clone() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Cut {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let covers = |name: &Name| {
            if self.fields.is_empty() {
                !name.starts_with('_')
            } else {
                self.fields.iter().any(|one| one.matches(name))
            }
        };
        let names: Vec<Name> = batch.names().filter(|name| covers(name)).cloned().collect();
        let mut kept = vec![true; batch.rows()];
        for name in names {
            let Some(column) = batch.column_mut(&name) else { continue };
            let Some((low, high)) = self.bounds(column) else { continue };
            for (row, value) in column.values_mut().iter_mut().enumerate() {
                let Some(number) = value.as_number() else { continue };
                let bound = if number > high {
                    high
                } else if self.below && number < low {
                    low
                } else {
                    continue;
                };
                kept[row] = false;
                let text = || Value::text(format!("000{}", number::print(bound)));
                *value = if self.mark { text() } else { Value::Number(bound) };
            }
        }
        if self.remove {
            return Ok(batch.take(&(0..kept.len()).filter(|&row| kept[row]).collect::<Vec<_>>()));
        }
        Ok(batch)
    }
}

impl Cut {
    /// What a number of the column may be; none for a column without numbers.
    fn bounds(&self, column: &Column) -> Option<(f64, f64)> {
        let percentile = |percent: f64| {
            let mut state = stats::find("exactperc")?.accumulator(Some(percent));
            column.values().iter().for_each(|value| state.add(value, None));
            state.finish().as_number()
        };
        let (quarter, three) = (percentile(25.0)?, percentile(75.0)?);
        let reach = self.param * (three - quarter);
        Some((quarter - reach, three + reach))
    }
}
