//! `grammar/spl.pest` says what the language is; the parser is written by hand because it has to be fast. Both take the
//! same searches: those of a published pack, and those that small changes make of them.

use crate::spl::{Pack, corpus, searches};
use escudo::diag::codes;
use escudo::spl::ast::{Arg, Stage};
use escudo::spl::{self, walk};
use generated::{Grammar, Rule};
use pest::Parser as _;
use std::collections::HashMap;
use std::fmt::Write as _;

#[allow(missing_docs, reason = "generated")]
mod generated {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/spl.pest"]
    pub(super) struct Grammar;
}

/// The rule of each command that has one of its own: `cmd_<name>`.
fn rules() -> HashMap<String, Rule> {
    let named = |rule: &Rule| Some((format!("{rule:?}").strip_prefix("cmd_")?.to_owned(), *rule));
    Rule::all_rules().iter().filter_map(named).collect()
}

/// Compares the stages of a text; those whose brackets or quotes do not fit are not parsed by anyone.
fn compare(rules: &HashMap<String, Rule>, text: &str, differences: &mut Vec<String>) -> usize {
    let parsed = spl::parse(text);
    let structure = [
        codes::UNCLOSED_QUOTE,
        codes::UNCLOSED_PARENTHESIS,
        codes::UNCLOSED_BRACKET,
        codes::UNCLOSED_COMMENT,
        codes::UNMATCHED_CLOSER,
        codes::STRAY_BACKTICK,
        codes::SMART_QUOTES,
        codes::NESTING_TOO_DEEP,
    ];
    if parsed.problems.iter().any(|problem| structure.contains(&problem.code)) {
        return 0;
    }
    let mut count = 0;
    walk::stages(&parsed.search, &mut |stage| {
        count += 1;
        let name = &stage.command.node;
        let rule = rules.get(name).copied().unwrap_or(Rule::cmd_);
        let arguments = &text[stage.command.span.end as usize..stage.span.end as usize];
        let by_grammar = accepts(rule, arguments);
        if by_grammar != is_read(stage, rule) {
            let who = if by_grammar { "only the grammar" } else { "only the parser" };
            differences.push(format!("{who} takes: {name} {arguments}"));
        }
    });
    count
}

fn accepts(rule: Rule, text: &str) -> bool {
    let Ok(pairs) = Grammar::parse(rule, text) else { return false };
    let mut clauses = pairs.flatten().filter(|pair| pair.as_rule() == Rule::where_text);
    clauses.all(|clause| accepts(Rule::condition_only, clause.as_str().trim()))
}

/// Whether the parser has taken the stage apart. Parentheses of the generic form stay as they are.
fn is_read(stage: &Stage, rule: Rule) -> bool {
    match stage.args.as_slice() {
        [one] => !matches!(&one.node, Arg::Raw(text) if rule != Rule::cmd_ || !text.starts_with('(')),
        _ => true,
    }
}

/// xorshift64.
pub(crate) fn roll(state: &mut u64, sides: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state % sides as u64) as usize
}

/// The text with something put in at a random place.
fn changed(text: &str, state: &mut u64) -> String {
    const PIECES: &[&str] = &[
        ",",
        "=",
        " as ",
        " by ",
        " IN ",
        " NOT ",
        " OR ",
        " AND ",
        " && ",
        "!",
        "!=",
        " where ",
        "$a$",
        "-",
        "+",
        ".",
        " count ",
        "{}",
        "1",
        " in ",
        " like ",
        " x=",
        " (a b) ",
        " \"a b\" ",
        " f(x) ",
        "<<X>>",
        "\u{a0}",
        "é",
        " 'a b' ",
    ];
    let mut at = roll(state, text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let piece = PIECES[roll(state, PIECES.len())];
    [&text[..at], piece, &text[at..]].concat()
}

#[test]
fn the_parser_reads_what_the_grammar_describes() {
    let Some(corpus) = corpus() else { return println!("skipped: no corpus") };
    let rules = rules();
    let (mut count, mut differences, mut state) = (0, Vec::new(), 0x5EED);
    let name = "security_content-5.0";
    let mut pack = Pack::read(&corpus, name);
    for (at, found) in searches(&mut pack, &corpus.join(name)).into_iter().enumerate() {
        let text = spl::expand(&found.search, &pack).text.as_str().to_owned();
        count += compare(&rules, &text, &mut differences);
        if at % 2 == 0 {
            count += compare(&rules, &changed(&text, &mut state), &mut differences);
        }
    }
    assert!(count > 10_000, "{count} stages");
    let mut shown = String::new();
    for difference in &differences {
        let _ = writeln!(shown, "{difference}");
    }
    assert_eq!(shown, "");
}
