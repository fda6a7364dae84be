//! `escudo fmt`.

use super::args::FmtArgs;
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit};
use crate::diag::{Severity, render};
use crate::format::{Formatter, Outcome, Reason, has_search};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub(super) fn run(args: &FmtArgs, terminal: &Terminal) -> CliResult {
    let workspace = Workspace::open(&args.pack, terminal)?;
    let (pack, sources) = (&workspace.pack, &workspace.sources);
    let formatter = Formatter::new(pack, &workspace.knowledge);
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut changed, mut left, mut all) = (0_usize, 0_usize, 0_usize);
    // A file that cannot be read is no object; its error stands among those of loading.
    for found in workspace.loading.iter().filter(|found| found.severity == Severity::Error) {
        left += 1;
        let _ = writeln!(io::stderr(), "{}", render::one_line(found, sources));
    }
    for (kind, object) in pack.objects() {
        if !has_search(kind) || !pack.is_selected(object.file) {
            continue;
        }
        all += 1;
        let path = sources.file(object.file).path();
        match formatter.file(object, sources) {
            Outcome::Same => {}
            Outcome::Changed(text) => {
                changed += 1;
                if !args.check {
                    write(path, &text)?;
                }
                writeln!(out, "{}", printable(&path.display().to_string()))?;
            }
            Outcome::Left(reason) => {
                left += 1;
                let line = match reason {
                    Reason::Mistake(found) => render::one_line(&found, sources),
                    Reason::Form(reason) => format!("{}: not formatted: {reason}", path.display()),
                };
                let _ = writeln!(io::stderr(), "{}", printable(&line));
            }
        }
    }
    out.flush()?;
    let verb = if args.check { "would change" } else { "changed" };
    let rest = if left > 0 { format!(", {left} left as they are") } else { String::new() };
    terminal.note(&format!("{changed} of {all} files {verb}{rest}"));
    Ok(if left > 0 || (args.check && changed > 0) { Exit::Findings } else { Exit::Ok })
}

/// Replaces a file's content whole or not at all. A symlink stays one; the file keeps its permissions.
pub(super) fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |error: io::Error| CliError::new(format!("`{}` cannot be written: {error}", path.display()));
    let real = path.canonicalize().map_err(failed)?;
    let permissions = fs::metadata(&real).map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err(CliError::new(format!("`{}` cannot be written: it is read-only", path.display())));
    }
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".escudo-").tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.persist(&real).map_err(|error| failed(error.error))?;
    Ok(())
}
