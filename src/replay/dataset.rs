//! From the `data` of a test to a file on this computer.
//!
//! A test names its data as a URL into the public collection (`https://.../datasets/<path>`) or as a path. In this order:
//! a file of that path next to the pack or in the current folder; the file behind `datasets/` in the user's data
//! folders; the cache; a download.

use super::download::Downloader;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use super::download::Progress;

/// Largest download, in bytes, unless set otherwise.
const MAX_DOWNLOAD: u64 = 4 << 30;

/// The result of looking for a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The file, or a folder of files.
    Path(PathBuf),
    /// Why there is none: an end of the sentence "the data is not available: ".
    NotAvailable(String),
}

/// Finds data sets.
#[derive(Clone, Default)]
pub struct Finder {
    /// The folder of the pack: relative paths are tried there first.
    pub pack: Option<PathBuf>,
    /// Folders that hold `datasets/...`, or are themselves that folder. Tried in order.
    pub data: Vec<PathBuf>,
    /// Nothing is downloaded; what was downloaded before is still used.
    pub offline: bool,
    /// Where downloads are kept; by default [`default_cache`]. Without any, nothing is downloaded.
    pub cache: Option<PathBuf>,
    /// Largest download in bytes; 4 GiB by default.
    pub max_download: Option<u64>,
    /// Told about the progress of downloads.
    pub progress: Option<Arc<dyn Progress>>,
}

impl Finder {
    /// Looks for the data that a test names. Downloads it if that is the only way, and allowed.
    pub fn find(&self, data: &str) -> Found {
        let data = data.trim();
        if data.is_empty() {
            return Found::NotAvailable("the test names no data".to_owned());
        }
        let url = is_url(data);
        if !url && let Some(path) = self.local(data) {
            return checked(path);
        }
        if let Some(path) = self.in_data_folders(data) {
            return checked(path);
        }
        if !url {
            return Found::NotAvailable(format!("there is no file `{data}`"));
        }
        self.downloaded(data)
    }

    /// A path as the author wrote it: as it is if absolute, else next to the pack or in the current folder.
    fn local(&self, data: &str) -> Option<PathBuf> {
        let path = Path::new(data.strip_prefix("file://").unwrap_or(data));
        if path.is_absolute() {
            return path.exists().then(|| path.to_owned());
        }
        let pack = self.pack.iter().map(|pack| pack.join(path));
        pack.chain([path.to_owned()]).find(|path| path.exists())
    }

    fn in_data_folders(&self, data: &str) -> Option<PathBuf> {
        let inside = path_in_collection(data)?;
        self.data.iter().find_map(|folder| {
            let ways = [folder.join("datasets").join(&inside), folder.join(&inside)];
            ways.into_iter().find(|path| path.exists())
        })
    }

    fn downloaded(&self, url: &str) -> Found {
        let Some(cache) = self.cache.clone().or_else(default_cache) else {
            return Found::NotAvailable("there is no folder for downloads; set ESCUDO_CACHE".to_owned());
        };
        let Some(inside) = path_of_url(url) else {
            return Found::NotAvailable(format!("`{url}` names no file"));
        };
        let target = cache.join("datasets").join(inside);
        if target.is_file() {
            return checked(target);
        }
        if self.offline {
            return Found::NotAvailable("it would have to be downloaded, and that is switched off".to_owned());
        }
        let limit = self.max_download.unwrap_or(MAX_DOWNLOAD);
        let downloader = Downloader { limit, progress: self.progress.as_deref() };
        match downloader.fetch(url, &target) {
            Ok(()) => checked(target),
            Err(reason) => Found::NotAvailable(reason),
        }
    }
}

fn is_url(data: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| data.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))
}

/// The part of a path or URL behind the first `datasets/`, cleaned of query and fragment; `None` if there is no such
/// part or it leads outside of the folder.
fn path_in_collection(data: &str) -> Option<PathBuf> {
    let data = if is_url(data) { data.split(['?', '#']).next().unwrap_or(data) } else { data };
    let at = data.find("/datasets/").map(|at| at + 1).or_else(|| data.starts_with("datasets/").then_some(0))?;
    relative(&percent_decoded(&data[at + "datasets/".len()..]))
}

/// Where a download is kept: under its host and path, so that equal names of different places stay apart.
fn path_of_url(url: &str) -> Option<PathBuf> {
    let (_, rest) = url.split_once("://")?;
    let path = relative(&percent_decoded(rest.split(['?', '#']).next()?))?;
    (path.components().count() > 1).then_some(path)
}

/// A path made of plain names only: nothing absolute, no `..`, no drive.
fn relative(text: &str) -> Option<PathBuf> {
    let text = text.trim_end_matches('/');
    if text.is_empty() || text.contains(['\\', '\0']) {
        return None;
    }
    let mut path = PathBuf::new();
    for part in Path::new(text).components() {
        match part {
            // A colon is a port in a host's name, and a drive or stream on Windows.
            Component::Normal(name) => path.push(name.to_str()?.replace(':', "_")),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!path.as_os_str().is_empty()).then_some(path)
}

/// `%20` and its kin decoded; what is no escape stays.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let hex = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A file is data unless it is a pointer that Git LFS left in its place.
fn checked(path: PathBuf) -> Found {
    if path.is_file() {
        let mut head = Vec::new();
        let read = fs::File::open(&path).and_then(|file| file.take(64).read_to_end(&mut head));
        if let Err(error) = read {
            return Found::NotAvailable(format!("`{}` cannot be read: {error}", path.display()));
        }
        if is_lfs_pointer(&head) {
            let text = "is a Git LFS pointer, not the data itself; `git lfs pull` fetches it";
            return Found::NotAvailable(format!("`{}` {text}", path.display()));
        }
    }
    Found::Path(path)
}

/// Whether a file's beginning is that of a Git LFS pointer.
pub(super) fn is_lfs_pointer(head: &[u8]) -> bool {
    head.starts_with(b"version https://git-lfs")
}

/// The folder for downloads: `ESCUDO_CACHE`, else `escudo` in `XDG_CACHE_HOME`, else in `.cache` of the home folder
/// (`LOCALAPPDATA` on Windows).
pub fn default_cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("ESCUDO_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("escudo")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/escudo")))
        .or_else(|| folder("LOCALAPPDATA").map(|local| local.join("escudo")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn paths_in_the_collection() {
        let table = [
            ("https://example.org/lab/raw/main/datasets/a/b.log", Some("a/b.log")),
            ("https://example.org/datasets/a%20b/c.log?raw=true#x", Some("a b/c.log")),
            ("datasets/a/b.log", Some("a/b.log")),
            ("https://example.org/datasets/a/datasets/b.log", Some("a/datasets/b.log")),
            ("https://example.org/datasets/../../etc/passwd", None),
            ("https://example.org/datasets/%2e%2e/x", None),
            ("https://example.org/datasets/a/%2e%2e/%2e%2e/x", None),
            ("https://example.org/datasets//etc/passwd", None),
            ("https://example.org/datasets/a\\..\\b", None),
            ("https://example.org/datasets/", None),
            ("https://example.org/a.log", None),
        ];
        for (data, wanted) in table {
            assert_eq!(path_in_collection(data), wanted.map(PathBuf::from), "{data}");
        }
        assert_eq!(path_of_url("http://127.0.0.1:80/a/b?c"), Some(PathBuf::from("127.0.0.1_80/a/b")));
        assert_eq!(path_of_url("http://127.0.0.1/"), None);
    }

    #[test]
    fn local_files_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let in_pack = write("pack/data/a.log", "x");
        let in_data = write("data/datasets/t/b.log", "x");
        let pointer = write("data/datasets/t/p.log", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        let finder = Finder {
            pack: Some(folder.path().join("pack")),
            data: vec![folder.path().join("data")],
            offline: true,
            cache: Some(folder.path().join("cache")),
            ..Finder::default()
        };
        assert_eq!(finder.find("data/a.log"), Found::Path(in_pack));
        assert_eq!(finder.find("https://example.org/x/datasets/t/b.log"), Found::Path(in_data.clone()));
        let inner = Finder { data: vec![folder.path().join("data/datasets")], ..finder.clone() };
        assert_eq!(inner.find("https://example.org/x/datasets/t/b.log"), Found::Path(in_data));
        let why = |finder: &Finder, data: &str| match finder.find(data) {
            Found::Path(path) => format!("found {}", path.display()),
            Found::NotAvailable(reason) => reason,
        };
        let text = format!("`{}` is a Git LFS pointer", pointer.display());
        assert!(why(&finder, "https://example.org/datasets/t/p.log").starts_with(&text));
        assert!(why(&finder, "https://example.org/datasets/t/none.log").contains("switched off"));
        assert_eq!(why(&finder, "data/none.log"), "there is no file `data/none.log`");
        assert_eq!(why(&finder, " "), "the test names no data");
    }
}
