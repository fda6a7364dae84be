//! `rangemap`: the name of the range that a number falls in.
//!
//! - `<name>=<from>-<to>`, both ends included, as often as wanted; the name goes into the field `range`, several names into a
//!   multivalue, and `default` where no range fits. Source: Search Reference, "rangemap".

use super::lower::field;
use super::native::{Apply, streaming};
use super::options::{bad_value, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::{Arg, Stage};
use crate::value::{Batch, Column, Name, Value, number};

/// See the module.
pub(super) struct Rangemap;

const OPTIONS: &[OptionSpec] = &[
    option("default", OptionKind::Text, "None", "The name where no range fits."),
    option("field", OptionKind::Field, "", "The field to read."),
];

impl Command for Rangemap {
    fn name(&self) -> &'static str {
        "rangemap"
    }

    fn summary(&self) -> &'static str {
        "Name the range that a number falls in"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "rangemap field=<field> [<name>=<from>-<to>]... [default=<name>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Three ranges",
            before: r#"[{"n":"3"},{"n":"12"},{"n":"99"}]"#,
            search: "| rangemap field=n low=0-9 mid=10-19 default=high",
            after: r#"[{"n":"3","range":"low"},{"n":"12","range":"mid"},{"n":"99","range":"high"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let (mut read, mut otherwise, mut ranges) = (None, Name::from("None"), Vec::new());
        for arg in &stage.args {
            let Arg::Option { name, value } = &arg.node else { continue };
            match name.node.as_str() {
                "field" => read = Some(field(value)),
                "default" => otherwise = value.text.as_str().into(),
                other => match range(&value.text) {
                    Some((from, to)) => ranges.push((Name::from(other), from, to)),
                    None => cx.problem(bad_value("rangemap", other, "a range such as `0-9`", value)),
                },
            }
        }
        let Some(field) = read else { return cx.incomplete("`field=<field>`") };
        cx.native(Ranges { field, list: ranges, otherwise, span: cx.span() });
    }
}

/// `0-9`, `-5--1`, `-5-5`.
fn range(text: &str) -> Option<(f64, f64)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
    let (from, to) = (number::parse(text[..at].trim())?, number::parse(text[at + 1..].trim())?);
    (from <= to).then_some((from, to))
}

/// Names numbers.
#[derive(Clone, Debug)]
struct Ranges {
    field: FieldRef,
    list: Vec<(Name, f64, f64)>,
    otherwise: Name,
    span: Span,
}

impl Native for Ranges {
    fn name(&self) -> &'static str {
        "rangemap"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set("range", FieldInfo { always: true, multivalue: true, ..FieldInfo::made(self.span) });
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Ranges {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let name = |row: usize| {
            let number = batch.value(row, &self.field.name).as_number();
            let fits = |range: &&(Name, f64, f64)| number.is_some_and(|number| range.1 <= number && number <= range.2);
            let names = self.list.iter().filter(fits).map(|range| Value::text(range.0.clone()));
            match Value::list(names) {
                Value::Null => Value::text(self.otherwise.clone()),
                names => names,
            }
        };
        let names = (0..batch.rows()).map(name).collect();
        batch.set("range", Column::new(names));
        Ok(batch)
    }
}
