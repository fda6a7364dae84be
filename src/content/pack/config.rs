//! `contentctl.yml`: what the pack says of the app that is built from it.

use crate::content::yaml::Node;
use crate::source::{FileId, Located};
use std::sync::Arc;

/// The app's name and version, where the file gives them. The whole file stays readable through `node`.
#[derive(Clone, Debug, Default)]
pub struct AppConfig {
    /// `contentctl.yml`, if there is one.
    pub file: Option<FileId>,
    /// Everything in it.
    pub node: Option<Arc<Node>>,
    /// `app.title` (v5), `build.title` (v4).
    pub title: Option<Located>,
    /// `app.appid` (v5), `build.name` (v4).
    pub app_id: Option<Located>,
    /// `app.version` (v5), `build.version` (v4).
    pub version: Option<Located>,
    /// `app.prefix` (v5), `build.prefix` (v4): what the names of the app's searches begin with.
    pub prefix: Option<Located>,
    /// `app.label` (v5), `build.label` (v4).
    pub label: Option<Located>,
}

impl AppConfig {
    /// Reads the file; keys of another type than text are left out, as nothing depends on them.
    pub(super) fn read(file: FileId, node: Arc<Node>) -> Self {
        let text = |keys: [&str; 2]| keys.iter().find_map(|key| node.path(key)).and_then(Node::as_text).cloned();
        Self {
            file: Some(file),
            title: text(["app.title", "build.title"]),
            app_id: text(["app.appid", "build.name"]),
            version: text(["app.version", "build.version"]),
            prefix: text(["app.prefix", "build.prefix"]),
            label: text(["app.label", "build.label"]),
            node: Some(node),
        }
    }
}
