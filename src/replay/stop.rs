//! The end of reading at the user's wish.
//!
//! Ctrl-C reaches the whole process, so the wish is one of the process. Whatever reads events when it comes ends as if the
//! input ended there; what begins to read later does not notice.

use std::sync::atomic::{AtomicUsize, Ordering};

static WISHES: AtomicUsize = AtomicUsize::new(0);

/// Ends everything that reads events now. May be called from any thread.
pub fn interrupt() {
    WISHES.fetch_add(1, Ordering::Relaxed);
}

/// How often [`interrupt`] was called.
pub fn interrupts() -> usize {
    WISHES.load(Ordering::Relaxed)
}
