//! `delta`: the difference to an earlier row.
//!
//! - The value of the field less that of `p` rows before, in a field `delta(<field>)` unless `as` names another. Where one of
//!   the two is no number there is no difference. Source: Search Reference, "delta".

use super::lower::{field, source_and_target};
use super::native::{Apply, gathered};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Delta;

const OPTIONS: &[OptionSpec] = &[option("p", OptionKind::Count, "1", "How many rows before.")];

impl Command for Delta {
    fn name(&self) -> &'static str {
        "delta"
    }

    fn summary(&self) -> &'static str {
        "The difference to an earlier row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "delta <field> [as <name>] [p=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "To the row before",
            before: r#"[{"n":"1"},{"n":"4"},{"n":"2"}]"#,
            search: "| delta n as change",
            after: r#"[{"n":"1"},{"n":"4","change":"3"},{"n":"2","change":"-2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some((source, target)) = source_and_target(stage) else { return cx.incomplete("a field") };
        let target = target.map_or_else(|| format!("delta({})", source.text), |word| word.text.clone());
        let distance = options.count("p", 1).max(1);
        cx.native(Difference { field: field(source), target: target.into(), distance, span: cx.span() });
    }
}

/// Subtracts earlier values.
#[derive(Clone, Debug)]
struct Difference {
    field: FieldRef,
    target: Name,
    distance: usize,
    span: Span,
}

impl Native for Difference {
    fn name(&self) -> &'static str {
        "delta"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo { values: Some(ValueKind::Number), ..FieldInfo::made(self.span) });
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Difference {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let number = |row: usize| batch.value(row, &self.field.name).as_number();
        let difference = |row: usize| Some(number(row)? - number(row.checked_sub(self.distance)?)?);
        let made = (0..batch.rows()).map(|row| difference(row).map_or(Value::Null, Value::Number)).collect();
        batch.set(self.target.clone(), Column::new(made));
        Ok(batch)
    }
}
