//! What a thousand rules cost over one, and escudo over the work that cannot be avoided. docs/performance.md has the
//! commands and what to expect.
//!
//! - `cargo bench --bench rules`: the table. ESCUDO_BENCH_EVENTS is the size of the log (100,000), ESCUDO_CORPUS the folder
//!   that holds the pack `security_content-5.0`; without it the example pack is used.
//! - `cargo bench --bench rules -- write EVENTS`: the log on standard output, for the program itself.
//! - `cargo bench --bench rules -- json EVENTS`: JSON events on standard output, for `stats` and DuckDB.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot run should stop, and it prints")]

#[path = "../shared/mod.rs"]
mod shared;
mod sysmon;

use escudo::compile::Compiler;
use escudo::content::pack::{LoadOptions, Pack};
use escudo::engine::{self, RunOptions};
use escudo::events::{Options, RawEvent};
use escudo::hunt::{Hunter, Rules};
use escudo::ir::{Fields, Op};
use escudo::knowledge::Knowledge;
use escudo::replay::{FileSource, Input, Lookups, RawEvents};
use escudo::source::{Located, Place, Sources, Span};
use escudo::value::{Batch, Column, Value};
use shared::PROCESS_FIELDS;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let out = &mut BufWriter::new(std::io::stdout().lock());
    match words.as_slice() {
        ["write", events] => drop(sysmon::write(out, events.parse().expect("a number of events"))),
        ["json", events] => drop(json(out, events.parse().expect("a number of events"))),
        [] => table(),
        other => println!("unknown: {other:?}"),
    }
}

fn json(out: &mut dyn Write, events: usize) -> std::io::Result<()> {
    for number in 0..events {
        let spread = number.wrapping_mul(0x9E37_79B9) >> 7;
        writeln!(
            out,
            "{{\"time\":{},\"user\":\"user{}\",\"action\":\"{}\",\"bytes\":{},\"dest\":\"host{}\"}}",
            1_735_800_000 + number / 50,
            spread % 500,
            ["read", "write", "delete"][spread % 3],
            spread % 9_000,
            spread % 70,
        )?;
    }
    out.flush()
}

/// Seconds of the processor that this process has used, on all cores; where the system does not say, since the start.
fn used() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    let start = START.elapsed().as_secs_f64();
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return start };
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    fields.iter().sum::<f64>() / 100.0
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = used();
    let result = work();
    (used() - before, result)
}

fn events(path: &Path) -> Arc<RawEvents> {
    let options = Options::default().with_knowledge(Knowledge::builtin().clone());
    Arc::new(RawEvents::streamed(vec![Input { path: path.to_owned(), options }]))
}

fn table() {
    let count = std::env::var("ESCUDO_BENCH_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let log = tempfile::NamedTempFile::new().expect("there is room for temporary files");
    sysmon::write(&mut BufWriter::new(log.as_file()), count).expect("there is room for the log");
    let knowledge = Knowledge::builtin();
    let mut sources = Sources::new();
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let large = corpus.join("security_content-5.0");
    let path = if large.is_dir() { large } else { PathBuf::from(".") };
    let (pack, _) = Pack::load(&path, &LoadOptions::default(), &mut sources).expect("the pack is here");
    let compiler = Compiler::new(&pack, knowledge);
    let all = Rules::of_pack(&pack, &compiler, &|_| true);
    let cim = Rules {
        rules: all.rules.iter().filter(|rule| matches!(rule.plan.steps[0].op, Op::Dataset { .. })).cloned().collect(),
        not_run: Vec::new(),
    };
    let one = Rules {
        rules: cim.rules.iter().filter(|rule| is_typical(&rule.plan)).take(1).cloned().collect(),
        ..cim.clone()
    };
    let lookups = Lookups::of_pack(&pack);
    let options = RunOptions::at(1_735_800_000.0);
    let hunt = |rules: &Rules<'_>| {
        let hunter = Hunter {
            knowledge,
            lookups: &lookups,
            compiler: &compiler,
            options: &options,
            rows: false,
            attack: &|_| None,
            progress: &|_| (),
        };
        let report = hunter.run(rules, &events(log.path())).expect("the log is here");
        assert_eq!(report.events, count as u64);
        report.hits.len()
    };
    println!("{count} events, {} rules, of these {} over data models", all.rules.len(), cim.rules.len());
    let (reading, _) = timed(|| read(log.path()));
    let (of_one, one_hits) = timed(|| hunt(&one));
    let (of_cim, cim_hits) = timed(|| hunt(&cim));
    let (of_all, all_hits) = timed(|| hunt(&all));
    assert!(cim_hits > one_hits && all_hits >= cim_hits && cim_hits > 0);
    println!("reading alone              {reading:6.2} s");
    println!("(a) one CIM rule           {of_one:6.2} s");
    println!("    all CIM rules          {of_cim:6.2} s   {:.2} times one rule", of_cim / of_one);
    println!(
        "(b) all rules              {of_all:6.2} s   {:.0} events/s and core, {all_hits} hits",
        count as f64 / of_all
    );
    let (fields, _) = timed(|| extract(log.path()));
    let (tstats, rows) = timed(|| search(log.path()));
    assert!(rows > 0);
    println!("(c) fields alone           {fields:6.2} s");
    println!("    tstats                 {tstats:6.2} s   {:.2} times the fields alone", tstats / fields);
}

fn is_typical(plan: &escudo::ir::Plan) -> bool {
    let [first, second, ..] = plan.steps.as_slice() else { return false };
    let of_processes = matches!(&first.op, Op::Dataset { dataset: Some(name), .. } if *name.node == *"Processes");
    of_processes && matches!(second.op, Op::Filter(_)) && plan.subsearches.is_empty()
}

fn read(path: &Path) -> usize {
    let mut count = 0;
    let done = events(path).for_each(&mut |batch| {
        count += batch.len();
        ControlFlow::Continue(())
    });
    done.expect("the log is here");
    count
}

/// The fields of the search below, from every event that starts a process, and what tells these from others.
fn extract(path: &Path) -> usize {
    let knowledge = Knowledge::builtin();
    let context = RunOptions::at(1_735_800_000.0).context();
    let mut count = 0;
    let mut work = |batch: &[RawEvent]| {
        let meta = &batch[0].meta;
        let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
        let mut raw = Batch::new(batch.len());
        raw.set("_raw", Column::new(batch.iter().map(|event| Value::Text(event.raw.clone())).collect()));
        let codes = knowledge.extract(&rules, raw.clone(), &Fields::these(["EventCode"]), &context);
        let starts: Vec<usize> =
            (0..codes.rows()).filter(|&row| *codes.value(row, "EventCode") == Value::from("1")).collect();
        count += knowledge.extract(&rules, raw.take(&starts), &Fields::these(PROCESS_FIELDS), &context).rows();
        ControlFlow::Continue(())
    };
    events(path).for_each(&mut work).expect("the log is here");
    count
}

fn search(path: &Path) -> usize {
    let fields: Vec<String> = PROCESS_FIELDS.iter().map(|field| format!("Processes.{field}")).collect();
    let text =
        format!("| tstats count min(_time) max(_time) from datamodel=Endpoint.Processes by {}", fields.join(" "));
    let (pack, knowledge) = (Pack::default(), Knowledge::builtin());
    let mut sources = Sources::new();
    let file = sources.add("search", text.as_str());
    let search = Located::verbatim(text.as_str(), Place { file, span: Span::new(0, text.len()) });
    let compiler = Compiler::new(&pack, knowledge);
    let compiled = compiler.compile(&search);
    let lookups = Lookups::of_pack(&pack);
    let source = FileSource::new(vec![events(path)], knowledge, &lookups).knowing(compiler.catalog());
    engine::run(&compiled.plan, &source, &RunOptions::at(1_735_800_000.0)).expect("the search runs").rows.rows()
}
