//! `unknown-lookup`: a search uses a lookup that neither a known pack nor the built-in knowledge has.

use crate::check::{Around, Findings, Subject, did_you_mean};
use crate::compile::Compiled;
use crate::diag::{Problem, codes};
use crate::spl::walk;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(compiled) = subject.compiled {
        in_search(&subject.around, compiled, findings);
    }
}

pub(super) fn in_search(around: &Around<'_>, compiled: &Compiled, findings: &mut Findings) {
    for word in walk::lookups(&compiled.search) {
        if around.knows_lookup(&word.text) {
            continue;
        }
        let help = did_you_mean(
            &word.text,
            around.lookup_names(),
            "add it under lookups/, or name its pack with `--with` or its app with `--app`",
        );
        let problem = Problem::new(codes::UNKNOWN_LOOKUP, format!("lookup `{}` does not exist", word.text), word.span)
            .label("no lookup of this name")
            .help(help);
        findings.push_in(problem, &compiled.expansion.text);
    }
}
