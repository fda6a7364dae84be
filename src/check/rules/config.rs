//! `bad-config`: values of contentctl.yml; `incomplete-pack`: what the official tool wants to find in the folder.

use super::shape;
use crate::check::{Around, Findings};
use crate::content::model::Generation;
use crate::content::pack::{HasObject, Kind};
use crate::content::shape::Form;
use crate::content::yaml::{Node, ScalarValue};
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::{Place, Span};
use std::path::Path;

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    let config = &around.pack.config;
    // The oldest packs have the file of an older tool, whose settings are below `build`.
    if let Some(node) = config.node.as_ref().filter(|node| node.get("build").is_none()) {
        shape::config(node, findings);
        together(node, &around.pack.root, findings);
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

/// Settings that do not go together, or name what is not there. The validation reads none of them.
fn together(node: &Node, root: &Path, findings: &mut Findings) {
    let on = |key: &str| node.key_node(key).filter(|_| node.get(key).is_some_and(is_true));
    let behaviour = node.get("post_test_behavior");
    let pauses = behaviour.is_none_or(|value| value.as_str().is_some_and(|text| text != "never_pause"));
    if let Some(key) = on("disable_tqdm").filter(|_| pauses) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(
                codes::BAD_CONFIG,
                "`disable_tqdm` is for unattended runs, which must not pause",
                behaviour.map_or(key.place, |value| value.place),
            )
            .label(if behaviour.is_some() { "pauses" } else { "pauses on a failure unless told otherwise" })
            .help("write `post_test_behavior: never_pause`"),
        );
    }
    if let Some(key) = on("plan_only").filter(|_| node.path("mode.target_branch").is_none()) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(codes::BAD_CONFIG, "`plan_only` needs `mode.target_branch`", key.place)
                .label("nothing to compare with")
                .help("name the branch, or remove `plan_only`"),
        );
    }
    if let (Some(_), Some(key)) = (set(node, "new_tag"), set(node, "latest_branch")) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(codes::BAD_CONFIG, "`new_tag` and `latest_branch` exclude each other", key.place)
                .label("one of the two")
                .help("remove one of the two"),
        );
    }
    if let Some(path) = node.get("build_path").filter(|path| is_file(path, root)) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(codes::BAD_CONFIG, "`build_path` is a file, expected a folder", path.place)
                .label("a file")
                .help("name a folder; it is made if it is not there"),
        );
    }
    let apps = node.get("apps").map(Node::items).unwrap_or_default();
    for path in apps.iter().filter_map(|app| app.get("hardcoded_path")) {
        let text = path.as_str().unwrap_or_default();
        if !text.is_empty() && !Form::Url.fits(text) && !is_file(path, root) {
            findings.push_at(
                Severity::Warning,
                Diagnostic::new(codes::BAD_CONFIG, format!("`{text}` is neither a file nor a web address"), path.place)
                    .label("no app there")
                    .help("name a file of the app, or where it is downloaded from"),
            );
        }
    }
    // The official tool reads a list with a missing file as no list, and tests everything.
    let files = node.path("mode.files").map(Node::items).unwrap_or_default();
    for file in files.iter().filter(|file| file.as_str().is_some() && !is_file(file, root)) {
        findings.push_at(
            Severity::Warning,
            Diagnostic::new(codes::BAD_CONFIG, "a file of `mode.files` does not exist", file.place)
                .label("not there: all detections are tested")
                .help("name a file of the pack"),
        );
    }
}

fn is_true(node: &Node) -> bool {
    node.as_scalar().is_some_and(|scalar| scalar.value == ScalarValue::Bool(true))
}

/// The key, if it has a value.
fn set<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.key_node(key).filter(|_| node.get(key).is_some_and(|value| !value.is_null()))
}

/// Whether a setting names a file; paths are relative to the pack.
fn is_file(path: &Node, root: &Path) -> bool {
    path.as_str().is_some_and(|path| root.join(path).is_file())
}
