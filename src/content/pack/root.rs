//! Which folder is the pack that a path belongs to.

use super::{Kind, LoadError};
use std::path::{Component, Path, PathBuf};

/// A path that the user named, and the pack around it.
#[derive(Debug)]
pub(super) struct Located {
    /// The pack's folder, shown the way that the user wrote the path; empty for the current folder, so that joined
    /// paths begin with no `./`.
    pub(super) root: PathBuf,
    /// The same, absolute, symlinks resolved.
    pub(super) real_root: PathBuf,
    /// The path itself, below the root; empty for the whole pack.
    pub(super) below: PathBuf,
}

impl Located {
    /// The pack's folder under a name that is never empty.
    pub(super) fn named_root(&self) -> PathBuf {
        if self.root.as_os_str().is_empty() { PathBuf::from(".") } else { self.root.clone() }
    }
}

/// Walks up from a path to the first folder that is a pack.
pub(super) fn locate(path: &Path) -> Result<Located, LoadError> {
    let given = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let real = given.canonicalize().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => LoadError::Missing(given.to_owned()),
        _ => LoadError::Unreadable { path: given.to_owned(), source },
    })?;
    let real_root =
        real.ancestors().find(|folder| is_pack(folder)).ok_or_else(|| LoadError::NoPack(given.to_owned()))?;
    let below = real.strip_prefix(real_root).unwrap_or(Path::new("")).to_owned();
    Ok(Located { root: shown(given, &below, real_root), real_root: real_root.to_owned(), below })
}

/// As [`locate`], for a file that need not exist.
pub(super) fn locate_file(path: &Path) -> Result<Located, LoadError> {
    let Some(name) = path.file_name().filter(|_| !path.exists()) else { return locate(path) };
    let folder = locate(path.parent().unwrap_or(Path::new("")))?;
    Ok(Located { below: folder.below.join(name), ..folder })
}

/// Whether a folder is a pack. `removed/` of a pack has a `detections/` of its own but is none.
fn is_pack(folder: &Path) -> bool {
    let marked = |folder: &Path| folder.join("contentctl.yml").is_file() || folder.join("detections").is_dir();
    let inside_removed = folder.file_name().is_some_and(|name| name == Kind::Removed.folder());
    marked(folder) && !(inside_removed && folder.parent().is_some_and(marked))
}

/// The root as the user would write it: the given path without what lies below the root, if it ends with that; else
/// relative to the current folder, if the root lies there; else absolute.
fn shown(given: &Path, below: &Path, real_root: &Path) -> PathBuf {
    let tidy: PathBuf = given.components().filter(|part| !matches!(part, Component::CurDir)).collect();
    if tidy.ends_with(below) && !below.as_os_str().is_empty() {
        return tidy.components().take(tidy.components().count() - below.components().count()).collect();
    }
    if below.as_os_str().is_empty() {
        return tidy;
    }
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize()).ok();
    let relative = current.and_then(|current| real_root.strip_prefix(current).ok().map(Path::to_owned));
    relative.unwrap_or_else(|| real_root.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_shown_as_the_user_wrote_it() {
        // Given path, the part below the root, the real root; the last two cases are outside the current folder.
        let cases = [
            (".", "", "/r", ""),
            ("packs/a", "", "/r", "packs/a"),
            ("./packs/a/", "", "/r", "packs/a"),
            ("detections/x.yml", "detections/x.yml", "/r", ""),
            ("packs/a/detections", "detections", "/r", "packs/a"),
            ("../a/stories/s.yml", "stories/s.yml", "/r", "../a"),
            ("/r/stories/s.yml", "stories/s.yml", "/r", "/r"),
            (".", "detections/web", "/r", "/r"),
            ("web", "detections/web", "/r", "/r"),
        ];
        for (given, below, real_root, wanted) in cases {
            let root = shown(Path::new(given), Path::new(below), Path::new(real_root));
            assert_eq!(root, Path::new(wanted), "{given}");
        }
    }
}
