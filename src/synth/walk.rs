//! From the rows that must come out of a plan to the rows of its sources: step by step, last step first.

use super::atom::{Atom, Fold};
use super::predicate::{self, Around};
use super::state::{Conflict, Met, Place, Row, State, conflict, fixed};
use super::{expr, groups, history, tables};
use crate::expr::{CompareOp, Expr, Predicate};
use crate::ir::op::{
    AggregateInput, Assignment, Bin, BinSpan, Condition, Extract, Join, ProjectMode, Selector, Target as AssignedTo,
    WindowFrame,
};
use crate::ir::{Native, Op, Plan, PlanFlow, Schema, reads, wildcard};
use crate::value::{Name, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Makes what the plan's sources must hold so that it gives these rows.
pub(super) fn walk<'p>(state: &mut State<'p>, plan: &'p Plan, flow: &'p PlanFlow, rows: Vec<Row>) -> Met {
    state.count_rows(rows.len())?;
    let outer = std::mem::replace(&mut state.derived, derived(plan));
    let measured = if state.open { history::measured(plan) } else { BTreeSet::new() };
    let outer_measured = std::mem::replace(&mut state.measured, measured);
    let outer_constants = std::mem::replace(&mut state.constants, constants(plan));
    let outer_before = state.before.take();
    let met = steps(state, Around { plan, flow }, rows);
    state.before = outer_before;
    state.derived = outer;
    state.measured = outer_measured;
    state.constants = outer_constants;
    met
}

fn steps<'p>(state: &mut State<'p>, around: Around<'p>, mut rows: Vec<Row>) -> Met {
    let Around { plan, flow } = around;
    for (at, step) in plan.steps.iter().enumerate().rev() {
        let before = if at == 0 { &flow.input } else { &flow.steps[at - 1].flow.output };
        let nested = flow.steps.get(at).and_then(|step| step.nested.as_deref());
        state.before = match &step.op {
            // The source has what it is given; what commands of their own do to fields is not looked into.
            _ if at == 0 => None,
            Op::Native(_) | Op::Append(_) | Op::Join(_) | Op::Rename(_) => None,
            Op::Extend(assignments) => {
                let made = assignments.iter().filter_map(|assignment| match &assignment.target {
                    AssignedTo::Name(name) => Some(name.clone()),
                    AssignedTo::Template(_) => None,
                });
                Some((before, made.collect()))
            }
            _ => Some((before, Vec::new())),
        };
        let step = Step { at, op: &step.op, before, nested, around };
        back(state, &step, &mut rows)?;
        if rows.is_empty() {
            break;
        }
    }
    Ok(())
}

pub(super) struct Step<'p> {
    pub(super) at: usize,
    pub(super) op: &'p Op,
    /// Fields of the rows that come in.
    pub(super) before: &'p Schema,
    nested: Option<&'p PlanFlow>,
    pub(super) around: Around<'p>,
}

fn back<'p>(state: &mut State<'p>, step: &Step<'p>, rows: &mut Vec<Row>) -> Met {
    match step.op {
        Op::Events { filter } => {
            for row in rows.iter_mut() {
                filtered(state, step, row, filter)?;
            }
            finish(state, &Place::Events, rows);
        }
        Op::Dataset { model, dataset, prefixed } => {
            let dataset = dataset.as_ref().map(|name| name.node.clone());
            finish(state, &Place::Dataset(model.node.clone(), dataset, *prefixed), rows);
        }
        Op::Table { append: true, .. }
        | Op::Sort { .. }
        | Op::Limit { .. }
        | Op::Reverse
        | Op::Expand { .. }
        | Op::Output { .. }
        | Op::AppendPipe(_)
        | Op::AppendColumns { .. } => {}
        Op::Table { lookup, filter, append: false, .. } => {
            for mut row in std::mem::take(rows) {
                filtered(state, step, &mut row, filter)?;
                tables::row_of(state, &lookup.node, row)?;
            }
        }
        Op::Rows { .. } => made_from_nothing(state, rows)?,
        Op::Filter(Condition::Search(filter)) => {
            for row in rows.iter_mut() {
                filtered(state, step, row, filter)?;
            }
        }
        Op::Filter(Condition::Where(test)) => {
            for row in rows.iter_mut() {
                for (term, part) in expr::conjuncts(test).into_iter().enumerate() {
                    let fields: Vec<Name> = part.fields().iter().map(|field| field.name.clone()).collect();
                    if history::leaves_open(state, step, term, row, &fields) {
                        continue;
                    }
                    let truth = !is_target(state, step, term);
                    expr::require(state, row, part, truth, step.around)?;
                }
            }
        }
        Op::Extend(assignments) => {
            for row in rows.iter_mut() {
                for assignment in assignments.iter().rev() {
                    computed(state, row, assignment, step.around)?;
                }
            }
        }
        Op::Fill { value, fields } => filled(state, rows, value, fields)?,
        Op::Project { mode, fields } => projected(state, *mode, fields, rows)?,
        Op::Rename(pairs) => {
            for row in rows.iter_mut() {
                renamed(state, row, pairs, step.before)?;
            }
        }
        Op::Bin(bin) => binned(state, rows, bin)?,
        Op::Aggregate(aggregation) => groups::aggregated(state, rows, aggregation, step.around)?,
        Op::Window(window) => groups::windowed(state, rows, window, step.around)?,
        Op::Extract(extract) => {
            for row in rows.iter_mut() {
                extracted(state, row, extract)?;
            }
        }
        Op::Distinct(distinct) => {
            for row in rows.iter_mut() {
                for field in distinct.fields.iter().filter(|_| !distinct.keep_empty) {
                    state.demand(row, &field.name, Atom::Any)?;
                }
            }
        }
        Op::Lookup(call) => {
            for row in rows.iter_mut() {
                tables::looked_up(state, row, call)?;
            }
        }
        Op::Join(join) => joined(state, step, join, rows)?,
        Op::Append(plan) => appended(state, step, plan, rows)?,
        Op::Map { .. } => return Err(conflict("`map` runs searches that only its rows know")),
        Op::Native(native) => native_rows(state, step, native.as_ref(), rows)?,
        Op::Unsupported { command, .. } => return Err(conflict(format!("`{command}` cannot be run"))),
    }
    Ok(())
}

fn finish(state: &mut State<'_>, place: &Place, rows: &mut Vec<Row>) {
    state.made.extend(rows.drain(..).map(|row| (place.clone(), row)));
}

pub(super) fn is_target(state: &State<'_>, step: &Step<'_>, term: usize) -> bool {
    state.target.is_some_and(|target| {
        std::ptr::eq(target.plan, step.around.plan) && target.step == step.at && target.term == term
    })
}

/// The terms of a search expression that must all hold.
pub(super) fn terms(filter: &Predicate) -> Vec<&Predicate> {
    match filter {
        Predicate::And(terms) => terms.iter().flat_map(self::terms).collect(),
        other => vec![other],
    }
}

fn filtered<'p>(state: &mut State<'p>, step: &Step<'p>, row: &mut Row, filter: &'p Predicate) -> Met {
    for (term, part) in terms(filter).into_iter().enumerate() {
        let mut reads = Vec::new();
        reads::of_predicate(part, &mut reads);
        let fields: Vec<Name> = reads.iter().map(|read| read.field.name.clone()).collect();
        if history::leaves_open(state, step, term, row, &fields) {
            continue;
        }
        let truth = !is_target(state, step, term);
        predicate::require(state, row, part, truth, step.around)?;
    }
    Ok(())
}

/// `makeresults`: a row holds only what the search computes.
fn made_from_nothing(state: &mut State<'_>, rows: &mut Vec<Row>) -> Met {
    for row in rows.drain(..) {
        for (name, var) in &row.fields {
            if &**name != "_time" && state.atoms(*var).iter().any(|atom| !atom.allows_null()) {
                return Err(conflict(format!("`{name}` would have to come from `makeresults`")));
            }
        }
    }
    Ok(())
}

/// `target = value`: what is demanded of the target is demanded of the value.
fn computed<'p>(state: &mut State<'p>, row: &mut Row, assignment: &Assignment, around: Around<'p>) -> Met {
    let name = match &assignment.target {
        AssignedTo::Name(name) => name.clone(),
        AssignedTo::Template(_) => return Ok(()),
    };
    let Some(var) = row.fields.remove(&name) else { return Ok(()) };
    if state.measured.contains(&name) {
        let fields: Vec<Name> = assignment.value.fields().iter().map(|field| field.name.clone()).collect();
        history::compared(state, row, &fields);
        return Ok(());
    }
    if !state.matters(var) {
        return Ok(());
    }
    if let Expr::Field { field, .. } = &assignment.value
        && &*field.name != "null"
    {
        if state.atoms(var).iter().any(|atom| !atom.allows_null()) {
            state.can_come(&field.name)?;
        }
        let source = state.field(row, &field.name);
        return state.unify(var, source);
    }
    if state.is_shared(var) || state.index(var) > 0 {
        let before = row.clone();
        let mark = state.mark();
        let met = state.bind(var).and_then(|value| {
            let wanted = if value.is_null() { Atom::Null } else { fixed(&value) };
            expr::value(state, row, &assignment.value, wanted, around)
        });
        // In a near miss, rows that are alike where they should differ would miss something else.
        if met.is_ok() || state.target.is_some() {
            return met;
        }
        state.back(mark);
        *row = before;
    }
    let atoms = state.atoms(var).to_vec();
    if atoms.is_empty() {
        return Ok(());
    }
    let atom = if atoms.len() == 1 { atoms.into_iter().next().unwrap_or(Atom::Any) } else { Atom::All(atoms) };
    expr::value(state, row, &assignment.value, atom, around)
}

/// `fillnull`: a row may lack the field if the filling will do.
fn filled(state: &mut State<'_>, rows: &mut [Row], value: &Value, fields: &[Selector]) -> Met {
    for row in rows {
        let names: Vec<Name> = row.fields.keys().cloned().collect();
        for name in names {
            let listed = fields.is_empty() || fields.iter().any(|field| field.matches(&name));
            let var = row.fields[&name];
            let does = state.atoms(var).iter().all(|atom| atom.holds(value, &state.context));
            let lacks = state.atoms(var).iter().any(|atom| !matches!(atom, Atom::Any));
            // Only where it is the filling that is asked for; a value of its own is more like a real event.
            if listed && does && lacks && !state.is_shared(var) {
                row.fields.remove(&name);
                let fresh = state.field(row, &name);
                let options = [fixed(value), Atom::Null];
                state.demand_of(fresh, Atom::Either(options.to_vec()))?;
            }
        }
    }
    Ok(())
}

fn projected(state: &mut State<'_>, mode: ProjectMode, fields: &[Selector], rows: &mut [Row]) -> Met {
    for row in rows {
        let names: Vec<Name> = row.fields.keys().cloned().collect();
        for name in names {
            let listed = fields.iter().any(|field| field.matches(&name));
            let stays = match mode {
                ProjectMode::Keep => listed || name.starts_with('_'),
                ProjectMode::Table => listed,
                ProjectMode::Remove => !listed,
            };
            if !stays {
                lost(state, row, &name)?;
            }
        }
    }
    Ok(())
}

/// The field is not there from here on.
pub(super) fn lost(state: &State<'_>, row: &mut Row, name: &Name) -> Met {
    let Some(var) = row.fields.remove(name) else { return Ok(()) };
    if state.atoms(var).iter().any(|atom| !atom.allows_null()) {
        return Err(conflict(format!("the field `{name}` is needed, but the search has dropped it")));
    }
    Ok(())
}

/// The name that a field had before a rename; of several, one that is known to exist.
fn renamed(state: &mut State<'_>, row: &mut Row, pairs: &[(Selector, Selector)], before: &Schema) -> Met {
    for (name, var) in std::mem::take(&mut row.fields) {
        let mut old = name.clone();
        // What is named outright goes before what a pattern covers.
        let plain = pairs.iter().filter(|(from, _)| !from.is_pattern());
        for (from, to) in plain.chain(pairs.iter().filter(|(from, _)| from.is_pattern())) {
            let source = match wildcard::captures(&to.name, &name) {
                Some(caught) => Name::from(wildcard::fill(&from.name, &caught)),
                None => continue,
            };
            // `Processes.*` as `*`: only what has the prefix.
            let known = before.fields.contains_key(&source);
            let itself = before.fields.contains_key(&name) && from.is_pattern();
            if !from.is_pattern() || known || (before.can_have(&source) && !itself) {
                old = source;
                break;
            }
        }
        match row.fields.get(&old).copied() {
            Some(there) => state.unify(there, var)?,
            None => {
                row.fields.insert(old, var);
            }
        }
    }
    Ok(())
}

/// Times in one bucket: the bucket's own start will do.
fn binned(state: &mut State<'_>, rows: &mut [Row], bin: &Bin) -> Met {
    let size = match &bin.span {
        BinSpan::Time(span) => span.seconds(),
        BinSpan::Number(size) => *size,
        BinSpan::Bins(_) => 1.0,
    };
    for row in rows {
        let Some(var) = row.fields.remove(&bin.target) else { continue };
        let source = state.field(row, &bin.field.name);
        if !state.matters(var) {
            continue;
        }
        let value = state.bind(var)?;
        let Some(start) = value.as_number() else {
            state.demand_of(source, Atom::Any)?;
            continue;
        };
        // Buckets that must differ are as far apart as buckets are.
        let index = state.index(var) as f64;
        let start = if &*bin.field.name == "_time" { (start - 60.0 * index) + size * index } else { start };
        let start = match &bin.span {
            BinSpan::Time(span) => span.floor(start, &state.context.zone),
            _ => start,
        };
        state.demand_of(source, Atom::Is(Value::Number(start)))?;
    }
    Ok(())
}

/// `rex`: a text in which the groups have the values that are asked for.
fn extracted(state: &mut State<'_>, row: &mut Row, extract: &Extract) -> Met {
    let asked: Vec<(Name, usize)> = extract
        .regex
        .groups()
        .iter()
        .filter_map(|(_, name)| row.fields.get(name).map(|var| (name.clone(), *var)))
        .filter(|(_, var)| state.matters(*var))
        .collect();
    if asked.is_empty() {
        for (_, name) in extract.regex.groups() {
            row.fields.remove(name);
        }
        return Ok(());
    }
    // The event may also have the field already: a pattern that finds nothing changes nothing.
    state.choose(row, 2, |state, row, at| {
        if at == 1 {
            return Ok(());
        }
        tables::extract(state, row, extract, &asked)
    })
}

fn joined<'p>(state: &mut State<'p>, step: &Step<'p>, join: &'p Join, rows: &mut [Row]) -> Met {
    let Some(flow) = step.nested else { return Err(conflict("the plan lacks the rows to join")) };
    let output = flow.output();
    let mut inner_rows = Vec::new();
    for row in rows.iter_mut() {
        let is_key = |name: &Name| join.fields.iter().any(|field| field.name == *name);
        let from_inner = |name: &Name| {
            !is_key(name)
                && if join.overwrite || !step.before.can_have(name) {
                    output.fields.contains_key(name) || (output.can_have(name) && !step.before.can_have(name))
                } else {
                    false
                }
        };
        let given: Vec<Name> = row.fields.keys().filter(|name| from_inner(name)).cloned().collect();
        let needed = given.iter().any(|name| state.atoms(row.fields[name]).iter().any(|atom| !atom.allows_null()));
        let unwanted = given.iter().any(|name| state.value(row.fields[name]).is_some_and(|value| value.is_null()));
        let mut inner = Row { stands_out: false, ..Row::default() };
        for name in given {
            // With an outer join a row without partner keeps what it has.
            if join.outer && !needed && !unwanted {
                continue;
            }
            if let Some(var) = row.fields.remove(&name) {
                inner.fields.insert(name, var);
            }
        }
        if join.outer && !needed {
            continue;
        }
        let keys: Vec<Name> = if join.fields.is_empty() {
            output.fields.keys().filter(|name| step.before.fields.contains_key(*name)).cloned().collect()
        } else {
            join.fields.iter().map(|field| field.name.clone()).collect()
        };
        for name in keys {
            let var = state.field(row, &name);
            state.demand_of(var, Atom::Any)?;
            state.share(var);
            inner.fields.insert(name, var);
        }
        inner_rows.push(inner);
    }
    if inner_rows.is_empty() {
        return Ok(());
    }
    walk(state, &join.plan, flow, inner_rows)
}

/// The rows come from before, or from the other search, or from both, each with what it can have.
fn appended<'p>(state: &mut State<'p>, step: &Step<'p>, plan: &'p Plan, rows: &mut Vec<Row>) -> Met {
    let Some(flow) = step.nested else { return Ok(()) };
    let all = std::mem::take(rows);
    let mut carrier = Row::default();
    let mut kept: Vec<Row> = Vec::new();
    let mut turn = 0;
    state.choose(&mut carrier, 3, |state, _, at| {
        kept.clear();
        // A near miss takes no more rows than it needs, whatever the matching set took.
        let at = if state.target.is_some() { turn } else { at };
        turn += 1;
        match at {
            0 => {
                only(state, &all, step.before)?;
                kept.clone_from(&all);
                Ok(())
            }
            1 => {
                only(state, &all, flow.output())?;
                walk(state, plan, flow, all.clone())
            }
            _ => {
                kept = all.iter().map(|row| part(state, row, step.before)).collect();
                let others = all.iter().map(|row| part(state, row, flow.output())).collect();
                walk(state, plan, flow, others)
            }
        }
    })?;
    *rows = kept;
    Ok(())
}

fn only(state: &State<'_>, rows: &[Row], schema: &Schema) -> Met {
    for row in rows {
        for (name, var) in &row.fields {
            if !schema.can_have(name) && state.atoms(*var).iter().any(|atom| !atom.allows_null()) {
                return Err(conflict(format!("the field `{name}` comes from another of the appended searches")));
            }
        }
    }
    Ok(())
}

fn part(state: &mut State<'_>, row: &Row, schema: &Schema) -> Row {
    let mut kept = Row { stands_out: row.stands_out, ..Row::default() };
    for (name, var) in &row.fields {
        if schema.can_have(name) {
            state.share(*var);
            kept.fields.insert(name.clone(), *var);
        }
    }
    kept
}

/// Commands with a meaning of their own: most leave the fields that are asked for as they came.
fn native_rows<'p>(state: &mut State<'p>, step: &Step<'p>, native: &dyn Native, rows: &mut Vec<Row>) -> Met {
    if native.name() == "mstats" {
        return rows.iter_mut().try_for_each(|row| measured(state, step, row));
    }
    if native.name() == "addtotals" {
        return rows.iter_mut().try_for_each(|row| totalled(state, step, native, row));
    }
    for row in rows.iter_mut() {
        let mut known: Vec<Name> = row.fields.keys().chain(step.before.fields.keys()).cloned().collect();
        // A field of which only the pattern is known.
        known.extend(native.flow(&Schema::default()).reads.iter().map(|read| read.field.name.clone()));
        known.extend(native.patterns().iter().map(|pattern| Name::from(pattern.replace('*', "0"))));
        known.sort();
        known.dedup();
        for assignment in native.assignments(&known).unwrap_or_default().iter().rev() {
            computed(state, row, assignment, step.around)?;
        }
    }
    if native.name() != "transaction" {
        return Ok(());
    }
    let made = std::mem::take(rows);
    for mut row in made {
        let mut count = 1;
        if let Some(var) = row.fields.remove(&Name::from("eventcount"))
            && state.matters(var)
        {
            count = groups::whole(state, var, 1)?;
        }
        let duration = row.fields.remove(&Name::from("duration")).filter(|var| state.matters(*var));
        let duration = duration.map(|var| state.bind(var)).transpose()?.and_then(|value| value.as_number());
        count = count.max(if duration.is_some_and(|seconds| seconds > 0.0) { 2 } else { 1 });
        state.count_rows(count)?;
        for at in 0..count {
            let mut event = row.clone();
            event.fields.values().for_each(|var| state.share(*var));
            if at > 0 {
                let time = state.var(&"_time".into());
                state.demand_of(time, Atom::Is(Value::Number(super::solve::TIME + duration.unwrap_or(at as f64))))?;
                event.fields.insert("_time".into(), time);
            }
            rows.push(event);
        }
    }
    Ok(())
}

/// `mstats`: an event with the measurement that the aggregates behind it are over.
fn measured<'p>(state: &mut State<'p>, step: &Step<'p>, row: &mut Row) -> Met {
    let later = step.around.plan.steps[step.at + 1..].iter();
    let over = later.filter_map(|step| match &step.op {
        Op::Aggregate(aggregation) => Some(&aggregation.aggregates),
        _ => None,
    });
    let over = over.flatten().filter_map(|aggregate| match &aggregate.argument {
        AggregateInput::Field(field) => Some(Name::from(field.name.replace('*', "x"))),
        AggregateInput::Rows | AggregateInput::Expr(_) => None,
    });
    let metrics: Vec<Name> = over.collect();
    // One measurement gives one row.
    let asked = metrics.iter().find(|metric| row.fields.contains_key(*metric));
    let Some(metric) = asked.or(metrics.first()) else { return Ok(()) };
    for other in metrics.iter().filter(|other| *other != metric) {
        lost(state, row, other)?;
    }
    let var = match row.fields.remove(metric) {
        Some(var) => var,
        None => state.var(metric),
    };
    state.demand_of(var, Atom::Number(CompareOp::Ge, 0.0))?;
    row.fields.insert(format!("metric_name:{metric}").into(), var);
    Ok(())
}

/// `addtotals`: numbers in as many of the fields as the sum needs.
fn totalled<'p>(state: &mut State<'p>, step: &Step<'p>, native: &dyn Native, row: &mut Row) -> Met {
    let flow = native.flow(step.before);
    let is_new = |name: &Name| flow.output.fields.get(name) != step.before.fields.get(name);
    let Some(target) = row.fields.keys().find(|name| is_new(name)).cloned() else { return Ok(()) };
    let Some(var) = row.fields.remove(&target) else { return Ok(()) };
    if !state.matters(var) {
        return Ok(());
    }
    let reads = flow.reads;
    if groups::whole(state, var, 0)? == 0 {
        for read in &reads {
            let (mark, before) = (state.mark(), row.clone());
            if state.demand(row, &read.field.name, Atom::Is(Value::Number(0.0))).is_err() {
                state.back(mark);
                *row = before;
            }
        }
        return Ok(());
    }
    // What each adds shows only where it is computed: first one of them, then two, ...
    state.choose(row, reads.len(), |state, row, at| {
        let above = Atom::Number(CompareOp::Gt, 0.0);
        reads[..=at].iter().try_for_each(|read| state.demand(row, &read.field.name, above.clone()))
    })
}

/// Fields that follow from window statistics (averages, deviations): rows cannot set them one by one.
fn derived(plan: &Plan) -> BTreeSet<Name> {
    let mut soft: BTreeSet<Name> = BTreeSet::new();
    for step in &plan.steps {
        match &step.op {
            Op::Window(window) => {
                let spread = [
                    "avg",
                    "mean",
                    "stdev",
                    "stdevp",
                    "var",
                    "varp",
                    "median",
                    "perc",
                    "p",
                    "exactperc",
                    "upperperc",
                    "max",
                    "min",
                    "sum",
                ];
                let running = window.frame != WindowFrame::Group;
                for aggregate in &window.aggregates {
                    let name = aggregate.function.name;
                    if spread.contains(&name) && !(running && matches!(name, "sum")) {
                        soft.insert(aggregate.name.name.clone());
                    }
                }
            }
            Op::Extend(assignments) => {
                for assignment in assignments {
                    let AssignedTo::Name(name) = &assignment.target else { continue };
                    let arithmetic =
                        matches!(assignment.value, Expr::Binary(..) | Expr::Call { .. } | Expr::Field { .. });
                    if arithmetic && assignment.value.fields().iter().any(|field| soft.contains(&field.name)) {
                        soft.insert(name.clone());
                    }
                }
            }
            Op::Aggregate(aggregation) => {
                let before = std::mem::take(&mut soft);
                for aggregate in &aggregation.aggregates {
                    if let AggregateInput::Field(field) = &aggregate.argument
                        && before.contains(&field.name)
                    {
                        soft.insert(aggregate.name.name.clone());
                    }
                }
                soft.extend(
                    aggregation.by.iter().filter(|field| before.contains(&field.name)).map(|field| field.name.clone()),
                );
            }
            _ => {}
        }
    }
    soft
}

/// Fields that are assigned once, a constant, and not renamed or counted into something else.
fn constants(plan: &Plan) -> BTreeMap<Name, Value> {
    let mut found: BTreeMap<Name, Option<Value>> = BTreeMap::new();
    for step in &plan.steps {
        match &step.op {
            Op::Extend(assignments) => {
                for assignment in assignments {
                    let AssignedTo::Name(name) = &assignment.target else { continue };
                    let value = match &assignment.value {
                        Expr::Literal(value) if !found.contains_key(name) => Some(value.clone()),
                        _ => None,
                    };
                    found.insert(name.clone(), value);
                }
            }
            // What has the name later is something else.
            Op::Rename(pairs) => pairs.iter().for_each(|(_, to)| drop(found.insert(to.name.clone(), None))),
            Op::Aggregate(aggregation) => {
                for aggregate in &aggregation.aggregates {
                    found.insert(aggregate.name.name.clone(), None);
                }
            }
            Op::Window(window) => {
                for aggregate in &window.aggregates {
                    found.insert(aggregate.name.name.clone(), None);
                }
            }
            _ => {}
        }
    }
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Whether letter case counts, as a demand.
pub(super) fn equal_text(text: &str, with_case: bool) -> Atom {
    if with_case {
        Atom::Is(Value::text(text))
    } else {
        Atom::Folded(Fold::Lower, Box::new(Atom::Is(Value::text(text.to_lowercase()))))
    }
}

/// A way to fail that says where the walk was.
pub(super) fn missing(name: &str) -> Conflict {
    conflict(format!("the field `{name}` is needed, but nothing makes it"))
}

/// Groups of a pattern and their values.
pub(super) type GroupTexts = BTreeMap<String, String>;
