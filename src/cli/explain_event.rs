//! `escudo explain --event`: how one event got its fields, and which data sets it is in.

use super::args::{ExplainArgs, ExplainFormat};
use super::terminal::{Terminal, printable};
use super::workspace;
use super::{CliError, CliResult, Exit, search};
use crate::check::did_you_mean;
use crate::events::{NoteKind, Options, RawEvent, TimeBy};
use crate::expr::Context;
use crate::ir::Fields;
use crate::knowledge::{Dataset, Explained, FailedCondition, Knowledge, Membership, Naming, Provenance, Rules};
use crate::replay::{self, Input};
use crate::source::Place;
use crate::value::time::Format;
use crate::value::{Batch, Name, Value};
use indexmap::IndexMap;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Longest value or text that is shown to people, in characters.
const MAX_SHOWN: usize = 300;

pub(super) fn run(file: &Path, args: &ExplainArgs, terminal: &Terminal) -> CliResult {
    let knowledge = workspace::knowledge(&args.known, terminal)?;
    let options = Options::from(search::overrides(&args.meta)).with_knowledge(knowledge.clone());
    let asked = args.dataset.iter().map(|name| dataset(name, &knowledge)).collect::<Result<Vec<_>, CliError>>()?;
    let input = Input { path: file.to_owned(), options };
    let (event, row, notes) = replay::event(&input, args.nth).map_err(CliError::new)?;
    for note in notes.iter().filter(|note| note.kind != NoteKind::Guess) {
        terminal.note(&note.to_string());
    }
    let guess = notes.iter().find(|note| note.kind == NoteKind::Guess).map(|note| note.text.clone());
    let report = Report::new(&knowledge, file, args.nth, event, &row, guess, &asked)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        ExplainFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &report.json()).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ExplainFormat::Human => report.human(&mut out)?,
    }
    out.flush()?;
    Ok(Exit::Ok)
}

/// A data set by `Model.Dataset`; the lineage may stand in place of the name.
fn dataset<'k>(name: &str, knowledge: &'k Knowledge) -> Result<Dataset<'k>, CliError> {
    let (model, rest) = name.split_once('.').unwrap_or((name, ""));
    let Some(known) = knowledge.model(model) else {
        let hint =
            did_you_mean(model, knowledge.models().map(|m| &*m.name), "name the app that defines it with `--app`");
        return Err(CliError::new(format!("`--dataset {name}`: data model `{model}` does not exist: {hint}")));
    };
    known.dataset(rest).ok_or_else(|| {
        let hint = did_you_mean(rest, known.dataset_names(), "write it as `Model.Dataset`");
        CliError::new(format!("`--dataset {name}`: `{model}` has no dataset `{rest}`: {hint}"))
    })
}

/// All there is to say of one event.
struct Report<'k> {
    knowledge: &'k Knowledge,
    file: String,
    number: u64,
    event: RawEvent,
    guess: Option<String>,
    explained: Explained,
    /// Data sets that the event is in, with its fields there.
    inside: Vec<(Membership<'k>, Batch)>,
    /// Data sets that were asked for, or nearly fit.
    outside: Vec<Membership<'k>>,
    /// Whether the user named data sets.
    asked: bool,
    /// Knowledge that applies to the event and does not work.
    problems: Vec<String>,
}

impl<'k> Report<'k> {
    fn new(
        knowledge: &'k Knowledge,
        file: &Path,
        number: u64,
        event: RawEvent,
        row: &Batch,
        guess: Option<String>,
        asked: &[Dataset<'k>],
    ) -> Result<Self, CliError> {
        let context = Context::at(super::now());
        let meta = event.meta.clone();
        let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
        let explained = knowledge.explain(&rules, row.clone(), &context);
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        let all = match asked {
            [] => knowledge.memberships(&explained.row, &context),
            asked => asked.iter().map(|one| knowledge.membership(*one, &explained.row, &context)).collect(),
        };
        for membership in all {
            if membership.holds() {
                let fields = fields_of(knowledge, &rules, &membership, row, &context)?;
                inside.push((membership, fields));
            } else if !asked.is_empty() || is_near(&membership, &inside) {
                outside.push(membership);
            }
        }
        let problems = rules.problems().iter().map(|found| crate::diag::render::one_line(found, knowledge.sources()));
        let problems = problems.collect();
        let (file, asked) = (file.display().to_string(), !asked.is_empty());
        Ok(Self { knowledge, file, number, event, guess, explained, inside, outside, asked, problems })
    }

    /// `file:line` of a place.
    fn place(&self, place: Option<Place>) -> Option<String> {
        let sources = self.knowledge.sources();
        let place = place?;
        Some(format!("{}:{}", sources.file(place.file).path().display(), sources.line_columns(place).line))
    }

    fn time(&self) -> String {
        let Some(time) = self.event.stamp.time else { return "none".to_owned() };
        Format::new("%Y-%m-%dT%H:%M:%S.%6NZ").print(time, &TimeZone::UTC)
    }

    /// The text that says the time, with its place.
    fn written(&self) -> Option<(&str, u32, u32)> {
        let place = self.event.stamp.written?.place;
        Some((self.event.raw.get(place.range())?, place.start, place.end))
    }

    fn found_by(&self) -> &'static str {
        match self.event.stamp.by {
            TimeBy::Nothing => "the event says no time, nor does an event before it",
            TimeBy::Settings => "found as settings say",
            TimeBy::Formats => "found by the built-in list of formats",
            TimeBy::WindowsXml => "found where Windows event XML has it",
            TimeBy::Previous => "the event says no time: that of the event before it",
            TimeBy::Export => "said by the export beside the event",
        }
    }

    /// The settings that found the time.
    fn time_settings(&self) -> Vec<(Provenance, String)> {
        let meta = &self.event.meta;
        match self.event.stamp.by {
            TimeBy::Settings => self.knowledge.time_settings(&meta.source, &meta.sourcetype, &meta.host),
            _ => Vec::new(),
        }
    }

    /// Fields that rules made, and those that come without one.
    fn fields(&self) -> impl Iterator<Item = (&Name, &Value, &[Provenance])> {
        let row = &self.explained.row;
        let hidden = |name: &str| matches!(name, "_raw" | "_time");
        let makers = self.explained.makers.iter().filter(move |(name, _)| !hidden(name));
        makers.map(move |(name, by)| (name, row.value(0, name), &by[..]))
    }

    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let RawEvent { raw, meta, line, .. } = &self.event;
        writeln!(out, "{}, event {}, line {line}", printable(&self.file), self.number)?;
        wrapped(out, 2, &shown(raw))?;
        writeln!(out, "\nmetadata{}", self.guess.as_ref().map_or_else(String::new, |text| format!(" ({text})")))?;
        for (name, value) in
            [("host", &meta.host), ("source", &meta.source), ("sourcetype", &meta.sourcetype), ("index", &meta.index)]
        {
            writeln!(out, "  {name:<10}  {}", printable(value))?;
        }
        writeln!(out, "\ntime\n  {}: {}", self.time(), self.found_by())?;
        if let Some((text, start, end)) = self.written() {
            writeln!(out, "  `{}` at bytes {start} to {end}", printable(text))?;
        }
        for (by, value) in self.time_settings() {
            let place = self.place(by.place).unwrap_or_default();
            wrapped(out, 2, &printable(&format!("[{}] {} = {value}", by.stanza, by.key)))?;
            wrapped(out, 2, &printable(&place))?;
        }
        self.field_list(out)?;
        self.labels(out)?;
        self.datasets(out)?;
        if !self.problems.is_empty() {
            writeln!(out, "\nnot working")?;
            self.problems.iter().try_for_each(|problem| wrapped(out, 2, &printable(problem)))?;
        }
        Ok(())
    }

    /// Fields under the settings that gave them.
    fn field_list(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\nfields")?;
        let mut groups: IndexMap<Vec<String>, Vec<(&Name, &Value)>> = IndexMap::new();
        for (name, value, by) in self.fields() {
            let by = match by {
                [] => vec!["given by the platform or the file".to_owned()],
                by => by.iter().flat_map(|by| self.provenance(by)).collect(),
            };
            groups.entry(by).or_default().push((name, value));
        }
        for (by, fields) in groups {
            by.iter().try_for_each(|line| wrapped(out, 2, line))?;
            list(out, fields)?;
        }
        Ok(())
    }

    /// A setting in a line, and its places.
    fn provenance(&self, by: &Provenance) -> Vec<String> {
        let mut setting = format!("[{}] {}", by.stanza, by.key);
        let mut places = self.place(by.place).unwrap_or_else(|| "by default".to_owned());
        if let Some((name, place)) = &by.transform {
            setting = format!("{setting}: [{name}]");
            places.extend(self.place(*place).map(|place| format!(", {place}")));
        }
        vec![printable(&setting), printable(&places)]
    }

    fn labels(&self, out: &mut dyn Write) -> io::Result<()> {
        let tags =
            |tags: &[Name]| if tags.is_empty() { "no tags".to_owned() } else { format!("tags {}", tags.join(", ")) };
        writeln!(out, "\neventtypes and tags")?;
        let Explained { eventtypes, tags: others, .. } = &self.explained;
        if eventtypes.is_empty() && others.is_empty() {
            writeln!(out, "  none")?;
        }
        for eventtype in eventtypes {
            let place = self.place(eventtype.place).unwrap_or_default();
            wrapped(out, 2, &format!("{}: {}", printable(&eventtype.name), tags(&eventtype.tags)))?;
            wrapped(out, 4, &printable(&place))?;
        }
        for other in others {
            let value = shown(&other.value.to_text());
            writeln!(out, "  {}={value}: {}", printable(&other.field), tags(&other.tags))?;
        }
        Ok(())
    }

    fn datasets(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\ndata sets")?;
        if self.inside.is_empty() {
            writeln!(
                out,
                "  none{}",
                if self.asked { " of these" } else { "; `--dataset` tells why not one of them" }
            )?;
        }
        for (membership, fields) in &self.inside {
            writeln!(out, "  {}", title(membership.dataset))?;
            if !self.asked {
                continue;
            }
            let fields = fields.columns().filter_map(|(name, column)| Some((name, column.values().first()?)));
            list(out, fields.filter(|(_, value)| !value.is_null()).collect())?;
        }
        if !self.outside.is_empty() {
            writeln!(out, "\nnot in these data sets, because")?;
        }
        for membership in &self.outside {
            writeln!(out, "  {}", title(membership.dataset))?;
            if let Some(obstacle) = &membership.obstacle {
                writeln!(out, "    {}", printable(obstacle))?;
            }
            for failed in &membership.failed {
                self.failed(out, failed, membership)?;
            }
        }
        Ok(())
    }

    fn failed(&self, out: &mut dyn Write, failed: &FailedCondition, of: &Membership<'_>) -> io::Result<()> {
        let asks =
            if failed.dataset == *of.dataset.name() { String::new() } else { format!(" (of {})", failed.dataset) };
        wrapped(out, 4, &format!("fails: {}{asks}", shown(&failed.condition)))?;
        for (name, value) in &failed.values {
            match value {
                Some(value) => wrapped(out, 6, &format!("{} is {}", printable(name), shown(value)))?,
                None => writeln!(out, "      {} has no value", printable(name))?,
            }
        }
        if let Some(place) = self.place(failed.place) {
            wrapped(out, 6, &printable(&place))?;
        }
        Ok(())
    }

    fn json(&self) -> Json {
        let RawEvent { raw, meta, line, stamp, .. } = &self.event;
        let by = |by: &Provenance| {
            let transform = by.transform.as_ref();
            json!({
                "stanza": &*by.stanza,
                "key": &*by.key,
                "place": self.place(by.place),
                "transform": transform.map(|(name, _)| &**name),
                "transform_place": transform.and_then(|(_, place)| self.place(*place)),
            })
        };
        let written = self.written().map(|(text, start, end)| json!({"text": text, "start": start, "end": end}));
        let settings = self.time_settings();
        let settings = settings.iter().map(|(provenance, value)| {
            let mut object = by(provenance);
            object["value"] = json!(value);
            object
        });
        let fields = self.fields().map(|(name, value, made)| {
            json!({"field": &**name, "value": crate::value::json::of_value(value), "by": made.iter().map(by).collect::<Vec<_>>()})
        });
        let eventtypes = self.explained.eventtypes.iter().map(|eventtype| {
            let tags: Vec<&str> = eventtype.tags.iter().map(|tag| &**tag).collect();
            json!({"eventtype": &*eventtype.name, "tags": tags, "place": self.place(eventtype.place)})
        });
        let tags = self.explained.tags.iter().map(|of_value| {
            let tags: Vec<&str> = of_value.tags.iter().map(|tag| &**tag).collect();
            let value = crate::value::json::of_value(&of_value.value);
            json!({"field": &*of_value.field, "value": value, "tags": tags})
        });
        let inside = self.inside.iter().map(|(membership, fields)| {
            let values = fields.columns().filter_map(|(name, column)| {
                let value = column.values().first().filter(|value| !value.is_null())?;
                Some((name.to_string(), crate::value::json::of_value(value)))
            });
            json!({"dataset": title(membership.dataset), "fields": values.collect::<serde_json::Map<_, _>>()})
        });
        let outside = self.outside.iter().map(|membership| {
            let failed = membership.failed.iter().map(|failed| {
                let values = failed.values.iter().map(|(name, value)| (name.to_string(), json!(value)));
                json!({
                    "dataset": &*failed.dataset,
                    "condition": failed.condition,
                    "values": values.collect::<serde_json::Map<_, _>>(),
                    "place": self.place(failed.place),
                })
            });
            let failed: Vec<Json> = failed.collect();
            json!({"dataset": title(membership.dataset), "failed": failed, "obstacle": membership.obstacle})
        });
        json!({
            "file": self.file,
            "event": self.number,
            "line": line,
            "raw": &**raw,
            "guess": self.guess,
            "host": &*meta.host,
            "source": &*meta.source,
            "sourcetype": &*meta.sourcetype,
            "index": &*meta.index,
            "time": {
                "epoch": stamp.time,
                "utc": self.time(),
                "found": self.found_by(),
                "written": written,
                "settings": settings.collect::<Vec<_>>(),
            },
            "fields": fields.collect::<Vec<_>>(),
            "eventtypes": eventtypes.collect::<Vec<_>>(),
            "tags": tags.collect::<Vec<_>>(),
            "datasets": inside.collect::<Vec<_>>(),
            "not_in": outside.collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

/// The event's fields in a data set that it is in.
fn fields_of(
    knowledge: &Knowledge,
    rules: &Rules,
    membership: &Membership<'_>,
    row: &Batch,
    context: &Context,
) -> Result<Batch, CliError> {
    knowledge.dataset_rows(rules, membership.dataset, row, &Fields::All, Naming::Plain, context).map_err(CliError::new)
}

/// Whether a data set that the event is not in is worth a word: the event is in its parent, or satisfies something of
/// what it asks for and fails a single term.
fn is_near(membership: &Membership<'_>, inside: &[(Membership<'_>, Batch)]) -> bool {
    let chain = membership.dataset.chain();
    let parent = chain.len().checked_sub(2).map(|at| chain[at]);
    let in_parent = parent.is_some_and(|parent| inside.iter().any(|(known, _)| title(known.dataset) == title(parent)));
    in_parent || (membership.obstacle.is_none() && membership.satisfied > 0 && membership.failed.len() == 1)
}

fn title(dataset: Dataset<'_>) -> String {
    format!("{}.{}", dataset.model.name, dataset.lineage())
}

/// Text in one line, of bounded length.
fn shown(text: &str) -> String {
    cut(&printable(text), MAX_SHOWN)
}

/// Names and values below each other; a value that is too long for its line is cut off.
fn list(out: &mut dyn Write, fields: Vec<(&Name, &Value)>) -> io::Result<()> {
    let widest = fields.iter().map(|(name, _)| printable(name).chars().count()).max().unwrap_or(0).min(30);
    let room = Terminal::width().saturating_sub(widest + 6).max(20);
    for (name, value) in fields {
        let name = printable(name);
        for (at, value) in value.values().iter().enumerate() {
            let name = if at == 0 { &*name } else { "" };
            writeln!(out, "    {name:<widest$}  {}", cut(&printable(&value.to_text()), room))?;
        }
    }
    Ok(())
}

/// Text in lines of the terminal's width, all of them indented.
fn wrapped(out: &mut dyn Write, indent: usize, text: &str) -> io::Result<()> {
    let characters: Vec<char> = text.chars().collect();
    for line in characters.chunks(Terminal::width().saturating_sub(indent + 1).max(20)) {
        writeln!(out, "{:indent$}{}", "", line.iter().collect::<String>())?;
    }
    Ok(())
}

/// At most so many characters.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(3)).collect::<String>() + "..."
}
