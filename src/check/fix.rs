//! Fixes: findings whose right text is known, as changes to a few bytes.
//!
//! | finding | change |
//! |---|---|
//! | any that says "did you mean `x`?" | the name becomes `x` |
//! | `missing-filter-macro` | the call is put at the end of the search |
//! | `foreign-operator`, `lowercase-boolean` | `&&` is `AND`, `or` is `OR`, ... |
//! | `smart-quotes` | plain quotes |
//! | `duplicate-item`, `redundant-technique` | the item's line goes |
//! | `file-name`, `file-suffix` | the file gets its right name |
//!
//! A fix is offered only where the characters in the file are the ones that the finding speaks of: not inside an
//! expansion, not where YAML's escapes hide them. Nothing here touches the disk.

use crate::content::names;
use crate::content::pack::{Kind, Pack};
use crate::content::yaml::{Node, Style};
use crate::diag::{Diagnostic, codes, suggested};
use crate::source::{FileId, Sources, Span};
use std::collections::{BTreeMap, HashMap};

/// A change to a file.
enum Fix {
    /// These bytes are replaced.
    Replace {
        /// Which bytes.
        span: Span,
        /// By what.
        text: String,
    },
    /// The file gets another name, in its folder.
    Rename(String),
}

/// The documents of a pack by file.
type Documents<'p> = HashMap<FileId, (Kind, &'p Node)>;

/// What a finding offers; none if a person must decide.
fn of(found: &Diagnostic, documents: &Documents<'_>, sources: &Sources) -> Option<Fix> {
    let file = sources.file(found.place.file);
    let at = sources.text(found.place);
    let replace = |text: String| Some(Fix::Replace { span: found.place.span, text });
    if found.code == codes::MISSING_FILTER_MACRO {
        return filter_macro(found, documents, file.text());
    }
    if found.code == codes::FILE_NAME {
        return file_name(found.place.file, documents);
    }
    if found.code == codes::FILE_SUFFIX {
        let stem = file.path().file_stem()?.to_str()?;
        return Some(Fix::Rename(format!("{stem}.yml")));
    }
    if found.code == codes::DUPLICATE_ITEM || found.code == codes::REDUNDANT_TECHNIQUE {
        return item_line(found.place.span, file.text());
    }
    if found.code == codes::FOREIGN_OPERATOR {
        return match at {
            "&&" => replace("AND".to_owned()),
            "||" => replace("OR".to_owned()),
            "!" => replace("NOT ".to_owned()),
            _ => None,
        };
    }
    if found.code == codes::LOWERCASE_BOOLEAN && matches!(at, "and" | "or" | "not") {
        return replace(at.to_uppercase());
    }
    if found.code == codes::SMART_QUOTES {
        let plain = at.replace(['\u{201C}', '\u{201D}', '\u{201E}'], "\"").replace(['\u{2018}', '\u{2019}'], "'");
        // A quote inside a quoted scalar would have to be escaped.
        return (plain != at && !is_quoted(found, documents)).then_some(plain).and_then(replace);
    }
    let wanted = suggested(found.help.as_deref()?)?;
    let wrong = found.message.split('`').nth(1)?;
    // The name may be a part of what is shown, such as a macro's in its call.
    let (before, after) = at.split_once(wrong)?;
    if after.contains(wrong) || wanted == wrong {
        return None;
    }
    let text = format!("{before}{wanted}{after}");
    let safe = |text: &str| !text.contains(['\'', '"', '\\', '\n']);
    (safe(wanted) && safe(wrong)).then(|| replace(text)).flatten()
}

/// Whether the search of the file is written in quotes.
fn is_quoted(found: &Diagnostic, documents: &Documents<'_>) -> bool {
    let search = documents.get(&found.place.file).and_then(|(_, node)| node.get("search"));
    let style = search.and_then(Node::as_scalar).map(|scalar| scalar.style);
    matches!(style, Some(Style::SingleQuoted | Style::DoubleQuoted))
}

/// The call at the end of the search, in the manner of its scalar.
fn filter_macro(found: &Diagnostic, documents: &Documents<'_>, text: &str) -> Option<Fix> {
    let (_, node) = documents.get(&found.place.file)?;
    // Another filter macro is called: which of the two names is wrong is a person's decision.
    let help = found.help.as_deref()?;
    if !help.starts_with("end the search with") {
        return None;
    }
    let name = node.get("name")?.as_str()?;
    let call = format!("| `{}`", names::filter_macro(name));
    let search = node.get("search")?;
    let scalar = search.as_scalar()?;
    let span = search.place.span;
    let written = text.get(span.range())?;
    match scalar.style {
        Style::SingleQuoted | Style::DoubleQuoted => {
            let end = span.end as usize - 1;
            Some(Fix::Replace { span: Span::at(end), text: format!(" {call}") })
        }
        Style::Plain => Some(Fix::Replace { span: Span::at(span.end as usize), text: format!(" {call}") }),
        Style::Literal | Style::Folded => {
            let body = written.trim_end();
            let end = span.start as usize + body.len();
            let line = body.lines().last()?;
            let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
            Some(Fix::Replace { span: Span::at(end), text: format!("\n{indent}{call}") })
        }
    }
}

fn file_name(file: FileId, documents: &Documents<'_>) -> Option<Fix> {
    let (kind, node) = documents.get(&file)?;
    // The filter macro is named after the detection's file, so that both must change together.
    (*kind != Kind::Detection)
        .then(|| node.get("name")?.as_str().map(|name| Fix::Rename(names::file_name(name))))
        .flatten()
}

/// The whole line of a list's item, if nothing else stands on it.
fn item_line(span: Span, text: &str) -> Option<Fix> {
    let start = text[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let end = span.end as usize + text[span.end as usize..].find('\n')? + 1;
    let before = text[start..span.start as usize].trim_start();
    let after = text[span.end as usize..end].trim();
    let alone = before.trim_end() == "-" && (after.is_empty() || after.starts_with('#'));
    alone.then(|| Fix::Replace { span: Span::new(start, end), text: String::new() })
}

/// The new texts and names of files: every fix that is offered, but of two that overlap only the first.
#[derive(Debug, Default)]
pub struct Fixed {
    /// New texts.
    pub texts: BTreeMap<FileId, String>,
    /// New names, in the folders of the files.
    pub names: BTreeMap<FileId, String>,
    /// How many findings they are for.
    pub count: usize,
}

/// Collects the fixes of all findings.
pub fn all(findings: &[Diagnostic], pack: &Pack, sources: &Sources) -> Fixed {
    let mut fixed = Fixed::default();
    let documents: Documents<'_> = pack.objects().map(|(kind, object)| (object.file, (kind, &*object.node))).collect();
    let mut changes: BTreeMap<FileId, Vec<(Span, String)>> = BTreeMap::new();
    for found in findings.iter().filter(|found| pack.is_selected(found.place.file)) {
        match of(found, &documents, sources) {
            None => {}
            Some(Fix::Rename(name)) => {
                fixed.names.insert(found.place.file, name);
                fixed.count += 1;
            }
            Some(Fix::Replace { span, text }) => {
                let changes = changes.entry(found.place.file).or_default();
                let overlaps = |other: &Span| span.start < other.end && other.start < span.end;
                if changes.iter().all(|(other, _)| !overlaps(other) && *other != span) {
                    changes.push((span, text));
                    fixed.count += 1;
                }
            }
        }
    }
    for (file, mut changes) in changes {
        changes.sort_by_key(|(span, _)| *span);
        let old = sources.file(file).text();
        let mut text = String::with_capacity(old.len() + 64);
        let mut at = 0;
        for (span, new) in changes {
            text.push_str(&old[at..span.start as usize]);
            text.push_str(&new);
            at = span.end as usize;
        }
        text.push_str(&old[at..]);
        fixed.texts.insert(file, text);
    }
    fixed
}
