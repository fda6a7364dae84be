//! (to be written)
use super::args::BuildArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult};

pub(super) fn run(_args: &BuildArgs, _terminal: &Terminal) -> CliResult {
    Err(CliError::new("not there yet"))
}
