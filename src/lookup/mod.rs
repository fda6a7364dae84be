//! Lookup tables: rows, and the rules by which they match. The command `lookup` and the automatic lookups of source types
//! both find their rows through a [`Matcher`].

mod matcher;

pub use matcher::Matcher;

use crate::value::{Batch, Column, Name, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// A lookup: its table and its definition. KV stores without a file are tables without rows.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Name of the definition, or of the file.
    pub name: Name,
    /// The rows in file order; every value is text. The columns exist even if there are no rows.
    pub rows: Batch,
    /// How columns match, for those that do not match exactly.
    pub match_types: Vec<(Name, MatchType)>,
    /// Whether the letter case of values counts.
    pub case_sensitive: bool,
    /// With fewer matches than this, every output gets [`Lookup::default_match`].
    pub min_matches: usize,
    /// Take at most so many matches, the first of the table.
    pub max_matches: usize,
    /// What a row gets without enough matches.
    pub default_match: Option<Name>,
    /// For a table of which rows hold at times only.
    pub times: Option<Times>,
    /// Computes the second column from a value of the first, in place of rows.
    pub compute: Option<Compute>,
    /// Why the table has no rows here, though it has some elsewhere: lower case, no final period.
    pub lack: Option<Name>,
    /// What [`Lookup::matcher`] has made.
    pub matchers: Matchers,
}

/// Matchers that were made of a table. A copy of the table may be changed and starts without.
#[derive(Debug, Default)]
pub struct Matchers(Mutex<Vec<(Vec<Name>, Arc<Matcher>)>>);

impl Clone for Matchers {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// From a value of the first column to the value of the second; null if there is none.
pub type Compute = fn(&Value) -> Value;

/// The times at which rows of a table hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// The column with the time of a row.
    pub field: Name,
    /// Its form; `%s.%Q`, seconds since 1970, without one.
    pub format: Option<Name>,
    /// A row holds from so many seconds after its time.
    pub least: f64,
    /// Until so many seconds after its time.
    pub most: f64,
}

/// How a column of a table is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchType {
    /// The cell is the value.
    Exact,
    /// The cell is a pattern with `*`.
    Wildcard,
    /// The cell is an address block.
    Cidr,
}

impl Lookup {
    /// A table with Splunk's default rules: exact, case-sensitive, at most 100 matches, no default.
    pub fn new(name: impl Into<Name>, rows: Batch) -> Self {
        Self {
            name: name.into(),
            rows,
            match_types: Vec::new(),
            case_sensitive: true,
            min_matches: 0,
            max_matches: 100,
            default_match: None,
            times: None,
            compute: None,
            lack: None,
            matchers: Matchers::default(),
        }
    }

    /// Finds rows by these columns; made once, however many searches use the table.
    pub fn matcher(&self, columns: &[Name]) -> Arc<Matcher> {
        let mut made = self.matchers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, matcher)) = made.iter().find(|(known, _)| known == columns) {
            return matcher.clone();
        }
        let rules: Vec<_> = columns.iter().map(|name| (name.clone(), self.match_type(name))).collect();
        let matcher = Arc::new(Matcher::new(&self.rows, &rules, self.case_sensitive));
        made.push((columns.to_vec(), matcher.clone()));
        matcher
    }

    /// How the values of a column are compared.
    pub fn match_type(&self, column: &str) -> MatchType {
        let found = self.match_types.iter().find(|(name, _)| &**name == column);
        found.map_or(MatchType::Exact, |&(_, kind)| kind)
    }
}

/// Reads a match rule as transforms.conf writes it: `WILDCARD(field)`, `CIDR(field)`, `EXACT(field)`. Letter case of the
/// kind does not count; blanks around the parts are allowed. `None` for anything else.
pub fn parse_match_type(text: &str) -> Option<(Name, MatchType)> {
    let (kind, rest) = text.trim().split_once('(')?;
    let field = rest.strip_suffix(')')?.trim();
    let kind = match kind.trim().to_ascii_uppercase().as_str() {
        "EXACT" => MatchType::Exact,
        "WILDCARD" => MatchType::Wildcard,
        "CIDR" => MatchType::Cidr,
        _ => return None,
    };
    (!field.is_empty()).then(|| (Name::from(field), kind))
}

pub use crate::value::csv::{MAX_COLUMNS, MAX_TABLE_BYTES, read as read_csv};

/// A table of columns without rows: a KV store at the start.
pub fn empty(columns: impl IntoIterator<Item = Name>) -> Batch {
    let mut batch = Batch::new(0);
    for name in columns {
        batch.set(name, Column::default());
    }
    batch
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_match_types() {
        assert_eq!(parse_match_type("WILDCARD(a b)"), Some(("a b".into(), MatchType::Wildcard)));
        assert_eq!(parse_match_type(" cidr ( ip ) "), Some(("ip".into(), MatchType::Cidr)));
        for bad in ["", "WILDCARD", "GLOB(x)", "CIDR()", "CIDR(x"] {
            assert_eq!(parse_match_type(bad), None, "{bad}");
        }
    }
}
