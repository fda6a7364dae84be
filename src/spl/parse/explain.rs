//! What did not fit, in the author's words.

use super::cursor::Wanted;
use super::text::{is_blank, trimmed};
use crate::diag::{Problem, codes};
use crate::source::Span;
use crate::spl::commands;

/// A pipe without a command: `slice` is the blank between it and the next one.
pub(super) fn empty_stage(text: &str, group: Span, slice: Span, last: bool) -> Problem {
    let start = slice.start as usize;
    let in_bracket = group.len() < text.len();
    if group == slice {
        return Problem::new(codes::EMPTY_STAGE, "a subsearch is empty", Span::new(start - 1, slice.end as usize + 1));
    }
    let pipe = Span::new(start - 1, start);
    if last {
        let place = if in_bracket { "subsearch" } else { "search" };
        return Problem::new(codes::EMPTY_STAGE, format!("the {place} ends with a pipe"), pipe)
            .help("remove the pipe, or add a command after it");
    }
    Problem::new(codes::EMPTY_STAGE, "two pipes stand in a row", pipe)
        .related(Span::new(slice.end as usize, slice.end as usize + 1), "the second pipe")
        .help("remove one of them")
}

/// A stage that starts with no name.
pub(super) fn no_command(text: &str, span: Span) -> Problem {
    let found = found(text, span.start as usize, span.end as usize);
    Problem::new(codes::MISSING_ARGUMENT, format!("no command stands after the pipe, but {}", found.1), found.0)
        .help("name a command, such as `search` or `where`")
}

/// A name that no command has; `suggest` is off in a text so full of them that looking for near names takes long.
pub(super) fn unknown_command(name: &str, span: Span, suggest: bool) -> Problem {
    let problem = Problem::new(codes::UNKNOWN_COMMAND, format!("`{name}` is not a command"), span);
    match if suggest { commands::nearest(name) } else { None } {
        Some(near) => problem.help(crate::diag::did_you_mean(near)),
        None => problem.help("a pipe separates commands; check that one was meant here"),
    }
}

/// `table'user name'`: it is not told where the name of the command ends.
pub(super) fn quote_behind_command(name: &str, span: Span) -> Problem {
    Problem::new(codes::SPL_SYNTAX, format!("a blank is missing between `{name}` and the quote"), span)
        .help(format!("write `{name} '`"))
}

/// What could not be read, said with the command's name, what was found and what could stand there.
pub(super) fn syntax(command: &str, text: &str, span: Span, missed: (usize, Wanted)) -> Problem {
    let inside = &text[span.range()];
    let (at, wanted) = missed;
    // The complaint is about the next word, not about the blanks before it.
    let at = trimmed(text, Span::new(at.min(span.end as usize), span.end as usize)).start as usize;
    let wanted = wanted.name();
    if let Some(problem) = known_slip(command, text, span, at) {
        return problem;
    }
    if at >= span.end as usize {
        let end = span.start as usize + inside.trim_end_matches(is_blank).len();
        let what = wanted.unwrap_or("an argument");
        let message = format!("{} ends where {what} is expected", named(command));
        let problem = Problem::new(codes::MISSING_ARGUMENT, message, Span::at(end));
        return match usage(command) {
            Some(usage) => problem.help(format!("write `{usage}`")),
            None => problem,
        };
    }
    let (place, found) = found(text, at, span.end as usize);
    let message = format!("{found} does not fit here in {}", named(command));
    let mut problem = Problem::new(codes::SPL_SYNTAX, message, place);
    if let Some(wanted) = wanted {
        problem = problem.label(format!("{wanted} is expected"));
    }
    match usage(command) {
        Some(usage) => problem.help(format!("the form is `{usage}`")),
        None => problem,
    }
}

fn named(command: &str) -> String {
    if command.contains(' ') { format!("the {command}") } else { format!("`{command}`") }
}

/// The word, string or sign at `at`: its span, and how to call it.
fn found(text: &str, at: usize, end: usize) -> (Span, String) {
    let rest = &text[at..end];
    let Some(first) = rest.chars().next() else { return (Span::at(at), "the end".to_owned()) };
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let length = if first == '"' {
        rest[1..].find('"').map_or(rest.len(), |length| length + 2)
    } else if is_word(first) {
        rest.find(|c| !is_word(c)).unwrap_or(rest.len())
    } else {
        first.len_utf8()
    };
    let span = Span::new(at, at + length);
    let shown: String = rest[..length].chars().take(30).collect();
    match first {
        '"' => (span, "a quoted string".to_owned()),
        _ => (span, format!("`{shown}`")),
    }
}

/// Mistakes that are easy to name from the characters around the place where reading stopped.
fn known_slip(command: &str, text: &str, span: Span, at: usize) -> Option<Problem> {
    let before = text[span.start as usize..at].trim_end_matches(is_blank);
    let last_word = before.rsplit(|c: char| is_blank(c) || "(),=".contains(c)).next().unwrap_or_default();
    let end = span.start as usize + before.len();
    let near = Near {
        command,
        before,
        rest: &text[at..span.end as usize],
        at,
        last_word,
        last_span: Span::new(end - last_word.len(), end),
    };
    let slips = [
        Near::keyword_without_more,
        Near::list_without_parentheses,
        Near::foreign_sign,
        Near::foreign_null_test,
        Near::foreign_comment,
        Near::missing_comma,
        Near::name_of_two_words,
        Near::replaces_with_nothing,
        Near::assigns_nothing,
        Near::missing_pipe,
    ];
    slips.iter().find_map(|slip| slip(&near))
}

/// What stands around the place where reading stopped.
struct Near<'t> {
    command: &'t str,
    /// The arguments up to there, without blanks at the end.
    before: &'t str,
    rest: &'t str,
    at: usize,
    last_word: &'t str,
    last_span: Span,
}

impl Near<'_> {
    fn is_eval(&self) -> bool {
        matches!(self.command, "eval" | "where" | "fieldformat" | "eval expression")
    }

    fn here(&self, length: usize) -> Span {
        Span::new(self.at, self.at + length)
    }

    /// `as`, `by` or `over`, read last or about to be read, with nothing after it.
    fn keyword_without_more(&self) -> Option<Problem> {
        let here = self.rest.trim_end_matches(is_blank);
        let lower = here.to_lowercase();
        let (keyword, span) = match lower.as_str() {
            "as" | "by" | "over" => (lower, self.here(here.len())),
            _ => (self.last_word.to_lowercase(), self.last_span),
        };
        let clause = ["by ", "as ", "where ", "from ", "output ", "outputnew "];
        let clause = clause.iter().any(|word| starts_with(self.rest, word));
        let nothing = self.rest.is_empty() || self.rest.starts_with([',', '=']) || span.start as usize == self.at;
        if keyword == "as" && !self.before.is_empty() && (nothing || clause) {
            return Some(
                Problem::new(codes::MISSING_ARGUMENT, "`as` has no name after it", span)
                    .help("write the new name after `as`, in double quotes if it has blanks"),
            );
        }
        (matches!(keyword.as_str(), "by" | "over") && nothing).then(|| {
            Problem::new(codes::MISSING_ARGUMENT, format!("`{keyword}` has no field after it"), span)
                .help(format!("name the fields to group by, or remove `{keyword}`"))
        })
    }

    fn list_without_parentheses(&self) -> Option<Problem> {
        let span = if self.last_word.eq_ignore_ascii_case("in") && !self.rest.starts_with('(') {
            self.last_span
        } else if starts_with(self.rest, "in ") {
            self.here(2)
        } else {
            return None;
        };
        self.is_eval().then(|| {
            Problem::new(codes::IN_WITHOUT_PARENTHESES, "the list after `IN` has no parentheses", span)
                .help("write `field IN (\"a\", \"b\")`")
        })
    }

    /// Operators of other languages.
    fn foreign_sign(&self) -> Option<Problem> {
        const SIGNS: &[(&str, &str, &str)] = &[
            ("<", ">", "write `!=`"),
            ("==", "=", "write `=`"),
            ("=", "=", "write `=`"),
            ("!=", "=", "write `!=`"),
            ("=", ">", "write `>=`"),
            ("=", "<", "write `<=`"),
            ("=", "~", "write `match(field, \"pattern\")`"),
            ("!", "~", "write `NOT match(field, \"pattern\")`"),
            ("", "~", "write `match(field, \"pattern\")`"),
            ("", "?", "write `if(condition, value, other)`"),
            ("", ";", "write `,` between assignments, or `|` between commands"),
        ];
        let found = |(left, right, _): &&(&str, &str, &str)| {
            let adjacent = left.is_empty() || self.last_span.end as usize == self.at;
            self.before.ends_with(left) && self.rest.starts_with(right) && adjacent
        };
        let (left, right, help) = SIGNS.iter().find(found).filter(|_| self.is_eval())?;
        let span = Span::new(self.at - left.len(), self.at + right.len());
        let message = format!("`{left}{right}` is no operator of SPL");
        Some(Problem::new(codes::FOREIGN_OPERATOR, message, span).help(*help))
    }

    /// `x is null`, `x is not null`.
    fn foreign_null_test(&self) -> Option<Problem> {
        let (test, function) = [("is null", "isnull"), ("is not null", "isnotnull")]
            .into_iter()
            .find(|(test, _)| starts_with(self.rest, test))
            .filter(|_| self.is_eval())?;
        let message = format!("`{}` is no operator of SPL", &self.rest[..test.len()]);
        let field = self.last_word;
        Some(
            Problem::new(codes::FOREIGN_OPERATOR, message, self.here(test.len()))
                .help(format!("write `{function}({field})`")),
        )
    }

    fn foreign_comment(&self) -> Option<Problem> {
        let slashes = self.before.ends_with('/') && self.rest.starts_with(['/', '*']);
        if !slashes && !self.rest.starts_with(['#', '/']) {
            return None;
        }
        let at = self.at - usize::from(slashes);
        Some(super::slips::foreign_comment(Span::new(at, self.at + 1)))
    }

    fn missing_comma(&self) -> Option<Problem> {
        let assigned = !self.before.is_empty() && !self.before.ends_with(['=', ',']);
        (self.command == "eval" && assigned && is_assignment(self.rest)).then(|| {
            let end = Span::at(self.last_span.end as usize);
            Problem::new(codes::SPL_SYNTAX, "a comma is missing between two assignments", end)
                .help("write `eval a=1, b=2`")
        })
    }

    /// `eval a b=1`.
    fn name_of_two_words(&self) -> Option<Problem> {
        let starts = self.before.is_empty() || self.before.ends_with(',');
        let (left, right) = self.rest.split_once('=')?;
        let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
        let words: Vec<&str> = left.split(is_blank).filter(|word| !word.is_empty()).collect();
        let named = self.command == "eval" && starts && words.len() > 1 && words.iter().all(|word| is_word(word));
        (named && !right.starts_with('=')).then(|| {
            let name = left.trim_end_matches(is_blank);
            Problem::new(codes::SPL_SYNTAX, "a field name with blanks stands without quotes", self.here(name.len()))
                .help(format!("write `\"{name}\"=...`"))
        })
    }

    /// `replace a with`.
    fn replaces_with_nothing(&self) -> Option<Problem> {
        let rest = self.rest.trim_end_matches(is_blank);
        let word = rest.len().checked_sub(4).filter(|&at| rest.is_char_boundary(at))?;
        let ends = rest[word..].eq_ignore_ascii_case("with") && rest[..word].ends_with(is_blank);
        (self.command == "replace" && ends).then(|| {
            let span = Span::new(self.at + word, self.at + rest.len());
            Problem::new(codes::MISSING_ARGUMENT, "`with` has no text after it", span)
                .help("write the new text after `with`")
        })
    }

    fn assigns_nothing(&self) -> Option<Problem> {
        let starts = self.before.is_empty() || self.before.ends_with(',');
        (self.command == "eval" && starts && is_comparison(self.rest)).then(|| {
            Problem::new(codes::SPL_SYNTAX, "`eval` assigns nothing here", self.here(self.rest.len()))
                .help("write `field = expression`, or use `where` to keep rows")
        })
    }

    fn missing_pipe(&self) -> Option<Problem> {
        let word = self.rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let separate = self.rest[word.len()..].starts_with(is_blank);
        let complete = !self.before.is_empty() && !self.before.ends_with(['=', ',', '(']);
        (separate && complete && commands::is_known(&word.to_lowercase())).then(|| {
            let message = format!("the command `{word}` has no pipe before it");
            Problem::new(codes::MISSING_PIPE, message, self.here(word.len())).help(format!("write `| {word}`"))
        })
    }
}

/// Whether a text starts with words in any case.
fn starts_with(text: &str, words: &str) -> bool {
    text.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
}

fn is_comparison(rest: &str) -> bool {
    let after =
        rest.trim_start_matches(|c: char| c.is_alphanumeric() || "_.{}'".contains(c)).trim_start_matches(is_blank);
    after.len() < rest.len() && ["==", "!=", "<", ">"].iter().any(|sign| after.starts_with(sign))
}

fn is_assignment(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let after = name.trim_start_matches(is_blank);
    name.len() < rest.len() && after.starts_with('=') && !after.starts_with("==")
}

impl Wanted {
    /// `None` if it could have been many things.
    fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::OptionValue => "a value after `=`",
            Self::Value | Self::Operand => "a value",
            Self::Expression => "an expression",
            Self::Term => "a search term",
            Self::Assignment => "`field = expression`",
            Self::Aggregation => "an aggregation",
            Self::Conversion => "`function(field)`",
            Self::Alias => "`field as name`",
            Self::As => "`as`",
            Self::Replacement => "`old with new`",
            Self::Pattern => "a regular expression",
            Self::Dataset => "a dataset",
            Self::Name => "the name of a lookup",
            Self::Field => "a field",
            Self::Comma => "a comma or `)`",
            Self::Operator => "an operator such as `AND`",
            Self::Argument => return None,
        })
    }
}

/// One line on how a command is written; sorted.
fn usage(command: &str) -> Option<&'static str> {
    const USAGES: &[(&str, &str)] = &[
        ("chart", "chart count over field by field"),
        ("convert", "convert timeformat=\"%F\" ctime(field) as name"),
        ("dedup", "dedup field field"),
        ("eval", "eval field = expression, field = expression"),
        ("eventstats", "eventstats count as name by field"),
        ("fields", "fields - field, field"),
        ("from", "from datamodel:Model.Dataset"),
        ("inputlookup", "inputlookup append=t name where field=value"),
        ("lookup", "lookup name field as field OUTPUT field as field"),
        ("regex", "regex field=\"pattern\""),
        ("rename", "rename field as name, field as name"),
        ("replace", "replace \"old\" with \"new\" in field"),
        ("rex", "rex field=name \"pattern\""),
        ("search", "search field=value word"),
        ("sort", "sort 0 - field, field"),
        ("stats", "stats count as name by field"),
        ("streamstats", "streamstats window=2 count as name by field"),
        ("table", "table field, field"),
        ("timechart", "timechart span=1h count by field"),
        ("tstats", "tstats count from datamodel=Model.Dataset where field=value by field"),
        ("where", "where expression"),
    ];
    USAGES.binary_search_by_key(&command, |usage| usage.0).ok().map(|at| USAGES[at].1)
}
