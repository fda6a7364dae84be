//! `set`: what two searches have in common, or not.
//!
//! - `union` gives the rows of both, each once; `diff` those of one only; `intersect` those of both. Rows are equal if all of
//!   their fields are, those beginning with `_` excepted. Source: Search Reference, "set".

use super::lower::words;
use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax, build};
use crate::expr::Context;
use crate::ir::op::{Assignment, Target};
use crate::ir::{Flow, Native, Op, Operator, Plan, Schema, Step};
use crate::source::Span;
use crate::spl::ast::{Arg, Stage};
use crate::value::{Batch, Value};
use indexmap::IndexMap;

/// See the module.
pub(super) struct Set;

impl Command for Set {
    fn name(&self) -> &'static str {
        "set"
    }

    fn summary(&self) -> &'static str {
        "Combine the rows of two searches as sets"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "set (union|diff|intersect) [<subsearch>] [<subsearch>]", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "In both",
            before: "",
            search: "| set intersect [| makeresults count=2 | streamstats count as n | table n] [| makeresults | eval n=2 | table n]",
            after: r#"[{"n":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let how = words(stage).first().and_then(|word| How::parse(&word.text));
        let Some(how) = how else { return cx.incomplete("`union`, `diff` or `intersect`") };
        let searches = stage.args.iter().filter_map(|arg| match &arg.node {
            Arg::Subsearch(search) => Some(search),
            _ => None,
        });
        let mut plans: Vec<Plan> = searches.map(|search| cx.subplan(search)).collect();
        if plans.len() != 2 || !cx.first() {
            return cx.incomplete("two subsearches in brackets, at the beginning of a search");
        }
        for (side, plan) in plans.iter_mut().enumerate() {
            let Some(value) = cx.value(&build::number(side as f64, Span::default())) else { continue };
            let target = Target::Name(SIDE.into());
            let op = Op::Extend(vec![Assignment { target, value, span: Span::default() }]);
            plan.steps.push(Step { op, command: "set", span: cx.span() });
        }
        let mut plans = plans.into_iter();
        if let (Some(left), Some(right)) = (plans.next(), plans.next()) {
            cx.splice(left);
            cx.push(Op::Append(Box::new(right)));
        }
        cx.native(Combine { how });
    }
}

/// Tells which search a row is of, until the sets are compared.
const SIDE: &str = "_side";

#[derive(Clone, Copy, Debug)]
enum How {
    Union,
    Diff,
    Intersect,
}

impl How {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "union" => Self::Union,
            "diff" => Self::Diff,
            "intersect" => Self::Intersect,
            _ => return None,
        })
    }

    fn keeps(self, sides: [bool; 2]) -> bool {
        match self {
            Self::Union => true,
            Self::Diff => sides != [true, true],
            Self::Intersect => sides == [true, true],
        }
    }
}

/// Compares the rows of two searches.
#[derive(Clone, Debug)]
struct Combine {
    how: How,
}

impl Native for Combine {
    fn name(&self) -> &'static str {
        "set"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.fields.shift_remove(SIDE);
        Flow { reads_all: true, output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Combine {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let sides = batch.remove(SIDE);
        let second = |row: usize| sides.as_ref().is_some_and(|column| column.values()[row] == Value::Number(1.0));
        let mut rows: IndexMap<Vec<Vec<String>>, (usize, [bool; 2])> = IndexMap::new();
        for row in 0..batch.rows() {
            let columns = batch.columns().filter(|(name, _)| !name.starts_with('_'));
            let texts = |value: &Value| value.values().iter().map(|one| one.to_text().into_owned()).collect();
            let key = columns.map(|(_, column)| texts(&column.values()[row])).collect();
            rows.entry(key).or_insert((row, [false; 2])).1[usize::from(second(row))] = true;
        }
        let kept: Vec<usize> =
            rows.into_values().filter(|(_, sides)| self.how.keeps(*sides)).map(|(row, _)| row).collect();
        Ok(batch.take(&kept))
    }
}
