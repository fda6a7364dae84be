//! `escudo test`.

use super::args::{DataArgs, TestArgs, TestFormat};
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit};
use crate::compile::Compiler;
use crate::content::model::Detection;
use crate::engine::{Limits, RunOptions};
use crate::events::Options;
use crate::replay::output::{Totals, json, junit, summary};
use crate::replay::{Finder, Progress, Status, TestResult, Tester};
use indicatif::ProgressBar;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &TestArgs, terminal: &Terminal) -> CliResult {
    if let Some(jobs) = args.jobs {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
        pool.map_err(|error| CliError::new(format!("{jobs} threads cannot be started: {error}")))?;
    }
    let workspace = Workspace::open(&args.pack, terminal)?;
    let filter = args.filter.as_ref().map(|text| text.to_lowercase());
    let wanted = |detection: &Detection| {
        let name = detection.object.name.as_str().to_lowercase();
        filter.as_ref().is_none_or(|text| name.contains(text))
    };
    let results = run_tests(&workspace, &args.data, &wanted, terminal);
    if results.is_empty() {
        terminal.note("no detection is selected: nothing was tested");
    }
    if let Some(path) = &args.summary {
        let text = summary::text(&workspace.pack, &results, args.filter.is_some()).map_err(CliError::new)?;
        super::write_file(path, text.as_bytes())?;
    }
    let lacking = |result: &TestResult| result.status == Status::Error && result.reason.starts_with(NO_DATA);
    if results.iter().any(lacking) {
        terminal
            .note("some data cannot be had: name a folder with `--data`, or skip such tests with `--only-available`");
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        TestFormat::Human => human(&mut out, &results, terminal)?,
        TestFormat::Json => json::write(&mut out, &results)?,
        TestFormat::Junit => junit::write(&mut out, &results)?,
    }
    out.flush()?;
    Ok(if Totals::of(&results).all_well() { Exit::Ok } else { Exit::Findings })
}

/// Runs the tests of the selected detections that `wanted` accepts; results are in the order of the pack.
pub(super) fn run_tests(
    workspace: &Workspace,
    data: &DataArgs,
    wanted: &(dyn Fn(&Detection) -> bool + Sync),
    terminal: &Terminal,
) -> Vec<TestResult> {
    let Workspace { pack, knowledge, .. } = workspace;
    let compiler = Compiler::new(pack, knowledge);
    let selected = |detection: &Detection| pack.is_selected(detection.object.file) && wanted(detection);
    let count = pack.detections.iter().filter(|detection| selected(detection)).count();
    let bar = terminal.bar(count as u64, "testing");
    let finder = Finder {
        pack: Some(pack.root.clone()),
        data: data.data.clone(),
        offline: data.only_available,
        cache: data.cache.clone(),
        progress: Some(Arc::new(Downloads(bar.clone()))),
        ..Finder::default()
    };
    let tester = Tester {
        pack,
        knowledge,
        compiler: &compiler,
        finder: &finder,
        options: &RunOptions { limits: Limits::default(), ..RunOptions::at(super::now()) },
        reading: &Options::default().with_knowledge(knowledge.clone()),
    };
    let results = tester.run(&selected, &|_| bar.inc(1));
    bar.finish_and_clear();
    results
}

/// Shows downloads on the bar.
struct Downloads(ProgressBar);

impl Progress for Downloads {
    fn started(&self, url: &str, size: Option<u64>) {
        let name = url.rsplit('/').next().unwrap_or(url);
        let size = size.map_or_else(String::new, |size| format!(" ({} KiB)", size.div_ceil(1024)));
        self.0.set_message(format!("downloading {}{size}", printable(name)));
    }

    fn advanced(&self, _url: &str, _bytes: u64) {
        self.0.tick();
    }

    fn finished(&self, _url: &str) {
        self.0.set_message("testing");
    }
}

/// Failures first, each with its reason and the way of its rows; then skips by reason; then the totals.
pub(super) fn human(out: &mut dyn Write, results: &[TestResult], terminal: &Terminal) -> io::Result<()> {
    let with = |status: Status| results.iter().filter(move |result| result.status == status);
    for result in with(Status::Error).chain(with(Status::Fail)) {
        line(out, result, terminal)?;
        writeln!(out, "      {}", printable(&result.reason))?;
        stages(out, result)?;
    }
    for result in with(Status::Pass) {
        line(out, result, terminal)?;
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for result in with(Status::Skip) {
        let reason = general(&result.reason);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    reasons.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
    for (reason, count) in reasons {
        writeln!(out, "SKIP  {count} because {}", printable(reason))?;
    }
    writeln!(out, "{}", Totals::of(results))
}

/// How the reason of a test without data begins.
const NO_DATA: &str = "the data is not available";

/// The part of a reason that many tests share: a data set's own name is left out.
fn general(reason: &str) -> &str {
    if reason.starts_with(NO_DATA) {
        return NO_DATA;
    }
    if reason.starts_with("it is tested by hand") {
        return "it is tested by hand";
    }
    reason
}

fn line(out: &mut dyn Write, result: &TestResult, terminal: &Terminal) -> io::Result<()> {
    let colour = match result.status {
        Status::Pass => "\u{1b}[32m",
        Status::Fail | Status::Error => "\u{1b}[31m",
        Status::Skip => "\u{1b}[33m",
    };
    let (on, off) = if terminal.colour() { (colour, "\u{1b}[0m") } else { ("", "") };
    let counts = format!("{} rows from {} events", result.rows.rows(), result.events);
    let name = printable(&result.detection);
    writeln!(out, "{on}{:<5}{off} {name} - {}: {counts}", result.status.as_str(), printable(&result.test))
}

fn stages(out: &mut dyn Write, result: &TestResult) -> io::Result<()> {
    for stage in &result.trace {
        writeln!(out, "      {:>9} → {:<9} {} {}", stage.rows_in, stage.rows_out, stage.command, stage.label)?;
    }
    Ok(())
}

/// Writes a file beside its place and renames it.
pub(super) fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
