//! Ctrl-C: the first one ends the reading of events, and the command goes on with what it has; a second one within two
//! seconds ends the program.

use crate::replay::{interrupt, interrupts};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Listens to Ctrl-C and requests to terminate. Where that cannot be done, they end the program at once, as usual.
pub(super) fn listen() {
    let last: Mutex<Option<Instant>> = Mutex::new(None);
    let _ = ctrlc::try_set_handler(move || {
        let now = Instant::now();
        let again = last.lock().is_ok_and(|mut last| {
            let before = last.replace(now);
            before.is_some_and(|before| now.duration_since(before) < Duration::from_secs(2))
        });
        if again {
            std::process::exit(super::Exit::Interrupted as i32);
        }
        interrupt();
    });
}

/// Whether there was a Ctrl-C.
pub(super) fn came() -> bool {
    interrupts() > 0
}
