//! What a detection says about risk as a whole: `missing-risk`, `empty-message`, `repeated-risk-object`,
//! `nonstandard-score`, `unknown-role`.

use crate::check::{Findings, Subject};
use crate::content::model::{Generation, RiskObject};
use crate::content::yaml::Node;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{Located, Place};
use std::collections::HashMap;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    match subject.detection.object.generation {
        Generation::V4 => {
            roles(subject, findings);
            victim(subject, findings);
        }
        Generation::V5 => risk_by_type(subject, findings),
        Generation::V6 => {
            findings_by_type(subject, findings);
            scores(subject, findings);
        }
    }
    messages(subject, findings);
    repeated(subject, findings);
}

fn type_place(subject: &Subject<'_>) -> Place {
    let object = &subject.detection.object;
    subject.detection.analytic_type.as_ref().and_then(Located::whole).unwrap_or(object.start)
}

fn type_word<'a>(subject: &Subject<'a>) -> &'a str {
    subject.detection.analytic_type.as_ref().map_or("", Located::as_str)
}

/// v5: `rba` stands exactly where the type's deployment adds risk.
fn risk_by_type(subject: &Subject<'_>, findings: &mut Findings) {
    let object = &subject.detection.object;
    let known_type = subject.is_type(&["TTP", "Anomaly", "Hunting", "Correlation"]);
    if !known_type || object.node.get("deployment").is_some() {
        return;
    }
    // Without deployments of its own a pack means the usual ones.
    let risky = match &subject.around.facts.risky {
        Some(types) => types.contains(type_word(subject)),
        None => subject.is_type(&["TTP", "Anomaly"]),
    };
    let rba = object.node.key_node("rba").filter(|_| object.node.get("rba").is_some_and(|it| !it.is_null()));
    match rba {
        Some(key) if !risky => findings.push(
            Diagnostic::new(
                codes::MISSING_RISK,
                format!("a detection of type `{}` assigns no risk, but has `rba`", type_word(subject)),
                key.place,
            )
            .label("must not be here")
            .related(type_place(subject), "of this type")
            .help("remove `rba`, or change the type"),
        ),
        None if risky => findings.push(
            Diagnostic::new(
                codes::MISSING_RISK,
                format!("a detection of type `{}` needs `rba`", type_word(subject)),
                type_place(subject),
            )
            .label("of this type")
            .help("add `rba` with a message, risk_objects and threat_objects"),
        ),
        _ => {}
    }
}

/// v4: production detections that add risk name a victim.
fn victim(subject: &Subject<'_>, findings: &mut Findings) {
    let wanted = subject.in_production() && subject.is_type(&["TTP", "Anomaly"]);
    if !wanted || !subject.detection.risk.objects.is_empty() {
        return;
    }
    let place = subject.detection.object.node.get("tags").and_then(|tags| tags.key_node("observable"));
    findings.push(
        Diagnostic::new(
            codes::MISSING_RISK,
            format!("a detection of type `{}` needs an observable with the role Victim", type_word(subject)),
            place.map_or_else(|| type_place(subject), |key| key.place),
        )
        .label("none of these is a victim")
        .help("add an observable with the role Victim"),
    );
}

/// v4: each observable plays one role.
fn roles(subject: &Subject<'_>, findings: &mut Findings) {
    let observables = subject.detection.object.node.path("tags.observable").map(Node::items).unwrap_or_default();
    for observable in observables {
        let Some(roles) = observable.get("role") else { continue };
        let known = |role: &Node| matches!(role.as_str(), Some("Attacker" | "Victim"));
        for role in roles.items().iter().filter(|role| !known(role)) {
            let Some(text) = role.as_str() else { continue };
            findings.push(
                Diagnostic::new(codes::UNKNOWN_ROLE, format!("`{text}` is no role of an observable"), role.place)
                    .label("no role")
                    .help("write Attacker or Victim"),
            );
        }
        if roles.items().len() != 1 {
            let message = format!("an observable plays {} roles, expected one", roles.items().len());
            findings.push(
                Diagnostic::new(codes::UNKNOWN_ROLE, message, roles.place)
                    .label("not one role")
                    .help("write `[Attacker]` or `[Victim]`"),
            );
        }
    }
}

/// v6: a TTP has a finding, an Anomaly intermediate findings; Hunting has neither.
fn findings_by_type(subject: &Subject<'_>, findings: &mut Findings) {
    let node = &subject.detection.object.node;
    let wanted = match type_word(subject) {
        "TTP" | "Correlation" => "finding",
        "Anomaly" => "intermediate_findings",
        "Hunting" => {
            for key in ["finding", "intermediate_findings"].iter().filter_map(|key| node.key_node(key)) {
                findings.push_at(
                    Severity::Warning,
                    Diagnostic::new(codes::MISSING_RISK, "a detection of type `Hunting` assigns no risk", key.place)
                        .label("should not be here")
                        .help("remove it, or change the type"),
                );
            }
            return;
        }
        _ => return,
    };
    if node.get(wanted).is_some() {
        return;
    }
    findings.push_at(
        Severity::Warning,
        Diagnostic::new(
            codes::MISSING_RISK,
            format!("a detection of type `{}` has no `{wanted}`", type_word(subject)),
            type_place(subject),
        )
        .label("of this type")
        .help(format!("add `{wanted}`")),
    );
}

/// v6: scores are the same for all detections of a type.
fn scores(subject: &Subject<'_>, findings: &mut Findings) {
    let standard = match type_word(subject) {
        "TTP" => 50,
        "Anomaly" => 20,
        "Correlation" => 0,
        _ => return,
    };
    let node = &subject.detection.object.node;
    let entities = node.path("intermediate_findings.entities").map(Node::items).unwrap_or_default();
    for entity in node.path("finding.entity").into_iter().chain(entities) {
        let Some(score) = entity.get("score") else { continue };
        if score.as_str().is_some_and(|text| text.trim().parse() != Ok(standard)) {
            findings.push(
                Diagnostic::new(
                    codes::NONSTANDARD_SCORE,
                    format!("a `{}` scores {standard}", type_word(subject)),
                    score.place,
                )
                .label("another score")
                .help(format!("write {standard}")),
            );
        }
    }
}

fn messages(subject: &Subject<'_>, findings: &mut Findings) {
    let risk = &subject.detection.risk;
    let object = &subject.detection.object;
    let assigns = object.generation != Generation::V4 || subject.is_type(&["TTP", "Anomaly", "Correlation"]);
    let messages = risk.message.iter().chain(risk.objects.iter().filter_map(|object| object.message.as_ref()));
    for message in messages.filter(|message| assigns && message.as_str().trim().is_empty()) {
        let Some(place) = message.whole() else { continue };
        findings.push(
            Diagnostic::new(codes::EMPTY_MESSAGE, "the message is empty", place)
                .label("nothing for the analyst")
                .help("say what happened, with `$field$` for the values"),
        );
    }
}

fn repeated(subject: &Subject<'_>, findings: &mut Findings) {
    let mut seen: HashMap<(&str, Option<&str>), Place> = HashMap::new();
    for RiskObject { field, kind, .. } in &subject.detection.risk.objects {
        let key = (field.as_str(), kind.as_ref().map(Located::as_str));
        let Some(place) = field.whole().filter(|_| !field.is_empty()) else { continue };
        if let Some(first) = seen.insert(key, place) {
            findings.push(
                Diagnostic::new(
                    codes::REPEATED_RISK_OBJECT,
                    format!("`{}` is a risk object twice", field.as_str()),
                    place,
                )
                .label("here again")
                .related(first, "first here")
                .help("remove one of the two"),
            );
        }
    }
}
