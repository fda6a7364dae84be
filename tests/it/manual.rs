//! The manual's reference pages say what the registries say.

use std::fs;
use std::path::Path;

#[test]
fn the_reference_pages_are_up_to_date() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs"));
    for (name, text) in escudo::manual::pages() {
        let path = folder.join(name);
        if std::env::var_os("ESCUDO_BLESS").is_some() {
            fs::write(&path, &text).expect("the page is written");
        }
        let stored = fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "docs/{name} is out of date: run `ESCUDO_BLESS=1 cargo test --test it manual`");
    }
}
