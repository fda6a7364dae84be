//! The tests of a detection: `missing-test`, `missing-test-data`, `duplicate-test`, `test-sourcetype`.

use super::references::alternatives;
use crate::check::{Findings, Subject};
use crate::content::model::{AttackData, DataSource};
use crate::content::shape::Form;
use crate::diag::{Diagnostic, codes};
use std::collections::HashMap;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    missing(subject, findings);
    duplicates(subject, findings);
    let sources = sources(subject);
    for data in subject.detection.tests.iter().flat_map(|test| &test.data) {
        data_exists(subject, data, findings);
        if let Some(sources) = &sources {
            sourcetype(data, sources, findings);
        }
    }
}

fn missing(subject: &Subject<'_>, findings: &mut Findings) {
    let detection = subject.detection;
    let wanted = subject.in_production() && !subject.is_type(&["Correlation"]) && detection.manual_test.is_none();
    if !wanted
        || !detection.tests.is_empty()
        || detection.object.node.get("tests").is_some_and(|it| !it.items().is_empty())
    {
        return;
    }
    let place =
        detection.object.status.as_ref().and_then(crate::source::Located::whole).unwrap_or(detection.object.start);
    findings.push(
        Diagnostic::new(codes::MISSING_TEST, "a production detection has no test", place)
            .label("in production")
            .help("add a test under `tests`, or the reason for none as `manual_test`"),
    );
}

fn duplicates(subject: &Subject<'_>, findings: &mut Findings) {
    let mut names = HashMap::new();
    for test in &subject.detection.tests {
        if let Some((name, place)) = test.name.as_ref().and_then(|name| Some((name, name.whole()?)))
            && let Some(first) = names.insert(name.as_str(), place)
        {
            let message = format!("two tests are named `{}`", name.as_str());
            findings.push(again(message, place, first, "give each test a name of its own"));
        }
        let mut data = HashMap::new();
        for entry in &test.data {
            let key = (entry.data.as_str(), entry.sourcetype.as_ref().map(crate::source::Located::as_str));
            if let Some(place) = entry.data.whole().filter(|_| !entry.data.is_empty())
                && let Some(first) = data.insert(key, place)
            {
                findings.push(again("a test replays one file twice".to_owned(), place, first, "remove one of the two"));
            }
        }
    }
}

fn again(message: String, place: crate::source::Place, first: crate::source::Place, help: &str) -> Diagnostic {
    Diagnostic::new(codes::DUPLICATE_TEST, message, place).label("here again").related(first, "first here").help(help)
}

fn data_exists(subject: &Subject<'_>, data: &AttackData, findings: &mut Findings) {
    let text = data.data.as_str();
    let Some(place) = data.data.whole().filter(|_| !text.is_empty()) else { return };
    let local = || subject.around.pack.root.join(text).is_file() || std::path::Path::new(text).is_file();
    if Form::Url.fits(text) || local() {
        return;
    }
    findings.push(
        Diagnostic::new(codes::MISSING_TEST_DATA, "the data of a test does not exist", place)
            .label("no address, and no file of the pack")
            .help("write an address that begins with `https://`, or a file below the pack"),
    );
}

/// The data sources of the detection, if all of them are known.
fn sources<'a>(subject: &Subject<'a>) -> Option<Vec<&'a DataSource>> {
    let names = subject.detection.data_sources.iter().flat_map(|entry| alternatives(entry.as_str()));
    let found: Option<Vec<&DataSource>> = names.map(|(name, _)| subject.around.pack.data_source(name)).collect();
    found.filter(|found| !found.is_empty())
}

fn sourcetype(data: &AttackData, sources: &[&DataSource], findings: &mut Findings) {
    let Some(sourcetype) = data.sourcetype.as_ref().filter(|text| !text.is_empty()) else { return };
    let Some(place) = sourcetype.whole() else { return };
    let known = || sources.iter().filter_map(|source| source.sourcetype.as_ref().map(crate::source::Located::as_str));
    if known().next().is_none() || known().any(|known| same(known, sourcetype.as_str())) {
        return;
    }
    let mut names: Vec<&str> = known().collect();
    names.sort_unstable();
    names.dedup();
    findings.push(
        Diagnostic::new(
            codes::TEST_SOURCETYPE,
            format!("no data source of the detection has the sourcetype `{}`", sourcetype.as_str()),
            place,
        )
        .label("events of another kind")
        .help(format!("its data sources have: {}", names.join(", "))),
    );
}

/// Whether two sourcetypes are one: letter case aside, and a Windows log is the same as text and as XML, under its own
/// name or that of its channel.
fn same(known: &str, found: &str) -> bool {
    let bare = |text: &str| {
        let text = text.to_ascii_lowercase();
        let text = text.strip_prefix("xml").map(str::to_owned).unwrap_or(text);
        text.split(':').next().filter(|first| *first == "wineventlog").map(str::to_owned).unwrap_or(text)
    };
    bare(known) == bare(found)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn windows_logs_are_the_same_in_every_form() {
        assert!(same("XmlWinEventLog", "xmlwineventlog"));
        assert!(same("XmlWinEventLog", "WinEventLog:Security"));
        assert!(same("aws:cloudtrail", "AWS:CloudTrail"));
        assert!(!same("aws:cloudtrail", "aws:s3"));
    }
}
