//! What can be wrong with a YAML file, in words.

use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Span};
use granit_parser::{ErrorKind, ScanError};

pub(super) fn syntax(error: &ScanError, text: &str, place: Place) -> Diagnostic {
    let (message, help) = explain(error.kind(), text.get(place.span.range()).unwrap_or_default());
    let diagnostic = Diagnostic::new(codes::YAML_SYNTAX, message.unwrap_or_else(|| error.info()), place);
    let diagnostic = match (error.kind(), missing_quote(text, place.span.start as usize)) {
        (ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar, Some(at)) => {
            let place = Place { span: Span::at(at), ..place };
            diagnostic.related(place, "or the closing quote is missing here: the next line looks like a key")
        }
        _ => diagnostic,
    };
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Where the closing quote of a value is missing, if the value that ends before `at` has swallowed a key: at the end of
/// the line before the first line that begins like the line of the value's own key.
fn missing_quote(text: &str, at: usize) -> Option<usize> {
    let key = |line: &str| -> Option<(usize, usize)> {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let name = line[indent..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))?;
        let colon = indent + name;
        (name > 0 && line[colon..].starts_with(':') && !line[colon + 1..].starts_with(|c: char| c != ' ' && c != '\r'))
            .then_some((indent, colon + 1))
    };
    let mut ends = Vec::new();
    let mut end = text.get(..at)?.len();
    let mut swallowed = None;
    // From the line of the problem upwards: the nearest key whose value begins with a quote is that of the value.
    while end > 0 {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let line = &text[start..end];
        if let Some((indent, value)) = key(line) {
            let value = line[value..].trim_start();
            // The quote that ends the value may be the one that begins the value of a key which it has swallowed.
            let ends_here = end == at && value.chars().filter(|c| "\"'".contains(*c)).count() == 1;
            if value.starts_with(['"', '\'']) && !ends_here {
                swallowed = ends.iter().rev().find(|(other, _)| *other == indent).map(|(_, end)| *end);
                break;
            }
            ends.push((indent, text[..start].trim_end().len()));
        }
        end = start.saturating_sub(1);
    }
    swallowed
}

/// A message in place of the parser's own where that would puzzle an author, and the next action.
fn explain(kind: &ErrorKind, found: &str) -> (Option<String>, Option<&'static str>) {
    let message = |message: &str| Some(message.to_owned());
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => (message("a tab is used as indentation"), Some("indent with spaces")),
        ErrorKind::MappingValueNotAllowed => (
            message("a second `: ` stands in a value without quotes"),
            Some("put the value in single quotes, or write it as a block after `|-`"),
        ),
        ErrorKind::InvalidBlockScalarHeader => (
            message("text follows `|` or `>` on the same line"),
            Some("put the text on the lines below, indented; or put the whole value in single quotes"),
        ),
        ErrorKind::InvalidBlockScalarIndent => {
            (message("a line of the block is indented differently"), Some("indent all lines of the block alike"))
        }
        ErrorKind::UnexpectedCharacter { .. } if matches!(found, "`" | "@" | "%") => {
            (Some(format!("a value without quotes begins with `{found}`")), Some("put the value in single quotes"))
        }
        ErrorKind::UnclosedQuotedScalar => (message("a quote is not closed"), Some("close the quote")),
        ErrorKind::InvalidQuotedScalarIndent => (
            message("a line of a quoted value is not indented"),
            Some("close the quote, or indent the line deeper than its key"),
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            (message("text follows the closing quote"), Some("write a single quote inside single quotes twice: `''`"))
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            message("text follows the closing quote"),
            Some("write a double quote inside double quotes as `\\\"`, or use single quotes around the value"),
        ),
        ErrorKind::UnknownQuotedScalarEscape => (
            message("a backslash in double quotes begins no known escape"),
            Some("double the backslash, or use single quotes, where a backslash is an ordinary character"),
        ),
        ErrorKind::ExpectedBlockMappingKey => {
            (message("expected a key at this indentation"), Some("indent the line like the keys around it"))
        }
        ErrorKind::SimpleKeyExpected => {
            (message("expected `:` after a key"), Some("write `key: value`, or indent the line to continue the value"))
        }
        ErrorKind::UnknownAnchor => (message("an alias names an anchor that is not defined above"), None),
        _ => (None, None),
    }
}

pub(super) fn too_deep(place: Place) -> Diagnostic {
    let limit = super::compose::MAX_DEPTH;
    Diagnostic::new(codes::YAML_LIMIT, format!("lists and mappings nest deeper than {limit} levels"), place)
        .label("one level too many")
}

pub(super) fn too_many_nodes(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_LIMIT, "the file holds too many values once its aliases are resolved", place)
        .label("the limit is reached here")
        .help("write the values out, or split the file")
}

pub(super) fn too_large(place: Place, bytes: u64) -> Diagnostic {
    let limit = super::MAX_FILE_BYTES >> 20;
    Diagnostic::new(codes::YAML_LIMIT, format!("the file has {bytes} bytes, more than {limit} MiB"), place)
}

pub(super) fn several_documents(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_SEVERAL_DOCUMENTS, "the file holds more than one YAML document", place)
        .label("the second begins here")
        .help("move each document to a file of its own")
}

pub(super) fn empty(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_EMPTY, "the file is empty or holds only comments", place)
}

pub(super) fn duplicate_key(name: &str, place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_DUPLICATE_KEY, format!("key `{name}` occurs twice in one mapping"), place)
        .label("this value is used")
        .related(first, "this value is ignored")
        .help("remove one of the two")
}

pub(super) fn key_is_no_scalar(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_SYNTAX, "a list or mapping is used as a key", place)
        .help("put quotes around a key or value that begins with `[` or `{`")
}

pub(super) fn alias_to_itself(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_SYNTAX, "an alias stands inside the value that it names", place)
}

pub(super) fn merge_of_no_mapping(place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_SYNTAX, "`<<` merges something that is no mapping", place)
        .help("name a mapping, or a list of mappings, after `<<`")
}

pub(super) fn unknown_tag(tag: &str, place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_UNKNOWN_TAG, format!("tag `{tag}` is not supported"), place)
        .help("remove the tag; put the value in quotes if it begins with `!`")
}

pub(super) fn tag_mismatch(tag: &str, place: Place) -> Diagnostic {
    Diagnostic::new(codes::YAML_UNKNOWN_TAG, format!("the value does not fit its tag `{tag}`"), place)
        .help("remove the tag")
}
