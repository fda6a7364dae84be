//! Objects as their authors wrote them, for templates that teams have: the YAML mapping, plus what follows from it.
//!
//! Where a newer schema has moved a value (`tags` went flat, `date` has another name), it is found at the old place too.

use super::context::{DetectionContext, StoryContext, TagsContext};
use super::jinja::values::{Pairs, dict, list};
use super::official;
use crate::content::names::filter_macro as filter_macro_name;
use crate::content::yaml::{Data, Node, ScalarValue};
use minijinja::Value;
use minijinja::value::Serde;
use std::collections::BTreeMap;

/// A YAML value as PyYAML reads it and Python prints it.
pub(super) fn value(node: &Node) -> Value {
    match &node.data {
        Data::Sequence(items) => list(items.iter().map(value).collect()),
        Data::Mapping(_) => dict(mapping(node)),
        Data::Scalar(scalar) => match scalar.value {
            ScalarValue::Null => Value::from(()),
            ScalarValue::Bool(value) => Value::from(value),
            ScalarValue::Int(value) => Value::from(value),
            ScalarValue::Float(value) => Value::from(value),
            ScalarValue::Date => Value::from(date(node)),
            ScalarValue::Text => Value::from(scalar.text.as_str()),
        },
    }
}

/// `2024-01-31`, or `2024-01-31 09:05:00`.
fn date(node: &Node) -> String {
    let text = node.to_json().as_str().unwrap_or_default().to_owned();
    if text.as_bytes().get(10) == Some(&b'T') { text.replacen('T', " ", 1) } else { text }
}

fn mapping(node: &Node) -> Pairs {
    node.entries().iter().map(|(key, item)| (value(key), value(item))).collect()
}

fn set(pairs: &mut Pairs, key: &str, value: Value) {
    pairs.insert(Value::from(key), value);
}

/// Adds a value at a place that the author left empty.
fn set_new(pairs: &mut Pairs, key: &str, value: Value) {
    let empty = value.is_none() || value.is_undefined() || !value.is_true();
    if !empty {
        pairs.entry(Value::from(key)).or_insert(value);
    }
}

fn texts(texts: &[String]) -> Value {
    list(texts.iter().map(|text| Value::from(text.as_str())).collect())
}

/// What detections refer to by name, as written.
pub(super) struct Named<'a> {
    pub(super) macros: &'a BTreeMap<&'a str, Value>,
    pub(super) lookups: &'a BTreeMap<&'a str, Value>,
}

/// A detection.
pub(super) fn detection(context: &DetectionContext, node: &Node, named: &Named<'_>) -> Value {
    let mut pairs = mapping(node);
    let search = &context.search;
    set(&mut pairs, "tags", tags(&context.tags, node));
    set(&mut pairs, "kind", Value::from(context.kind.as_str()));
    set(&mut pairs, "datamodel", texts(&official::data_models(search)));
    set(&mut pairs, "mitre_attacks", attacks(context));
    let mut macros: Vec<Value> =
        official::macros(search).iter().filter_map(|name| named.macros.get(name.as_str()).cloned()).collect();
    macros.push(filter_macro(&context.name));
    set(&mut pairs, "macros", list(macros));
    let lookups = official::lookups(search);
    let lookups = lookups.iter().filter_map(|name| named.lookups.get(name.as_str()).cloned());
    set(&mut pairs, "lookups", list(lookups.collect()));
    if context.experimental {
        set(&mut pairs, "experimental", Value::from(true));
    }
    if context.deprecated {
        set(&mut pairs, "deprecated", Value::from(true));
    }
    set(&mut pairs, "cve", Value::from(Serde(&context.cve)));
    set(&mut pairs, "splunk_app_enrichment", Value::from(Serde(&context.splunk_app_enrichment)));
    set(&mut pairs, "source", Value::from(context.source.as_str()));
    set(&mut pairs, "file_name", Value::from(context.file_name.as_str()));
    set(&mut pairs, "generation", Value::from(context.generation));
    set(&mut pairs, "data_sources", Value::from(Serde(&context.data_sources)));
    for (key, text) in [
        ("id", &context.id),
        ("date", &context.date),
        ("author", &context.author),
        ("type", &context.analytic_type),
        ("status", &context.status),
        ("description", &context.description),
        ("how_to_implement", &context.how_to_implement),
        ("known_false_positives", &context.known_false_positives),
    ] {
        set_new(&mut pairs, key, Value::from(text.as_str()));
    }
    set_new(&mut pairs, "references", texts(&context.references));
    set(&mut pairs, "risk_objects", Value::from(Serde(&context.risk_objects)));
    set(&mut pairs, "threat_objects", Value::from(Serde(&context.threat_objects)));
    set(&mut pairs, "expanded", context.expanded.as_deref().map_or(Value::from(()), Value::from));
    set(&mut pairs, "plan", context.plan.as_deref().map_or(Value::from(()), Value::from));
    set(&mut pairs, "fields_read", texts(&context.fields_read));
    set(&mut pairs, "fields_out", texts(&context.fields_out));
    dict(pairs)
}

/// `tags` with the values that follow from others, and with those that newer schemas keep elsewhere.
fn tags(context: &TagsContext, node: &Node) -> Value {
    let mut pairs = node.get("tags").map(mapping).unwrap_or_default();
    set(&mut pairs, "kill_chain_phases", texts(&context.kill_chain_phases));
    set(&mut pairs, "nist", texts(&context.nist));
    set(&mut pairs, "cis20", texts(&context.cis20));
    for (key, items) in [
        ("analytic_story", &context.analytic_story),
        ("product", &context.product),
        ("mitre_attack_id", &context.mitre_attack_id),
        ("cve", &context.cve),
        ("required_fields", &context.required_fields),
    ] {
        set_new(&mut pairs, key, texts(items));
    }
    set_new(&mut pairs, "asset_type", Value::from(context.asset_type.as_str()));
    set_new(&mut pairs, "security_domain", Value::from(context.security_domain.as_str()));
    set_new(&mut pairs, "message", Value::from(context.message.as_str()));
    set_new(&mut pairs, "risk_score", context.risk_score.map(Value::from).unwrap_or_default());
    dict(pairs)
}

/// One entry for each id; empty for an id that ATT&CK does not have.
fn attacks(context: &DetectionContext) -> Value {
    let attack = |attack: &super::context::AttackContext| match &attack.technique {
        None => dict([]),
        Some(technique) => dict([
            (Value::from("technique_id"), Value::from(attack.technique_id.as_str())),
            (Value::from("technique"), Value::from(technique.as_str())),
            (Value::from("tactic"), texts(&attack.tactic)),
        ]),
    };
    list(context.mitre_attacks.iter().map(attack).collect())
}

fn filter_macro(detection: &str) -> Value {
    dict([
        (Value::from("name"), Value::from(filter_macro_name(detection))),
        (Value::from("definition"), Value::from("search *")),
        (
            Value::from("description"),
            Value::from("Empty by default; results that are known to be harmless are excluded in it."),
        ),
    ])
}

/// A story, with its detections.
pub(super) fn story(context: &StoryContext, node: &Node, detections: &[(&DetectionContext, Value)]) -> Value {
    let mut pairs = mapping(node);
    let mut models: Vec<String> =
        detections.iter().flat_map(|(detection, _)| official::data_models(&detection.search)).collect();
    models.sort();
    models.dedup();
    set(&mut pairs, "detections", list(detections.iter().map(|(_, value)| value.clone()).collect()));
    set(&mut pairs, "data_models", texts(&models));
    set(&mut pairs, "mitre_attack_ids", texts(&context.mitre_attack_ids));
    set(&mut pairs, "kill_chain_phases", texts(&context.kill_chain_phases));
    set(&mut pairs, "data_sources", Value::from(Serde(&context.data_sources)));
    set(&mut pairs, "source", Value::from(context.source.as_str()));
    set(&mut pairs, "file_name", Value::from(context.file_name.as_str()));
    let mut tags = node.get("tags").map(mapping).unwrap_or_default();
    set_new(&mut tags, "category", texts(&context.tags.category));
    set_new(&mut tags, "product", texts(&context.tags.product));
    set_new(&mut tags, "usecase", Value::from(context.tags.usecase.as_str()));
    set(&mut pairs, "tags", dict(tags));
    set_new(&mut pairs, "date", Value::from(context.date.as_str()));
    set_new(&mut pairs, "author", Value::from(context.author.as_str()));
    dict(pairs)
}
