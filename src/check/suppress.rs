//! Suppression: comments in a YAML file that allow findings.
//!
//! | comment | allows |
//! |---|---|
//! | `key: value  # escudo: allow CODE` | findings on that line |
//! | `# escudo: allow CODE` on a line of its own | findings in the key or list item that follows, with all below it |
//! | `# escudo: allow-file CODE` | findings anywhere in the file |
//!
//! Several codes are written with commas or blanks between them; `all` stands for every one. What follows `--` is a
//! reason, for people. Inside a scalar, such as a search in block style, there are no comments: the comment stands before
//! its key. A comment that allows nothing that was found, or names no code, is a finding itself.

use crate::content::yaml::{Data, Node};
use crate::diag::{Code, Diagnostic, codes};
use crate::source::{FileId, Place, Span};

/// The comments of one file.
#[derive(Debug)]
pub struct Suppressions {
    file: FileId,
    all: Vec<Suppression>,
}

#[derive(Debug)]
struct Suppression {
    /// The words of the comment.
    place: Span,
    /// Where findings are allowed.
    scope: Span,
    what: Allowed,
}

#[derive(Debug)]
enum Allowed {
    Every,
    Code(Code),
    Unknown(String),
    Nothing,
}

const MARK: &str = "escudo:";

impl Suppressions {
    /// Reads the comments of a file. None if there are none, which is found out fast.
    pub fn read(file: FileId, text: &str, document: Option<&Node>) -> Option<Self> {
        if !text.contains(MARK) {
            return None;
        }
        let mut scalars = Vec::new();
        let mut entries = Vec::new();
        if let Some(document) = document {
            collect(document, &mut scalars, &mut entries);
        }
        scalars.sort_unstable();
        let mut all = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            read_line(text, start, line, &scalars, &entries, &mut all);
            start += line.len();
        }
        (!all.is_empty()).then_some(Self { file, all })
    }

    /// Takes the allowed findings out, and adds those about comments of no use. Findings of other files stay.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        let mut used = vec![false; self.all.len()];
        findings.retain(|found| {
            if found.place.file != self.file {
                return true;
            }
            let mut keep = true;
            for (suppression, used) in self.all.iter().zip(&mut used) {
                if suppression.covers(found) {
                    *used = true;
                    keep = false;
                }
            }
            keep
        });
        for (suppression, _) in self.all.iter().zip(used).filter(|(_, used)| !used) {
            let place = Place { file: self.file, span: suppression.place };
            findings.push(match &suppression.what {
                Allowed::Unknown(name) => unknown_code(name, place),
                Allowed::Nothing => Diagnostic::new(codes::UNUSED_SUPPRESSION, "the comment allows nothing", place)
                    .help("name what it allows: `# escudo: allow unknown-macro`"),
                Allowed::Code(code) => {
                    let message = format!("nothing here is `{code}`, which the comment allows");
                    Diagnostic::new(codes::UNUSED_SUPPRESSION, message, place).help("remove the comment")
                }
                Allowed::Every => Diagnostic::new(
                    codes::UNUSED_SUPPRESSION,
                    "nothing is found here, and the comment allows all",
                    place,
                )
                .help("remove the comment"),
            });
        }
    }
}

/// The finding for a code that does not exist, in a comment or in a configuration.
pub(super) fn unknown_code(name: &str, place: Place) -> Diagnostic {
    let (message, help) = Code::unknown(name);
    Diagnostic::new(codes::UNKNOWN_CHECK, message, place).help(help)
}

impl Suppression {
    fn covers(&self, found: &Diagnostic) -> bool {
        let allowed = match &self.what {
            Allowed::Every => true,
            Allowed::Code(code) => *code == found.code,
            Allowed::Unknown(_) | Allowed::Nothing => false,
        };
        let span = found.place.span;
        allowed && self.scope.start <= span.start && span.start <= self.scope.end
    }
}

/// The spans of all scalars, and of all pairs and items with what they begin with.
fn collect(node: &Node, scalars: &mut Vec<Span>, entries: &mut Vec<Span>) {
    match &node.data {
        Data::Scalar(_) => scalars.push(node.place.span),
        Data::Sequence(items) => {
            for item in items {
                entries.push(item.place.span);
                collect(item, scalars, entries);
            }
        }
        Data::Mapping(pairs) => {
            for (key, value) in pairs {
                entries.push(key.place.span.to(value.place.span));
                collect(key, scalars, entries);
                collect(value, scalars, entries);
            }
        }
    }
}

fn read_line(text: &str, start: usize, line: &str, scalars: &[Span], entries: &[Span], all: &mut Vec<Suppression>) {
    let Some(mark) = line.find(MARK) else { return };
    let Some(hash) = line[..mark].rfind('#') else { return };
    let is_comment = line[hash + 1..mark].trim().is_empty()
        && (hash == 0 || line[..hash].ends_with([' ', '\t']))
        && !inside(scalars, start + hash);
    if !is_comment {
        return;
    }
    let content = line[mark + MARK.len()..].trim_end();
    let words = content.split("--").next().unwrap_or_default();
    let mut words = words.split([' ', ',', '\t']).filter(|word| !word.is_empty());
    let whole = Span::new(start + hash, start + line.trim_end().len());
    let scope = match words.next() {
        Some("allow-file") => Span::new(0, text.len()),
        Some("allow") if line[..hash].trim().is_empty() => following(entries, start + line.len(), text),
        Some("allow") => Span::new(start, start + hash),
        Some(_) | None => return,
    };
    let before = all.len();
    for word in words {
        let at = word.as_ptr() as usize - line.as_ptr() as usize + start;
        let what = match Code::named(word) {
            _ if word == "all" => Allowed::Every,
            Some(code) => Allowed::Code(code),
            None => Allowed::Unknown(word.to_owned()),
        };
        all.push(Suppression { place: Span::new(at, at + word.len()), scope, what });
    }
    if all.len() == before {
        all.push(Suppression { place: whole, scope, what: Allowed::Nothing });
    }
}

fn inside(scalars: &[Span], at: usize) -> bool {
    let next = scalars.partition_point(|span| span.start as usize <= at);
    next > 0 && scalars[next - 1].end as usize > at
}

/// The pair or item that begins first after a place: the whole of it. Further comments may stand between.
fn following(entries: &[Span], at: usize, text: &str) -> Span {
    let first = entries.iter().filter(|span| span.start as usize >= at).map(|span| span.start).min();
    let Some(first) = first else { return Span::at(text.len()) };
    let longest = entries.iter().filter(|span| span.start == first).map(|span| span.end).max();
    Span { start: first, end: longest.unwrap_or(first) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::yaml;
    use crate::source::Sources;

    const TEXT: &str = "\
name: A Name # escudo: allow yaml-type -- it is one
# escudo: allow unknown-story, unknown-macro
tags:
  analytic_story:
  - Not There
search: |
  # escudo: allow unknown-field
  index=main
status: production # escudo: allow unknown-storie
";

    /// What is left of findings of these codes at the first characters of these words.
    fn left(text: &str, found: &[(Code, &str)]) -> Vec<String> {
        let mut sources = Sources::new();
        let file = sources.add("x.yml", text);
        let (node, _) = yaml::parse(file, text);
        let mut findings: Vec<Diagnostic> = found
            .iter()
            .map(|(code, word)| {
                let at = text.find(word).expect("the word is there");
                Diagnostic::new(*code, *word, Place { file, span: Span::new(at, at + word.len()) })
            })
            .collect();
        let suppressions = Suppressions::read(file, text, node.as_ref()).expect("there are comments");
        suppressions.apply(&mut findings);
        findings.iter().map(|found| format!("{}: {}", found.code, sources.text(found.place))).collect()
    }

    #[test]
    fn comments_allow_on_their_line_and_below_the_next_key() {
        let found = [
            (codes::YAML_TYPE, "A Name"),
            (codes::UNKNOWN_STORY, "Not There"),
            (codes::UNKNOWN_MACRO, "index=main"),
            (codes::UNKNOWN_FIELD, "index=main"),
        ];
        let expected = [
            "unknown-macro: index=main",
            "unknown-field: index=main",
            "unused-suppression: unknown-macro",
            "unknown-check: unknown-storie",
        ];
        assert_eq!(left(TEXT, &found), expected);
    }

    #[test]
    fn a_file_may_allow_everything_in_it() {
        let text = "# escudo: allow-file all\nname: A Name\nsearch: index=main\n";
        assert!(left(text, &[(codes::UNKNOWN_FIELD, "index"), (codes::YAML_TYPE, "A Name")]).is_empty());
        assert_eq!(left(text, &[]), ["unused-suppression: all"]);
    }

    #[test]
    fn other_words_are_no_comments_of_ours() {
        let file = Sources::new().add("x.yml", "");
        for text in ["name: '# escudo: allow all'\n", "name: a#escudo: allow all\n", "# escudo: is a tool\nname: a\n"] {
            let (node, _) = yaml::parse(file, text);
            assert!(Suppressions::read(file, text, node.as_ref()).is_none(), "{text}");
        }
        assert_eq!(left("# escudo: allow\nname: a\n", &[]), ["unused-suppression: # escudo: allow"]);
    }
}
