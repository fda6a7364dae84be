//! The usual mistakes of authors that the language lets pass, each named.

use super::Parser;
use super::condition::Operand;
use super::text::{is_blank, is_gap};
use crate::diag::{Problem, codes};
use crate::spl::ast::{Arg, ByItem, CompareOp, Quote, Span, Spanned, Term, TermKind, Word};
use crate::spl::commands;

/// `&&`, `||`, `!`: `sign` is what was written; the words of SPL pass.
pub(super) fn foreign_operator(parser: &mut Parser, sign: &str, span: Span, meant: &str) {
    if matches!(sign, "&&" | "||" | "!") {
        let message = format!("`{sign}` is no operator of SPL");
        parser.report(Problem::new(codes::FOREIGN_OPERATOR, message, span).help(format!("write `{meant}`")));
    }
}

/// A search whose first word is a generating command would look for that word.
pub(super) fn generating_without_pipe(parser: &mut Parser, first: &str, span: Span, after: &str) {
    if commands::GENERATING.binary_search(&first).is_ok() && after.starts_with(is_blank) {
        let start = span.start as usize;
        parser.report(
            Problem::new(
                codes::MISSING_PIPE,
                format!("`{first}` has no pipe before it, so it is a word to look for"),
                Span::new(start, start + first.len()),
            )
            .help(format!("begin the search with `| {first}`")),
        );
    }
}

/// `stats values` without parentheses.
pub(super) fn bare_function(function: &Spanned<String>) -> Problem {
    let name = &function.node;
    if is_stage_word(name) {
        return missing_pipe(name, function.span);
    }
    let help = match crate::diag::nearest(name, ["count"]) {
        Some(count) => format!("did you mean `{count}`? Any other function needs a field: `{name}(field)`"),
        None => format!("write `{name}(field)`; a name for a result stands after `as`"),
    };
    Problem::new(codes::MISSING_ARGUMENT, format!("`{name}` has no field to work on"), function.span).help(help)
}

/// `count(user="x")`, `values(a b)`: what stands in the parentheses of an aggregation and is no field. `None` for a
/// name that only needs quotes.
pub(super) fn no_field(function: &Spanned<String>, argument: &Word) -> Option<Problem> {
    let text = argument.text.as_str();
    let name = &function.node;
    let word = |wanted: &str| text.split(is_blank).any(|word| word.eq_ignore_ascii_case(wanted));
    if text.contains(['=', '<', '>']) || word("or") || word("and") {
        let message = format!("`{name}` works on a field, and a condition stands in its parentheses");
        let problem = Problem::new(codes::SPL_SYNTAX, message, argument.span);
        // The condition itself may be written as a search would write it, so it is not repeated here.
        return Some(
            problem.help(format!("write `{name}(eval(if(condition, field, null())))`, or `count(eval(condition))`")),
        );
    }
    let names = text.split(is_gap).filter(|name| !name.is_empty());
    let several = names.clone().count() > 1 && names.clone().all(|name| name.chars().all(is_of_name));
    several.then(|| {
        let message = format!("`{name}` works on one field, and several words stand in its parentheses");
        let calls: Vec<String> = names.take(4).map(|field| format!("{name}({field})")).collect();
        Problem::new(codes::SPL_SYNTAX, message, argument.span)
            .help(format!("write `{}`, or put a name with blanks into double quotes", calls.join(" ")))
    })
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}')
}

/// `from datamodel Endpoint.Processes` in tstats.
pub(super) fn source_without_sign(parser: &mut Parser, kind: &Spanned<String>, name: &Word) {
    let between = &parser.text[kind.span.end as usize..name.span.start as usize];
    if !kind.node.is_empty() && !between.contains(['=', ':']) {
        let message = format!("`=` is missing between `{}` and its name", kind.node);
        let help = format!("write `from {}={}`", kind.node, name.text);
        parser.report(Problem::new(codes::SPL_SYNTAX, message, kind.span.to(name.span)).help(help));
    }
}

fn missing_pipe(name: &str, span: Span) -> Problem {
    Problem::new(codes::MISSING_PIPE, format!("the command `{name}` has no pipe before it"), span)
        .help(format!("write `| {name}`"))
}

/// Commands whose names nobody gives to a field.
fn is_stage_word(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "appendpipe",
        "bin",
        "bucket",
        "chart",
        "convert",
        "dedup",
        "eval",
        "eventstats",
        "fields",
        "fillnull",
        "head",
        "inputlookup",
        "iplocation",
        "join",
        "lookup",
        "makemv",
        "mvexpand",
        "outputlookup",
        "rename",
        "rex",
        "search",
        "sort",
        "spath",
        "stats",
        "streamstats",
        "table",
        "timechart",
        "tstats",
        "where",
    ];
    WORDS.binary_search(&name).is_ok()
}

/// Looks over the arguments of one stage.
pub(super) fn in_arguments(parser: &mut Parser, command: &str, args: &[Spanned<Arg>]) {
    let mut by: Option<Span> = None;
    let mut aggregates = 0;
    for arg in args {
        match &arg.node {
            Arg::By(items) => {
                by.get_or_insert(arg.span);
                pipe_in_by(parser, items);
                name_in_by(parser, items);
            }
            Arg::Aggregate(aggregate) => {
                aggregates += 1;
                if aggregates == 1
                    && let Some(by) = by
                {
                    parser.report(by_first(by, aggregate.function.span));
                }
            }
            _ => {}
        }
    }
    if let (Some(Spanned { node: Arg::Word(word), span }), "lookup") = (args.last(), command)
        && word.quote == Quote::Bare
        && matches!(word.text.to_ascii_lowercase().as_str(), "output" | "outputnew")
    {
        let message = format!("`{}` has no field after it", word.text);
        let help = "name the columns to add, or leave the word out to add all of them";
        parser.report(Problem::new(codes::MISSING_ARGUMENT, message, *span).help(help));
    }
    if command == "fields" {
        second_sign(parser, args);
    }
    if command == "sort" {
        keyword_in_sort(parser, args);
    }
    let counts =
        matches!(command, "stats" | "eventstats" | "streamstats" | "chart" | "timechart" | "tstats" | "mstats");
    if let (true, 0, Some(first)) = (counts, aggregates, args.first()) {
        let span = args.last().map_or(first.span, |last| first.span.to(last.span));
        parser.report(computes_nothing(command, span, args));
    }
}

fn computes_nothing(command: &str, span: Span, args: &[Spanned<Arg>]) -> Problem {
    let by = args.iter().find_map(|arg| match &arg.node {
        Arg::By(items) => Some((arg.span, items)),
        _ => None,
    });
    // `stats by x count`: the aggregation was read as a field to group by.
    let swallowed = by.iter().flat_map(|(_, items)| items.iter().skip(1)).find_map(|item| match item {
        ByItem::Field(word) if word.quote == Quote::Bare && (word.text == "count" || word.text.contains('(')) => {
            Some(word)
        }
        _ => None,
    });
    if let (Some((by, _)), Some(word)) = (by, swallowed) {
        return by_first(by, word.span);
    }
    let message = format!("`{command}` computes nothing");
    Problem::new(codes::MISSING_ARGUMENT, message, span).help("add an aggregation such as `count`")
}

/// `by` is the whole clause; the problem points at its keyword.
fn by_first(by: Span, aggregation: Span) -> Problem {
    let keyword = Span::new(by.start as usize, by.start as usize + 2);
    Problem::new(codes::BY_BEFORE_AGGREGATION, "`by` stands before the aggregations", keyword)
        .related(aggregation, "the first aggregation")
        .help("put the `by` clause at the end")
}

/// `fields + a - b`: a sign stands before the whole list.
fn second_sign(parser: &mut Parser, args: &[Spanned<Arg>]) {
    let sign = args.iter().skip(1).find_map(|arg| match &arg.node {
        Arg::Word(word) if word.quote == Quote::Bare && matches!(word.text.as_str(), "+" | "-") => Some(word),
        _ => None,
    });
    if let Some(word) = sign {
        let message = format!("`{}` stands in the middle of the list, where it is no sign", word.text);
        let (keep, remove) = ("fields", "fields -");
        let next = if word.text == "-" { remove } else { keep };
        parser.report(Problem::new(codes::SPL_SYNTAX, message, word.span).help(format!(
            "a sign before the first field is for all of them; write `| {next} ...` as a second command"
        )));
    }
}

/// `sort by user`: the word is a field to sort by, which no event has.
fn keyword_in_sort(parser: &mut Parser, args: &[Spanned<Arg>]) {
    let keys: Vec<&Word> = args
        .iter()
        .filter_map(|arg| match &arg.node {
            Arg::SortKey { kind: None, field, .. } => Some(field),
            _ => None,
        })
        .collect();
    if let [word, next, ..] = keys.as_slice()
        && word.quote == Quote::Bare
        && word.text.eq_ignore_ascii_case("by")
    {
        let message = format!("`{}` stands where `sort` takes a field", word.text);
        let help = format!("write the fields alone: `sort {}`, or `sort - {}` for falling order", next.text, next.text);
        parser.report(Problem::new(codes::SPL_SYNTAX, message, word.span).help(help));
    }
}

/// `stats count by user as name`.
fn name_in_by(parser: &mut Parser, items: &[ByItem]) {
    let names = items.iter().map(|item| match item {
        ByItem::Field(word) => Some(word),
        ByItem::Option { .. } => None,
    });
    let names: Vec<&Word> = names.flatten().collect();
    if let Some([field, word, name]) =
        names.windows(3).find(|three| three[1].quote == Quote::Bare && three[1].text.eq_ignore_ascii_case("as"))
    {
        let help = format!("write `| rename {} as {}` behind the command", field.text, name.text);
        parser.report(Problem::new(codes::SPL_SYNTAX, "a `by` clause cannot rename a field", word.span).help(help));
    }
}

/// `stats count by user sort - count`: a command's name among the fields, with more after it.
fn pipe_in_by(parser: &mut Parser, items: &[ByItem]) {
    let command = items.iter().enumerate().skip(1).find_map(|(at, item)| match item {
        ByItem::Field(word) if word.quote == Quote::Bare && at + 1 < items.len() && is_stage_word(&word.text) => {
            Some(word)
        }
        _ => None,
    });
    if let Some(word) = command {
        parser.report(missing_pipe(&word.text, word.span));
    }
}

/// Looks over the operands of one search expression.
pub(super) fn in_condition(parser: &mut Parser, all: &[Operand]) {
    for (at, Operand { term, .. }) in all.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &all[at].term);
        let after = all.get(at + 1).map(|operand| &operand.term);
        match &term.kind {
            TermKind::Keyword(word) if word.quote == Quote::Bare => {
                let alternatives = all.get(at + 2).is_some_and(|operand| operand.or);
                bare_keyword(parser, word, before, after, alternatives);
            }
            TermKind::Not(inner) => {
                if let (TermKind::Keyword(word), Some(TermKind::Keyword(_))) =
                    (&inner.kind, before.map(|term| &term.kind))
                    && word.quote == Quote::Bare
                    && word.text == "IN"
                {
                    parser.report(list_without_parentheses(word, after));
                }
            }
            TermKind::Compare { field, op, value } if is_arrow(op.node, value) => {
                let sign = &value.text[..1];
                let span = op.span.to(Span::new(value.span.start as usize, value.span.start as usize + 1));
                foreign_operator_here(parser, &format!("={sign}"), span, &format!("{sign}="), &field.text);
            }
            TermKind::Compare { field, .. } | TermKind::In { field, .. } if field.quote == Quote::Bare => {
                if let Some(name) = field.text.strip_prefix('!') {
                    let at = field.span.start as usize;
                    let help = format!("write `NOT {name}`");
                    parser.report(
                        Problem::new(codes::FOREIGN_OPERATOR, "`!` is no operator of SPL", Span::new(at, at + 1))
                            .help(help),
                    );
                }
            }
            _ => {}
        }
    }
}

/// `a=>5`: the value begins with the sign that was meant to be a part of the operator.
fn is_arrow(op: CompareOp, value: &Word) -> bool {
    let number = value.text.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    op == CompareOp::Eq && value.quote == Quote::Bare && value.text.starts_with(['<', '>']) && number
}

fn foreign_operator_here(parser: &mut Parser, sign: &str, span: Span, meant: &str, field: &str) {
    let message = format!("`{sign}` is no operator of SPL");
    parser.report(Problem::new(codes::FOREIGN_OPERATOR, message, span).help(format!("write `{field}{meant}`")));
}

/// `alternatives` says that `OR` stands behind the next term.
fn bare_keyword(parser: &mut Parser, word: &Word, before: Option<&Term>, after: Option<&Term>, alternatives: bool) {
    let follows_word = matches!(before.map(|term| &term.kind), Some(TermKind::Keyword(_)));
    match word.text.as_str() {
        "and" | "or" if before.is_some() && after.is_some() => lowercase(parser, word),
        "not" if after.is_some() => lowercase(parser, word),
        "in" if follows_word && (alternatives || opens_group(&parser.text[word.span.end as usize..])) => {
            lowercase(parser, word);
        }
        "IN" if follows_word => parser.report(list_without_parentheses(word, after)),
        "like" | "LIKE" if follows_word && after.is_some_and(is_quoted) => parser.report(
            Problem::new(
                codes::FOREIGN_OPERATOR,
                format!("`{}` is no operator of a search expression", word.text),
                word.span,
            )
            .help("write `field=\"pattern\"`, with `*` for any text; `like` belongs into `where`"),
        ),
        "!" => foreign_operator(parser, "!", word.span, "NOT"),
        "//" | "#" if before.is_some() => parser.report(foreign_comment(word.span)),
        // Last of the whole expression, not of a part in parentheses.
        "by" if before.is_some() && after.is_none() && parser.cursor.peek() != Some(b')') => parser.report(
            Problem::new(codes::MISSING_ARGUMENT, "`by` has no field after it", word.span)
                .help("name the fields to group by, or remove `by`"),
        ),
        "from" | "FROM" if after.is_some_and(is_data_model) => parser.report(
            Problem::new(codes::SPL_SYNTAX, "`from` stands in the condition, as a word to look for", word.span)
                .help("put `from datamodel=...` before `where`"),
        ),
        command if is_command_in_search(command, before, after) => parser.report(missing_pipe(command, word.span)),
        _ => {}
    }
}

/// `a IN b`, or `a, NOT IN (b)`, where the comma parts the field from its list.
fn list_without_parentheses(word: &Word, after: Option<&Term>) -> Problem {
    let end = after.map_or(word.span, |term| term.span).end as usize;
    Problem::new(codes::IN_WITHOUT_PARENTHESES, "the list after `IN` has no parentheses", word.span)
        .related(Span::at(end), "the list ends about here")
        .help("write `field IN (\"a\", \"b\")`")
}

fn is_quoted(term: &Term) -> bool {
    matches!(&term.kind, TermKind::Keyword(word) if word.quote == Quote::Double)
}

/// Whether an opening parenthesis is next; a comma is a blank.
fn opens_group(text: &str) -> bool {
    text.trim_start_matches(is_gap).starts_with('(')
}

fn is_data_model(term: &Term) -> bool {
    matches!(&term.kind, TermKind::Compare { field, .. } if field.text.eq_ignore_ascii_case("datamodel"))
}

/// A comment as other languages write it.
pub(super) fn foreign_comment(span: Span) -> Problem {
    Problem::new(codes::SPL_SYNTAX, "a comment is written between triple backticks", span)
        .help("write ```` ```comment``` ````")
}

/// Whether a word to look for is rather a command that lost its pipe: nobody looks for these words, between terms.
fn is_command_in_search(word: &str, before: Option<&Term>, after: Option<&Term>) -> bool {
    let (Some(_), Some(after)) = (before, after) else { return false };
    match word {
        "eval" | "where" => matches!(after.kind, TermKind::Compare { .. }),
        "eventstats" | "stats" | "streamstats" | "timechart" | "tstats" => matches!(after.kind, TermKind::Keyword(_)),
        _ => false,
    }
}

fn lowercase(parser: &mut Parser, word: &Word) {
    let upper = word.text.to_uppercase();
    parser.report(
        Problem::new(
            codes::LOWERCASE_BOOLEAN,
            format!("`{}` is a word to look for here, no operator", word.text),
            word.span,
        )
        .help(format!("write `{upper}`"))
        .note("operators of a search expression are written in upper case"),
    );
}
