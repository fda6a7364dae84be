//! Detections of a pack, each with the events that were made for it and what came of them.

use super::{EventSet, Gap, Maker, Matching, NearMiss, walk};
use crate::compile::Compiler;
use crate::content::model::Detection;
use crate::content::pack::Pack;
use crate::diag::Severity;
use crate::engine::{Named, Outcome};
use crate::expr::{Context, Predicate};
use crate::ir::op::Condition;
use crate::ir::{Op, Plan, PlanFlow, print};
use crate::knowledge::Knowledge;
use crate::replay::{Lookups, Verdict, judge};
use crate::source::{Copied, Located};
use crate::value::Name;
use rayon::prelude::*;
use std::path::PathBuf;

/// Makes events for the detections of a pack.
pub struct Synthesizer<'a> {
    /// The pack, for lookups.
    pub pack: &'a Pack,
    /// Tables of apps, and which data models are known.
    pub knowledge: &'a Knowledge,
    /// From the text of a search to its plan.
    pub compiler: &'a Compiler<'a>,
}

/// What came of the events made for one detection.
#[derive(Clone, Debug)]
pub enum Made {
    /// The search cannot be run here, so no events can be tried, or it can give no row whatever the events: why.
    NotExecutable(String),
    /// No events were found over which the search gives what the detection reports: why.
    NoMatch(String),
    /// The engine gave rows for events that fail a necessary condition.
    FalseMatch {
        /// The events that match, as they should.
        matching: EventSet,
        /// All near misses, those that stayed silent included.
        near: Vec<NearMiss>,
    },
    /// Matching events match, near misses do not.
    Agrees {
        /// The events that match.
        matching: EventSet,
        /// The near misses; none if the search has no condition that a made event can fail.
        near: Vec<NearMiss>,
        /// Risk and threat objects that no row of the search can have, whatever the events.
        never: Vec<String>,
    },
}

/// One detection.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its name.
    pub detection: String,
    /// Its file, relative to its pack.
    pub file: PathBuf,
    /// What came of it.
    pub made: Made,
}

impl Synthesizer<'_> {
    /// All detections that `wanted` accepts, in the order of the pack; `done` is told of each as it comes.
    pub fn run(&self, wanted: &(dyn Fn(&Detection) -> bool + Sync), done: &(dyn Fn() + Sync)) -> Vec<Report> {
        let lookups = Lookups::of_pack(self.pack);
        let own = |detection: &&Detection| self.pack.is_own(detection.object.file) && wanted(detection);
        let detections: Vec<&Detection> = self.pack.detections.iter().filter(own).collect();
        detections
            .par_iter()
            .map(|detection| {
                let report = Report {
                    detection: detection.object.name.as_str().to_owned(),
                    file: detection.object.path.clone(),
                    made: self.detection(detection, &lookups),
                };
                done();
                report
            })
            .collect()
    }

    fn detection(&self, detection: &Detection, lookups: &Lookups) -> Made {
        let Some(search) = &detection.search else {
            return Made::NotExecutable("the detection has no search".to_owned());
        };
        let compiled = self.compiler.compile(search);
        if let Some(problem) = compiled.diagnostics.iter().find(|problem| problem.severity == Severity::Error) {
            return Made::NotExecutable(format!("the search does not compile: {}", problem.message));
        }
        if let Some(reason) = obstacle(&compiled.plan, &|named| lookups.obstacle(named, self.knowledge)) {
            return Made::NotExecutable(reason);
        }
        let lookup = |name: &str| lookups.find_with(name, self.knowledge);
        let compile = |text: &str| self.compile_text(text, search);
        let risk: Vec<&str> = detection.risk.objects.iter().map(|object| object.field.as_str()).collect();
        let threat: Vec<&str> = detection.risk.threats.iter().map(|object| object.field.as_str()).collect();
        // What no row can have is a mistake of the detection, which `check` reports; events cannot mend it.
        let (risk, lost_risk): (Vec<&str>, Vec<&str>) = risk.into_iter().partition(|field| compiled.produces(field));
        let (threat, lost_threat): (Vec<&str>, Vec<&str>) =
            threat.into_iter().partition(|field| compiled.produces(field));
        let never: Vec<String> = lost_risk.into_iter().chain(lost_threat).map(str::to_owned).collect();
        let mut wanted: Vec<Name> = risk.iter().chain(&threat).map(|field| Name::from(*field)).collect();
        wanted.sort();
        wanted.dedup();
        let maker = Maker {
            plan: &compiled.plan,
            flow: &compiled.flow,
            wanted,
            lookup: &lookup,
            catalog: self.compiler.catalog(),
            compile: &compile,
        };
        let accepts = |outcome: &Outcome| accepted(outcome, &risk, &threat);
        match maker.matching(&accepts) {
            // A command that has no effect here may be what the search lacks.
            Err(Gap(why)) => {
                let lack = lack(&compiled.plan).map(str::to_owned);
                match lack.or_else(|| hopeless(&compiled.plan, &compiled.flow)) {
                    Some(lack) => Made::NotExecutable(lack),
                    None => Made::NoMatch(why),
                }
            }
            Ok(matching) => judged(&maker, matching, never),
        }
    }

    fn compile_text(&self, text: &str, search: &Located) -> Result<Plan, String> {
        let place = search.whole().ok_or_else(|| "the detection has no search".to_owned())?;
        let mut located = Located::empty(place);
        located.push(text, place, Copied::Decoded);
        let compiled = self.compiler.compile(&located);
        match compiled.diagnostics.into_iter().find(|problem| problem.severity == Severity::Error) {
            Some(problem) => Err(problem.message),
            None => Ok(compiled.plan),
        }
    }
}

fn judged(maker: &Maker<'_>, matching: Matching, never: Vec<String>) -> Made {
    let near = maker.near_misses(&matching);
    let silent = |miss: &NearMiss| miss.outcome.as_ref().is_ok_and(|outcome| outcome.rows.is_empty());
    if near.iter().all(silent) {
        Made::Agrees { matching: matching.set, near, never }
    } else {
        Made::FalseMatch { matching: matching.set, near }
    }
}

/// What a command of the plan needs and never has here.
fn lack(plan: &Plan) -> Option<&'static str> {
    plan.steps.iter().find_map(|step| match &step.op {
        Op::Native(native) => native.lack(&Context::at(super::NOW)),
        op => op.nested().and_then(lack),
    })
}

/// Why no row can come, whatever the events: words are looked for in the text of events that are events no longer.
fn hopeless(plan: &Plan, flow: &PlanFlow) -> Option<String> {
    plan.steps.iter().zip(&flow.steps).skip(1).zip(&flow.steps).find_map(|((step, _), before)| {
        let Op::Filter(Condition::Search(filter)) = &step.op else { return None };
        let has_text = before.flow.output.can_have(&Name::from("_raw"));
        let words = walk::terms(filter).into_iter().find(|term| matches!(term, Predicate::Keyword(_)))?;
        let words = print::predicate(words);
        (!has_text)
            .then(|| format!("no row can satisfy `{words}`: words are looked for in `_raw`, which is gone by then"))
    })
}

/// The pass rule of the official test.
fn accepted(outcome: &Outcome, risk: &[&str], threat: &[&str]) -> Result<(), String> {
    match judge(&outcome.rows, risk.iter().copied(), threat.iter().copied(), None) {
        Verdict::Pass => Ok(()),
        Verdict::NoRows => Err(crate::replay::lost(&outcome.trace)),
        Verdict::Fail(why) => Err(why),
    }
}

/// Why a plan cannot be run at all, whatever the data.
fn obstacle(plan: &Plan, of: &dyn Fn(Named<'_>) -> Option<String>) -> Option<String> {
    for inner in &plan.subsearches {
        if let Some(reason) = obstacle(inner, of) {
            return Some(reason);
        }
    }
    plan.steps.iter().find_map(|step| match &step.op {
        Op::Unsupported { command, reason } => Some(format!("`{command}` cannot be run: {reason}")),
        Op::Lookup(call) => of(Named::Lookup(&call.lookup.node)).filter(|why| !why.contains("kept by a Splunk server")),
        op => op.nested().and_then(|inner| obstacle(inner, of)),
    })
}
