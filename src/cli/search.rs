//! `escudo search`: one search over files, or many, line by line.

mod complete;
mod interactive;
mod session;

use super::args::{RowFormat, SearchArgs};
use super::terminal::Terminal;
use super::{CliError, CliResult, Exit, rows};
use crate::engine::Outcome;
use crate::replay::lost;
use session::Session;
pub(super) use session::overrides;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &SearchArgs, terminal: &Terminal) -> CliResult {
    let on_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if args.interactive || (args.spl.is_none() && args.file.is_none() && on_terminal) {
        let files = args.spl.iter().map(PathBuf::from).chain(args.files.iter().cloned()).collect();
        return interactive::run(Session::open(args, files, terminal)?);
    }
    let (text, name, files) = what(args)?;
    if text.trim().is_empty() {
        return Err(CliError::new("the search is empty: write one such as 'EventCode=1 | stats count by host'"));
    }
    if files.is_empty() && Path::new(text.trim()).is_file() {
        let text = text.trim();
        return Err(CliError::new(format!("`{text}` is a file: write the search before it, such as '*'")));
    }
    let mut session = Session::open(args, files, terminal)?;
    let Some(answer) = session.answer(&name, &text)? else { return Ok(Exit::Failure) };
    write(args, &answer.outcome)?;
    session.write_tables(&answer.outcome)?;
    if answer.outcome.rows.is_empty() {
        terminal.note(&lost(&answer.outcome.trace));
    }
    // Results over a file that is not whole may lack something: a script has to notice.
    Ok(if answer.damaged { Exit::Findings } else { Exit::Ok })
}

/// Writes the rows where the arguments say.
fn write(args: &SearchArgs, outcome: &Outcome) -> Result<(), CliError> {
    let Some(path) = &args.output else {
        let format = args.format.unwrap_or(RowFormat::Table);
        let mut out = BufWriter::new(io::stdout().lock());
        if format == RowFormat::Parquet && io::stdout().is_terminal() {
            return Err(CliError::new("Parquet is not for terminals: name a file with `--output`"));
        }
        rows::write(&mut out, &outcome.rows, format)?;
        return Ok(out.flush()?);
    };
    let mut bytes = Vec::new();
    rows::write(&mut bytes, &outcome.rows, args.format.unwrap_or_else(|| format_of(path)))?;
    super::write_file(path, &bytes)
}

/// The form that a file's name tells.
fn format_of(path: &Path) -> RowFormat {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json" | "jsonl" | "ndjson") => RowFormat::Json,
        Some("csv") => RowFormat::Csv,
        Some("parquet") => RowFormat::Parquet,
        _ => RowFormat::Table,
    }
}

/// The search, the name under which its mistakes are shown, and the files. With `-f`, every positional argument is a
/// log file.
fn what(args: &SearchArgs) -> Result<(String, String, Vec<PathBuf>), CliError> {
    let mut files = args.files.clone();
    let Some(file) = &args.file else {
        return Ok((args.spl.clone().unwrap_or_default(), "search".to_owned(), files));
    };
    if let Some(first) = &args.spl {
        files.insert(0, PathBuf::from(first));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| CliError::new(format!("`{}` cannot be read: {error}", file.display())))?;
    Ok((text, file.display().to_string(), files))
}
