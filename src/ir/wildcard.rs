//! Field names with `*`: matching, and what each `*` caught.
//!
//! `*` stands for any text, the empty text and dots included. A pattern that does not itself begin with `_` never
//! matches an internal field (`_time`, `_raw`). Names are case-sensitive.

use crate::value::Name;
use std::collections::BTreeMap;

/// Whether the name holds a `*`.
pub fn is_pattern(name: &str) -> bool {
    name.contains('*')
}

/// Whether the pattern (or plain name) covers the field.
pub fn matches(pattern: &str, name: &str) -> bool {
    captures(pattern, name).is_some()
}

/// The text that each `*` of the pattern stands for in `name`; none if the name does not match. A `*` takes as little
/// as it can, the last one the rest. Linear in both texts, but for the search of each literal part.
pub fn captures<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let internal = name.starts_with('_') && !pattern.starts_with('_') && is_pattern(pattern);
    if internal { None } else { caught(pattern, name) }
}

/// As [`captures`], for any text: a leading `_` has no meaning.
pub fn caught<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let Some((head, rest)) = pattern.split_once('*') else {
        return (pattern == name).then(Vec::new);
    };
    let mut left = name.strip_prefix(head)?;
    let mut caught = Vec::new();
    let mut rest = rest;
    while let Some((part, more)) = rest.split_once('*') {
        let at = left.find(part)?;
        caught.push(&left[..at]);
        left = &left[at + part.len()..];
        rest = more;
    }
    caught.push(left.strip_suffix(rest)?);
    Some(caught)
}

/// The target pattern with each `*` replaced by the caught text in turn. A target without `*` is taken as it stands;
/// a `*` for which nothing was caught becomes empty.
pub fn fill(target: &str, caught: &[&str]) -> String {
    let mut pieces = caught.iter();
    let mut parts = target.split('*');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        name.push_str(pieces.next().copied().unwrap_or_default());
        name.push_str(part);
    }
    name
}

/// The new name of a field under `rename pattern as target`; none if the pattern does not cover it.
pub fn renamed(pattern: &str, target: &str, name: &str) -> Option<String> {
    captures(pattern, name).map(|caught| fill(target, &caught))
}

/// What is known of fields by name, after a rename. A target loses what it had, even if it is renamed from a field that is
/// not among these.
pub fn rename_keys<T>(fields: BTreeMap<Name, T>, from: &str, to: &str) -> BTreeMap<Name, T> {
    let target = |name: &str| renamed(from, to, name).filter(|target| !target.is_empty()).map(Name::from);
    let mut result = BTreeMap::new();
    let mut moved = Vec::new();
    for (name, value) in fields {
        match target(&name) {
            Some(target) => moved.push((target, value)),
            None if matches(to, &name) => {}
            None => drop(result.insert(name, value)),
        }
    }
    result.extend(moved);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_by_pattern() {
        let rows = [
            ("Processes.*", "*", "Processes.user", Some("user")),
            ("Processes.*", "*", "values(Processes.user)", None),
            ("a*b", "c*d", "a.x.b", Some("c.x.d")),
            ("*:*", "avg_*:*", "in:out", Some("avg_in:out")),
            ("*", "x_*", "_time", None),
            ("_*", "i_*", "_time", Some("i_time")),
            ("A.*", "*", "A.", Some("")),
            ("a", "b", "a", Some("b")),
            ("a", "b", "A", None),
            ("ab*ba", "*", "aba", None),
        ];
        for (pattern, target, name, wanted) in rows {
            assert_eq!(renamed(pattern, target, name).as_deref(), wanted, "{pattern} {name}");
        }
    }
}
