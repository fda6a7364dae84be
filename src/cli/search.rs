//! (to be written)
use super::args::SearchArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult};

pub(super) fn run(_args: &SearchArgs, _terminal: &Terminal) -> CliResult {
    Err(CliError::new("not there yet"))
}
