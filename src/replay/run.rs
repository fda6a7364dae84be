//! Runs the tests of detections, in parallel, with results in the order of the pack.

use super::dataset::{Finder, Found};
use super::expect::{self, Expectation};
use super::raw::{Input, RawEvents};
use super::source::FileSource;
use super::stop::interrupts;
use super::verdict::{Verdict, judge, unseen};
use super::{Lookups, Status, TestResult, miss, reason};
use crate::compile::Compiler;
use crate::content::model::{AttackData, Detection, Test};
use crate::content::pack::Pack;
use crate::diag::Severity;
use crate::engine::{self, FailureKind, RunOptions};
use crate::events::{Options, Overrides};
use crate::ir::Plan;
use crate::knowledge::Knowledge;
use crate::source::{Copied, Located};
use crate::value::{Batch, Name};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Everything that tests need, shared by all of them.
pub struct Tester<'a> {
    /// The pack, for lookups.
    pub pack: &'a Pack,
    /// From raw events to fields.
    pub knowledge: &'a Knowledge,
    /// From the text of a search to its plan.
    pub compiler: &'a Compiler<'a>,
    /// From the `data` of a test to a file.
    pub finder: &'a Finder,
    /// Start of the searches, zone, bounds.
    pub options: &'a RunOptions,
    /// How to read files; source, sourcetype, host and index of a test are added.
    pub reading: &'a Options,
    /// Tests that the official tool leaves out are run as well: of experimental and deprecated detections, those done
    /// by hand, and those marked experimental.
    pub everything: bool,
}

/// How often a detection found something in one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The dataset as tests name it, or the file.
    pub data: String,
    /// Its source type, if a test says so.
    pub sourcetype: String,
    /// Name of the detection.
    pub detection: String,
    /// Rows of the result.
    pub rows: usize,
    /// A test of the detection names the dataset.
    pub own: bool,
}

impl Tester<'_> {
    /// Runs the tests of all detections that `wanted` accepts. `done` is told of each result as it comes, in any order;
    /// the list that comes back is in the order of the pack.
    pub fn run(
        &self,
        wanted: &(dyn Fn(&Detection) -> bool + Sync),
        done: &(dyn Fn(&TestResult) + Sync),
    ) -> Vec<TestResult> {
        let lookups = Lookups::of_pack(self.pack);
        let detections: Vec<&Detection> = self.pack.detections.iter().filter(|detection| wanted(detection)).collect();
        let runs = |detection: &&&Detection| self.left_out(detection).is_none();
        let cache = Cache::new(detections.iter().filter(runs).copied());
        let results: Vec<Vec<TestResult>> = detections
            .par_iter()
            .map(|detection| {
                let results = self.detection(detection, &lookups, &cache);
                results.iter().for_each(done);
                results
            })
            .collect();
        results.into_iter().flatten().collect()
    }

    fn detection(&self, detection: &Detection, lookups: &Lookups, cache: &Cache) -> Vec<TestResult> {
        let blank = |test: Option<&Test>, status, reason: String| blank(detection, test, status, reason);
        if let Some(reason) = self.left_out(detection) {
            if detection.tests.is_empty() {
                return vec![blank(None, Status::Skip, reason)];
            }
            let skip = |test| blank(Some(test), Status::Skip, reason.clone());
            return detection.tests.iter().map(skip).collect();
        }
        let Some(search) = &detection.search else {
            return vec![blank(None, Status::Error, "the detection has no search".to_owned())];
        };
        let plan = self.compile(search);
        let expected = expect::load(&self.pack.root, &detection.object.path);
        let run = |test: &Test| {
            let started = Instant::now();
            let mut result = match &plan {
                Ok(plan) => match &expected {
                    Ok(expected) => self.test(detection, test, plan, expected, lookups, cache),
                    Err(reason) => blank(Some(test), Status::Error, reason.clone()),
                },
                Err(reason) => blank(Some(test), Status::Error, reason.clone()),
            };
            result.duration = started.elapsed();
            result
        };
        detection.tests.iter().map(run).collect()
    }

    /// Compiles a search that is put together at run time; its place is that of the detection's search.
    fn compile_text(&self, text: &str, detection: &Detection) -> Result<Plan, String> {
        let place = detection.search.as_ref().and_then(Located::whole);
        let place = place.ok_or_else(|| "the detection has no search".to_owned())?;
        let mut located = Located::empty(place);
        located.push(text, place, Copied::Decoded);
        self.compile(&located)
    }

    /// The plan of a search, or the first error in it.
    fn compile(&self, search: &Located) -> Result<Plan, String> {
        let compiled = self.compiler.compile(search);
        match compiled.diagnostics.into_iter().find(|problem| problem.severity == Severity::Error) {
            Some(problem) => Err(format!("the search does not compile: {}", problem.message)),
            None => Ok(compiled.plan),
        }
    }

    /// Why a detection is not tested.
    fn left_out(&self, detection: &Detection) -> Option<String> {
        let reason = skipped(detection)?;
        (!self.everything || detection.tests.is_empty()).then_some(reason)
    }

    fn test(
        &self,
        detection: &Detection,
        test: &Test,
        plan: &Plan,
        expected: &[Expectation],
        lookups: &Lookups,
        cache: &Cache,
    ) -> TestResult {
        let blank = |status, reason: String| blank(detection, Some(test), status, reason);
        if let Some(kind) = test.test_type.as_ref().filter(|kind| kind.as_str() == "experimental" && !self.everything) {
            return blank(Status::Skip, format!("the test type is `{}`", kind.as_str()));
        }
        if test.data.is_empty() {
            return blank(Status::Skip, "the test names no data".to_owned());
        }
        let mut events = Vec::new();
        for data in &test.data {
            match self.finder.find(data.data.as_str()) {
                Found::NotAvailable(reason) => {
                    // Whoever asks for no more than the available data is content with a skip.
                    let status = if self.finder.offline { Status::Skip } else { Status::Error };
                    return blank(status, format!("the data is not available: {reason}"));
                }
                Found::Path(path) => match cache.events(path, data, self.reading) {
                    Ok(found) => events.push(found),
                    Err(reason) => return blank(Status::Error, format!("the data cannot be read: {reason}")),
                },
            }
        }
        let compile = |text: &str| self.compile_text(text, detection);
        let source = FileSource::new(events, self.knowledge, lookups)
            .compiling(&compile)
            .knowing(self.compiler.catalog())
            .one_batch_at_a_time();
        let outcome = engine::run(plan, &source, self.options);
        if interrupts() > 0 {
            return blank(Status::Skip, "the run was ended before this test".to_owned());
        }
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(failure) => {
                return TestResult { notes: source.notes(), ..blank(unrun(&failure), failure.message) };
            }
        };
        let risk: Vec<&str> = detection.risk.objects.iter().map(|object| object.field.as_str()).collect();
        let threat = detection.risk.threats.iter().map(|object| object.field.as_str());
        let name = test.name.as_ref().map_or("", Located::as_str);
        let expected: Vec<&Expectation> = expected.iter().filter(|expectation| expectation.is_for(name)).collect();
        let none = expected.iter().any(|expectation| expectation.is_none());
        let wanted = if none { Some(0) } else { test.expected_results };
        let verdict = match judge(&outcome.rows, risk.iter().copied(), threat, wanted) {
            Verdict::Pass => match expected.iter().find_map(|expectation| expectation.judge(&outcome.rows)) {
                Some(reason) => Verdict::Fail(reason),
                None => Verdict::Pass,
            },
            other => other,
        };
        let miss = match verdict {
            Verdict::NoRows => miss::explain(plan, &outcome.trace, &source, self.options),
            Verdict::Pass | Verdict::Fail(_) => Vec::new(),
        };
        let (status, reason) = match verdict {
            Verdict::Pass => (Status::Pass, String::new()),
            _ if !outcome.lacks.is_empty() => (Status::Skip, outcome.lacks.join("; ")),
            Verdict::NoRows => (Status::Fail, reason::lost(&outcome.trace)),
            Verdict::Fail(reason) => (Status::Fail, reason),
        };
        let mut notes = source.notes();
        notes.extend(outcome.notes);
        if status == Status::Pass {
            notes.extend(unseen(&outcome.rows, risk));
        }
        let events = outcome.trace.first().map_or(0, |stage| stage.rows_in);
        TestResult { events, rows: outcome.rows, trace: outcome.trace, miss, notes, ..blank(status, reason) }
    }

    /// Runs every detection that `wanted` accepts over logs in which nothing is to be found. A row is a failure; what
    /// cannot be run is skipped. `done` is told of each result as it comes.
    ///
    /// # Errors
    /// The logs cannot be read; the message says which.
    pub fn benign(
        &self,
        logs: &[PathBuf],
        wanted: &(dyn Fn(&Detection) -> bool + Sync),
        done: &(dyn Fn(&TestResult) + Sync),
    ) -> Result<Vec<TestResult>, String> {
        let input = |path: &PathBuf| Input { path: path.clone(), options: self.reading.clone() };
        let events = Arc::new(RawEvents::hold(logs.iter().map(input).collect())?);
        let lookups = Lookups::of_pack(self.pack);
        let detections: Vec<&Detection> = self.pack.detections.iter().filter(|detection| wanted(detection)).collect();
        let one = |detection: &&Detection| {
            let started = Instant::now();
            let mut result = self.quiet(detection, &events, &lookups);
            "benign logs".clone_into(&mut result.test);
            result.duration = started.elapsed();
            done(&result);
            result
        };
        Ok(detections.par_iter().map(one).collect())
    }

    fn quiet(&self, detection: &Detection, events: &Arc<RawEvents>, lookups: &Lookups) -> TestResult {
        let blank = |status, reason: String| blank(detection, None, status, reason);
        let plan = match detection.search.as_ref().map(|search| self.compile(search)) {
            None => return blank(Status::Skip, "the detection has no search".to_owned()),
            Some(Err(reason)) => return blank(Status::Error, reason),
            Some(Ok(plan)) => plan,
        };
        match self.over(detection, &plan, vec![events.clone()], lookups) {
            Err(failure) => blank(unrun(&failure), failure.message),
            Ok(outcome) => {
                let (status, reason) = match outcome.rows.rows() {
                    0 => (Status::Pass, String::new()),
                    rows => (Status::Fail, format!("false positive: the search gives {rows} rows over benign logs")),
                };
                let events = outcome.trace.first().map_or(0, |stage| stage.rows_in);
                TestResult { events, rows: outcome.rows, trace: outcome.trace, ..blank(status, reason) }
            }
        }
    }

    fn over(
        &self,
        detection: &Detection,
        plan: &Plan,
        events: Vec<Arc<RawEvents>>,
        lookups: &Lookups,
    ) -> Result<engine::Outcome, engine::Failure> {
        let compile = |text: &str| self.compile_text(text, detection);
        let source = FileSource::new(events, self.knowledge, lookups)
            .compiling(&compile)
            .knowing(self.compiler.catalog())
            .one_batch_at_a_time();
        engine::run(plan, &source, self.options)
    }

    /// Runs every detection that `wanted` accepts over every dataset that their tests name, and over `more` files.
    /// Only hits are given, by dataset in the order of the pack, then by detection. Datasets that are not here and
    /// searches that cannot be run are the notes. `done` is told of each dataset.
    pub fn matrix(
        &self,
        more: &[PathBuf],
        wanted: &(dyn Fn(&Detection) -> bool + Sync),
        done: &(dyn Fn() + Sync),
    ) -> (Vec<Hit>, Vec<String>) {
        let lookups = Lookups::of_pack(self.pack);
        let detections: Vec<&Detection> = self.pack.detections.iter().filter(|detection| wanted(detection)).collect();
        let mut notes = Vec::new();
        let mut plans: Vec<(&Detection, Plan)> = Vec::new();
        let mut uncompiled = 0;
        for detection in &detections {
            match detection.search.as_ref().map(|search| self.compile(search)) {
                Some(Ok(plan)) => plans.push((detection, plan)),
                Some(Err(_)) | None => uncompiled += 1,
            }
        }
        if uncompiled > 0 {
            notes.push(format!("{uncompiled} detections do not compile and are left out"));
        }
        let (datasets, absent) = self.datasets(&detections, more);
        if absent > 0 {
            notes.push(format!("{absent} datasets are not here and are left out"));
        }
        let mut hits = Vec::new();
        let unrunnable = Mutex::new(std::collections::BTreeSet::new());
        for (key, input) in datasets {
            let (data, sourcetype) = (key.data.clone(), key.overrides[1].clone().unwrap_or_default());
            match RawEvents::hold(vec![input]) {
                Err(reason) => notes.push(format!("{data}: {reason}")),
                Ok(events) => {
                    let events = Arc::new(events);
                    let one = |(detection, plan): &(&Detection, Plan)| {
                        let rows = if let Ok(outcome) = self.over(detection, plan, vec![events.clone()], &lookups) {
                            outcome.rows.rows()
                        } else {
                            let mut failed = unrunnable.lock().unwrap_or_else(PoisonError::into_inner);
                            failed.insert(detection.object.name.as_str().to_owned());
                            0
                        };
                        let own = detection.tests.iter().flat_map(|test| &test.data).any(|data| Key::new(data) == key);
                        Hit {
                            data: data.clone(),
                            sourcetype: sourcetype.clone(),
                            detection: detection.object.name.as_str().to_owned(),
                            rows,
                            own,
                        }
                    };
                    let found: Vec<Hit> = plans.par_iter().map(one).filter(|hit| hit.rows > 0).collect();
                    hits.extend(found);
                }
            }
            done();
        }
        let unrunnable = unrunnable.into_inner().unwrap_or_else(PoisonError::into_inner).len();
        if unrunnable > 0 {
            notes.push(format!("{unrunnable} detections cannot be run here and are left out"));
        }
        (hits, notes)
    }

    /// The datasets that are here, each once, and how many are not.
    fn datasets(&self, detections: &[&Detection], more: &[PathBuf]) -> (Vec<(Key, Input)>, usize) {
        let mut found: Vec<(Key, Input)> = Vec::new();
        let mut asked: std::collections::HashSet<Key> = std::collections::HashSet::new();
        let mut absent = 0;
        for data in detections.iter().flat_map(|detection| &detection.tests).flat_map(|test| &test.data) {
            let key = Key::new(data);
            if !asked.insert(key.clone()) {
                continue;
            }
            match self.finder.find(data.data.as_str()) {
                Found::NotAvailable(_) => absent += 1,
                Found::Path(path) => found.push((key, Input { path, options: with_overrides(self.reading, data) })),
            }
        }
        for path in more {
            let key = Key { data: path.display().to_string(), overrides: Default::default() };
            found.push((key, Input { path: path.clone(), options: self.reading.clone() }));
        }
        (found, absent)
    }
}

/// How a test counts whose search could not be run.
fn unrun(failure: &engine::Failure) -> Status {
    match failure.kind {
        FailureKind::Unsupported => Status::Skip,
        FailureKind::Missing | FailureKind::Limit | FailureKind::Command => Status::Error,
    }
}

fn blank(detection: &Detection, test: Option<&Test>, status: Status, reason: String) -> TestResult {
    let owned = |located: Option<&Located>| located.map_or_else(String::new, |text| text.as_str().to_owned());
    TestResult {
        detection: detection.object.name.as_str().to_owned(),
        id: owned(detection.object.id.as_ref()),
        file: detection.object.path.clone(),
        test: owned(test.and_then(|test| test.name.as_ref())),
        status,
        reason,
        events: 0,
        rows: Batch::new(0),
        trace: Vec::new(),
        miss: Vec::new(),
        notes: Vec::new(),
        duration: Duration::ZERO,
    }
}

/// Why the official test leaves a detection out.
fn skipped(detection: &Detection) -> Option<String> {
    let is = |text: Option<&Located>, word: &str| text.is_some_and(|text| text.as_str().eq_ignore_ascii_case(word));
    if let Some(status) = &detection.object.status
        && !is(Some(status), "production")
    {
        return Some(format!("its status is `{}`", status.as_str()));
    }
    if is(detection.analytic_type.as_ref(), "Correlation") {
        return Some("a correlation works on risk events, which no test data holds".to_owned());
    }
    if let Some(manual) = &detection.manual_test {
        let text = manual.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        return Some(if text.is_empty() {
            "it is tested by hand".to_owned()
        } else {
            format!("it is tested by hand: {text}")
        });
    }
    detection.tests.is_empty().then(|| "it has no tests".to_owned())
}

/// What makes two data sets the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    data: String,
    overrides: [Option<String>; 4],
}

impl Key {
    fn new(data: &AttackData) -> Self {
        let text = |located: &Option<Located>| located.as_ref().map(|text| text.as_str().to_owned());
        let overrides = [text(&data.source), text(&data.sourcetype), text(&data.host), text(&data.custom_index)];
        Self { data: data.data.as_str().to_owned(), overrides }
    }
}

type Slot = Arc<OnceLock<Result<Arc<RawEvents>, String>>>;

/// Data sets that more than one test names are held while tests that need them are left.
struct Cache {
    slots: Mutex<HashMap<Key, (usize, Slot)>>,
}

impl Cache {
    fn new<'d>(detections: impl Iterator<Item = &'d Detection>) -> Self {
        let mut slots: HashMap<Key, (usize, Slot)> = HashMap::new();
        for data in detections.flat_map(|detection| &detection.tests).flat_map(|test| &test.data) {
            slots.entry(Key::new(data)).or_default().0 += 1;
        }
        Self { slots: Mutex::new(slots) }
    }

    fn events(&self, path: PathBuf, data: &AttackData, reading: &Options) -> Result<Arc<RawEvents>, String> {
        let input = Input { path, options: with_overrides(reading, data) };
        let slot = self.slot(&Key::new(data));
        // Nothing inside waits for another test: reading uses threads of its own.
        let read = || RawEvents::hold(vec![input]).map(Arc::new);
        match slot {
            Some(slot) => slot.get_or_init(read).clone(),
            None => read(),
        }
    }

    /// The shared place of a data set, given up when the last test that needs it has asked.
    fn slot(&self, key: &Key) -> Option<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, slot) = slots.get_mut(key)?;
        let shared = slot.clone();
        *left = left.saturating_sub(1);
        if *left == 0 {
            slots.remove(key);
        }
        Some(shared)
    }
}

fn with_overrides(reading: &Options, data: &AttackData) -> Options {
    let name = |located: &Option<Located>| located.as_ref().map(|text| Name::from(text.as_str()));
    let overrides = Overrides {
        sourcetype: name(&data.sourcetype),
        source: name(&data.source),
        host: name(&data.host),
        index: name(&data.custom_index),
        kind: None,
    };
    Options { overrides, ..reading.clone() }
}
