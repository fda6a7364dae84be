//! `KV_MODE = xml`: elements and attributes of a generic XML document as fields.
//!
//! The path of an element, joined by dots, names its text; `path{@attribute}` names an attribute. Entities are decoded.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Deeper elements are passed over.
const MAX_DEPTH: usize = 100;

/// Calls `found` with each text and attribute, in order. A mistake ends the walk.
pub fn walk(text: &str, mut found: impl FnMut(&str, &str)) {
    let mut reader = Reader::from_str(text);
    let (mut path, mut starts) = (String::new(), Vec::new());
    let mut content = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if starts.len() >= MAX_DEPTH {
                    return;
                }
                flush(&path, &mut content, &mut found);
                starts.push(path.len());
                open(&mut path, &start, &mut found);
            }
            Ok(Event::Empty(start)) => {
                flush(&path, &mut content, &mut found);
                let length = path.len();
                open(&mut path, &start, &mut found);
                path.truncate(length);
            }
            Ok(Event::End(_)) => {
                flush(&path, &mut content, &mut found);
                let Some(length) = starts.pop() else { return };
                path.truncate(length);
            }
            Ok(Event::Text(text)) => content.push_str(&text),
            Ok(Event::CData(text)) => content.push_str(&text),
            Ok(Event::GeneralRef(name)) => match &*name {
                "amp" => content.push('&'),
                "lt" => content.push('<'),
                "gt" => content.push('>'),
                "quot" => content.push('"'),
                "apos" => content.push('\''),
                other => content.extend(character(other)),
            },
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn flush(path: &str, content: &mut String, found: &mut impl FnMut(&str, &str)) {
    let text = content.trim();
    if !text.is_empty() && !path.is_empty() {
        found(path, text);
    }
    content.clear();
}

fn open(path: &mut String, start: &BytesStart<'_>, found: &mut impl FnMut(&str, &str)) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(start.name().as_ref());
    for attribute in start.attributes().flatten() {
        let name = format!("{path}{{@{}}}", attribute.key.as_ref());
        match quick_xml::escape::unescape(&attribute.value) {
            Ok(value) => found(&name, &value),
            Err(_) => found(&name, &attribute.value),
        }
    }
}

/// `#65` or `#x41`.
fn character(reference: &str) -> Option<char> {
    let digits = reference.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    char::from_u32(code.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes() {
        let mut found = Vec::new();
        walk("<?xml version='1.0'?><a k='1&amp;2'><b>x &lt; y</b><b/><c d='3'> </c></a", |name, value| {
            found.push(format!("{name}={value}"));
        });
        assert_eq!(found, ["a{@k}=1&2", "a.b=x < y", "a.c{@d}=3"]);
    }
}
