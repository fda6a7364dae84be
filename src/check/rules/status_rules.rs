//! What the status of a detection asks for or forbids: `missing-drilldown`, `enabled-by-default`.

use crate::check::{Findings, Subject};
use crate::content::model::Generation;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::Located;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    drilldowns(subject, findings);
    enabled(subject, findings);
}

fn drilldowns(subject: &Subject<'_>, findings: &mut Findings) {
    let detection = subject.detection;
    let object = &detection.object;
    if !subject.in_production() || subject.is_type(&["Hunting"]) || object.status.is_none() {
        return;
    }
    // Packs of the oldest schema are older than the rule, unless they have drilldowns at all.
    let severity = match object.generation {
        Generation::V4 if detection.drilldowns.is_empty() => return,
        Generation::V4 | Generation::V5 => Severity::Error,
        Generation::V6 => Severity::Warning,
    };
    let place = object.node.key_node("drilldown_searches").map(|key| key.place);
    let place = place.or_else(|| object.status.as_ref().and_then(Located::whole)).unwrap_or(object.start);
    let count = detection.drilldowns.len();
    if count < 2 {
        findings.push_at(
            severity,
            Diagnostic::new(
                codes::MISSING_DRILLDOWN,
                format!("a production detection has {count} of two drilldown searches"),
                place,
            )
            .label("fewer than two")
            .help("add one with %original_detection_search% and one that shows the risk"),
        );
        return;
    }
    let original = |text: &Located| text.as_str().contains("%original_detection_search%");
    if !detection.drilldowns.iter().filter_map(|drilldown| drilldown.search.as_ref()).any(original) {
        findings.push_at(
            severity,
            Diagnostic::new(codes::MISSING_DRILLDOWN, "no drilldown shows the original result", place)
                .label("none uses %original_detection_search%")
                .help("begin the first search with %original_detection_search%"),
        );
    }
}

fn enabled(subject: &Subject<'_>, findings: &mut Findings) {
    let detection = subject.detection;
    if detection.enabled_by_default != Some(true) {
        return;
    }
    let mut reasons = Vec::new();
    if !subject.in_production() {
        reasons.push("it is not in production");
    }
    if !subject.is_type(&["TTP", "Anomaly", "Correlation"]) {
        reasons.push("it is of another type than TTP, Anomaly or Correlation");
    }
    let Some(key) = detection.object.node.key_node("enabled_by_default").filter(|_| !reasons.is_empty()) else {
        return;
    };
    let message = format!("the detection must not be enabled by default: {}", reasons.join(", and "));
    findings.push(
        Diagnostic::new(codes::ENABLED_BY_DEFAULT, message, key.place)
            .label("must not be `true`")
            .help("write `enabled_by_default: false`"),
    );
}
