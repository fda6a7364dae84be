//! CPU time of the front end, printed as a table: `cargo bench --bench speed -- cpu`.
//!
//! A clock on the wall shows what else the machine does; this shows what the work costs. Everything runs in one thread.

#![allow(clippy::print_stdout, reason = "this is a report")]

use super::{language, packs};
use cpu_time::ThreadTime;
use escudo::commands;
use escudo::compile::Compiler;
use escudo::ir::flow::flow;
use escudo::knowledge::Knowledge;
use escudo::source::Located;
use escudo::spl;
use std::hint::black_box;
use std::time::Duration;

/// The least of some runs.
fn time<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    let once = |_| {
        let start = ThreadTime::now();
        black_box(work());
        start.elapsed()
    };
    (0..runs).map(once).min().unwrap_or_default()
}

fn show(what: &str, time: Duration, more: &str) {
    println!("{what:<44} {:>10.3} ms   {more}", time.as_secs_f64() * 1e3);
}

pub(super) fn report() {
    of_a_pack();
    of_lengths();
}

/// From text to plan and fields, for every search of a pack.
fn of_a_pack() {
    let (pack, _) = packs::load(&[packs::root()]);
    let compiler = Compiler::new(&pack, Knowledge::builtin());
    let searches: Vec<&Located> = packs::searches(&pack);
    println!("{} searches", searches.len());
    let expansions: Vec<_> = searches.iter().map(|search| compiler.read(search).0).collect();
    let texts: Vec<&str> = expansions.iter().map(|expansion| expansion.text.as_str()).collect();
    let trees: Vec<_> = texts.iter().map(|text| spl::parse(text).search).collect();
    let plans: Vec<_> = trees.iter().map(|tree| commands::lower(tree).plan).collect();
    let all = time(9, || searches.iter().for_each(|search| drop(black_box(compiler.compile(search)))));
    show("expand, parse, lower, follow fields", all, "the whole SPL part");
    let read = time(9, || searches.iter().for_each(|search| drop(black_box(compiler.read(search)))));
    let parse = time(9, || texts.iter().for_each(|text| drop(black_box(spl::parse(text)))));
    let lower = time(9, || trees.iter().for_each(|tree| drop(black_box(commands::lower(tree)))));
    let follow = time(9, || plans.iter().for_each(|plan| drop(black_box(flow(plan, compiler.catalog())))));
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    show("  expand", read.saturating_sub(parse), "");
    show("  parse", parse, &format!("{bytes} bytes"));
    show("  lower", lower, "");
    show("  follow fields", follow, "");
    let slowest = searches.iter().map(|search| time(9, || compiler.compile(search))).max().unwrap_or_default();
    show("the slowest search", slowest, "");
}

fn of_lengths() {
    for (name, length, runs) in [("1 KB", 1_000, 99), ("100 KB", 100_000, 9), ("10 MB", 10_000_000, 3)] {
        let text = language::search(length);
        assert!(spl::parse(&text).problems.is_empty());
        let parse = time(runs, || spl::parse(&text));
        let rate = format!("{:.1} MB/s", text.len() as f64 / 1e6 / parse.as_secs_f64());
        show(&format!("parse {name} of generated SPL"), parse, &rate);
    }
    let nested = language::nested(10_000);
    show("refuse 10,000 levels", time(9, || spl::parse(&nested)), "");
}
