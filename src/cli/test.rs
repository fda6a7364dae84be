//! (to be written)
use super::args::TestArgs;
use super::terminal::Terminal;
use super::{CliError, CliResult};

pub(super) fn run(_args: &TestArgs, _terminal: &Terminal) -> CliResult {
    Err(CliError::new("not there yet"))
}
