//! Aggregates over groups of rows: what `stats` and `eventstats` share.
//!
//! - A row belongs to one group for each combination of the single values of its by-fields; a row that lacks one belongs
//!   to none.
//! - An aggregate over a pattern (`values(*)`) is one aggregate for every field of the input that matches; by-fields and
//!   internal fields are left out. Fields that show up in a later batch are taken up then.
//! - `f(eval(...))` takes the value of the expression per row; `count(eval(...))` counts the rows in which it is true.

use super::driver::Run;
use super::evaluate;
use super::group::{self, Groups};
use super::outcome::{Failure, FailureKind};
use crate::expr::eval;
use crate::expr::stats::Accumulator;
use crate::ir::op::{Aggregate, AggregateInput, Selector};
use crate::ir::wildcard;
use crate::value::{Batch, Column, Name, Value};
use std::collections::HashMap;

/// Groups of rows with the aggregates of each.
pub(super) struct Summary<'p> {
    aggregates: &'p [Aggregate],
    by: &'p [Selector],
    groups: Groups,
    slots: Vec<Slot>,
    /// Slot of an aggregate over a pattern, by aggregate and field.
    of_field: HashMap<(usize, Name), usize>,
    /// Per group, per slot; shorter where later slots have met no row of the group.
    sums: Vec<Vec<Box<dyn Accumulator>>>,
}

/// One column of the result.
struct Slot {
    aggregate: usize,
    output: Name,
}

/// Where the values of a slot come from, for one batch.
pub(super) enum Input {
    /// One value per row, whatever the row holds.
    Rows,
    /// The values of a column.
    Column(Column),
    /// The batch has no such field.
    Absent,
}

impl Input {
    /// The value of a row.
    pub(super) fn value(&self, row: usize) -> &Value {
        static ROW: Value = Value::Number(1.0);
        static NULL: Value = Value::Null;
        match self {
            Self::Rows => &ROW,
            Self::Column(column) => &column.values()[row],
            Self::Absent => &NULL,
        }
    }
}

impl<'p> Summary<'p> {
    pub(super) fn new(aggregates: &'p [Aggregate], by: &'p [Selector]) -> Result<Self, Failure> {
        no_patterns(by)?;
        let mut summary = Self {
            aggregates,
            by,
            groups: Groups::default(),
            slots: Vec::new(),
            of_field: HashMap::new(),
            sums: Vec::new(),
        };
        for (index, aggregate) in aggregates.iter().enumerate() {
            evaluate::accumulator(aggregate)?;
            if pattern(aggregate).is_none() {
                summary.slots.push(Slot { aggregate: index, output: aggregate.name.name.clone() });
            }
        }
        if by.is_empty() {
            summary.groups.find(&[]);
        }
        Ok(summary)
    }

    /// Adds the rows of a batch. `placed` is told the row and a group that it belongs to.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        run: &Run<'_>,
        mut placed: impl FnMut(usize, usize),
    ) -> Result<(), Failure> {
        let inputs = self.inputs(batch, run);
        let by: Vec<Option<&Column>> = self.by.iter().map(|field| batch.column(&field.name)).collect();
        let times = batch.column("_time");
        let Self { groups, slots, sums, aggregates, .. } = self;
        let (mut members, mut chosen) = (Vec::new(), Vec::new());
        for row in 0..batch.rows() {
            members.clear();
            let most = run.options().limits.groups;
            let few = group::combinations(&by, row, most, &mut chosen, |values| members.push(groups.find(values)));
            few.map_err(|()| too_many_groups(run))?;
            run.may_group(groups.len())?;
            let time = times.and_then(|times| times.values()[row].as_number());
            for &group in &members {
                placed(row, group);
                if sums.len() <= group {
                    sums.resize_with(group + 1, Vec::new);
                }
                let sums = &mut sums[group];
                for slot in &slots[sums.len()..] {
                    sums.push(evaluate::accumulator(&aggregates[slot.aggregate])?);
                }
                for (sum, input) in sums.iter_mut().zip(&inputs) {
                    let value = input.value(row);
                    if !value.is_null() {
                        sum.add(value, time);
                    }
                }
            }
        }
        Ok(())
    }

    /// What each slot takes from a batch; makes the slots of patterns that match a field for the first time.
    fn inputs(&mut self, batch: &Batch, run: &Run<'_>) -> Vec<Input> {
        for (index, aggregate) in self.aggregates.iter().enumerate() {
            let Some(pattern) = pattern(aggregate) else { continue };
            for name in batch.names() {
                let Some(captured) = wildcard::captures(pattern, name) else { continue };
                let taken = name.starts_with('_') || self.by.iter().any(|field| field.name == *name);
                if taken || self.of_field.contains_key(&(index, name.clone())) {
                    continue;
                }
                self.of_field.insert((index, name.clone()), self.slots.len());
                let output = wildcard::fill(&aggregate.name.name, &captured).into();
                self.slots.push(Slot { aggregate: index, output });
            }
        }
        let mut inputs: Vec<Input> = Vec::with_capacity(self.slots.len());
        let mut plain: HashMap<usize, Input> = self
            .aggregates
            .iter()
            .enumerate()
            .filter(|(_, aggregate)| pattern(aggregate).is_none())
            .map(|(index, aggregate)| (index, input(aggregate, batch, run)))
            .collect();
        let fields: HashMap<usize, &Name> = self.of_field.iter().map(|((_, name), &slot)| (slot, name)).collect();
        for (index, slot) in self.slots.iter().enumerate() {
            let found = match fields.get(&index) {
                Some(name) => batch.column(name).map_or(Input::Absent, |column| Input::Column(column.clone())),
                None => plain.remove(&slot.aggregate).unwrap_or(Input::Absent),
            };
            inputs.push(found);
        }
        inputs
    }

    /// The aggregates of a group, slot by slot.
    fn results(&self, group: usize) -> Result<Vec<Value>, Failure> {
        let sums = self.sums.get(group).map_or(&[][..], Vec::as_slice);
        let mut values: Vec<Value> = sums.iter().map(|sum| sum.finish()).collect();
        for slot in &self.slots[values.len()..] {
            values.push(evaluate::accumulator(&self.aggregates[slot.aggregate])?.finish());
        }
        Ok(values)
    }

    /// The slots in output order: as written, those of one pattern by name.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.slots.len()).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (&self.slots[a], &self.slots[b]);
            a.aggregate.cmp(&b.aggregate).then_with(|| a.output.cmp(&b.output))
        });
        order
    }

    /// Result columns for groups (given per row of the result), in output order.
    pub(super) fn columns(&self, groups: &[Option<usize>]) -> Result<Vec<(Name, Column)>, Failure> {
        let results: Vec<Vec<Value>> =
            (0..self.groups.len()).map(|group| self.results(group)).collect::<Result<_, _>>()?;
        let column = |slot: usize| {
            let value = |group: &Option<usize>| group.map_or(Value::Null, |group| results[group][slot].clone());
            (self.slots[slot].output.clone(), Column::new(groups.iter().map(value).collect()))
        };
        Ok(self.order().into_iter().map(column).collect())
    }

    /// One row per group, ascending by the by-fields: by-fields first, then the aggregates. Afterwards there are no
    /// groups: each is given up as soon as its row is made, so that groups and rows are not held side by side.
    pub(super) fn take_rows(&mut self) -> Result<Batch, Failure> {
        let order = self.groups.sorted();
        let mut columns: Vec<Vec<Value>> = self.slots.iter().map(|_| Vec::with_capacity(order.len())).collect();
        for &group in &order {
            columns.iter_mut().zip(self.results(group)?).for_each(|(column, value)| column.push(value));
            if let Some(sums) = self.sums.get_mut(group) {
                *sums = Vec::new();
            }
        }
        let groups = std::mem::take(&mut self.groups);
        let mut rows = Batch::new(order.len());
        for (at, field) in self.by.iter().enumerate() {
            let values = order.iter().map(|&group| groups.values(group)[at].clone()).collect();
            rows.set(field.name.clone(), Column::new(values));
        }
        for slot in self.order() {
            rows.set(self.slots[slot].output.clone(), Column::new(std::mem::take(&mut columns[slot])));
        }
        Ok(rows)
    }
}

/// What an aggregate without pattern takes from a batch.
pub(super) fn input(aggregate: &Aggregate, batch: &Batch, run: &Run<'_>) -> Input {
    match &aggregate.argument {
        AggregateInput::Rows => Input::Rows,
        AggregateInput::Field(field) => {
            batch.column(&field.name).map_or(Input::Absent, |column| Input::Column(column.clone()))
        }
        AggregateInput::Expr(expr) => {
            let mut column = eval::eval(expr, batch, run.context());
            let counts_truth = aggregate.function.name == "count";
            for value in column.values_mut() {
                match value {
                    Value::Bool(true) if counts_truth => *value = Value::Number(1.0),
                    Value::Bool(false) if counts_truth => *value = Value::Null,
                    Value::Bool(_) => *value = Value::text(value.to_text()),
                    _ => {}
                }
            }
            Input::Column(column)
        }
    }
}

/// The pattern that an aggregate is computed over, if it is one.
pub(super) fn pattern(aggregate: &Aggregate) -> Option<&str> {
    match &aggregate.argument {
        AggregateInput::Field(field) if wildcard::is_pattern(&field.name) => Some(&field.name),
        _ => None,
    }
}

/// By-fields are names: a pattern among them is refused.
pub(super) fn no_patterns(by: &[Selector]) -> Result<(), Failure> {
    match by.iter().find(|field| wildcard::is_pattern(&field.name)) {
        Some(field) => {
            let text = format!("the by-field `{}` holds a wildcard, which is not supported", field.name);
            Err(Failure::new(FailureKind::Unsupported, text))
        }
        None => Ok(()),
    }
}

fn too_many_groups(run: &Run<'_>) -> Failure {
    Failure::new(FailureKind::Limit, format!("more than {} groups", run.options().limits.groups))
}
