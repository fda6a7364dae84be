//! Which detections of a pack can be run, and as which plans.

use super::NotRun;
use crate::compile::Compiler;
use crate::content::model::Detection;
use crate::content::pack::Pack;
use crate::diag::Severity;
use crate::ir::op::Condition;
use crate::ir::{Op, Plan};
use rayon::prelude::*;

/// A detection and its plan.
#[derive(Clone, Debug)]
pub struct Rule<'p> {
    /// Where it comes from.
    pub detection: &'p Detection,
    /// What it does.
    pub plan: Plan,
}

/// The rules of a pack.
#[derive(Clone, Debug, Default)]
pub struct Rules<'p> {
    /// Those that can be run, in the order of the pack.
    pub rules: Vec<Rule<'p>>,
    /// Detections that cannot.
    pub not_run: Vec<NotRun>,
}

impl<'p> Rules<'p> {
    /// Compiles the detections that `wanted` accepts. Deprecated ones are left out, as are those whose search does not
    /// compile.
    ///
    /// Bounds on time that a search has itself (`earliest=-70m`) are taken out: they speak of a schedule, and the logs are
    /// searched as a whole.
    pub fn of_pack(pack: &'p Pack, compiler: &Compiler<'_>, wanted: &(dyn Fn(&Detection) -> bool + Sync)) -> Self {
        let wanted: Vec<&Detection> = pack.detections.iter().filter(|detection| wanted(detection)).collect();
        let compiled: Vec<Result<Rule<'p>, NotRun>> =
            wanted.into_par_iter().map(|detection| compile(detection, compiler)).collect();
        let mut rules = Self::default();
        for result in compiled {
            match result {
                Ok(rule) => rules.rules.push(rule),
                Err(reason) => rules.not_run.push(reason),
            }
        }
        rules
    }
}

impl Rule<'_> {
    /// The detection's name.
    pub fn name(&self) -> &str {
        self.detection.object.name.as_str()
    }

    /// Whether the rule reads risk events.
    pub fn is_correlation(&self) -> bool {
        self.detection.analytic_type.as_ref().is_some_and(|kind| kind.as_str().eq_ignore_ascii_case("Correlation"))
            || reads_risk(&self.plan)
    }
}

fn compile<'p>(detection: &'p Detection, compiler: &Compiler<'_>) -> Result<Rule<'p>, NotRun> {
    let not_run = |reason: String| NotRun { rule: detection.object.name.as_str().to_owned(), reason };
    if detection.object.status.as_ref().is_some_and(|status| status.as_str().eq_ignore_ascii_case("deprecated")) {
        return Err(not_run("it is deprecated".to_owned()));
    }
    let search = detection.search.as_ref().ok_or_else(|| not_run("it has no search".to_owned()))?;
    let compiled = compiler.compile(search);
    if let Some(problem) = compiled.diagnostics.iter().find(|problem| problem.severity == Severity::Error) {
        return Err(not_run(format!("the search does not compile: {}", problem.message)));
    }
    let mut plan = compiled.plan;
    unbound(&mut plan);
    Ok(Rule { detection, plan })
}

/// Takes bounds on time out of the first search and the conditions right behind it.
fn unbound(plan: &mut Plan) {
    for step in &mut plan.steps {
        match &mut step.op {
            Op::Events { filter } | Op::Filter(Condition::Search(filter)) => *filter = filter.without_time_bounds(),
            Op::Join(join) => unbound(&mut join.plan),
            Op::Append(plan) | Op::AppendPipe(plan) | Op::AppendColumns { plan, .. } => unbound(plan),
            _ => {}
        }
    }
    plan.subsearches.iter_mut().for_each(unbound);
}

fn reads_risk(plan: &Plan) -> bool {
    let of_step = |op: &Op| match op {
        Op::Dataset { model, .. } => *model.node == *"Risk",
        op => op.nested().is_some_and(reads_risk),
    };
    plan.steps.iter().any(|step| of_step(&step.op)) || plan.subsearches.iter().any(reads_risk)
}
