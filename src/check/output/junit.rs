//! Findings as JUnit XML: one test case per file, failed if the file has an error.

use super::location;
use crate::diag::{Diagnostic, Severity};
use crate::source::Sources;
use crate::xml::escape;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes one suite. `files` are the files that were checked; those without an error are passed cases.
pub fn write(out: &mut dyn Write, diagnostics: &[Diagnostic], sources: &Sources, files: &[String]) -> io::Result<()> {
    let mut cases: BTreeMap<String, Vec<&Diagnostic>> = files.iter().map(|file| (file.clone(), Vec::new())).collect();
    for diagnostic in diagnostics {
        cases.entry(location(diagnostic, sources).0).or_default().push(diagnostic);
    }
    let failed = |findings: &[&Diagnostic]| findings.iter().any(|finding| finding.severity == Severity::Error);
    let failures = cases.values().filter(|findings| failed(findings)).count();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    writeln!(out, "<testsuite name=\"escudo check\" tests=\"{}\" failures=\"{failures}\">", cases.len())?;
    for (file, findings) in &cases {
        let name = escape(file);
        if findings.is_empty() {
            writeln!(out, "  <testcase classname=\"check\" name=\"{name}\"/>")?;
            continue;
        }
        writeln!(out, "  <testcase classname=\"check\" name=\"{name}\">")?;
        let text: Vec<String> =
            findings.iter().map(|finding| crate::diag::render::one_line(finding, sources)).collect();
        let text = text.join("\n");
        let text = escape(&text);
        if failed(findings) {
            let first = findings.iter().find(|finding| finding.severity == Severity::Error);
            let message = first.map_or("", |finding| finding.message.as_str());
            writeln!(out, "    <failure message=\"{}\">{text}</failure>", escape(message))?;
        } else {
            writeln!(out, "    <system-out>{text}</system-out>")?;
        }
        writeln!(out, "  </testcase>")?;
    }
    writeln!(out, "</testsuite>")?;
    writeln!(out, "</testsuites>")
}
