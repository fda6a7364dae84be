//! `bad-config`: values of contentctl.yml; `incomplete-pack`: what the official tool wants to find in the folder.

use crate::check::{Around, Findings};
use crate::content::model::Generation;
use crate::content::pack::{HasObject, Kind};
use crate::content::yaml::Node;
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{Place, Span};

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    let config = &around.pack.config;
    if let Some(node) = &config.node {
        app(node, findings);
    }
    // Schedules took the place of deployments, and what else changed is not published.
    let newest = around.pack.detections.iter().any(|it| it.object().generation == Generation::V6);
    let Some(file) = config.file.filter(|_| !newest) else { return };
    let folders =
        [Kind::Baseline, Kind::DataSource, Kind::Deployment, Kind::Detection, Kind::Lookup, Kind::Macro, Kind::Story];
    for folder in folders.map(Kind::folder) {
        if !around.pack.root.join(folder).is_dir() {
            findings.push(
                Diagnostic::new(
                    codes::INCOMPLETE_PACK,
                    format!("the pack has no folder `{folder}`"),
                    Place { file, span: Span::at(0) },
                )
                .label("the official tool stops here")
                .help("make it; it may be empty"),
            );
        }
    }
}

fn app(node: &Node, findings: &mut Findings) {
    if let Some(uid) = node.path("app.uid").filter(|uid| !uid.is_null()) {
        let fits = uid
            .as_str()
            .and_then(|text| text.trim().parse::<u32>().ok())
            .is_some_and(|uid| (2..=99_999).contains(&uid));
        if !fits {
            findings.push(bad(uid, "`app.uid`", "a whole number from 2 to 99999"));
        }
    }
    if let Some(id) = node.path("app.appid").filter(|id| !id.is_null()) {
        let fits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if !id.as_str().is_some_and(fits) {
            findings.push(bad(id, "`app.appid`", "letters, digits, `_` and `-`"));
        }
    }
    if let Some(version) = node.path("app.version").filter(|version| !version.is_null())
        && !version.as_str().is_some_and(is_semantic_version)
    {
        findings.push(bad(version, "`app.version`", "three numbers, such as `1.0.0`"));
    }
    let known = [
        "uid",
        "title",
        "appid",
        "version",
        "description",
        "prefix",
        "label",
        "author_name",
        "author_email",
        "author_company",
        "build",
    ];
    for (key, _) in node.get("app").map(Node::entries).unwrap_or_default() {
        let Some(name) = key.as_str().filter(|name| !known.contains(name)) else { continue };
        findings.push(
            Diagnostic::new(codes::BAD_CONFIG, format!("`app` has no setting `{name}`"), key.place)
                .label("not a setting")
                .help(crate::check::did_you_mean(name, known, "remove it")),
        );
    }
}

fn bad(node: &Node, what: &str, expected: &str) -> Diagnostic {
    let mut found = Diagnostic::new(codes::BAD_CONFIG, format!("{what} has a value that does not work"), node.place)
        .label("not allowed")
        .help(format!("write {expected}"));
    found.severity = Severity::Error;
    found
}

/// `1.2.3`, with `-pre` and `+build`.
fn is_semantic_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
