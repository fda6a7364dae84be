//! `trendline`: moving averages.
//!
//! - `sma<n>` is the mean of the last `n` values, `wma<n>` the same with weights 1 to `n`, `ema<n>` weighs the newest value by
//!   `2 / (n + 1)` and what was before by the rest. There is none before the `n`th row; rows without a number are passed over.
//! - Source: Search Reference, "trendline".

use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::schema::ValueKind;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::{Arg, Stage, Word};
use crate::value::{Batch, Column, Name, Value};
use std::collections::VecDeque;

/// See the module.
pub(super) struct Trendline;

impl Command for Trendline {
    fn name(&self) -> &'static str {
        "trendline"
    }

    fn summary(&self) -> &'static str {
        "Moving averages"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "trendline (sma|ema|wma)<n>(<field>) [as <name>]...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Of two rows",
            before: r#"[{"n":"1"},{"n":"3"},{"n":"7"}]"#,
            search: "| trendline sma2(n) as s wma2(n) as w",
            after: r#"[{"n":"1"},{"n":"3","s":"2","w":"2.3333333333333335"},{"n":"7","s":"5","w":"5.666666666666667"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut lines = Vec::new();
        for arg in &stage.args {
            let (source, target) = match &arg.node {
                Arg::Word(word) => (word, word),
                Arg::Alias { source, target } => (source, target),
                _ => continue,
            };
            match Line::parse(source, target) {
                Some(line) => lines.push(line),
                None => cx.missing("averages such as `sma5(x)`, `ema5(x)`, `wma5(x)`, of 2 to 10000 rows"),
            }
        }
        if lines.is_empty() {
            return cx.incomplete("an average such as `sma5(x)`");
        }
        cx.native(Trends { lines, span: cx.span() });
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Simple,
    Exponential,
    Weighted,
}

/// One average.
#[derive(Clone, Debug)]
struct Line {
    kind: Kind,
    period: usize,
    field: FieldRef,
    target: Name,
}

impl Line {
    fn parse(source: &Word, target: &Word) -> Option<Self> {
        let (function, field) = source.text.strip_suffix(')')?.split_once('(')?;
        let kind = match function.get(..3)?.to_ascii_lowercase().as_str() {
            "sma" => Kind::Simple,
            "ema" => Kind::Exponential,
            "wma" => Kind::Weighted,
            _ => return None,
        };
        let period = function[3..].parse().ok().filter(|period| (2..=10_000).contains(period))?;
        let field = FieldRef::new(field.trim(), source.span);
        Some(Self { kind, period, field, target: target.text.as_str().into() })
    }

    fn average(&self, last: &VecDeque<f64>, before: Option<f64>) -> f64 {
        let count = last.len() as f64;
        let mean = || last.iter().sum::<f64>() / count;
        match (self.kind, before) {
            (Kind::Simple, _) | (Kind::Exponential, None) => mean(),
            (Kind::Exponential, Some(before)) => {
                let weight = 2.0 / (self.period as f64 + 1.0);
                before + weight * (last.back().copied().unwrap_or(before) - before)
            }
            (Kind::Weighted, _) => {
                let weighted: f64 = last.iter().enumerate().map(|(at, number)| (at + 1) as f64 * number).sum();
                weighted / (count * (count + 1.0) / 2.0)
            }
        }
    }
}

/// Computes averages.
#[derive(Clone, Debug)]
struct Trends {
    lines: Vec<Line>,
    span: Span,
}

impl Native for Trends {
    fn name(&self) -> &'static str {
        "trendline"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        for line in &self.lines {
            output
                .set(line.target.clone(), FieldInfo { values: Some(ValueKind::Number), ..FieldInfo::made(self.span) });
        }
        Flow { reads: self.lines.iter().map(|line| Read::value(&line.field)).collect(), output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for Trends {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        for line in &self.lines {
            let (mut last, mut before) = (VecDeque::new(), None);
            let mut made = vec![Value::Null; batch.rows()];
            for (row, value) in made.iter_mut().enumerate() {
                let Some(number) = batch.value(row, &line.field.name).as_number() else { continue };
                last.push_back(number);
                if last.len() > line.period {
                    last.pop_front();
                }
                if last.len() == line.period {
                    let average = line.average(&last, before);
                    before = Some(average);
                    *value = Value::Number(average);
                }
            }
            batch.set(line.target.clone(), Column::new(made));
        }
        Ok(batch)
    }
}
