//! Baselines and investigations. The official tool resolves the lookups of a baseline, but neither reads its SPL nor
//! resolves its macros, so that these are warnings.

use super::{references, schedules, unknown_lookup};
use crate::check::{Around, Findings};
use crate::compile::Compiler;
use crate::content::model::{Generation, SavedSearch};
use crate::content::pack::Kind;
use crate::diag::{Diagnostic, Severity, codes};

pub(in crate::check) fn check(
    around: &Around<'_>,
    kind: Kind,
    search: &SavedSearch,
    compiler: &Compiler<'_>,
    findings: &mut Findings,
) {
    references::stories(around, &search.stories, findings);
    references::schedule(around, search.schedule.as_ref(), findings);
    if let Some(scheduling) = &search.scheduling {
        schedules::check(scheduling, findings);
    }
    has_schedule(kind, search, findings);
    for name in &search.detections {
        if around.pack.detection(name.as_str()).is_some() {
            continue;
        }
        let Some(place) = name.whole() else { continue };
        let found = around.not_found(Kind::Detection, codes::UNKNOWN_DETECTION, name.as_str(), place);
        findings.push_at(Severity::Warning, found);
    }
    let Some(text) = &search.search else { return };
    let compiled = compiler.compile(text);
    if kind == Kind::Baseline {
        let mut lookups = Findings::default();
        unknown_lookup::in_search(around, &compiled, &mut lookups);
        let v4 = search.object.generation == Generation::V4;
        let severity = if v4 { Severity::Warning } else { Severity::Error };
        findings.0.extend(lookups.0.into_iter().map(|found| Diagnostic { severity, ..found }));
    }
    findings.0.extend(
        compiled
            .diagnostics
            .into_iter()
            .map(|found| Diagnostic { severity: found.severity.max(Severity::Warning), ..found }),
    );
}

/// v6: a baseline has exactly one schedule.
fn has_schedule(kind: Kind, search: &SavedSearch, findings: &mut Findings) {
    let object = &search.object;
    if kind != Kind::Baseline || object.generation != Generation::V6 {
        return;
    }
    let own = object.node.key_node("custom_schedule");
    match (&search.schedule, own) {
        (None, None) => findings.push(
            Diagnostic::new(codes::MISSING_KEY, "`schedule` is missing", object.start)
                .label("this baseline lacks it")
                .help("add `schedule` with the name of a schedule, or `custom_schedule`"),
        ),
        (Some(_), Some(key)) => findings.push(
            Diagnostic::new(codes::UNKNOWN_KEY, "a baseline has `schedule` or `custom_schedule`, not both", key.place)
                .label("beside `schedule`")
                .help("remove one of the two"),
        ),
        _ => {}
    }
}
