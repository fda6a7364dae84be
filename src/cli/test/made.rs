//! `--synthesize`: events made from each search, and whether they behave.

use super::super::args::{TestArgs, TestFormat};
use super::super::terminal::{Terminal, printable};
use super::super::workspace::Workspace;
use super::super::{CliError, CliResult, Exit, write_beside};
use crate::compile::Compiler;
use crate::content::model::Detection;
use crate::synth::{EventSet, Made, NearMiss, Report, Synthesizer};
use serde_json::{Map, Value as Json, json};
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub(super) fn run(
    args: &TestArgs,
    workspace: &Workspace,
    wanted: &(dyn Fn(&Detection) -> bool + Sync),
    terminal: &Terminal,
) -> CliResult {
    let compiler = Compiler::new(&workspace.pack, &workspace.knowledge);
    let synthesizer = Synthesizer { pack: &workspace.pack, knowledge: &workspace.knowledge, compiler: &compiler };
    let count = workspace.pack.detections.iter().filter(|detection| wanted(detection)).count();
    let bar = terminal.bar(count as u64, "making events");
    let reports = synthesizer.run(wanted, &|| bar.inc(1));
    bar.finish_and_clear();
    if let Some(folder) = &args.output {
        for report in &reports {
            write(folder, report).map_err(|error| CliError::new(format!("`{}`: {error}", folder.display())))?;
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        TestFormat::Json => machine(&mut out, &reports)?,
        TestFormat::Human => human(&mut out, &reports, args.output.as_deref())?,
        TestFormat::Csv | TestFormat::Junit => {
            return Err(CliError::new("`--synthesize` writes `--format human` or `json`"));
        }
    }
    out.flush()?;
    let well = reports.iter().all(|report| matches!(report.made, Made::Agrees { .. } | Made::NotExecutable(_)));
    Ok(if well { Exit::Ok } else { Exit::Findings })
}

fn is_loud(miss: &NearMiss) -> bool {
    !miss.outcome.as_ref().is_ok_and(|outcome| outcome.rows.is_empty())
}

fn human(out: &mut dyn Write, reports: &[Report], folder: Option<&Path>) -> io::Result<()> {
    let (mut agree, mut fail, mut skip) = (0, 0, 0);
    for report in reports {
        let name = printable(&report.detection);
        match &report.made {
            Made::Agrees { .. } => agree += 1,
            Made::NotExecutable(_) => skip += 1,
            Made::NoMatch(why) => {
                fail += 1;
                writeln!(out, "FAIL  {name}: no matching events: {}", printable(why))?;
            }
            Made::FalseMatch { near, .. } => {
                fail += 1;
                writeln!(out, "FAIL  {name}: matches without a condition that it needs")?;
                for miss in near.iter().filter(|miss| is_loud(miss)) {
                    writeln!(out, "      {}", printable(&miss.condition))?;
                }
            }
        }
    }
    for report in reports {
        match &report.made {
            Made::Agrees { matching, near, never } => {
                let (events, name) = (matching.len(), printable(&report.detection));
                writeln!(out, "PASS  {name}: {events} events match, {} near misses do not", near.len())?;
                if !never.is_empty() {
                    writeln!(out, "      no row can have: {}", printable(&never.join(", ")))?;
                }
            }
            Made::NotExecutable(why) => {
                writeln!(out, "SKIP  {}: {}", printable(&report.detection), printable(why))?;
            }
            Made::NoMatch(_) | Made::FalseMatch { .. } => {}
        }
    }
    writeln!(out, "{} detections: {agree} agree, {fail} fail, {skip} skipped", reports.len())?;
    if let Some(folder) = folder {
        writeln!(out, "events written to {}", folder.display())?;
    }
    Ok(())
}

fn machine(out: &mut dyn Write, reports: &[Report]) -> io::Result<()> {
    writeln!(out, "[")?;
    for (at, report) in reports.iter().enumerate() {
        let (status, reason, events, near) = match &report.made {
            Made::Agrees { matching, near, .. } => ("pass", String::new(), matching.len(), near.as_slice()),
            Made::NotExecutable(why) => ("skip", why.clone(), 0, &[][..]),
            Made::NoMatch(why) => ("fail", why.clone(), 0, &[][..]),
            Made::FalseMatch { matching, near } => {
                ("fail", "matches without a condition that it needs".to_owned(), matching.len(), near.as_slice())
            }
        };
        let near: Vec<Json> =
            near.iter().map(|miss| json!({"without": miss.condition, "silent": !is_loud(miss)})).collect();
        let row = json!({
            "detection": report.detection,
            "file": report.file.to_string_lossy().replace('\\', "/"),
            "status": status, "reason": reason, "events": events, "near_misses": near,
        });
        let comma = if at + 1 == reports.len() { "" } else { "," };
        writeln!(out, "  {row}{comma}")?;
    }
    writeln!(out, "]")
}

/// `DIR/<detection>/match/*.jsonl`, `.../near_miss_1/*.jsonl`, and a README that says what each is.
fn write(folder: &Path, report: &Report) -> io::Result<()> {
    use std::fmt::Write as _;
    let stem = report.file.file_stem().map_or_else(Default::default, |stem| stem.to_string_lossy().into_owned());
    let (matching, near) = match &report.made {
        Made::Agrees { matching, near, .. } | Made::FalseMatch { matching, near } => (matching, near),
        Made::NotExecutable(_) | Made::NoMatch(_) => return Ok(()),
    };
    let place = folder.join(stem);
    let mut readme = format!("# {}\n\nmatch: the search finds these events.\n", report.detection);
    write_set(&place.join("match"), matching)?;
    for (at, miss) in near.iter().enumerate() {
        let name = format!("near_miss_{}", at + 1);
        write_set(&place.join(&name), &miss.set)?;
        let verdict = if is_loud(miss) { "should not be found, but is" } else { "not found" };
        let _ = writeln!(readme, "{name}: {verdict}; does not satisfy {}", miss.condition);
    }
    readme.push_str(
        "\nDataset files run with `escudo search SPL --datamodel Model.Dataset FILE`. events.jsonl holds raw events at\n\
         the level of their fields; tables hold the rows of lookups that begin empty.\n",
    );
    write_beside(&place.join("README.md"), readme.as_bytes())
}

fn write_set(folder: &Path, set: &EventSet) -> io::Result<()> {
    let lines = |rows: &[crate::synth::Event]| {
        let lines: Vec<String> = rows.iter().map(|row| object(row).to_string()).collect();
        lines.join("\n") + "\n"
    };
    if !set.events.is_empty() {
        write_beside(&folder.join("events.jsonl"), lines(&set.events).as_bytes())?;
    }
    for dataset in &set.datasets {
        let name = match &dataset.dataset {
            Some(name) => format!("{}.{name}", dataset.model),
            None => dataset.model.to_string(),
        };
        write_beside(&folder.join(format!("{}.jsonl", safe(&name))), lines(&dataset.rows).as_bytes())?;
    }
    for (name, rows) in &set.tables {
        write_beside(&folder.join(format!("table_{}.jsonl", safe(name))), lines(rows).as_bytes())?;
    }
    Ok(())
}

/// A name that is one file in the folder, whatever the search calls its lookup.
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' }).collect()
}

fn object(row: &crate::synth::Event) -> Json {
    let one = |value: &crate::value::Value| match value {
        crate::value::Value::Number(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        other => Json::String(other.to_text().into_owned()),
    };
    let cell = |value: &crate::value::Value| match value.values() {
        [single] => one(single),
        many => Json::Array(many.iter().map(one).collect()),
    };
    Json::Object(row.iter().map(|(name, value)| (name.to_string(), cell(value))).collect::<Map<_, _>>())
}
