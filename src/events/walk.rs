//! Which files of a folder are read.

use super::note::{NoteKind, Notes};
use std::fs;
use std::path::{Path, PathBuf};

/// Endings of files that lie next to logs and are none. Sorted.
const NO_LOGS: &[&str] = &[
    "bat", "bmp", "cfg", "conf", "css", "dll", "doc", "docx", "exe", "gif", "html", "ico", "ipynb", "jpeg", "jpg",
    "js", "md", "pcap", "pcapng", "pdf", "png", "pptx", "ps1", "psm1", "py", "rb", "rs", "sh", "sha256", "svg", "toml",
    "ttf", "xlsx", "yaml", "yml",
];

/// Folders inside each other.
const MAX_DEPTH: usize = 64;

/// The files under a folder that may be logs, sorted by path. Hidden files and folders are left out silently, links to
/// folders (which could lead in circles) and files that are no logs by their name with a note.
pub(super) fn files(folder: &Path, max_files: usize, notes: &Notes) -> Vec<PathBuf> {
    let mut found = Vec::new();
    visit(folder, 0, max_files, &mut found, notes);
    found
}

fn visit(folder: &Path, depth: usize, max_files: usize, found: &mut Vec<PathBuf>, notes: &Notes) {
    if depth > MAX_DEPTH {
        notes.push(NoteKind::Skipped, folder, "too many folders inside each other");
        return;
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            notes.push(NoteKind::Damaged, folder, format!("the folder cannot be read: {error}"));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
            continue;
        }
        if found.len() >= max_files {
            notes.push(NoteKind::Skipped, folder, format!("only the first {max_files} files are read"));
            return;
        }
        let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() && is_link => notes.push(NoteKind::Skipped, &path, "a link to a folder"),
            Ok(meta) if meta.is_dir() => visit(&path, depth + 1, max_files, found, notes),
            Ok(meta) if !meta.is_file() => notes.push(NoteKind::Skipped, &path, "no regular file"),
            Ok(_) if is_no_log(&path) => notes.push(NoteKind::Skipped, &path, "no log, by its name"),
            Ok(_) => found.push(path),
            Err(error) => notes.push(NoteKind::Damaged, &path, format!("the file cannot be read: {error}")),
        }
    }
}

fn is_no_log(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    NO_LOGS.binary_search(&ending.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn endings_are_sorted() {
        assert!(super::NO_LOGS.is_sorted());
    }
}
