//! What takes how long. `cargo bench`; docs/performance.md says how to read it.
//!
//! Every bench checks its result, so that none becomes fast by doing nothing.

#![allow(clippy::expect_used, reason = "a bench that cannot run should stop")]

mod cpu;
mod events;
mod fields;
mod language;
mod logs;
mod packs;
#[path = "../shared/mod.rs"]
mod shared;
mod site;

fn main() {
    if std::env::args().nth(1).is_some_and(|argument| argument == "cpu") {
        cpu::report();
    } else {
        divan::main();
    }
}
