//! Puts pages on the disk: inside the output folder, whole or not at all, and only what changed.
//!
//! A manifest in the folder (`.escudo-pages`) lists the pages that were written. A page that is listed there and no
//! longer made is removed; a file that is not listed is never touched, unless a page has its name.

use super::{Error, Page};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

/// The list of pages, one path in a line.
const MANIFEST: &str = ".escudo-pages";
/// Its first line.
const HEADER: &str = "# Pages written by escudo docs; files listed here are removed when they are no longer made.";
/// Largest manifest that is read, in bytes.
const LARGEST_MANIFEST: u64 = 64 << 20;

/// What writing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Pages that are new or have changed.
    pub written: usize,
    /// Pages that were on the disk already, byte for byte.
    pub unchanged: usize,
    /// Pages of objects that no longer exist, which were removed.
    pub removed: usize,
}

/// How a folder differs from what would be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// Pages that are not there.
    pub missing: Vec<PathBuf>,
    /// Pages that are there with another text.
    pub changed: Vec<PathBuf>,
    /// Pages that are there and would be removed.
    pub surplus: Vec<PathBuf>,
}

impl Stale {
    /// Whether the folder is up to date.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.surplus.is_empty()
    }
}

/// Names that some system gives a meaning of its own, with any extension.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A page's path as a path inside the output folder; `None` if it could lead out of it or is no portable file name.
pub(super) fn safe_path(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let parts: Option<Vec<&OsStr>> = Path::new(path)
        .components()
        .map(|component| match component {
            Component::Normal(part) if part.to_str().is_some_and(is_portable) => Some(part),
            _ => None,
        })
        .collect();
    let parts = parts?;
    let manifest = parts.len() == 1 && parts[0] == MANIFEST;
    (!parts.is_empty() && !manifest && !path.ends_with('/')).then(|| parts.iter().collect())
}

fn is_portable(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let reserved = RESERVED.contains(&stem.as_str())
        || numbered.is_some_and(|rest| matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"));
    !part.is_empty()
        && part.len() <= 255
        && !reserved
        && !part.ends_with(['.', ' '])
        && !part.eq_ignore_ascii_case(".git")
        && !part.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c))
}

/// Writes pages below a folder, which is made if need be. With `all`, pages that an earlier run wrote and that are not
/// among these are removed.
///
/// Each page is written beside its place and then renamed, so a reader or an interruption never meets half a page. A
/// folder below `out` that is a symbolic link is refused: it may lead anywhere.
pub(super) fn write(pages: &[Page], out: &Path, all: bool) -> Result<Written, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    std::fs::create_dir_all(out).map_err(failed(out))?;
    let old = manifest(out);
    let changed: Vec<&Page> = pages.par_iter().filter(|page| !is_same(&out.join(&page.path), &page.text)).collect();
    let folders: BTreeSet<&Path> = changed.iter().filter_map(|page| page.path.parent()).collect();
    for folder in folders {
        make_folder(out, folder)?;
    }
    // Before the pages: an interruption must not leave pages that no manifest knows.
    let new: BTreeSet<PathBuf> = pages.iter().map(|page| page.path.clone()).collect();
    let known: BTreeSet<PathBuf> = old.union(&new).cloned().collect();
    write_manifest(out, &known, &old)?;
    changed.par_iter().try_for_each(|page| replace(out, &page.path, page.text.as_bytes()))?;
    let mut removed = 0;
    if all {
        for path in old.difference(&new) {
            removed += usize::from(remove(out, path)?);
        }
        write_manifest(out, &new, &known)?;
    }
    Ok(Written { written: changed.len(), unchanged: pages.len() - changed.len(), removed })
}

/// Compares a folder with what would be written, and writes nothing.
pub(super) fn stale(pages: &[Page], out: &Path, all: bool) -> Stale {
    let mut stale = Stale::default();
    let different = pages.par_iter().filter(|page| !is_same(&out.join(&page.path), &page.text));
    for page in different.collect::<Vec<_>>() {
        let there = std::fs::symlink_metadata(out.join(&page.path)).is_ok();
        if there { &mut stale.changed } else { &mut stale.missing }.push(page.path.clone());
    }
    if all {
        let new: BTreeSet<PathBuf> = pages.iter().map(|page| page.path.clone()).collect();
        let surplus = manifest(out).into_iter().filter(|path| !new.contains(path));
        stale.surplus = surplus.filter(|path| is_own_file(out, path)).collect();
    }
    stale
}

/// The pages that an earlier run wrote. Lines that name no page inside the folder are ignored.
fn manifest(out: &Path) -> BTreeSet<PathBuf> {
    let path = out.join(MANIFEST);
    let readable = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_MANIFEST);
    let text = if readable { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(safe_path).collect()
}

fn write_manifest(out: &Path, pages: &BTreeSet<PathBuf>, old: &BTreeSet<PathBuf>) -> Result<(), Error> {
    if pages == old && out.join(MANIFEST).is_file() {
        return Ok(());
    }
    let mut text = format!("{HEADER}\n");
    for page in pages {
        text.push_str(&page.to_string_lossy().replace('\\', "/"));
        text.push('\n');
    }
    replace(out, Path::new(MANIFEST), text.as_bytes())
}

/// Writes a file beside its place and renames it.
fn replace(out: &Path, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let target = out.join(path);
    let failed = |source| Error::Write { path: target.clone(), source };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".escudo-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any program makes files: the process's umask takes away what it must.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(target.parent().unwrap_or(out)).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Whether a listed page is a file that no symbolic link leads to.
fn is_own_file(out: &Path, path: &Path) -> bool {
    let mut folder = out.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if !std::fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_dir()) {
            return false;
        }
    }
    std::fs::symlink_metadata(out.join(path)).is_ok_and(|meta| meta.is_file())
}

/// Removes a page, and the folders that are empty without it.
fn remove(out: &Path, path: &Path) -> Result<bool, Error> {
    if !is_own_file(out, path) {
        return Ok(false);
    }
    let target = out.join(path);
    std::fs::remove_file(&target).map_err(|source| Error::Write { path: target, source })?;
    let mut folder = path.parent();
    while let Some(inner) = folder.filter(|inner| !inner.as_os_str().is_empty()) {
        if std::fs::remove_dir(out.join(inner)).is_err() {
            break;
        }
        folder = inner.parent();
    }
    Ok(true)
}

fn is_same(target: &Path, text: &str) -> bool {
    let regular = std::fs::symlink_metadata(target).is_ok_and(|meta| meta.is_file() && meta.len() == text.len() as u64);
    regular && std::fs::read(target).is_ok_and(|old| old == text.as_bytes())
}

/// Makes the folders of a page one by one, none of them through a symbolic link.
fn make_folder(out: &Path, inner: &Path) -> Result<(), Error> {
    let mut folder = out.to_owned();
    for part in inner.components() {
        folder.push(part);
        match std::fs::symlink_metadata(&folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(Error::NotAFolder { path: folder }),
            Err(_) => {
                std::fs::create_dir(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        Page { path: path.into(), text: text.to_owned() }
    }

    #[test]
    fn paths_stay_inside() {
        for path in ["a.md", "a/b.md", "./a.md", "a b/ä.md", "a//b.md", "com.md", "console.md", ".gitignore"] {
            assert!(safe_path(path).is_some(), "{path}");
        }
        for path in [
            "",
            "/",
            "/a",
            "..",
            "a/../b",
            "../a",
            "a/",
            "a\\b",
            "C:a",
            "a\nb",
            "a\0b",
            "./",
            "a|b",
            "nul",
            "a/Con.md",
            "LPT1.txt",
            "a.",
            "a ./b",
            ".git/config",
            ".escudo-pages",
        ] {
            assert!(safe_path(path).is_none(), "{path}");
        }
        assert!(safe_path(&"x".repeat(300)).is_none());
    }

    #[test]
    fn only_what_changed_is_written_and_only_own_pages_are_removed() {
        let out = tempfile::tempdir().unwrap();
        let at = |path: &str| out.path().join(path);
        let first = [page("a/x.md", "one"), page("y.md", "two"), page("b/c/z.md", "three")];
        assert_eq!(write(&first, out.path(), true).unwrap(), Written { written: 3, ..Written::default() });
        std::fs::write(at("a/theirs.md"), "mine").unwrap();
        let time = std::fs::metadata(at("a/x.md")).unwrap().modified().unwrap();

        let second = [page("a/x.md", "one"), page("y.md", "new")];
        let stale_now = stale(&second, out.path(), true);
        assert_eq!((stale_now.changed, stale_now.surplus), (vec!["y.md".into()], vec!["b/c/z.md".into()]));
        // A run over a part of the pack removes nothing.
        assert!(stale(&second[..1], out.path(), false).is_empty());
        assert_eq!(write(&second[..1], out.path(), false).unwrap().removed, 0);

        assert_eq!(write(&second, out.path(), true).unwrap(), Written { written: 1, unchanged: 1, removed: 1 });
        assert_eq!(std::fs::read_to_string(at("y.md")).unwrap(), "new");
        assert!(!at("b").exists() && at("a/theirs.md").exists());
        assert_eq!(std::fs::metadata(at("a/x.md")).unwrap().modified().unwrap(), time);
        assert_eq!(std::fs::read_dir(at("a")).unwrap().count(), 2, "no temporary file is left");
        assert!(stale(&second, out.path(), true).is_empty());
        assert_eq!(stale(&first, out.path(), true).missing, [PathBuf::from("b/c/z.md")]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (out, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(other.path(), out.path().join("a")).unwrap();
        assert!(matches!(write(&[page("a/x.md", "one")], out.path(), true), Err(Error::NotAFolder { .. })));
        std::fs::write(other.path().join("y"), "two").unwrap();
        std::os::unix::fs::symlink(other.path().join("y"), out.path().join("y.md")).unwrap();
        // A manifest that someone else wrote cannot make files elsewhere go away.
        std::fs::write(out.path().join(MANIFEST), "a/y\n../y\n/etc/passwd\ny.md\n").unwrap();
        write(&[page("z.md", "new")], out.path(), true).unwrap();
        assert!(other.path().join("y").exists() && out.path().join("y.md").exists());
        write(&[page("y.md", "new")], out.path(), true).unwrap();
        assert_eq!(std::fs::read_to_string(other.path().join("y")).unwrap(), "two");
    }
}
