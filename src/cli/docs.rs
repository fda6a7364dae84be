//! (to be written)
use super::args::DocsArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult};

pub(super) fn run(_args: &DocsArgs, _terminal: &Terminal) -> CliResult {
    Err(CliError::new("not there yet"))
}
