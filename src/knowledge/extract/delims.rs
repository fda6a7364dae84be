//! `DELIMS`: values, or pairs of key and value, between delimiters.
//!
//! Each character of a set is a delimiter. Double quotes protect delimiters and are not part of the value. Without
//! `FIELDS` delimiters in a row count as one; with it each of them ends a column. Blanks around keys and values go.

/// Calls `found` for each column, from 0, with its text. An empty column is passed over.
pub fn columns(text: &str, outer: &[char], mut found: impl FnMut(usize, &str)) {
    for (index, (value, _)) in pieces(text, outer).enumerate() {
        let value = unquote(value.trim());
        if !value.is_empty() {
            found(index, value);
        }
    }
}

/// Calls `found` for each pair. A piece without an inner delimiter is no pair; an empty value is passed on.
pub fn pairs(text: &str, outer: &[char], inner: &[char], mut found: impl FnMut(&str, &str)) {
    for (piece, _) in pieces(text, outer) {
        let Some((key, _)) = pieces(piece, inner).next() else { continue };
        let Some(rest) = piece.get(key.len()..).filter(|rest| !rest.is_empty()) else { continue };
        let value = rest.trim_start_matches(inner).trim();
        let key = unquote(key.trim());
        if !key.is_empty() {
            found(key, unquote(value));
        }
    }
}

/// Pairs by one set: key, value, key, value, ... as `DELIMS = ","` without `FIELDS` has them.
pub fn alternating(text: &str, outer: &[char], mut found: impl FnMut(&str, &str)) {
    let mut pieces = pieces(text, outer).map(|(piece, _)| piece.trim()).filter(|piece| !piece.is_empty());
    while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
        found(unquote(key), unquote(value));
    }
}

/// The texts between delimiters outside of quotes, with their offsets. A backslash protects the next character.
fn pieces<'t>(text: &'t str, delims: &[char]) -> impl Iterator<Item = (&'t str, usize)> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let (mut quoted, mut escaped) = (false, false);
        for (offset, c) in text[start..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                c if !quoted && delims.contains(&c) => {
                    at = Some(start + offset + c.len_utf8());
                    return Some((&text[start..start + offset], start));
                }
                _ => {}
            }
        }
        at = None;
        Some((&text[start..], start))
    })
}

fn unquote(text: &str) -> &str {
    text.strip_prefix('"').map_or(text, |body| body.strip_suffix('"').unwrap_or(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_place() {
        let mut found = Vec::new();
        columns("a,,\"b,c\", d ,", &[','], |index, value| found.push((index, value.to_owned())));
        let expected = [(0, "a"), (2, "b,c"), (3, "d")].map(|(index, value)| (index, value.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn pairs_table() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("a=1, b=\"x, y\", c", &[("a", "1"), ("b", "x, y")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a=\"say \\\"x, y\\\"\", b=2", &[("a", "say \\\"x, y\\\""), ("b", "2")]),
            ("a=,b=2", &[("a", ""), ("b", "2")]),
            ("a.b=\"1", &[("a.b", "1")]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let mut found = Vec::new();
            pairs(text, &[','], &['='], |key, value| found.push((key.to_owned(), value.to_owned())));
            let found: Vec<_> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!(&found, expected, "{text}");
        }
        let mut found = Vec::new();
        alternating("a|1||b|2|c", &['|'], |key, value| found.push(format!("{key}={value}")));
        assert_eq!(found, ["a=1", "b=2"]);
    }
}
