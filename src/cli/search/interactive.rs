//! Searches read line by line.
//!
//! A line that ends in a pipe, or leaves a quote or a bracket open, goes on in the next one. Results longer than the
//! terminal go through a pager: `$PAGER`, or `less`.

use super::complete::Helper;
use super::session::{Answer, Session};
use crate::cli::args::RowFormat;
use crate::cli::terminal::Terminal;
use crate::cli::{CliError, CliResult, Exit, rows};
use crate::replay::lost;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Lines of history that are kept.
const HISTORY: usize = 10_000;

pub(super) fn run(mut session: Session<'_>) -> CliResult {
    let mut editor =
        editor(&session).map_err(|error| CliError::new(format!("the terminal cannot be used: {error}")))?;
    let history = history_file();
    if let Some(path) = &history {
        // A first run has none.
        let _ = editor.load_history(path);
    }
    session.terminal().note("a search per line; Tab completes, `help` helps, Ctrl-D ends");
    loop {
        match editor.readline("search> ") {
            Ok(line) => {
                let text = line.trim();
                if text.is_empty() {
                    continue;
                }
                let _ = editor.add_history_entry(text);
                if matches!(text, "exit" | "quit") {
                    break;
                }
                if text == "help" {
                    print(HELP)?;
                } else if text == "fields" {
                    let names = editor.helper().map(Helper::fields).unwrap_or_default();
                    print(&format!("{}\n", names.join("  ")))?;
                } else {
                    let found = one(&mut session, text)?;
                    if let Some(helper) = editor.helper_mut() {
                        helper.learn(&found);
                    }
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(CliError::new(format!("the line cannot be read: {error}"))),
        }
    }
    if let Some(path) = &history {
        let _ = path.parent().map(std::fs::create_dir_all);
        if let Err(error) = editor.save_history(path) {
            session.terminal().note(&format!("the history cannot be kept in `{}`: {error}", path.display()));
        }
    }
    Ok(Exit::Ok)
}

const HELP: &str = "\
a search      run it over the files: index=* | stats count by sourcetype
... |         a pipe at the end of a line, an open quote or bracket: it goes on in the next line
Tab           complete a command, option, function, macro, data set, lookup or field
Up, Ctrl-R    earlier searches
fields        the fields seen so far
exit, Ctrl-D  end
";

fn editor(session: &Session<'_>) -> rustyline::Result<Editor<Helper, FileHistory>> {
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .auto_add_history(false)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Helper::new(session)));
    Ok(editor)
}

/// Runs one search and shows what it gives; its mistakes do not end the session. Gives the names of its fields.
fn one(session: &mut Session<'_>, text: &str) -> Result<Vec<crate::value::Name>, CliError> {
    let answer = match session.answer("search", text) {
        Ok(Some(answer)) => answer,
        Ok(None) => return Ok(Vec::new()),
        Err(CliError::Message(message)) => {
            let _ = writeln!(io::stderr(), "escudo: {message}");
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    show(session, &answer)?;
    session.write_tables(&answer.outcome)?;
    Ok(answer.outcome.rows.names().cloned().collect())
}

fn show(session: &Session<'_>, answer: &Answer) -> Result<(), CliError> {
    let found = &answer.outcome.rows;
    if found.is_empty() {
        session.terminal().note(&lost(&answer.outcome.trace));
        return Ok(());
    }
    let mut bytes = Vec::new();
    rows::write(&mut bytes, found, session.args().format.unwrap_or(RowFormat::Table))?;
    let text = String::from_utf8_lossy(&bytes);
    if text.lines().count() < Terminal::height() || !page(&text) {
        print(&text)?;
    }
    let plural = if found.rows() == 1 { "" } else { "s" };
    session.terminal().note(&format!("{} row{plural}", found.rows()));
    Ok(())
}

/// Shows a text in the pager; false if there is none.
fn page(text: &str) -> bool {
    if !io::stdout().is_terminal() {
        return false;
    }
    let named = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let pager = named.unwrap_or_else(|| "less -S".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return false };
    let Ok(mut child) = Command::new(program).args(words).stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager early has seen enough.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}

fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// `escudo/history` in the folder for the state of programs.
fn history_file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
    Some(state.or_else(|| folder("LOCALAPPDATA"))?.join("escudo/history"))
}
