//! Names of other objects that nothing has: `unknown-story`, `unknown-data-source`, `unknown-baseline`,
//! `unknown-schedule`, `unknown-deployment`; and `wrong-kind` where an object of another kind has the name.

use crate::check::{Around, Findings, Subject};
use crate::content::model::Generation;
use crate::content::pack::Kind;
use crate::diag::{Code, Diagnostic, Severity, codes};
use crate::source::{Located, Span};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Subject { around, detection, .. } = subject;
    stories(around, &detection.stories, findings);
    data_sources(subject, findings);
    let pack = around.pack;
    for name in &detection.baselines {
        if pack.baseline(name.as_str()).is_none() {
            unknown(around, Kind::Baseline, codes::UNKNOWN_BASELINE, name, findings);
        }
    }
    schedule(around, detection.schedule.as_ref(), findings);
    deployment(subject, findings);
}

/// Stories that a detection, baseline or investigation names.
pub(super) fn stories(around: &Around<'_>, names: &[Located], findings: &mut Findings) {
    for name in names {
        if around.pack.story(name.as_str()).is_none() {
            unknown(around, Kind::Story, codes::UNKNOWN_STORY, name, findings);
        }
    }
}

/// The schedule that an object of v6 names.
pub(super) fn schedule(around: &Around<'_>, name: Option<&Located>, findings: &mut Findings) {
    if let Some(name) = name.filter(|name| around.pack.schedule(name.as_str()).is_none()) {
        unknown(around, Kind::Schedule, codes::UNKNOWN_SCHEDULE, name, findings);
    }
}

fn unknown(around: &Around<'_>, kind: Kind, code: Code, name: &Located, findings: &mut Findings) {
    let Some(place) = name.whole() else { return };
    findings.push(around.not_found(kind, code, name.as_str(), place));
}

fn data_sources(subject: &Subject<'_>, findings: &mut Findings) {
    let pack = subject.around.pack;
    for entry in &subject.detection.data_sources {
        for (name, span) in alternatives(entry.as_str()) {
            if pack.data_source(name).is_some() {
                continue;
            }
            let Some(place) = entry.place(span) else { continue };
            let found = subject.around.not_found(Kind::DataSource, codes::UNKNOWN_DATA_SOURCE, name, place);
            findings.push_at(subject.around.since_5_3(&subject.detection.object), found);
        }
    }
}

/// The data sources of one entry: several that are needed together are joined by ` AND `.
pub(super) fn alternatives(entry: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in entry.split(" AND ") {
        let name = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        found.push((name, Span::new(start, start + name.len())));
        at += part.len() + " AND ".len();
    }
    found
}

/// The deployment of the detection's type. A pack without any is not built by the official tool.
fn deployment(subject: &Subject<'_>, findings: &mut Findings) {
    let facts = subject.around.facts;
    let object = &subject.detection.object;
    let own = object.node.get("deployment").is_some() || object.generation == Generation::V6;
    let Some(kind) = subject.detection.analytic_type.as_ref().filter(|_| !facts.deployed.is_empty() && !own) else {
        return;
    };
    let known_type = ["TTP", "Anomaly", "Hunting", "Correlation"].contains(&kind.as_str());
    if facts.deployed.contains(kind.as_str()) || !known_type {
        return;
    }
    let Some(place) = kind.whole() else { return };
    let message = format!("no deployment is for detections of type `{}`", kind.as_str());
    let help = format!("add `ESCU Default Configuration {}` under deployments/", kind.as_str());
    findings.push_at(
        Severity::Error,
        Diagnostic::new(codes::UNKNOWN_DEPLOYMENT, message, place).label("of this type").help(help),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_may_join_two_sources() {
        let found = alternatives("Sysmon EventID 1 AND  Sysmon EventID 11");
        assert_eq!(found, [("Sysmon EventID 1", Span::new(0, 16)), ("Sysmon EventID 11", Span::new(22, 39))]);
    }
}
