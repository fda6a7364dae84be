//! The cases of `check`: a detection per mistake, with what must be found in its first lines.

use escudo::check::check;
use escudo::content::Pack;
use escudo::content::pack::LoadOptions;
use escudo::diag::Diagnostic;
use escudo::knowledge::Knowledge;
use escudo::source::Sources;
use std::path::Path;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/check");

/// What is no news of these cases.
const SET_ASIDE: [&str; 6] = [
    "missing-drilldown",
    "duplicate-search",
    "missing-summariesonly",
    "unused-macro",
    "unused-lookup",
    "leading-wildcard",
];

/// What a case says must be found.
#[derive(Debug, PartialEq, Eq)]
struct Expected {
    code: String,
    line: u32,
    column: u32,
    text: String,
    help: Option<String>,
}

#[test]
fn every_case_shows_its_mistake_and_nothing_else() {
    let knowledge = Knowledge::builtin();
    let mut sources = knowledge.sources().clone();
    let (pack, loading) = Pack::load(Path::new(CASES), &LoadOptions::default(), &mut sources).expect("the cases load");
    let mut found = check(&pack, knowledge, &sources, loading);
    // The cases are variations of one detection, in a pack that is not meant to be complete.
    found.retain(|found| !SET_ASIDE.contains(&found.code.name()));
    let mut wrong = Vec::new();
    for (file, source) in sources.iter().filter(|(_, source)| source.path().starts_with(CASES)) {
        let expected = expectations(source.text());
        let found: Vec<&Diagnostic> = found.iter().filter(|found| found.place.file == file).collect();
        let fits = expected.len() == found.len()
            && expected.iter().zip(&found).all(|(expected, found)| agrees(expected, found, &sources));
        if !fits {
            let found: Vec<String> = found.iter().map(|found| describe(found, &sources)).collect();
            let name = source.path().display();
            wrong.push(format!("{name}:\n  expected {expected:?}\n  found    {}", found.join("\n           ")));
        }
    }
    assert!(pack.detections.len() > 30, "the cases are there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The codes that some case shows.
pub(crate) fn codes_of_cases() -> Vec<String> {
    let folder = Path::new(CASES).join("detections");
    let files = std::fs::read_dir(folder).expect("the cases").flatten();
    let texts = files.map(|entry| std::fs::read_to_string(entry.path()).expect("text"));
    texts.flat_map(|text| expectations(&text)).map(|expected| expected.code).collect()
}

fn expectations(text: &str) -> Vec<Expected> {
    let mut all: Vec<Expected> = Vec::new();
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        if let Some(rest) = line.strip_prefix("# expect: ") {
            let mut parts = rest.splitn(3, ' ');
            let code = parts.next().expect("a code").to_owned();
            let (line, column) = parts.next().and_then(|at| at.split_once(':')).expect("line:column");
            let quoted = parts.next().expect("the characters");
            all.push(Expected {
                code,
                line: line.parse().expect("a line"),
                column: column.parse().expect("a column"),
                text: quoted[1..quoted.len() - 1].to_owned(),
                help: None,
            });
        } else if let (Some(help), Some(last)) = (line.strip_prefix("# help: "), all.last_mut()) {
            last.help = Some(help.to_owned());
        }
    }
    all
}

fn agrees(expected: &Expected, found: &Diagnostic, sources: &Sources) -> bool {
    let at = sources.line_columns(found.place);
    let help = found.help.as_deref().unwrap_or_default();
    expected.code == found.code.name()
        && (expected.line, expected.column) == (at.line, at.column)
        && expected.text == sources.text(found.place)
        && expected.help.as_deref().is_none_or(|wanted| help.contains(wanted))
}

fn describe(found: &Diagnostic, sources: &Sources) -> String {
    let at = sources.line_columns(found.place);
    let text = sources.text(found.place);
    format!("{} {}:{} {text:?} help {:?}: {}", found.code, at.line, at.column, found.help, found.message)
}
