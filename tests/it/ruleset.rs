//! The rule set gives what every rule gives alone, whatever the number of threads and the size of batches.

use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::engine::{self, Failure, Outcome, RunOptions};
use escudo::events::{Limits, Options};
use escudo::hunt::Rules;
use escudo::ir::{self, Fields, Plan};
use escudo::knowledge::Knowledge;
use escudo::replay::{FileSource, Input, Lookups, RawEvents};
use escudo::ruleset::RuleSet;
use escudo::source::Sources;
use escudo::value::Batch;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows as text: the order of rows counts, that of columns does not.
fn text(rows: &Batch) -> Vec<String> {
    let row = |row: usize| {
        let mut fields: Vec<String> = rows
            .columns()
            .map(|(name, column)| (name, &column.values()[row]))
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        fields.sort();
        fields.join(" ")
    };
    (0..rows.rows()).map(row).collect()
}

fn result(result: &Result<Outcome, Failure>) -> Result<Vec<String>, String> {
    match result {
        Ok(outcome) => Ok(text(&outcome.rows)),
        Err(failure) => Err(format!("{:?} {}", failure.kind, failure.message)),
    }
}

fn events(files: &[PathBuf], batch_events: usize) -> Arc<RawEvents> {
    let limits = Limits { batch_events, ..Limits::default() };
    let options = Options { limits, ..Options::default() }.with_knowledge(Knowledge::builtin().clone());
    let inputs = files.iter().map(|path| Input { path: path.clone(), options: options.clone() }).collect();
    Arc::new(RawEvents::streamed(inputs))
}

/// Compares the rules of a pack; gives the number of rules and of rules with rows.
fn compare(pack: &Path, files: &[PathBuf], batch_sizes: &[usize], threads: &[usize]) -> (usize, usize) {
    let knowledge = Knowledge::builtin();
    let mut sources = Sources::new();
    let (pack, _) = Pack::load(pack, &LoadOptions::default(), &mut sources).expect("the pack is here");
    let compiler = Compiler::new(&pack, knowledge);
    let rules = Rules::of_pack(&pack, &compiler, &|_| true);
    let plans: Vec<&Plan> = rules.rules.iter().map(|rule| &rule.plan).collect();
    let lookups = Lookups::of_pack(&pack);
    let options = RunOptions::at(1_780_000_000.0);
    let held = events(files, 4096);
    let source = FileSource::new(vec![held], knowledge, &lookups).knowing(compiler.catalog()).one_batch_at_a_time();
    let alone: Vec<_> = plans.par_iter().map(|plan| engine::run(plan, &source, &options)).collect();
    let mut with_rows = 0;
    for (plan, outcome) in plans.iter().zip(&alone) {
        let Ok(outcome) = outcome else { continue };
        with_rows += usize::from(!outcome.rows.is_empty());
        let flow = ir::flow(plan, compiler.catalog());
        for (name, column) in outcome.rows.columns() {
            let filled = column.values().iter().any(|value| !value.is_null());
            assert!(
                !filled || flow.output().can_have(name),
                "`{name}` is not in the schema of {}",
                ir::print::print(plan)
            );
        }
    }
    for &size in batch_sizes {
        for &count in threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("threads can be started");
            let whole: Vec<_> = plans.iter().map(|plan| (*plan, Fields::All)).collect();
            let mut set = RuleSet::new(&whole, &source, knowledge, &options);
            let mut batches = Vec::new();
            let read = events(files, size).for_each(&mut |batch| {
                batches.push(batch.to_vec());
                ControlFlow::Continue(())
            });
            read.expect("the files are here");
            for some in batches.chunks(8) {
                let work = set.worker();
                let worked: Vec<_> = pool.install(|| some.par_iter().map(|batch| work(batch)).collect());
                drop(work);
                pool.install(|| set.take(worked));
            }
            let ended = pool.install(|| set.finish());
            for ((rule, alone), shared) in rules.rules.iter().zip(&alone).zip(ended) {
                assert_eq!(
                    result(alone),
                    result(&shared.result),
                    "{} with {count} threads and batches of {size}",
                    rule.name()
                );
            }
        }
    }
    (rules.rules.len(), with_rows)
}

#[test]
fn the_example_pack_alone_and_together() {
    let files = [PathBuf::from("tests/data")];
    let (rules, with_rows) = compare(Path::new("."), &files, &[1, 7, 4096], &[1, 2, 8]);
    assert_eq!((rules, with_rows), (5, 5));
}

/// All rules of the corpus over attack data small enough to run every rule alone.
#[test]
fn the_corpus_alone_and_together() {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let pack = corpus.join("security_content-5.0");
    if !pack.is_dir() {
        println!("skipped: there is no corpus at {}", corpus.display());
        return;
    }
    let mut files = Vec::new();
    small_files(&corpus.join("attack_data"), &mut files);
    files.sort();
    let (rules, with_rows) = compare(&pack, &files, &[5], &[2]);
    assert!(rules > 1000 && with_rows > 5, "{with_rows} of {rules}");
}

/// Files up to a size at which a thousand rules one by one take no more than seconds.
fn small_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            small_files(&path, found);
        } else if entry.metadata().is_ok_and(|meta| meta.len() < 9_000) {
            found.push(path);
        }
    }
}
