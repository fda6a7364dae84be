//! The other things that pages are made for: macros, lookups, data sources, data models, techniques, tactics.
//!
//! Each is a mapping with a `name` and the `detections` that use it; see `docs/templates.md`.

#![allow(clippy::cast_possible_wrap, reason = "numbers of detections are far below the limits")]

use super::context::DetectionContext;
use super::jinja::values::{Pairs, dict, list};
use super::written;
use crate::content::model::{DataSource, Lookup, Macro, Object};
use crate::content::yaml::Node;
use crate::knowledge::attack::{Attack, State};
use minijinja::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A detection's facts beside the value that templates get of it.
pub(super) type Rendered<'a> = (&'a DetectionContext, Value);

/// Names with the places of the detections that use them.
type Used = BTreeMap<String, Vec<usize>>;

fn users(detections: &[Rendered<'_>], names: impl Fn(&DetectionContext) -> Vec<String>) -> Used {
    let mut used = Used::new();
    for (at, (context, _)) in detections.iter().enumerate() {
        for name in names(context).into_iter().collect::<BTreeSet<_>>() {
            used.entry(name).or_default().push(at);
        }
    }
    used
}

fn values(detections: &[Rendered<'_>], places: &[usize]) -> Value {
    list(places.iter().map(|&at| detections[at].1.clone()).collect())
}

fn of(used: &Used, name: &str, detections: &[Rendered<'_>]) -> Value {
    values(detections, used.get(name).map_or(&[], Vec::as_slice))
}

fn text(text: &str) -> Value {
    Value::from(text)
}

/// An object of the pack as written, with an empty text or list where a template may rely on a value.
fn object(object: &Object, defaults: &[(&str, Value)], more: Vec<(&str, Value)>) -> Value {
    let node: &Node = &object.node;
    let mut pairs: Pairs =
        node.entries().iter().map(|(key, item)| (written::value(key), written::value(item))).collect();
    let path = object.path.to_string_lossy().replace('\\', "/");
    let stem = object.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    pairs.insert(text("name"), text(object.name.as_str()));
    pairs.insert(text("source_file"), text(&path));
    pairs.insert(text("file_name"), text(&stem));
    for (key, value) in defaults {
        if node.get(key).is_none_or(Node::is_null) {
            pairs.insert(text(key), value.clone());
        }
    }
    pairs.extend(more.into_iter().map(|(key, value)| (text(key), value)));
    dict(pairs)
}

pub(super) fn macros(macros: &[&Macro], detections: &[Rendered<'_>]) -> Vec<Value> {
    let used = users(detections, |it| it.macros.iter().map(|it| it.name.clone()).collect());
    let defaults = [("description", text("")), ("arguments", list(Vec::new()))];
    let value = |it: &&Macro| {
        object(&it.object, &defaults, vec![("detections", of(&used, it.object.name.as_str(), detections))])
    };
    macros.iter().map(value).collect()
}

pub(super) fn lookups(lookups: &[&Lookup], detections: &[Rendered<'_>]) -> Vec<Value> {
    let used = users(detections, |it| it.lookups.iter().map(|it| it.name.clone()).collect());
    let value = |it: &&Lookup| {
        let table = it.table.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        let fields = it.fields.iter().map(|field| text(field.as_str())).collect();
        let more = vec![
            ("detections", of(&used, it.object.name.as_str(), detections)),
            ("table", table.map_or(Value::from(()), Value::from)),
            ("columns", list(fields)),
        ];
        object(&it.object, &[("description", text(""))], more)
    };
    lookups.iter().map(value).collect()
}

pub(super) fn data_sources(sources: &[&DataSource], detections: &[Rendered<'_>]) -> Vec<Value> {
    let used = users(detections, |it| it.data_sources.iter().map(|it| it.name.clone()).collect());
    let value = |it: &&DataSource| {
        let optional = |text: Option<&crate::source::Located>| Value::from(text.map_or("", |text| text.as_str()));
        let add_ons = it.add_ons.iter().map(|add_on| {
            dict([
                (text("name"), optional(add_on.name.as_ref())),
                (text("url"), optional(add_on.url.as_ref())),
                (text("version"), optional(add_on.version.as_ref())),
            ])
        });
        let more = vec![
            ("detections", of(&used, it.object.name.as_str(), detections)),
            ("fields", list(it.fields.iter().map(|field| text(field.as_str())).collect())),
            ("add_ons", list(add_ons.collect())),
            ("platform", text(super::context::platform(it))),
        ];
        let defaults = ["description", "source", "sourcetype", "example_log"].map(|key| (key, text("")));
        object(&it.object, &defaults, more)
    };
    sources.iter().map(value).collect()
}

/// Data models that some detection reads.
pub(super) fn data_models(detections: &[Rendered<'_>], datasets: &BTreeSet<String>) -> Vec<Value> {
    let used = users(detections, |it| it.datamodel.clone().unwrap_or_default());
    let value = |(name, users): (&String, &Vec<usize>)| {
        let own = datasets.iter().filter(|dataset| dataset.split('.').next() == Some(name) && dataset.contains('.'));
        dict([
            (text("name"), text(name)),
            (text("datasets"), list(own.map(|dataset| text(dataset)).collect())),
            (text("detections"), values(detections, users)),
        ])
    };
    used.iter().map(value).collect()
}

/// Tactics in the order of an attack; others follow.
const TACTICS: &[(&str, &str)] = &[
    ("Reconnaissance", "TA0043"),
    ("Resource Development", "TA0042"),
    ("Initial Access", "TA0001"),
    ("Execution", "TA0002"),
    ("Persistence", "TA0003"),
    ("Privilege Escalation", "TA0004"),
    ("Defense Evasion", "TA0005"),
    ("Stealth", ""),
    ("Defense Impairment", ""),
    ("Credential Access", "TA0006"),
    ("Discovery", "TA0007"),
    ("Lateral Movement", "TA0008"),
    ("Collection", "TA0009"),
    ("Command And Control", "TA0011"),
    ("Exfiltration", "TA0010"),
    ("Impact", "TA0040"),
];

/// Techniques and tactics with the detections that cover them.
pub(super) struct Coverage {
    /// By id: techniques in use, and others that some detection names.
    pub(super) techniques: Vec<Value>,
    /// In the order of an attack.
    pub(super) tactics: Vec<Value>,
    /// A layer for the ATT&CK Navigator.
    pub(super) navigator: Value,
}

pub(super) fn coverage(attack: &Attack, detections: &[Rendered<'_>], name: &str) -> Coverage {
    let used = users(detections, |it| it.mitre_attacks.iter().map(|it| it.technique_id.clone()).collect());
    let parent = |id: &str| id.split('.').next().unwrap_or_default().to_owned();
    let covered: BTreeSet<String> = used.keys().map(|id| parent(id)).collect();
    let shown = |id: &str, state: State| state == State::Active || used.contains_key(id) || covered.contains(id);
    let known: Vec<_> = attack.iter().filter(|(id, technique)| shown(id, technique.state)).collect();
    let mut techniques: Vec<Technique<'_>> = Vec::new();
    for (id, technique) in known.iter().rev() {
        let prefix = format!("{id}.");
        let parts = techniques.iter().rev().filter(|part| part.id.starts_with(&prefix)).map(|part| part.value.clone());
        let own = used.get(*id).map_or(&[][..], Vec::as_slice);
        let total =
            own.len() + used.iter().filter(|(it, _)| it.starts_with(&prefix)).map(|(_, it)| it.len()).sum::<usize>();
        let full_name = match id.split_once('.').and_then(|(parent, _)| attack.technique(parent)) {
            Some(parent) => format!("{}: {}", parent.name, technique.name),
            None => technique.name.clone(),
        };
        let value = dict([
            (text("technique_id"), text(id)),
            (text("technique"), text(&technique.name)),
            (text("name"), text(&technique.name)),
            (text("full_name"), Value::from(full_name)),
            (text("tactic"), list(technique.tactics.iter().map(|tactic| text(tactic)).collect())),
            (text("path"), Value::from(id.replace('.', "/"))),
            (text("parent"), if id.contains('.') { Value::from(parent(id)) } else { Value::from(()) }),
            (text("active"), Value::from(technique.state == State::Active)),
            (text("subtechniques"), list(parts.collect())),
            (text("detections"), values(detections, own)),
            (text("total"), Value::from(total as i64)),
        ]);
        techniques.push(Technique { id, total, tactics: &technique.tactics, detections: own, value });
    }
    techniques.reverse();
    Coverage {
        tactics: tactics(&techniques, detections),
        navigator: navigator(&used, name, attack, detections),
        techniques: techniques.into_iter().map(|it| it.value).collect(),
    }
}

struct Technique<'a> {
    id: &'a str,
    /// Detections of it and of its sub-techniques.
    total: usize,
    tactics: &'a [String],
    detections: &'a [usize],
    value: Value,
}

fn tactics(techniques: &[Technique<'_>], detections: &[Rendered<'_>]) -> Vec<Value> {
    let mut names: Vec<&str> = techniques.iter().flat_map(|it| it.tactics.iter().map(String::as_str)).collect();
    names.sort_by_key(|name| (TACTICS.iter().position(|(known, _)| known == name).unwrap_or(usize::MAX), *name));
    names.dedup();
    let value = |name: &str| {
        let of_tactic = || techniques.iter().filter(|it| it.tactics.iter().any(|tactic| tactic == name));
        let top: Vec<_> = of_tactic().filter(|it| !it.id.contains('.')).collect();
        let places: BTreeSet<usize> = of_tactic().flat_map(|it| it.detections.iter().copied()).collect();
        dict([
            (text("name"), text(name)),
            (text("tactic_id"), text(TACTICS.iter().find(|(known, _)| *known == name).map_or("", |(_, id)| id))),
            (text("techniques"), list(top.iter().map(|it| it.value.clone()).collect())),
            (text("covered"), Value::from(top.iter().filter(|it| it.total > 0).count() as i64)),
            (text("detections"), values(detections, &places.into_iter().collect::<Vec<_>>())),
        ])
    };
    names.into_iter().map(value).collect()
}

/// Layer format 4.5: one entry for each technique that a detection names, scored by their number.
fn navigator(used: &Used, name: &str, attack: &Attack, detections: &[Rendered<'_>]) -> Value {
    let entry = |(id, users): (&String, &Vec<usize>)| {
        let names = users.iter().map(|&at| detections[at].0.name.as_str());
        dict([
            (text("techniqueID"), text(id)),
            (text("score"), Value::from(users.len() as i64)),
            (text("comment"), Value::from(names.collect::<Vec<_>>().join(", "))),
            (text("enabled"), Value::from(true)),
            (
                text("showSubtechniques"),
                Value::from(id.contains('.') || used.keys().any(|other| other.starts_with(&format!("{id}.")))),
            ),
        ])
    };
    let known = used.iter().filter(|(id, _)| attack.technique(id).is_some());
    let most = known.clone().map(|(_, users)| users.len()).max().unwrap_or(1);
    let mut versions = vec![(text("layer"), text("4.5")), (text("navigator"), text("5.1.0"))];
    versions.extend(attack.version().map(|version| (text("attack"), text(version))));
    dict([
        (text("name"), text(name)),
        (text("versions"), dict(versions)),
        (text("domain"), text("enterprise-attack")),
        (text("description"), text("Detections for each technique")),
        (text("sorting"), Value::from(3)),
        (text("hideDisabled"), Value::from(false)),
        (text("techniques"), list(known.map(entry).collect())),
        (
            text("gradient"),
            dict([
                (text("colors"), list(vec![text("#dcecf8ff"), text("#1b5a8aff")])),
                (text("minValue"), Value::from(0)),
                (text("maxValue"), Value::from(most as i64)),
            ]),
        ),
        (text("legendItems"), list(Vec::new())),
        (text("metadata"), list(Vec::new())),
        (text("links"), list(Vec::new())),
        (text("showTacticRowBackground"), Value::from(false)),
        (text("selectTechniquesAcrossTactics"), Value::from(true)),
        (text("selectSubtechniquesWithParent"), Value::from(false)),
    ])
}
