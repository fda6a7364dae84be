//! Results in the form of the official tool's `test_results/summary.yml`, which harnesses read.
//!
//! Durations are in seconds. `success` of a detection is true when every test that ran passed; a detection whose data
//! is not here counts as untested, one that the tool leaves out as skipped.

use crate::content::model::Detection;
use crate::content::pack::Pack;
use crate::replay::{Status, TestResult};
use crate::source::Located;
use serde::Serialize;

#[derive(Serialize)]
struct File {
    summary: Summary,
    tested_detections: Vec<Entry>,
    skipped_detections: Vec<Entry>,
    untested_detections: Vec<Entry>,
    percent_complete: String,
}

#[derive(Serialize)]
struct Summary {
    mode: &'static str,
    enable_integration_testing: bool,
    success: bool,
    total_detections: usize,
    total_tested_detections: usize,
    total_pass: usize,
    total_fail: usize,
    total_skipped: usize,
    total_untested: usize,
    success_rate: String,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    source_category: String,
    search: String,
    file_path: String,
    success: bool,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    #[serde(rename = "test_type")]
    kind: &'static str,
    success: bool,
    message: String,
    exception: Option<String>,
    status: String,
    duration: f64,
    #[serde(rename = "resultCount")]
    result_count: usize,
    #[serde(rename = "runDuration")]
    run_duration: f64,
}

/// The file's text; `selected` limits the mode's name only.
///
/// # Errors
/// The YAML writer refused a value; the text says which.
pub fn text(pack: &Pack, results: &[TestResult], selected: bool) -> Result<String, String> {
    let (mut tested, mut skipped, mut untested) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = results;
    while let Some(first) = rest.first() {
        // Results of one detection stand together.
        let count = rest.iter().take_while(|result| result.file == first.file).count();
        let (own, others) = rest.split_at(count);
        rest = others;
        let entry = entry(pack.detections.iter().find(|detection| detection.object.path == first.file), own);
        if own.iter().any(|result| result.status != Status::Skip) {
            tested.push(entry);
        } else if own.iter().any(|result| result.reason.starts_with("the data is not available")) {
            untested.push(entry);
        } else {
            skipped.push(entry);
        }
    }
    let total = tested.len() + skipped.len() + untested.len();
    let passed = tested.iter().filter(|entry| entry.success).count();
    let percent = |part: usize, whole: usize| {
        if whole == 0 { "UNKNOWN".to_owned() } else { format!("{:.1}%", 100.0 * part as f64 / whole as f64) }
    };
    let file = File {
        summary: Summary {
            mode: if selected { "selected" } else { "all" },
            enable_integration_testing: false,
            success: passed == tested.len(),
            total_detections: total,
            total_tested_detections: tested.len(),
            total_pass: passed,
            total_fail: tested.len() - passed,
            total_skipped: skipped.len(),
            total_untested: untested.len(),
            success_rate: percent(passed, tested.len()),
        },
        percent_complete: percent(total - untested.len(), total),
        tested_detections: tested,
        skipped_detections: skipped,
        untested_detections: untested,
    };
    serde_yaml::to_string(&file).map_err(|error| error.to_string())
}

fn entry(detection: Option<&Detection>, results: &[TestResult]) -> Entry {
    let text = |located: Option<&Located>| located.map_or_else(String::new, |text| text.as_str().to_owned());
    let first = results.first();
    Entry {
        name: first.map_or_else(String::new, |result| result.detection.clone()),
        kind: text(detection.and_then(|detection| detection.analytic_type.as_ref())),
        status: text(detection.and_then(|detection| detection.object.status.as_ref())),
        source_category: detection.and_then(|detection| detection.kind.clone()).unwrap_or_default(),
        search: text(detection.and_then(|detection| detection.search.as_ref())),
        file_path: first.map_or_else(String::new, |result| result.file.to_string_lossy().replace('\\', "/")),
        success: results.iter().all(|result| matches!(result.status, Status::Pass | Status::Skip)),
        tests: results.iter().map(test).collect(),
    }
}

fn test(result: &TestResult) -> Test {
    let seconds = (result.duration.as_secs_f64() * 1000.0).round() / 1000.0;
    Test {
        name: result.test.clone(),
        kind: "unit",
        success: matches!(result.status, Status::Pass | Status::Skip),
        message: result.reason.clone(),
        exception: (result.status == Status::Error).then(|| result.reason.clone()),
        status: result.status.as_str().to_lowercase(),
        duration: seconds,
        result_count: result.rows.rows(),
        run_duration: seconds,
    }
}
