//! `--failed`: the tests that failed in the last run.
//!
//! The last run of each pack is kept in the user's cache folder, in `last-test/<hash of the pack's path>.json`. A run
//! of some of the detections changes only what it says of those.

use crate::replay::dataset::default_cache;
use crate::replay::{Status, TestResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Debug, Default, Deserialize, Serialize)]
struct Last {
    pack: String,
    /// Files of detections of which a test failed, relative to the pack.
    failed: BTreeSet<String>,
}

fn file(pack: &Path, cache: Option<&Path>) -> Option<PathBuf> {
    use sha2::{Digest, Sha256};
    let cache = cache.map(Path::to_owned).or_else(default_cache)?;
    let pack = pack.canonicalize().unwrap_or_else(|_| pack.to_owned());
    let hash = Sha256::digest(pack.to_string_lossy().as_bytes());
    let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let name = format!("{number:016x}");
    Some(cache.join("last-test").join(format!("{name}.json")))
}

/// The files of the detections that failed; `None` if no run is known.
pub(super) fn failed(pack: &Path, cache: Option<&Path>) -> Option<BTreeSet<String>> {
    let text = std::fs::read_to_string(file(pack, cache)?).ok()?;
    serde_json::from_str::<Last>(&text).ok().map(|last| last.failed)
}

/// Keeps what failed in this run. A cache that cannot be written only costs `--failed`.
pub(super) fn keep(pack: &Path, cache: Option<&Path>, results: &[TestResult]) -> Result<(), String> {
    let Some(path) = file(pack, cache) else { return Ok(()) };
    let mut failed = failed(pack, cache).unwrap_or_default();
    let name = |result: &TestResult| result.file.to_string_lossy().replace('\\', "/");
    for result in results {
        failed.remove(&name(result));
    }
    failed.extend(results.iter().filter(|result| matches!(result.status, Status::Fail | Status::Error)).map(name));
    let last = Last { pack: pack.display().to_string(), failed };
    let text = serde_json::to_string_pretty(&last).map_err(|error| error.to_string())?;
    super::super::write_beside(&path, text.as_bytes()).map_err(|error| format!("`{}`: {error}", path.display()))
}
