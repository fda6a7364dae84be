//! Searches that nobody tuned for data that nobody chose: no panic, no failure but those that say what is missing, and
//! the same rows from one thread as from two.

use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::engine::{self, FailureKind, RunOptions};
use escudo::events::{Options, Overrides};
use escudo::knowledge::Knowledge;
use escudo::replay::{FileSource, Input, Lookups, RawEvents};
use escudo::source::Located;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every so many searches of a pack are run.
const EVERY: usize = 50;
/// So many files of each kind are read.
const FILES: usize = 8;
/// Files of at most so many bytes.
const MAX_BYTES: u64 = 80_000;

#[test]
fn searches_meet_data_that_is_not_theirs() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let mut files = some_files(&corpus.join("attack_data"), "");
    files.extend(some_files(&corpus.join("evtx"), "evtx"));
    if files.is_empty() {
        println!("no corpus at {}: not tested", corpus.display());
        return;
    }
    let knowledge = Knowledge::builtin();
    let held: Vec<(PathBuf, Arc<RawEvents>)> = files
        .into_iter()
        .map(|path| {
            let options = Options::from(Overrides::default()).with_knowledge(knowledge.clone());
            let events = RawEvents::hold(vec![Input { path: path.clone(), options }]).unwrap();
            (path, Arc::new(events))
        })
        .collect();
    let pools = [1, 2].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    for name in ["security_content-4.29", "security_content-5.0", "security_content-6"] {
        let root = corpus.join(name);
        if !root.is_dir() {
            println!("no {}: not tested", root.display());
            continue;
        }
        let mut sources = knowledge.sources().clone();
        let (pack, _) = Pack::load_paths(&[root], &LoadOptions::default(), &mut sources).unwrap();
        let (compiler, lookups) = (Compiler::new(&pack, knowledge), Lookups::of_pack(&pack));
        let searches = pack.detections.iter().filter_map(|found| Some((&found.object.name, found.search.as_ref()?)));
        for (title, search) in searches.step_by(EVERY) {
            let plan = compiler.compile(search).plan;
            for (path, events) in &held {
                let run = || {
                    let source = FileSource::new(vec![events.clone()], knowledge, &lookups).knowing(compiler.catalog());
                    engine::run(&plan, &source, &RunOptions::at(1_741_774_645.0))
                };
                let [one, two] = [pools[0].install(run), pools[1].install(run)];
                match (one, two) {
                    (Ok(one), Ok(two)) => assert_eq!(one.rows, two.rows, "{}", place(title, path)),
                    (Err(one), Err(two)) => {
                        assert_eq!(one, two, "{}", place(title, path));
                        let told = matches!(one.kind, FailureKind::Unsupported | FailureKind::Missing);
                        assert!(told, "{}: {one}", place(title, path));
                    }
                    (one, two) => panic!("{}: {one:?} but {two:?}", place(title, path)),
                }
            }
        }
    }
}

fn place(title: &Located, path: &Path) -> String {
    format!("{} over {}", title.as_str(), path.display())
}

/// Small files of a folder, spread over it.
fn some_files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let wanted = extension.is_empty() || path.extension().is_some_and(|found| found == extension);
            if path.is_dir() {
                open.push(path);
            } else if wanted && entry.metadata().is_ok_and(|meta| meta.len() <= MAX_BYTES) {
                found.push(path);
            }
        }
    }
    found.sort();
    let every = found.len().div_ceil(FILES).max(1);
    found.into_iter().step_by(every).collect()
}
