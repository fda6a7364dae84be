//! Field flow: which fields rows can have before and after each step, and which reads cannot succeed.
//!
//! The flow never claims more than it knows. After raw events any field may exist (the schema is open); after `stats`
//! only what it names (closed). So a read is reported as missing only where no event whatever could satisfy it.

use super::op::{Aggregate, AggregateInput, Bin, Condition, Extract, Join, LookupCall, ProjectMode, Selector, Target};
use super::op::{TargetPart, Window, WindowFrame};
use super::schema::{Catalog, FieldInfo, Flow, Loss, Read, ReadKind, Schema, Shared, ValueKind};
use super::{Op, Plan, Step, reads, wildcard};
use crate::expr::{Expr, FieldRef, Kind};
use crate::source::Span;
use crate::value::Name;
use std::cell::Cell;
use std::collections::HashSet;

/// Fields that every event has.
pub const EVENT_FIELDS: &[&str] = &["_time", "_raw", "host", "source", "sourcetype", "index"];
/// Fields that events may have beside those of their source, with no prefix in data models either.
pub const DEFAULT_FIELDS: &[&str] =
    &["_indextime", "linecount", "punct", "splunk_server", "eventtype", "tag", "timestamp", "date_hour", "date_wday"];

/// The field flow of a plan.
#[derive(Clone, Debug, Default)]
pub struct PlanFlow {
    /// What comes in: nothing, but for the body of an `appendpipe`.
    pub input: Schema,
    /// One per step.
    pub steps: Vec<StepFlow>,
    /// One per subsearch of the plan's predicates.
    pub subsearches: Vec<PlanFlow>,
}

/// The field flow of one step.
#[derive(Clone, Debug, Default)]
pub struct StepFlow {
    /// Reads and the schema behind the step.
    pub flow: Flow,
    /// Reads that cannot succeed.
    pub missing: Vec<MissingRead>,
    /// The flow of the step's own subsearch (join, append, appendpipe).
    pub nested: Option<Box<PlanFlow>>,
}

/// A read of a field that no row can have.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingRead {
    /// The field and its place.
    pub field: FieldRef,
    /// What the field is read for.
    pub kind: ReadKind,
    /// Command that reads.
    pub command: &'static str,
    /// Why it is not there.
    pub reason: Absence,
    /// Names that rows have at this point, for "did you mean", in column order.
    pub known: Vec<Name>,
}

/// Why a field is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Absence {
    /// It existed, and this command dropped or renamed it.
    Lost(Loss),
    /// Nothing made it, and this command keeps only what it names.
    NotKept(Loss),
    /// Neither the source of the rows nor a command makes it.
    NeverMade,
}

impl PlanFlow {
    /// The schema of the plan's result.
    pub fn output(&self) -> &Schema {
        self.steps.last().map_or(&self.input, |step| &step.flow.output)
    }

    /// All reads that cannot succeed, subsearches included, each subsearch before the step that uses it.
    pub fn missing(&self) -> Vec<&MissingRead> {
        let mut all: Vec<&MissingRead> = self.subsearches.iter().flat_map(PlanFlow::missing).collect();
        for step in &self.steps {
            all.extend(step.nested.iter().flat_map(|nested| nested.missing()));
            all.extend(&step.missing);
        }
        all
    }
}

/// Computes the field flow of a plan whose first step makes its rows.
pub fn flow(plan: &Plan, catalog: &dyn Catalog) -> PlanFlow {
    flow_from(plan, Schema::default(), catalog)
}

/// Computes the field flow of a plan over rows of a given schema.
pub fn flow_from(plan: &Plan, input: Schema, catalog: &dyn Catalog) -> PlanFlow {
    flow_within(plan, input, catalog, &Cell::new(MAX_ENTRIES))
}

/// Entries of all schemas of a search; each step has a schema of its own. With more, as only a text that someone has
/// generated needs, nothing is claimed of the fields any longer.
const MAX_ENTRIES: usize = 4_000_000;

/// `room` is how many entries are left.
fn flow_within(plan: &Plan, input: Schema, catalog: &dyn Catalog, room: &Cell<usize>) -> PlanFlow {
    let inside = |inner| flow_within(inner, Schema::default(), catalog, room);
    let subsearches = plan.subsearches.iter().map(inside).collect();
    let mut steps: Vec<StepFlow> = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let before = steps.last().map_or(&input, |step| &step.flow.output);
        let mut context = Walk { step, catalog, before, room, result: StepFlow::default() };
        context.run();
        let mut result = context.result;
        let entries = result.flow.output.fields.len() + result.flow.output.dropped.len() + result.flow.reads.len();
        room.set(room.get().saturating_sub(entries));
        if room.get() == 0 {
            result = StepFlow { flow: Flow { reads_all: true, output: Schema::any(), ..Flow::default() }, ..result };
            result.missing.clear();
        }
        steps.push(result);
    }
    PlanFlow { input, steps, subsearches }
}

struct Walk<'a> {
    step: &'a Step,
    catalog: &'a dyn Catalog,
    before: &'a Schema,
    room: &'a Cell<usize>,
    result: StepFlow,
}

impl Walk<'_> {
    fn loss(&self, renamed_to: Option<Name>) -> Loss {
        Loss { command: self.step.command, span: self.step.span, renamed_to }
    }

    fn nested(&self, plan: &Plan, input: Schema) -> PlanFlow {
        flow_within(plan, input, self.catalog, self.room)
    }

    /// Notes reads, judged against a schema.
    fn read(&mut self, reads: Vec<Read>, schema: &Schema) {
        for read in &reads {
            if let Some(reason) = absence(&read.field.name, schema)
                && read.kind != ReadKind::Part
                && !read.field.span.is_empty()
                && !parts_exist(read, &reads, schema)
            {
                self.result.missing.push(MissingRead {
                    field: read.field.clone(),
                    kind: read.kind,
                    command: self.step.command,
                    reason,
                    known: schema.fields.keys().cloned().collect(),
                });
            }
        }
        self.result.flow.reads.extend(reads);
    }

    /// Reads and keeps a selector: a pattern reads every field that it covers.
    fn read_selectors(&mut self, selectors: &[Selector], kind: ReadKind) {
        let before = self.before;
        let reads = selectors.iter().flat_map(|selector| selector_reads(selector, kind, before)).collect();
        self.read(reads, before);
    }

    fn run(&mut self) {
        let before = self.before;
        let output = match &self.step.op {
            Op::Events { filter } => {
                let mut schema = Schema::any();
                add_fields(&mut schema, EVENT_FIELDS, true);
                self.read_predicate(filter, &schema);
                schema
            }
            Op::Dataset { model, dataset, prefixed } => {
                self.dataset(&model.node, dataset.as_ref().map(|name| &*name.node), *prefixed)
            }
            Op::Table { lookup, filter, append, .. } => self.table(&lookup.node, filter, *append),
            Op::Rows { .. } => {
                let mut schema = Schema::default();
                add_fields(&mut schema, &["_time"], true);
                schema
            }
            Op::Filter(condition) => {
                match condition {
                    Condition::Search(predicate) => self.read_predicate(predicate, before),
                    Condition::Where(expr) => self.read_expr(expr, before),
                }
                before.clone()
            }
            Op::Extend(assignments) => {
                let mut schema = before.clone();
                for assignment in assignments {
                    self.read_expr(&assignment.value, &schema);
                    self.assign(assignment, &mut schema);
                }
                schema
            }
            Op::Fill { fields, value } => {
                self.read_selectors(fields, ReadKind::Tested);
                // Making a field that is not there is what `fillnull x` is for.
                self.result.missing.clear();
                let mut schema = before.clone();
                for selector in fields {
                    for name in covered(selector, before, true) {
                        let old = schema.fields.get(&name).cloned().unwrap_or_else(|| FieldInfo::made(selector.span));
                        let filled = if value.as_number().is_some() { ValueKind::Number } else { ValueKind::Text };
                        let values = old.values.filter(|kind| *kind == filled);
                        schema.set(name, FieldInfo { always: true, values, ..old });
                    }
                }
                schema
            }
            Op::Project { mode, fields } => self.project(*mode, fields),
            Op::Rename(pairs) => self.rename(pairs),
            Op::Bin(bin) => self.bin(bin),
            Op::Aggregate(aggregation) => {
                self.read_selectors(&aggregation.by, ReadKind::Value);
                self.read_aggregates(&aggregation.aggregates);
                let mut schema = Schema::default();
                for selector in &aggregation.by {
                    for name in covered(selector, before, true) {
                        let old = before.fields.get(&name).cloned().unwrap_or_default();
                        schema.set(name, FieldInfo { always: true, multivalue: false, ..old });
                    }
                }
                add_aggregates(&mut schema, before, &aggregation.aggregates, &aggregation.by);
                self.close(schema)
            }
            Op::Window(window) => self.window(window),
            Op::Sort { keys, .. } => {
                self.read(keys.iter().map(|key| Read::value(&key.field)).collect(), before);
                before.clone()
            }
            Op::Limit { .. } | Op::Reverse => before.clone(),
            Op::Distinct(distinct) => {
                self.read(distinct.fields.iter().map(Read::value).collect(), before);
                let mut schema = before.clone();
                if !distinct.keep_empty && !distinct.keep_events {
                    for field in &distinct.fields {
                        if let Some(info) = schema.fields.get_mut(&field.name) {
                            info.always = true;
                        }
                    }
                }
                schema
            }
            Op::Expand { field, .. } => {
                self.read(vec![Read::value(field)], before);
                let mut schema = before.clone();
                if let Some(info) = schema.fields.get_mut(&field.name) {
                    info.multivalue = false;
                }
                schema
            }
            Op::Extract(extract) => self.extract(extract),
            Op::Lookup(call) => self.lookup(call),
            Op::Join(join) => self.join(join),
            Op::Append(plan) | Op::AppendColumns { plan, .. } => {
                let nested = self.nested(plan, Schema::default());
                self.merged(nested)
            }
            Op::AppendPipe(plan) => {
                let nested = self.nested(plan, before.clone());
                self.merged(nested)
            }
            Op::Map { .. } => {
                self.result.flow.reads_all = true;
                Schema::any()
            }
            Op::Output { .. } => {
                self.result.flow.reads_all = true;
                before.clone()
            }
            Op::Native(native) => {
                let flow = native.flow(before);
                self.read(flow.reads, before);
                self.result.flow.reads_all = flow.reads_all;
                flow.output
            }
            Op::Unsupported { .. } => {
                self.result.flow.reads_all = true;
                let mut schema = before.clone();
                schema.open_up();
                schema
            }
        };
        self.result.flow.output = output;
    }

    fn read_expr(&mut self, expr: &Expr, schema: &Schema) {
        let mut found = Vec::new();
        reads::of_expr(expr, &mut found);
        self.read(found, schema);
    }

    fn read_predicate(&mut self, predicate: &crate::expr::Predicate, schema: &Schema) {
        let mut found = Vec::new();
        reads::of_predicate(predicate, &mut found);
        self.read(found, schema);
    }

    fn dataset(&mut self, model: &str, dataset: Option<&str>, prefixed: bool) -> Schema {
        let mut schema = Schema::default();
        match self.catalog.dataset_fields(model, dataset, prefixed) {
            Some(fields) => {
                schema.fields.reserve(fields.len() + EVENT_FIELDS.len() + DEFAULT_FIELDS.len() + 1);
                for (name, info) in fields {
                    schema.fields.insert(name, info);
                }
            }
            None => schema.open = true,
        }
        add_fields(&mut schema, EVENT_FIELDS, true);
        add_fields(&mut schema, DEFAULT_FIELDS, false);
        add_fields(&mut schema, &["nodename"], false);
        schema
    }

    fn table(&mut self, lookup: &str, filter: &crate::expr::Predicate, append: bool) -> Schema {
        let mut schema = Schema::default();
        match self.catalog.lookup_columns(lookup) {
            Some(columns) => columns.into_iter().for_each(|name| schema.set(name, FieldInfo::default())),
            None => schema.open = true,
        }
        self.read_predicate(filter, &schema);
        if !append {
            return schema;
        }
        let mut merged = self.before.clone();
        merged.merge(&schema);
        merged
    }

    fn assign(&mut self, assignment: &super::op::Assignment, schema: &mut Schema) {
        match &assignment.target {
            Target::Name(name) => {
                let info = FieldInfo { made: Some(assignment.span), ..expr_info(&assignment.value, schema) };
                schema.set(name.clone(), info);
            }
            Target::Template(parts) => {
                let fields = parts.iter().filter_map(|part| match part {
                    TargetPart::Field(field) => Some(Read::value(field)),
                    TargetPart::Text(_) => None,
                });
                self.read(fields.collect(), schema);
                schema.open_up();
            }
        }
    }

    fn project(&mut self, mode: ProjectMode, fields: &[Selector]) -> Schema {
        let before = self.before;
        self.read_selectors(fields, ReadKind::Listed);
        if mode == ProjectMode::Remove {
            let mut schema = before.clone();
            for selector in fields {
                for name in covered(selector, before, true) {
                    schema.drop_field(&name, self.loss(None));
                }
            }
            return schema;
        }
        let mut schema = Schema::default();
        for selector in fields {
            for name in covered(selector, before, false) {
                let info = before.fields.get(&name).cloned().unwrap_or_default();
                schema.set(name, info);
            }
        }
        if mode == ProjectMode::Keep {
            for (name, info) in before.fields.iter().filter(|(name, _)| name.starts_with('_')) {
                schema.set(name.clone(), info.clone());
            }
        }
        let others = before.open && fields.iter().any(Selector::is_pattern);
        let mut closed = self.close(schema);
        if others {
            // Names that a pattern covers may exist; others cannot, but patterns are not remembered.
            closed.open = true;
            closed.closed_by = None;
            closed.dropped.retain(|name, _| before.fields.contains_key(name) || before.dropped.contains_key(name));
        }
        closed
    }

    /// A schema of exactly these fields; everything else is lost by this step.
    fn close(&self, mut schema: Schema) -> Schema {
        if schema.open {
            schema.dropped = Shared::default();
        } else {
            let kept = |name: &Name| schema.fields.contains_key(name);
            let mut dropped = self.before.dropped.clone();
            if dropped.keys().any(kept) {
                dropped.retain(|name, _| !kept(name));
            }
            for name in self.before.fields.keys().filter(|name| !kept(name)) {
                dropped.insert(name.clone(), self.loss(None));
            }
            schema.dropped = dropped;
            schema.closed_by = if self.before.open { Some(self.loss(None)) } else { self.before.closed_by.clone() };
        }
        schema
    }

    fn rename(&mut self, pairs: &[(Selector, Selector)]) -> Schema {
        let mut schema = self.before.clone();
        for (from, to) in pairs {
            // A prefix that no field has is no mistake: `rename X.* as *` is written as a matter of course.
            let kind = if from.is_pattern() { ReadKind::Listed } else { ReadKind::Value };
            let found = selector_reads(from, kind, &schema);
            self.read(found, &schema);
            schema = self.rename_one(&schema, from, to);
        }
        schema
    }

    fn rename_one(&self, before: &Schema, from: &Selector, to: &Selector) -> Schema {
        let new_name = |name: &str| wildcard::renamed(&from.name, &to.name, name).map(Name::from);
        let mut schema = Schema { open: before.open, closed_by: before.closed_by.clone(), ..Schema::default() };
        let targets: Vec<Option<Name>> = before.fields.keys().map(|name| new_name(name)).collect();
        let moved: HashSet<&Name> = targets.iter().flatten().collect();
        schema.fields.reserve(targets.len());
        for ((name, info), target) in before.fields.iter().zip(&targets) {
            match target {
                Some(target) => {
                    let made = info.made.or(Some(to.span));
                    schema.fields.insert(target.clone(), FieldInfo { made, ..info.clone() });
                }
                // The target of a rename is replaced.
                None if moved.contains(name) => {}
                None => {
                    schema.fields.insert(name.clone(), info.clone());
                }
            }
        }
        // What was lost before is lost under its new name as well. Most renames are of what is there.
        let stays = |name: &Name| !schema.fields.contains_key(name) && !wildcard::matches(&from.name, name);
        if before.dropped.keys().all(stays) {
            schema.dropped = before.dropped.clone();
        } else {
            for (name, loss) in &before.dropped {
                if let Some(target) = new_name(name)
                    && !schema.fields.contains_key(&target)
                {
                    schema.dropped.insert(target, loss.clone());
                }
                if !schema.fields.contains_key(name) {
                    schema.dropped.insert(name.clone(), loss.clone());
                }
            }
        }
        for (name, target) in before.fields.keys().zip(targets) {
            if let Some(target) = target
                && !schema.fields.contains_key(name)
            {
                schema.dropped.insert(name.clone(), self.loss(Some(target)));
            }
        }
        if !from.is_pattern() && !before.fields.contains_key(&from.name) && !to.is_pattern() {
            if before.can_have(&from.name) {
                schema.set(to.name.clone(), FieldInfo::made(to.span));
                schema.drop_field(&from.name, self.loss(Some(to.name.clone())));
            } else {
                // Renaming a field that is not there removes the target.
                schema.drop_field(&to.name, self.loss(None));
            }
        }
        schema
    }

    fn bin(&mut self, bin: &Bin) -> Schema {
        self.read(vec![Read::value(&bin.field)], self.before);
        let mut schema = self.before.clone();
        let old = schema.fields.get(&bin.field.name).cloned().unwrap_or_default();
        let time = &*bin.field.name == "_time";
        schema.set(bin.target.clone(), FieldInfo { values: old.values.filter(|_| time), ..old });
        schema
    }

    fn read_aggregates(&mut self, aggregates: &[Aggregate]) {
        let before = self.before;
        for aggregate in aggregates {
            match &aggregate.argument {
                AggregateInput::Rows => {}
                AggregateInput::Field(selector) => {
                    self.read(selector_reads(selector, ReadKind::Value, before), before);
                }
                AggregateInput::Expr(expr) => self.read_expr(expr, before),
            }
            if aggregate.function.reads_time {
                self.result.flow.reads.push(Read::implied("_time"));
            }
        }
    }

    fn window(&mut self, window: &Window) -> Schema {
        self.read_selectors(&window.by, ReadKind::Value);
        self.read_aggregates(&window.aggregates);
        if matches!(window.frame, WindowFrame::Running { time_window: Some(_), .. }) {
            self.result.flow.reads.push(Read::implied("_time"));
        }
        let mut schema = self.before.clone();
        add_aggregates(&mut schema, self.before, &window.aggregates, &window.by);
        schema
    }

    fn extract(&mut self, extract: &Extract) -> Schema {
        self.read(vec![Read::value(&extract.field)], self.before);
        let mut schema = self.before.clone();
        for name in extract.groups() {
            let old = schema.fields.get(&name).cloned();
            let info = FieldInfo { multivalue: extract.max_match != 1, ..FieldInfo::made(self.step.span) };
            schema.set(name, old.map_or(info.clone(), |old| FieldInfo { always: old.always, ..old.either(&info) }));
        }
        schema
    }

    fn lookup(&mut self, call: &LookupCall) -> Schema {
        let before = self.before;
        self.read(call.inputs.iter().map(|(_, field)| Read::value(field)).collect(), before);
        let mut schema = before.clone();
        let mut output = |name: Name, span: Span| {
            let old = schema.fields.get(&name).cloned();
            let info = FieldInfo { multivalue: true, ..FieldInfo::made(span) };
            schema.set(name, old.map_or(info.clone(), |old| FieldInfo { always: old.always, ..info }));
        };
        match &call.outputs {
            Some(outputs) => outputs.iter().for_each(|(column, name)| output(name.clone(), column.span)),
            None => match self.catalog.lookup_columns(&call.lookup.node) {
                Some(columns) => columns
                    .into_iter()
                    .filter(|name| !call.inputs.iter().any(|(column, _)| column.name == *name))
                    .for_each(|name| output(name, call.lookup.span)),
                None => schema.open_up(),
            },
        }
        schema
    }

    fn join(&mut self, join: &Join) -> Schema {
        let nested = self.nested(&join.plan, Schema::default());
        let keys: Vec<Read> = join.fields.iter().map(Read::value).collect();
        self.read(keys.clone(), self.before);
        // The keys must come from both sides; one reported on the left is not reported again.
        let left = self.result.missing.len();
        self.read(keys, nested.output());
        let (known, new) = self.result.missing.split_at(left);
        let fresh: Vec<MissingRead> =
            new.iter().filter(|miss| !known.iter().any(|old| old.field == miss.field)).cloned().collect();
        self.result.missing.truncate(left);
        self.result.missing.extend(fresh);
        let keys_always: Vec<Name> = join.fields.iter().map(|field| field.name.clone()).collect();
        let mut schema = self.merged(nested);
        for (name, info) in &mut schema.fields {
            let was = self.before.fields.get(name).is_some_and(|info| info.always);
            info.always = was || (!join.outer && keys_always.contains(name));
        }
        schema
    }

    fn merged(&mut self, nested: PlanFlow) -> Schema {
        let mut schema = self.before.clone();
        schema.merge(nested.output());
        self.result.nested = Some(Box::new(nested));
        schema
    }
}

impl Extract {
    /// The fields that the expression's named groups make, in the order of the pattern.
    pub fn groups(&self) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for (_, name) in self.regex.groups() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

fn add_fields(schema: &mut Schema, names: &[&str], always: bool) {
    for &name in names {
        if !schema.fields.contains_key(name) {
            let values = match name {
                "_time" | "_indextime" | "linecount" => Some(ValueKind::Number),
                "tag" | "eventtype" | "_raw" | "host" | "source" | "sourcetype" | "index" | "punct" => {
                    Some(ValueKind::Text)
                }
                _ => None,
            };
            schema.set(name, FieldInfo { always, values, multivalue: matches!(name, "tag" | "eventtype"), made: None });
        }
    }
}

/// The names of a schema that a selector covers. A plain name covers itself if rows can have it, or, with `make`, in
/// any case.
fn covered(selector: &Selector, schema: &Schema, make: bool) -> Vec<Name> {
    if selector.is_pattern() {
        return schema.fields.keys().filter(|name| selector.matches(name)).cloned().collect();
    }
    if make || schema.can_have(&selector.name) { vec![selector.name.clone()] } else { Vec::new() }
}

/// The reads of a selector: one for a plain name; for a pattern one per known field, with the place of the pattern; a
/// pattern that covers nothing in a closed schema reads itself, and so is reported.
fn selector_reads(selector: &Selector, kind: ReadKind, schema: &Schema) -> Vec<Read> {
    let names = covered(selector, schema, true);
    if names.is_empty() && schema.open {
        return Vec::new();
    }
    let names = if names.is_empty() { vec![selector.name.clone()] } else { names };
    names.into_iter().map(|name| Read { field: FieldRef::new(name, selector.span), kind }).collect()
}

fn absence(name: &Name, schema: &Schema) -> Option<Absence> {
    if schema.can_have(name) || (schema.open && wildcard::is_pattern(name)) {
        return None;
    }
    if let Some(loss) = schema.dropped.get(name) {
        return Some(Absence::Lost(loss.clone()));
    }
    // Internal fields come and go without the search saying so.
    if name.starts_with('_') {
        return None;
    }
    Some(schema.closed_by.as_ref().map_or(Absence::NeverMade, |loss| Absence::NotKept(loss.clone())))
}

/// Whether a dotted name stands for the join of fields that exist.
fn parts_exist(read: &Read, reads: &[Read], schema: &Schema) -> bool {
    let span = read.field.span;
    let mut parts = reads
        .iter()
        .filter(|other| other.kind == ReadKind::Part)
        .filter(|part| span.start <= part.field.span.start && part.field.span.end <= span.end)
        .peekable();
    parts.peek().is_some() && parts.all(|part| schema.can_have(&part.field.name))
}

fn expr_info(expr: &Expr, schema: &Schema) -> FieldInfo {
    if let Expr::Field { field, .. } = expr {
        return schema.fields.get(&field.name).cloned().unwrap_or_default();
    }
    let kind = expr.kind();
    FieldInfo {
        made: None,
        multivalue: kind == Kind::List,
        always: matches!(expr, Expr::Literal(value) if !value.is_null()),
        values: ValueKind::of(kind),
    }
}

fn add_aggregates(schema: &mut Schema, before: &Schema, aggregates: &[Aggregate], by: &[Selector]) {
    for aggregate in aggregates {
        let AggregateInput::Field(selector) = &aggregate.argument else {
            schema.set(aggregate.name.name.clone(), aggregate_info(aggregate, None));
            continue;
        };
        if !selector.is_pattern() {
            let info = aggregate_info(aggregate, before.fields.get(&selector.name));
            schema.set(aggregate.name.name.clone(), info);
            continue;
        }
        for (name, info) in &before.fields {
            if by.iter().any(|key| key.matches(name)) {
                continue;
            }
            if let Some(target) = wildcard::renamed(&selector.name, &aggregate.name.name, name) {
                schema.set(target, aggregate_info(aggregate, Some(info)));
            }
        }
        if before.open {
            schema.open_up();
        }
    }
}

fn aggregate_info(aggregate: &Aggregate, argument: Option<&FieldInfo>) -> FieldInfo {
    let function = aggregate.function;
    let counts = matches!(function.name, "count" | "dc" | "estdc");
    let lists = function.returns == Kind::List;
    // The least, latest, first ... of a field is one of its values.
    let picks = function.returns == Kind::Any;
    let complete = (picks || lists) && !function.reads_time;
    FieldInfo {
        made: Some(aggregate.name.span),
        multivalue: lists,
        always: counts || (complete && argument.is_some_and(|info| info.always)),
        values: if picks || lists { argument.and_then(|info| info.values) } else { ValueKind::of(function.returns) },
    }
}
