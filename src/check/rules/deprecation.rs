//! `missing-key` for `status` and `deprecation_info`, which only part of the objects must have; `unknown-detection` for
//! what replaces them.

use crate::check::{Findings, Item};
use crate::content::model::Generation;
use crate::content::pack::Kind;
use crate::diag::{Diagnostic, Severity, codes};

pub(super) fn check(item: &Item<'_>, findings: &mut Findings) {
    let object = item.object;
    let of_kind = matches!(item.kind, Kind::Story | Kind::Baseline);
    if of_kind && object.status.is_none() && item.around.since_5_3(object) == Severity::Error {
        let mut found = Diagnostic::new(codes::MISSING_KEY, "`status` is missing", object.start)
            .label(format!("this {} lacks it", item.kind.word()))
            .help("add `status`: one of production, deprecated");
        found.severity = Severity::Error;
        findings.push(found);
    }
    let Some(deprecation) = &object.deprecation else { return };
    if object.generation != Generation::V6 {
        return;
    }
    for name in &deprecation.replacements {
        let pack = item.around.pack;
        if pack.detection(name.as_str()).is_some() || pack.story(name.as_str()).is_some() {
            continue;
        }
        let Some(place) = name.whole() else { continue };
        findings.push(item.around.not_found(Kind::Detection, codes::UNKNOWN_DETECTION, name.as_str(), place));
    }
}
