//! Committed scores: what the program makes of the corpus, as text that is reviewed like code.

use std::fs;
use std::path::PathBuf;

/// Compares a score with the committed one under `tests/corpus`; with `ESCUDO_BLESS` set, rewrites it instead.
pub(crate) fn compare(name: &str, score: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name);
    if std::env::var_os("ESCUDO_BLESS").is_some() {
        fs::write(&path, score).expect("the score can be written");
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, score, "the score changed; run with ESCUDO_BLESS=1 and review the difference");
}
