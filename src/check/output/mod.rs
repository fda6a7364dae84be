//! Findings for machines and people: one file per form. Writers get a stream; they never touch files or the terminal.

pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod sarif;

use crate::diag::{Diagnostic, Severity};
use crate::source::{LineColumns, Sources};

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Advice.
    pub advice: usize,
}

impl Counts {
    /// Counts the findings by severity.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut counts = Self::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Advice => counts.advice += 1,
            }
        }
        counts
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let Self { errors, warnings, advice } = *self;
        write!(f, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))?;
        if advice > 0 { write!(f, ", {advice} piece{} of advice", plural(advice)) } else { Ok(()) }
    }
}

/// Path as shown, with `/`, and the lines and columns of a finding.
fn location(diagnostic: &Diagnostic, sources: &Sources) -> (String, LineColumns) {
    let path = sources.file(diagnostic.place.file).path().to_string_lossy().replace('\\', "/");
    (path, sources.line_columns(diagnostic.place))
}
