//! Columns of `chart` and `timechart` that are computed of aggregates: `eval(sum(a)/sum(b)) as ratio`, and the rates
//! `per_second(x)` to `per_day(x)`.

use super::Lower;
use super::build::hidden_field;
use super::native::{Apply, gathered};
use crate::expr::{Context, stats};
use crate::ir::op::{Assignment, BinSpan, ProjectMode, Selector, Target};
use crate::ir::{Flow, Native, Op, Operator, Read, Schema};
use crate::source::{Span, Spanned};
use crate::spl::ast::{Aggregate, AggregateArgument, Arg, Expr, ExprKind, Quote, Stage, Word};
use crate::value::{Batch, Column, Name, Value};

/// Begins the names of aggregates that formulas are made of.
const HIDDEN: &str = "_escudo_part_";

/// A stage with plain aggregates only, and what is made of them.
pub(super) struct Parts {
    pub(super) stage: Stage,
    /// Columns that are sums until they are divided: the name, and the seconds of the unit.
    rates: Vec<(Name, f64)>,
    formulas: Vec<(Word, Expr)>,
}

impl Parts {
    /// Takes the computed columns out of a stage; rates only where rows are buckets of time.
    pub(super) fn of(stage: &Stage, time: bool) -> Self {
        let mut parts = Self { stage: stage.clone(), rates: Vec::new(), formulas: Vec::new() };
        let mut hidden: Vec<Aggregate> = Vec::new();
        let mut args = Vec::new();
        for mut arg in std::mem::take(&mut parts.stage.args) {
            if let Arg::Aggregate(call) = &mut arg.node {
                if let (true, Some(seconds)) = (time, seconds(&call.function.node)) {
                    let name = Word { text: call.text.clone(), quote: Quote::Bare, span: arg.span };
                    let name = call.alias.get_or_insert(name);
                    parts.rates.push((name.text.as_str().into(), seconds));
                    "sum".clone_into(&mut call.function.node);
                } else if let ("eval", AggregateArgument::Eval(expr)) = (call.function.node.as_str(), &call.argument) {
                    let formula = hoisted(expr, &mut hidden);
                    let name = Word { text: call.text.clone(), quote: Quote::Bare, span: arg.span };
                    parts.formulas.push((call.alias.clone().unwrap_or(name), formula));
                    continue;
                }
            }
            args.push(arg);
        }
        for call in hidden {
            let span = call.function.span;
            args.push(Spanned::new(Arg::Aggregate(call), span));
        }
        parts.stage.args = args;
        parts
    }

    /// Whether a column of this name is only a part of others.
    pub(super) fn hides(name: &str) -> bool {
        name.starts_with(HIDDEN)
    }

    /// The names of the formulas, in the order written.
    pub(super) fn names(&self) -> impl Iterator<Item = &Word> {
        self.formulas.iter().map(|(name, _)| name)
    }

    /// Whether there is nothing to compute.
    pub(super) fn is_plain(&self) -> bool {
        self.rates.is_empty() && self.formulas.is_empty()
    }

    /// Computes the columns, behind the aggregation.
    pub(super) fn finish(&self, span: Option<BinSpan>, cx: &mut Lower) {
        if !self.rates.is_empty() {
            cx.native(Rates { rates: self.rates.clone(), span });
        }
        let mut assignments = Vec::new();
        for (name, formula) in &self.formulas {
            if let Some(value) = cx.value(formula) {
                let target = Target::Name(name.text.as_str().into());
                assignments.push(Assignment { target, value, span: name.span });
            }
        }
        if !assignments.is_empty() {
            cx.push(Op::Extend(assignments));
            let hidden = (0..).map(|at| format!("{HIDDEN}{at}"));
            let count = self.stage.args.iter().filter(|arg| is_hidden(&arg.node)).count();
            let fields = hidden.take(count).map(|name| Selector::new(name, Span::default())).collect();
            cx.push(Op::Project { mode: ProjectMode::Remove, fields });
        }
    }
}

fn is_hidden(arg: &Arg) -> bool {
    matches!(arg, Arg::Aggregate(call) if call.alias.as_ref().is_some_and(|alias| Parts::hides(&alias.text)))
}

fn seconds(function: &str) -> Option<f64> {
    Some(match function {
        "per_second" => 1.0,
        "per_minute" => 60.0,
        "per_hour" => 3600.0,
        "per_day" => 86_400.0,
        _ => return None,
    })
}

/// The formula with fields in place of its aggregates.
fn hoisted(expr: &Expr, hidden: &mut Vec<Aggregate>) -> Expr {
    let kind = match &expr.kind {
        ExprKind::Call(function, args) if stats::resolve(&function.node).is_some() && args.len() < 2 => {
            let name = format!("{HIDDEN}{}", hidden.len());
            let argument = match args.first() {
                None => AggregateArgument::None,
                Some(Expr { kind: ExprKind::Field(word), .. }) => AggregateArgument::Field(word.clone()),
                Some(other) => AggregateArgument::Eval(other.clone()),
            };
            let alias = Some(Word { text: name.clone(), quote: Quote::Bare, span: expr.span });
            hidden.push(Aggregate { function: function.clone(), argument, alias, text: name.clone() });
            hidden_field(&name).kind
        }
        ExprKind::Call(function, args) => {
            ExprKind::Call(function.clone(), args.iter().map(|arg| hoisted(arg, hidden)).collect())
        }
        ExprKind::Unary(op, operand) => ExprKind::Unary(*op, Box::new(hoisted(operand, hidden))),
        ExprKind::Binary(op, left, right) => {
            ExprKind::Binary(op.clone(), Box::new(hoisted(left, hidden)), Box::new(hoisted(right, hidden)))
        }
        ExprKind::In(operand, items) => {
            ExprKind::In(Box::new(hoisted(operand, hidden)), items.iter().map(|item| hoisted(item, hidden)).collect())
        }
        ExprKind::Number(..) | ExprKind::Text(_) | ExprKind::Field(_) | ExprKind::Subsearch(_) => expr.kind.clone(),
    };
    Expr { kind, span: expr.span }
}

/// Divides sums by the length of their bucket.
#[derive(Clone, Debug)]
struct Rates {
    rates: Vec<(Name, f64)>,
    span: Option<BinSpan>,
}

impl Native for Rates {
    fn name(&self) -> &'static str {
        "timechart"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { reads: vec![Read::implied("_time")], output: input.clone(), ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Rates {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let time = |row: usize| batch.value(row, "_time").as_number();
        let mut times: Vec<f64> = (0..batch.rows()).filter_map(time).collect();
        times.sort_by(f64::total_cmp);
        let gap = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
        let length = |row: usize| match &self.span {
            Some(BinSpan::Time(span)) => time(row).map(|start| span.next(start, &context.zone) - start),
            Some(BinSpan::Number(seconds)) => Some(*seconds),
            // Without a span of its own, a bucket is as long as the least distance of two.
            Some(BinSpan::Bins(_)) | None => Some(if gap.is_finite() { gap } else { 1.0 }),
        };
        let lengths: Vec<Option<f64>> = (0..batch.rows()).map(length).collect();
        for (name, seconds) in &self.rates {
            let Some(column) = batch.column(name) else { continue };
            let rate = |(value, length): (&Value, &Option<f64>)| match (value.as_number(), length) {
                (Some(sum), Some(length)) if *length > 0.0 => Value::Number(sum * seconds / length),
                _ => Value::Null,
            };
            let rates = column.values().iter().zip(&lengths).map(rate).collect();
            batch.set(name.clone(), Column::new(rates));
        }
        Ok(batch)
    }
}
