//! `eventstats` and `streamstats`: aggregates of its group, or of the rows so far, for every row.
//!
//! - Rows and their order stay. A row that lacks a by-field gets nothing; of a row in several groups the first counts.
//! - A running window looks at the rows that came before (and the current one), in input order; with by-fields at those
//!   of the same group. `window` counts rows of all groups if `global`, else of the group.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::engine::evaluate;
use crate::engine::group::Groups;
use crate::engine::outcome::{Failure, FailureKind};
use crate::engine::summary::{self, Input, Summary};
use crate::expr::stats::Accumulator;
use crate::ir::op::{Window, WindowFrame};
use crate::value::{Batch, Column, Value};
use std::collections::{HashMap, VecDeque};

pub(super) fn open(window: &Window) -> Result<Box<dyn Stage + '_>, Failure> {
    summary::no_patterns(&window.by)?;
    match &window.frame {
        WindowFrame::Group => {
            Ok(Box::new(Whole::new(move |rows: Batch, run: &Run<'_>| whole_groups(window, rows, run))))
        }
        WindowFrame::Running { .. } => {
            if window.aggregates.iter().any(|aggregate| summary::pattern(aggregate).is_some()) {
                let text = "`streamstats` over a field pattern is not supported";
                return Err(Failure::new(FailureKind::Unsupported, text));
            }
            Ok(Box::new(Running { window, groups: Groups::default(), sums: HashMap::new(), frames: HashMap::new() }))
        }
    }
}

fn whole_groups(window: &Window, mut rows: Batch, run: &Run<'_>) -> Result<Batch, Failure> {
    let mut summary = Summary::new(&window.aggregates, &window.by)?;
    let mut group_of: Vec<Option<usize>> = vec![None; rows.rows()];
    summary.add(&rows, run, |row, group| {
        group_of[row].get_or_insert(group);
    })?;
    for (name, column) in summary.columns(&group_of)? {
        rows.set(name, column);
    }
    Ok(rows)
}

/// What one row gave to the aggregates.
struct Seen {
    group: usize,
    time: Option<f64>,
    values: Vec<Value>,
}

struct Running<'p> {
    window: &'p Window,
    groups: Groups,
    /// Without bounds: what came so far, per group.
    sums: HashMap<usize, Vec<Box<dyn Accumulator>>>,
    /// With bounds: the rows in the window, per group (0 for all groups together).
    frames: HashMap<usize, VecDeque<Seen>>,
}

impl Stage for Running<'_> {
    fn push(&mut self, mut batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        let inputs: Vec<Input> =
            self.window.aggregates.iter().map(|aggregate| summary::input(aggregate, &batch, run)).collect();
        let by: Vec<Option<&Column>> = self.window.by.iter().map(|field| batch.column(&field.name)).collect();
        let mut outputs: Vec<Vec<Value>> = vec![Vec::with_capacity(batch.rows()); inputs.len()];
        for row in 0..batch.rows() {
            let key: Option<Vec<&Value>> = by
                .iter()
                .map(|column| Some(&column.as_ref()?.values()[row]).filter(|value| !value.is_null()))
                .collect();
            let Some(key) = key else {
                for output in &mut outputs {
                    output.push(Value::Null);
                }
                continue;
            };
            let group = self.groups.find(&key);
            run.may_group(self.groups.len())?;
            let time = batch.value(row, "_time").as_number();
            let values = inputs.iter().map(|input| input.value(row).clone()).collect();
            let results = self.step(Seen { group, time, values }, run)?;
            for (output, value) in outputs.iter_mut().zip(results) {
                output.push(value);
            }
        }
        for (aggregate, values) in self.window.aggregates.iter().zip(outputs) {
            batch.set(aggregate.name.name.clone(), Column::new(values));
        }
        Ok(Some(batch))
    }
}

impl Running<'_> {
    /// Takes one row and gives its results.
    fn step(&mut self, row: Seen, run: &Run<'_>) -> Result<Vec<Value>, Failure> {
        match self.window.frame {
            WindowFrame::Running { current, window: 0, time_window: None, .. } => self.unbounded(&row, current),
            WindowFrame::Running { current, window, time_window, global } => {
                self.bounded(row, current, window, time_window, global, run)
            }
            WindowFrame::Group => Ok(Vec::new()),
        }
    }

    fn fresh(&self) -> Result<Vec<Box<dyn Accumulator>>, Failure> {
        self.window.aggregates.iter().map(evaluate::accumulator).collect()
    }

    fn unbounded(&mut self, row: &Seen, current: bool) -> Result<Vec<Value>, Failure> {
        let mut sums = match self.sums.remove(&row.group) {
            Some(sums) => sums,
            None => self.fresh()?,
        };
        let before = (!current).then(|| results(&sums));
        add(&mut sums, row);
        let after = before.unwrap_or_else(|| results(&sums));
        self.sums.insert(row.group, sums);
        Ok(after)
    }

    fn bounded(
        &mut self,
        row: Seen,
        current: bool,
        window: usize,
        time_window: Option<f64>,
        global: bool,
        run: &Run<'_>,
    ) -> Result<Vec<Value>, Failure> {
        let mut sums = self.fresh()?;
        let frame = self.frames.entry(if global { 0 } else { row.group }).or_default();
        let (group, time) = (row.group, row.time);
        // The rows of the window: without the current one, the last `window` before it.
        let mut held = Some(row);
        if current {
            frame.extend(held.take());
        }
        while window > 0 && frame.len() > window {
            frame.pop_front();
        }
        if let (Some(span), Some(now)) = (time_window, time) {
            while frame.front().is_some_and(|old| old.time.is_some_and(|old| (now - old).abs() > span)) {
                frame.pop_front();
            }
        }
        let limit = run.options().limits.window;
        if frame.len() > limit {
            let text = format!("a window of more than {limit} rows");
            return Err(Failure::new(FailureKind::Limit, text));
        }
        frame.iter().filter(|old| old.group == group).for_each(|old| add(&mut sums, old));
        frame.extend(held);
        Ok(results(&sums))
    }
}

fn add(sums: &mut [Box<dyn Accumulator>], row: &Seen) {
    for (sum, value) in sums.iter_mut().zip(&row.values) {
        if !value.is_null() {
            sum.add(value, row.time);
        }
    }
}

fn results(sums: &[Box<dyn Accumulator>]) -> Vec<Value> {
    sums.iter().map(|sum| sum.finish()).collect()
}
