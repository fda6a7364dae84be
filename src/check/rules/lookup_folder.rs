//! `orphan-lookup-file`: files in `lookups/` that belong to no lookup, or are of none of its kinds.

use crate::check::{Around, Findings};
use crate::content::pack::Kind;
use crate::diag::{Diagnostic, codes};
use crate::source::Place;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Folders deeper than this are not entered.
const MAX_DEPTH: usize = 8;

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    // A finding needs a file to stand in: that of the first lookup.
    let own = |file| around.pack.is_own(file);
    let Some(anchor) = around.pack.lookups.iter().map(|it| &it.object).find(|object| own(object.file)) else { return };
    if !super::super::is_selected(around, anchor.file) {
        return;
    }
    let tables: HashSet<PathBuf> =
        around.pack.lookups.iter().filter_map(|lookup| Some(plain(lookup.table.as_ref()?))).collect();
    let mut files = Vec::new();
    list(&around.pack.root.join(Kind::Lookup.folder()), 0, &mut files);
    for path in files {
        let suffix = path.extension().map(|suffix| suffix.to_string_lossy().into_owned()).unwrap_or_default();
        let (message, help) = match suffix.as_str() {
            "yml" | "yaml" | "" => continue,
            "csv" | "mlmodel" if tables.contains(&plain(&path)) => continue,
            "csv" | "mlmodel" => (
                format!("no lookup has the file `{}`", path.display()),
                "add a lookup of the same name beside it, or remove the file",
            ),
            _ => (
                format!("`{}` does not belong into lookups/", path.display()),
                "move it: only .yml, .csv and .mlmodel files are read",
            ),
        };
        let place = anchor.name.whole().unwrap_or(Place { ..anchor.start });
        findings.push(
            Diagnostic::new(codes::ORPHAN_LOOKUP_FILE, message, place)
                .label("found in the folder of this lookup")
                .help(help),
        );
    }
}

/// The path without `.` parts.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        match entry.file_type() {
            _ if hidden => {}
            Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => list(&entry.path(), depth + 1, files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}
