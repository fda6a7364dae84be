//! `escudo explain`.

use super::args::{ExplainArgs, ExplainFormat};
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit, explain_event};
use crate::compile::{Compiled, Compiler, Facts};
use crate::content::model::Detection;
use crate::content::pack::Pack;
use crate::diag::{Severity, nearest, render};
use crate::ir::schema::FieldInfo;
use crate::ir::{needs, print};
use crate::source::Located;
use crate::spl;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> CliResult {
    if let Some(file) = &args.event {
        return explain_event::run(file, args, terminal);
    }
    let wanted = args.detection.as_deref().unwrap_or_default();
    let file = Path::new(wanted);
    let is_file = file.is_file();
    let path = match &args.pack {
        Some(pack) => pack.clone(),
        None if is_file => file.to_owned(),
        None => PathBuf::from("."),
    };
    let workspace = Workspace::load(&[path], &args.known, terminal)?;
    let pack = &workspace.pack;
    let detection = find(pack, &workspace, wanted)?;
    let Some(search) = &detection.search else {
        return Err(CliError::new(format!("detection `{}` has no search", detection.object.name.as_str())));
    };
    let compiled = Compiler::new(pack, &workspace.knowledge).compile(search);
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        ExplainFormat::Json => json(&mut out, detection, search, &compiled)?,
        ExplainFormat::Human => human(&mut out, detection, &compiled)?,
    }
    out.flush()?;
    let mut failed = false;
    for found in &compiled.diagnostics {
        failed |= found.severity == Severity::Error;
        let text = render::render(found, &workspace.sources, terminal.style());
        let _ = write!(io::stderr(), "{text}");
    }
    Ok(if failed { Exit::Findings } else { Exit::Ok })
}

/// The detection of a name (letter case ignored), an id or a file.
fn find<'a>(pack: &'a Pack, workspace: &Workspace, wanted: &str) -> Result<&'a Detection, CliError> {
    let by_name = |detection: &&Detection| detection.object.name.as_str().eq_ignore_ascii_case(wanted);
    let by_id = |detection: &&Detection| detection.object.id.as_ref().is_some_and(|id| id.as_str() == wanted);
    let canonical = Path::new(wanted).canonicalize().ok();
    let by_file = |detection: &&Detection| {
        let path = workspace.sources.file(detection.object.file).path();
        canonical.is_some() && path.canonicalize().ok() == canonical
    };
    let mut all = pack.detections.iter();
    if let Some(found) = all.find(|detection| by_name(detection) || by_id(detection) || by_file(detection)) {
        return Ok(found);
    }
    let names = pack.detections.iter().map(|detection| detection.object.name.as_str());
    let hint = match nearest(wanted, names) {
        Some(near) => crate::diag::did_you_mean(near),
        None => "give its name, its id or its file, and the pack with `--pack`".to_owned(),
    };
    Err(CliError::new(format!("no detection `{wanted}` in `{}`: {hint}", pack.root.display())))
}

fn json(out: &mut dyn Write, detection: &Detection, search: &Located, compiled: &Compiled) -> io::Result<()> {
    let Facts { data_models, macros, lookups, fields_read, fields_out } = compiled.facts();
    let needs = needs::needs(&compiled.plan, &compiled.flow);
    let object = json!({
        "name": detection.object.name.as_str(),
        "id": detection.object.id.as_ref().map(Located::as_str),
        "file": detection.object.path.to_string_lossy().replace('\\', "/"),
        "search": search.as_str(),
        "expanded": compiled.expansion.text.as_str(),
        "printed": spl::print(&compiled.search),
        "plan": print::to_json(&compiled.plan, Some(&compiled.flow), Some(&needs)),
        "datamodels": data_models,
        "macros": macros,
        "lookups": lookups,
        "fields_read": fields_read,
        "fields_out": fields_out,
        "kinds": kinds(compiled),
        "fields_open": compiled.flow.output().open,
    });
    serde_json::to_writer_pretty(&mut *out, &object)?;
    writeln!(out)
}

/// What is known of the values of each field of the result; a field of which nothing is known is left out.
fn kinds(compiled: &Compiled) -> serde_json::Map<String, serde_json::Value> {
    let fields = compiled.flow.output().fields.iter().map(|(name, info)| (name, info.kind()));
    fields.filter(|(_, kind)| !kind.is_empty()).map(|(name, kind)| (name.to_string(), kind.into())).collect()
}

fn human(out: &mut dyn Write, detection: &Detection, compiled: &Compiled) -> io::Result<()> {
    let facts = compiled.facts();
    writeln!(out, "{}", printable(detection.object.name.as_str()))?;
    section(out, "search, macros expanded", &spl::print(&compiled.search))?;
    section(out, "plan", &print::print(&compiled.plan))?;
    list(out, "data models", &facts.data_models)?;
    list(out, "macros", &facts.macros)?;
    list(out, "lookups", &facts.lookups)?;
    list(out, "fields read", &facts.fields_read)?;
    let output = compiled.flow.output();
    let shown = facts.fields_out.iter().map(|name| match output.fields.get(name.as_str()).map(FieldInfo::kind) {
        None | Some("") => name.clone(),
        Some(kind) => format!("{name} ({kind})"),
    });
    list(out, "fields of the result", &shown.collect::<Vec<_>>())?;
    if compiled.flow.output().open {
        writeln!(out, "  and any other field of the events")?;
    }
    Ok(())
}

fn section(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    writeln!(out, "\n{title}:")?;
    text.lines().try_for_each(|line| writeln!(out, "  {}", printable(line)))
}

/// Names by commas, wrapped at the width of the terminal.
fn list(out: &mut dyn Write, title: &str, names: &[String]) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}:")?;
    let mut line = String::new();
    for (index, name) in names.iter().enumerate() {
        let comma = if index + 1 == names.len() { "" } else { "," };
        if !line.is_empty() && line.len() + name.len() + 4 > Terminal::width() {
            writeln!(out, "  {line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&printable(name));
        line.push_str(comma);
    }
    writeln!(out, "  {line}")
}
