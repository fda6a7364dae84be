//! What can stand where in a search that is being written: completion, and whether a line is whole.

use super::session::Session;
use crate::commands;
use crate::expr::{functions, stats};
use crate::spl;
use crate::value::Name;
use rustyline::Context;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use std::collections::BTreeSet;

/// Fields that every event has.
const FIELDS: [&str; 6] = ["_raw", "_time", "host", "index", "source", "sourcetype"];
/// Words between arguments.
const WORDS: [&str; 8] = ["AND", "IN", "NOT", "OR", "OUTPUT", "OUTPUTNEW", "as", "by"];

/// Knows the names that may be completed.
pub(super) struct Helper {
    macros: Vec<String>,
    datasets: Vec<String>,
    lookups: Vec<String>,
    fields: BTreeSet<String>,
}

impl Helper {
    pub(super) fn new(session: &Session<'_>) -> Self {
        let known = session.known();
        let mut macros: Vec<String> =
            known.pack.macros.iter().map(|item| item.object.name.as_str().to_owned()).collect();
        macros.extend(known.knowledge.macros().keys().map(|key| key.split('(').next().unwrap_or(key).to_owned()));
        let mut datasets = Vec::new();
        for model in known.knowledge.models() {
            datasets.push(model.name.to_string());
            datasets.extend(model.dataset_names().map(|dataset| format!("{}.{dataset}", model.name)));
        }
        let mut lookups: Vec<String> = session.lookups().names().map(ToString::to_string).collect();
        lookups.extend(known.knowledge.lookup_names().map(str::to_owned));
        for list in [&mut macros, &mut datasets, &mut lookups] {
            list.sort_unstable();
            list.dedup();
        }
        let mut helper = Self { macros, datasets, lookups, fields: FIELDS.into_iter().map(str::to_owned).collect() };
        helper.learn(&session.sample());
        helper
    }

    /// Takes over names of fields.
    pub(super) fn learn(&mut self, names: &[Name]) {
        self.fields.extend(names.iter().map(ToString::to_string));
    }

    /// The fields known so far.
    pub(super) fn fields(&self) -> Vec<String> {
        self.fields.iter().cloned().collect()
    }

    /// Where the word before the cursor begins, and what it may become.
    fn candidates(&self, before: &str) -> (usize, Vec<String>) {
        let ends = |c: char| c.is_whitespace() || "|[](),=<>\"'`".contains(c);
        let after = |at: usize| at + before[at..].chars().next().map_or(1, char::len_utf8);
        let mut start = before.rfind(ends).map_or(0, after);
        // A colon is part of a name, but not behind the kind of a source.
        if let Some(kind) = before[start..].to_ascii_lowercase().strip_prefix("datamodel:").map(|_| "datamodel:".len())
        {
            start += kind;
        }
        let word = &before[start..];
        let head = before[..start].trim_end();
        let begins = |name: &&str| name.len() > word.len() && starts(name, word);
        let of = |names: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            let found: BTreeSet<&str> = names.filter(begins).collect();
            found.into_iter().map(str::to_owned).collect()
        };
        if before.matches('`').count() % 2 == 1 {
            return (start, of(&mut self.macros.iter().map(String::as_str)));
        }
        if head.ends_with('|') || head.ends_with('[') {
            let names = spl::commands::NAMES.iter().chain(spl::commands::SYNONYMS.iter().map(|pair| &pair.0));
            return (start, of(&mut names.copied()));
        }
        if head.to_ascii_lowercase().ends_with("datamodel") || ends_with_any(head, &["datamodel=", "datamodel:"]) {
            return (start, of(&mut self.datasets.iter().map(String::as_str)));
        }
        let stage = head.rsplit(['|', '[']).next().unwrap_or_default().trim_start();
        let command = stage.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if matches!(command.as_str(), "lookup" | "inputlookup" | "outputlookup") && stage.trim() == command {
            return (start, of(&mut self.lookups.iter().map(String::as_str)));
        }
        let mut found = of(&mut self.fields.iter().map(String::as_str).chain(WORDS));
        if let Some(known) = commands::find(spl::commands::canonical(&command)) {
            let options = known.syntax().options.iter().filter(|option| begins(&option.name));
            found.extend(options.map(|option| format!("{}=", option.name)));
        }
        let call = |name: &str| format!("{name}(");
        match command.as_str() {
            "eval" | "where" | "fieldformat" => {
                found.extend(functions::all().map(|function| function.name).filter(begins).map(call));
            }
            "stats" | "eventstats" | "streamstats" | "chart" | "timechart" | "tstats" => {
                found.extend(stats::ALL.iter().map(|function| function.name).filter(begins).map(call));
            }
            _ => {}
        }
        (start, found)
    }
}

fn starts(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn ends_with_any(text: &str, ends: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    ends.iter().any(|end| text.ends_with(end))
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..pos).unwrap_or(line);
        let (start, found) = self.candidates(before);
        // A field with characters that need quotes gets them only where it can have them: not here.
        Ok((start, found.into_iter().map(|text| Pair { display: text.clone(), replacement: text }).collect()))
    }
}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_whole(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

/// Whether a search may end here: not behind a pipe, nor inside of quotes or brackets.
fn is_whole(text: &str) -> bool {
    let (mut quoted, mut escaped, mut depth, mut last) = (false, false, 0_i32, ' ');
    for c in text.chars() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if !quoted {
            depth += i32::from(matches!(c, '[' | '(')) - i32::from(matches!(c, ']' | ')'));
        }
        if !c.is_whitespace() {
            last = c;
        }
    }
    // An empty line below lets go of a search that was begun by mistake.
    text.ends_with("\n\n") || !(quoted || depth > 0 || last == '|')
}

impl Hinter for Helper {
    type Hint = String;
}

impl Highlighter for Helper {}

impl rustyline::Helper for Helper {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_on_behind_a_pipe() {
        let rows = [
            ("index=a", true),
            ("index=a |", false),
            ("index=a | ", false),
            ("a=\"x", false),
            ("a=\"x | \" | head 1", true),
            ("search [ inputlookup t", false),
            ("eval a=if(b,1", false),
            ("a=\"\\\"\"", true),
            ("index=a |\n\n", true),
        ];
        for (text, whole) in rows {
            assert_eq!(is_whole(text), whole, "{text}");
        }
    }

    #[test]
    fn completes_by_place() {
        let helper = Helper {
            macros: vec!["sysmon".to_owned()],
            datasets: vec!["Endpoint.Processes".to_owned()],
            lookups: vec!["assets".to_owned()],
            fields: ["process_name", "process_path"].map(str::to_owned).into(),
        };
        let rows = [
            ("index=a | tst", "tstats"),
            ("`sys", "sysmon"),
            ("| tstats count from datamodel=End", "Endpoint.Processes"),
            ("| from datamodel:End", "Endpoint.Processes"),
            ("index=a | lookup ass", "assets"),
            ("process_n", "process_name"),
            ("index=a | stats dc(process_p", "process_path"),
            ("index=a | eval b=mvzi", "mvzip("),
            ("index=a | stats esti", ""),
            ("index=a | stats estdc_", "estdc_error("),
            ("index=a | rex max_m", "max_match="),
        ];
        for (before, wanted) in rows {
            let (start, found) = helper.candidates(before);
            assert_eq!(found.join(" "), wanted, "{before}");
            assert!(before.is_char_boundary(start));
        }
    }
}
