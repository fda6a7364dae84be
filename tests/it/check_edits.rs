//! Cases of the checks as edits of a small pack that is all well: each edit makes one mistake, and its close miss none.
//! `tests/cases/check_edits/README.md` says how they are written.

use escudo::check::{Options, check_with};
use escudo::content::Pack;
use escudo::content::pack::LoadOptions;
use escudo::diag::{Diagnostic, codes};
use escudo::knowledge::Knowledge;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/check_edits");

/// Files of a pack by path.
type Files = BTreeMap<String, String>;

/// One edit of a case.
#[derive(Debug)]
struct Edit {
    verb: String,
    path: String,
    body: String,
}

/// A case: what it breaks, and what comes close without breaking it.
#[derive(Debug)]
struct Case {
    code: String,
    title: String,
    severity: Option<String>,
    help: Option<String>,
    bad: Vec<Edit>,
    miss: Vec<Edit>,
}

/// A finding: code, file, place and the characters there.
type Found = (String, String, u32, u32, String);

#[test]
fn every_edit_shows_its_mistake_and_every_close_miss_is_silent() {
    let base = base();
    let cases = cases();
    let wrong: Vec<String> = cases.par_iter().flat_map(|case| judge(case, &base)).collect();
    assert!(cases.len() > 100, "the cases are there");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_code_of_a_check_has_a_case() {
    let mut shown: BTreeSet<String> = cases().into_iter().map(|case| case.code).collect();
    shown.extend(super::check::codes_of_cases());
    // Codes that other rooms report, which their own tests show.
    let elsewhere = [
        "conf-syntax",
        "conf-value",
        "duplicate-page",
        "file-unreadable",
        "macro-expansion-too-large",
        "nesting-too-deep",
        "search-too-long",
        "macro-eval-without-text",
        "macro-validation",
        "model-syntax",
        "path-outside-pack",
        "unsafe-page-path",
        "unsupported-setting",
        "yaml-limit",
        "yaml-not-utf8",
    ];
    let missing: Vec<&str> = codes::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !shown.contains(*name) && !elsewhere.contains(name))
        .collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

fn judge(case: &Case, base: &Files) -> Vec<String> {
    let mut wrong = Vec::new();
    let (files, expected) = edited(base, &case.bad, &case.code);
    let found = run(&files);
    let shown: BTreeSet<Found> = found.iter().map(|(found, _)| found.clone()).collect();
    if shown != expected || expected.is_empty() {
        wrong.push(format!("{} ({}):\n  expected {expected:?}\n  found    {}", case.code, case.title, list(&found)));
    }
    for (_, diagnostic) in found.iter().filter(|((code, ..), _)| *code == case.code) {
        let severity = case.severity.as_deref().unwrap_or(diagnostic.severity.as_str());
        if severity != diagnostic.severity.as_str() {
            wrong.push(format!("{} ({}): is an {}", case.code, case.title, diagnostic.severity.as_str()));
        }
        let help = diagnostic.help.as_deref().unwrap_or_default();
        if case.help.as_deref().is_some_and(|wanted| !help.contains(wanted)) {
            wrong.push(format!("{} ({}): the help is {help:?}", case.code, case.title));
        }
    }
    if !case.miss.is_empty() {
        let (files, marked) = edited(base, &case.miss, &case.code);
        let found = run(&files);
        if !found.is_empty() || !marked.is_empty() {
            wrong.push(format!("{} ({}): the close miss shows {}", case.code, case.title, list(&found)));
        }
    }
    wrong
}

fn list(found: &[(Found, Diagnostic)]) -> String {
    let lines = found.iter().map(|(found, diagnostic)| format!("{found:?} {}", diagnostic.message));
    lines.collect::<Vec<String>>().join("\n           ")
}

/// Applies edits; `«...»` in a new text marks what must be found, `«code|...»` under another code.
fn edited(base: &Files, edits: &[Edit], code: &str) -> (Files, BTreeSet<Found>) {
    let mut files = base.clone();
    let mut touched = BTreeSet::new();
    for edit in edits {
        touched.insert(edit.path.clone());
        match edit.verb.as_str() {
            "delete" => {
                assert!(files.remove(&edit.path).is_some(), "no file {}", edit.path);
            }
            "create" => {
                files.insert(edit.path.clone(), edit.body.clone());
            }
            "edit" => {
                let text = files.get(&edit.path).unwrap_or_else(|| panic!("no file {}", edit.path));
                let patched = patch(text, &edit.body).unwrap_or_else(|line| panic!("{}: no `{line}`", edit.path));
                files.insert(edit.path.clone(), patched);
            }
            other => panic!("no verb {other}"),
        }
    }
    let mut expected = BTreeSet::new();
    for path in touched {
        if let Some(text) = files.get_mut(&path) {
            let plain = marks(text, &path, code, &mut expected);
            *text = plain;
        }
    }
    (files, expected)
}

/// `-` lines are replaced by the `+` lines that follow them; lines with a blank only say where.
fn patch<'p>(text: &str, patch: &'p str) -> Result<String, &'p str> {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let mut at = 0;
    for line in patch.lines() {
        let (sign, rest) = line.split_at(line.len().min(1));
        if sign == "+" {
            lines.insert(at, rest.to_owned());
            at += 1;
            continue;
        }
        at += lines[at..].iter().position(|known| known == rest).ok_or(rest)?;
        if sign == "-" {
            lines.remove(at);
        } else {
            at += 1;
        }
    }
    Ok(lines.join("\n") + "\n")
}

fn marks(text: &str, path: &str, code: &str, expected: &mut BTreeSet<Found>) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('«') {
        plain.push_str(&rest[..open]);
        let inner = &rest[open + '«'.len_utf8()..];
        let close = inner.find('»').expect("a mark is closed");
        let marked = &inner[..close];
        let (code, shown) = match marked.split_once('|').filter(|(code, _)| codes::Code::named(code).is_some()) {
            Some((code, shown)) => (code, shown),
            None => (code, marked),
        };
        let line = plain.matches('\n').count() + 1;
        let column = plain.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = (u32::try_from(line).expect("few lines"), u32::try_from(column).expect("few columns"));
        expected.insert((code.to_owned(), path.to_owned(), place.0, place.1, shown.to_owned()));
        plain.push_str(shown);
        rest = &inner[close + '»'.len_utf8()..];
    }
    plain.push_str(rest);
    plain
}

fn run(files: &Files) -> Vec<(Found, Diagnostic)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }
    let knowledge = Knowledge::builtin();
    let mut sources = knowledge.sources().clone();
    let (pack, loading) = Pack::load(folder.path(), &LoadOptions::default(), &mut sources).expect("the pack loads");
    let today = jiff::civil::date(2026, 6, 1);
    let found = check_with(&pack, knowledge, &sources, loading, Options::on(today));
    found
        .into_iter()
        .map(|diagnostic| {
            let file = sources.file(diagnostic.place.file).path();
            let path = file.strip_prefix(folder.path()).unwrap_or(file).to_string_lossy().replace('\\', "/");
            let at = sources.line_columns(diagnostic.place);
            let text = sources.text(diagnostic.place).to_owned();
            ((diagnostic.code.name().to_owned(), path, at.line, at.column, text), diagnostic)
        })
        .collect()
}

fn base() -> Files {
    let root = PathBuf::from(FOLDER).join("base");
    let mut files = Files::new();
    collect(&root, &root, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("the base pack").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = fs::read_dir(FOLDER).expect("the cases").flatten().map(|it| it.path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|it| it == "md") && !path.ends_with("README.md"));
    paths.iter().flat_map(|path| read(&fs::read_to_string(path).expect("text"))).collect()
}

fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_miss = false;
    let mut block: Option<Edit> = None;
    for line in text.lines() {
        if let Some(edit) = &mut block {
            if line == "```" {
                let case = cases.last_mut().expect("a block stands in a case");
                let edits = if in_miss { &mut case.miss } else { &mut case.bad };
                edits.extend(block.take());
            } else {
                edit.body.push_str(line);
                edit.body.push('\n');
            }
            continue;
        }
        if let Some(title) = line.strip_prefix("## ") {
            let (code, title) = title.split_once(": ").expect("`## code: title`");
            in_miss = false;
            let (code, title) = (code.to_owned(), title.to_owned());
            cases.push(Case { code, title, severity: None, help: None, bad: Vec::new(), miss: Vec::new() });
        } else if let Some(head) = line.strip_prefix("```") {
            let (verb, path) = head.split_once(' ').expect("a verb and a path");
            block = Some(Edit { verb: verb.to_owned(), path: path.to_owned(), body: String::new() });
        } else if let Some(case) = cases.last_mut() {
            match line.split_once(": ") {
                Some(("severity", word)) => case.severity = Some(word.to_owned()),
                Some(("help", words)) => case.help = Some(words.to_owned()),
                _ => in_miss |= line.starts_with("Close miss"),
            }
        }
    }
    cases
}
