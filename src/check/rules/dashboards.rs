//! `bad-dashboard-file`: the JSON file of a dashboard.

use crate::check::{Around, Findings};
use crate::content::model::Dashboard;
use crate::diag::{Diagnostic, Severity, codes};
use serde_json::Value;

/// Larger files are not read.
const MAX_BYTES: u64 = 16 << 20;

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    for dashboard in around.pack.dashboards.iter().filter(|it| super::super::is_selected(around, it.object.file)) {
        if let Some((severity, reason, help)) = fault(dashboard) {
            let place = dashboard.object.name.whole().unwrap_or(dashboard.object.start);
            let file =
                dashboard.definition.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
            findings.push_at(
                severity,
                Diagnostic::new(codes::BAD_DASHBOARD_FILE, format!("`{file}` {reason}"), place)
                    .label("the file of this dashboard")
                    .help(help),
            );
        }
    }
}

fn fault(dashboard: &Dashboard) -> Option<(Severity, String, String)> {
    let error = |reason: &str, help: &str| Some((Severity::Error, reason.to_owned(), help.to_owned()));
    let path = &dashboard.definition;
    let Ok(metadata) = std::fs::metadata(path) else {
        // Where the files of the newest generation lie is not published.
        let v6 = dashboard.object.generation == crate::content::model::Generation::V6;
        let severity = if v6 { Severity::Warning } else { Severity::Error };
        return Some((severity, "does not exist".to_owned(), format!("add `{}`", path.display())));
    };
    if metadata.len() > MAX_BYTES {
        return error("is too large to be read", "make it smaller");
    }
    let Ok(text) = std::fs::read_to_string(path) else { return error("cannot be read", "save it as UTF-8") };
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(wrong) => return error(&format!("is no JSON: {wrong}"), "export the dashboard again"),
    };
    let name = dashboard.object.name.as_str();
    match value.get("title").and_then(Value::as_str) {
        None => error("has no `title`", &format!("write `\"title\": \"{name}\"`")),
        Some(title) if title != name => {
            error(&format!("has the title `{title}`, expected `{name}`"), "make the two names one")
        }
        Some(_) if value.get("description").is_none_or(|it| !it.is_string()) => {
            error("has no `description`", "add a description")
        }
        Some(_) => None,
    }
}
