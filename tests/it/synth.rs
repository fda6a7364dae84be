//! Events made for searches: what matches, what must not, and how many detections of the corpus agree.

use crate::score;
use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::knowledge::Knowledge;
use escudo::source::Sources;
use escudo::synth::{Made, Report, Synthesizer};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn reports(pack: &Path, with: &[PathBuf]) -> Vec<Report> {
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(pack, &LoadOptions { with: with.to_vec(), ..LoadOptions::default() }, &mut sources)
        .expect("the pack can be read");
    let knowledge = Knowledge::builtin();
    let compiler = Compiler::new(&pack, knowledge);
    let synthesizer = Synthesizer { pack: &pack, knowledge, compiler: &compiler };
    synthesizer.run(&|_| true, &|| ())
}

#[test]
fn corpus() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let mut score = String::from(
        "# Events made from the plans of detections: how many match, and how many near misses stay silent.\n",
    );
    let mut short = Vec::new();
    for name in ["security_content-4.29", "security_content-5.0", "security_content-6"] {
        let pack = corpus.join(name);
        if !pack.exists() {
            println!("skipped: the corpus is not there ({})", pack.display());
            return;
        }
        // The newest pack is a selection: its macros are those of the one before.
        let with: &[PathBuf] = if name.ends_with("-6") { &[corpus.join("security_content-5.0")] } else { &[] };
        let reports = reports(&pack, with);
        let agree = reports.iter().filter(|report| matches!(report.made, Made::Agrees { .. })).count();
        let executable = reports.iter().filter(|report| !matches!(report.made, Made::NotExecutable(_))).count();
        summary(&mut score, name, &reports);
        // Of each pack at least 95 in a hundred.
        if agree * 100 < executable * 95 {
            short.push(format!("only {agree} of {executable} of {name} agree"));
        }
    }
    // The list says what fails and why; it is rewritten like the other scores, but a changed line in it is no failure.
    if std::env::var_os("ESCUDO_BLESS").is_some() {
        score::compare("synthesized.txt", &score);
    }
    assert!(short.is_empty(), "{short:?}\n{score}");
}

fn summary(score: &mut String, name: &str, reports: &[Report]) {
    let _ = writeln!(score, "\n## {name}\n");
    let mut counts = [0; 4];
    let (mut near_misses, mut without, mut incomplete) = (0, 0, 0);
    let mut lists: [Vec<String>; 3] = Default::default();
    for report in reports {
        let file = report.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let (kind, line) = match &report.made {
            Made::NotExecutable(why) => (0, format!("not executable {file}: {why}")),
            Made::NoMatch(why) => (1, format!("no match {file}: {why}")),
            Made::FalseMatch { near, .. } => {
                near_misses += near.len();
                let loud =
                    near.iter().filter(|miss| !miss.outcome.as_ref().is_ok_and(|outcome| outcome.rows.is_empty()));
                let loud: Vec<&str> = loud.map(|miss| miss.condition.as_str()).collect();
                (2, format!("matches without {file}: {}", loud.join(" | ")))
            }
            Made::Agrees { near, never, .. } => {
                incomplete += usize::from(!never.is_empty());
                near_misses += near.len();
                without += usize::from(near.is_empty());
                (3, String::new())
            }
        };
        counts[kind] += 1;
        if let Some(list) = lists.get_mut(kind) {
            list.push(line);
        }
    }
    let executable = reports.len() - counts[0];
    let _ = writeln!(score, "executable: {executable}/{}", reports.len());
    let _ = writeln!(score, "matching events match: {}/{executable}", counts[2] + counts[3]);
    let _ = writeln!(score, "matches and near misses agree: {}/{executable}", counts[3]);
    let _ =
        writeln!(score, "of these, with a risk or threat object that their search drops or never makes: {incomplete}");
    let _ = writeln!(score, "near misses: {near_misses}; detections without any: {without}\n");
    for line in lists.iter().flatten() {
        let _ = writeln!(score, "{}", line.lines().collect::<Vec<_>>().join(" "));
    }
}
