//! From logs to columns, against fixed goals: 250 MB/s per core for Sysmon XML, 200 MB/s for CloudTrail JSON, the speed of
//! the library's own dump for binary logs, 256 MB of memory for a log of 5 GB. See docs/performance.md.

use super::events;
use divan::Bencher;
use divan::counter::BytesCount;
use escudo::events::{Options, RawEvent};
use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::Knowledge;
use escudo::replay::{Input, RawEvents};
use escudo::value::{Batch, Column, Value};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Events of a bench that holds them, and of a batch.
const HELD: usize = 20_000;
const BATCH: usize = 2_000;

/// What process rules read, data model fields and raw ones.
const PROCESS_FIELDS: [&str; 20] = [
    "CommandLine",
    "EventCode",
    "Image",
    "ParentCommandLine",
    "ParentImage",
    "dest",
    "original_file_name",
    "parent_process",
    "parent_process_guid",
    "parent_process_id",
    "parent_process_name",
    "parent_process_path",
    "process",
    "process_guid",
    "process_hash",
    "process_id",
    "process_integrity_level",
    "process_name",
    "process_path",
    "user",
];

/// What cloud rules read.
const CLOUD_FIELDS: [&str; 12] = [
    "awsRegion",
    "errorCode",
    "eventName",
    "eventSource",
    "requestParameters.bucketName",
    "requestParameters.policyName",
    "responseElements.user.userName",
    "sourceIPAddress",
    "userAgent",
    "userIdentity.arn",
    "userIdentity.type",
    "userIdentity.userName",
];

fn read(path: &Path, options: Options) -> Vec<RawEvent> {
    let mut all = Vec::new();
    let read = RawEvents::streamed(vec![Input { path: path.to_owned(), options }]).for_each(&mut |batch| {
        all.extend_from_slice(batch);
        ControlFlow::Continue(())
    });
    read.expect("it was written");
    all
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for temporary files");
    file.write_all(text.as_bytes()).expect("there is room");
    file
}

/// Extracts fields of the events of a log, batch by batch, on one core.
fn to_columns(bencher: Bencher<'_, '_>, log: &str, fields: &[&'static str], always: &str) {
    let file = written(log);
    let knowledge = Knowledge::builtin();
    let events = read(file.path(), Options::default().with_knowledge(knowledge.clone()));
    assert_eq!(events.len(), HELD);
    let batches: Vec<Batch> = events
        .chunks(BATCH)
        .map(|events| {
            let mut batch = Batch::new(events.len());
            batch.set("_raw", Column::new(events.iter().map(|event| Value::Text(event.raw.clone())).collect()));
            batch
        })
        .collect();
    let meta = events[0].meta.clone();
    let rules = knowledge.rules(&meta.source, &meta.sourcetype, &meta.host);
    let wanted = Fields::these(fields.iter().copied());
    let context = Context::at(1_735_800_000.0);
    bencher.counter(BytesCount::new(log.len())).bench_local(|| {
        for batch in &batches {
            let rows = knowledge.extract(&rules, batch.clone(), &wanted, &context);
            let filled = rows.column(always).expect("a column").values().iter().all(|value| !value.is_null());
            assert!(filled);
        }
    });
}

#[divan::bench(sample_count = 10)]
fn sysmon_xml_to_twenty_columns(bencher: Bencher<'_, '_>) {
    to_columns(bencher, &events::sysmon(HELD), &PROCESS_FIELDS, "Image");
}

#[divan::bench(sample_count = 10)]
fn cloudtrail_json_to_columns(bencher: Bencher<'_, '_>) {
    to_columns(bencher, &events::cloudtrail(HELD), &CLOUD_FIELDS, "eventName");
}

/// Binary logs of the corpus, which nothing here can write, and their size.
fn binary_logs() -> (Vec<PathBuf>, u64) {
    let corpus = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let (files, _) = escudo::events::files(&corpus.join("evtx"), &Options::default());
    let bytes = files.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|meta| meta.len()).sum();
    (files, bytes)
}

#[divan::bench(sample_count = 5)]
fn evtx_to_events(bencher: Bencher<'_, '_>) {
    let (files, bytes) = binary_logs();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let inputs = files.iter().map(|path| Input { path: path.clone(), options: Options::default() }).collect();
        let mut length = 0;
        let read = RawEvents::streamed(inputs).for_each(&mut |batch| {
            length += batch.iter().map(|event| event.raw.len()).sum::<usize>();
            ControlFlow::Continue(())
        });
        read.expect("they can be read");
        assert!(length > 0 || files.is_empty());
    });
}

/// The yardstick of the former: what the library's `evtx_dump` does with its own number of threads, without writing it.
#[divan::bench(sample_count = 5)]
fn evtx_dump(bencher: Bencher<'_, '_>) {
    let (files, bytes) = binary_logs();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut length = 0;
        for path in &files {
            let Ok(parser) = evtx::EvtxParser::from_path(path) else { continue };
            let mut parser = parser.with_configuration(evtx::ParserSettings::new());
            length += parser.records().flatten().map(|record| record.data.len()).sum::<usize>();
        }
        assert!(length > 0 || files.is_empty());
    });
}

/// Bytes of the log of [`memory_for_five_gigabytes`].
const LARGE: usize = 5_000_000_000;
/// Peak memory that is allowed for it, in kB.
const ALLOWED: u64 = 256 * 1024;

/// Runs the program over a log of 5 GB that is made on the way, and looks at its peak memory.
#[cfg(target_os = "linux")]
#[divan::bench(sample_count = 1, sample_size = 1)]
fn memory_for_five_gigabytes(bencher: Bencher<'_, '_>) {
    let block = events::sysmon(HELD);
    bencher.counter(BytesCount::new(LARGE)).bench_local(|| {
        let search = "| tstats count from datamodel=Endpoint.Processes by Processes.process_name";
        let mut child = Command::new(env!("CARGO_BIN_EXE_escudo"))
            .args(["search", search, "-", "--format", "csv"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("it runs");
        let mut input = child.stdin.take().expect("it is piped");
        let status = format!("/proc/{}/status", child.id());
        let (mut sent, mut peak) = (0, 0);
        while sent < LARGE {
            input.write_all(block.as_bytes()).expect("it reads on");
            sent += block.len();
            peak = peak.max(high_water(&status));
        }
        drop(input);
        while child.try_wait().expect("it can be waited for").is_none() {
            peak = peak.max(high_water(&status));
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(child.wait().expect("it ended").success());
        assert!((1..=ALLOWED).contains(&peak), "{peak} kB");
    });
}

/// The peak of a process so far, in kB.
fn high_water(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}
