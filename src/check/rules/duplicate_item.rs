//! `duplicate-item`: a list that names one thing twice.

use crate::check::{Findings, Item};
use crate::content::yaml::Node;
use crate::diag::{Diagnostic, Severity, codes};
use std::collections::HashMap;

/// Lists that name objects: the official tool refuses repetitions there.
const NAMES: [&str; 4] = ["data_source", "analytic_story", "baselines", "detections"];
/// Further lists in which a repetition is a slip.
const OTHERS: [&str; 8] =
    ["mitre_attack_id", "product", "cve", "atomic_guid", "references", "category", "arguments", "required_fields"];

pub(super) fn check(item: &Item<'_>, findings: &mut Findings) {
    let node = &item.object.node;
    for inside in [Some(&**node), node.get("tags")].into_iter().flatten() {
        for key in NAMES {
            list(inside, key, item.around.since_5_3(item.object), findings);
        }
        for key in OTHERS {
            list(inside, key, Severity::Warning, findings);
        }
    }
}

fn list(node: &Node, key: &str, severity: Severity, findings: &mut Findings) {
    let Some(items) = node.get(key).map(Node::items).filter(|items| items.len() > 1) else { return };
    let mut seen: HashMap<&str, &Node> = HashMap::with_capacity(items.len());
    for item in items {
        let Some(text) = item.as_str() else { continue };
        let Some(first) = seen.insert(text, item) else { continue };
        let place = first.place;
        findings.push_at(
            severity,
            Diagnostic::new(codes::DUPLICATE_ITEM, format!("`{key}` names `{text}` twice"), item.place)
                .label("here again")
                .related(place, "first here")
                .help("remove one of the two"),
        );
    }
}
