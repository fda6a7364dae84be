//! `--changed-since REF`: detections that changed in git, and those that depend on what changed.
//!
//! A detection depends on the macros that its expansion calls, however deep, on the lookups that the expanded search
//! names (their YAML and their tables), on its data sources, its local test data and its expectations. Work that is
//! not committed counts as changed.

use super::super::CliError;
use super::super::workspace::Workspace;
use crate::compile::Compiler;
use crate::content::model::{Detection, Object};
use crate::replay::expect;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What changed, and which detections that concerns: name of the detection's file and why.
pub(super) struct Changed {
    /// Files of detections with the reason, one that suffices.
    pub(super) detections: BTreeMap<PathBuf, String>,
    /// How many files changed in the pack.
    pub(super) files: usize,
}

pub(super) fn since(reference: &str, workspace: &Workspace, compiler: &Compiler<'_>) -> Result<Changed, CliError> {
    let root = &workspace.pack.root;
    let files = changed_files(reference, root)?;
    let names = Names::of(workspace, &files);
    let mut detections = BTreeMap::new();
    for detection in &workspace.pack.detections {
        if let Some(reason) = reason(detection, root, &files, &names, compiler) {
            detections.insert(detection.object.path.clone(), reason);
        }
    }
    Ok(Changed { detections, files: files.len() })
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "the `git` command is not installed".to_owned(),
        _ => format!("`git` cannot be run: {error}"),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(text.lines().next().unwrap_or("`git` gave no reason").trim_start_matches("fatal: ").to_owned())
}

/// Paths relative to the pack.
fn changed_files(reference: &str, root: &Path) -> Result<BTreeSet<PathBuf>, CliError> {
    let failed =
        |why: String| CliError::new(format!("`--changed-since` needs a git repository around the pack: {why}"));
    let inside = git(root, &["rev-parse", "--show-prefix"]).map_err(failed)?;
    let prefix = PathBuf::from(String::from_utf8_lossy(&inside).trim_end());
    let commit = format!("{reference}^{{commit}}");
    let known = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]);
    let Some(commit) = known.ok().and_then(|id| String::from_utf8(id).ok()) else {
        return Err(CliError::new(format!("`{reference}` is no commit, branch or tag of this repository")));
    };
    let differing =
        git(root, &["diff", "--name-only", "--no-renames", "-z", commit.trim(), "--", "."]).map_err(failed)?;
    let fresh = git(root, &["ls-files", "--others", "--exclude-standard", "--full-name", "-z"]).map_err(failed)?;
    let both = [differing, fresh].concat();
    let paths = both.split(|&byte| byte == 0).filter(|path| !path.is_empty());
    let relative = paths.filter_map(|path| {
        let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
        path.strip_prefix(&prefix).ok().map(Path::to_owned)
    });
    Ok(relative.collect())
}

/// Names of changed objects.
struct Names {
    macros: BTreeSet<String>,
    lookups: BTreeSet<String>,
    data_sources: BTreeSet<String>,
}

impl Names {
    fn of(workspace: &Workspace, files: &BTreeSet<PathBuf>) -> Self {
        let pack = &workspace.pack;
        let named = |object: &Object| files.contains(&object.path).then(|| object.name.as_str().to_owned());
        let mut macros: BTreeSet<String> = pack.macros.iter().filter_map(|found| named(&found.object)).collect();
        let mut lookups: BTreeSet<String> = pack.lookups.iter().filter_map(|found| named(&found.object)).collect();
        for lookup in &pack.lookups {
            let table = lookup.table.as_ref().and_then(|table| table.strip_prefix(&pack.root).ok());
            if table.is_some_and(|table| files.contains(table)) {
                lookups.insert(lookup.object.name.as_str().to_owned());
            }
            let file = lookup.table.as_ref().and_then(|table| table.file_name()).and_then(|name| name.to_str());
            // A table is also named by its file.
            if lookups.contains(lookup.object.name.as_str())
                && let Some(file) = file
            {
                lookups.insert(file.to_owned());
            }
        }
        let data_sources = pack.data_sources.iter().filter_map(|found| named(&found.object)).collect();
        // What was deleted has only its file's name left.
        for path in files.iter().filter(|path| !pack.root.join(path).exists()) {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            match path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned()).as_deref() {
                Some("macros") => drop(macros.insert(stem)),
                Some("lookups") => drop(lookups.insert(stem)),
                _ => {}
            }
        }
        Self { macros, lookups, data_sources }
    }
}

fn reason(
    detection: &Detection,
    root: &Path,
    files: &BTreeSet<PathBuf>,
    names: &Names,
    compiler: &Compiler<'_>,
) -> Option<String> {
    let path = &detection.object.path;
    if files.contains(path) {
        return Some("it changed".to_owned());
    }
    let expectations = expect::file_of(Path::new(""), path);
    if files.contains(&expectations) {
        return Some("its expectations changed".to_owned());
    }
    let data = detection.tests.iter().flat_map(|test| &test.data).find(|data| {
        let local = Path::new(data.data.as_str());
        files.contains(local) || local.strip_prefix(root).is_ok_and(|local| files.contains(local))
    });
    if let Some(data) = data {
        return Some(format!("its test data `{}` changed", data.data.as_str()));
    }
    if let Some(source) = detection.data_sources.iter().find(|name| names.data_sources.contains(name.as_str())) {
        return Some(format!("the data source `{}` changed", source.as_str()));
    }
    if names.macros.is_empty() && names.lookups.is_empty() {
        return None;
    }
    let compiled = compiler.compile(detection.search.as_ref()?);
    if let Some(call) = compiled.expansion.calls.iter().find(|call| names.macros.contains(&call.name)) {
        return Some(format!("the macro `{}` changed", call.name));
    }
    let lookups = compiled.facts().lookups;
    let lookup = lookups.iter().find(|name| names.lookups.contains(*name))?;
    Some(format!("the lookup `{lookup}` changed"))
}
