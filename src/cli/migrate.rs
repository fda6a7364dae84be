//! `escudo migrate`.

use super::args::{MigrateArgs, MigrateFormat, SchemaChoice};
use super::terminal::{Terminal, printable};
use super::workspace::Workspace;
use super::{CliError, CliResult, Exit, write_file};
use crate::content::model::Generation;
use crate::diag::{Severity, render};
use crate::migrate::{Change, Migration, Options, Remark, RemarkKind, migrate};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &MigrateArgs, terminal: &Terminal) -> CliResult {
    let to = match args.to {
        SchemaChoice::V4 => return Err(CliError::new("a pack cannot be migrated to v4: the oldest target is v5")),
        SchemaChoice::V5 => Generation::V5,
        SchemaChoice::V6 => Generation::V6,
    };
    let date = match &args.date {
        Some(text) => text
            .parse::<jiff::civil::Date>()
            .map_err(|_| CliError::new(format!("`--date {text}` is no date: write it as 2026-05-13")))?
            .to_string(),
        None => jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
    };
    let spinner = terminal.spinner("migrating");
    let workspace = Workspace::open(&args.pack, terminal)?;
    let options = Options { to, date, keep_scores: args.keep_scores };
    let migration = migrate(&workspace.pack, &workspace.knowledge, &workspace.sources, options);
    spinner.finish_and_clear();
    let root = &workspace.pack.root;
    match &args.output {
        _ if args.dry_run => {}
        Some(folder) => {
            copy_pack(root, folder)?;
            apply(&migration, folder)?;
        }
        None => apply(&migration, root)?,
    }
    let mut unreadable = 0_usize;
    for found in workspace.loading.iter().filter(|found| found.severity == Severity::Error) {
        unreadable += 1;
        let _ = writeln!(io::stderr(), "{}", render::one_line(found, &workspace.sources));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        MigrateFormat::Human => human(&mut out, &migration, root, args)?,
        MigrateFormat::Json => json(&mut out, &migration)?,
    }
    out.flush()?;
    let open = migration.remarks.iter().any(|remark| remark.kind == RemarkKind::Open);
    Ok(if open || unreadable > 0 { Exit::Findings } else { Exit::Ok })
}

fn human(out: &mut impl Write, migration: &Migration, root: &Path, args: &MigrateArgs) -> io::Result<()> {
    let line = |remark: &Remark| {
        let path = root.join(&remark.path);
        printable(&format!("{}:{}: {}: {}", path.display(), remark.line, remark.kind.as_str(), remark.message))
    };
    for remark in &migration.remarks {
        if args.verbose || remark.kind == RemarkKind::Open {
            writeln!(out, "{}", line(remark))?;
        }
    }
    if !args.verbose {
        let mut groups: BTreeMap<(RemarkKind, &str), Vec<&Remark>> = BTreeMap::new();
        for remark in migration.remarks.iter().filter(|remark| remark.kind != RemarkKind::Open) {
            groups.entry((remark.kind, &remark.key)).or_default().push(remark);
        }
        for ((kind, key), remarks) in groups {
            let name = if key.is_empty() { "the whole file" } else { key };
            let files = if remarks.len() == 1 { "once" } else { "times" };
            let count = if remarks.len() == 1 { String::new() } else { format!("{} ", remarks.len()) };
            writeln!(out, "{}: {name}, {count}{files}, such as {}", kind.as_str(), line(remarks[0]))?;
        }
    }
    let count = |kind| migration.remarks.iter().filter(|remark| remark.kind == kind).count();
    let verb = if args.dry_run { "would change" } else { "changed" };
    let written = migration.changes.iter().filter(|change| !matches!(change, Change::Move { .. })).count();
    writeln!(
        out,
        "{written} files {verb}, {} not; {} open, {} lost, {} changed, {} added",
        migration.unchanged,
        count(RemarkKind::Open),
        count(RemarkKind::Lost),
        count(RemarkKind::Changed),
        count(RemarkKind::Added)
    )
}

fn json(out: &mut impl Write, migration: &Migration) -> io::Result<()> {
    let remarks = migration.remarks.iter().map(|remark| {
        serde_json::json!({
            "file": slashes(&remark.path),
            "line": remark.line,
            "key": remark.key,
            "kind": remark.kind.as_str(),
            "message": remark.message,
        })
    });
    let changes = migration.changes.iter().map(|change| match change {
        Change::Write { path, from: None, .. } => serde_json::json!({ "write": slashes(path) }),
        Change::Write { path, from: Some(from), .. } => {
            serde_json::json!({ "write": slashes(path), "from": slashes(from) })
        }
        Change::Move { from, to } => serde_json::json!({ "move": slashes(to), "from": slashes(from) }),
        Change::Remove { path } => serde_json::json!({ "remove": slashes(path) }),
    });
    let all = serde_json::json!({
        "unchanged": migration.unchanged,
        "changes": changes.collect::<Vec<_>>(),
        "remarks": remarks.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Writes the changes below a folder: new texts first, so that nothing is lost when a disk is full.
fn apply(migration: &Migration, root: &Path) -> Result<(), CliError> {
    let failed =
        |path: &Path, error: &io::Error| CliError::new(format!("`{}` cannot be changed: {error}", path.display()));
    for change in &migration.changes {
        match change {
            Change::Write { path, from: None, text } => super::fmt::write(&root.join(path), text)?,
            Change::Write { path, from: Some(_), text } => {
                let path = root.join(path);
                if path.exists() {
                    return Err(CliError::new(format!(
                        "`{}` is in the way: move it, and migrate again",
                        path.display()
                    )));
                }
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
                }
                write_file(&path, text.as_bytes())?;
            }
            Change::Move { from, to } => {
                let (from, to) = (root.join(from), root.join(to));
                // Several lookups may share one table, and each wants its own.
                if from.is_file() && !to.exists() {
                    fs::copy(&from, &to).map_err(|error| failed(&to, &error))?;
                }
            }
            Change::Remove { .. } => {}
        }
    }
    let is_target =
        |gone: &Path| migration.changes.iter().any(|change| matches!(change, Change::Move { to, .. } if to == gone));
    for change in &migration.changes {
        let gone = match change {
            Change::Write { from: Some(path), .. } | Change::Remove { path } | Change::Move { from: path, .. } => path,
            Change::Write { .. } => continue,
        };
        if is_target(gone) {
            continue;
        }
        let path = root.join(gone);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// Copies the files of a pack to a folder that must be empty or absent. Symlinks and hidden folders stay behind.
fn copy_pack(root: &Path, folder: &Path) -> Result<(), CliError> {
    let failed =
        |path: &Path, error: &io::Error| CliError::new(format!("`{}` cannot be copied: {error}", path.display()));
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(CliError::new(format!("`{}` is not empty: name a new folder for the pack", folder.display())));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let target = folder.canonicalize().map_err(|error| failed(folder, &error))?;
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let from = root.join(&below);
        fs::create_dir_all(folder.join(&below)).map_err(|error| failed(&from, &error))?;
        for entry in fs::read_dir(&from).map_err(|error| failed(&from, &error))? {
            let entry = entry.map_err(|error| failed(&from, &error))?;
            let kind = entry.file_type().map_err(|error| failed(&entry.path(), &error))?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with('.') || entry.path().canonicalize().is_ok_and(|path| path == target) {
                continue;
            }
            let path = below.join(&name);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                copy(&entry.path(), &folder.join(&path)).map_err(|error| failed(&entry.path(), &error))?;
            }
        }
    }
    Ok(())
}

/// Copies the content alone: a copy of a read-only file can be written.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut fs::File::open(from)?, &mut fs::File::create(to)?)?;
    Ok(())
}
