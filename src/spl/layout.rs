//! The layout of a search as its author sees it: macros stay calls, comments stay, no string is touched.
//!
//! - Every pipe outside of brackets begins a line. What continues a stage is indented by two blanks, and by two more for
//!   each bracket or parenthesis that is open.
//! - Line breaks that the author put inside a stage stay; blank lines go, several blanks become one.
//! - A line longer than [`WIDTH`] is broken: before the clauses of its command (`from`, `where`, `by`, `output`) and
//!   before the pipes of subsearches, then where it must be. Only blanks are ever replaced, so a word is never cut.
//!
//! This works on the text before macro expansion, which no grammar can read; so it knows only quotes, brackets, pipes,
//! comments and calls. Whoever writes the result back compares the trees of both texts first.

use super::expand::end_of_call;
use super::parse::is_blank;
use super::scan::{begins_word, quoted_name, token};

/// Characters in a line before it is broken.
pub const WIDTH: usize = 110;

/// Commands whose calls are column names, blanks included.
const AGGREGATING: &[&str] = &[
    "chart",
    "eventstats",
    "geostats",
    "mstats",
    "sichart",
    "sistats",
    "sitimechart",
    "stats",
    "streamstats",
    "timechart",
    "tstats",
];

/// Lays out a search. The result has no blank at either end and ends without a line break; laying it out again gives
/// the same text. `None` if a quoted string, a comment or a macro call has no end.
///
/// ```
/// let text = "|tstats count from datamodel=Web  by Web.src | `drop(\"Web\")`|where count>5";
/// let wanted = "| tstats count from datamodel=Web by Web.src\n| `drop(\"Web\")`\n| where count>5";
/// assert_eq!(escudo::spl::layout(text).as_deref(), Some(wanted));
/// ```
pub fn layout(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (at, stage) in stages(text)?.iter().enumerate() {
        if at == 0 && stage.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        push_stage(&mut out, stage, at > 0);
    }
    Some(out)
}

/// What stands between an atom and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Blank,
    Break,
}

/// A run of characters that no line break may part.
#[derive(Clone, Copy, Debug)]
struct Atom<'t> {
    text: &'t str,
    gap: Gap,
    /// Brackets and parentheses of the stage that are open before it.
    depth: usize,
}

impl Atom<'_> {
    fn is_comment(&self) -> bool {
        self.text.starts_with("```") && self.text.ends_with("```")
    }

    fn is_pipe(&self) -> bool {
        self.text == "|"
    }

    /// Where a line that begins with this atom is indented to, in a stage that goes on.
    fn indent(&self) -> usize {
        let closers = self.text.bytes().take_while(|b| matches!(b, b')' | b']')).count();
        2 + 2 * self.depth.saturating_sub(closers).min(20)
    }
}

/// The atoms of each stage; the pipes between stages are left out.
fn stages(text: &str) -> Option<Vec<Vec<Atom<'_>>>> {
    let mut stages = Vec::new();
    let mut reader = Reader { text, at: 0, brackets: 0, parens: 0, aggregating: false };
    loop {
        let (stage, more) = reader.stage()?;
        stages.push(stage);
        if !more {
            return Some(stages);
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    brackets: usize,
    parens: usize,
    /// The stage's command names columns after its calls.
    aggregating: bool,
}

impl<'t> Reader<'t> {
    /// The next stage, and whether a pipe ended it.
    fn stage(&mut self) -> Option<(Vec<Atom<'t>>, bool)> {
        let mut atoms: Vec<Atom<'t>> = Vec::new();
        (self.brackets, self.parens, self.aggregating) = (0, 0, false);
        let mut expects_command = true;
        loop {
            let mut gap = self.gap();
            let depth = self.brackets + self.parens;
            let Some(next) = self.rest().chars().next() else { return Some((atoms, false)) };
            if next == '|' && !self.is_foreign_or() {
                self.at += 1;
                if self.brackets == 0 {
                    return Some((atoms, true));
                }
                let opens = atoms.last().is_some_and(|last| last.text.ends_with('['));
                gap = if opens { Gap::None } else { gap.max(Gap::Blank) };
                atoms.push(Atom { text: "|", gap, depth });
                expects_command = true;
                continue;
            }
            if atoms.last().is_some_and(Atom::is_pipe) {
                gap = Gap::Blank;
            }
            let start = self.at;
            self.atom()?;
            let atom = Atom { text: &self.text[start..self.at], gap, depth };
            if expects_command && !atom.is_comment() {
                expects_command = atom.text.ends_with('[');
                self.aggregating = AGGREGATING.contains(&atom.text.trim_start_matches('[').to_lowercase().as_str());
            }
            atoms.push(atom);
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn gap(&mut self) -> Gap {
        let rest = self.rest();
        let blank = &rest[..rest.len() - rest.trim_start_matches(is_blank).len()];
        self.at += blank.len();
        match blank {
            "" => Gap::None,
            _ if blank.contains('\n') => Gap::Break,
            _ => Gap::Blank,
        }
    }

    /// `||`, which is an OR of another language or two pipes in a row; neither is for the layout to tell.
    fn is_foreign_or(&self) -> bool {
        self.rest().starts_with("||")
    }

    /// Moves over one atom.
    fn atom(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            let length = match c {
                '|' if rest.starts_with("||") => 2,
                '|' => return Some(()),
                _ if is_blank(c) => return Some(()),
                '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                '"' => end_of_string(rest)?,
                '`' if rest.starts_with("```") => {
                    if self.at > start {
                        return Some(());
                    }
                    self.at += rest[3..].find("```")? + 6;
                    return Some(());
                }
                '`' => end_of_call(self.text, self.at)? - self.at,
                '\'' if begins_word(&self.text[..self.at]) => quoted_name(rest).unwrap_or(1),
                '$' => token(rest).unwrap_or(1),
                '(' if self.aggregating && self.text[start..self.at].ends_with(is_name) => end_of_parens(rest)?,
                '(' => {
                    self.parens += 1;
                    1
                }
                ')' => {
                    self.parens = self.parens.saturating_sub(1);
                    1
                }
                '[' => {
                    self.brackets += 1;
                    self.at += 1;
                    return Some(());
                }
                ']' => {
                    self.brackets = self.brackets.saturating_sub(1);
                    1
                }
                _ => c.len_utf8(),
            };
            self.at += length;
        }
        Some(())
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of the string at the start of `rest`.
fn end_of_string(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut end = 1;
    loop {
        match bytes.get(end)? {
            b'\\' => end += 2,
            b'"' => return Some(end + 1),
            _ => end += 1,
        }
    }
}

/// Length of the parenthesis at the start of `rest`, strings and calls inside passed over.
fn end_of_parens(rest: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        let length = match rest.as_bytes().get(at)? {
            b'"' => end_of_string(&rest[at..])?,
            b'`' => end_of_call(rest, at)? - at,
            b'\\' => 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
            b'(' => {
                depth += 1;
                1
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
                1
            }
            _ => 1,
        };
        at += length;
    }
}

/// Appends a stage, over as many lines as it needs.
fn push_stage(out: &mut String, stage: &[Atom<'_>], piped: bool) {
    if piped {
        out.push_str(if stage.is_empty() { "|" } else { "| " });
    }
    let mut line = Line { out, column: if piped { 2 } else { 0 } };
    let clauses = clauses(stage);
    let mut from = 0;
    while from < stage.len() {
        let breaks = stage[from + 1..].iter().position(|atom| atom.gap == Gap::Break);
        let to = breaks.map_or(stage.len(), |length| from + 1 + length);
        // A comment on lines of its own at the end of a stage is about what follows.
        let leads_on = from > 0 && stage[from..].iter().all(Atom::is_comment);
        if from > 0 {
            line.start(if leads_on { 0 } else { stage[from].indent() });
        }
        push_line(&mut line, &stage[from..to], clauses);
        from = to;
    }
}

/// The words that begin a clause of the stage's command.
fn clauses(stage: &[Atom<'_>]) -> &'static [&'static str] {
    let command = stage.iter().find(|atom| !atom.is_comment()).map(|atom| atom.text.to_lowercase());
    match command.as_deref() {
        Some("tstats" | "mstats") => &["from", "where", "by", "groupby"],
        Some("lookup") => &["output", "outputnew"],
        Some(name) if AGGREGATING.contains(&name) => &["by"],
        _ => &[],
    }
}

/// Appends the atoms of one line of the author's, broken if it is too long.
fn push_line(line: &mut Line<'_>, atoms: &[Atom<'_>], clauses: &[&str]) {
    let length: usize = atoms.iter().map(|atom| width(atom.text) + usize::from(atom.gap != Gap::None)).sum();
    let too_long = line.column + length > WIDTH + usize::from(atoms.first().is_some_and(|atom| atom.gap != Gap::None));
    let mut at = 0;
    while at < atoms.len() {
        let atom = &atoms[at];
        // What no break may part.
        let mut end = at + 1;
        while end < atoms.len() && (atoms[end].gap == Gap::None || is_glued(&atoms[end - 1], &atoms[end])) {
            end += 1;
        }
        let unit: usize = atoms[at..end]
            .iter()
            .enumerate()
            .map(|(nth, it)| width(it.text) + usize::from(nth > 0 && it.gap != Gap::None))
            .sum();
        let begins_clause = (atom.depth == 0 && clauses.contains(&atom.text.to_lowercase().as_str())) || atom.is_pipe();
        if at > 0 && too_long && (begins_clause || line.column + 1 + unit > WIDTH) {
            line.start(atom.indent());
        } else if at > 0 {
            line.push(" ");
        }
        for (nth, it) in atoms[at..end].iter().enumerate() {
            if nth > 0 && it.gap != Gap::None {
                line.push(" ");
            }
            line.push(it.text);
        }
        at = end;
    }
}

/// Whether two atoms belong on one line.
fn is_glued(before: &Atom<'_>, after: &Atom<'_>) -> bool {
    const COMPARISONS: &[&str] = &["=", "==", "!=", "<", ">", "<=", ">="];
    let is = |atom: &Atom<'_>, words: &[&str]| words.iter().any(|word| atom.text.eq_ignore_ascii_case(word));
    if after.gap == Gap::Break {
        return false;
    }
    // On a line of its own a comment would be about what follows.
    if before.is_comment() || after.is_comment() {
        return after.is_comment();
    }
    (!before.text.ends_with('"') && before.text.ends_with(['=', '<', '>']))
        || after.text.starts_with(['=', '<', '>'])
        || is(before, COMPARISONS)
        || is(after, COMPARISONS)
        || is(before, &["as", "by", "not", "or", "and", "in", "from", "|", "-", "+"])
        || is(after, &["as", "in", ","])
}

/// Characters of a text that stands in one line. The layout of a text with line breaks of its own (a string, a comment)
/// goes by its last line alone.
fn width(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or_default().chars().count()
}

/// A line under construction.
struct Line<'o> {
    out: &'o mut String,
    /// Characters in it.
    column: usize,
}

impl Line<'_> {
    fn start(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    fn push(&mut self, text: &str) {
        self.column = if text.contains('\n') { width(text) } else { self.column + width(text) };
        self.out.push_str(text);
    }
}

#[cfg(test)]
mod tests;
