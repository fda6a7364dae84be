//! The report for people.

use super::time_text;
use crate::hunt::hit::score_text;
use crate::hunt::{Hit, NotRun, Report};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Hits that are shown of one rule.
const SHOWN: usize = 20;

/// Hits by rule, the rules in the order of their highest score; techniques; risk per entity; totals. Of a rule with many
/// hits the first are shown. `printable` makes text of logs harmless for the terminal.
pub fn text(
    out: &mut dyn Write,
    report: &Report<'_>,
    verbose: bool,
    printable: &dyn Fn(&str) -> String,
) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<&Hit<'_>>> = BTreeMap::new();
    for hit in &report.hits {
        by_rule.entry(hit.rule()).or_default().push(hit);
    }
    let highest = |hits: &[&Hit<'_>]| hits.iter().map(|hit| hit.score).fold(0.0, f64::max);
    let mut rules: Vec<(&str, Vec<&Hit<'_>>)> = by_rule.into_iter().collect();
    rules.sort_by(|a, b| highest(&b.1).total_cmp(&highest(&a.1)).then_with(|| a.0.cmp(b.0)));
    for (name, hits) in &rules {
        heading(out, name, hits, printable)?;
        for hit in hits.iter().take(SHOWN) {
            line(out, hit, printable)?;
        }
        if hits.len() > SHOWN {
            writeln!(out, "  ... and {} more", hits.len() - SHOWN)?;
        }
        writeln!(out)?;
    }
    if !report.techniques.is_empty() {
        writeln!(out, "ATT&CK techniques")?;
        for technique in &report.techniques {
            let of = format!("{}, {}", count(technique.hits, "hit"), count(technique.rules, "rule"));
            writeln!(out, "  {:<10} {} ({})  {of}", technique.id, technique.name, technique.tactics.join(", "))?;
        }
        writeln!(out)?;
    }
    if !report.entities.is_empty() {
        writeln!(out, "Risk by entity")?;
        for total in report.entities.iter().take(SHOWN) {
            let of = format!("{}, {}", count(total.events, "risk event"), count(total.rules.len(), "rule"));
            writeln!(out, "  {:>6}  {} {}  {of}", score_text(total.score), total.kind, printable(&total.value))?;
        }
        if report.entities.len() > SHOWN {
            writeln!(out, "  ... and {} more", report.entities.len() - SHOWN)?;
        }
        writeln!(out)?;
    }
    if verbose || report.hits.is_empty() {
        seen(out, report, printable)?;
    }
    not_run(out, &report.not_run, verbose, printable)?;
    totals(out, report)
}

fn heading(out: &mut dyn Write, name: &str, hits: &[&Hit<'_>], printable: &dyn Fn(&str) -> String) -> io::Result<()> {
    let Some(first) = hits.first() else { return Ok(()) };
    let kind = first.detection.analytic_type.as_ref().map(crate::source::Located::as_str);
    let about: Vec<&str> = kind.into_iter().chain(first.techniques()).collect();
    writeln!(out, "{} ({}): {}", printable(name), printable(&about.join(", ")), count(hits.len(), "hit"))
}

fn line(out: &mut dyn Write, hit: &Hit<'_>, printable: &dyn Fn(&str) -> String) -> io::Result<()> {
    let time = match time_text(hit.time) {
        time if time.is_empty() => "no time".to_owned(),
        time => time,
    };
    let entities: Vec<String> =
        hit.entities.iter().map(|entity| format!("{} {}", entity.kind, printable(&entity.value))).collect();
    let who = if entities.is_empty() { "no entity".to_owned() } else { entities.join(", ") };
    writeln!(out, "  {time}  {:>3}  {who}  {}", score_text(hit.score), printable(&hit.message))
}

fn seen(out: &mut dyn Write, report: &Report<'_>, printable: &dyn Fn(&str) -> String) -> io::Result<()> {
    writeln!(out, "Events seen")?;
    if report.seen.is_empty() {
        writeln!(out, "  none")?;
    }
    for seen in report.seen.iter().take(SHOWN) {
        let (sourcetype, source) = (printable(&seen.sourcetype), printable(&seen.source));
        writeln!(out, "  {:>9}  sourcetype {sourcetype}, source {source}", seen.events)?;
    }
    if report.seen.len() > SHOWN {
        writeln!(out, "  ... and {} more sources", report.seen.len() - SHOWN)?;
    }
    writeln!(out)
}

/// With `verbose` each rule, otherwise how many of each reason.
fn not_run(out: &mut dyn Write, rules: &[NotRun], verbose: bool, printable: &dyn Fn(&str) -> String) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "Not run")?;
    if verbose {
        for rule in rules {
            writeln!(out, "  {}: {}", printable(&rule.rule), printable(&rule.reason))?;
        }
    } else {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for rule in rules {
            *reasons.entry(general(&rule.reason)).or_default() += 1;
        }
        let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
        for (reason, number) in reasons {
            writeln!(out, "  {}: {}", count(number, "rule"), printable(reason))?;
        }
    }
    writeln!(out)
}

/// The part of a reason that rules share.
fn general(reason: &str) -> &str {
    if reason.starts_with("the search does not compile") { "the search does not compile" } else { reason }
}

fn totals(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let partial = if report.partial { "PARTIAL, ended early: " } else { "" };
    writeln!(
        out,
        "{partial}{} of {} in {}; the logs hold data for {} of {}{}",
        count(report.hits.len(), "hit"),
        count(report.with_hits, "rule"),
        count(usize::try_from(report.events).unwrap_or(usize::MAX), "event"),
        report.with_data,
        count(report.rules, "rule"),
        if report.not_run.is_empty() { String::new() } else { format!("; {} did not run", report.not_run.len()) },
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
