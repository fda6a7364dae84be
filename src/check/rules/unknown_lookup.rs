//! `unknown-lookup`: a search uses a lookup that neither a known pack nor the built-in knowledge has.

use crate::check::{Findings, Subject, did_you_mean};
use crate::diag::{Problem, codes};
use crate::spl::ast::{Arg, Search, Word};
use crate::spl::walk;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled else { return };
    for word in lookups(&compiled.search) {
        if subject.knows_lookup(&word.text) {
            continue;
        }
        let help = did_you_mean(
            &word.text,
            subject.lookup_names(),
            "add it under lookups/, or name its pack with `--with` or its app with `--app`",
        );
        let problem = Problem::new(codes::UNKNOWN_LOOKUP, format!("lookup `{}` does not exist", word.text), word.span)
            .label("no lookup of this name")
            .help(help);
        findings.push_in(problem, &compiled.expansion.text);
    }
}

/// The names of lookups that a search uses, subsearches included.
pub(crate) fn lookups(search: &Search) -> Vec<&Word> {
    let mut found = Vec::new();
    walk::stages(search, &mut |stage| {
        if matches!(stage.command.node.as_str(), "lookup" | "inputlookup" | "outputlookup") {
            let name = stage.args.iter().find_map(|arg| match &arg.node {
                Arg::Word(word) => Some(word),
                _ => None,
            });
            found.extend(name);
        }
    });
    found
}
