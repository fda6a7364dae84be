//! Content: loading, compiling, checking. The pack is `security_content-5.0` in ESCUDO_CORPUS if that is set, else the
//! example pack of the repository, which is small: per detection the figures are alike.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use escudo::check;
use escudo::commands;
use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::content::yaml;
use escudo::ir::flow::flow;
use escudo::knowledge::Knowledge;
use escudo::source::{Located, Sources};
use escudo::spl;
use std::path::PathBuf;

pub(super) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("ESCUDO_CORPUS").map_or(own, |corpus| PathBuf::from(corpus).join("security_content-5.0"))
}

pub(super) fn load(paths: &[PathBuf]) -> (Pack, Sources) {
    let mut sources = Knowledge::builtin().sources().clone();
    let (pack, _) = Pack::load_paths(paths, &LoadOptions::default(), &mut sources).expect("the pack can be read");
    assert!(!pack.detections.is_empty());
    (pack, sources)
}

pub(super) fn searches(pack: &Pack) -> Vec<&Located> {
    pack.detections.iter().filter_map(|detection| detection.search.as_ref()).collect()
}

/// The built-in knowledge: conf files and data models, but for what is compiled when it is needed.
#[divan::bench]
fn load_knowledge() -> usize {
    let (knowledge, _) = Knowledge::with_apps(&[]).expect("it is built in");
    knowledge.models().count()
}

/// The yardstick of the others: the files of the pack, parsed but not understood.
#[divan::bench(sample_count = 10)]
fn parse_yaml(bencher: Bencher<'_, '_>) {
    let (_, sources) = load(&[root()]);
    let files: Vec<_> =
        sources.iter().filter(|(_, file)| file.path().extension().is_some_and(|suffix| suffix == "yml")).collect();
    bencher
        .counter(BytesCount::new(files.iter().map(|(_, file)| file.text().len()).sum::<usize>()))
        .bench_local(|| files.iter().filter(|(id, file)| yaml::parse(*id, file.text().clone()).0.is_some()).count());
}

#[divan::bench(sample_count = 10)]
fn load_pack(bencher: Bencher<'_, '_>) {
    let root = [root()];
    bencher.bench_local(|| load(&root));
}

#[divan::bench(sample_count = 10)]
fn expand_and_parse(bencher: Bencher<'_, '_>) {
    let (pack, _) = load(&[root()]);
    let compiler = Compiler::new(&pack, Knowledge::builtin());
    let texts: Vec<String> =
        searches(&pack).iter().map(|search| compiler.compile(search).expansion.text.as_str().to_owned()).collect();
    let clean = |text: &String| spl::parse(text).problems.is_empty();
    assert!(texts.iter().filter(|text| clean(text)).count() * 10 > texts.len() * 9);
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| texts.iter().map(|text| spl::parse(text).search.stages.len()).sum::<usize>());
}

#[divan::bench(sample_count = 10)]
fn lower_and_flow(bencher: Bencher<'_, '_>) {
    let (pack, _) = load(&[root()]);
    let compiler = Compiler::new(&pack, Knowledge::builtin());
    let trees: Vec<_> = searches(&pack).iter().map(|search| compiler.compile(search).search).collect();
    bencher.counter(ItemsCount::new(trees.len())).bench_local(|| {
        let steps = trees.iter().map(|tree| {
            let plan = commands::lower(tree).plan;
            let _ = divan::black_box(flow(&plan, compiler.catalog()));
            plan.steps.len()
        });
        steps.sum::<usize>()
    });
}

/// One file, with the whole pack read for its references: what an editor runs on each save.
#[divan::bench(sample_count = 10)]
fn check_one_detection(bencher: Bencher<'_, '_>) {
    let (pack, sources) = load(&[root()]);
    let path = [sources.file(pack.detections[0].object.file).path().to_owned()];
    bencher.bench_local(|| {
        let mut sources = Knowledge::builtin().sources().clone();
        let options = LoadOptions::default();
        let (pack, loading) = Pack::load_paths(&path, &options, &mut sources).expect("it was read before");
        check::check(&pack, Knowledge::builtin(), &sources, loading)
    });
}

#[divan::bench(sample_count = 10)]
fn check_pack(bencher: Bencher<'_, '_>) {
    let root = [root()];
    bencher.bench_local(|| {
        let (pack, sources) = load(&root);
        check::check(&pack, Knowledge::builtin(), &sources, Vec::new())
    });
}

/// The search of the pack that takes longest from text to plan: expanded, parsed, lowered, its fields followed.
#[divan::bench(sample_count = 20)]
fn compile_slowest(bencher: Bencher<'_, '_>) {
    let (pack, _) = load(&[root()]);
    let compiler = Compiler::new(&pack, Knowledge::builtin());
    let time = |search: &Located| {
        let once = || {
            let start = std::time::Instant::now();
            divan::black_box(compiler.compile(search));
            start.elapsed()
        };
        (0..3).map(|_| once()).min()
    };
    let slowest = searches(&pack).into_iter().max_by_key(|search| time(search)).expect("the pack has searches");
    bencher.bench_local(|| compiler.compile(slowest));
}

/// All searches of the pack from text to plan.
#[divan::bench(sample_count = 10)]
fn compile_all(bencher: Bencher<'_, '_>) {
    let (pack, _) = load(&[root()]);
    let compiler = Compiler::new(&pack, Knowledge::builtin());
    let all = searches(&pack);
    bencher
        .counter(ItemsCount::new(all.len()))
        .bench_local(|| all.iter().map(|search| compiler.compile(search).plan.steps.len()).sum::<usize>());
}
