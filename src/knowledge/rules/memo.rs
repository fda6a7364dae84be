//! Calculated fields, evaluated once for each combination of values that occurs.
//!
//! Events repeat themselves: a thousand of them have a dozen event codes and images. Values are told apart by the text
//! that they share, not by a look at the text; two copies of one text only cost a second evaluation.

use crate::expr::{Context, Expr};
use crate::knowledge::language;
use crate::value::{Batch, Column, Name, Value};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Fewer rows are not worth the trouble.
const MIN_ROWS: usize = 64;
/// An expression that reads more fields hardly meets a combination twice.
const MAX_READS: usize = 4;

/// Numbers that stand for the values of columns, for one state of a batch.
#[derive(Default)]
pub(super) struct Memo {
    /// Per column: a number per row and the count of numbers; none if a value cannot be told apart cheaply.
    codes: HashMap<Name, Option<Arc<Codes>>>,
}

#[derive(Debug)]
struct Codes {
    rows: Vec<u32>,
    count: u32,
}

type Fast<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A hash for numbers that nobody outside chooses: addresses and small counts.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

impl Memo {
    /// The batch has changed.
    pub(super) fn forget(&mut self) {
        self.codes.clear();
    }

    /// As [`language::evaluate`]. `reads` are the fields that the expression reads.
    pub(super) fn evaluate(&mut self, expr: &Expr, reads: &[Name], batch: &Batch, context: &Context) -> Column {
        let direct = || language::evaluate(expr, batch, context);
        let plain = matches!(expr, Expr::Field { .. } | Expr::Literal(_));
        if plain || batch.rows() < MIN_ROWS || reads.len() > MAX_READS || expr.is_random() {
            return direct();
        }
        let Some((groups, firsts)) = self.groups(reads, batch) else { return direct() };
        if firsts.len() * 2 > batch.rows() {
            return direct();
        }
        let mut few = Batch::new(firsts.len());
        for name in reads {
            if let Some(column) = batch.column(name) {
                let values = firsts.iter().map(|&row| column.values()[row as usize].clone()).collect();
                few.set(name.clone(), Column::new(values));
            }
        }
        let found = language::evaluate(expr, &few, context);
        Column::new(groups.into_iter().map(|group| found.values()[group as usize].clone()).collect())
    }

    /// The combination of each row, and the first row of each combination.
    fn groups(&mut self, reads: &[Name], batch: &Batch) -> Option<(Vec<u32>, Vec<u32>)> {
        let mut all: Option<(Vec<u32>, u32)> = None;
        for name in reads {
            let Some(column) = batch.column(name) else { continue };
            let codes = self.codes.entry(name.clone()).or_insert_with(|| codes(column).map(Arc::new)).clone()?;
            all = Some(match all {
                None => (codes.rows.clone(), codes.count),
                Some((rows, _)) => combined(&rows, &codes.rows),
            });
        }
        let (rows, count) = all.unwrap_or_else(|| (vec![0; batch.rows()], 1));
        let mut firsts = vec![u32::MAX; count as usize];
        for (row, &code) in rows.iter().enumerate() {
            let first = &mut firsts[code as usize];
            *first = (*first).min(row as u32);
        }
        Some((rows, firsts))
    }
}

/// One number per pair of numbers.
fn combined(left: &[u32], right: &[u32]) -> (Vec<u32>, u32) {
    let mut known: Fast<u64, u32> = Fast::default();
    let rows = left
        .iter()
        .zip(right)
        .map(|(&left, &right)| {
            let next = known.len() as u32;
            *known.entry(u64::from(left) << 32 | u64::from(right)).or_insert(next)
        })
        .collect();
    (rows, known.len() as u32)
}

/// Numbers the values of a column; none if they hardly repeat.
fn codes(column: &Column) -> Option<Codes> {
    let mut known: Fast<usize, u32> = Fast::default();
    let mut rows = Vec::with_capacity(column.values().len());
    for (row, value) in column.values().iter().enumerate() {
        let key = match value {
            Value::Null => 0,
            Value::Text(text) => text.as_ptr() as usize,
            Value::List(values) => values.as_ptr() as usize,
            Value::Bool(_) | Value::Number(_) => return None,
        };
        let next = known.len() as u32;
        rows.push(*known.entry(key).or_insert(next));
        if row == 512 && known.len() > 320 {
            return None;
        }
    }
    Some(Codes { rows, count: known.len() as u32 })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::source::{Located, Place, Sources, Span};

    fn located(text: &str) -> Located {
        let file = Sources::new().add("x", text);
        Located::verbatim(text, Place { file, span: Span::new(0, text.len()) })
    }

    #[test]
    fn the_same_as_without() {
        let shared: Vec<Value> = ["a\\b", "", "7", "a\\c"].iter().map(|text| Value::from(*text)).collect();
        let pick = |row: usize, by: usize| match row % by {
            0 => Value::Null,
            1 => Value::list([shared[0].clone(), shared[3].clone()]),
            other => shared[other % shared.len()].clone(),
        };
        let mut batch = Batch::new(500);
        batch.set("x", Column::new((0..500).map(|row| pick(row, 5)).collect()));
        batch.set("y", Column::new((0..500).map(|row| pick(row * 7 + 3, 6)).collect()));
        batch.set("n", Column::new((0..500).map(|row| Value::Number(f64::from(row))).collect()));
        batch.set("u", Column::new((0..500).map(|row| Value::text(row.to_string())).collect()));
        let context = Context { seed: 7, ..Context::at(0.0) };
        for text in [
            "case(x=\"7\", y, isnull(x), \"none\", true(), mvindex(split(x, \"\\\\\"), -1))",
            "x . y",
            "if(in(x, \"7\", \"\"), upper(y), null())",
            "x . gone",
            "n + 1",
            "u . x",
            "1 + 1",
            "random()",
            "if(x=\"7\", random(), 0)",
            "mvcount(x)",
        ] {
            let expr = language::eval(&located(text)).value.unwrap();
            let reads = language::reads_of_expr(&expr);
            let expected = language::evaluate(&expr, &batch, &context);
            assert_eq!(Memo::default().evaluate(&expr, &reads, &batch, &context), expected, "{text}");
        }
    }
}
