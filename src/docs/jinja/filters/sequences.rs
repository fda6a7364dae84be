//! Filters of lists and dicts.

use super::{Filter, Variadic};
use crate::docs::jinja::args::{Args, split};
use crate::docs::jinja::ops;
use crate::docs::jinja::text::{escaped, str_of, text_like};
use crate::docs::jinja::values::{Group, item, items, iterate, list, pairs, tuple, wrong};
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Error, State};
use std::cmp::Ordering;
use std::collections::HashSet;

pub(super) const FILTERS: &[Filter] = &[
    Filter { name: "length", parameters: &[], apply: length },
    Filter { name: "count", parameters: &[], apply: length },
    Filter { name: "list", parameters: &[], apply: |_, value, _| Ok(list(iterate(value)?)) },
    Filter {
        name: "first",
        parameters: &[],
        apply: |_, value, _| Ok(iterate(value)?.first().cloned().unwrap_or_default()),
    },
    Filter {
        name: "last",
        parameters: &[],
        apply: |_, value, _| Ok(iterate(value)?.last().cloned().unwrap_or_default()),
    },
    // The same pack gives the same pages: not a random item but the first.
    Filter {
        name: "random",
        parameters: &[],
        apply: |_, value, _| Ok(iterate(value)?.first().cloned().unwrap_or_default()),
    },
    Filter { name: "default", parameters: &["default_value", "boolean"], apply: default },
    Filter { name: "d", parameters: &["default_value", "boolean"], apply: default },
    Filter { name: "reverse", parameters: &[], apply: reverse },
    Filter { name: "join", parameters: &["d", "attribute"], apply: join },
    Filter { name: "sort", parameters: &["reverse", "case_sensitive", "attribute"], apply: sort },
    Filter { name: "unique", parameters: &["case_sensitive", "attribute"], apply: unique },
    Filter { name: "groupby", parameters: &["attribute", "default", "case_sensitive"], apply: group_by },
    Filter {
        name: "min",
        parameters: &["case_sensitive", "attribute"],
        apply: |_, v, a| extreme(v, a, Ordering::Less),
    },
    Filter {
        name: "max",
        parameters: &["case_sensitive", "attribute"],
        apply: |_, v, a| extreme(v, a, Ordering::Greater),
    },
    Filter { name: "sum", parameters: &["attribute", "start"], apply: sum },
    Filter { name: "batch", parameters: &["linecount", "fill_with"], apply: batch },
    Filter { name: "slice", parameters: &["slices", "fill_with"], apply: slice },
    Filter { name: "dictsort", parameters: &["case_sensitive", "by", "reverse"], apply: dict_sort },
    Filter {
        name: "items",
        parameters: &[],
        apply: |_, value, _| Ok(list(pairs(value).into_iter().map(|(k, v)| tuple(vec![k, v])).collect())),
    },
    Filter { name: "attr", parameters: &["name"], apply: |_, _, _| Ok(Value::UNDEFINED) },
];

pub(super) const VARIADIC: &[Variadic] = &[
    Variadic { name: "map", apply: map },
    Variadic { name: "select", apply: |state, value, args| select(state, value, args, false, true) },
    Variadic { name: "reject", apply: |state, value, args| select(state, value, args, false, false) },
    Variadic { name: "selectattr", apply: |state, value, args| select(state, value, args, true, true) },
    Variadic { name: "rejectattr", apply: |state, value, args| select(state, value, args, true, false) },
];

fn length(_: &mut State, value: &Value, _: &Args) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Undefined => Ok(Value::from(0)),
        _ => value
            .len()
            .map(|len| Value::from(len as i64))
            .ok_or_else(|| wrong(format!("a {} has no length", value.kind()))),
    }
}

fn default(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    if value.is_undefined() || (args.flag(1) && !value.is_true()) {
        return Ok(args.get(0).cloned().unwrap_or_else(|| Value::from("")));
    }
    Ok(value.clone())
}

fn reverse(_: &mut State, value: &Value, _: &Args) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        return Ok(text_like(value, text.chars().rev().collect()));
    }
    let mut all = iterate(value)?;
    all.reverse();
    Ok(list(all))
}

/// The value at a path such as `at.city` or `0`.
fn at_path(value: &Value, path: &Value, default: Option<&Value>) -> Value {
    let found = match path.as_str() {
        None => item(value, path),
        Some(text) => text.split('.').fold(value.clone(), |value, part| {
            let key = part.parse::<i64>().map_or_else(|_| Value::from(part), Value::from);
            let found = item(&value, &key);
            // A dict may have the digits as a text.
            if found.is_undefined() && key.is_integer() { item(&value, &Value::from(part)) } else { found }
        }),
    };
    match default {
        Some(default) if found.is_undefined() => default.clone(),
        _ => found,
    }
}

fn folded(value: Value, case_sensitive: bool) -> Value {
    match value.as_str() {
        Some(text) if !case_sensitive => Value::from(text.to_lowercase()),
        _ => value,
    }
}

/// What a filter sorts or groups by.
fn key(value: &Value, attribute: Option<&Value>, default: Option<&Value>, case_sensitive: bool) -> Value {
    let attribute = attribute.filter(|attribute| !attribute.is_none());
    let found = attribute.map_or_else(|| value.clone(), |attribute| at_path(value, attribute, default));
    folded(found, case_sensitive)
}

/// Python's order: numbers by size, texts by code points, lists item by item.
fn compare(a: &Value, b: &Value) -> Ordering {
    let sequence = |value: &Value| matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    if sequence(a) && sequence(b) {
        let (a, b) = (items(a), items(b));
        let first = a.iter().zip(&b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
        return first.unwrap_or(a.len().cmp(&b.len()));
    }
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => a.cmp(b),
    }
}

fn join(state: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let mut parts = iterate(value)?;
    if let Some(attribute) = args.get(1).filter(|attribute| !attribute.is_none()) {
        parts = parts.iter().map(|part| at_path(part, attribute, None)).collect();
    }
    let separator = args.get(0).cloned().unwrap_or_else(|| Value::from(""));
    let escaping = !matches!(state.auto_escape(), AutoEscape::None);
    if !escaping || !(separator.is_safe() || parts.iter().any(Value::is_safe)) {
        return Ok(Value::from(parts.iter().map(str_of).collect::<Vec<_>>().join(&*str_of(&separator))));
    }
    let separator = escaped(&separator);
    Ok(Value::from_safe_string(parts.iter().map(escaped).collect::<Vec<_>>().join(&*separator)))
}

fn sort(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let case_sensitive = args.flag(1);
    let paths: Vec<Value> = match args.get(2).filter(|attribute| !attribute.is_none()) {
        Some(attribute) if attribute.as_str().is_some() => str_of(attribute).split(',').map(Value::from).collect(),
        Some(attribute) => vec![attribute.clone()],
        None => Vec::new(),
    };
    let keys = |value: &Value| -> Vec<Value> {
        if paths.is_empty() {
            return vec![folded(value.clone(), case_sensitive)];
        }
        paths.iter().map(|path| key(value, Some(path), None, case_sensitive)).collect()
    };
    let mut keyed: Vec<(Vec<Value>, Value)> = iterate(value)?.into_iter().map(|value| (keys(&value), value)).collect();
    let order = |a: &[Value], b: &[Value]| {
        a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    if args.flag(0) {
        keyed.sort_by(|a, b| order(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| order(&a.0, &b.0));
    }
    Ok(list(keyed.into_iter().map(|(_, value)| value).collect()))
}

fn unique(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let mut seen = HashSet::new();
    let all = iterate(value)?;
    let first = all.into_iter().filter(|value| seen.insert(key(value, args.get(1), None, args.flag(0))));
    Ok(list(first.collect()))
}

fn group_by(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let (attribute, default, case_sensitive) = (args.get(0), args.get(1), args.flag(2));
    let mut keyed: Vec<(Value, Value)> =
        iterate(value)?.into_iter().map(|value| (key(&value, attribute, default, case_sensitive), value)).collect();
    keyed.sort_by(|a, b| compare(&a.0, &b.0));
    let groups = keyed.chunk_by(|a, b| a.0 == b.0).map(|group| {
        // The name of a group is as its first member writes it.
        let grouper = key(&group[0].1, attribute, default, true);
        let members = list(group.iter().map(|(_, value)| value.clone()).collect());
        Value::from_object(Group { grouper, list: members })
    });
    Ok(list(groups.collect()))
}

fn extreme(value: &Value, args: &Args, wanted: Ordering) -> Result<Value, Error> {
    let mut best: Option<(Value, Value)> = None;
    for value in iterate(value)? {
        let key = key(&value, args.get(1), None, args.flag(0));
        if best.as_ref().is_none_or(|(best, _)| compare(&key, best) == wanted) {
            best = Some((key, value));
        }
    }
    Ok(best.map(|(_, value)| value).unwrap_or_default())
}

fn sum(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let attribute = args.get(0).filter(|attribute| !attribute.is_none());
    let start = args.get(1).cloned().unwrap_or_else(|| Value::from(0));
    iterate(value)?.iter().try_fold(start, |sum, value| {
        let part = attribute.map_or_else(|| value.clone(), |attribute| at_path(value, attribute, None));
        ops::add(&sum, &part)
    })
}

fn batch(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let size = args.int(0)?.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let size = size.ok_or_else(|| wrong("`batch` needs a number above zero"))?;
    let all = iterate(value)?;
    let rows = all.chunks(size).map(|row| {
        let mut row = row.to_vec();
        if let Some(fill) = args.get(1).filter(|fill| !fill.is_none()) {
            row.resize(size.min(100_000), fill.clone());
        }
        list(row)
    });
    Ok(list(rows.collect()))
}

fn slice(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let slices =
        args.int(0)?.and_then(|slices| usize::try_from(slices).ok()).filter(|slices| (1..=100_000).contains(slices));
    let slices = slices.ok_or_else(|| wrong("`slice` needs a number above zero"))?;
    let all = iterate(value)?;
    let (each, more) = (all.len() / slices, all.len() % slices);
    let mut start = 0;
    let columns = (0..slices).map(|at| {
        let end = start + each + usize::from(at < more);
        let mut column = all[start..end].to_vec();
        start = end;
        if at >= more {
            column.extend(args.get(1).filter(|fill| !fill.is_none()).cloned());
        }
        list(column)
    });
    Ok(list(columns.collect()))
}

fn dict_sort(_: &mut State, value: &Value, args: &Args) -> Result<Value, Error> {
    let by_value = match args.text(1).as_deref() {
        None | Some("key") => false,
        Some("value") => true,
        Some(_) => return Err(wrong("`dictsort` sorts by `key` or `value`")),
    };
    let case_sensitive = args.flag(0);
    let of = |pair: &(Value, Value)| folded(if by_value { pair.1.clone() } else { pair.0.clone() }, case_sensitive);
    let mut sorted = pairs(value);
    if args.flag(2) {
        sorted.sort_by(|a, b| compare(&of(b), &of(a)));
    } else {
        sorted.sort_by(|a, b| compare(&of(a), &of(b)));
    }
    Ok(list(sorted.into_iter().map(|(key, item)| tuple(vec![key, item])).collect()))
}

fn map(state: &mut State, value: &Value, args: &[Value]) -> Result<Value, Error> {
    let (positional, named) = split(args);
    let all = iterate(value)?;
    if positional.is_empty() {
        let named = |wanted: &str| named.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let attribute = named("attribute").ok_or_else(|| wrong("`map` needs a filter or an attribute"))?;
        return Ok(list(all.iter().map(|value| at_path(value, attribute, named("default"))).collect()));
    }
    let filter = str_of(&positional[0]).into_owned();
    let mapped: Result<Vec<Value>, Error> = all
        .into_iter()
        .map(|value| {
            let args: Vec<Value> = std::iter::once(value).chain(args[1..].iter().cloned()).collect();
            state.apply_filter(&filter, &args)
        })
        .collect();
    Ok(list(mapped?))
}

fn select(state: &mut State, value: &Value, args: &[Value], by_attribute: bool, wanted: bool) -> Result<Value, Error> {
    let (attribute, args) = match args.split_first() {
        Some((attribute, rest)) if by_attribute => (Some(attribute), rest),
        None if by_attribute => return Err(wrong("`selectattr` and `rejectattr` need an attribute")),
        _ => (None, args),
    };
    let mut kept = Vec::new();
    for value in iterate(value)? {
        let tested = attribute.map_or_else(|| value.clone(), |attribute| at_path(&value, attribute, None));
        let passes = match args.split_first() {
            None => tested.is_true(),
            Some((test, more)) => {
                let args: Vec<Value> = std::iter::once(tested).chain(more.iter().cloned()).collect();
                state.perform_test(&str_of(test), &args)?
            }
        };
        if passes == wanted {
            kept.push(value);
        }
    }
    Ok(list(kept))
}
