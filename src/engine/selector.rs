//! Field names with `*`.
//!
//! `*` stands for any text, also none, and does not match names that begin with `_` unless the pattern does too.
//! Matching is case-sensitive, like field names.

use crate::value::Name;

/// Whether the name is a pattern.
pub(super) fn is_pattern(name: &str) -> bool {
    name.contains('*')
}

/// The texts that the `*` of a pattern stand for in a name, in order; `None` if the name does not match.
///
/// Each `*` but the last takes as little as possible.
pub(super) fn captures<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    if name.starts_with('_') && !pattern.starts_with('_') {
        return None;
    }
    let mut parts = pattern.split('*');
    let mut rest = name.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let middle: Vec<&str> = parts.collect();
    let Some((last, middle)) = middle.split_last() else {
        return rest.is_empty().then_some(found);
    };
    for part in middle {
        let at = rest.find(part)?;
        found.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    found.push(rest.strip_suffix(last)?);
    Some(found)
}

/// Whether a name is the selector's name, or matches its pattern.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    captures(pattern, name).is_some()
}

/// A name with the `*` of `target` replaced by the captured texts, in order; a `*` too many stays.
pub(super) fn fill(target: &str, captured: &[&str]) -> Name {
    let mut parts = target.split('*');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        name.push_str(captured.get(index).copied().unwrap_or("*"));
        name.push_str(part);
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_what_the_stars_stand_for() {
        let cases: [(&str, &str, Option<&[&str]>); 10] = [
            ("a", "a", Some(&[])),
            ("a", "ab", None),
            ("P.*", "P.x.y", Some(&["x.y"])),
            ("P.*", "values(P.x)", None),
            ("*", "anything", Some(&["anything"])),
            ("*", "_time", None),
            ("_*", "_time", Some(&["time"])),
            ("a*b", "ab", Some(&[""])),
            ("*:*", "x:y:z", Some(&["x", "y:z"])),
            ("aa*aa", "aaa", None),
        ];
        for (pattern, name, wanted) in cases {
            assert_eq!(captures(pattern, name).as_deref(), wanted, "{pattern} on {name}");
        }
    }

    #[test]
    fn fills_targets_in_order() {
        assert_eq!(&*fill("c*d*", &["1", "2"]), "c1d2");
        assert_eq!(&*fill("*", &["x"]), "x");
        assert_eq!(&*fill("plain", &["x"]), "plain");
    }
}
