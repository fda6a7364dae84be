//! `autoregress`: values of earlier rows beside those of each row.
//!
//! - `p=2` copies the value of two rows before, `p=1-3` those of one to three rows before. The copies are named
//!   `<field>_p<n>`, or as `as` says where there is one only. Source: Search Reference, "autoregress".

use super::lower::{field, source_and_target};
use super::native::{Apply, gathered};
use super::options::{Options, bad_value, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Autoregress;

const OPTIONS: &[OptionSpec] =
    &[option("p", OptionKind::Text, "1", "How many rows before: a number, or a range such as `1-3`.")];

/// More columns than this are no use to anybody.
const MOST_COLUMNS: usize = 1000;

impl Command for Autoregress {
    fn name(&self) -> &'static str {
        "autoregress"
    }

    fn summary(&self) -> &'static str {
        "Values of earlier rows beside those of each row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "autoregress <field> [as <name>] [p=<n>|p=<n>-<m>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "One and two rows before",
            before: r#"[{"n":"1"},{"n":"2"},{"n":"3"}]"#,
            search: "| autoregress n p=1-2",
            after: r#"[{"n":"1"},{"n":"2","n_p1":"1"},{"n":"3","n_p1":"2","n_p2":"1"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some((source, target)) = source_and_target(stage) else { return cx.incomplete("a field") };
        let range = options.text("p").map_or(Some((1, 1)), range);
        let Some((from, to)) = range else {
            if let Some(word) = options.get("p") {
                cx.problem(bad_value("autoregress", "p", "a number, or a range such as `1-3`", word));
            }
            return cx.unsupported("its range has errors");
        };
        let named = |distance: usize| match target {
            Some(target) if from == to => target.text.as_str().into(),
            Some(target) => format!("{}_p{distance}", target.text).into(),
            None => format!("{}_p{distance}", source.text).into(),
        };
        let made = (from..=to).map(|distance| (distance, named(distance))).collect();
        cx.native(Earlier { field: field(source), made, span: cx.span() });
    }
}

/// `2` or `1-3`; at least 1, in order, of a bounded length.
fn range(text: &str) -> Option<(usize, usize)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
    (from > 0 && from <= to && to - from < MOST_COLUMNS).then_some((from, to))
}

/// Copies values down.
#[derive(Clone, Debug)]
struct Earlier {
    field: FieldRef,
    /// Distance in rows, and the field to write.
    made: Vec<(usize, Name)>,
    span: Span,
}

impl Native for Earlier {
    fn name(&self) -> &'static str {
        "autoregress"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        let info = input.fields.get(&self.field.name).cloned().unwrap_or_default();
        for (_, name) in &self.made {
            output.set(name.clone(), FieldInfo { made: Some(self.span), always: false, ..info.clone() });
        }
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Earlier {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let values: Vec<Value> = (0..batch.rows()).map(|row| batch.value(row, &self.field.name).clone()).collect();
        for (distance, name) in &self.made {
            let missing = (*distance).min(values.len());
            let mut moved = vec![Value::Null; missing];
            moved.extend_from_slice(&values[..values.len() - missing]);
            batch.set(name.clone(), Column::new(moved));
        }
        Ok(batch)
    }
}
