//! Events: reading, extraction, searches. Rates are per event; compare them with `read_bytes`.

use super::events;
use super::shared::PROCESS_FIELDS;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use escudo::compile::Compiler;
use escudo::content::pack::Pack;
use escudo::engine::{self, RunOptions};
use escudo::events::{Options, RawEvent};
use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::{Knowledge, Naming};
use escudo::replay::{FileSource, Input, Lookups, RawEvents};
use escudo::source::{Located, Place, Sources, Span};
use escudo::value::{Batch, Column, Value};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

const EVENTS: usize = 100_000;
/// Of the extraction benches, which hold their events in memory.
const HELD: usize = 20_000;

/// The log on the disk, by now in the system's cache.
static LOG: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for temporary files");
    file.write_all(events::sysmon(EVENTS).as_bytes()).expect("there is room for 100 MB");
    file
});

fn input(path: &Path) -> RawEvents {
    let options = Options::default().with_knowledge(Knowledge::builtin().clone());
    RawEvents::streamed(vec![Input { path: path.to_owned(), options }])
}

/// The yardstick: the bytes alone.
#[divan::bench(sample_count = 5)]
fn read_bytes(bencher: Bencher<'_, '_>) {
    let bytes = std::fs::metadata(LOG.path()).expect("it was written").len();
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let mut file = std::fs::File::open(LOG.path()).expect("it was written");
        let (mut block, mut read) = (vec![0; 256 * 1024], 0);
        loop {
            match file.read(&mut block).expect("it can be read") {
                0 => break,
                count => read += count as u64,
            }
        }
        assert_eq!(read, bytes);
    });
}

/// Recognising the format, breaking, timestamps.
#[divan::bench(sample_count = 5)]
fn read_events(bencher: Bencher<'_, '_>) {
    let bytes = std::fs::metadata(LOG.path()).expect("it was written").len();
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let mut count = 0;
        let read = input(LOG.path()).for_each(&mut |batch| {
            count += batch.len();
            ControlFlow::Continue(())
        });
        read.expect("it was written");
        assert_eq!(count, EVENTS);
    });
}

fn held() -> (Vec<RawEvent>, Batch) {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for temporary files");
    file.write_all(events::sysmon(HELD).as_bytes()).expect("there is room for 20 MB");
    let mut all = Vec::new();
    let read = input(file.path()).for_each(&mut |batch| {
        all.extend_from_slice(batch);
        ControlFlow::Continue(())
    });
    read.expect("it was written");
    let mut batch = Batch::new(all.len());
    batch.set("_raw", Column::new(all.iter().map(|event| Value::Text(event.raw.clone())).collect()));
    (all, batch)
}

fn context() -> Context {
    Context::at(1_735_800_000.0)
}

/// What most detections of process starts read.
#[divan::bench(sample_count = 5)]
fn extract_ten_fields(bencher: Bencher<'_, '_>) {
    let (events, batch) = held();
    let meta = &events[0].meta;
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let (wanted, context) = (Fields::these(PROCESS_FIELDS), context());
    bencher.counter(ItemsCount::new(HELD)).bench_local(|| {
        let rows = knowledge.extract(&rules, batch.clone(), &wanted, &context);
        assert!(PROCESS_FIELDS.iter().all(|name| rows.column(name).is_some()));
        rows
    });
}

/// Eventtypes, tags and the constraints of the data model, too.
#[divan::bench(sample_count = 5)]
fn rows_of_processes(bencher: Bencher<'_, '_>) {
    let (events, batch) = held();
    let meta = &events[0].meta;
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let dataset = knowledge.model("Endpoint").and_then(|model| model.dataset("Processes")).expect("it is built in");
    let (wanted, context) = (Fields::these(PROCESS_FIELDS), context());
    bencher.counter(ItemsCount::new(HELD)).bench_local(|| {
        let rows = knowledge.dataset_rows(&rules, dataset, &batch, &wanted, Naming::Plain, &context);
        let rows = rows.expect("the dataset works");
        assert!(rows.rows() > HELD / 3 && rows.rows() < HELD);
        rows
    });
}

/// Runs a search over the log; gives the number of rows.
fn search(text: &str) -> usize {
    let (pack, knowledge) = (Pack::default(), Knowledge::builtin());
    let mut sources = Sources::new();
    let file = sources.add("search", text);
    let search = Located::verbatim(text, Place { file, span: Span::new(0, text.len()) });
    let compiler = Compiler::new(&pack, knowledge);
    let compiled = compiler.compile(&search);
    assert!(compiled.sound, "{:?}", compiled.diagnostics);
    let lookups = Lookups::of_pack(&pack);
    let source = FileSource::new(vec![Arc::new(input(LOG.path()))], knowledge, &lookups).knowing(compiler.catalog());
    engine::run(&compiled.plan, &source, &RunOptions::at(1_735_800_000.0)).expect("the search runs").rows.rows()
}

fn searching(bencher: Bencher<'_, '_>, text: &str, rows: std::ops::Range<usize>) {
    LazyLock::force(&LOG);
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let found = search(text);
        assert!(rows.contains(&found), "{found} rows");
    });
}

#[divan::bench(sample_count = 5)]
fn detection_by_tstats(bencher: Bencher<'_, '_>) {
    let text = r#"| tstats count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes
        where Processes.process_name=rundll32.exe Processes.process="* /c run12*" by Processes.action Processes.dest
        Processes.original_file_name Processes.parent_process Processes.parent_process_id
        Processes.parent_process_name Processes.process Processes.process_hash Processes.process_id
        Processes.process_name Processes.user"#;
    searching(bencher, text, 50..1000);
}

#[divan::bench(sample_count = 5)]
fn stats_of_raw_events(bencher: Bencher<'_, '_>) {
    searching(bencher, "index=* EventCode=1 | stats count by Image", 6..7);
}

#[divan::bench(sample_count = 5)]
fn count_raw_events(bencher: Bencher<'_, '_>) {
    searching(bencher, "index=* | stats count", 1..2);
}
