//! `escudo check --watch`: checks again whenever a file of the pack is saved.

use super::args::CheckArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult, check};
use notify::{RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Editors write a file in several steps; what comes within this time belongs together.
const SETTLE: Duration = Duration::from_millis(15);

/// Runs until it is interrupted, or the folder goes away.
pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> CliResult {
    let (sender, receiver) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && (event.kind.is_modify() || event.kind.is_create() || event.kind.is_remove())
        {
            // A closed channel means that the program ends.
            let _ = sender.send(event.paths);
        }
    })
    .map_err(|error| CliError::new(format!("files cannot be watched: {error}")))?;
    for path in &args.pack.pack {
        let watched = folder_of(path);
        watcher
            .watch(&watched, RecursiveMode::Recursive)
            .map_err(|error| CliError::new(format!("`{}` cannot be watched: {error}", watched.display())))?;
    }
    loop {
        terminal.clear();
        // A pack that cannot be loaded just now may be loaded after the next save.
        match check::once(args, terminal, None) {
            Err(CliError::Message(message)) => terminal.note(&message),
            Err(CliError::OutputClosed) => return Err(CliError::OutputClosed),
            Ok(_) => {}
        }
        terminal.note("waiting for changes; end with Ctrl-C");
        loop {
            let Ok(mut changed) = receiver.recv() else { return Ok(super::Exit::Ok) };
            while let Ok(more) = receiver.recv_timeout(SETTLE) {
                changed.extend(more);
            }
            if changed.iter().any(|path| matters(path)) {
                break;
            }
        }
    }
}

/// The pack around a path is watched as far as it is known: a macro may change as well as a detection.
fn folder_of(path: &Path) -> PathBuf {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let is_pack = |folder: &&Path| folder.join("contentctl.yml").is_file() || folder.join("detections").is_dir();
    real.ancestors().find(is_pack).map_or_else(|| real.clone(), Path::to_owned)
}

/// Whether a check can depend on a file; editors leave other files beside.
fn matters(path: &Path) -> bool {
    let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && matches!(suffix, "yml" | "yaml" | "csv" | "json" | "toml" | "mlmodel")
}
