//! `lookup`: enriches rows from a table.
//!
//! - All inputs must match; a null never does. The rules (exact, wildcard, address block; letter case; number of
//!   matches) are those of the lookup's definition.
//! - The first matches in table order are taken; several give multivalues. A multivalue input is looked up value by
//!   value, with results in the same order.
//! - With fewer matches than `min_matches`, every output gets the default. Otherwise a miss changes nothing.
//! - Cells without value write nothing. `OUTPUTNEW` leaves a field alone that the row has.

use super::Stage;
use crate::engine::driver::Run;
use crate::engine::group;
use crate::engine::outcome::{Failure, FailureKind};
use crate::ir::op::LookupCall;
use crate::lookup::{Lookup, Matcher, Times};
use crate::value::time::Format;
use crate::value::{Batch, Column, Name, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Combinations of multivalue inputs that one row may have.
const MAX_COMBINATIONS: usize = 10_000;
/// Answers that are remembered.
const MAX_REMEMBERED: usize = 100_000;

pub(super) fn open(call: &LookupCall) -> Box<dyn Stage + '_> {
    Box::new(State { call, open: None })
}

struct State<'p> {
    call: &'p LookupCall,
    /// Opened with the first batch: an `outputlookup` before it may write the table first.
    open: Option<Open>,
}

struct Open {
    lookup: Arc<Lookup>,
    matcher: Arc<Matcher>,
    /// Column of the table, field to write.
    outputs: Vec<(Name, Name)>,
    /// The time of each row of the table, where rows hold at times only.
    times: Option<Vec<Option<f64>>>,
    remembered: HashMap<Vec<u8>, Arc<[usize]>>,
}

impl Stage for State<'_> {
    fn push(&mut self, batch: Batch, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        if self.open.is_none() {
            self.open = Some(Open::new(self.call, run)?);
        }
        match &mut self.open {
            Some(open) => open.enrich(batch, self.call).map(Some),
            None => Ok(Some(batch)),
        }
    }

    fn is_stateless(&self) -> bool {
        true
    }

    /// A lookup that does not exist is an error even if no row came.
    fn finish(&mut self, run: &Run<'_>) -> Result<Option<Batch>, Failure> {
        if self.open.is_none() {
            outputs(self.call, &*run.lookup(&self.call.lookup.node)?)?;
        }
        Ok(None)
    }
}

/// What is written: column of the table, field.
///
/// # Errors
/// The table lacks a column that the call names.
pub(in crate::engine) fn outputs(call: &LookupCall, lookup: &Lookup) -> Result<Vec<(Name, Name)>, Failure> {
    let known = lookup.rows.names().len() > 0;
    let inputs: Vec<&Name> = call.inputs.iter().map(|(column, _)| &column.name).collect();
    let named = call.outputs.iter().flatten().map(|(column, _)| &column.name);
    for column in inputs.iter().copied().chain(named) {
        if known && lookup.rows.column(column).is_none() {
            let text = format!("the lookup `{}` has no column `{column}`", call.lookup.node);
            return Err(Failure::new(FailureKind::Command, text));
        }
    }
    if let Some(outputs) = &call.outputs {
        return Ok(outputs.iter().map(|(column, field)| (column.name.clone(), field.clone())).collect());
    }
    let others = lookup.rows.names().filter(|name| !inputs.contains(name));
    Ok(others.map(|name| (name.clone(), name.clone())).collect())
}

impl Open {
    fn new(call: &LookupCall, run: &Run<'_>) -> Result<Self, Failure> {
        let lookup = run.lookup(&call.lookup.node)?;
        let outputs = outputs(call, &lookup)?;
        let inputs: Vec<Name> = call.inputs.iter().map(|(column, _)| column.name.clone()).collect();
        let matcher = lookup.matcher(&inputs);
        let times = lookup.times.as_ref().map(|times| row_times(times, &lookup, run));
        if let Some(lack) = lookup.lack.as_ref().filter(|_| lookup.rows.is_empty()) {
            run.lack(lack);
        }
        Ok(Self { lookup, matcher, outputs, times, remembered: HashMap::new() })
    }

    fn enrich(&mut self, mut batch: Batch, call: &LookupCall) -> Result<Batch, Failure> {
        let inputs: Vec<Option<&Column>> = call.inputs.iter().map(|(_, field)| batch.column(&field.name)).collect();
        let mut matches: Vec<Vec<usize>> = Vec::with_capacity(batch.rows());
        let mut chosen = Vec::new();
        for row in 0..batch.rows() {
            let mut found = Vec::new();
            let time = batch.value(row, &call.time.name).as_number();
            let few = group::combinations(&inputs, row, MAX_COMBINATIONS, &mut chosen, |values| {
                let rows = self.find(values);
                match self.holding(&rows, time) {
                    Some(holding) => found.extend(holding),
                    None => found.extend_from_slice(&rows),
                }
            });
            few.map_err(|()| {
                let text = format!("a row has more than {MAX_COMBINATIONS} combinations of input values");
                Failure::new(FailureKind::Limit, text)
            })?;
            matches.push(found);
        }
        let default = self.lookup.default_match.as_ref().filter(|text| !text.is_empty());
        let default = default.map_or(Value::Null, |text| Value::Text(text.clone()));
        let written: Vec<(Name, Column)> = self
            .outputs
            .iter()
            .map(|(column, field)| {
                let table = self.lookup.rows.column(column);
                let old = batch.column(field);
                let value = |(row, found): (usize, &Vec<usize>)| {
                    let old = old.map_or(&Value::Null, |column| &column.values()[row]);
                    if call.keep_existing && !old.is_null() {
                        return old.clone();
                    }
                    let new = match table {
                        _ if self.lookup.compute.is_some() => self.computed(&inputs, row),
                        _ if found.len() < self.lookup.min_matches => default.clone(),
                        Some(table) => Value::list(found.iter().map(|&at| table.values()[at].clone())),
                        None => Value::Null,
                    };
                    if new.is_null() { old.clone() } else { new }
                };
                (field.clone(), Column::new(matches.iter().enumerate().map(value).collect()))
            })
            .collect();
        for (field, column) in written {
            batch.set(field, column);
        }
        Ok(batch)
    }

    /// Those of the rows that hold at a time, the latest first; none if rows hold at any time.
    fn holding(&self, rows: &[usize], time: Option<f64>) -> Option<Vec<usize>> {
        let (times, rule) = (self.times.as_ref()?, self.lookup.times.as_ref()?);
        let Some(now) = time else { return Some(Vec::new()) };
        let age = |row: usize| times[row].map(|time| now - time);
        let holds = |row: &usize| age(*row).is_some_and(|age| age >= rule.least && age <= rule.most);
        let mut holding: Vec<usize> = rows.iter().copied().filter(holds).collect();
        holding.sort_by(|&a, &b| times[b].unwrap_or(0.0).total_cmp(&times[a].unwrap_or(0.0)));
        holding.truncate(self.lookup.max_matches);
        Some(holding)
    }

    /// What a program gives for a row: one value for each value of the input.
    fn computed(&self, inputs: &[Option<&Column>], row: usize) -> Value {
        let input = inputs.first().copied().flatten().map(|column| &column.values()[row]);
        match (self.lookup.compute, input) {
            (Some(compute), Some(input)) => Value::list(input.values().iter().map(compute)),
            _ => Value::Null,
        }
    }

    fn find(&mut self, values: &[&Value]) -> Arc<[usize]> {
        let mut key = Vec::new();
        for value in values {
            group::push_key(&mut key, value);
        }
        if let Some(found) = self.remembered.get(&key) {
            return found.clone();
        }
        let most = if self.times.is_some() { usize::MAX } else { self.lookup.max_matches };
        let found: Arc<[usize]> = self.matcher.find(values, most).into();
        if self.remembered.len() >= MAX_REMEMBERED {
            self.remembered.clear();
        }
        self.remembered.insert(key, found.clone());
        found
    }
}

/// The times of a table's rows.
fn row_times(times: &Times, lookup: &Lookup, run: &Run<'_>) -> Vec<Option<f64>> {
    let format = times.format.as_deref().filter(|format| !format.starts_with("%s")).map(Format::new);
    let time = |row: usize| {
        let value = lookup.rows.value(row, &times.field);
        match &format {
            Some(format) => format.parse(&value.to_text(), run.context().now, &run.context().zone),
            None => value.as_number(),
        }
    };
    (0..lookup.rows.rows()).map(time).collect()
}
