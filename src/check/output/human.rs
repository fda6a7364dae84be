//! Findings drawn for people.

use super::Counts;
use crate::diag::{Diagnostic, render};
use crate::source::Sources;
use std::io::{self, Write};

/// Draws each finding and a line of totals: `objects` is how many were checked.
pub fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    objects: usize,
    style: render::Style,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        writeln!(out, "{}", render::render(diagnostic, sources, style))?;
    }
    let plural = if objects == 1 { "" } else { "s" };
    if diagnostics.is_empty() {
        return writeln!(out, "checked {objects} object{plural}: all well");
    }
    writeln!(out, "checked {objects} object{plural}: {}", Counts::of(diagnostics))
}
