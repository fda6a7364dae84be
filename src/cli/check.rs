//! `escudo check`.

use super::args::{CheckArgs, CheckFormat};
use super::terminal::Terminal;
use super::watch;
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit};
use crate::check::{self, fix, output};
use crate::content::pack::Overlay;
use crate::diag::{Code, Diagnostic};
use crate::manual;
use std::io::{self, BufWriter, Read, Write};
use std::mem::ManuallyDrop;
use std::path::Path;

/// More is not read from standard input: no content file is as long.
const MAX_INPUT: u64 = 16 << 20;

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> CliResult {
    if let Some(name) = &args.explain {
        return explain(name);
    }
    if args.watch {
        return watch::run(args, terminal);
    }
    let overlay = args.stdin_filename.as_deref().map(overlay).transpose()?;
    once(args, terminal, overlay.as_ref())
}

/// The text of one file, from standard input.
pub(super) fn overlay(path: &Path) -> Result<Overlay, CliError> {
    Ok(Overlay { path: path.to_owned(), text: input(path)? })
}

/// All of standard input, up to a bound; `name` is what it stands for.
pub(super) fn input(name: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(MAX_INPUT)
        .read_to_string(&mut text)
        .map_err(|error| CliError::new(format!("standard input cannot be read as `{}`: {error}", name.display())))?;
    Ok(text)
}

/// The manual's page of a check.
fn explain(name: &str) -> CliResult {
    let Some(code) = Code::named(name) else {
        let (message, help) = Code::unknown(name);
        return Err(CliError::new(format!("{message}; {help}")));
    };
    io::stdout().lock().write_all(manual::check(code).as_bytes())?;
    Ok(Exit::Ok)
}

/// Checks, and shows what was found.
pub(super) fn once(args: &CheckArgs, terminal: &Terminal, overlay: Option<&Overlay>) -> CliResult {
    let spinner = terminal.spinner("checking");
    // The program ends after this; giving thousands of objects back one by one took a fifth of the time of checking one
    // file of a large pack.
    let mut workspace = ManuallyDrop::new(Workspace::open_with(&args.pack, overlay, terminal)?);
    let mut findings = workspace.findings(args.advice);
    spinner.finish_and_clear();
    if args.fix {
        let fixed = apply(&findings, &workspace)?;
        if fixed > 0 {
            terminal.note(&format!("{fixed} findings are fixed"));
            workspace = ManuallyDrop::new(Workspace::open_with(&args.pack, overlay, terminal)?);
            findings = workspace.findings(args.advice);
        }
    }
    let sources = &workspace.sources;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        CheckFormat::Human => {
            let objects = workspace.selected_objects();
            output::human::write(&mut out, &findings, sources, objects, terminal.style())?;
        }
        CheckFormat::Json => output::json::write(&mut out, &findings, sources)?,
        CheckFormat::Sarif => output::sarif::write(&mut out, &findings, sources)?,
        CheckFormat::Github => output::github::write(&mut out, &findings, sources)?,
        CheckFormat::Junit => {
            let files = check::checked_files(&workspace.pack, sources);
            output::junit::write(&mut out, &findings, sources, &files)?;
        }
    }
    out.flush()?;
    let errors = output::Counts::of(&findings).errors;
    Ok(if errors > 0 { Exit::Findings } else { Exit::Ok })
}

/// Writes what can be fixed; gives the number of findings that it is for.
fn apply(findings: &[Diagnostic], workspace: &Workspace) -> Result<usize, CliError> {
    let sources = &workspace.sources;
    let fixed = fix::all(findings, &workspace.pack, sources);
    for (file, text) in &fixed.texts {
        super::fmt::write(sources.file(*file).path(), text)?;
    }
    for (file, name) in &fixed.names {
        let path = sources.file(*file).path();
        let to = path.with_file_name(name);
        if to.exists() {
            return Err(CliError::new(format!("`{}` cannot be named `{name}`: that file exists", path.display())));
        }
        std::fs::rename(path, &to)
            .map_err(|error| CliError::new(format!("`{}` cannot be named `{name}`: {error}", path.display())))?;
    }
    Ok(fixed.count)
}
