//! `unknown-event-field`: a search over raw events reads a field that is most probably misspelt.
//!
//! Raw events may have any field, so a name proves nothing by being unknown. It is reported only if it differs by a slip
//! from a field that the events are known to have, and nothing else in the pack knows it: neither a data source, nor a
//! data model, nor another search.

use crate::check::{Findings, Subject};
use crate::content::pack::Pack;
use crate::diag::{Letters, Problem, codes};
use crate::ir::flow::{DEFAULT_FIELDS, EVENT_FIELDS, PlanFlow};
use crate::ir::schema::Read;
use crate::knowledge::{Dataset, Knowledge, Model};
use crate::source::{FileId, Located};
use std::collections::{HashMap, HashSet};

/// Shorter names differ too little from each other.
const SHORTEST: usize = 4;

/// Field names that the pack and the data models know.
#[derive(Debug)]
pub(in crate::check) struct Vocabulary {
    /// Of data sources and data models.
    listed: HashSet<Box<str>>,
    /// Words of searches, with the file of the first search that has it, and whether another one has it too.
    words: HashMap<Box<str>, (FileId, bool)>,
}

impl Vocabulary {
    pub(in crate::check) fn of(pack: &Pack, knowledge: &Knowledge) -> Self {
        let sources = pack.data_sources.iter().flat_map(|source| source.fields.iter().chain(&source.output_fields));
        let declared =
            knowledge.models().flat_map(Model::all).flat_map(|dataset: Dataset<'_>| &dataset.definition().fields);
        let mut listed: HashSet<&str> =
            sources.map(Located::as_str).chain(declared.map(|field| &*field.name)).collect();
        listed.extend(EVENT_FIELDS.iter().chain(DEFAULT_FIELDS));
        let mut words: HashMap<&str, (FileId, bool)> = HashMap::new();
        let others = pack.baselines.iter().chain(&pack.investigations).map(|it| (it.object.file, it.search.as_ref()));
        let macros = pack.macros.iter().map(|it| (it.object.file, Some(&it.definition)));
        let searches = pack.detections.iter().map(|it| (it.object.file, it.search.as_ref()));
        for (file, text) in searches.chain(others).chain(macros) {
            for word in text.into_iter().flat_map(|text| names(text.as_str())) {
                let known = words.entry(word).or_insert((file, false));
                known.1 |= known.0 != file;
            }
        }
        let listed = listed.into_iter().map(Box::from).collect();
        Self { listed, words: words.into_iter().map(|(word, known)| (Box::from(word), known)).collect() }
    }

    /// Whether something other than this file knows the name.
    fn knows(&self, name: &str, file: FileId) -> bool {
        self.listed.contains(name) || self.words.get(name).is_some_and(|&(first, several)| several || first != file)
    }

    /// The known name from which this one differs by a slip.
    fn slip_of(&self, name: &str, file: FileId) -> Option<&str> {
        let words =
            self.words.iter().filter(|(_, (first, several))| *several || *first != file).map(|(word, _)| &**word);
        let letters = Letters::of(name);
        let near = words.chain(self.listed.iter().map(|word| &**word)).filter(|known| {
            name.len().abs_diff(known.len()) <= 1
                && letters.least_distance(&Letters::of(known)) <= 1
                && is_slip(name, known)
        });
        // The same whatever the order of the sets.
        near.min_by_key(|known| (!known.eq_ignore_ascii_case(name), known.len().abs_diff(name.len()), *known))
    }
}

/// What may be field names in a search: words of letters, digits, `_`, `.`, `{` and `}`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.{}".contains(c))).filter(|word| word.len() >= SHORTEST)
}

/// One letter too many, too few, swapped or another. The case of letters, digits, plurals and marks between words are how
/// fields of different add-ons differ; only a mark that is left out may be a slip.
fn is_slip(name: &str, known: &str) -> bool {
    if name.len().abs_diff(known.len()) > 1 || known.len() < SHORTEST || name.eq_ignore_ascii_case(known) {
        return false;
    }
    let letters = |text: &str| -> String { text.chars().filter(char::is_ascii_alphabetic).collect() };
    if letters(name) == letters(known) && !(known.len() > name.len() && known.contains('_')) {
        return false;
    }
    let plural = |long: &str, short: &str| long.strip_suffix('s') == Some(short);
    if plural(name, known) || plural(known, name) {
        return false;
    }
    strsim::damerau_levenshtein(name, known) == 1
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    let mut reads = Vec::new();
    from_events(&compiled.flow, &mut reads);
    let file = subject.detection.object.file;
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    for read in reads {
        let (name, span) = (&*read.field.name, read.field.span);
        if name.len() < SHORTEST || name.contains('*') || span.is_empty() || !seen.insert((span.start, span.end)) {
            continue;
        }
        let vocabulary = subject.around.facts.vocabulary(subject.around.pack, subject.around.knowledge);
        if vocabulary.knows(name, file) {
            continue;
        }
        let Some(near) = vocabulary.slip_of(name, file) else { continue };
        findings.push_in(
            Problem::new(codes::UNKNOWN_EVENT_FIELD, format!("`{name}` is not known as a field of events"), span)
                .label("no other search and no data source has it")
                .help(crate::diag::did_you_mean(near)),
            &compiled.expansion.text,
        );
    }
}

/// Reads of fields that only the events can have.
fn from_events<'f>(flow: &'f PlanFlow, found: &mut Vec<&'f Read>) {
    for nested in &flow.subsearches {
        from_events(nested, found);
    }
    let mut before = &flow.input;
    for step in &flow.steps {
        if let Some(nested) = &step.nested {
            from_events(nested, found);
        }
        for read in &step.flow.reads {
            let made = before.fields.get(&read.field.name).is_some_and(|info| info.made.is_some());
            let source = step.flow.output.open && before.fields.is_empty();
            if !made && (before.open || source) && !before.dropped.contains_key(&read.field.name) {
                found.push(read);
            }
        }
        before = &step.flow.output;
    }
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_are_single_letters() {
        for (name, known) in [("proces_name", "process_name"), ("usre_id", "user_id"), ("EventCod", "EventCode")] {
            assert!(is_slip(name, known), "{name}");
        }
        for (name, known) in [
            ("groups", "group"),
            ("param1", "param2"),
            ("appId", "AppId"),
            ("event_name", "event.name"),
            ("src_ip", "dest_ip"),
            ("dest", "dest"),
        ] {
            assert!(!is_slip(name, known), "{name}");
        }
    }
}
