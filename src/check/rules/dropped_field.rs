//! `dropped-field`: a command reads a field that an earlier command dropped or renamed.
//! `unknown-field`: a command reads a field that nothing made.
//!
//! Both hold only where the search itself says which fields there are: behind `stats`, `table`, a data model. A search
//! over raw events may have any field.

use crate::check::{Findings, Subject};
use crate::diag::{Problem, Severity, codes, nearest};
use crate::ir::flow::{Absence, MissingRead};
use crate::ir::schema::{Loss, ReadKind};
use crate::source::Span;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    for read in compiled.flow.missing() {
        // A bare `null` reads a field that no one has, which is how authors write null.
        if read.kind != ReadKind::Value || read.field.span.is_empty() || &*read.field.name == "null" {
            continue;
        }
        let problem = match &read.reason {
            Absence::Lost(loss) | Absence::NotKept(loss) => dropped(read, loss),
            // Fields of a dataset are the business of `unknown-dataset-field`.
            Absence::NeverMade if read.command == "tstats" => continue,
            Absence::NeverMade => unknown(read),
        };
        // `convert` leaves a missing field missing: a call left over from a copied search does no harm.
        let severity = if read.command == "convert" { Severity::Advice } else { Severity::Warning };
        findings.push_as(severity, problem, &compiled.expansion.text);
    }
}

fn dropped(read: &MissingRead, loss: &Loss) -> Problem {
    let name = &read.field.name;
    let by = loss.command;
    let problem = if let Some(new) = &loss.renamed_to {
        let message = format!("`{name}` was renamed to `{new}` by `{by}`");
        Problem::new(codes::DROPPED_FIELD, message, read.field.span).help(format!("write `{new}`"))
    } else {
        let help = match nearest(name, read.known.iter().map(|name| &**name)) {
            Some(near) => format!("keep `{name}` in `{by}`, or did you mean `{near}`?"),
            None => format!("keep `{name}` in `{by}`, or use a field that is still there"),
        };
        Problem::new(codes::DROPPED_FIELD, format!("`{name}` was dropped by `{by}`"), read.field.span).help(help)
    };
    let command = Span::new(loss.span.start as usize, loss.span.start as usize + by.len());
    problem.label("no row has this field any more").related(command, format!("`{by}` keeps only what it names"))
}

fn unknown(read: &MissingRead) -> Problem {
    let name = &read.field.name;
    let help = match nearest(name, read.known.iter().map(|name| &**name)) {
        Some(near) => crate::diag::did_you_mean(near),
        None => "use a field that the search produces".to_owned(),
    };
    Problem::new(codes::UNKNOWN_FIELD, format!("nothing before `{}` makes `{name}`", read.command), read.field.span)
        .label("no row has this field")
        .help(help)
}
