//! `fmt` over published content packs: it changes no plan, no other byte, and nothing the second time.

use crate::spl::{PACKS, corpus};
use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::content::yaml::{self, Node};
use escudo::format::{Formatter, Outcome, Reason, has_search};
use escudo::ir::print::print;
use escudo::knowledge::Knowledge;
use escudo::source::{Located, Sources};
use std::fmt::Write as _;
use std::path::Path;

/// A pack, and the places of it.
struct Loaded {
    pack: Pack,
    sources: Sources,
}

fn load(path: &Path, with: &Path) -> Loaded {
    let mut sources = Knowledge::builtin().sources().clone();
    let options = LoadOptions { with: vec![with.to_owned()], ..LoadOptions::default() };
    let (pack, _) = Pack::load(path, &options, &mut sources).expect("the pack can be loaded");
    Loaded { pack, sources }
}

/// A file's text around its search, and the search.
fn around(node: &Node, text: &str) -> (String, String, Located) {
    let search = node.get("search").expect("the file has a search");
    let (start, end) = (search.place.span.start as usize, search.place.span.end as usize);
    (
        text[..start].to_owned(),
        text[end..].trim_matches(' ').trim_end().to_owned(),
        search.as_text().expect("it is text").clone(),
    )
}

#[test]
fn formatting_a_corpus_changes_only_the_layout() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    let knowledge = Knowledge::builtin();
    let mut report = String::from("# Searches that `fmt` lays out; of the others, why not.\n");
    for name in PACKS {
        let loaded = load(&corpus.join(name), &corpus.join("security_content-5.0"));
        let (formatter, compiler) = (Formatter::new(&loaded.pack, knowledge), Compiler::new(&loaded.pack, knowledge));
        let copy = tempfile::tempdir().expect("a temporary folder");
        let (mut all, mut changed, mut left, mut widest) = (0, 0, String::new(), 0);
        for (kind, object) in loaded.pack.objects() {
            if !has_search(kind) || !loaded.pack.is_selected(object.file) {
                continue;
            }
            all += 1;
            let text = loaded.sources.file(object.file).text();
            let target = copy.path().join(&object.path);
            std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
            let new = match formatter.file(object, &loaded.sources) {
                Outcome::Same => text.to_string(),
                Outcome::Changed(new_file) => {
                    changed += 1;
                    let node = yaml::parse(object.file, new_file.as_str()).0.expect("the new file is YAML");
                    let (before, after, search) = around(&object.node, text);
                    let (new_before, new_after, new_search) = around(&node, &new_file);
                    assert_eq!((before, after), (new_before, new_after), "{}", object.path.display());
                    let (old, new) = (compiler.compile(&search), compiler.compile(&new_search));
                    assert_eq!(print(&old.plan), print(&new.plan), "{}", object.path.display());
                    assert_eq!(old.diagnostics.len(), new.diagnostics.len(), "{}", object.path.display());
                    let lines = new_search.as_str().lines().map(|line| line.chars().count());
                    widest += lines.filter(|length| *length > escudo::spl::WIDTH).count();
                    new_file
                }
                Outcome::Left(reason) => {
                    let reason = match reason {
                        Reason::Mistake(found) => format!("{}: {}", found.code, found.message),
                        Reason::Form(reason) => reason.to_owned(),
                    };
                    let _ = writeln!(left, "{}: {reason}", object.path.display());
                    text.to_string()
                }
            };
            std::fs::write(target, new).expect("the copy can be written");
        }
        let _ = writeln!(report, "\n## {name}\n\nlaid out: {}/{all}", all - left.lines().count());
        let _ = writeln!(report, "changed by it: {changed}\nlines that cannot be broken: {widest}\n\n{left}");
        let again = load(copy.path(), &corpus.join(name));
        let formatter = Formatter::new(&again.pack, knowledge);
        for (kind, object) in again.pack.objects() {
            if has_search(kind) && again.pack.is_selected(object.file) {
                let outcome = formatter.file(object, &again.sources);
                assert!(!matches!(outcome, Outcome::Changed(_)), "changes twice: {}", object.path.display());
            }
        }
    }
    crate::score::compare("format.txt", &report);
}
