//! Risk-based alerting: the risk events that hits make.

use super::{Attack, Hit};
use crate::events::{Meta, RawEvent, Stamp};
use crate::source::Located;
use crate::value::{Name, Value};
use std::sync::Arc;

/// The risk events of some hits, one per hit and entity, as the `Risk` data model wants them.
///
/// As in Enterprise Security, they lie in the index `risk` with the sourcetype `stash`, their `source` is the name of the
/// rule, and the fields of the row come along unless a field of the risk itself has that name.
pub(super) fn events(hits: &[Hit<'_>], attack: &Attack<'_>) -> Vec<RawEvent> {
    let mut events = Vec::new();
    for hit in hits.iter().filter(|hit| hit.adds_risk()) {
        let meta =
            Meta { source: hit.rule().into(), sourcetype: "stash".into(), host: "escudo".into(), index: "risk".into() };
        let meta = Arc::new(meta);
        let shared = fields_of_hit(hit, attack);
        for entity in &hit.entities {
            let mut indexed = vec![
                (Name::from("risk_object"), Value::text(entity.value.as_str())),
                ("risk_object_type".into(), Value::text(entity.kind.as_str())),
                ("risk_object_field".into(), Value::text(entity.field.as_str())),
                ("normalized_risk_object".into(), Value::text(entity.value.as_str())),
                ("risk_score".into(), Value::Number(entity.score)),
                ("calculated_risk_score".into(), Value::Number(entity.score)),
                ("risk_message".into(), Value::text(entity.message.as_str())),
            ];
            indexed.extend(shared.iter().cloned());
            for (name, value) in &hit.row {
                let known = indexed.iter().any(|(known, _)| known == name);
                if !known && !name.starts_with('_') {
                    indexed.push((name.clone(), value.clone()));
                }
            }
            let stamp = Stamp { time: hit.time, ..Stamp::default() };
            events.push(RawEvent { raw: "".into(), stamp, meta: meta.clone(), line: 0, indexed });
        }
    }
    events
}

fn fields_of_hit(hit: &Hit<'_>, attack: &Attack<'_>) -> Vec<(Name, Value)> {
    let ids: Vec<&str> = hit.techniques().collect();
    let known: Vec<super::Technique> = ids.iter().filter_map(|id| attack(id)).collect();
    let mut tactics: Vec<&str> = known.iter().flat_map(|known| known.tactics.iter().map(String::as_str)).collect();
    tactics.sort_unstable();
    tactics.dedup();
    let list = |texts: &mut dyn Iterator<Item = String>| Value::list(texts.map(Value::text));
    let stories = || hit.detection.stories.iter().map(|story| story.as_str().to_owned());
    let of_ids = || ids.iter().map(|id| (*id).to_owned());
    let pairs = [
        ("search_name", Value::text(hit.rule())),
        ("savedsearch_description", description(hit.detection.object.description.as_ref())),
        ("analyticstories", list(&mut stories())),
        ("annotations.analytic_story", list(&mut stories())),
        ("annotations.mitre_attack", list(&mut of_ids())),
        ("annotations.mitre_attack.mitre_technique_id", list(&mut of_ids())),
        ("annotations.mitre_attack.mitre_technique", list(&mut known.iter().map(|known| known.name.clone()))),
        (
            "annotations.mitre_attack.mitre_tactic",
            list(&mut tactics.iter().map(|tactic| tactic.to_lowercase().replace(' ', "-"))),
        ),
        (
            "annotations.mitre_attack.mitre_tactic_id",
            list(&mut tactics.iter().filter_map(|tactic| tactic_id(tactic)).map(str::to_owned)),
        ),
        ("threat_object", list(&mut hit.threats.iter().map(|threat| threat.value.clone()))),
        ("threat_object_type", list(&mut hit.threats.iter().map(|threat| threat.kind.clone()))),
    ];
    pairs.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.into(), value)).collect()
}

fn description(text: Option<&Located>) -> Value {
    text.map_or(Value::Null, |text| Value::text(text.as_str().trim()))
}

/// The ids of the Enterprise matrix.
fn tactic_id(tactic: &str) -> Option<&'static str> {
    Some(match tactic.to_lowercase().as_str() {
        "reconnaissance" => "TA0043",
        "resource development" => "TA0042",
        "initial access" => "TA0001",
        "execution" => "TA0002",
        "persistence" => "TA0003",
        "privilege escalation" => "TA0004",
        "defense evasion" => "TA0005",
        "credential access" => "TA0006",
        "discovery" => "TA0007",
        "lateral movement" => "TA0008",
        "collection" => "TA0009",
        "command and control" => "TA0011",
        "exfiltration" => "TA0010",
        "impact" => "TA0040",
        _ => return None,
    })
}
