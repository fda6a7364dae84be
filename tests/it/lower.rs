//! Lowering over published content packs: how many searches become plans that can run, and what stops the others.

use crate::spl::{PACKS, Pack, corpus, searches};
use escudo::ir::{Op, Plan};
use escudo::{commands, spl};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The commands of a plan, subsearches included, that cannot be run.
fn unsupported(plan: &Plan, found: &mut Vec<String>) {
    for inner in &plan.subsearches {
        unsupported(inner, found);
    }
    for step in &plan.steps {
        match &step.op {
            Op::Unsupported { command, .. } => found.push(command.to_string()),
            Op::Join(join) => unsupported(&join.plan, found),
            Op::Append(plan) | Op::AppendPipe(plan) | Op::AppendColumns { plan, .. } => unsupported(plan, found),
            _ => {}
        }
    }
}

#[test]
fn score() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    let mut report = String::from(
        "# Searches that parse: how many lower in full, with which commands that cannot run, with problems.\n",
    );
    for name in PACKS {
        let mut pack = Pack::read(&corpus, name);
        let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
        let mut stopped: BTreeMap<String, usize> = BTreeMap::new();
        let mut problems = String::new();
        for found in searches(&mut pack, &corpus.join(name)) {
            let expansion = spl::expand(&found.search, &pack);
            let parsed = spl::parse(expansion.text.as_str());
            if !expansion.problems.is_empty() || !parsed.problems.is_empty() {
                continue;
            }
            let lowered = commands::lower(&parsed.search);
            let mut names = Vec::new();
            unsupported(&lowered.plan, &mut names);
            let count = counts.entry(found.kind).or_default();
            count[0] += 1;
            count[1] += usize::from(names.is_empty() && lowered.problems.is_empty());
            count[2] += usize::from(!names.is_empty());
            count[3] += usize::from(!lowered.problems.is_empty());
            names.sort();
            names.dedup();
            for name in names {
                *stopped.entry(name).or_default() += 1;
            }
            for problem in &lowered.problems {
                let _ = writeln!(problems, "{}/{}: {}: {}", found.kind, found.file, problem.code, problem.message);
            }
        }
        let _ = writeln!(report, "\n## {name}\n");
        for (kind, [all, full, partly, wrong]) in counts {
            let _ = writeln!(
                report,
                "{kind}: {full}/{all} in full, {partly} with commands that cannot run, {wrong} with problems"
            );
        }
        report.push('\n');
        for (command, count) in stopped {
            let _ = writeln!(report, "cannot run {command}: {count}");
        }
        let _ = write!(report, "\n{problems}");
    }
    crate::score::compare("lower.txt", &report);
}
