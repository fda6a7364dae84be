//! Reading data files that pages are enriched with: bounded, plain or packed with gzip, one file or a folder.

use super::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Largest data file, unpacked: the whole ATT&CK bundle has some 50 MB, a yearly CVE feed some 100 MB.
const LARGEST: u64 = 1 << 30;
/// Most files of a folder.
const MOST_FILES: usize = 500_000;
/// Endings of JSON files in lower case.
const ENDINGS: &[&str] = &[".json", ".json.gz"];
/// Deepest folder.
const DEEPEST: usize = 12;

/// The file itself, or the JSON files below a folder, sorted; symbolic links to folders are not followed.
pub(super) fn json_files(path: &Path, what: &'static str) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let failed = |source| Error::Read { what, path: folder.clone(), source };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
            let name = entry.file_name().to_string_lossy().to_lowercase();
            if kind.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if !kind.is_dir() && (ENDINGS.iter().any(|ending| name.ends_with(ending))) {
                files.push(path);
            }
        }
        if files.len() > MOST_FILES {
            let reason = format!("it holds more than {MOST_FILES} files");
            return Err(Error::Data { what, path: path.to_owned(), reason });
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a file; gzip is told by its first bytes.
pub(super) fn text(path: &Path, what: &'static str) -> Result<String, Error> {
    let failed = |source| Error::Read { what, path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(LARGEST).read_to_end(&mut unpacked).map_err(failed)?;
        bytes = unpacked;
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// A JSON file.
pub(super) fn json(path: &Path, what: &'static str) -> Result<serde_json::Value, Error> {
    let wrong = |error: serde_json::Error| Error::Data { what, path: path.to_owned(), reason: error.to_string() };
    serde_json::from_str(&text(path, what)?).map_err(wrong)
}
