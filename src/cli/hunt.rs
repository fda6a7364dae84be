//! `escudo hunt`.

use super::args::{HuntArgs, HuntFormat};
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit, search};
use crate::compile::Compiler;
use crate::content::model::Detection;
use crate::docs::Attack;
use crate::engine::RunOptions;
use crate::events::Options;
use crate::hunt::{Hunter, Report, Rules, Technique, output};
use crate::knowledge::Knowledge;
use crate::replay::{Input, Lookups, RawEvents};
use crate::source::Located;
use crate::value::time::Instant;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &HuntArgs, terminal: &Terminal) -> CliResult {
    if let Some(jobs) = args.jobs {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
        pool.map_err(|error| CliError::new(format!("{jobs} threads cannot be started: {error}")))?;
    }
    for path in args.output.iter().chain(&args.navigator) {
        may_write(path, args.clobber)?;
    }
    let run = RunOptions::at(super::now());
    let workspace = Workspace::load(&args.pack, &args.known, terminal)?;
    let events = events(args, &workspace.knowledge, &run)?;
    let compiler = Compiler::new(&workspace.pack, &workspace.knowledge);
    let filter = args.filter.as_ref().map(|text| text.to_lowercase());
    let wanted = |detection: &Detection| {
        workspace.pack.is_selected(detection.object.file)
            && filter.as_ref().is_none_or(|text| is_meant(detection, text))
    };
    let rules = Rules::of_pack(&workspace.pack, &compiler, &wanted);
    if rules.rules.is_empty() && rules.not_run.is_empty() {
        let what = if filter.is_some() { "no rule of the pack fits `--filter`" } else { "the pack holds no rules" };
        return Err(CliError::new(what));
    }
    let bar = terminal.spinner("hunting");
    let hunter = Hunter {
        knowledge: &workspace.knowledge,
        lookups: &Lookups::of_pack(&workspace.pack),
        compiler: &compiler,
        options: &run,
        rows: matches!(args.format, HuntFormat::Json | HuntFormat::Jsonl),
        attack: &technique,
        progress: &|events| bar.set_message(format!("hunting: {events} events")),
    };
    let report = hunter.run(&rules, &events);
    bar.finish_and_clear();
    let report = report.map_err(CliError::new)?;
    for note in &report.notes {
        terminal.note(note);
    }
    write(args, &report, terminal)?;
    Ok(if report.damaged { Exit::Findings } else { Exit::Ok })
}

/// What is read, from when to when. What cannot be read at all is said before any work is done.
fn events(args: &HuntArgs, knowledge: &Arc<Knowledge>, run: &RunOptions) -> Result<Arc<RawEvents>, CliError> {
    for path in args.files.iter().filter(|path| path.as_os_str() != "-") {
        let readable = if path.is_dir() { path.read_dir().map(drop) } else { std::fs::File::open(path).map(drop) };
        readable.map_err(|error| CliError::new(format!("`{}` cannot be read: {error}", path.display())))?;
    }
    let options = Options::from(search::overrides(&args.meta)).with_knowledge(knowledge.clone());
    let inputs = args.files.iter().map(|path| Input { path: path.clone(), options: options.clone() }).collect();
    let events = RawEvents::streamed(inputs);
    if args.earliest.is_none() && args.latest.is_none() {
        return Ok(Arc::new(events));
    }
    let earliest = time("earliest", args.earliest.as_ref(), f64::NEG_INFINITY, run)?;
    let latest = time("latest", args.latest.as_ref(), f64::INFINITY, run)?;
    Ok(Arc::new(events.between(earliest, latest)))
}

fn time(name: &str, text: Option<&String>, default: f64, run: &RunOptions) -> Result<f64, CliError> {
    let Some(text) = text else { return Ok(default) };
    let time = Instant::parse(text, None).and_then(|time| time.resolve(run.now, &run.zone));
    time.ok_or_else(|| {
        CliError::new(format!("`--{name} {text}` is no time: write 2026-01-31T00:00:00, seconds, or -7d@d"))
    })
}

fn is_meant(detection: &Detection, text: &str) -> bool {
    let equals = |located: &Located| located.as_str().trim().to_lowercase() == text;
    detection.object.name.as_str().to_lowercase().contains(text)
        || detection.object.id.as_ref().is_some_and(equals)
        || detection.stories.iter().any(equals)
        || detection.mitre_attack_ids.iter().any(equals)
}

fn technique(id: &str) -> Option<Technique> {
    let known = Attack::builtin().technique(id)?;
    Some(Technique { name: known.name.clone(), tactics: known.tactics.clone() })
}

fn may_write(path: &Path, clobber: bool) -> Result<(), CliError> {
    if path.exists() && !clobber {
        return Err(CliError::new(format!("`{}` exists; `--clobber` replaces it", path.display())));
    }
    Ok(())
}

fn write(args: &HuntArgs, report: &Report<'_>, terminal: &Terminal) -> Result<(), CliError> {
    if let Some(path) = &args.navigator {
        super::write_file(path, output::navigator(report, "escudo hunt").as_bytes())?;
    }
    if let Some(path) = &args.output {
        let mut bytes = Vec::new();
        format(args, report, &mut bytes)?;
        super::write_file(path, &bytes)?;
        let hits = report.hits.len();
        terminal.note(&format!("{hits} hits of {} rules are in `{}`", report.with_hits, path.display()));
        return Ok(());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    format(args, report, &mut out)?;
    Ok(out.flush()?)
}

fn format(args: &HuntArgs, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        HuntFormat::Table => output::text(out, report, args.verbose, &printable),
        HuntFormat::Jsonl => output::json_lines(out, report),
        HuntFormat::Json => output::json(out, report),
        HuntFormat::Csv => output::csv(out, report),
    }
}
