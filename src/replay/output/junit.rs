//! Results as JUnit XML: one case per test.

use super::Totals;
use crate::replay::{Status, TestResult};
use crate::xml::escape;
use std::io::{self, Write};
use std::time::Duration;

/// Writes one suite. Times are in seconds.
pub fn write(out: &mut dyn Write, results: &[TestResult]) -> io::Result<()> {
    let Totals { failed, skipped, errors, .. } = Totals::of(results);
    let time: Duration = results.iter().map(|result| result.duration).sum();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    writeln!(
        out,
        "<testsuite name=\"escudo test\" tests=\"{}\" failures=\"{failed}\" errors=\"{errors}\" skipped=\"{skipped}\" \
         time=\"{:.3}\">",
        results.len(),
        time.as_secs_f64(),
    )?;
    for result in results {
        let name = if result.test.is_empty() {
            result.detection.clone()
        } else {
            format!("{}: {}", result.detection, result.test)
        };
        let (class, name) = (result.file.to_string_lossy(), escape(&name).into_owned());
        let seconds = result.duration.as_secs_f64();
        let head = format!("<testcase classname=\"{}\" name=\"{name}\" time=\"{seconds:.3}\"", escape(&class));
        let reason = escape(&result.reason);
        match result.status {
            Status::Pass => writeln!(out, "  {head}/>")?,
            Status::Skip => writeln!(out, "  {head}><skipped message=\"{reason}\"/></testcase>")?,
            Status::Fail => {
                let lines = result.miss.join("\n");
                writeln!(out, "  {head}><failure message=\"{reason}\">{}</failure></testcase>", escape(&lines))?;
            }
            Status::Error => writeln!(out, "  {head}><error message=\"{reason}\"/></testcase>")?,
        }
    }
    writeln!(out, "</testsuite>")?;
    writeln!(out, "</testsuites>")
}
