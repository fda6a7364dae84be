//! The context of lowering: the plan so far, problems, and what all commands need.

use super::options::bad_value;
use super::{build, find, unsupported};
use crate::diag::{Problem, codes};
use crate::expr::{Expr, FieldRef, Lowering, Predicate};
use crate::ir::op::{Aggregate, AggregateInput, Assignment, BinSpan, Selector};
use crate::ir::{Native, Op, Plan, Step};
use crate::source::{Span, Spanned};
use crate::spl::ast::{self, AggregateArgument, Arg, ByItem, Search, Stage, Word};
use crate::value::regex::Regex;
use std::sync::Arc;

/// A plan under construction.
pub struct Lower<'p> {
    plan: Plan,
    problems: &'p mut Vec<Problem>,
    command: &'static str,
    span: Span,
    /// The stage stands first in a search that makes its own rows.
    first: bool,
    /// How fields are shown at the end of the search.
    shown: Vec<Assignment>,
}

/// Lowers a search; `generating` is false for a body that works on the rows of the search around it.
pub(super) fn plan(search: &Search, generating: bool, problems: &mut Vec<Problem>) -> Plan {
    stages(search, generating, problems).plan
}

/// As [`plan`], for a search whose rows are shown to somebody: `fieldformat` takes effect behind its last stage.
pub(super) fn shown_plan(search: &Search, generating: bool, problems: &mut Vec<Problem>) -> Plan {
    let mut cx = stages(search, generating, problems);
    let shown = std::mem::take(&mut cx.shown);
    if let Some(first) = shown.first() {
        (cx.command, cx.span) = ("fieldformat", first.span);
        cx.push(Op::Extend(shown));
    }
    cx.plan
}

fn stages<'p>(search: &Search, generating: bool, problems: &'p mut Vec<Problem>) -> Lower<'p> {
    let mut cx = Lower {
        plan: Plan::default(),
        problems,
        command: "search",
        span: search.span,
        first: generating,
        shown: Vec::new(),
    };
    for stage in &search.stages {
        cx.stage(stage);
        cx.first = false;
    }
    cx
}

impl Lower<'_> {
    fn stage(&mut self, stage: &Stage) {
        self.span = stage.span;
        let name = stage.command.node.as_str();
        if let Some(command) = find(name) {
            self.command = command.name();
            if let [Spanned { node: Arg::Raw(_), .. }] = stage.args.as_slice() {
                // The parser has reported it.
                return self.unsupported("it has a syntax error");
            }
            let before = self.plan.steps.len();
            command.lower(stage, self);
            let makes_rows = self.plan.steps.get(before).is_none_or(|step| makes_rows(&step.op));
            if self.first && !makes_rows {
                let message = format!("a search cannot begin with `{name}`");
                self.problem(
                    Problem::new(codes::NOT_GENERATING, message, stage.command.span)
                        .help("begin with `search`, `tstats`, `from`, `inputlookup` or `makeresults`"),
                );
            }
            return;
        }
        let (known, reason) = unsupported::find(name);
        self.command = known;
        // Subsearches of an unknown command are still checked.
        for arg in &stage.args {
            if let Arg::Subsearch(search) = &arg.node {
                let _ = self.subplan(search);
            }
        }
        self.push(Op::Unsupported { command: name.into(), reason: reason.into() });
    }

    /// Adds an operation of the current command.
    pub fn push(&mut self, op: Op) {
        self.plan.steps.push(Step { op, command: self.command, span: self.span });
    }

    /// Shows a field in another form at the end of the search.
    pub(super) fn show(&mut self, form: Assignment) {
        self.shown.push(form);
    }

    /// Adds an operation with semantics of its own.
    pub fn native(&mut self, native: impl Native + 'static) {
        self.push(Op::Native(Arc::new(native)));
    }

    /// Adds the steps and subsearches of a finished plan behind the current ones.
    pub(super) fn splice(&mut self, plan: Plan) {
        // The subsearches of predicates are named by index: only a plan without them can be taken apart.
        if self.plan.subsearches.is_empty() {
            self.plan.subsearches = plan.subsearches;
            self.plan.steps.extend(plan.steps);
        } else {
            self.push(Op::Append(Box::new(plan)));
        }
    }

    /// Marks the stage as one that cannot be run.
    pub fn unsupported(&mut self, reason: &str) {
        self.push(Op::Unsupported { command: self.command.into(), reason: reason.into() });
    }

    /// Reports a problem.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports what another reader found.
    pub(super) fn problems(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    /// Name of the current command.
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// The place of the current stage.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether the stage stands first, where rows have to be made.
    pub fn first(&self) -> bool {
        self.first
    }

    /// Reports that an argument is missing; `what` is a noun phrase such as "a field".
    pub fn missing(&mut self, what: &str) {
        let message = format!("`{}` needs {what}", self.command);
        let usage = find(self.command).map(|command| command.syntax().usage);
        let mut problem = Problem::new(codes::MISSING_ARGUMENT, message, self.span);
        if let Some(usage) = usage {
            problem = problem.help(format!("write `{usage}`"));
        }
        self.problem(problem);
    }

    /// Reports a stage of which nothing can be made, and keeps its place in the plan.
    pub fn incomplete(&mut self, what: &str) {
        self.missing(what);
        self.unsupported("it is incomplete");
    }

    /// Reports an option that is understood but not built.
    pub fn unsupported_option(&mut self, option: &str, span: Span) {
        let message = format!("option `{option}` of `{}` is not supported", self.command);
        self.problem(Problem::new(codes::UNSUPPORTED_OPTION, message, span));
    }

    /// An eval expression; none if it has problems, which are then reported.
    pub fn expr(&mut self, expr: &ast::Expr) -> Option<Expr> {
        build::lower_expr(expr, Lowering::expr, self.problems, &mut self.plan.subsearches)
    }

    /// As [`Lower::expr`], for a value that goes into a field, which cannot be a Boolean.
    pub fn value(&mut self, expr: &ast::Expr) -> Option<Expr> {
        build::lower_expr(expr, Lowering::value, self.problems, &mut self.plan.subsearches)
    }

    /// As [`Lower::expr`], for a condition.
    pub fn condition(&mut self, expr: &ast::Expr) -> Option<Expr> {
        build::lower_expr(expr, Lowering::condition, self.problems, &mut self.plan.subsearches)
    }

    /// A search expression; terms with problems are left out and reported.
    pub fn predicate(&mut self, term: &ast::Term) -> Predicate {
        build::lower_term(term, self.problems, &mut self.plan.subsearches)
    }

    /// A subsearch that makes its own rows.
    pub fn subplan(&mut self, search: &Search) -> Plan {
        plan(search, true, self.problems)
    }

    /// A subsearch over the rows of this search.
    pub fn body(&mut self, search: &Search) -> Plan {
        plan(search, false, self.problems)
    }

    /// A regular expression, reported at the place of its text if it is none.
    pub fn regex(&mut self, pattern: &Word) -> Option<Arc<Regex>> {
        build::regex(pattern, self.problems)
    }

    /// A bucket size; for a bucket of time, a bare number is in seconds.
    pub fn bin_span(&mut self, option: &str, value: &Word, time: bool) -> Option<BinSpan> {
        let span = build::bin_span(&value.text, time);
        if span.is_none() {
            self.problem(bad_value(self.command, option, "a length such as `5m`, `1h`, `1d` or a number", value));
        }
        span
    }

    /// A length of time in seconds; `-1` and the like (no limit) are none.
    pub fn seconds(&mut self, option: &str, value: &Word) -> Option<f64> {
        if value.text.starts_with('-') {
            return None;
        }
        let seconds = build::seconds(&value.text);
        if seconds.is_none() {
            self.problem(bad_value(self.command, option, "a length of time such as `5m`", value));
        }
        seconds
    }

    /// An aggregate that no one wrote.
    pub(super) fn aggregate(&mut self, function: &str, argument: AggregateInput, name: &str) -> Option<Aggregate> {
        let span = self.span;
        let (function, parameter) = crate::expr::stats::resolve(function)?;
        Some(Aggregate { function, parameter, argument, name: Selector::new(name, span) })
    }

    /// The aggregates of a stage of the stats family; those with problems are left out and reported.
    pub fn aggregates(&mut self, stage: &Stage) -> Vec<Aggregate> {
        let mut list: Vec<Aggregate> = Vec::new();
        for arg in &stage.args {
            let Arg::Aggregate(call) = &arg.node else { continue };
            let Some((function, parameter)) = build::stats_function(call, self.problems) else { continue };
            let argument = match &call.argument {
                AggregateArgument::None => AggregateInput::Rows,
                AggregateArgument::Field(word) => AggregateInput::Field(selector(word)),
                AggregateArgument::Eval(expr) => match self.expr(expr) {
                    Some(expr) => AggregateInput::Expr(expr),
                    None => continue,
                },
            };
            let name = match (&call.alias, &argument) {
                (Some(alias), _) => selector(alias),
                (None, AggregateInput::Field(field)) if field.is_pattern() => {
                    Selector::new(format!("{}({})", call.function.node, field.name), arg.span)
                }
                (None, _) => Selector::new(call.text.as_str(), arg.span),
            };
            if let Some(first) = list.iter().find(|other| other.name.name == name.name) {
                let message = format!("two aggregates are named `{}`", name.name);
                let problem = Problem::new(codes::DUPLICATE_FIELD, message, name.span)
                    .related(first.name.span, "the first one")
                    .help("give each one its own name with `as`");
                self.problem(problem);
                continue;
            }
            list.push(Aggregate { function, parameter, argument, name });
        }
        list
    }
}

/// Whether an operation makes rows without any coming in. What cannot be run is given the benefit of the doubt.
fn makes_rows(op: &Op) -> bool {
    matches!(op, Op::Events { .. } | Op::Dataset { .. } | Op::Table { .. } | Op::Rows { .. } | Op::Unsupported { .. })
}

/// A selector of the word.
pub(super) fn selector(word: &Word) -> Selector {
    Selector::new(word.text.as_str(), word.span)
}

/// A field of the word's name.
pub(super) fn field(word: &Word) -> FieldRef {
    FieldRef::new(word.text.as_str(), word.span)
}

/// The plain words of a stage, in order.
pub(super) fn words(stage: &Stage) -> Vec<&Word> {
    let mut words = Vec::new();
    for arg in &stage.args {
        if let Arg::Word(word) = &arg.node {
            words.push(word);
        }
    }
    words
}

/// The one field that a stage reads, and the one that it writes if it is another: `x`, or `x as y`.
pub(super) fn source_and_target(stage: &Stage) -> Option<(&Word, Option<&Word>)> {
    stage.args.iter().find_map(|arg| match &arg.node {
        Arg::Word(word) => Some((word, None)),
        Arg::Alias { source, target } => Some((source, Some(target))),
        _ => None,
    })
}

/// The items of the stage's by-clauses, in order.
pub(super) fn by_items(stage: &Stage) -> impl Iterator<Item = &ByItem> {
    stage.args.iter().flat_map(|arg| match &arg.node {
        Arg::By(items) => items.as_slice(),
        _ => &[],
    })
}

/// The fields of the by-clauses, each once.
pub(super) fn by_fields(stage: &Stage) -> Vec<Selector> {
    let mut fields: Vec<Selector> = Vec::new();
    for item in by_items(stage) {
        if let ByItem::Field(word) = item
            && !fields.iter().any(|known| *known.name == *word.text)
        {
            fields.push(selector(word));
        }
    }
    fields
}

/// The first subsearch among the arguments.
pub(super) fn subsearch(stage: &Stage) -> Option<&Search> {
    stage.args.iter().find_map(|arg| match &arg.node {
        Arg::Subsearch(search) => Some(search),
        _ => None,
    })
}
