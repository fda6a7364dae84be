//! `redundant-technique`, `unknown-technique`: the ATT&CK ids of a detection.

use crate::check::{Findings, Subject};
use crate::content::shape::Form;
use crate::diag::{Diagnostic, codes};
use crate::knowledge::attack::{Attack, State};
use crate::source::Located;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let ids = &subject.detection.mitre_attack_ids;
    for id in ids {
        let Some(place) = id.whole().filter(|_| Form::MitreId.fits(id.as_str())) else { continue };
        if let Some(sub) = sub_technique(id.as_str(), ids) {
            let message = format!("`{}` is named beside its sub-technique `{sub}`", id.as_str());
            findings.push_at(
                subject.around.since_5_3(&subject.detection.object),
                Diagnostic::new(codes::REDUNDANT_TECHNIQUE, message, place)
                    .label("said by the sub-technique")
                    .help("remove the technique"),
            );
        }
        let known = Attack::builtin().technique(id.as_str());
        if known.is_some_and(|technique| technique.state == State::Active) {
            continue;
        }
        let message = match known {
            None => format!("ATT&CK has no technique `{}`", id.as_str()),
            Some(technique) => format!("ATT&CK no longer uses `{}` ({})", id.as_str(), technique.name),
        };
        findings.push(
            Diagnostic::new(codes::UNKNOWN_TECHNIQUE, message, place)
                .label("not in ATT&CK for Enterprise 18.1")
                .help("look for the technique that takes its place on https://attack.mitre.org"),
        );
    }
}

fn sub_technique<'a>(technique: &str, ids: &'a [Located]) -> Option<&'a str> {
    let of = |id: &&str| id.split_once('.').is_some_and(|(parent, _)| parent == technique);
    ids.iter().map(Located::as_str).find(of)
}
