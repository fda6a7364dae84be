//! `transpose`: rows become columns.
//!
//! - One row per field, with its name in `column`; the first rows become `row 1`, `row 2` and so on, or are named by the values of
//!   `header_field`. Fields beginning with `_` are left out. Source: Search Reference, "transpose".

use super::lower::words;
use super::native::{Apply, gathered};
use super::options::{Options, count, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::{FieldInfo, Flow, Native, Operator, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Transpose;

const OPTIONS: &[OptionSpec] = &[
    option("column_name", OptionKind::Field, "column", "The field for the names."),
    option("header_field", OptionKind::Field, "", "The field whose values name the columns."),
    option("include_empty", OptionKind::Flag, "true", "Also show fields without a value."),
];

impl Command for Transpose {
    fn name(&self) -> &'static str {
        "transpose"
    }

    fn summary(&self) -> &'static str {
        "Turn rows into columns"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "transpose [<n>] [column_name=<field>] [header_field=<field>] [include_empty=<bool>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Two rows",
                before: r#"[{"h":"a","n":"1"},{"h":"b","n":"2"}]"#,
                search: "| transpose",
                after: r#"[{"column":"h","row 1":"a","row 2":"b"},{"column":"n","row 1":"1","row 2":"2"}]"#,
            },
            Example {
                title: "Named by a field",
                before: r#"[{"h":"a","n":"1"},{"h":"b","n":"2"}]"#,
                search: "| transpose header_field=h",
                after: r#"[{"column":"n","a":"1","b":"2"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let rows = words(stage).first().and_then(|word| count(&word.text)).unwrap_or(5);
        cx.native(Turn {
            rows: if rows == 0 { MAX_COLUMNS } else { rows.min(MAX_COLUMNS) },
            names: options.text("column_name").unwrap_or("column").into(),
            header: options.text("header_field").map(Name::from),
            with_empty: options.flag("include_empty", true),
            span: cx.span(),
        });
    }
}

/// Most rows that become columns.
const MAX_COLUMNS: usize = 10_000;

/// Turns a table.
#[derive(Clone, Debug)]
struct Turn {
    rows: usize,
    names: Name,
    header: Option<Name>,
    with_empty: bool,
    span: Span,
}

impl Native for Turn {
    fn name(&self) -> &'static str {
        "transpose"
    }

    fn flow(&self, _: &Schema) -> Flow {
        let mut output = Schema { open: true, ..Schema::default() };
        output.set(self.names.clone(), FieldInfo { always: true, ..FieldInfo::made(self.span) });
        Flow { reads_all: true, output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Turn {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let rows = self.rows.min(batch.rows());
        let shown = |name: &Name, column: &Column| {
            !name.starts_with('_')
                && self.header.as_ref() != Some(name)
                && (self.with_empty || column.values()[..rows].iter().any(|value| !value.is_null()))
        };
        let columns: Vec<(&Name, &Column)> = batch.columns().filter(|(name, column)| shown(name, column)).collect();
        let mut result = Batch::new(columns.len());
        result.set(
            self.names.clone(),
            Column::new(columns.iter().map(|(name, _)| Value::text((*name).clone())).collect()),
        );
        for row in 0..rows {
            let header = self.header.as_ref().map(|field| batch.value(row, field).to_text()).unwrap_or_default();
            let name = if header.is_empty() { format!("row {}", row + 1) } else { header.into_owned() };
            result.set(name, Column::new(columns.iter().map(|(_, column)| column.values()[row].clone()).collect()));
        }
        Ok(result)
    }
}
