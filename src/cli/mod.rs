//! The command line: one file per subcommand.
//!
//! Exit status: 0 all well, 1 findings (errors, failed tests), 2 the command could not do its work, 130
//! ended by Ctrl-C. Machine output goes
//! to standard output alone; progress and notes go to standard error. A reader that closes the pipe early is no error.

mod args;
mod build;
mod check;
mod docs;
mod explain;
mod explain_event;
mod fmt;
mod hunt;
mod interrupt;
mod migrate;
mod parquet;
mod rows;
mod schema;
mod search;
mod terminal;
mod test;
mod watch;
mod workspace;

use crate::engine::memory;
use args::{Args, Command};
use clap::Parser;
use std::ffi::OsString;
use std::io::{self, Write};

/// How a run of the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All well.
    Ok = 0,
    /// Errors in the content, or failed tests.
    Findings = 1,
    /// The command could not do its work: bad usage, unreadable input.
    Failure = 2,
    /// Ended by Ctrl-C; what was found so far is written and marked as partial.
    Interrupted = 130,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum CliError {
    /// One line: what is wrong and what to do.
    Message(String),
    /// The reader of our output went away; nothing is wrong.
    OutputClosed,
}

impl CliError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::OutputClosed
        } else {
            Self::Message(format!("the output cannot be written: {error}"))
        }
    }
}

pub(crate) type CliResult = Result<Exit, CliError>;

/// Runs the program with these arguments (the first is the program's name) and gives its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // `--help` and `--version` come here as well: clap knows which stream and status each wants.
            let exit = if error.use_stderr() { Exit::Failure } else { Exit::Ok };
            let _ = error.print();
            return exit;
        }
    };
    let terminal = terminal::Terminal::new(args.color, args.quiet);
    let result = prepare(&args).and_then(|()| carry_out(&args.command, &terminal));
    match result {
        // What was read before Ctrl-C has been worked on and written.
        Ok(_) if interrupt::came() && may_be_partial(&args.command) => {
            terminal.note("PARTIAL: ended by Ctrl-C; the results are those of the events read so far");
            Exit::Interrupted
        }
        Ok(exit) => exit,
        Err(CliError::OutputClosed) => Exit::Ok,
        Err(CliError::Message(message)) => {
            let _ = writeln!(io::stderr(), "escudo: {message}");
            Exit::Failure
        }
    }
}

/// What holds for the whole process.
fn prepare(args: &Args) -> Result<(), CliError> {
    if let Some(text) = &args.memory {
        let bytes = memory::parse_size(text);
        let bytes =
            bytes.ok_or_else(|| CliError::new(format!("`--memory {text}` is no size: write one such as 512MB")))?;
        memory::set_limit(bytes);
    }
    if matches!(args.command, Command::Search(_) | Command::Hunt(_) | Command::Test(_)) {
        interrupt::listen();
    }
    Ok(())
}

/// Whether Ctrl-C leaves a part of the results. In a session of searches it ends one of them, not the session.
fn may_be_partial(command: &Command) -> bool {
    match command {
        Command::Search(args) => args.spl.is_some() || args.file.is_some(),
        Command::Hunt(_) | Command::Test(_) => true,
        _ => false,
    }
}

fn carry_out(command: &Command, terminal: &terminal::Terminal) -> CliResult {
    match command {
        Command::Check(args) => check::run(args, terminal),
        Command::Test(args) => test::run(args, terminal),
        Command::Docs(args) => docs::run(args, terminal),
        Command::Search(args) => search::run(args, terminal),
        Command::Hunt(args) => hunt::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Fmt(args) => fmt::run(args, terminal),
        Command::Migrate(args) => migrate::run(args, terminal),
        Command::Schema(args) => schema::run(args),
        Command::Build(args) => build::run(args, terminal),
    }
}

/// Now, in seconds since the epoch.
fn now() -> f64 {
    jiff::Timestamp::now().as_duration().as_secs_f64()
}

/// Writes a file beside its place and renames it, so that no half-written file is ever seen.
fn write_file(path: &std::path::Path, bytes: &[u8]) -> Result<(), CliError> {
    write_beside(path, bytes).map_err(|error| CliError::new(format!("`{}` cannot be written: {error}", path.display())))
}

/// Writes a file beside its place and renames it; folders on the way are made.
fn write_beside(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let here = std::path::Path::new(".");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(here);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
