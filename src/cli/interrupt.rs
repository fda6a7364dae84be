//! Ctrl-C: the first one asks the work to end with what it has, the second one ends the program.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the first Ctrl-C sets (or a request to terminate). Listening begins with the first call.
pub(super) fn flag() -> Arc<AtomicBool> {
    static FLAG: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let ours = flag.clone();
        // Where no handler can be set, Ctrl-C ends the program at once, as usual.
        let _ = ctrlc::set_handler(move || {
            if ours.swap(true, Ordering::Relaxed) {
                std::process::exit(super::Exit::Interrupted as i32);
            }
        });
        flag
    });
    FLAG.clone()
}
