//! The checks over the corpus: how often each rule speaks, and whether a random slip is found.

use super::score;
use escudo::check::{Options, check_with};
use escudo::content::Pack;
use escudo::content::pack::LoadOptions;
use escudo::diag::{Diagnostic, Severity};
use escudo::knowledge::Knowledge;
use escudo::source::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("ESCUDO_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus at {}", folder.display());
    None
}

fn checked(paths: &[PathBuf], with: &[PathBuf]) -> (Pack, Sources, Vec<Diagnostic>) {
    let knowledge = Knowledge::builtin();
    let mut sources = knowledge.sources().clone();
    let options = LoadOptions { with: with.to_vec(), ..LoadOptions::default() };
    let (pack, loading) = Pack::load_paths(paths, &options, &mut sources).expect("the pack loads");
    let today = jiff::civil::date(2026, 11, 1);
    let found = check_with(&pack, knowledge, &sources, loading, Options::on(today));
    (pack, sources, found)
}

fn errors(found: &[Diagnostic]) -> BTreeMap<&'static str, usize> {
    let mut errors = BTreeMap::new();
    for found in found.iter().filter(|found| found.severity == Severity::Error) {
        *errors.entry(found.code.name()).or_default() += 1;
    }
    errors
}

/// What is wrong with the oldest pack by the rules of the official tool's last release for its schema. The pack is older
/// than most of these rules.
const TRUE_ERRORS: [(&str, &str); 19] = [
    ("bad-cve", "an id without its first letters"),
    ("bad-date", "dates with a letter for a digit or without a leading zero"),
    ("bad-url", "technique ids and a placeholder stand in references"),
    ("duplicate-name", "macros and a story have the name of another object, such as a lookup"),
    ("file-name", "files are named in another letter case than the rule wants, or not after their object"),
    ("missing-filter-macro", "four searches end in the filter macro of another detection"),
    ("missing-key", "a story without an id"),
    ("missing-risk", "production detections of type TTP or Anomaly without a victim"),
    ("orphan-lookup-file", "a table that no lookup names; the tool filled it itself"),
    ("spl-syntax", "two searches that Splunk refuses"),
    ("text-too-short", "known_false_positives is an empty text"),
    ("unknown-asset-type", "asset types in another letter case, or that the list lacks"),
    ("unknown-lookup", "deprecated searches read tables that are no longer in the pack"),
    ("unknown-macro", "calls of macros that the pack lacks, or lacks since a file was renamed"),
    ("unknown-role", "roles other than Attacker and Victim, which the tool once took"),
    ("unknown-security-domain", "domains with a capital letter"),
    ("unknown-story", "stories that the pack lacks, most of them named by investigations"),
    ("yaml-type", "texts where lists belong, and a number for an asset type"),
    ("missing-lookup-file", "none at present: models are kept elsewhere"),
];

/// What was found when findings of every kind of warning and advice on the three packs were looked at (all of a kind with few, a
/// sample of the others): each is a fault of the content,
/// or a name that the part of the pack which is at hand does not define.
const VERDICTS: [(&str, &str); 41] = [
    ("bad-config", "a key of older releases, beside the one that is read"),
    ("bad-dashboard-file", "the JSON files of v6 are not in the corpus"),
    ("covered-pattern", "true: another pattern of the list matches all of it"),
    (
        "data-source-mismatch",
        "true: process events for the file data set, the wrong channel, web traffic for network traffic",
    ),
    (
        "dropped-field",
        "true: by-clauses and field lists that lack what is read later; one copy of a command without effect",
    ),
    ("duplicate-item", "true: the same reference, story or field twice"),
    ("duplicate-test", "true: two tests of one name"),
    ("hard-coded-index", "true: an index that only one company has"),
    ("join-without-max", "true: some of them want the first match only, so advice"),
    ("leading-wildcard", "true: most have no choice, so advice"),
    ("match-type-field", "true: the tables have no such column, so that the setting has no effect"),
    ("missing-drilldown", "true: none of the two"),
    ("missing-lookup-file", "models and tables that are not in the corpus"),
    ("missing-risk", "true: half ported, as the file says itself"),
    ("missing-summariesonly", "true: these searches always read all data"),
    ("name-too-long", "true by the bound of v5; v6 may have another"),
    ("nonstandard-score", "true: of a branch that was not merged"),
    ("redundant-technique", "true: newer releases refuse it"),
    ("repeated-filter-macro", "true: called twice in a row"),
    ("repeated-risk-object", "true: the same field and type twice"),
    ("repeated-value", "true: among them two empty texts where quotes are doubled"),
    ("test-sourcetype", "true: the data source that the test replays is not named"),
    ("unbounded-map", "true: ten rows only, unless told otherwise"),
    ("unfinished-content", "true: a work mark"),
    ("unknown-data-source", "true: named and not defined; three ways to write one name"),
    ("unknown-dataset-field", "true: the prefix is missing or misspelt, or the model has no such field"),
    ("unknown-detection", "true: renamed or removed since; the official tool does not look"),
    ("unknown-field", "true: nothing makes it, or the data model does not give it"),
    ("unknown-key", "true: another letter case"),
    ("unknown-lookup", "true: in baselines, where the official tool does not look"),
    ("unknown-lookup-field", "true: the key of the store is written `_key`"),
    ("unknown-macro", "true: in baselines, where the official tool does not look"),
    ("unknown-risk-field", "true: a part of another name, which the official tool takes"),
    ("unknown-technique", "true by release 18.1 of ATT&CK: revoked; one is of a later release"),
    ("unknown-threat-field", "true: a part of another name, which the official tool takes"),
    ("unknown-token", "true: a part of another name, which the official tool takes"),
    ("unused-lookup", "true of the searches; dashboards that use one are not in the corpus, so advice"),
    ("unused-macro", "true of the searches, so advice"),
    ("unused-story", "true: no detection names it"),
    ("wrong-kind", "true: a macro stands for a data source"),
    ("yaml-duplicate-key", "true: the first value is lost"),
];

#[test]
fn the_corpus_has_only_true_errors() {
    let (Some(five), Some(four), Some(six)) =
        (corpus("security_content-5.0"), corpus("security_content-4.29"), corpus("security_content-6"))
    else {
        return;
    };
    let (_, _, found_five) = checked(std::slice::from_ref(&five), &[]);
    assert_eq!(errors(&found_five), BTreeMap::new(), "the official tool accepts this pack");
    let (_, _, found_four) = checked(&[four], &[]);
    let known: BTreeSet<&str> = TRUE_ERRORS.iter().map(|(code, _)| *code).collect();
    let unknown: Vec<&str> = errors(&found_four).into_keys().filter(|code| !known.contains(code)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let (_, _, found_six) = checked(&[six], std::slice::from_ref(&five));
    // Only names that neither pack has.
    let missing = ["unknown-data-source", "unknown-lookup", "unknown-macro", "unknown-story"];
    let others: Vec<&str> = errors(&found_six).into_keys().filter(|code| !missing.contains(code)).collect();
    assert!(others.is_empty(), "{others:?}");
    score::compare("check.txt", &counts(&[("5.0", &found_five), ("4.29", &found_four), ("6", &found_six)]));
}

fn counts(packs: &[(&str, &[Diagnostic])]) -> String {
    let mut rows: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, (_, found)) in packs.iter().enumerate() {
        for found in *found {
            let row = rows.entry((found.code.name(), found.severity.as_str()));
            row.or_insert_with(|| vec![0; packs.len()])[at] += 1;
        }
    }
    let mut text =
        String::from("Findings per rule: security_content 5.0, 4.29, and 6 with 5.0 beside it; and what they are\n\n");
    for ((code, severity), counts) in rows {
        let counts: Vec<String> = counts.iter().map(|count| format!("{count:>5}")).collect();
        let verdicts: &[(&str, &str)] = if severity == "error" { &TRUE_ERRORS } else { &VERDICTS };
        let verdict = verdicts.iter().find(|(of, _)| *of == code).map(|(_, verdict)| *verdict);
        // Names that are truly missing are the only errors of v6.
        let verdict = verdict.unwrap_or(if severity == "error" { "named and not defined" } else { "" });
        assert!(!verdict.is_empty(), "nobody has looked at the findings of {code} ({severity})");
        let _ = writeln!(text, "{code:<24} {severity:<8} {}  {verdict}", counts.join(" "));
    }
    text
}

/// What was changed in a file.
struct Mutation {
    kind: &'static str,
    /// `kind: old -> new`.
    change: String,
    text: String,
    /// Line of the change.
    line: u32,
}

/// A small generator of numbers, the same on every system.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).expect("small")).expect("below the bound")
    }
}

const KINDS: [&str; 7] = ["macro", "field", "lookup", "story", "token", "bracket", "quote"];
const ROUNDS: usize = 500;

/// Each of 500 detections gets one slip; the finding must be new and stand in the line of the slip.
#[test]
fn random_slips_are_found_where_they_are() {
    let Some(root) = corpus("security_content-5.0") else { return };
    let copy = tempfile::tempdir().expect("a temporary folder");
    let pack = copy.path().join("pack");
    copy_pack(&root, &pack);
    let (loaded, sources, before) = checked(std::slice::from_ref(&pack), &[]);
    let mut random = Random(0x5EED_CAFE);
    let mut changed: Vec<(PathBuf, Mutation)> = Vec::new();
    let mut left: Vec<usize> = (0..loaded.detections.len()).collect();
    while changed.len() < ROUNDS && !left.is_empty() {
        let file = sources.file(loaded.detections[left.swap_remove(random.below(left.len()))].object.file);
        // Every detection gets a slip of the kind that is rarest so far, of those that it has a place for.
        let mut kinds = KINDS;
        kinds.sort_by_key(|kind| changed.iter().filter(|(_, slip)| slip.kind == *kind).count());
        if let Some(mutation) = kinds.into_iter().find_map(|kind| mutate(file.text(), kind, &mut random)) {
            changed.push((file.path().to_owned(), mutation));
        }
    }
    assert_eq!(changed.len(), ROUNDS);
    // All at once: each change is in a file of its own, and names of the pack stay known.
    for (path, mutation) in &changed {
        std::fs::write(path, &mutation.text).expect("the file is written");
    }
    let (_, sources_after, after) = checked(&[pack], &[]);
    let old: BTreeSet<(PathBuf, &str, String)> = before
        .iter()
        .map(|found| (sources.file(found.place.file).path().to_owned(), found.code.name(), found.message.clone()))
        .collect();
    let mut lines: BTreeMap<PathBuf, BTreeSet<u32>> = BTreeMap::new();
    for found in &after {
        let path = sources_after.file(found.place.file).path().to_owned();
        if old.contains(&(path.clone(), found.code.name(), found.message.clone())) {
            continue;
        }
        let places = std::iter::once(found.place).chain(found.related.iter().map(|related| related.place));
        for place in places.filter(|place| place.file == found.place.file) {
            let at = sources_after.line_columns(place);
            lines.entry(path.clone()).or_default().extend(at.line..=at.end_line);
        }
    }
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let mut missed = String::new();
    for (path, mutation) in &changed {
        let found = lines.get(path);
        let count = counts.entry(mutation.kind).or_default();
        count.0 += 1;
        count.1 += usize::from(found.is_some());
        let here = found.is_some_and(|lines| lines.iter().any(|line| line.abs_diff(mutation.line) <= 1));
        count.2 += usize::from(here);
        if !here {
            let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let how = if found.is_some() { "elsewhere" } else { "missed" };
            let _ = writeln!(missed, "{how} {name}:{} {}", mutation.line, mutation.change);
        }
    }
    let total = counts.values().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    let mut text =
        String::from("Slips made, found, found where they are, of 500 detections of security_content 5.0\n\n");
    for (kind, (made, found, here)) in &counts {
        let _ = writeln!(text, "{kind:<8} {made:>4} {found:>4} {here:>4}");
    }
    let _ = writeln!(text, "all      {:>4} {:>4} {:>4}", total.0, total.1, total.2);
    if !missed.is_empty() {
        let _ = write!(text, "\n{missed}");
    }
    assert!(total.2 * 100 >= total.0 * 99, "fewer than 99% are found where they are\n{text}");
    score::compare("mutations.txt", &text);
}

/// Copies the files of a pack, so that they can be changed.
fn copy_pack(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder is made");
    for entry in std::fs::read_dir(from).expect("the corpus").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_pack(&entry.path(), &target);
        } else {
            std::fs::write(target, std::fs::read(entry.path()).expect("a file")).expect("the copy is written");
        }
    }
}

/// One slip of a kind somewhere in a detection, if it has what the kind needs.
fn mutate(text: &str, kind: &'static str, random: &mut Random) -> Option<Mutation> {
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("search:"))?;
    let end = (start + 1..lines.len()).find(|&at| !lines[at].starts_with(' ') && !lines[at].is_empty())?;
    let offset_of = |line: usize| lines[..line].iter().map(|line| line.len() + 1).sum::<usize>();
    let (from, to) = (offset_of(start) + "search:".len(), offset_of(end));
    let search = &text[from..to];
    let comments = comments(search);
    let mut candidates: Vec<(usize, usize)> = match kind {
        "macro" => between(search, '`', '`').into_iter().map(|(a, b)| (a + from, b + from)).collect(),
        "field" => fields(search).into_iter().map(|(a, b)| (a + from, b + from)).collect(),
        "lookup" => after(search, "lookup ").into_iter().map(|(a, b)| (a + from, b + from)).collect(),
        "story" => items(text, "analytic_story:"),
        "token" => tokens(text, to),
        "bracket" => single(search, &['(', ')', '[', ']']).into_iter().map(|(a, b)| (a + from, b + from)).collect(),
        _ => single(search, &['"']).into_iter().map(|(a, b)| (a + from, b + from)).collect(),
    };
    candidates.retain(|(a, _)| !comments.iter().any(|comment| comment.contains(&a.wrapping_sub(from))));
    if candidates.is_empty() {
        return None;
    }
    let (a, b) = candidates[random.below(candidates.len())];
    let changed = if matches!(kind, "bracket" | "quote") { String::new() } else { misspelt(&text[a..b], random) };
    if changed == text[a..b] {
        return None;
    }
    let line = u32::try_from(text[..a].matches('\n').count() + 1).ok()?;
    let change = format!("{kind}: {} -> {}", &text[a..b], if changed.is_empty() { "nothing" } else { &changed });
    Some(Mutation { kind, change, text: format!("{}{changed}{}", &text[..a], &text[b..]), line })
}

/// What stands between three backticks and three more.
fn comments(search: &str) -> Vec<std::ops::Range<usize>> {
    let marks: Vec<usize> = search.match_indices("```").map(|(at, _)| at).collect();
    marks.chunks_exact(2).map(|pair| pair[0]..pair[1] + 3).collect()
}

/// A letter left out, doubled, or swapped with the next.
fn misspelt(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + random.below(letters.len().saturating_sub(2));
    match random.below(3) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, (at + 1).min(word.chars().count() - 1)),
    }
    letters.into_iter().collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words right after an opening mark.
fn between(text: &str, open: char, close: char) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(open).map(|offset| at + offset + 1) {
        let Some(end) = text[start..].find(close).map(|offset| start + offset) else { break };
        let word = text[start..end].find(|c| !is_word(c)).map_or(end, |offset| start + offset);
        if word > start + 3 {
            found.push((start, word));
        }
        at = end + 1;
    }
    found
}

/// Names of fields that are read: of `by` clauses, and left of comparisons.
fn fields(search: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let bytes = search.as_bytes();
    let mut at = 0;
    let mut quoted = false;
    while at < bytes.len() {
        if bytes[at] == b'"' {
            quoted = !quoted;
        }
        let begins = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"_.`\"\\'*{$".contains(&bytes[at - 1]));
        if quoted || !begins || !bytes[at].is_ascii_alphabetic() {
            at += 1;
            continue;
        }
        let length = search[at..].find(|c: char| !(is_word(c) || c == '.')).unwrap_or(search.len() - at);
        let rest = &search[at + length..];
        let compared =
            rest.starts_with(['=', '>', '<']) || rest.trim_start().starts_with("IN (") || rest.starts_with("!=");
        let option = [
            "earliest",
            "latest",
            "limit",
            "span",
            "max",
            "maxspan",
            "mode",
            "field",
            "output",
            "index",
            "summariesonly",
            "allow_old_summaries",
            "fillnull_value",
            "datamodel",
            "path",
            "delim",
            "type",
            "value",
            "sourcetype",
            "source",
            "prestats",
            "append",
            "window",
            "current",
            "global",
            "maxsearches",
            "max_match",
            "searchmatch",
            "keepempty",
            "uselower",
            "time_window",
            "reset_on_change",
            "local",
            "chunksize",
            "format",
        ];
        let named = !option.contains(&&search[at..at + length]);
        let made = search[..at].trim_end().ends_with("eval") || search[..at].trim_end().ends_with(',');
        if compared && named && !made && length > 4 && !rest.starts_with("==") {
            let start = at + search[at..at + length].rfind('.').map_or(0, |dot| dot + 1);
            if at + length > start + 3 {
                found.push((start, at + length));
            }
        }
        at += length;
    }
    found
}

fn after(search: &str, word: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = search[at..].find(word).map(|offset| at + offset + word.len()) {
        let length = search[start..].find(|c: char| !is_word(c)).unwrap_or(0);
        let before = search[..start - word.len()].trim_end();
        if length > 4 && (before.ends_with('|') || before.ends_with("input") || before.ends_with("output")) {
            found.push((start, start + length));
        }
        at = start;
    }
    found
}

fn items(text: &str, key: &str) -> Vec<(usize, usize)> {
    let Some(start) = text.find(key) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = start + key.len() + 1;
    for line in text[at..].lines() {
        let Some(item) = line.trim_start().strip_prefix("- ") else { break };
        let from = at + line.len() - item.len();
        if item.len() > 4 && !item.starts_with(['\'', '"']) {
            found.push((from, from + item.trim_end().len()));
        }
        at += line.len() + 1;
    }
    found
}

/// Tokens of the message and of drilldowns.
fn tokens(text: &str, from: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(start) = text[at..].find('$').map(|offset| at + offset + 1) {
        let length = text[start..].find(|c: char| !is_word(c)).unwrap_or(0);
        let name = &text[start..start + length];
        if length > 3 && text[start + length..].starts_with('$') && !name.starts_with("info_") {
            found.push((start, start + length));
            at = start + length + 1;
        } else {
            at = start;
        }
    }
    found
}

fn single(search: &str, wanted: &[char]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut escaped = false;
    let mut quoted = false;
    for (at, c) in search.char_indices() {
        if !escaped && c == '"' {
            quoted = !quoted;
        }
        // Marks inside of texts are no marks of SPL.
        if !escaped && wanted.contains(&c) && (c == '"' || !quoted) {
            found.push((at, at + c.len_utf8()));
        }
        escaped = c == '\\' && !escaped;
    }
    found
}
