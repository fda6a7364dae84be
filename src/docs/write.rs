//! Puts pages on the disk: inside the output folder, whole or not at all, and only if something changed.

use super::{Error, Page};
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

/// What writing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Pages that are new or have changed.
    pub written: usize,
    /// Pages that were on the disk already, byte for byte.
    pub unchanged: usize,
}

/// A page's path as a path inside the output folder; `None` if it could lead out of it or is no portable file name.
pub(super) fn safe_path(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let portable = |part: &OsStr| {
        let part = part.to_str().unwrap_or_default();
        !part.is_empty() && part.len() <= 255 && !part.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    let parts: Option<Vec<&OsStr>> = Path::new(path)
        .components()
        .map(|component| match component {
            Component::Normal(part) if portable(part) => Some(part),
            _ => None,
        })
        .collect();
    let parts = parts?;
    (!parts.is_empty() && !path.ends_with('/')).then(|| parts.iter().collect())
}

/// Writes pages below a folder, which is made if need be.
///
/// Each page is written beside its place and then renamed, so a reader or an interruption never meets half a page. A
/// folder below `out` that is a symbolic link is refused: it may lead anywhere.
pub(super) fn write(pages: &[Page], out: &Path) -> Result<Written, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    std::fs::create_dir_all(out).map_err(failed(out))?;
    let mut result = Written::default();
    for page in pages {
        let target = out.join(&page.path);
        if is_same(&target, &page.text) {
            result.unchanged += 1;
            continue;
        }
        let folder = make_folder(out, &page.path)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".escudo-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any program makes files: the process's umask takes away what it must.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(&folder).map_err(failed(&folder))?;
        file.write_all(page.text.as_bytes()).map_err(failed(&target))?;
        file.persist(&target).map_err(|error| failed(&target)(error.error))?;
        result.written += 1;
    }
    Ok(result)
}

fn is_same(target: &Path, text: &str) -> bool {
    let regular = std::fs::symlink_metadata(target).is_ok_and(|meta| meta.is_file() && meta.len() == text.len() as u64);
    regular && std::fs::read(target).is_ok_and(|old| old == text.as_bytes())
}

/// Makes the folders of a page one by one, none of them through a symbolic link.
fn make_folder(out: &Path, page: &Path) -> Result<PathBuf, Error> {
    let mut folder = out.to_owned();
    for part in page.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        match std::fs::symlink_metadata(&folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(Error::NotAFolder { path: folder }),
            Err(_) => {
                std::fs::create_dir(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
            }
        }
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for path in ["a.md", "a/b.md", "./a.md", "a b/ä.md", "a//b.md"] {
            assert!(safe_path(path).is_some(), "{path}");
        }
        for path in ["", "/", "/a", "..", "a/../b", "../a", "a/", "a\\b", "C:a", "a\nb", "a\0b", "./", "a|b"] {
            assert!(safe_path(path).is_none(), "{path}");
        }
        assert!(safe_path(&"x".repeat(300)).is_none());
    }

    #[test]
    fn unchanged_pages_are_left_alone() {
        let out = tempfile::tempdir().unwrap();
        let mut pages = vec![
            Page { path: "a/x.md".into(), text: "one".to_owned() },
            Page { path: "y.md".into(), text: "two".to_owned() },
        ];
        assert_eq!(write(&pages, out.path()).unwrap(), Written { written: 2, unchanged: 0 });
        pages[1].text = "new".to_owned();
        assert_eq!(write(&pages, out.path()).unwrap(), Written { written: 1, unchanged: 1 });
        assert_eq!(std::fs::read_to_string(out.path().join("y.md")).unwrap(), "new");
        let left: Vec<_> = std::fs::read_dir(out.path().join("a")).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (out, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(other.path(), out.path().join("a")).unwrap();
        let pages = [Page { path: "a/x.md".into(), text: "one".to_owned() }];
        assert!(matches!(write(&pages, out.path()), Err(Error::NotAFolder { .. })));
        std::fs::write(other.path().join("y"), "two").unwrap();
        std::os::unix::fs::symlink(other.path().join("y"), out.path().join("y.md")).unwrap();
        let pages = [Page { path: "y.md".into(), text: "new".to_owned() }];
        write(&pages, out.path()).unwrap();
        assert_eq!(std::fs::read_to_string(other.path().join("y")).unwrap(), "two");
    }
}
