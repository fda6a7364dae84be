//! Which files of a pack are content: `*.yml` at any depth below the folder of a kind.

use super::Kind;
use std::fs;
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

struct Walk<'a> {
    real_root: &'a Path,
    kind: Kind,
    found: &'a mut Vec<Found>,
    /// The real paths of the folders that are open.
    parents: Vec<PathBuf>,
}

impl Walk<'_> {
    fn entry(&mut self, real: &Path, path: &Path) {
        if self.found.len() >= MAX_FILES {
            return;
        }
        let resolved = match real.canonicalize() {
            Ok(resolved) => resolved,
            // A dangling or circular symlink matters only under a name that would be read.
            Err(error) => return self.report_if_content(path, State::Unreadable(error.to_string())),
        };
        let Ok(metadata) = fs::metadata(&resolved) else {
            return self.report_if_content(path, State::Unreadable("it vanished".to_owned()));
        };
        if !resolved.starts_with(self.real_root) {
            let matters = metadata.is_dir() || is_content_name(path);
            if matters {
                self.report(path, State::LeadsOutside);
            }
        } else if metadata.is_dir() {
            self.folder(&resolved, path);
        } else if metadata.is_file() {
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
        let mut names = match fs::read_dir(real) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect::<Vec<_>>(),
            Err(error) => return self.report(path, State::Unreadable(error.to_string())),
        };
        names.sort();
        self.parents.push(real.to_owned());
        for name in names.iter().filter(|name| !name.as_encoded_bytes().starts_with(b".")) {
            self.entry(&real.join(name), &path.join(name));
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
