//! Finds the rows of a table that match a combination of values.

use super::MatchType;
use crate::value::address::Block;
use crate::value::{Batch, Name, Pieces, Value, pattern};
use std::borrow::Cow;
use std::collections::HashMap;

/// A table, prepared for one combination of input columns.
#[derive(Debug)]
pub struct Matcher {
    case_sensitive: bool,
    /// Which inputs match exactly; the others are in `loose`, in the same order.
    exact: Vec<usize>,
    /// Rows by the values of the exact columns, ascending. Without exact columns, all rows under the empty key.
    index: HashMap<Vec<u8>, Vec<usize>>,
    loose: Vec<Loose>,
}

/// A column that does not match exactly.
#[derive(Debug)]
struct Loose {
    /// Which input.
    at: usize,
    /// By row.
    cells: Vec<Cell>,
    /// Which rows can match at all; `None` for tables so short that it is as fast to try them.
    pieces: Option<Pieces>,
}

/// Tables with fewer rows are tried row by row.
const MIN_INDEXED: usize = 8;

/// A prepared cell.
#[derive(Debug)]
enum Cell {
    /// Matches nothing: empty, or no address block.
    Nothing,
    Wildcard(Vec<String>),
    Block(Block),
}

impl Cell {
    /// What lies between its wildcards; `None` if it matches nothing.
    fn pieces(&self) -> Option<&[String]> {
        match self {
            Self::Nothing => None,
            Self::Wildcard(parts) => Some(parts),
            Self::Block(_) => Some(&[]),
        }
    }
}

impl Matcher {
    /// Prepares the columns that are matched, each with its rule.
    pub fn new(rows: &Batch, inputs: &[(Name, MatchType)], case_sensitive: bool) -> Self {
        let is_exact = |at: &usize| inputs[*at].1 == MatchType::Exact;
        let (exact, others): (Vec<usize>, Vec<usize>) = (0..inputs.len()).partition(is_exact);
        let mut matcher = Self { case_sensitive, exact, index: HashMap::new(), loose: Vec::new() };
        'rows: for row in 0..rows.rows() {
            let mut key = Vec::new();
            for &at in &matcher.exact {
                let cell = rows.value(row, &inputs[at].0);
                if cell.is_null() {
                    continue 'rows;
                }
                matcher.push(&mut key, cell);
            }
            matcher.index.entry(key).or_default().push(row);
        }
        for at in others {
            let (name, kind) = &inputs[at];
            let cells: Vec<Cell> = (0..rows.rows()).map(|row| matcher.cell(*kind, rows.value(row, name))).collect();
            let pieces = (cells.len() >= MIN_INDEXED).then(|| {
                let rows = (0..).zip(&cells).filter_map(|(row, cell)| Some((row, cell.pieces()?)));
                Pieces::new(rows.map(|(row, pieces)| (row, pieces.iter().map(String::as_str))))
            });
            matcher.loose.push(Loose { at, cells, pieces });
        }
        matcher
    }

    /// The first `most` rows that match, ascending. `values` has one single value per input.
    pub fn find(&self, values: &[&Value], most: usize) -> Vec<usize> {
        let mut key = Vec::new();
        self.exact.iter().for_each(|&at| self.push(&mut key, values[at]));
        let candidates = self.index.get(&key).map_or(&[][..], Vec::as_slice);
        if self.loose.is_empty() {
            return candidates.iter().copied().take(most).collect();
        }
        let texts: Vec<String> =
            self.loose.iter().map(|loose| self.fold(&values[loose.at].to_text()).into_owned()).collect();
        let all_match = |row: &usize| {
            self.loose.iter().zip(&texts).all(|(loose, text)| match &loose.cells[*row] {
                Cell::Nothing => false,
                Cell::Wildcard(parts) => wildcard_matches(parts, text),
                Cell::Block(block) => block.contains_text(text),
            })
        };
        let possible = self.loose.iter().zip(&texts).find_map(|(loose, text)| Some((loose.pieces.as_ref()?, text)));
        let possible = possible.map(|(pieces, text)| {
            let mut rows = Vec::new();
            pieces.possible(text, &mut rows);
            rows
        });
        match possible {
            Some(rows) if rows.len() < candidates.len() => {
                let is_candidate = |row: &usize| self.exact.is_empty() || candidates.binary_search(row).is_ok();
                rows.into_iter().map(|row| row as usize).filter(is_candidate).filter(all_match).take(most).collect()
            }
            _ => candidates.iter().copied().filter(all_match).take(most).collect(),
        }
    }

    fn cell(&self, kind: MatchType, value: &Value) -> Cell {
        let text = value.to_text();
        match kind {
            _ if value.is_null() => Cell::Nothing,
            // A `*` among blocks stands for every address.
            MatchType::Cidr if text.contains('*') => {
                Cell::Wildcard(self.fold(&text).split('*').map(str::to_owned).collect())
            }
            MatchType::Exact | MatchType::Wildcard => {
                Cell::Wildcard(self.fold(&text).split('*').map(str::to_owned).collect())
            }
            MatchType::Cidr => {
                // A single address is a block of one.
                let text = text.trim();
                let bits = if text.contains('/') {
                    ""
                } else if text.contains(':') {
                    "/128"
                } else {
                    "/32"
                };
                Block::parse(&format!("{text}{bits}")).map_or(Cell::Nothing, Cell::Block)
            }
        }
    }

    fn push(&self, key: &mut Vec<u8>, value: &Value) {
        let text = value.to_text();
        let text = self.fold(&text);
        // With its length in front, so that values cannot run into each other.
        key.extend((text.len() as u64).to_le_bytes());
        key.extend(text.as_bytes());
    }

    fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.case_sensitive { Cow::Borrowed(text) } else { Cow::Owned(pattern::fold(text)) }
    }
}

/// Whether a text matches a pattern that was split at its `*`.
fn wildcard_matches(parts: &[String], text: &str) -> bool {
    let Some((first, parts)) = parts.split_first() else { return false };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = memchr::memmem::find(rest.as_bytes(), part.as_bytes()) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Column;

    fn matcher(cells: &[&str], kind: MatchType, case_sensitive: bool) -> Matcher {
        let mut rows = Batch::new(cells.len());
        rows.set("c", Column::new(cells.iter().map(|&cell| cell.into()).collect()));
        Matcher::new(&rows, &[("c".into(), kind)], case_sensitive)
    }

    #[test]
    fn matches_by_the_rule_of_the_column() {
        type Case<'a> = (&'a [&'a str], MatchType, bool, &'a str, &'a [usize]);
        use MatchType::{Cidr, Exact, Wildcard};
        let cases: [Case<'_>; 13] = [
            (&["a", "b", "a"], Exact, true, "a", &[0, 2]),
            (&["a", "b"], Exact, true, "A", &[]),
            (&["a", "b"], Exact, false, "A", &[0]),
            (&["a*"], Exact, true, "ab", &[]),
            (&["*\\temp\\*", "c:*"], Wildcard, false, "C:\\Temp\\a", &[0, 1]),
            (&["*\\temp\\*"], Wildcard, true, "C:\\Temp\\a", &[]),
            (&["plain"], Wildcard, true, "plain", &[0]),
            (&["a*a"], Wildcard, true, "a", &[]),
            (&["10.0.0.0/8", "10.1.0.0/16", "bad"], Cidr, true, "10.1.2.3", &[0, 1]),
            (&["0.0.0.0/0"], Cidr, true, "8.8.8.8", &[0]),
            (&["0.0.0.0/0"], Cidr, true, "::1", &[]),
            (&["fd00::/8"], Cidr, true, "fd12::1", &[0]),
            (&["10.0.0.0/33"], Cidr, true, "10.0.0.0", &[]),
        ];
        for (cells, kind, case_sensitive, value, wanted) in cases {
            let found = matcher(cells, kind, case_sensitive).find(&[&value.into()], 100);
            assert_eq!(found, wanted, "{value} in {cells:?}");
        }
        let long: Vec<String> =
            (0..40).map(|n| format!("*tool{n}*")).chain(["*".to_owned(), "x*".to_owned()]).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        let found = |text: &str| matcher(&long, Wildcard, false).find(&[&text.into()], 100);
        // `tool12` contains `tool1` as well.
        assert_eq!(found("C:\\TOOL12.exe"), [1, 12, 40]);
        assert_eq!(found("x"), [40, 41]);
        assert_eq!(matcher(&["*", "*"], Wildcard, true).find(&[&"x".into()], 1), [0]);
    }
}
