//! Tells cargo what the program embeds: without this, a change of a conf file or a template would not be compiled in.

fn main() {
    for folder in ["knowledge", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
