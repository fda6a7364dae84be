//! `escudo test`.

mod changed;
mod last;
mod made;
mod matrix;
mod select;

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
    let chosen = Chosen::new(args, &workspace, terminal)?;
    let wanted = |detection: &Detection| chosen.covers(detection, &workspace);
    if !workspace.pack.detections.iter().any(wanted) {
        terminal.note(&format!("no detection is selected{}: nothing was tested", chosen.why()));
    }
    if args.synthesize {
        return made::run(args, &workspace, &wanted, terminal);
    }
    if args.matrix {
        return run_matrix(args, &workspace, &wanted, terminal);
    }
    let results = match &args.benign {
        Some(logs) => run_benign(args, &workspace, logs, &wanted, terminal)?,
        None => run_tests(&workspace, &args.data, args.all, &wanted, terminal),
    };
    if args.benign.is_none()
        && let Err(why) = last::keep(&workspace.pack.root, args.data.cache.as_deref(), &results)
    {
        terminal.note(&format!("`--failed` will not know of this run: {why}"));
    }
    if let Some(path) = &args.summary {
        let selected = !args.filter.is_empty() || args.failed || args.changed_since.is_some();
        let text = summary::text(&workspace.pack, &results, selected).map_err(CliError::new)?;
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
        TestFormat::Csv => return Err(CliError::new("`--format csv` is a form of `--matrix` only")),
    }
    out.flush()?;
    Ok(if Totals::of(&results).all_well() { Exit::Ok } else { Exit::Findings })
}

/// Which detections the arguments choose.
struct Chosen {
    filters: Vec<select::Filter>,
    failed: Option<std::collections::BTreeSet<String>>,
    changed: Option<changed::Changed>,
}

impl Chosen {
    fn new(args: &TestArgs, workspace: &Workspace, terminal: &Terminal) -> Result<Self, CliError> {
        let failed = args.failed.then(|| last::failed(&workspace.pack.root, args.data.cache.as_deref()));
        let failed = match failed {
            Some(None) => {
                return Err(CliError::new("`--failed` knows of no earlier run of this pack: run `escudo test` first"));
            }
            other => other.flatten(),
        };
        let changed = match &args.changed_since {
            Some(reference) => {
                let compiler = Compiler::new(&workspace.pack, &workspace.knowledge);
                let changed = changed::since(reference, workspace, &compiler)?;
                let count = changed.detections.len();
                terminal.note(&format!(
                    "{} files changed since `{reference}`, {count} detections depend on them",
                    changed.files
                ));
                for (file, reason) in changed.detections.iter().filter(|(_, reason)| *reason != "it changed").take(20) {
                    terminal.note(&format!("  {}: {reason}", file.display()));
                }
                Some(changed)
            }
            None => None,
        };
        let filters = args.filter.iter().map(|text| select::Filter::parse(text)).collect();
        Ok(Self { filters, failed, changed })
    }

    fn covers(&self, detection: &Detection, workspace: &Workspace) -> bool {
        let object = &detection.object;
        let path = object.path.to_string_lossy().replace('\\', "/");
        workspace.pack.is_selected(object.file)
            && (self.filters.is_empty() || self.filters.iter().any(|filter| filter.covers(detection)))
            && self.failed.as_ref().is_none_or(|failed| failed.contains(&path))
            && self.changed.as_ref().is_none_or(|changed| changed.detections.contains_key(&object.path))
    }

    /// Why none may be selected.
    fn why(&self) -> &'static str {
        if self.failed.as_ref().is_some_and(std::collections::BTreeSet::is_empty) {
            return " (nothing failed in the last run)";
        }
        if self.changed.as_ref().is_some_and(|changed| changed.detections.is_empty()) {
            return " (nothing that a detection depends on has changed)";
        }
        if self.filters.is_empty() { "" } else { " by the filter" }
    }
}

/// What running tests needs besides the workspace.
struct Bench<'a> {
    compiler: Compiler<'a>,
    finder: Finder,
    options: RunOptions,
    reading: Options,
}

impl<'a> Bench<'a> {
    fn new(workspace: &'a Workspace, data: &DataArgs, progress: Arc<dyn Progress>) -> Self {
        let Workspace { pack, knowledge, .. } = workspace;
        let finder = Finder {
            pack: Some(pack.root.clone()),
            data: data.data.clone(),
            offline: data.only_available,
            cache: data.cache.clone(),
            progress: Some(progress),
            ..Finder::default()
        };
        Self {
            compiler: Compiler::new(pack, knowledge),
            finder,
            options: RunOptions { limits: Limits::default(), ..RunOptions::at(super::now()) },
            reading: Options::default().with_knowledge(knowledge.clone()),
        }
    }

    fn tester(&'a self, workspace: &'a Workspace, everything: bool) -> Tester<'a> {
        Tester {
            pack: &workspace.pack,
            knowledge: &workspace.knowledge,
            compiler: &self.compiler,
            finder: &self.finder,
            options: &self.options,
            reading: &self.reading,
            everything,
        }
    }
}

fn run_benign(
    args: &TestArgs,
    workspace: &Workspace,
    logs: &Path,
    wanted: &(dyn Fn(&Detection) -> bool + Sync),
    terminal: &Terminal,
) -> Result<Vec<TestResult>, CliError> {
    let count = workspace.pack.detections.iter().filter(|detection| wanted(detection)).count();
    let bar = terminal.bar(count as u64, "testing over benign logs");
    let bench = Bench::new(workspace, &args.data, Arc::new(Downloads(bar.clone())));
    let results = bench.tester(workspace, true).benign(&[logs.to_owned()], wanted, &|_| bar.inc(1));
    bar.finish_and_clear();
    let results = results.map_err(CliError::new)?;
    if results.iter().all(|result| result.events == 0) && !results.is_empty() {
        terminal.note(&format!("`{}` holds no events: nothing was tested", logs.display()));
    }
    Ok(results)
}

fn run_matrix(
    args: &TestArgs,
    workspace: &Workspace,
    wanted: &(dyn Fn(&Detection) -> bool + Sync),
    terminal: &Terminal,
) -> CliResult {
    if args.format == TestFormat::Junit {
        return Err(CliError::new("`--matrix` writes `--format human`, `json` or `csv`"));
    }
    let bar = terminal.spinner("every detection over every dataset");
    // A matrix of what is here; nothing is fetched for it.
    let data = DataArgs { only_available: true, ..args.data.clone() };
    let bench = Bench::new(workspace, &data, Arc::new(Downloads(bar.clone())));
    let more: Vec<std::path::PathBuf> = args.benign.iter().cloned().collect();
    let (hits, notes) = bench.tester(workspace, true).matrix(&more, wanted, &|| bar.tick());
    bar.finish_and_clear();
    for note in &notes {
        terminal.note(note);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    matrix::write(&mut out, &hits, args.format)?;
    out.flush()?;
    Ok(Exit::Ok)
}

/// Runs the tests of the selected detections that `wanted` accepts; results are in the order of the pack. `everything`:
/// also those that the official tool leaves out.
pub(super) fn run_tests(
    workspace: &Workspace,
    data: &DataArgs,
    everything: bool,
    wanted: &(dyn Fn(&Detection) -> bool + Sync),
    terminal: &Terminal,
) -> Vec<TestResult> {
    let pack = &workspace.pack;
    let selected = |detection: &Detection| pack.is_selected(detection.object.file) && wanted(detection);
    let count = pack.detections.iter().filter(|detection| selected(detection)).count();
    let bar = terminal.bar(count as u64, "testing");
    let bench = Bench::new(workspace, data, Arc::new(Downloads(bar.clone())));
    let results = bench.tester(workspace, everything).run(&selected, &|_| bar.inc(1));
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
        for line in &result.miss {
            writeln!(out, "      {}", printable(line))?;
        }
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
