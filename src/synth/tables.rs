//! Lookups and extractions: fields that follow from others by a table or a pattern.

use super::atom::{Atom, Extracts};
use super::pattern::Template;
use super::state::{Met, Place, Row, State, VarId, conflict, fixed};
use super::walk::{GroupTexts, equal_text};
use crate::engine::Lookup;
use crate::ir::op::{Extract, LookupCall};
use crate::lookup::MatchType;
use crate::value::address::Block;
use crate::value::{Name, Value};
use std::sync::Arc;

/// Rows of a table that are tried.
const MAX_TRIED: usize = 400;

/// The row is a row of a table: of the one that there is, or, if that has none, of one that is made.
pub(super) fn row_of(state: &mut State<'_>, name: &Name, mut row: Row) -> Met {
    let Some(table) = rows_of(state, name) else {
        state.made.push((Place::Table(name.clone()), row));
        return Ok(());
    };
    let asked: Vec<(Name, VarId)> = row.fields.clone().into_iter().collect();
    let offset = asked.iter().map(|(_, var)| state.index(*var)).max().unwrap_or(0);
    // Rows that differ in what is asked for.
    let mut seen = std::collections::BTreeSet::new();
    let key = |at: &usize| -> Vec<String> {
        asked.iter().map(|(column, _)| table.rows.value(*at, column).to_text().into_owned()).collect()
    };
    let rows: Vec<usize> = (0..table.rows.rows()).filter(|at| seen.insert(key(at))).collect();
    let count = rows.len();
    state.choose(&mut row, count.min(MAX_TRIED), |state, _, at| {
        for (column, var) in &asked {
            let cell = table.rows.value(rows[(at + offset) % count], column);
            let atom = if cell.is_null() { Atom::Null } else { fixed(cell) };
            // The row of the table is what varies.
            state.set_index(*var, 0)?;
            state.demand_of(*var, atom)?;
        }
        Ok(())
    })
}

/// A table that has rows.
fn rows_of(state: &State<'_>, name: &str) -> Option<Arc<Lookup>> {
    (state.lookup)(name).filter(|table| !table.rows.is_empty())
}

/// `lookup`: what is demanded of the outputs decides the row of the table, and that the inputs.
pub(super) fn looked_up(state: &mut State<'_>, row: &mut Row, call: &LookupCall) -> Met {
    let known = (state.lookup)(&call.lookup.node);
    let outputs: Vec<(Name, Name)> = if let Some(outputs) = &call.outputs {
        outputs.iter().map(|(column, field)| (column.name.clone(), field.clone())).collect()
    } else {
        let columns = known.iter().flat_map(|table| table.rows.names().cloned().collect::<Vec<_>>());
        let inputs = |name: &Name| call.inputs.iter().any(|(column, _)| column.name == *name);
        columns.filter(|name| !inputs(name)).map(|name| (name.clone(), name)).collect()
    };
    let asked: Vec<(Name, Name, VarId)> = outputs
        .into_iter()
        .filter_map(|(column, field)| row.fields.get(&field).map(|var| (column, field.clone(), *var)))
        .filter(|(_, _, var)| state.matters(*var))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let remove = |row: &mut Row| row.fields.retain(|name, _| !asked.iter().any(|(_, field, _)| field == name));
    let default = known.as_ref().filter(|table| table.min_matches > 0).and_then(|table| table.default_match.clone());
    let unmatched = default.map_or(Value::Null, Value::Text);
    let without = |state: &State<'_>| {
        asked.iter().all(|(_, _, var)| state.atoms(*var).iter().all(|atom| atom.holds(&unmatched, &state.context)))
    };
    if let Some(table) = known.as_ref().filter(|table| table.compute.is_some()) {
        let _ = table;
        remove(row);
        return computed(state, row, call);
    }
    state.choose(row, 2, |state, row, at| {
        if at == 0 {
            if !without(state) {
                return Err(conflict("the lookup must find a row"));
            }
            remove(row);
            return Ok(());
        }
        match known.as_ref().filter(|table| !table.rows.is_empty()) {
            Some(table) => matched(state, row, call, table, &asked),
            None => made(state, row, call, &asked),
        }
    })
}

/// A row of a table that is there.
fn matched(
    state: &mut State<'_>,
    row: &mut Row,
    call: &LookupCall,
    table: &Lookup,
    asked: &[(Name, Name, VarId)],
) -> Met {
    let count = table.rows.rows();
    let offset = asked.iter().map(|(_, _, var)| state.index(*var)).max().unwrap_or(0);
    state.choose(row, count.min(MAX_TRIED), |state, row, at| {
        let at = (at + offset) % count;
        for (column, field, var) in asked {
            let cell = table.rows.value(at, column);
            state.set_index(*var, 0)?;
            state.demand_of(*var, if cell.is_null() { Atom::Null } else { fixed(cell) })?;
            row.fields.remove(field);
        }
        for (column, field) in &call.inputs {
            let cell = table.rows.value(at, &column.name).to_text().into_owned();
            let atom = match table.match_type(&column.name) {
                MatchType::Exact => equal_text(&cell, table.case_sensitive),
                MatchType::Wildcard => Atom::Glob(cell.as_str().into()),
                MatchType::Cidr => match Block::parse(&cell) {
                    Some(block) => Atom::Inside(block),
                    None => Atom::Glob(cell.as_str().into()),
                },
            };
            state.demand(row, &field.name, atom)?;
        }
        Ok(())
    })
}

/// A row for a table that has none.
fn made(state: &mut State<'_>, row: &mut Row, call: &LookupCall, asked: &[(Name, Name, VarId)]) -> Met {
    let mut cells = Row::default();
    for (column, field, var) in asked {
        row.fields.remove(field);
        state.demand_of(*var, Atom::Any)?;
        state.share(*var);
        cells.fields.insert(column.clone(), *var);
    }
    for (column, field) in &call.inputs {
        let var = state.field(row, &field.name);
        state.demand_of(var, Atom::Any)?;
        state.share(var);
        cells.fields.insert(column.name.clone(), var);
    }
    state.made.push((Place::Table(call.lookup.node.clone()), cells));
    Ok(())
}

/// A table that is computed from its input (entropy): a text as random as texts get.
fn computed(state: &mut State<'_>, row: &mut Row, call: &LookupCall) -> Met {
    for (_, field) in &call.inputs {
        let random =
            ["q7zk2mx9vw4jt8hb5nc3", "q7zk2mx9vw4jt8hb5nc3.d6fg1lp0ry.example", "QZ7kx9/q7zk2mx9vw4jt8hb5nc3.html"];
        let texts = random.iter().map(|text| Atom::Is(Value::from(*text))).collect();
        state.choose(row, 2, |state, row, at| {
            state.demand(row, &field.name, if at == 0 { Atom::Either(Vec::clone(&texts)) } else { Atom::Any })
        })?;
    }
    Ok(())
}

/// `rex`: the groups take the values that are asked for, or the values that they can have.
pub(super) fn extract(state: &mut State<'_>, row: &mut Row, extract: &Extract, asked: &[(Name, VarId)]) -> Met {
    let Some(template) = Template::read(extract.regex.as_str()) else {
        return Err(conflict("the pattern of `rex` has a form that is not known here"));
    };
    let is_absent = |state: &State<'_>, var: VarId| state.atoms(var).iter().any(|atom| matches!(atom, Atom::Null));
    if asked.iter().any(|(_, var)| is_absent(state, *var)) {
        // A pattern that finds nothing makes no field.
        for (name, _) in asked {
            row.fields.remove(name);
        }
        return state.demand(row, &extract.field.name, Atom::Regex(extract.regex.clone()).not());
    }
    let mut groups = GroupTexts::new();
    for (name, var) in asked {
        row.fields.remove(name);
        let text = group_text(state, &template, extract, name, *var, &groups);
        groups.insert(name.to_string(), text.ok_or_else(|| conflict(format!("no text for the group `{name}` fits")))?);
    }
    for (name, var) in asked {
        let text = groups.get(&**name).cloned().unwrap_or_default();
        state.demand_of(*var, Atom::Is(Value::text(text)))?;
    }
    for (_, name) in extract.regex.groups() {
        row.fields.remove(name);
    }
    let wanted = Extracts { regex: extract.regex.clone(), template, groups };
    state.demand(row, &extract.field.name, Atom::Extracts(Arc::new(wanted)))
}

/// A text for one group such that the whole pattern still finds it.
fn group_text(
    state: &State<'_>,
    template: &Template,
    extract: &Extract,
    name: &Name,
    var: VarId,
    others: &GroupTexts,
) -> Option<String> {
    let index = state.index(var);
    let own = state.value(var).map(|value| value.to_text().into_owned());
    let made = (0..24).filter_map(|variant| template.group_text(name, index + variant));
    own.into_iter().chain(made).find(|text| {
        let value = Value::text(text.as_str());
        if !state.atoms(var).iter().all(|atom| atom.holds(&value, &state.context)) {
            return false;
        }
        let mut groups = others.clone();
        groups.insert(name.to_string(), text.clone());
        let whole = template.text(0, &groups);
        let hit = extract.regex.captures(&whole);
        hit.is_some_and(|hit| {
            let mut places = extract.regex.groups().iter().filter(|(_, group)| group == name);
            places.any(|(at, _)| hit.get(*at) == Some(text.as_str()))
        })
    })
}
