//! The documentation build as its users run it: the whole process, with templates that a team has.
//!
//! The pack is `security_content-4.29` of ESCUDO_CORPUS with the templates beside it (1,379 pages), else the example pack
//! of the repository with the Jekyll layout.

use divan::Bencher;
use std::path::PathBuf;
use std::process::Command;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_escudo"));
    command.arg("docs");
    match std::env::var_os("ESCUDO_CORPUS").map(PathBuf::from) {
        Some(corpus) => command
            .arg(corpus.join("security_content-4.29"))
            .arg("--templates")
            .arg(corpus.join("site_probe/templates"))
            .arg("--attack")
            .arg(corpus.join("attack/enterprise-v14.1.csv")),
        None => command.arg(env!("CARGO_MANIFEST_DIR")).args(["--layout", "jekyll"]),
    };
    command
}

fn run(out: &std::path::Path) -> usize {
    let done = command().arg("-o").arg(out).output().expect("the program runs");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let pages = text.split(' ').next().and_then(|count| count.parse().ok()).expect("it says how many pages it made");
    assert!(pages > 5, "{text}");
    pages
}

/// Into a new folder: every page is written. The folders stay until the end, as files are slow to make on some disks
/// right after as many were deleted.
#[divan::bench(sample_count = 10)]
fn write_site(bencher: Bencher<'_, '_>) {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let made = std::cell::Cell::new(0);
    let next = || {
        made.set(made.get() + 1);
        parent.path().join(made.get().to_string())
    };
    bencher.with_inputs(next).bench_local_refs(|out| run(out));
}

/// Again: no page has changed.
#[divan::bench(sample_count = 10)]
fn render_unchanged_site(bencher: Bencher<'_, '_>) {
    let out = tempfile::tempdir().expect("a temporary folder");
    run(out.path());
    bencher.bench_local(|| run(out.path()));
}
