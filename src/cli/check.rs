//! `escudo check`.

use super::args::{CheckArgs, CheckFormat};
use super::terminal::Terminal;
use super::workspace::Workspace;
use super::{CliResult, Exit};
use crate::check::{self, output};
use crate::diag::Severity;
use std::io::{self, BufWriter, Write};
use std::mem::ManuallyDrop;

pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> CliResult {
    let spinner = terminal.spinner("checking");
    // The program ends after this; giving thousands of objects back one by one took a fifth of the time of checking one
    // file of a large pack.
    let workspace = ManuallyDrop::new(Workspace::open(&args.pack, terminal)?);
    let mut findings =
        check::check(&workspace.pack, &workspace.knowledge, &workspace.sources, workspace.loading.clone());
    findings.retain(|found| args.advice || found.severity != Severity::Advice);
    spinner.finish_and_clear();
    let sources = &workspace.sources;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        CheckFormat::Human => {
            let objects =
                workspace.pack.objects().filter(|(_, object)| workspace.pack.is_selected(object.file)).count();
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
