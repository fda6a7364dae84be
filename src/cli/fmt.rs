//! `escudo fmt`.

use super::args::FmtArgs;
use super::terminal::{Terminal, printable};
use super::workspace::{self, Workspace};
use super::{CliError, CliResult, Exit, check};
use crate::content::pack::Pack;
use crate::diag::{Severity, render};
use crate::format::{Formatter, Outcome, Reason, has_search};
use crate::source::{Located, Place, Sources, Span};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub(super) fn run(args: &FmtArgs, terminal: &Terminal) -> CliResult {
    if let Some(path) = &args.stdin_filename {
        return file_of_input(path, args, terminal);
    }
    if args.pack.pack == [Path::new("-")] {
        return search_of_input(args, terminal);
    }
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

/// A search alone, from standard input to standard output. Its macros are those of apps and of `--with`; others are left
/// as they stand.
fn search_of_input(args: &FmtArgs, terminal: &Terminal) -> CliResult {
    let text = check::input(Path::new("-"))?;
    let known = &args.pack.known;
    let (pack, knowledge, mut sources);
    if known.with.is_empty() {
        knowledge = workspace::knowledge(known, terminal)?;
        sources = knowledge.sources().clone();
        pack = Pack::default();
    } else {
        let workspace = Workspace::load(&known.with, known, terminal)?;
        (pack, knowledge, sources) = (workspace.pack, workspace.knowledge, workspace.sources);
    }
    let file = sources.add("-", text.as_str());
    let search = Located::verbatim(text.as_str(), Place { file, span: Span::new(0, text.len()) });
    let result = Formatter::new(&pack, &knowledge).search(&search);
    finish(result.map(|new| new + "\n"), &text, args, &sources)
}

/// A file of a pack, from standard input to standard output.
fn file_of_input(path: &Path, args: &FmtArgs, terminal: &Terminal) -> CliResult {
    let overlay = check::overlay(path)?;
    let workspace = Workspace::open_with(&args.pack, Some(&overlay), terminal)?;
    let (pack, sources) = (&workspace.pack, &workspace.sources);
    if let Some(found) = workspace.loading.iter().find(|found| found.severity == Severity::Error) {
        return finish(Err(Reason::Mistake(Box::new(found.clone()))), &overlay.text, args, sources);
    }
    let object = pack.objects().find(|(kind, object)| has_search(*kind) && pack.is_selected(object.file));
    let outcome =
        object.map_or(Outcome::Same, |(_, object)| Formatter::new(pack, &workspace.knowledge).file(object, sources));
    let result = match outcome {
        Outcome::Same => Ok(overlay.text.clone()),
        Outcome::Changed(text) => Ok(text),
        Outcome::Left(reason) => Err(reason),
    };
    finish(result, &overlay.text, args, sources)
}

/// Writes what became of standard input: a text that is left as it is comes out as it was, so that an editor loses
/// nothing.
fn finish(result: Result<String, Reason>, before: &str, args: &FmtArgs, sources: &Sources) -> CliResult {
    let mut out = io::stdout().lock();
    let (text, exit) = match result {
        Ok(text) => {
            let exit = if args.check && text != before { Exit::Findings } else { Exit::Ok };
            (text, exit)
        }
        Err(reason) => {
            let line = match reason {
                Reason::Mistake(found) => render::one_line(&found, sources),
                Reason::Form(reason) => format!("not formatted: {reason}"),
            };
            let _ = writeln!(io::stderr(), "{}", printable(&line));
            (before.to_owned(), Exit::Findings)
        }
    };
    if !args.check {
        out.write_all(text.as_bytes())?;
        out.flush()?;
    }
    Ok(exit)
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
