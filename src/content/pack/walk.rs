//! Which files of a pack are content: `*.yml` at any depth below the folder of a kind.

use super::Kind;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

/// Deeper folders are not entered.
const MAX_DEPTH: usize = 32;
/// More files are not read.
pub(super) const MAX_FILES: usize = 100_000;

/// A file to read, or something that keeps a file from being read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// Below the pack, with `/`.
    pub(super) path: PathBuf,
    pub(super) state: State,
}

#[derive(Debug)]
pub(super) enum State {
    /// A regular file with the right suffix.
    Content,
    /// `*.yaml`, which the tools of this content do not read.
    OtherSuffix,
    /// A symlink to something outside the pack.
    LeadsOutside,
    /// A folder that is its own parent by way of a symlink, or one that is too deep.
    Loop,
    /// The operating system refused; its words.
    Unreadable(String),
    /// Neither file nor folder: a pipe, a device.
    Special,
}

/// Everything below the folders of all kinds, in the order of paths. Hidden files and folders are left out.
pub(super) fn content(real_root: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let folder = real_root.join(kind.folder());
        if folder.symlink_metadata().is_ok() {
            let mut walk = Walk { real_root, kind, found: &mut found, parents: Vec::new() };
            walk.entry(&folder, Path::new(kind.folder()));
        }
    }
    found
}

/// Adds a file that may not exist yet, if its place and name are those of content.
pub(super) fn add(found: &mut Vec<Found>, path: &Path) {
    let folder = path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let kind = Kind::ALL.into_iter().find(|kind| folder.as_deref() == Some(kind.folder()));
    let (Some(kind), Err(at)) = (kind, found.binary_search_by(|found| found.path.as_path().cmp(path))) else { return };
    if is_content_name(path) {
        let suffix = path.extension().is_some_and(|suffix| suffix == "yml");
        let state = if suffix { State::Content } else { State::OtherSuffix };
        found.insert(at, Found { kind, path: with_slashes(path), state });
    }
}

struct Walk<'a> {
    real_root: &'a Path,
    kind: Kind,
    found: &'a mut Vec<Found>,
    /// The real paths of the folders that are open.
    parents: Vec<PathBuf>,
}

impl Walk<'_> {
    fn entry(&mut self, real: &Path, path: &Path) {
        // A symlink is followed as long as it stays in the pack. (Most entries are none, and need no resolving.)
        let resolved = match real.symlink_metadata().map(|metadata| metadata.is_symlink()) {
            Ok(true) => real.canonicalize(),
            Ok(false) => Ok(real.to_owned()),
            Err(error) => Err(error),
        };
        match resolved.and_then(|resolved| Ok((fs::metadata(&resolved)?.file_type(), resolved))) {
            Ok((kind, resolved)) => self.resolved(&resolved, kind, path),
            // A dangling or circular symlink matters only under a name that would be read.
            Err(error) => self.report_if_content(path, State::Unreadable(error.to_string())),
        }
    }

    /// `real` has no symlinks in it.
    fn resolved(&mut self, real: &Path, kind: FileType, path: &Path) {
        if self.found.len() >= MAX_FILES {
            return;
        }
        if !real.starts_with(self.real_root) {
            if kind.is_dir() || is_content_name(path) {
                self.report(path, State::LeadsOutside);
            }
        } else if kind.is_dir() {
            self.folder(real, path);
        } else if kind.is_file() {
            if is_content_name(path) {
                let suffix = path.extension().is_some_and(|suffix| suffix == "yml");
                self.report(path, if suffix { State::Content } else { State::OtherSuffix });
            }
        } else {
            self.report_if_content(path, State::Special);
        }
    }

    fn folder(&mut self, real: &Path, path: &Path) {
        if self.parents.iter().any(|open| open == real) || self.parents.len() >= MAX_DEPTH {
            return self.report(path, State::Loop);
        }
        let entries = fs::read_dir(real).and_then(|entries| {
            entries.map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)))).collect()
        });
        let mut entries: Vec<(OsString, FileType)> = match entries {
            Ok(entries) => entries,
            Err(error) => return self.report(path, State::Unreadable(error.to_string())),
        };
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.parents.push(real.to_owned());
        for (name, kind) in entries {
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let (real, path) = (real.join(&name), path.join(&name));
            if kind.is_symlink() {
                self.entry(&real, &path);
            } else {
                self.resolved(&real, kind, &path);
            }
        }
        self.parents.pop();
    }

    fn report(&mut self, path: &Path, state: State) {
        self.found.push(Found { kind: self.kind, path: with_slashes(path), state });
    }

    fn report_if_content(&mut self, path: &Path, state: State) {
        if is_content_name(path) {
            self.report(path, state);
        }
    }
}

fn is_content_name(path: &Path) -> bool {
    path.extension().is_some_and(|suffix| suffix == "yml" || suffix == "yaml")
}

/// The path with `/`, whatever the system's separator.
fn with_slashes(path: &Path) -> PathBuf {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    PathBuf::from(parts.join("/"))
}
