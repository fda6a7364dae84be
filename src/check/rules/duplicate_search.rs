//! `duplicate-search`: two detections that search for the same, their filter macros aside.

use crate::check::{Around, Findings};
use crate::content::names;
use crate::content::pack::HasObject;
use crate::diag::{Diagnostic, codes};
use std::collections::HashMap;

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    let mut seen = HashMap::new();
    for detection in around.pack.detections.iter().filter(|it| around.pack.is_own(it.object().file)) {
        let object = &detection.object;
        let status = object.status.as_ref().map(crate::source::Located::as_str);
        let Some(search) = detection.search.as_ref().filter(|_| status != Some("deprecated")) else { continue };
        let own = format!("`{}`", names::filter_macro(object.name.as_str()));
        let plain = search.as_str().replace(&own, "");
        let words: Vec<&str> = plain.split_whitespace().collect();
        if words.len() < 3 {
            continue;
        }
        let Some(first) = seen.insert(words.join(" "), object) else { continue };
        let Some(key) = object.node.key_node("search") else { continue };
        let before = first.node.key_node("search").map_or(first.start, |key| key.place);
        findings.push(
            Diagnostic::new(
                codes::DUPLICATE_SEARCH,
                format!("`{}` has the same search", first.name.as_str()),
                key.place,
            )
            .label("the same, but for the filter macro")
            .related(before, "as here")
            .help("change one of the searches, or keep one of the detections"),
        );
    }
}
