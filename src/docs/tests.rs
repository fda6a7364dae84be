//! Pages of made-up and hostile packs, and of the project's own.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn the_layouts_of_the_program_load() {
    assert_eq!(Layout::names(), ["jekyll", "markdown"]);
    for name in Layout::names() {
        Layout::builtin(name).unwrap();
    }
    assert!(matches!(Layout::builtin("../src"), Err(Error::UnknownLayout { .. })));
}
