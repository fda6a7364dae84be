//! `escudo build`: check, test and document a pack into one folder.

use super::args::{BuildArgs, Layout};
use super::terminal::Terminal;
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit, docs, test};
use crate::check::output;
use crate::docs::Layout as Templates;
use crate::replay::output::{Totals, json, junit, summary};
use std::io::{self, Write};

/// The layouts that a build renders, each into a folder of its name.
const LAYOUTS: [Layout; 3] = [Layout::Markdown, Layout::Jekyll, Layout::Html];

pub(super) fn run(args: &BuildArgs, terminal: &Terminal) -> CliResult {
    let workspace = Workspace::open(&args.pack, terminal)?;
    let mut out = io::stdout();

    let findings = workspace.findings(false);
    let objects = workspace.selected_objects();
    output::human::write(&mut out, &findings, &workspace.sources, objects, terminal.style())?;
    let errors = output::Counts::of(&findings).errors;
    let mut report = Vec::new();
    output::json::write(&mut report, &findings, &workspace.sources)?;
    super::write_file(&args.output.join("check.json"), &report)?;

    let results = test::run_tests(&workspace, &args.data, false, &|_| true, terminal);
    test::human(&mut out, &results, terminal)?;
    let mut report = Vec::new();
    json::write(&mut report, &results)?;
    super::write_file(&args.output.join("test_results/results.json"), &report)?;
    let mut report = Vec::new();
    junit::write(&mut report, &results)?;
    super::write_file(&args.output.join("test_results/junit.xml"), &report)?;
    let text = summary::text(&workspace.pack, &results, false).map_err(CliError::new)?;
    super::write_file(&args.output.join("test_results/summary.yml"), text.as_bytes())?;

    let enrichment = docs::Enrichment { attack: args.attack.as_deref(), cve: None };
    let mut pages_well = true;
    for layout in LAYOUTS {
        let name = docs::name(layout);
        let templates = Templates::builtin(name).map_err(|error| CliError::new(error.to_string()))?;
        let folder = args.output.join("docs").join(name);
        let rendered = docs::render(&workspace, &templates, &enrichment, &folder, terminal)?;
        writeln!(out, "{}", rendered.write(&folder)?)?;
        pages_well &= !rendered.errors;
    }
    let well = errors == 0 && Totals::of(&results).all_well() && pages_well;
    Ok(if well { Exit::Ok } else { Exit::Findings })
}
