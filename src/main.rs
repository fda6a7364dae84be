//! The `escudo` program: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(escudo::cli::run(std::env::args_os()) as u8)
}
