//! Where knowledge objects come from: the built-in pack, and a user's own Splunk apps.
//!
//! An app is a folder with `default` and `local` (conf files, `data/models/*.json`) and `lookups` (tables). A folder of
//! apps counts as each of them, in the order of their names. An archive (`.spl`, `.tgz`, `.tar.gz`, `.tar`) is an app or
//! a folder of apps that is packed; it is read into memory and never unpacked to the disk.

use include_dir::{Dir, include_dir};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/knowledge");

/// How the paths of built-in files begin in messages.
pub(super) const BUILTIN_LABEL: &str = "builtin:";

/// A file of an app that is larger is refused. The largest real lookup tables have some 50 MB.
const MAX_FILE: u64 = 128 << 20;
/// All files of one archive together.
const MAX_ARCHIVE: u64 = 512 << 20;
/// Entries of one archive.
const MAX_ENTRIES: usize = 100_000;

/// An app could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The folder or a file in it cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing of an app in it.
    #[error("`{}` holds no app: neither it nor a folder in it has `default` or `local`", .0.display())]
    NoApp(PathBuf),
    /// Too large.
    #[error("`{}` is too large to read", .0.display())]
    TooLarge(PathBuf),
}

/// The text of a file that is read when it is needed.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Embedded(&'static [u8]),
    Memory(Vec<u8>),
    Disk(PathBuf),
}

impl Content {
    /// The bytes, bounded in size.
    pub(super) fn read(&self) -> Result<Vec<u8>, AppError> {
        match self {
            Self::Embedded(bytes) => Ok(bytes.to_vec()),
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Disk(path) => {
                let io = |source| AppError::Io { path: path.clone(), source };
                let file = std::fs::File::open(path).map_err(io)?;
                let mut bytes = Vec::new();
                file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
                if bytes.len() as u64 > MAX_FILE {
                    return Err(AppError::TooLarge(path.clone()));
                }
                Ok(bytes)
            }
        }
    }
}

/// The files of one app, by their path in it with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct App {
    /// How the files are called in messages: this, then the path.
    pub(super) name: String,
    pub(super) files: BTreeMap<String, Content>,
}

impl App {
    /// The data models of a layer (`default` or `local`), in the order of their names: stem, content.
    pub(super) fn models(&self, layer: &str) -> impl Iterator<Item = (&str, &str, &Content)> {
        let prefix = format!("{layer}/data/models/");
        self.files.iter().filter_map(move |(path, content)| {
            let stem = path.strip_prefix(&prefix)?.strip_suffix(".json")?;
            Some((path.as_str(), stem, content))
        })
    }
}

/// Whether a file matters. Others (scripts, pages, icons) are not even listed.
fn wanted(path: &str) -> bool {
    let conf = |layer: &str| {
        path.strip_prefix(layer).is_some_and(|name| {
            matches!(name, "props.conf" | "transforms.conf" | "eventtypes.conf" | "tags.conf" | "macros.conf")
                || name.starts_with("data/models/")
        })
    };
    conf("default/") || conf("local/") || path.starts_with("lookups/")
}

/// The apps of the built-in pack, in the order of their names.
pub(super) fn builtin() -> Vec<App> {
    fn walk(dir: &'static Dir<'static>, files: &mut Vec<(String, Content)>) {
        for file in dir.files() {
            if let Some(path) = file.path().to_str() {
                files.push((path.replace('\\', "/"), Content::Embedded(file.contents())));
            }
        }
        dir.dirs().for_each(|dir| walk(dir, files));
    }
    let mut files = Vec::new();
    walk(&BUILTIN, &mut files);
    split(BUILTIN_LABEL, files)
}

/// Makes apps of files whose paths begin with the folder of the app, or not, if there is but one app.
fn split(name: &str, files: Vec<(String, Content)>) -> Vec<App> {
    let mut apps: BTreeMap<String, App> = BTreeMap::new();
    for (path, content) in files {
        let (folder, rest) = match path.split_once('/') {
            _ if wanted(&path) => ("", path.as_str()),
            Some((folder, rest)) if wanted(rest) => (folder, rest),
            _ => continue,
        };
        let label = if folder.is_empty() { name.to_owned() } else { format!("{name}{folder}/") };
        let app = apps.entry(folder.to_owned()).or_insert_with(|| App { name: label, files: BTreeMap::new() });
        app.files.insert(rest.to_owned(), content);
    }
    apps.into_values().collect()
}

/// The apps that a path of the user names.
pub(super) fn open(path: &Path) -> Result<Vec<App>, AppError> {
    let io = |source| AppError::Io { path: path.to_owned(), source };
    let files = if std::fs::metadata(path).map_err(io)?.is_dir() { folder(path)? } else { archive(path)? };
    let label = format!("{}/", path.display().to_string().trim_end_matches('/'));
    let apps = split(&label, files);
    if apps.is_empty() { Err(AppError::NoApp(path.to_owned())) } else { Ok(apps) }
}

fn folder(root: &Path) -> Result<Vec<(String, Content)>, AppError> {
    let mut files = Vec::new();
    let mut open = vec![(root.to_owned(), String::new(), 0_u8)];
    // Links may form a ring; real paths are visited once.
    let mut seen = BTreeSet::new();
    while let Some((dir, prefix, depth)) = open.pop() {
        let io = |source| AppError::Io { path: dir.clone(), source };
        if depth > 5 || !seen.insert(std::fs::canonicalize(&dir).map_err(io)?) {
            continue;
        }
        for entry in std::fs::read_dir(&dir).map_err(io)? {
            let entry = entry.map_err(io)?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let (path, inside) = (entry.path(), format!("{prefix}{name}"));
            if path.is_dir() {
                open.push((path, format!("{inside}/"), depth + 1));
            } else {
                files.push((inside, Content::Disk(path)));
            }
        }
    }
    Ok(files)
}

fn archive(path: &Path) -> Result<Vec<(String, Content)>, AppError> {
    let io = |source| AppError::Io { path: path.to_owned(), source };
    let mut file = std::fs::File::open(path).map_err(io)?;
    let mut head = [0; 2];
    let packed = file.read(&mut head).map_err(io)? == 2 && head == [0x1f, 0x8b];
    let file = std::fs::File::open(path).map_err(io)?;
    let reader: Box<dyn Read> = if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut files = Vec::new();
    let mut left = MAX_ARCHIVE;
    let mut tar = tar::Archive::new(reader.take(4 * MAX_ARCHIVE));
    for (count, entry) in tar.entries().map_err(io)?.enumerate() {
        let entry = entry.map_err(io)?;
        if count >= MAX_ENTRIES {
            return Err(AppError::TooLarge(path.to_owned()));
        }
        let name =
            entry.path().ok().and_then(|name| name.to_str().map(|name| name.trim_start_matches("./").to_owned()));
        let Some(name) = name.filter(|_| entry.header().entry_type().is_file()) else { continue };
        let inner = name.split_once('/').map_or("", |(_, rest)| rest);
        if !wanted(&name) && !wanted(inner) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(left.min(MAX_FILE) + 1).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > left.min(MAX_FILE) {
            return Err(AppError::TooLarge(path.to_owned()));
        }
        left -= bytes.len() as u64;
        files.push((name, Content::Memory(bytes)));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_is_an_app_or_holds_apps() {
        let root = tempfile::tempdir().unwrap();
        for path in ["two/default/props.conf", "one/local/props.conf", "one/lookups/a.csv", "one/bin/x.py", "README"] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let apps = open(root.path()).unwrap();
        let paths: Vec<Vec<&str>> = apps.iter().map(|app| app.files.keys().map(String::as_str).collect()).collect();
        assert_eq!(paths, [vec!["local/props.conf", "lookups/a.csv"], vec!["default/props.conf"]]);
        assert_eq!(open(&root.path().join("two")).unwrap().len(), 1);
        assert!(matches!(open(&root.path().join("one/bin")), Err(AppError::NoApp(_))));
        assert!(matches!(open(&root.path().join("absent")), Err(AppError::Io { .. })));
    }

    #[test]
    fn an_archive_is_read_in_memory() {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        tar.append_data(&mut header, "my_app/default/props.conf", &b"[a]\nb"[..]).unwrap();
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("my_app.spl");
        std::fs::write(&path, tar.into_inner().unwrap().finish().unwrap()).unwrap();
        let apps = open(&path).unwrap();
        assert_eq!(apps.len(), 1);
        assert_eq!(apps[0].files["default/props.conf"].read().unwrap(), b"[a]\nb");
    }
}
