//! Statistics: how many rows a group needs, and what they hold.

use super::atom::{Atom, ordered};
use super::expr::{self, ORDINARY};
use super::predicate::Around;
use super::state::{Met, Row, State, VarId, conflict};
use super::walk::missing;
use crate::expr::{CompareOp, Expr};
use crate::ir::op::{Aggregate, AggregateInput, Aggregation, Selector, Window, WindowFrame};
use crate::value::{Name, Value};
use std::collections::BTreeSet;

/// Ordinary rows beside one that stands out: with n of them it lies some square root of n deviations from the mean.
const ORDINARY_ROWS: usize = 40;
/// The largest number of rows that one group may need.
const MAX_COUNT: usize = 12_000;

/// Each row is a group: what rows does it need?
pub(super) fn aggregated<'p>(
    state: &mut State<'p>,
    rows: &mut Vec<Row>,
    aggregation: &Aggregation,
    around: Around<'p>,
) -> Met {
    let mut groups = std::mem::take(rows);
    told_apart(state, &mut groups, &aggregation.by)?;
    for group in groups {
        let members = members(state, group, aggregation, around)?;
        state.count_rows(members.len())?;
        rows.extend(members);
    }
    Ok(())
}

/// Rows of one result are different groups: a by-field has another value in each.
fn told_apart(state: &mut State<'_>, groups: &mut [Row], by: &[Selector]) -> Met {
    for group in groups.iter_mut() {
        for field in by {
            let var = state.field(group, &field.name);
            state.demand_of(var, Atom::Any)?;
        }
    }
    if groups.len() < 2 {
        return Ok(());
    }
    let keys = |state: &State<'_>, groups: &[Row]| -> usize {
        let key = |row: &Row| {
            by.iter()
                .map(|field| row.fields.get(&field.name).map(|var| (state.root(*var), state.index(*var))))
                .map(|found| {
                    found.map(|(var, index)| if state.is_shared(var) { (var, index) } else { (usize::MAX, index) })
                })
                .collect::<Vec<_>>()
        };
        groups.iter().map(key).collect::<BTreeSet<_>>().len()
    };
    if keys(state, groups) == groups.len() {
        return Ok(());
    }
    for field in by {
        let vars: BTreeSet<VarId> =
            groups.iter().filter_map(|row| row.fields.get(&field.name)).map(|var| state.root(*var)).collect();
        if vars.len() < groups.len() {
            continue;
        }
        let mark = state.mark();
        let met: Met = groups.iter().enumerate().try_for_each(|(at, row)| state.set_index(row.fields[&field.name], at));
        let values: BTreeSet<String> = groups
            .iter()
            .filter_map(|row| state.value(row.fields[&field.name]))
            .map(|value| value.to_text().into_owned())
            .collect();
        if met.is_ok() && values.len() == groups.len() {
            return Ok(());
        }
        state.back(mark);
    }
    // Some are the same group: that is enough for what only needs one.
    if state.target.is_some() { Err(conflict("rows of one group were to be several groups")) } else { Ok(()) }
}

/// A whole number that the variable may be, from `least` on; it is that number from now on.
pub(super) fn whole(state: &mut State<'_>, var: VarId, least: usize) -> Result<usize, super::state::Conflict> {
    let fits = |state: &State<'_>, count: usize| {
        state.atoms(var).iter().all(|atom| atom.holds(&Value::Number(count as f64), &state.context))
    };
    let near = (least..300).find(|&count| fits(state, count));
    // Beyond that only the bounds themselves are worth trying.
    let far = || {
        let bounds: Vec<usize> = state
            .atoms(var)
            .iter()
            .flat_map(numbers_in)
            .filter(|bound| (0.0..MAX_COUNT as f64).contains(bound))
            .flat_map(|bound| [bound as usize, bound as usize + 1])
            .collect();
        bounds.into_iter().filter(|&count| count >= least).find(|&count| fits(state, count))
    };
    let count = near.or_else(far).ok_or_else(|| conflict("a count would have to be larger than is tried"))?;
    state.demand_of(var, Atom::Is(Value::Number(count as f64)))?;
    Ok(count)
}

fn numbers_in(atom: &Atom) -> Vec<f64> {
    match atom {
        Atom::Number(_, bound) => vec![*bound],
        Atom::Is(value) => value.as_number().into_iter().collect(),
        Atom::Not(inner) => numbers_in(inner),
        Atom::All(atoms) | Atom::Either(atoms) => atoms.iter().flat_map(numbers_in).collect(),
        Atom::Through(through) => {
            let inner = numbers_in(&through.atom);
            inner.iter().flat_map(|bound| [*bound, bound * 2.0, bound / 2.0, bound * 10.0, bound * 100.0]).collect()
        }
        _ => Vec::new(),
    }
}

/// What one aggregate asks of the rows of its group.
struct Needs {
    rows: usize,
    /// Fields that must differ from row to row, and in how many rows.
    spread: Vec<(Name, usize)>,
    /// Fields that must hold the same in all rows.
    held: Vec<(Name, VarId)>,
    /// Rows of their own: how many, and the condition or value they must have.
    apart: Vec<Apart>,
    /// A number for one row, zero for the others.
    totals: Vec<(Name, VarId)>,
    /// A span between the least and the greatest value.
    ranges: Vec<(Name, f64)>,
    /// Values that must all occur.
    each: Vec<(Name, Vec<Value>)>,
}

struct Apart {
    expr: Expr,
    rows: usize,
    /// What the value must meet; a condition must be true.
    atoms: Option<Vec<Atom>>,
    /// Values differ.
    differ: bool,
}

fn members<'p>(
    state: &mut State<'p>,
    mut group: Row,
    aggregation: &Aggregation,
    around: Around<'p>,
) -> Result<Vec<Row>, super::state::Conflict> {
    let mut needs = Needs {
        rows: 1,
        spread: Vec::new(),
        held: Vec::new(),
        apart: Vec::new(),
        totals: Vec::new(),
        ranges: Vec::new(),
        each: Vec::new(),
    };
    // Plain counts come last: they count the rows that the others need.
    let mut counts = Vec::new();
    for aggregate in &aggregation.aggregates {
        for (field, var) in outputs(&group, aggregate, &aggregation.by) {
            group.fields.remove(&field.0);
            if !state.matters(var) || state.measured.contains(&field.0) {
                continue;
            }
            let is_plain = matches!(aggregate.argument, AggregateInput::Rows);
            if is_plain && matches!(aggregate.function.name, "count" | "c") {
                counts.push(var);
            } else {
                need(state, &mut needs, aggregate, &field.1, var)?;
            }
        }
    }
    for var in counts {
        let apart: usize = needs.apart.iter().map(|apart| apart.rows).sum();
        let least = if apart > 0 { apart } else { needs.rows };
        let count = whole(state, var, least.max(1))?;
        needs.rows = needs.rows.max(count.saturating_sub(apart).max(1));
    }
    let mut common = Row { stands_out: group.stands_out, ..Row::default() };
    for (name, var) in &group.fields {
        if aggregation.by.iter().any(|field| field.name == *name) {
            common.fields.insert(name.clone(), *var);
        } else if state.atoms(*var).iter().any(|atom| !atom.allows_null()) {
            return Err(missing(name));
        }
    }
    for (name, var) in &needs.held {
        match common.fields.get(name).copied() {
            Some(there) => state.unify(*var, there)?,
            None => drop(common.fields.insert(name.clone(), *var)),
        }
    }
    let count = needs.rows + needs.apart.iter().map(|apart| apart.rows).sum::<usize>();
    if count > 1 {
        common.fields.values().for_each(|var| state.share(*var));
    }
    let mut rows = Vec::new();
    for at in 0..needs.rows {
        let mut row = common.clone();
        for (name, spread) in &needs.spread {
            differ(state, &mut row, &needs, name, at.min(spread.saturating_sub(1)))?;
        }
        for (name, total) in &needs.totals {
            let var = if at == 0 { *total } else { state.var(name) };
            if at > 0 {
                state.demand_of(var, Atom::Is(Value::Number(0.0)))?;
            }
            row.fields.insert(name.clone(), var);
        }
        for (name, range) in &needs.ranges {
            let start = if name.starts_with('_') { super::solve::TIME } else { 100.0 };
            let var = state.var(name);
            let value = if at == 0 { start } else { start + range };
            state.demand_of(var, Atom::Is(Value::Number(value)))?;
            row.fields.insert(name.clone(), var);
        }
        for (name, values) in &needs.each {
            if row.fields.contains_key(name) && aggregation.by.iter().any(|field| field.name == *name) {
                continue;
            }
            let var = state.var(name);
            state.demand_of(var, Atom::Is(values[at % values.len()].clone()))?;
            row.fields.insert(name.clone(), var);
        }
        rows.push(row);
    }
    let mut apart_rows: Vec<Row> = Vec::new();
    for apart in &needs.apart {
        for at in 0..apart.rows {
            // A row that is there may do for this as well.
            if !apart.differ && apart.rows == 1 && joins(state, rows.iter_mut().chain(&mut apart_rows), apart, around) {
                continue;
            }
            let mut row = common.clone();
            meet(state, &mut row, apart, at, around)?;
            apart_rows.push(row);
        }
    }
    // Plain rows are only there because a group needs a row.
    if needs.rows == 1
        && needs.spread.is_empty()
        && needs.totals.is_empty()
        && needs.each.is_empty()
        && !apart_rows.is_empty()
    {
        rows.clear();
    }
    rows.extend(apart_rows);
    Ok(rows)
}

fn joins<'p, 'r>(
    state: &mut State<'p>,
    rows: impl Iterator<Item = &'r mut Row>,
    apart: &Apart,
    around: Around<'p>,
) -> bool {
    for row in rows {
        let (mark, before) = (state.mark(), row.clone());
        if meet(state, row, apart, 0, around).is_ok() {
            return true;
        }
        state.back(mark);
        *row = before;
    }
    false
}

fn meet<'p>(state: &mut State<'p>, row: &mut Row, apart: &Apart, at: usize, around: Around<'p>) -> Met {
    match &apart.atoms {
        None => expr::require(state, row, &apart.expr, true, around),
        Some(atoms) => {
            let mut all = atoms.clone();
            all.push(Atom::Any);
            expr::value(state, row, &apart.expr, Atom::All(all), around)?;
            if apart.differ {
                for field in apart.expr.fields() {
                    let var = state.field(row, &field.name);
                    // A field that is the same in all rows stays so; another one may tell the rows apart.
                    if !state.is_shared(var) {
                        state.set_index(var, at)?;
                    }
                }
            }
            Ok(())
        }
    }
}

/// Another value of the field in each row.
fn differ(state: &mut State<'_>, row: &mut Row, needs: &Needs, name: &Name, at: usize) -> Met {
    let var = match needs.held.iter().find(|(held, _)| held == name) {
        Some((_, held)) => state.copy(*held),
        None => match row.fields.get(name) {
            // A by-field has one value in its group.
            Some(_) if at == 0 => return Ok(()),
            Some(_) => return Err(conflict(format!("`{name}` cannot have several values in its own group"))),
            None => state.var(name),
        },
    };
    state.demand_of(var, Atom::Any)?;
    state.set_index(var, at)?;
    row.fields.insert(name.clone(), var);
    Ok(())
}

/// The fields of the group that the aggregate makes: output, field it is computed over, and the variable.
fn outputs(group: &Row, aggregate: &Aggregate, by: &[Selector]) -> Vec<((Name, Name), VarId)> {
    let over = match &aggregate.argument {
        AggregateInput::Field(field) => field.name.clone(),
        AggregateInput::Rows | AggregateInput::Expr(_) => Name::from(""),
    };
    if !crate::ir::wildcard::is_pattern(&over) {
        let output = &aggregate.name.name;
        return group.fields.get(output).map(|var| ((output.clone(), over), *var)).into_iter().collect();
    }
    let taken = |name: &Name| by.iter().any(|field| field.name == *name);
    let found = group.fields.iter().filter(|(name, _)| !taken(name)).filter_map(|(name, var)| {
        let caught = crate::ir::wildcard::captures(&aggregate.name.name, name)?;
        Some(((name.clone(), Name::from(crate::ir::wildcard::fill(&over, &caught))), *var))
    });
    found.collect()
}

fn need(state: &mut State<'_>, needs: &mut Needs, aggregate: &Aggregate, over: &Name, var: VarId) -> Met {
    let function = aggregate.function.name;
    if let AggregateInput::Expr(inner) = &aggregate.argument {
        return need_of_expr(state, needs, function, inner, var);
    }
    match function {
        "count" | "c" => {
            let count = whole(state, var, 0)?;
            needs.rows = needs.rows.max(count);
            if count > 0 {
                hold(state, needs, over)?;
            }
        }
        "dc" | "distinct_count" | "estdc" => {
            let count = whole(state, var, 0)?;
            needs.rows = needs.rows.max(count);
            if count > 0 {
                needs.spread.push((over.clone(), count));
            }
        }
        "sum" => needs.totals.push((over.clone(), var)),
        "range" => {
            let size = state.bind(var)?.as_number().unwrap_or(0.0);
            if size > 0.0 {
                needs.rows = needs.rows.max(2);
            }
            needs.ranges.push((over.clone(), size));
        }
        "stdev" | "stdevp" | "var" | "varp" => {
            let size = state.bind(var)?.as_number().unwrap_or(0.0);
            needs.rows = needs.rows.max(2);
            needs.ranges.push((over.clone(), size * 2.0));
        }
        "values" | "list" => {
            if let Some(value) =
                state.value(var).filter(|value| value.values().len() > 1 && !state.atoms(var).iter().any(is_count))
            {
                needs.rows = needs.rows.max(value.values().len());
                needs.each.push((over.clone(), value.values().to_vec()));
                return Ok(());
            }
            let atoms = state.atoms(var).to_vec();
            let (counts, rest): (Vec<Atom>, Vec<Atom>) = atoms.into_iter().partition(is_count);
            if counts.is_empty() {
                needs.held.push((over.clone(), var));
                return Ok(());
            }
            let count = (1..500).find(|&count| counts.iter().all(|atom| count_holds(atom, count)));
            let count = count.ok_or_else(|| conflict("more different values are asked for than are tried"))?;
            needs.rows = needs.rows.max(count);
            let single = state.var(over);
            for atom in rest {
                state.demand_of(single, atom)?;
            }
            needs.held.push((over.clone(), single));
            needs.spread.push((over.clone(), count));
        }
        _ => {
            state.demand_of(var, Atom::Any)?;
            needs.held.push((over.clone(), var));
        }
    }
    Ok(())
}

fn hold(state: &mut State<'_>, needs: &mut Needs, over: &Name) -> Met {
    if needs.held.iter().any(|(name, _)| name == over) {
        return Ok(());
    }
    let var = state.var(over);
    state.demand_of(var, Atom::Any)?;
    needs.held.push((over.clone(), var));
    Ok(())
}

fn is_count(atom: &Atom) -> bool {
    match atom {
        Atom::Count(..) => true,
        Atom::Not(inner) => is_count(inner),
        _ => false,
    }
}

fn count_holds(atom: &Atom, count: usize) -> bool {
    match atom {
        Atom::Count(op, wanted) => ordered(*op, count as f64, *wanted),
        Atom::Not(inner) => !count_holds(inner, count),
        _ => true,
    }
}

/// `count(eval(x=1))`, `dc(eval(if(...)))`, `values(eval(...))`.
fn need_of_expr(state: &mut State<'_>, needs: &mut Needs, function: &str, inner: &Expr, var: VarId) -> Met {
    let apart = match function {
        "count" | "c" => Apart { expr: inner.clone(), rows: whole(state, var, 0)?, atoms: None, differ: false },
        "dc" | "distinct_count" | "estdc" => {
            Apart { expr: inner.clone(), rows: whole(state, var, 0)?, atoms: Some(Vec::new()), differ: true }
        }
        "sum" => {
            // Ones, as many as are needed; any other number at once.
            let mark = state.mark();
            let (rows, atoms) = if let Ok(count) = whole(state, var, 0) {
                (count, vec![Atom::Is(Value::Number(1.0))])
            } else {
                state.back(mark);
                (1, state.atoms(var).to_vec())
            };
            Apart { expr: inner.clone(), rows, atoms: Some(atoms), differ: false }
        }
        _ => Apart { expr: inner.clone(), rows: 1, atoms: Some(state.atoms(var).to_vec()), differ: false },
    };
    needs.apart.push(apart);
    Ok(())
}

/// `eventstats`, `streamstats`: the rows stay, but a row may need others beside it.
pub(super) fn windowed<'p>(state: &mut State<'p>, rows: &mut Vec<Row>, window: &Window, around: Around<'p>) -> Met {
    let _ = around;
    let mut more = Vec::new();
    for row in rows.iter_mut() {
        for field in &window.by {
            let var = state.field(row, &field.name);
            state.demand_of(var, Atom::Any)?;
        }
        let mut beside = 0;
        for aggregate in &window.aggregates {
            let Some(var) = row.fields.remove(&aggregate.name.name) else { continue };
            if state.measured.contains(&aggregate.name.name) {
                continue;
            }
            if !state.matters(var) || (row.stands_out && state.derived.contains(&aggregate.name.name)) {
                continue;
            }
            beside = beside.max(window_need(state, row, aggregate, var)?);
        }
        if row.stands_out {
            row.stands_out = false;
            let ordinary = ordinary(state, row, window)?;
            more.extend(ordinary);
            continue;
        }
        let skips_current = matches!(window.frame, WindowFrame::Running { current: false, .. });
        let count = if skips_current { beside + 1 } else { beside };
        for at in 1..count {
            more.push(beside_row(state, row, window, at)?);
        }
    }
    state.count_rows(more.len())?;
    rows.extend(more);
    Ok(())
}

/// How many rows the aggregate needs; what it holds is demanded of the row itself.
fn window_need(
    state: &mut State<'_>,
    row: &mut Row,
    aggregate: &Aggregate,
    var: VarId,
) -> Result<usize, super::state::Conflict> {
    let over = match &aggregate.argument {
        AggregateInput::Field(field) => Some(field.name.clone()),
        AggregateInput::Rows | AggregateInput::Expr(_) => None,
    };
    match (aggregate.function.name, over) {
        ("count" | "c" | "dc" | "distinct_count" | "estdc", _) => whole(state, var, 1),
        (_, None) => Ok(1),
        (_, Some(over)) => {
            let own = state.field(row, &over);
            state.unify(var, own)?;
            Ok(1)
        }
    }
}

/// A further row of the same kind: fields that are counted differ.
fn beside_row(state: &mut State<'_>, row: &Row, window: &Window, at: usize) -> Result<Row, super::state::Conflict> {
    let mut beside = row.clone();
    row.fields.values().for_each(|var| state.share(*var));
    for aggregate in &window.aggregates {
        let AggregateInput::Field(field) = &aggregate.argument else { continue };
        if window.by.iter().any(|by| by.name == field.name) {
            continue;
        }
        let var = match row.fields.get(&field.name) {
            Some(var) => state.copy(*var),
            None => state.var(&field.name),
        };
        state.demand_of(var, Atom::Any)?;
        state.set_index(var, at)?;
        beside.fields.insert(field.name.clone(), var);
    }
    Ok(beside)
}

/// Rows of the same group that are all alike.
fn ordinary(state: &mut State<'_>, row: &mut Row, window: &Window) -> Result<Vec<Row>, super::state::Conflict> {
    let mut rows = Vec::new();
    for at in 1..=ORDINARY_ROWS {
        let mut other = Row::default();
        for field in &window.by {
            let var = state.field(row, &field.name);
            state.share(var);
            other.fields.insert(field.name.clone(), var);
        }
        for aggregate in &window.aggregates {
            if let AggregateInput::Field(field) = &aggregate.argument
                && !window.by.iter().any(|by| by.name == field.name)
            {
                let var = state.field(&mut other, &field.name);
                if is_number(state, row, &field.name) {
                    state.demand_of(var, Atom::Number(CompareOp::Eq, ORDINARY))?;
                } else {
                    state.demand_of(var, Atom::Any)?;
                }
            }
        }
        let _ = at;
        rows.push(other);
    }
    Ok(rows)
}

/// The row's own value of the field is a number.
fn is_number(state: &mut State<'_>, row: &mut Row, name: &Name) -> bool {
    let var = state.field(row, name);
    state.value(var).is_none_or(|value| value.is_null() || value.as_number().is_some() || state.atoms(var).is_empty())
}
