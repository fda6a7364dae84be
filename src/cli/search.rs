//! `escudo search`.

use super::args::{MetaArgs, SearchArgs};
use super::terminal::Terminal;
use super::workspace::{self, Workspace};
use super::{CliError, CliResult, Exit, rows};
use crate::compile::Compiler;
use crate::content::pack::Pack;
use crate::diag::{Severity, render};
use crate::engine::{self, Outcome, RunOptions};
use crate::events::{Options, Overrides};
use crate::ir::{Op, Plan};
use crate::knowledge::Knowledge;
use crate::replay::{CimSource, FileSource, Input, Lookups, RawEvents, lost};
use crate::source::{Copied, Located, Place, Sources, Span};
use crate::value::Name;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(args: &SearchArgs, terminal: &Terminal) -> CliResult {
    let (text, name, files) = what(args)?;
    let mut known = if let Some(path) = &args.pack {
        Workspace::load(std::slice::from_ref(path), &args.known, terminal)?
    } else {
        let knowledge = workspace::knowledge(&args.known, terminal)?;
        let sources = knowledge.sources().clone();
        Workspace { pack: Pack::default(), knowledge, sources, loading: Vec::new() }
    };
    if text.trim().is_empty() {
        return Err(CliError::new("the search is empty: write one such as 'EventCode=1 | stats count by host'"));
    }
    if files.is_empty() && Path::new(text.trim()).is_file() {
        let text = text.trim();
        return Err(CliError::new(format!("`{text}` is a file: write the search before it, such as '*'")));
    }
    let search = whole(&mut known.sources, &name, &text);
    let compiler = Compiler::new(&known.pack, &known.knowledge);
    let compiled = compiler.compile(&search);
    let mut failed = false;
    for found in &compiled.diagnostics {
        failed |= found.severity == Severity::Error;
        let _ = write!(io::stderr(), "{}", render::render(found, &known.sources, terminal.style()));
    }
    if failed {
        return Ok(Exit::Failure);
    }
    let place = search.whole();
    let compile = |text: &str| plan_of(&compiler, text, place);
    let (outcome, damaged) = execute(args, &files, &compiled.plan, &known, &compiler, &compile, terminal)?;
    for note in outcome.notes.iter().chain(&outcome.lacks) {
        terminal.note(note);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    rows::write(&mut out, &outcome.rows, args.format)?;
    out.flush()?;
    drop(out);
    if outcome.rows.is_empty() {
        terminal.note(&lost(&outcome.trace));
    }
    // Results over a file that is not whole may lack something: a script has to notice.
    Ok(if damaged { Exit::Findings } else { Exit::Ok })
}

/// The search, the name under which its mistakes are shown, and the files. With `-f`, every positional argument is a
/// log file.
fn what(args: &SearchArgs) -> Result<(String, String, Vec<PathBuf>), CliError> {
    let mut files = args.files.clone();
    let Some(file) = &args.file else {
        return Ok((args.spl.clone().unwrap_or_default(), "search".to_owned(), files));
    };
    if let Some(first) = &args.spl {
        files.insert(0, PathBuf::from(first));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| CliError::new(format!("`{}` cannot be read: {error}", file.display())))?;
    Ok((text, file.display().to_string(), files))
}

fn whole(sources: &mut Sources, name: &str, text: &str) -> Located {
    let file = sources.add(name, text);
    Located::verbatim(text, Place { file, span: Span::new(0, text.len()) })
}

/// Compiles a search that is put together at run time (`map`).
fn plan_of(compiler: &Compiler<'_>, text: &str, place: Option<Place>) -> Result<Plan, String> {
    let place = place.ok_or_else(|| "the search is empty".to_owned())?;
    let mut located = Located::empty(place);
    located.push(text, place, Copied::Decoded);
    let compiled = compiler.compile(&located);
    match compiled.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
        Some(error) => Err(error.message),
        None => Ok(compiled.plan),
    }
}

fn execute(
    args: &SearchArgs,
    files: &[PathBuf],
    plan: &Plan,
    known: &Workspace,
    compiler: &Compiler<'_>,
    compile: &(dyn Fn(&str) -> Result<Plan, String> + Sync),
    terminal: &Terminal,
) -> Result<(Outcome, bool), CliError> {
    let lookups = Lookups::of_pack(&known.pack);
    let options = Options::from(overrides(&args.meta)).with_knowledge(known.knowledge.clone());
    let run = RunOptions::at(super::now());
    let bar = terminal.spinner("searching");
    let (outcome, notes, damaged) = if let Some(name) = &args.datamodel {
        let (model, dataset) = dataset(name, &known.knowledge)?;
        let source = CimSource::new(files.to_vec(), options, model, dataset, &known.knowledge, &lookups);
        (engine::run(plan, &source, &run), source.notes(), source.is_damaged())
    } else {
        let inputs = files.iter().map(|path| Input { path: path.clone(), options: options.clone() }).collect();
        let again = files.iter().any(|path| path.as_os_str() == "-") && may_read_again(plan);
        let events = if again { RawEvents::hold(inputs).map_err(CliError::new)? } else { RawEvents::streamed(inputs) };
        let events = vec![Arc::new(events)];
        let source = FileSource::new(events, &known.knowledge, &lookups).compiling(compile).knowing(compiler.catalog());
        (engine::run(plan, &source, &run), source.notes(), source.is_damaged())
    };
    bar.finish_and_clear();
    for note in notes {
        terminal.note(&note);
    }
    match outcome {
        Ok(outcome) => Ok((outcome, damaged)),
        Err(failure) => Err(CliError::new(format!("[{}] {}", failure.kind.code(), failure.message))),
    }
}

/// Whether the search has searches in it, which may read the events a second time.
fn may_read_again(plan: &Plan) -> bool {
    let nests = |op: &Op| matches!(op, Op::Join(_) | Op::Append(_) | Op::AppendColumns { .. } | Op::Map { .. });
    !plan.subsearches.is_empty() || plan.steps.iter().any(|step| nests(&step.op))
}

pub(super) fn overrides(meta: &MetaArgs) -> Overrides {
    let name = |text: &Option<String>| text.as_deref().map(Name::from);
    Overrides {
        sourcetype: name(&meta.sourcetype),
        source: name(&meta.source),
        host: name(&meta.host),
        index: name(&meta.index),
        kind: None,
    }
}

/// `Model.Dataset`, or a model with one root dataset. Both must exist.
fn dataset(name: &str, knowledge: &Knowledge) -> Result<(Name, Name), CliError> {
    let (model, dataset) = name.split_once('.').map_or((name, None), |(model, dataset)| (model, Some(dataset)));
    let Some(known) = knowledge.model(model) else {
        let names = knowledge.models().map(|model| &*model.name);
        let hint = crate::check::did_you_mean(model, names, "name the app that defines it with `--app`");
        return Err(CliError::new(format!("`--datamodel {name}`: data model `{model}` does not exist: {hint}")));
    };
    match dataset {
        Some(dataset) if known.is_name_only() || known.dataset(dataset).is_some() => Ok((model.into(), dataset.into())),
        Some(dataset) => {
            let hint = crate::check::did_you_mean(dataset, known.dataset_names(), "see the model's datasets");
            Err(CliError::new(format!("`--datamodel {name}`: `{model}` has no dataset `{dataset}`: {hint}")))
        }
        None => {
            let roots: Vec<&Name> = known.roots().map(crate::knowledge::Dataset::name).collect();
            if let [one] = roots.as_slice() {
                return Ok((model.into(), (*one).clone()));
            }
            let names: Vec<&str> = roots.iter().map(|name| &***name).collect();
            let names = names.join(", ");
            Err(CliError::new(format!("`--datamodel {name}`: name one of the datasets of `{model}`: {names}")))
        }
    }
}
