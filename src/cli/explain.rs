//! (to be written)
use super::args::ExplainArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult};

pub(super) fn run(_args: &ExplainArgs, _terminal: &Terminal) -> CliResult {
    Err(CliError::new("not there yet"))
}
