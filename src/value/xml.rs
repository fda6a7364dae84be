//! Paths into XML texts, for `spath`.

use super::json::{Path, Segment};
use quick_xml::events::{BytesStart, Event};

/// The texts of the XML elements or attributes at a path, in document order. `{n}` counts elements of one name under
/// one parent from 1. Ends at the first thing that is no XML.
pub fn find(text: &str, path: &Path) -> Vec<String> {
    let (keys, attribute) = match path.0.split_last() {
        Some((Segment::Attribute(name), keys)) => (keys, Some(name)),
        _ => (path.0.as_slice(), None),
    };
    // Pairs of an element's name and the index wanted.
    let mut wanted: Vec<(&str, Option<i64>)> = Vec::new();
    for segment in keys {
        match (segment, wanted.last_mut()) {
            (Segment::Key(key), _) => wanted.push((key, None)),
            (Segment::Element(at), Some(last)) => last.1 = Some(*at),
            _ => {}
        }
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut reader = quick_xml::Reader::from_str(text);
    let mut found = Vec::new();
    // Of each open element: whether it and all around it are as wanted, and how many children of the next wanted name
    // it has had.
    let mut open: Vec<(bool, i64)> = vec![(true, 0)];
    let mut collected: Option<String> = None;
    let fits = |open: &mut Vec<(bool, i64)>, start: &BytesStart<'_>| {
        let depth = open.len() - 1;
        let Some((inside, count)) = open.last_mut() else { return false };
        let Some((name, index)) = wanted.get(depth) else { return false };
        if !*inside || start.local_name().as_ref() != *name && start.name().as_ref() != *name {
            return false;
        }
        *count += 1;
        index.is_none_or(|index| index == *count)
    };
    let value_of = |start: &BytesStart<'_>, name: &str| {
        let attribute = start.try_get_attribute(name).ok().flatten()?;
        let raw = attribute.value.to_string();
        Some(quick_xml::escape::unescape(&raw).map_or(raw.clone(), std::borrow::Cow::into_owned))
    };
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                let fits = fits(&mut open, &start);
                if fits && open.len() == wanted.len() {
                    match attribute {
                        Some(name) => found.extend(value_of(&start, name)),
                        None => collected = Some(String::new()),
                    }
                }
                open.push((fits, 0));
            }
            Event::Empty(start) => {
                let fits = fits(&mut open, &start);
                if fits && open.len() == wanted.len() {
                    found.extend(attribute.and_then(|name| value_of(&start, name)));
                }
            }
            Event::End(_) => {
                open.pop();
                if open.len() == wanted.len()
                    && let Some(text) = collected.take()
                {
                    found.push(text.trim().to_owned());
                }
                if open.is_empty() {
                    break;
                }
            }
            Event::Text(piece) => {
                if let Some(text) = &mut collected {
                    text.push_str(&piece);
                }
            }
            Event::CData(piece) => {
                if let Some(text) = &mut collected {
                    text.push_str(&piece);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(text) = &mut collected {
                    let raw = format!("&{};", &*reference);
                    let plain = quick_xml::escape::unescape(&raw).map(std::borrow::Cow::into_owned);
                    text.push_str(&plain.unwrap_or(raw));
                }
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_texts_and_attributes() {
        let text = "<r><a n=\"1\">x</a><a n='2'>y&amp;z</a><b><c/><c k=\"v\"/></b></r>";
        let rows = [
            ("r.a", "x|y&z"),
            ("r.a{2}", "y&z"),
            ("r.a{@n}", "1|2"),
            ("r.a{1}{@n}", "1"),
            ("r.b.c{@k}", "v"),
            ("a", ""),
            ("r.x", ""),
        ];
        for (path, wanted) in rows {
            assert_eq!(find(text, &Path::parse(path)).join("|"), wanted, "{path}");
        }
        assert!(find("<a><b></a>", &Path::parse("a.b")).is_empty());
    }
}
