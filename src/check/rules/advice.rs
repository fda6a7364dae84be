//! What works, but seldom as meant: `join-without-max`, `unbounded-map`, `leading-wildcard`; and
//! `missing-summariesonly`.

use crate::check::{Findings, Subject};
use crate::compile::Compiled;
use crate::diag::{Problem, codes};
use crate::source::Span;
use crate::spl::ast::{Arg, CompareOp, Stage, Term, TermKind};
use crate::spl::walk;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled else { return };
    let mut problems = Vec::new();
    walk::stages(&compiled.search, &mut |stage| match stage.command.node.as_str() {
        "join" if !has_option(stage, "max") => problems.push(
            Problem::new(codes::JOIN_WITHOUT_MAX, "`join` takes one match for each row", stage.command.span)
                .label("further matches are dropped")
                .help("write `max=0` for all matches, or `max=1` if one is meant"),
        ),
        "map" if !has_option(stage, "maxsearches") => problems.push(
            Problem::new(codes::UNBOUNDED_MAP, "`map` runs for ten rows only", stage.command.span)
                .label("further rows are dropped")
                .help("write `maxsearches=` with a number"),
        ),
        "tstats" => summaries(stage, compiled, &mut problems),
        _ => {}
    });
    leading(compiled, &mut problems);
    for problem in problems {
        findings.push_in(problem, &compiled.expansion.text);
    }
}

fn has_option(stage: &Stage, wanted: &str) -> bool {
    stage.args.iter().any(|arg| matches!(&arg.node, Arg::Option { name, .. } if name.node == wanted))
}

/// The macro becomes an option, so that the option stands for both.
fn summaries(stage: &Stage, compiled: &Compiled, problems: &mut Vec<Problem>) {
    let of_model = stage.args.iter().any(|arg| {
        // The model of risk is made of findings, and not accelerated as a rule.
        matches!(&arg.node, Arg::From { kind, name } if kind.node == "datamodel" && !name.text.starts_with("Risk"))
    });
    let unknown = compiled.expansion.calls.iter().any(|call| !call.found);
    if of_model && !unknown && !has_option(stage, "summariesonly") {
        problems.push(
            Problem::new(
                codes::MISSING_SUMMARIESONLY,
                "`tstats` does not leave the choice of summaries to the user",
                stage.command.span,
            )
            .label("reads all data, accelerated or not")
            .help("write `security_content_summariesonly` in backticks after `tstats`"),
        );
    }
}

/// The first pattern of the events' search that begins with `*` and has more to it.
fn leading(compiled: &Compiled, problems: &mut Vec<Problem>) {
    let Some(stage) = compiled.search.stages.first().filter(|stage| stage.command.node == "search") else { return };
    let mut conditions = stage.args.iter().filter_map(|arg| match &arg.node {
        Arg::Condition(term) => Some(term),
        _ => None,
    });
    if let Some(span) = conditions.find_map(first_leading) {
        problems.push(
            Problem::new(codes::LEADING_WILDCARD, "a pattern over raw events begins with `*`", span)
                .label("Splunk reads every event for it")
                .help("begin the pattern with text, or filter by other fields first"),
        );
    }
}

fn first_leading(term: &Term) -> Option<Span> {
    let leads = |text: &str| text.starts_with('*') && text.bytes().any(|byte| byte != b'*');
    match &term.kind {
        TermKind::And(terms) | TermKind::Or(terms) => terms.iter().find_map(first_leading),
        TermKind::Compare { op, value, .. } if op.node == CompareOp::Eq && leads(&value.text) => Some(value.span),
        TermKind::In { values, .. } => values.iter().find(|value| leads(&value.text)).map(|value| value.span),
        TermKind::Keyword(word) if leads(&word.text) => Some(word.span),
        _ => None,
    }
}
