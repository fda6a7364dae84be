//! Replaces one scalar of a YAML file by a literal block.

use crate::content::yaml::{Node, Style};

/// The text of a file with the value of its top-level key `search` replaced by a literal block scalar.
///
/// A block keeps its header (with `|` for `>`) and its indentation; for other styles the header is `|-` and the
/// indentation that of the file's other nested lines. Line breaks are those of the file. `Err` says what is in the way.
pub(super) fn replace(text: &str, document: &Node, value: &str) -> Result<String, &'static str> {
    let (Some(key), Some(node)) = (document.key_node("search"), document.get("search")) else {
        return Err("the file has no search");
    };
    let Some(scalar) = node.as_scalar() else { return Err("the search is no text") };
    if !value.chars().all(stands_in_a_block) {
        return Err("the search holds a character that a block scalar cannot hold");
    }
    let start = key.place.span.start as usize;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line_start..start].trim_start_matches('\u{FEFF}');
    if !before.bytes().all(|b| b == b' ') {
        return Err("a value inside braces or with a complex key cannot be a block scalar");
    }
    let span = node.place.span.range();
    let old = text.get(span.clone()).ok_or("the place of the search is not known")?;
    let line_break = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    let mut end = span.end;
    let (header, indent) = match scalar.style {
        Style::Literal | Style::Folded => {
            let (header, body) = old.split_once('\n').ok_or("the search has no line of its own")?;
            let header = header.trim_end_matches('\r').replacen('>', "|", 1);
            (header, indent_of(body).ok_or("the indentation of the search is not known")?)
        }
        Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => {
            let rest = text[span.end..].split('\n').next().unwrap_or_default();
            if !rest.trim().is_empty() {
                return Err("a comment follows the search on its last line");
            }
            // Blanks at the end of the line would become a part of the text.
            end += rest.trim_end_matches('\r').len();
            ("|-".to_owned(), before.len() + habit(text))
        }
    };
    let mut out = String::with_capacity(text.len() + value.len() / 4);
    out.push_str(&text[..span.start]);
    out.push_str(&header);
    for line in value.split('\n') {
        out.push_str(line_break);
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    out.push_str(&text[end..]);
    Ok(out)
}

/// Printable by YAML's rules, and no line break other than `\n`.
fn stands_in_a_block(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => false,
        _ => !c.is_control(),
    }
}

/// Blanks before the first line of a block that holds something.
fn indent_of(body: &str) -> Option<usize> {
    let line = body.lines().find(|line| !line.trim().is_empty())?;
    Some(line.len() - line.trim_start_matches(' ').len())
}

/// How far the file indents a nested line: as its first such line does, else two blanks.
fn habit(text: &str) -> usize {
    let mut lines = text.lines().map(str::trim_end);
    let mut opens = false;
    let found = lines.find_map(|line| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let nested = opens && indent > 0;
        let key = !line.starts_with([' ', '#', '-']);
        opens =
            key && (line.ends_with(':') || line.ends_with(['|', '>']) || line.ends_with("|-") || line.ends_with(">-"));
        nested.then_some(indent)
    });
    found.filter(|indent| (1..=8).contains(indent)).unwrap_or(2)
}
