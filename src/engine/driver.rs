//! The pipeline: opens the operations of a plan, pushes batches through, counts.

use super::limits::RunOptions;
use super::memory;
use super::ops::{self, Stage};
use super::outcome::{Failure, FailureKind, Outcome, StageCount};
use super::pushed::Prepared;
use super::range::Range;
use super::sieve::Sieved;
use super::source::{Counts, DatasetRequest, EventsRequest, Named, Source, Unavailable};
use super::subsearch;
use crate::expr::{Context, Predicate};
use crate::ir::op::Condition;
use crate::ir::{self, Catalog, Op, Plan, Step};
use crate::lookup::Lookup;
use crate::value::{Batch, Column, Name, Value};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Runs a plan over a source.
///
/// # Errors
/// A command cannot be run, the source lacks what the search names, or a bound is reached: see [`FailureKind`].
pub fn run(plan: &Plan, source: &dyn Source, options: &RunOptions) -> Result<Outcome, Failure> {
    let run = Run::new(source, options, None);
    let (rows, trace) = run.plan(plan, None)?;
    Ok(run.outcome(rows, trace))
}

/// What the operations of one run share.
pub(super) struct Run<'a> {
    source: &'a dyn Source,
    options: &'a RunOptions,
    context: Context,
    /// Tables written by `outputlookup`.
    written: RefCell<BTreeMap<Name, Arc<Lookup>>>,
    notes: RefCell<Vec<String>>,
    /// See [`Outcome::lacks`].
    lacks: RefCell<Vec<String>>,
    /// Subsearches that have run already.
    prepared: Option<Prepared>,
    /// Rows are chosen before they are grouped, whatever the counts of rows say in between.
    chooses: bool,
    depth: usize,
    /// Rows since memory was last looked at.
    unchecked: Cell<usize>,
}

/// Memory is looked at every so many rows: asking costs more than a row does.
const CHECKED_ROWS: usize = 4_096;

impl<'a> Run<'a> {
    pub(super) fn new(source: &'a dyn Source, options: &'a RunOptions, prepared: Option<Prepared>) -> Self {
        Self {
            source,
            options,
            context: options.context(),
            written: RefCell::default(),
            notes: RefCell::default(),
            lacks: RefCell::default(),
            chooses: prepared.is_some(),
            prepared,
            depth: 0,
            unchecked: Cell::new(0),
        }
    }

    pub(super) fn outcome(self, rows: Batch, trace: Vec<StageCount>) -> Outcome {
        Outcome {
            rows,
            trace,
            notes: self.notes.into_inner(),
            lacks: self.lacks.into_inner(),
            tables: self.written.into_inner(),
        }
    }
}

impl Run<'_> {
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn options(&self) -> &RunOptions {
        self.options
    }

    /// What is known of the fields of datasets and lookups.
    pub(super) fn catalog(&self) -> &dyn Catalog {
        self.source.catalog()
    }

    /// Says something to the user, once.
    pub(super) fn note(&self, text: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// Says why rows or values may be missing, once.
    pub(super) fn lack(&self, reason: &str) {
        let mut lacks = self.lacks.borrow_mut();
        if !lacks.iter().any(|known| known == reason) {
            lacks.push(reason.to_owned());
        }
    }

    /// Fails if the memory is used up; to be told of all rows.
    fn may_go_on(&self, rows: usize) -> Result<(), Failure> {
        let unchecked = self.unchecked.get() + rows;
        if unchecked < CHECKED_ROWS {
            self.unchecked.set(unchecked);
            return Ok(());
        }
        self.unchecked.set(0);
        memory::check()
    }

    /// Whether an operation may hold so many rows.
    pub(super) fn may_keep(&self, rows: usize) -> Result<(), Failure> {
        bound(rows, self.options.limits.rows, "rows")
    }

    /// Whether an aggregation may hold so many groups.
    pub(super) fn may_group(&self, groups: usize) -> Result<(), Failure> {
        bound(groups, self.options.limits.groups, "groups")
    }

    /// A table as this run sees it.
    pub(super) fn lookup(&self, name: &str) -> Result<Arc<Lookup>, Failure> {
        if let Some(table) = self.written.borrow().get(name) {
            return Ok(table.clone());
        }
        self.source.lookup(name).ok_or_else(|| {
            self.obstacle(Named::Lookup(name))
                .unwrap_or_else(|| Failure::new(FailureKind::Missing, format!("there is no lookup `{name}`")))
        })
    }

    /// The failure of a search that needs something the source knows but cannot give.
    pub(super) fn obstacle(&self, named: Named<'_>) -> Option<Failure> {
        self.source.obstacle(named).map(|reason| Failure::new(FailureKind::Unsupported, reason))
    }

    /// Compiles a search that was put together at run time.
    pub(super) fn compile(&self, search: &str) -> Result<Plan, Failure> {
        self.source.compile(search).map_err(|error| Failure::new(FailureKind::Unsupported, error.0))
    }

    /// Puts a table in place of what the source has.
    pub(super) fn write_lookup(&self, name: &Name, table: Lookup) {
        self.written.borrow_mut().insert(name.clone(), Arc::new(table));
    }

    /// The predicate with its subsearches replaced by what they give.
    pub(super) fn resolve(&self, predicate: &Predicate, plan: &Plan) -> Result<Predicate, Failure> {
        subsearch::resolve(predicate, plan, self)
    }

    /// Runs a plan inside this one; `input` for a plan that takes rows.
    pub(super) fn inner(&self, plan: &Plan, input: Option<Batch>) -> Result<Batch, Failure> {
        if input.is_none()
            && let Some(known) = self.prepared.as_ref().and_then(|prepared| prepared.get(plan))
        {
            return known;
        }
        let depth = self.depth + 1;
        bound(depth, self.options.limits.depth, "searches nested in each other")?;
        let inner = Run {
            source: self.source,
            options: self.options,
            context: self.context.clone(),
            written: RefCell::new(self.written.take()),
            notes: RefCell::new(self.notes.take()),
            lacks: RefCell::new(self.lacks.take()),
            prepared: self.prepared.clone(),
            chooses: self.chooses,
            depth,
            unchecked: Cell::new(0),
        };
        let result = inner.plan(plan, input);
        self.written.replace(inner.written.into_inner());
        self.notes.replace(inner.notes.into_inner());
        self.lacks.replace(inner.lacks.into_inner());
        result.map(|(rows, _)| rows)
    }

    fn plan(&self, plan: &Plan, input: Option<Batch>) -> Result<(Batch, Vec<StageCount>), Failure> {
        let steps = &plan.steps;
        let first = usize::from(input.is_none() && !steps.is_empty());
        let mut line = Line::open(plan, first, self)?;
        if let Some(batch) = input {
            let _ = line.push(0, batch, self)?;
        } else if let Some(step) = steps.first() {
            line.produce(step, plan, self).map_err(|failure| failure.at(0, step.span))?;
        }
        line.finish(self)
    }
}

fn bound(wanted: usize, limit: usize, what: &str) -> Result<(), Failure> {
    if wanted <= limit {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Limit, format!("more than {limit} {what}")))
}

/// The open operations of a plan.
pub(super) struct Line<'p> {
    steps: &'p [Step],
    /// Steps that produce rows instead of taking them: 0 or 1.
    first: usize,
    stages: Vec<Box<dyn Stage + 'p>>,
    trace: Vec<StageCount>,
    result: Batch,
}

impl<'p> Line<'p> {
    pub(super) fn open(plan: &'p Plan, first: usize, run: &Run<'_>) -> Result<Self, Failure> {
        // What cannot be run is said before any row is read.
        for (index, step) in plan.steps.iter().enumerate() {
            if let Op::Unsupported { command, reason } = &step.op {
                return Err(ops::unsupported(command, reason).at(index, step.span));
            }
        }
        let mut stages = Vec::with_capacity(plan.steps.len());
        for (index, step) in plan.steps.iter().enumerate().skip(first) {
            let stage = ops::open(&step.op, plan, run).map_err(|failure| failure.at(index, step.span))?;
            let is_first_grouping = || !plan.steps[..index].iter().any(|step| matches!(step.op, Op::Aggregate(_)));
            stages.push(match &step.op {
                Op::Aggregate(_) if run.chooses && is_first_grouping() => Sieved::open(plan, index, stage),
                _ => stage,
            });
        }
        let count = |step: &Step| StageCount {
            command: step.command,
            label: ops::label(&step.op),
            span: step.span,
            rows_in: 0,
            rows_out: 0,
        };
        let trace = plan.steps.iter().map(count).collect();
        Ok(Self { steps: &plan.steps, first, stages, trace, result: Batch::new(0) })
    }

    /// Says what came of a first step that others ran.
    pub(super) fn count(&mut self, rows_in: u64, rows_out: u64) {
        if let Some(first) = self.trace.first_mut() {
            first.rows_in = rows_in;
            first.rows_out = rows_out;
        }
    }

    /// Runs the first step.
    pub(super) fn produce(&mut self, step: &Step, plan: &Plan, run: &Run<'_>) -> Result<(), Failure> {
        let mut failure = None;
        let mut given = 0;
        let range = Range::of(plan, &run.context);
        let mut sink = |batch: Batch| {
            let batch = match range {
                Some(range) => range.keep(batch),
                None => batch,
            };
            given += batch.rows() as u64;
            match self.push(0, batch, run) {
                Ok(flow) => flow,
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let needs = ir::needs(plan, &ir::flow(plan, run.source.catalog()));
        let with_time = range.map(|_| Range::needs(needs.source(0)));
        let wanted = with_time.as_ref().unwrap_or_else(|| needs.source(0));
        let counts = match &step.op {
            Op::Events { filter } => {
                let filter = run.resolve(filter, plan)?;
                let ordered = ir::order::matters(plan);
                let request = EventsRequest { filter: &filter, needs: wanted, ordered, context: &run.context };
                run.source.events(&request, &mut sink).map_err(missing)?
            }
            Op::Dataset { model, dataset, prefixed } => {
                if let Some(failure) = run.obstacle(Named::Model(&model.node)) {
                    return Err(failure);
                }
                let request = DatasetRequest {
                    model: &model.node,
                    dataset: dataset.as_ref().map(|name| &*name.node),
                    prefixed: *prefixed,
                    needs: wanted,
                    hint: plan.steps.get(1).and_then(|next| hint(&next.op)),
                    context: &run.context,
                };
                run.source.dataset(&request, &mut sink).map_err(missing)?
            }
            Op::Table { lookup, filter, start, max, append: _ } => {
                let rows = ops::table::read(&lookup.node, &run.resolve(filter, plan)?, *start, *max, run)?;
                let counts = Counts { read: rows.rows() as u64, selected: rows.rows() as u64 };
                let _ = sink(rows);
                counts
            }
            Op::Rows { count } => {
                run.may_keep(*count)?;
                let mut rows = Batch::new(*count);
                rows.set("_time", Column::repeat(Value::Number(run.options.now), *count));
                let _ = sink(rows);
                Counts { read: *count as u64, selected: *count as u64 }
            }
            _ => {
                let text = format!("`{}` stands first but produces no rows", step.command);
                return Err(Failure::new(FailureKind::Command, text));
            }
        };
        if let Some(error) = failure {
            return Err(error);
        }
        self.count(counts.read, if range.is_some() { given } else { given.max(counts.selected) });
        Ok(())
    }

    /// Pushes a batch into the stages from `from` on. `Break` means that no more rows are wanted.
    pub(super) fn push(&mut self, from: usize, mut batch: Batch, run: &Run<'_>) -> Result<ControlFlow<()>, Failure> {
        run.may_go_on(batch.rows())?;
        for index in from..self.stages.len() {
            let step = index + self.first;
            self.trace[step].rows_in += batch.rows() as u64;
            let stage = &mut self.stages[index];
            let out = stage.push(batch, run).map_err(|failure| failure.at(step, self.steps[step].span))?;
            let Some(out) = out else { return Ok(self.wants_more()) };
            self.trace[step].rows_out += out.rows() as u64;
            batch = out;
        }
        run.may_keep(self.result.rows() + batch.rows())?;
        if self.result.is_empty() && self.result.names().len() == 0 {
            self.result = batch;
        } else {
            self.result.append(&batch);
        }
        Ok(self.wants_more())
    }

    /// Stops the source once a stage is done, if no stage before it keeps rows.
    fn wants_more(&self) -> ControlFlow<()> {
        for stage in &self.stages {
            if stage.is_done() {
                return ControlFlow::Break(());
            }
            if !stage.is_stateless() {
                break;
            }
        }
        ControlFlow::Continue(())
    }

    pub(super) fn finish(mut self, run: &Run<'_>) -> Result<(Batch, Vec<StageCount>), Failure> {
        for index in 0..self.stages.len() {
            let step = index + self.first;
            let rest = self.stages[index].finish(run).map_err(|failure| failure.at(step, self.steps[step].span))?;
            if let Some(batch) = rest {
                self.trace[step].rows_out += batch.rows() as u64;
                let _ = self.push(index + 1, batch, run)?;
            }
        }
        for (step, count) in self.steps.iter().zip(&self.trace) {
            let Op::Native(native) = &step.op else { continue };
            if let Some(lack) = native.lack(&run.context).filter(|_| count.rows_in > 0) {
                run.lack(lack);
            }
        }
        Ok((self.result, self.trace))
    }
}

/// The condition of a filter, unless it has subsearches.
fn hint(op: &Op) -> Option<&Predicate> {
    match op {
        Op::Filter(Condition::Search(predicate)) if ir::reads::subsearches(predicate).is_empty() => Some(predicate),
        _ => None,
    }
}

fn missing(error: Unavailable) -> Failure {
    Failure::new(FailureKind::Missing, error.0)
}
