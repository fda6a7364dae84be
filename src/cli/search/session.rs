//! What several searches over the same files share: knowledge, lookups, time.

use crate::check::config::Config;
use crate::cli::args::{MetaArgs, SearchArgs};
use crate::cli::terminal::Terminal;
use crate::cli::workspace::{self, Workspace};
use crate::cli::{self, CliError};
use crate::compile::Compiler;
use crate::content::pack::Pack;
use crate::diag::{Severity, render};
use crate::engine::{self, Outcome, RunOptions};
use crate::events::{Options, Overrides};
use crate::ir::{Op, Plan};
use crate::knowledge::Knowledge;
use crate::replay::{CimSource, FileSource, Input, Lookups, RawEvents};
use crate::source::{Copied, Located, Place, Sources, Span};
use crate::value::places::Places;
use crate::value::time::Instant;
use crate::value::{Batch, Name};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files, and what is needed to search them.
pub(super) struct Session<'a> {
    args: &'a SearchArgs,
    terminal: &'a Terminal,
    files: Vec<PathBuf>,
    known: Workspace,
    lookups: Lookups,
    /// Where the tables of `--lookup` came from.
    tables: BTreeMap<String, PathBuf>,
    places: Option<Places>,
    /// `--now`.
    now: Option<f64>,
}

/// What came of one search.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// A file was not whole.
    pub(super) damaged: bool,
}

impl<'a> Session<'a> {
    pub(super) fn open(args: &'a SearchArgs, files: Vec<PathBuf>, terminal: &'a Terminal) -> Result<Self, CliError> {
        let known = if let Some(path) = &args.pack {
            Workspace::load(std::slice::from_ref(path), &args.known, terminal)?
        } else {
            let knowledge = workspace::knowledge(&args.known, terminal)?;
            let sources = knowledge.sources().clone();
            Workspace { pack: Pack::default(), knowledge, sources, loading: Vec::new(), config: Config::default() }
        };
        let mut lookups = Lookups::of_pack(&known.pack);
        let mut tables = BTreeMap::new();
        for text in &args.lookups {
            let (name, path) = given_table(text, &mut lookups)?;
            tables.insert(name, path);
        }
        let places = args.geoip.as_deref().map(places).transpose()?;
        let now = args.now.as_deref().map(|text| time("now", text, cli::now())).transpose()?;
        let session = Self { args, terminal, files, known, lookups, tables, places, now };
        session.options()?;
        Ok(session)
    }

    pub(super) fn args(&self) -> &SearchArgs {
        self.args
    }

    pub(super) fn terminal(&self) -> &Terminal {
        self.terminal
    }

    pub(super) fn known(&self) -> &Workspace {
        &self.known
    }

    pub(super) fn lookups(&self) -> &Lookups {
        &self.lookups
    }

    /// Runs a search; `name` stands in the places of its mistakes. None if it has mistakes, which are shown then.
    pub(super) fn answer(&mut self, name: &str, text: &str) -> Result<Option<Answer>, CliError> {
        let options = self.options()?;
        let search = whole(&mut self.known.sources, name, text);
        let compiler = Compiler::new(&self.known.pack, &self.known.knowledge);
        let compiled = compiler.compile(&search);
        let mut failed = false;
        for found in &compiled.diagnostics {
            failed |= found.severity == Severity::Error;
            let _ = write!(io::stderr(), "{}", render::render(found, &self.known.sources, self.terminal.style()));
        }
        if failed {
            return Ok(None);
        }
        let place = search.whole();
        let compile = |text: &str| plan_of(&compiler, text, place);
        let answer = self.execute(&compiled.plan, &options, &compiler, &compile)?;
        for note in answer.outcome.notes.iter().chain(&answer.outcome.lacks) {
            self.terminal.note(note);
        }
        Ok(Some(answer))
    }

    fn options(&self) -> Result<RunOptions, CliError> {
        let now = self.now.unwrap_or_else(cli::now);
        let bound = |name: &str, text: &Option<String>| text.as_deref().map(|text| time(name, text, now)).transpose();
        let range = (bound("earliest", &self.args.earliest)?, bound("latest", &self.args.latest)?);
        Ok(RunOptions { range, places: self.places.clone(), ..RunOptions::at(now) })
    }

    fn execute(
        &self,
        plan: &Plan,
        run: &RunOptions,
        compiler: &Compiler<'_>,
        compile: &(dyn Fn(&str) -> Result<Plan, String> + Sync),
    ) -> Result<Answer, CliError> {
        let (files, known) = (&self.files, &self.known);
        let options = self.event_options();
        let bar = self.terminal.spinner("searching");
        let (outcome, notes, damaged) = if let Some(name) = &self.args.datamodel {
            let (model, dataset) = dataset(name, &known.knowledge)?;
            let source = CimSource::new(files.clone(), options, model, dataset, &known.knowledge, &self.lookups);
            (engine::run(plan, &source, run), source.notes(), source.is_damaged())
        } else {
            let inputs = self.inputs(&options);
            let again = files.iter().any(|path| path.as_os_str() == "-") && may_read_again(plan);
            let events =
                if again { RawEvents::hold(inputs).map_err(CliError::new)? } else { RawEvents::streamed(inputs) };
            let source = FileSource::new(vec![Arc::new(events)], &known.knowledge, &self.lookups)
                .compiling(compile)
                .knowing(compiler.catalog());
            (engine::run(plan, &source, run), source.notes(), source.is_damaged())
        };
        bar.finish_and_clear();
        for note in notes {
            self.terminal.note(&note);
        }
        match outcome {
            Ok(outcome) => Ok(Answer { outcome, damaged }),
            Err(failure) => Err(CliError::new(format!("[{}] {}", failure.kind.code(), failure.message))),
        }
    }

    fn event_options(&self) -> Options {
        Options::from(overrides(&self.args.meta)).with_knowledge(self.known.knowledge.clone())
    }

    fn inputs(&self, options: &Options) -> Vec<Input> {
        self.files.iter().map(|path| Input { path: path.clone(), options: options.clone() }).collect()
    }

    /// The fields of the first events of the files.
    pub(super) fn sample(&self) -> Vec<Name> {
        if self.args.datamodel.is_some() || self.files.iter().any(|path| path.as_os_str() == "-") {
            return Vec::new();
        }
        let events = RawEvents::streamed(self.inputs(&self.event_options()));
        let source = FileSource::new(vec![Arc::new(events)], &self.known.knowledge, &self.lookups);
        let mut names: Vec<Name> = Vec::new();
        let request = engine::EventsRequest {
            filter: &crate::expr::Predicate::TRUE,
            needs: &crate::ir::Fields::All,
            ordered: false,
            context: &crate::expr::Context::at(cli::now()),
        };
        let mut sink = |batch: Batch| {
            names.extend(batch.names().cloned());
            std::ops::ControlFlow::Break(())
        };
        let _ = engine::Source::events(&source, &request, &mut sink);
        names
    }

    /// Writes the tables of a run to their files, if the user allows it, and says what became of them.
    pub(super) fn write_tables(&self, outcome: &Outcome) -> Result<(), CliError> {
        for (name, lookup) in &outcome.tables {
            let rows = lookup.rows.rows();
            if !self.args.allow_write {
                let text = format!("{rows} rows of `{name}` are not kept: `--allow-write` writes its file");
                self.terminal.note(&text);
                continue;
            }
            let plain = if name.contains('.') { name.to_string() } else { format!("{name}.csv") };
            let given = self.tables.get(&**name).map(PathBuf::as_path);
            let path = given.or_else(|| self.lookups.path(name)).unwrap_or(Path::new(&plain));
            let mut bytes = Vec::new();
            cli::rows::write(&mut bytes, &lookup.rows, cli::args::RowFormat::Csv)?;
            cli::write_file(path, &bytes)?;
            self.terminal.note(&format!("{rows} rows of `{name}` written to `{}`", path.display()));
        }
        Ok(())
    }
}

/// `NAME=FILE`: gives the lookup its rows.
fn given_table(text: &str, lookups: &mut Lookups) -> Result<(String, PathBuf), CliError> {
    let wrong = |reason: String| CliError::new(format!("`--lookup {text}`: {reason}"));
    let Some((name, path)) = text.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty()) else {
        return Err(wrong("write the name of a lookup, `=`, and a CSV file".to_owned()));
    };
    let file = std::fs::File::open(path).map_err(|error| wrong(format!("`{path}` cannot be read: {error}")))?;
    let rows =
        crate::lookup::read_csv(io::BufReader::new(file)).map_err(|error| wrong(format!("`{path}`: {error}")))?;
    lookups.give(name, rows);
    Ok((name.to_owned(), PathBuf::from(path)))
}

fn places(path: &Path) -> Result<Places, CliError> {
    let wrong = |reason: String| CliError::new(format!("`--geoip {}`: it cannot be read: {reason}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Places::new(bytes).map_err(wrong)
}

/// The time that an option names.
fn time(option: &str, text: &str, now: f64) -> Result<f64, CliError> {
    let text = text.trim();
    let known = if text == "now" { Some(now) } else { instant(text).and_then(|at| at.resolve(now, &TimeZone::UTC)) };
    known.ok_or_else(|| {
        let forms = "`-24h@h`, `2025-03-12T10:00:00`, or seconds since 1970";
        CliError::new(format!("`--{option} {text}` is no time: write one such as {forms}"))
    })
}

fn instant(text: &str) -> Option<Instant> {
    // ISO 8601 with `T` or a blank, with or without a time of day, fractions and a zone.
    let iso = ["%Y-%m-%dT%H:%M:%S.%Q%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%Q"];
    let zoned = text.len() > 10 && text.as_bytes()[4] == b'-' && text.contains('T');
    let first = iso.iter().filter(|_| zoned).find_map(|format| Instant::parse(text, Some(format)));
    let short = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"];
    first
        .or_else(|| Instant::parse(text, None))
        .or_else(|| short.iter().find_map(|format| Instant::parse(text, Some(format))))
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

/// Whether the search has searches in it, which may read the events a second time.
fn may_read_again(plan: &Plan) -> bool {
    let nests = |op: &Op| matches!(op, Op::Join(_) | Op::Append(_) | Op::AppendColumns { .. } | Op::Map { .. });
    !plan.subsearches.is_empty() || plan.steps.iter().any(|step| nests(&step.op))
}

pub(in crate::cli) fn overrides(meta: &MetaArgs) -> Overrides {
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
