//! Risk, in the three ways that the generations write it.

use super::super::model::{Risk, RiskObject, ThreatObject};
use super::Reader;

/// Reads `rba` if it is there, else the findings of v6, else the observables of v4.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Risk {
    reader.sections(&["rba", "finding", "finding.entity", "intermediate_findings"]);
    let has = |keys: &[&str]| keys.iter().any(|key| reader.value(key).is_some());
    if has(&["rba"]) {
        v5(reader)
    } else if has(&["finding", "intermediate_findings", "threat_objects"]) {
        v6(reader)
    } else {
        v4(reader)
    }
}

fn v4(reader: &mut Reader<'_, '_>) -> Risk {
    let message = reader.text("tags.message");
    let confidence = reader.int("tags.confidence");
    let impact = reader.int("tags.impact");
    let score = confidence.zip(impact).and_then(|(confidence, impact)| score(confidence, impact));
    let mut risk = Risk { message, confidence, impact, score, ..Risk::default() };
    let observables = reader
        .each("tags.observable", |reader| (reader.text_or_empty("name"), reader.text("type"), reader.texts("role")));
    for (field, kind, roles) in observables {
        let plays = |wanted: &str| roles.iter().any(|role| role.as_str() == wanted);
        if plays("Attacker") {
            risk.threats.push(ThreatObject { field: field.clone(), kind: kind.clone() });
        }
        if plays("Victim") {
            risk.objects.push(RiskObject { field, kind, score, message: None });
        }
    }
    risk
}

/// v4's risk score: confidence times impact, both in percent. None beyond the range of numbers.
pub fn score(confidence: i64, impact: i64) -> Option<i64> {
    confidence.checked_mul(impact).map(|product| round_half_even(product, 100))
}

/// A quotient as Python's `round` gives it, because the official tool computes the score that way.
fn round_half_even(value: i64, by: i64) -> i64 {
    let (quotient, rest) = (value.div_euclid(by), value.rem_euclid(by));
    let up = rest * 2 > by || (rest * 2 == by && quotient % 2 != 0);
    quotient + i64::from(up)
}

fn v5(reader: &mut Reader<'_, '_>) -> Risk {
    let objects = reader.each("rba.risk_objects", entity);
    Risk {
        message: reader.text("rba.message"),
        score: objects.iter().filter_map(|object| object.score).max(),
        objects,
        threats: reader.each("rba.threat_objects", threat),
        confidence: None,
        impact: None,
    }
}

fn v6(reader: &mut Reader<'_, '_>) -> Risk {
    let mut objects: Vec<RiskObject> = reader.section("finding.entity", entity).into_iter().collect();
    objects.extend(reader.each("intermediate_findings.entities", entity));
    Risk {
        message: reader.text("finding.title"),
        score: objects.iter().filter_map(|object| object.score).max(),
        objects,
        threats: reader.each("threat_objects", threat),
        confidence: None,
        impact: None,
    }
}

fn entity(reader: &mut Reader<'_, '_>) -> RiskObject {
    RiskObject {
        field: reader.text_or_empty("field"),
        kind: reader.text("type"),
        score: reader.int("score"),
        message: reader.text("message"),
    }
}

fn threat(reader: &mut Reader<'_, '_>) -> ThreatObject {
    ThreatObject { field: reader.text_or_empty("field"), kind: reader.text("type") }
}

#[cfg(test)]
mod tests {
    use super::round_half_even;

    #[test]
    fn scores_round_like_python() {
        for (value, rounded) in [(4949, 49), (4950, 50), (5050, 50), (5051, 51), (5150, 52), (0, 0), (10000, 100)] {
            assert_eq!(round_half_even(value, 100), rounded, "{value}");
        }
    }
}
