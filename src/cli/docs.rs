//! `escudo docs`.

use super::args::{DocsArgs, Layout};
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit};
use crate::compile::Compiler;
use crate::content::model::Generation;
use crate::diag::{Diagnostic, render};
use crate::docs::{self, Analysis, Attack, Cves, Stale};
use crate::ir::print;
use crate::source::FileId;
use crate::spl;
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

/// Most problems and pages that are listed one by one.
const MOST_LISTED: usize = 50;

pub(super) fn run(args: &DocsArgs, terminal: &Terminal) -> CliResult {
    let workspace = Workspace::open(&args.pack, terminal)?;
    let layout = match &args.templates {
        Some(folder) => docs::Layout::from_folder(folder),
        None => docs::Layout::builtin(name(args.layout)),
    };
    let layout = layout.map_err(failed)?;
    let enrichment = Enrichment { attack: args.attack.as_deref(), cve: args.cve.as_deref() };
    let rendered = render(&workspace, &layout, &enrichment, &args.output, terminal)?;
    let mut out = io::stdout();
    let well = if args.check {
        let stale = rendered.site.stale(&args.output);
        report(&mut out, &stale, &args.output, rendered.site.pages.len())?;
        stale.is_empty()
    } else {
        writeln!(out, "{}", rendered.write(&args.output)?)?;
        true
    };
    let exit = if rendered.errors || !well { Exit::Findings } else { Exit::Ok };
    // The process ends here. The system takes back at once what would take long to free piece by piece.
    std::mem::forget((workspace, rendered));
    Ok(exit)
}

/// Says which pages of a folder are not what would be written.
fn report(out: &mut dyn Write, stale: &Stale, folder: &Path, total: usize) -> io::Result<()> {
    let parts =
        [(&stale.missing, "is missing"), (&stale.changed, "is out of date"), (&stale.surplus, "is no longer made")];
    let mut lines = Vec::new();
    for (pages, what) in parts {
        lines.extend(pages.iter().map(|page| format!("{} {what}", printable(&page.to_string_lossy()))));
    }
    for line in lines.iter().take(MOST_LISTED) {
        writeln!(out, "{line}")?;
    }
    if lines.len() > MOST_LISTED {
        writeln!(out, "... and {} more", lines.len() - MOST_LISTED)?;
    }
    match lines.len() {
        0 => writeln!(out, "{}: up to date ({total} pages)", folder.display()),
        count => writeln!(out, "{}: {count} of {total} pages differ; run `escudo docs` again", folder.display()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
fn failed(error: docs::Error) -> CliError {
    CliError::new(error.to_string())
}

/// The layout's name.
pub(super) fn name(layout: Layout) -> &'static str {
    match layout {
        Layout::Jekyll => "jekyll",
        Layout::Markdown => "markdown",
        Layout::Html => "html",
    }
}

/// Files with what a pack does not say itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Enrichment<'a> {
    pub(super) attack: Option<&'a Path>,
    pub(super) cve: Option<&'a Path>,
}

/// The pages of one layout.
pub(super) struct Rendered {
    site: docs::Site,
    /// Some object is wrong in a way that its page shows or could not be made, or a link leads nowhere.
    pub(super) errors: bool,
}

impl Rendered {
    /// Writes the pages; gives a line that says what was done.
    pub(super) fn write(&self, out: &Path) -> Result<String, CliError> {
        let done = self.site.write(out).map_err(failed)?;
        let total = done.written + done.unchanged;
        let plural = if total == 1 { "" } else { "s" };
        let removed = if done.removed == 0 { String::new() } else { format!(", {} removed", done.removed) };
        let (written, unchanged) = (done.written, done.unchanged);
        Ok(format!("{total} page{plural} in {}: {written} written, {unchanged} unchanged{removed}", out.display()))
    }
}

/// Renders the pages of a pack. What cannot be rendered is drawn on standard error.
pub(super) fn render(
    workspace: &Workspace,
    layout: &docs::Layout,
    enrichment: &Enrichment<'_>,
    out: &Path,
    terminal: &Terminal,
) -> Result<Rendered, CliError> {
    let own_table = enrichment.attack.map(docs::attack_path).transpose().map_err(failed)?;
    let cves = enrichment.cve.map(Cves::from_path).transpose().map_err(failed)?;
    let title = docs::title(&workspace.pack);
    let options = docs::Options {
        layout,
        attack: own_table.as_ref().unwrap_or_else(|| Attack::builtin()),
        cves: cves.as_ref(),
        title: &title,
        source_url: docs::source_url(&workspace.pack),
    };
    let spinner = terminal.spinner("rendering");
    let newer = workspace.pack.detections.iter().any(|it| it.object.generation != Generation::V4);
    let analyses = if layout.reads_plans(newer) { analyses(workspace) } else { HashMap::new() };
    let input = docs::Input::from_pack(&workspace.pack, analyses);
    let site = docs::render(&input, &options).map_err(failed);
    spinner.finish_and_clear();
    let mut site = site?;
    site.check_links(out);
    draw(&site.diagnostics, workspace, terminal);
    draw(&workspace.loading, workspace, terminal);
    for problem in site.problems.iter().take(MOST_LISTED) {
        let _ = writeln!(io::stderr(), "error: {}", printable(problem));
    }
    if site.problems.len() > MOST_LISTED {
        let _ = writeln!(io::stderr(), "error: ... and {} more", site.problems.len() - MOST_LISTED);
    }
    if !site.without_page.is_empty() {
        terminal.note(&format!(
            "{} stories get no page, as they are deprecated or no detection names them: {}",
            site.without_page.len(),
            printable(&site.without_page.join(", "))
        ));
    }
    let is_error = |found: &Diagnostic| found.severity == crate::diag::Severity::Error;
    let errors = site.diagnostics.iter().chain(&workspace.loading).any(is_error) || !site.problems.is_empty();
    Ok(Rendered { site, errors })
}

fn draw(findings: &[Diagnostic], workspace: &Workspace, terminal: &Terminal) {
    for found in findings {
        let _ = write!(io::stderr(), "{}", render::render(found, &workspace.sources, terminal.style()));
    }
}

/// What the compiler knows of each detection that gets a page or stands in a table.
fn analyses(workspace: &Workspace) -> HashMap<FileId, Analysis> {
    let Workspace { pack, knowledge, .. } = workspace;
    let compiler = Compiler::new(pack, knowledge);
    let own = pack.detections.par_iter().filter(|detection| pack.is_own(detection.object.file));
    own.filter_map(|detection| {
        let compiled = compiler.compile(detection.search.as_ref()?);
        let facts = compiled.facts();
        let analysis = Analysis {
            datamodels: facts.data_models,
            macros: facts.macros,
            lookups: facts.lookups,
            fields_read: facts.fields_read,
            fields_out: facts.fields_out,
            fields_open: compiled.flow.output().open,
            plan: Some(print::print(&compiled.plan)),
            expanded: Some(spl::print(&compiled.search)),
        };
        Some((detection.object.file, analysis))
    })
    .collect()
}
