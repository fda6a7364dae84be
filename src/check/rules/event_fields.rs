//! `unknown-event-field`: a search over raw events reads a field that is most probably misspelt.
//!
//! Raw events may have any field, so a name proves nothing by being unknown. It is reported only if it differs by a slip
//! from a field that is known: to the search itself, to a data source, to a data model, or to other searches. And it must
//! be unknown there, or be known to so few searches, against so many that have the other name, that these share the slip.

use crate::check::{Findings, Subject};
use crate::compile::Compiled;
use crate::content::pack::Pack;
use crate::diag::{Problem, codes, did_you_mean};
use crate::expr::FieldRef;
use crate::ir::flow::{DEFAULT_FIELDS, EVENT_FIELDS, PlanFlow};
use crate::ir::schema::{Read, ReadKind};
use crate::knowledge::{Dataset, Knowledge, Model};
use crate::source::{FileId, Located, Span};
use crate::value::Name;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Shorter names differ too little from each other;
const SHORTEST: usize = 4;
/// of shorter ones than this, another letter makes another word.
const LONG: usize = 6;
/// More files than these do not share a slip.
const MOST_SHARED: u32 = 5;
/// A name is a shared slip if the other is in so many times as many files,
const OVERWHELMING: u32 = 20;
/// or in so many times as many and a data source has it too.
const MANY: u32 = 5;

/// Field names that the pack and the data models know.
#[derive(Debug)]
pub(in crate::check) struct Vocabulary {
    words: Words<Name>,
    /// The words of each length in bytes, sorted, with the letters that they have.
    by_length: BTreeMap<usize, Vec<(u32, Name)>>,
}

/// Words come from strangers, so their hashes are seeded.
type Words<T> = HashMap<T, Known, foldhash::fast::RandomState>;

/// Where a word occurs.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// A data source or a data model has it.
    listed: bool,
    /// In the searches of so many files.
    files: u32,
    /// The last of them.
    last: Option<FileId>,
}

impl Vocabulary {
    pub(in crate::check) fn of(pack: &Pack, knowledge: &Knowledge) -> Self {
        let sources = pack.data_sources.iter().flat_map(|source| source.fields.iter().chain(&source.output_fields));
        let declared =
            knowledge.models().flat_map(Model::all).flat_map(|dataset: Dataset<'_>| &dataset.definition().fields);
        let mut words: Words<&str> = Words::default();
        let listed = sources.map(Located::as_str).chain(declared.map(|field| &*field.name));
        for name in listed.chain(EVENT_FIELDS.iter().chain(DEFAULT_FIELDS).copied()) {
            for word in std::iter::once(name).chain(segments(name)) {
                words.insert(word, Known { listed: true, files: 0, last: None });
            }
        }
        let others = pack.baselines.iter().chain(&pack.investigations).map(|it| (it.object.file, it.search.as_ref()));
        let macros = pack.macros.iter().map(|it| (it.object.file, Some(&it.definition)));
        let searches = pack.detections.iter().map(|it| (it.object.file, it.search.as_ref()));
        for (file, text) in searches.chain(others).chain(macros) {
            for name in text.into_iter().flat_map(|text| names(text.as_str())) {
                for word in std::iter::once(name).chain(segments(name)) {
                    let known = words.entry(word).or_insert(Known { listed: false, files: 0, last: None });
                    if known.last != Some(file) {
                        known.files += 1;
                        known.last = Some(file);
                    }
                }
            }
        }
        Self::new(words.into_iter().map(|(word, known)| (Name::from(word), known)).collect())
    }

    fn new(words: Words<Name>) -> Self {
        let mut by_length: BTreeMap<usize, Vec<(u32, Name)>> = BTreeMap::new();
        for word in words.keys().filter(|word| word.len() >= SHORTEST) {
            by_length.entry(word.len()).or_default().push((letters(word), word.clone()));
        }
        for words in by_length.values_mut() {
            words.sort_unstable();
        }
        Self { words, by_length }
    }

    /// In how many files other than this one the name occurs.
    fn elsewhere(&self, name: &str, file: FileId) -> u32 {
        let known = self.words.get(name);
        // Of several files the last one may be another: then this one is counted, which makes a rare name less rare.
        known.map_or(0, |known| known.files - u32::from(known.last == Some(file) || known.files > 1).min(known.files))
    }

    /// Whether something other than this file has the name.
    fn knows(&self, name: &str, file: FileId) -> bool {
        self.is_listed(name) || self.elsewhere(name, file) > 0
    }

    fn is_listed(&self, name: &str) -> bool {
        self.words.get(name).is_some_and(|known| known.listed)
    }

    /// The known name from which this one differs by a slip.
    fn slip_of(&self, name: &str, file: FileId) -> Option<&str> {
        let here = self.elsewhere(name, file);
        if self.is_listed(name) || here > MOST_SHARED {
            return None;
        }
        let enough = |known: &str| {
            let (there, listed) = (self.elsewhere(known, file), self.is_listed(known));
            let times = if listed { MANY } else { OVERWHELMING };
            // A mark that is left out is how another vendor writes it, if a second search has it.
            let shared = || alphabetic(name) != alphabetic(known) && there >= times * (here + 1);
            if here == 0 { there > 0 || listed } else { shared() }
        };
        let mask = letters(name);
        let lengths = name.len() - 1..=name.len() + 1;
        let words = self.by_length.range(lengths).flat_map(|(_, words)| words);
        let near = words
            .filter(|(letters, _)| (letters ^ mask).count_ones() <= 2)
            .map(|(_, word)| &**word)
            .filter(|known| *known != name && is_slip(name, known) && enough(known));
        near.min_by_key(|known| (known.len().abs_diff(name.len()), *known))
    }
}

/// Which letters and digits a word has.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |mask, byte| mask | 1 << (byte.to_ascii_lowercase() & 31))
}

/// What may be field names in a search: words of letters, digits, `_`, `.`, `{` and `}`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "_.{}".contains(c))).filter(|word| word.len() >= SHORTEST)
}

/// The parts of a name with points, or none if it has only one.
fn segments(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    parts.filter(move |part| part.len() >= SHORTEST && part.len() < name.len())
}

/// One letter too many, too few, swapped or another. The case of letters, digits, plurals and marks between words are how
/// fields of different add-ons differ; only a mark that is left out or doubled may be a slip.
fn is_slip(name: &str, known: &str) -> bool {
    if name.len().abs_diff(known.len()) > 1 || known.len() < SHORTEST || name.eq_ignore_ascii_case(known) {
        return false;
    }
    if (letters(name) ^ letters(known)).count_ones() > 2 {
        return false;
    }
    // A mark that changed places with a letter.
    let swapped = |a: &str, b: &str| {
        let sorted = |text: &str| {
            let mut bytes: Vec<u8> = text.bytes().collect();
            bytes.sort_unstable();
            bytes
        };
        a.len() == b.len() && sorted(a) == sorted(b)
    };
    let mark = |long: &str, short: &str| long.len() > short.len() && long.contains('_');
    let doubled = name.contains("__") && !known.contains("__");
    if alphabetic(name) == alphabetic(known) && !mark(known, name) && !doubled && !swapped(name, known) {
        return false;
    }
    let plural = |long: &str, short: &str| long.strip_suffix('s') == Some(short);
    if plural(name, known) || plural(known, name) {
        return false;
    }
    let another = name.len() == known.len() && letters(name) != letters(known);
    (name.len() >= LONG || !another) && strsim::damerau_levenshtein(name, known) == 1
}

/// A name without its marks and digits.
fn alphabetic(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphabetic).collect()
}

/// A slip of the fingers that hardly makes another word: a letter left out, doubled, or swapped with the next.
fn is_plain_slip(name: &str, known: &str) -> bool {
    let doubled = |name: &str| {
        let at = name.bytes().zip(known.bytes()).take_while(|(a, b)| a == b).count();
        at > 0 && name.as_bytes()[at] == name.as_bytes()[at - 1]
    };
    is_slip(name, known)
        && match name.len().cmp(&known.len()) {
            Ordering::Less => true,
            Ordering::Greater => doubled(name),
            Ordering::Equal => letters(name) == letters(known),
        }
}

/// What a search itself knows of names.
struct Own<'c> {
    /// How often each is read or made.
    names: HashMap<&'c str, u32>,
    /// Those that a command makes, with the place; the last one counts.
    made: BTreeMap<&'c str, Span>,
    read: HashSet<&'c str>,
}

impl<'c> Own<'c> {
    fn of(flow: &'c PlanFlow) -> Self {
        let mut own = Self { names: HashMap::new(), made: BTreeMap::new(), read: HashSet::new() };
        own.add(flow);
        own
    }

    fn add(&mut self, flow: &'c PlanFlow) {
        for nested in &flow.subsearches {
            self.add(nested);
        }
        let mut before = &flow.input;
        for step in &flow.steps {
            if let Some(nested) = &step.nested {
                self.add(nested);
            }
            for read in step.flow.reads.iter().filter(|read| !read.field.span.is_empty()) {
                *self.names.entry(&read.field.name).or_default() += 1;
                self.read.insert(&read.field.name);
            }
            for (name, info) in &step.flow.output.fields {
                let Some(span) = info.made else { continue };
                if before.fields.get(name).is_none_or(|old| old.made != info.made) {
                    *self.names.entry(name).or_default() += 1;
                    self.made.insert(name, span);
                }
            }
            before = &step.flow.output;
        }
    }

    /// The name of the search from which this one, which it reads but does not make, differs by a slip.
    fn slip_of(&self, name: &str, vocabulary: &Vocabulary, file: FileId) -> Option<&'c str> {
        if vocabulary.knows(name, file) {
            return None;
        }
        let often = self.names.get(name).copied().unwrap_or_default();
        let better =
            |known: &str| self.made.contains_key(known) || vocabulary.knows(known, file) || self.names[known] > often;
        let near = self.names.keys().copied().filter(|known| is_slip(name, known) && better(known));
        near.min_by_key(|known| (known.len().abs_diff(name.len()), *known))
    }

    /// The name that the search makes and never reads, where this one, a slip away, is read and never made.
    fn waits_for(&self, name: &str) -> Option<(&'c str, Span)> {
        let is_slip = |made: &str| is_plain_slip(name, made) || is_plain_slip(made, name);
        let mut waiting = self.made.iter().filter(|(made, _)| !self.read.contains(*made) && is_slip(made));
        waiting.next().map(|(made, span)| (*made, *span))
    }
}

/// The field that was most probably meant by a name which the search neither makes nor surely has.
pub(in crate::check) fn meant(subject: &Subject<'_>, compiled: &Compiled, name: &str) -> Option<String> {
    if !is_candidate(name) {
        return None;
    }
    let vocabulary = subject.around.facts.vocabulary(subject.around.pack, subject.around.knowledge);
    let file = subject.detection.object.file;
    let own = Own::of(&compiled.flow);
    let known = own.names.contains_key(name);
    let near = own.slip_of(name, vocabulary, file).or_else(|| vocabulary.slip_of(name, file)).filter(|_| !known);
    near.filter(|_| !is_of_app(name, subject)).map(ToOwned::to_owned)
}

/// Whether the settings of an app have the name anywhere. They are looked through only for names that would be reported.
fn is_of_app(name: &str, subject: &Subject<'_>) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || "_.{}".contains(c);
    subject.around.knowledge.sources().iter().any(|(_, file)| {
        let text = file.text();
        text.match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(is_word) && !text[at + name.len()..].starts_with(is_word))
    })
}

fn is_candidate(name: &str) -> bool {
    name.len() >= SHORTEST && !name.contains('*')
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(compiled) = subject.compiled.filter(|compiled| compiled.sound) else { return };
    let mut reads = Vec::new();
    from_events(&compiled.flow, &mut reads);
    // Where a field may be missing, a slip goes unnoticed: `coalesce(a, b)`.
    let missing = compiled.flow.missing();
    let tested = missing.iter().filter(|read| read.kind == ReadKind::Tested).map(|read| (&read.field, false));
    let reads: Vec<(&FieldRef, bool)> = reads.into_iter().map(|read| (&read.field, true)).chain(tested).collect();
    if reads.is_empty() {
        return;
    }
    let names = Names {
        own: Own::of(&compiled.flow),
        vocabulary: subject.around.facts.vocabulary(subject.around.pack, subject.around.knowledge),
        file: subject.detection.object.file,
    };
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    for (field, of_events) in reads {
        let span = field.span;
        if is_candidate(&field.name) && !span.is_empty() && seen.insert((span.start, span.end)) {
            let misspelt = || names.misspelt(field).filter(|_| of_events && !is_of_app(&field.name, subject));
            let problem = names.waited_for(field).or_else(misspelt);
            findings.0.extend(problem.and_then(|problem| problem.locate(&compiled.expansion.text)));
        }
    }
}

/// What names there are, for one search.
struct Names<'c> {
    own: Own<'c>,
    vocabulary: &'c Vocabulary,
    file: FileId,
}

impl Names<'_> {
    /// The search makes a field that it never reads, and reads this one, a slip away.
    fn waited_for(&self, field: &FieldRef) -> Option<Problem> {
        let name = &*field.name;
        let (made, place) = self.own.waits_for(name)?;
        let knows = |name: &str| self.vocabulary.knows(name, self.file);
        let message = format!("`{name}` is read, but `{made}` is what the search makes");
        let (read_here, made_here) = ("read here, and never made", "made here, and never read");
        // The one that is known is right.
        Some(if knows(name) && !knows(made) {
            let problem = Problem::new(codes::UNKNOWN_EVENT_FIELD, message, place).label(made_here);
            problem.related(field.span, read_here).help(did_you_mean(name))
        } else {
            let problem = Problem::new(codes::UNKNOWN_EVENT_FIELD, message, field.span).label(read_here);
            problem.related(place, made_here).help(did_you_mean(made))
        })
    }

    /// Another name is known, and this one is not, or hardly.
    fn misspelt(&self, field: &FieldRef) -> Option<Problem> {
        let (name, vocabulary, file) = (&*field.name, self.vocabulary, self.file);
        let message = format!("`{name}` is not known as a field of events");
        let problem = Problem::new(codes::UNKNOWN_EVENT_FIELD, message, field.span);
        let unknown = "no other search and no data source has it";
        if let Some(near) = self.own.slip_of(name, vocabulary, file) {
            let problem = problem.label(unknown).help(did_you_mean(near));
            return Some(match self.own.made.get(near) {
                Some(made) => problem.related(*made, format!("`{near}` is made here")),
                None => problem,
            });
        }
        if let Some(near) = vocabulary.slip_of(name, file) {
            let few = vocabulary.elsewhere(name, file) > 0;
            let label = if few { "few searches have it, against many" } else { unknown };
            return Some(problem.label(label).help(did_you_mean(near)));
        }
        let (part, near) = unknown_part(name, vocabulary, file)?;
        Some(problem.label(unknown).help(did_you_mean(name.replacen(part, near, 1))))
    }
}

/// The last part of a name with points that is no word of any known name, and the word that was meant.
fn unknown_part<'n, 'v>(name: &'n str, vocabulary: &'v Vocabulary, file: FileId) -> Option<(&'n str, &'v str)> {
    let part = segments(name).last()?;
    if vocabulary.knows(name, file) || vocabulary.knows(part, file) {
        return None;
    }
    let near = vocabulary.slip_of(part, file).filter(|near| is_plain_slip(part, near))?;
    Some((part, near))
}

/// Reads of fields that only the events can have.
fn from_events<'f>(flow: &'f PlanFlow, found: &mut Vec<&'f Read>) {
    for nested in &flow.subsearches {
        from_events(nested, found);
    }
    let mut before = &flow.input;
    // Rows of commands such as `rest` are no events, and have fields of their own.
    let source = flow.steps.first().map_or(before, |step| &step.flow.output);
    let are_events = [before, source].iter().any(|schema| schema.fields.contains_key("_raw"));
    for step in &flow.steps {
        if let Some(nested) = &step.nested {
            from_events(nested, found);
        }
        for read in &step.flow.reads {
            let made = before.fields.get(&read.field.name).is_some_and(|info| info.made.is_some());
            let source = step.flow.output.open && before.fields.is_empty();
            if are_events && !made && (before.open || source) && !before.dropped.contains_key(&read.field.name) {
                found.push(read);
            }
        }
        before = &step.flow.output;
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Vocabulary, is_plain_slip, is_slip};
    use crate::source::Sources;

    #[test]
    fn a_slip_that_a_few_searches_share_is_one_against_many() {
        let mut sources = Sources::new();
        let (here, other) = (sources.add("a", ""), sources.add("b", ""));
        let known = |listed, files| Known { listed, files, last: Some(other) };
        let rows = [
            // Two searches against so many as one would need twenty times over.
            ("EventoCde", 2, "EventCode", false, 60, true),
            ("EventoCde", 2, "EventCode", false, 30, false),
            ("EventoCde", 2, "EventCode", true, 30, true),
            // Too many to share a slip.
            ("EventoCde", 9, "EventCode", true, 900, false),
            // Another vendor's way to write it.
            ("filename", 2, "file_name", true, 900, false),
            // Alone, it takes one.
            ("EventoCde", 1, "EventCode", false, 2, true),
        ];
        for (name, files, other_name, listed, many, expected) in rows {
            let mut of_name = known(false, files);
            if files == 1 {
                of_name.last = Some(here);
            }
            let words = [(name.into(), of_name), (other_name.into(), known(listed, many))];
            let vocabulary = Vocabulary::new(words.into_iter().collect());
            let found = vocabulary.slip_of(name, here);
            assert_eq!(found, expected.then_some(other_name), "{name} {files} {other_name} {many}");
        }
    }

    #[test]
    fn slips_are_single_letters() {
        for (name, known) in [
            ("proces_name", "process_name"),
            ("usre_id", "user_id"),
            ("EventCod", "EventCode"),
            ("Logon__Type", "Logon_Type"),
        ] {
            assert!(is_slip(name, known), "{name}");
        }
        for (name, known) in [("user_d", "user_id"), ("userr_id", "user_id"), ("usre_id", "user_id")] {
            assert!(is_plain_slip(name, known), "{name}");
        }
        for (name, known) in [("factor", "actor"), ("issuer", "issued"), ("destip", "descip")] {
            assert!(is_slip(name, known) && !is_plain_slip(name, known), "{name}");
        }
        for (name, known) in [
            ("groups", "group"),
            ("param1", "param2"),
            ("appId", "AppId"),
            ("event_name", "event.name"),
            ("src_ip", "dest_ip"),
            ("dest", "dest"),
            ("core", "code"),
        ] {
            assert!(!is_slip(name, known), "{name}");
        }
    }
}
