//! Runs rules over events.

use super::report::{NotRun, Report, Seen};
use super::rules::Rules;
use super::{Attack, Hit, Rule, risk};
use crate::compile::Compiler;
use crate::diag::Severity;
use crate::engine::RunOptions;
use crate::events::RawEvent;
use crate::ir::{Fields, Plan};
use crate::knowledge::Knowledge;
use crate::replay::{FileSource, Lookups, RawEvents, batches_at_once};
use crate::ruleset::{Ended, RuleSet, Worked};
use crate::source::{Copied, Located, Place};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a hunt needs besides rules and events.
pub struct Hunter<'a> {
    /// From raw events to fields.
    pub knowledge: &'a Knowledge,
    /// The pack's lookups.
    pub lookups: &'a Lookups,
    /// Knows the fields of datasets.
    pub compiler: &'a Compiler<'a>,
    /// Start of the searches, zone, bounds.
    pub options: &'a RunOptions,
    /// Whether hits keep all fields of their rows, rather than those that speak of risk alone.
    pub rows: bool,
    /// Names of techniques.
    pub attack: &'a Attack<'a>,
    /// Told how many events have been read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Hunter<'_> {
    /// Runs all rules over the events.
    ///
    /// # Errors
    /// A file cannot be opened; the message names it.
    pub fn run<'p>(&self, rules: &Rules<'p>, events: &Arc<RawEvents>) -> Result<Report<'p>, String> {
        let place = rules.rules.iter().find_map(|rule| rule.detection.search.as_ref().and_then(Located::whole));
        let compile = |text: &str| self.compile(text, place);
        let source = FileSource::new(vec![events.clone()], self.knowledge, self.lookups)
            .knowing(self.compiler.catalog())
            .compiling(&compile);
        let (correlations, others): (Vec<_>, Vec<_>) = rules.rules.iter().partition(|rule| rule.is_correlation());
        let set = |plans: &[_]| RuleSet::new(plans, &source, self.knowledge, self.options);
        let correlating = set(&self.plans(&correlations, &Fields::none()));
        // Risk events bring the fields of the rows along.
        let mut sets = [set(&self.plans(&others, &correlating.needs())), correlating];
        self.read(events, &mut sets)?;
        let mut report = Report { not_run: rules.not_run.clone(), ..Report::default() };
        let [set, mut correlating] = sets;
        report.events = set.read();
        report.seen = Seen::of(set.seen());
        add(&others, set.finish(), &mut report);
        let risk = risk::events(&report.hits, self.attack);
        let worked = correlating.worker()(&risk);
        correlating.take([worked]);
        add(&correlations, correlating.finish(), &mut report);
        report.notes.extend(events.notes().iter().filter(|note| note.kind.is_loss()).map(ToString::to_string));
        report.notes.extend(self.lookups.problems());
        report.damaged = events.notes().iter().any(|note| note.kind.is_damage());
        report.partial = events.is_stopped();
        report.sum_up(self.attack);
        Ok(report)
    }

    /// The plans of rules, with what is wanted of their rows.
    fn plans<'r>(&self, rules: &[&'r Rule<'_>], also: &Fields) -> Vec<(&'r Plan, Fields)> {
        let wanted = |rule: &Rule<'_>| if self.rows { Fields::All } else { Hit::reads(rule.detection, also) };
        rules.iter().map(|rule| (&rule.plan, wanted(rule))).collect()
    }

    /// Shows all events to the rule sets.
    fn read(&self, events: &RawEvents, sets: &mut [RuleSet<'_>]) -> Result<(), String> {
        let mut waiting: Vec<Vec<RawEvent>> = Vec::new();
        events.for_each(&mut |batch: &[RawEvent]| {
            waiting.push(batch.to_vec());
            if waiting.len() >= batches_at_once() {
                self.work(&mut waiting, sets);
            }
            ControlFlow::Continue(())
        })?;
        self.work(&mut waiting, sets);
        Ok(())
    }

    fn work(&self, waiting: &mut Vec<Vec<RawEvent>>, sets: &mut [RuleSet<'_>]) {
        for set in &mut *sets {
            let work = set.worker();
            let worked: Vec<Worked> = waiting.par_iter().map(|batch| work(batch)).collect();
            drop(work);
            set.take(worked);
        }
        waiting.clear();
        (self.progress)(sets.first().map_or(0, RuleSet::read));
    }

    /// Compiles a search that is put together at run time.
    fn compile(&self, text: &str, place: Option<Place>) -> Result<Plan, String> {
        let place = place.ok_or_else(|| "there is no search".to_owned())?;
        let mut located = Located::empty(place);
        located.push(text, place, Copied::Decoded);
        let compiled = self.compiler.compile(&located);
        match compiled.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
            Some(error) => Err(error.message),
            None => Ok(compiled.plan),
        }
    }
}

/// Adds what came of rules to the report.
fn add<'p>(rules: &[&Rule<'p>], ended: Vec<Ended>, report: &mut Report<'p>) {
    for (rule, ended) in rules.iter().zip(ended) {
        match ended.result {
            Err(failure) => report.not_run.push(NotRun { rule: rule.name().to_owned(), reason: failure.message }),
            Ok(outcome) => {
                report.rules += 1;
                report.with_data += usize::from(ended.had_data);
                report.hits.extend(Hit::of_rows(rule, &outcome.rows));
                let name = rule.name();
                report.notes.extend(outcome.lacks.iter().map(|lack| format!("{name}: {lack}")));
            }
        }
    }
}
