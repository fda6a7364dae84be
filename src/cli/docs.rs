//! `escudo docs`.

use super::args::{DocsArgs, Layout};
use super::terminal::Terminal;
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit};
use crate::compile::Compiler;
use crate::diag::{Diagnostic, render};
use crate::docs::{self, Analysis, Attack};
use crate::source::FileId;
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &DocsArgs, terminal: &Terminal) -> CliResult {
    let workspace = Workspace::open(&args.pack, terminal)?;
    let layout = match &args.templates {
        Some(folder) => docs::Layout::from_folder(folder),
        None => docs::Layout::builtin(name(args.layout)),
    };
    let layout = layout.map_err(|error| CliError::new(error.to_string()))?;
    let written = render_into(&workspace, &layout, args.attack.as_deref(), &args.output, terminal)?;
    writeln!(io::stdout(), "{}", written.line(&args.output))?;
    Ok(if written.errors { Exit::Findings } else { Exit::Ok })
}

/// The layout's name.
pub(super) fn name(layout: Layout) -> &'static str {
    match layout {
        Layout::Jekyll => "jekyll",
        Layout::Markdown => "markdown",
    }
}

/// What came of rendering one layout.
pub(super) struct Rendered {
    written: usize,
    unchanged: usize,
    /// Some object is wrong in a way that its page shows or could not be made.
    pub(super) errors: bool,
}

impl Rendered {
    pub(super) fn line(&self, out: &Path) -> String {
        let total = self.written + self.unchanged;
        let plural = if total == 1 { "" } else { "s" };
        format!("{total} page{plural} in {}: {} written, {} unchanged", out.display(), self.written, self.unchanged)
    }
}

/// Renders the pages of a pack into a folder. What cannot be rendered is drawn on standard error.
pub(super) fn render_into(
    workspace: &Workspace,
    layout: &docs::Layout,
    attack: Option<&Path>,
    out: &Path,
    terminal: &Terminal,
) -> Result<Rendered, CliError> {
    let failed = |error: docs::Error| CliError::new(error.to_string());
    let own_table = attack.map(docs::attack_file).transpose().map_err(failed)?;
    let options = docs::Options {
        layout,
        attack: own_table.as_ref().unwrap_or_else(|| Attack::builtin()),
        source_url: docs::source_url(&workspace.pack),
    };
    let spinner = terminal.spinner("rendering");
    let input = docs::Input::from_pack(&workspace.pack, analyses(workspace));
    let site = docs::render(&input, &options).map_err(failed);
    spinner.finish_and_clear();
    let site = site?;
    draw(&site.diagnostics, workspace, terminal);
    draw(&workspace.loading, workspace, terminal);
    let written = site.write(out).map_err(failed)?;
    let is_error = |found: &Diagnostic| found.severity == crate::diag::Severity::Error;
    Ok(Rendered {
        written: written.written,
        unchanged: written.unchanged,
        errors: site.diagnostics.iter().chain(&workspace.loading).any(is_error),
    })
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
            expanded: Some(compiled.expansion.text.as_str().to_owned()),
        };
        Some((detection.object.file, analysis))
    })
    .collect()
}
