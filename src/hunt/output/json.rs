//! The report as JSON: one object, or a line per hit, entity and technique.

use super::time_text;
use crate::hunt::hit::score_text;
use crate::hunt::{EntityTotal, Hit, Report, TechniqueTotal};
use crate::value::json::of_value;
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

/// One object with `summary`, `hits`, `entities`, `techniques`, `seen` and `not_run`; a line each for their members.
pub fn json(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    writeln!(out, "{{")?;
    writeln!(out, "\"summary\": {},", summary(report))?;
    list(out, "hits", report.hits.iter().map(hit), ",")?;
    list(out, "entities", report.entities.iter().map(entity), ",")?;
    list(out, "techniques", report.techniques.iter().map(technique), ",")?;
    list(out, "seen", seen(report), ",")?;
    list(out, "not_run", report.not_run.iter().map(|rule| json!({ "rule": rule.rule, "reason": rule.reason })), "")?;
    writeln!(out, "}}")
}

/// A line per hit, then per entity and technique, then the summary. Each has a `kind`.
pub fn json_lines(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let tagged = |kind: &str, object: Json| {
        let mut line = Map::from_iter([("kind".to_owned(), Json::from(kind))]);
        if let Json::Object(object) = object {
            line.extend(object);
        }
        Json::Object(line)
    };
    for found in &report.hits {
        writeln!(out, "{}", tagged("hit", hit(found)))?;
    }
    for total in &report.entities {
        writeln!(out, "{}", tagged("entity", entity(total)))?;
    }
    for total in &report.techniques {
        writeln!(out, "{}", tagged("technique", technique(total)))?;
    }
    writeln!(out, "{}", tagged("summary", summary(report)))
}

fn list(out: &mut dyn Write, name: &str, members: impl Iterator<Item = Json>, end: &str) -> io::Result<()> {
    write!(out, "\"{name}\": [")?;
    for (index, member) in members.enumerate() {
        write!(out, "{}\n  {member}", if index == 0 { "" } else { "," })?;
    }
    writeln!(out, "]{end}")
}

fn hit(hit: &Hit<'_>) -> Json {
    let detection = hit.detection;
    let text = |located: Option<&crate::source::Located>| located.map(|text| text.as_str().to_owned());
    let entities = hit.entities.iter().map(|entity| {
        json!({
            "type": entity.kind, "value": entity.value, "field": entity.field, "score": number(entity.score),
            "message": entity.message,
        })
    });
    let threats =
        hit.threats.iter().map(|threat| json!({ "type": threat.kind, "value": threat.value, "field": threat.field }));
    let row = hit.row.iter().map(|(name, value)| (name.to_string(), of_value(value)));
    json!({
        "time": time_text(hit.time),
        "rule": hit.rule(),
        "id": text(detection.object.id.as_ref()),
        "type": text(detection.analytic_type.as_ref()),
        "score": number(hit.score),
        "message": hit.message,
        "entities": entities.collect::<Vec<_>>(),
        "threat_objects": threats.collect::<Vec<_>>(),
        "techniques": hit.techniques().collect::<Vec<_>>(),
        "stories": detection.stories.iter().map(crate::source::Located::as_str).collect::<Vec<_>>(),
        "file": detection.object.path.to_string_lossy().replace('\\', "/"),
        "row": row.collect::<Map<String, Json>>(),
    })
}

fn number(number: f64) -> Json {
    score_text(number).parse().map_or(Json::Null, Json::Number)
}

fn entity(total: &EntityTotal) -> Json {
    json!({
        "type": total.kind, "value": total.value, "score": number(total.score), "events": total.events,
        "rules": total.rules, "techniques": total.techniques,
    })
}

fn technique(total: &TechniqueTotal) -> Json {
    json!({
        "id": total.id, "name": total.name, "tactics": total.tactics, "rules": total.rules, "hits": total.hits,
    })
}

fn seen<'r>(report: &'r Report<'_>) -> impl Iterator<Item = Json> + 'r {
    let one = |seen: &crate::hunt::Seen| {
        json!({
            "sourcetype": seen.sourcetype, "source": seen.source, "events": seen.events,
        })
    };
    report.seen.iter().map(one)
}

fn summary(report: &Report<'_>) -> Json {
    json!({
        "events": report.events, "hits": report.hits.len(), "rules": report.rules,
        "rules_with_data": report.with_data, "rules_with_hits": report.with_hits, "rules_not_run": report.not_run.len(),
        "partial": report.partial, "damaged": report.damaged,
    })
}
