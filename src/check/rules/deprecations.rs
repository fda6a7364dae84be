//! `deprecation-mapping`: what `removed/deprecation_mapping*.YML` says of deprecated and removed objects against what
//! these objects say. The official tool looks at it only if `contentctl.yml` asks for it; otherwise it is a warning.

use super::shape;
use crate::check::{Around, Findings, did_you_mean};
use crate::content::model::{Generation, Object};
use crate::content::pack::Kind;
use crate::content::shape::DEPRECATIONS;
use crate::content::yaml::{Node, ScalarValue};
use crate::diag::{Diagnostic, Severity, codes};
use crate::source::Place;
use std::collections::HashMap;

pub(super) fn check(around: &Around<'_>, findings: &mut Findings) {
    let pack = around.pack;
    let config = pack.config.node.as_deref();
    let enforced = config.and_then(|node| node.path("enforce_deprecation_mapping_requirement"));
    let enforced = enforced.and_then(Node::as_scalar).is_some_and(|it| it.value == ScalarValue::Bool(true));
    if pack.deprecations.is_empty() && !enforced {
        return;
    }
    let before = findings.0.len();
    let known = Known::of(around);
    let mut seen: HashMap<&str, Place> = HashMap::new();
    for (_, node) in &pack.deprecations {
        shape::mapping_of(node, &DEPRECATIONS, "deprecation mapping", findings);
        for (section, entries) in node.entries() {
            let Some(section) = section.as_str() else { continue };
            let listed = DEPRECATIONS.key(section).is_some();
            for entry in entries.items() {
                if listed {
                    one(section, entry, &known, &mut seen, findings);
                } else {
                    let message = format!("`{section}` is no kind of object that can be deprecated");
                    findings.push(found(message, entry.place).label("must be empty").help("move or remove the entry"));
                }
            }
        }
    }
    if enforced {
        known.without_entry(&seen, findings);
    }
    for found in findings.0[before..].iter_mut().filter(|_| !enforced) {
        found.severity = Severity::Warning;
    }
}

fn found(message: String, place: Place) -> Diagnostic {
    Diagnostic::new(codes::DEPRECATION_MAPPING, message, place)
}

/// An object that an entry can be about.
struct Subject<'a> {
    object: &'a Object,
    /// The section that it belongs into.
    section: &'a str,
    status: &'a str,
}

struct Known<'a> {
    by_name: HashMap<&'a str, Subject<'a>>,
    /// In the order of the pack.
    names: Vec<&'a str>,
    /// The version that the pack makes.
    version: Option<[u64; 3]>,
}

impl<'a> Known<'a> {
    fn of(around: &Around<'a>) -> Self {
        let pack = around.pack;
        let former: HashMap<_, _> = pack.removed.iter().map(|it| (it.object.file, it.former.as_deref())).collect();
        let mut by_name = HashMap::new();
        let mut names = Vec::new();
        for (kind, object) in pack.objects().filter(|(_, object)| pack.is_own(object.file)) {
            let section = match kind {
                Kind::Removed => former.get(&object.file).copied().flatten().unwrap_or_default(),
                kind => kind.folder(),
            };
            let status = object.status.as_ref().map_or("production", |status| status.as_str());
            let name = object.name.as_str();
            names.push(name);
            by_name.entry(name).or_insert(Subject { object, section, status });
        }
        let version = pack.config.version.as_ref().and_then(|version| numbers(version.as_str()));
        Self { by_name, names, version }
    }

    /// Objects of which the files say nothing. In the newest generation they say it themselves.
    fn without_entry(&self, seen: &HashMap<&str, Place>, findings: &mut Findings) {
        for name in &self.names {
            let Some(subject) = self.by_name.get(name) else { continue };
            let wants = matches!(subject.status, "deprecated" | "removed");
            if !wants || seen.contains_key(name) || subject.object.generation == Generation::V6 {
                continue;
            }
            let place = subject.object.name.whole().unwrap_or(subject.object.start);
            let message = format!("no deprecation mapping has an entry for `{name}`, which is {}", subject.status);
            let help = format!("add it to `{}` of removed/deprecation_mapping.YML", subject.section);
            findings.push(found(message, place).label("the reason is missing").help(help));
        }
    }
}

/// The three numbers of a version.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let core = version.split(['-', '+']).next()?;
    let mut parts = core.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

fn one<'n>(
    section: &str,
    entry: &'n Node,
    known: &Known<'_>,
    seen: &mut HashMap<&'n str, Place>,
    findings: &mut Findings,
) {
    let Some((content, name)) = entry.get("content").and_then(|node| Some((node, node.as_str()?))) else { return };
    if let Some(first) = seen.insert(name, content.place) {
        let message = format!("`{name}` has two entries");
        findings
            .push(found(message, content.place).label("here again").related(first, "first here").help("remove one"));
    }
    let Some(subject) = known.by_name.get(name) else {
        let help = did_you_mean(name, known.names.iter().copied(), "remove the entry, or keep the object in removed/");
        let message = format!("no object is named `{name}`");
        findings.push(found(message, content.place).label("no object of this name").help(help));
        return;
    };
    let is = subject.object.name.whole().unwrap_or(subject.object.start);
    if subject.section != section {
        findings.push(
            found(format!("`{name}` is none of the {section}"), content.place)
                .label("in the wrong section")
                .related(is, "the object")
                .help(format!("move the entry to `{}`", subject.section)),
        );
    }
    let version = entry.get("removed_in_version");
    let removed_in = version.and_then(Node::as_str).and_then(numbers);
    let wanted = match (known.version, removed_in) {
        (Some(now), Some(removed_in)) => Some(if now >= removed_in { "removed" } else { "deprecated" }),
        _ => None,
    };
    if let (Some(wanted), Some(version)) = (wanted.filter(|wanted| *wanted != subject.status), version) {
        let at = subject.object.status.as_ref().and_then(crate::source::Located::whole).unwrap_or(is);
        findings.push(
            found(format!("`{name}` is {}, but by this version it is {wanted}", subject.status), version.place)
                .label(format!("{wanted} in the version of this pack"))
                .related(at, format!("its status is {}", subject.status))
                .help(format!("write `status: {wanted}` there, or another version here")),
        );
    }
    for replacement in entry.get("replacement_content").map(Node::items).unwrap_or_default() {
        let Some(text) = replacement.as_str() else { continue };
        let can = |subject: &Subject<'_>| matches!(subject.section, "detections" | "stories");
        let in_use = |subject: &Subject<'_>| !matches!(subject.status, "deprecated" | "removed");
        let (label, help) = match known.by_name.get(text) {
            Some(subject) if can(subject) && in_use(subject) => continue,
            Some(subject) if can(subject) => ("itself no longer to be used", "name what replaces both".to_owned()),
            Some(_) => ("neither a detection nor a story", "name a detection or a story".to_owned()),
            None => {
                let names = known.by_name.iter().filter(|(_, subject)| can(subject) && in_use(subject));
                let mut names: Vec<&str> = names.map(|(name, _)| *name).collect();
                names.sort_unstable();
                ("no object of this name", did_you_mean(text, names, "name a detection or a story"))
            }
        };
        findings.push(found(format!("`{text}` cannot replace `{name}`"), replacement.place).label(label).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_have_three_numbers() {
        assert_eq!(numbers("5.12.0-rc.1+a"), Some([5, 12, 0]));
        assert!(numbers("5.12.0") < numbers("5.100.0"));
        assert_eq!(numbers("5.12"), None);
        assert_eq!(numbers("5.12.0.1"), None);
    }
}
