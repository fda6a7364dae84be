//! A layer for the ATT&CK Navigator: techniques coloured by their hits.

use crate::hunt::Report;
use serde_json::json;

/// The layer as JSON. `name` is its title.
pub fn navigator(report: &Report<'_>, name: &str) -> String {
    let most = report.techniques.iter().map(|technique| technique.hits).max().unwrap_or(1);
    let techniques = report.techniques.iter().map(|technique| {
        json!({
            "techniqueID": technique.id,
            "score": technique.hits,
            "comment": format!("{} hits of {} rules", technique.hits, technique.rules),
            "enabled": true,
        })
    });
    let layer = json!({
        "name": name,
        "versions": { "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": format!("{} hits in {} events", report.hits.len(), report.events),
        "techniques": techniques.collect::<Vec<_>>(),
        "gradient": { "colors": ["#ffe766", "#ff6666"], "minValue": 0, "maxValue": most },
        "sorting": 3,
    });
    format!("{layer:#}\n")
}
