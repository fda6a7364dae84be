//! What a test asks for beyond the official rule: a file of its own beside the detections.
//!
//! The official tool refuses keys that it does not know, so expectations stand apart, in the pack's folder
//! `expectations`, in a file named like the detection's:
//!
//! ```yaml
//! - test: True Positive Test   # the test's name; without it, every test of the detection
//!   count: 6                   # exactly so many rows; `min` and `max` for bounds
//!   rows:                      # each of these rows is there, with at least these values
//!   - {dest: win-1, process_name: cmd.exe}
//!   values:                    # all values of a field over all rows, in any order
//!     user: [ann, bob]
//! - test: Quiet Morning
//!   none: true                 # no row at all
//! ```

use crate::value::{Batch, Value};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folder of a pack that holds expectations.
pub const FOLDER: &str = "expectations";

/// What is expected of one test.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Name of the test; none means every test of the detection.
    test: Option<String>,
    /// Exactly so many rows.
    count: Option<usize>,
    /// At least so many rows.
    min: Option<usize>,
    /// At most so many rows.
    max: Option<usize>,
    /// No rows.
    #[serde(default)]
    none: bool,
    /// Rows that are there.
    #[serde(default)]
    rows: Vec<BTreeMap<String, Scalar>>,
    /// All values of a field.
    #[serde(default)]
    values: BTreeMap<String, Vec<Scalar>>,
}

/// A value as YAML has it. Numbers compare by their text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Null(()),
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Scalar>),
}

impl Scalar {
    fn texts(&self) -> Vec<String> {
        match self {
            Self::Null(()) => Vec::new(),
            Self::Bool(value) => vec![value.to_string()],
            Self::Whole(value) => vec![value.to_string()],
            Self::Number(value) => vec![crate::value::number::print(*value)],
            Self::Text(text) => vec![text.clone()],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
        }
    }
}

impl Expectation {
    /// Whether it asks for no rows, so that none is no miss.
    pub fn is_none(&self) -> bool {
        self.none || self.count == Some(0) || self.max == Some(0)
    }

    /// Whether it is about a test of this name.
    pub fn is_for(&self, test: &str) -> bool {
        self.test.as_deref().is_none_or(|name| name == test)
    }

    /// Why the rows are not what is expected, in one line.
    pub fn judge(&self, rows: &Batch) -> Option<String> {
        let found = rows.rows();
        if self.none && found > 0 {
            return Some(format!("no row is expected, the search gives {found}"));
        }
        if let Some(count) = self.count
            && count != found
        {
            return Some(format!("{count} rows are expected, the search gives {found}"));
        }
        if let Some(min) = self.min
            && found < min
        {
            return Some(format!("at least {min} rows are expected, the search gives {found}"));
        }
        if let Some(max) = self.max
            && found > max
        {
            return Some(format!("at most {max} rows are expected, the search gives {found}"));
        }
        self.rows
            .iter()
            .find_map(|row| missing_row(row, rows))
            .or_else(|| self.values.iter().find_map(|(field, values)| other_values(field, values, rows)))
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.values().iter().map(|single| single.to_text().into_owned()).collect()
}

/// The row that has most of what is wanted, and what it lacks.
fn missing_row(wanted: &BTreeMap<String, Scalar>, rows: &Batch) -> Option<String> {
    let differs = |row: usize| -> Vec<&String> {
        let other = |field: &&String| {
            let found: BTreeSet<String> = texts(rows.value(row, field)).into_iter().collect();
            found != wanted[*field].texts().into_iter().collect::<BTreeSet<_>>()
        };
        wanted.keys().filter(other).collect()
    };
    let best = (0..rows.rows()).map(|row| (differs(row), row)).min_by_key(|(differs, _)| differs.len());
    let Some((differs, row)) = best else {
        return Some("an expected row is missing: the search gives none".to_owned());
    };
    let field = differs.first()?;
    let (is, wanted) = (texts(rows.value(row, field)).join(", "), wanted[*field].texts().join(", "));
    Some(format!("an expected row is missing: the nearest has `{is}` in `{field}`, not `{wanted}`"))
}

fn other_values(field: &str, wanted: &[Scalar], rows: &Batch) -> Option<String> {
    let wanted: BTreeSet<String> = wanted.iter().flat_map(Scalar::texts).collect();
    let found: BTreeSet<String> = (0..rows.rows()).flat_map(|row| texts(rows.value(row, field))).collect();
    let list =
        |values: Vec<&String>| values.into_iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    let lacking: Vec<&String> = wanted.difference(&found).collect();
    let surplus: Vec<&String> = found.difference(&wanted).collect();
    match (lacking.is_empty(), surplus.is_empty()) {
        (true, true) => None,
        (false, _) => Some(format!("`{field}` lacks {}", list(lacking))),
        (true, false) => Some(format!("`{field}` also has {}", list(surplus))),
    }
}

/// The file with the expectations of a detection.
pub fn file_of(pack: &Path, detection: &Path) -> PathBuf {
    let name = detection.file_name().map_or_else(Default::default, PathBuf::from);
    pack.join(FOLDER).join(name)
}

/// The expectations of a detection; none if there is no file.
///
/// # Errors
/// The file cannot be read or is no list of expectations; the message names it.
pub fn load(pack: &Path, detection: &Path) -> Result<Vec<Expectation>, String> {
    let path = file_of(pack, detection);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("`{}` cannot be read: {error}", path.display())),
    };
    let unreadable = |error: serde_yaml::Error| {
        let text = error.to_string();
        format!("`{}` is no list of expectations: {}", path.display(), text.lines().next().unwrap_or_default())
    };
    serde_yaml::from_str(&text).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::testing::rows;

    #[test]
    fn rows_are_compared_with_what_is_expected() {
        let cases: [(&str, &str, Option<&str>); 12] = [
            ("count: 2", "d=1\nd=2", None),
            ("count: 1", "d=1\nd=2", Some("1 rows are expected, the search gives 2")),
            ("min: 3", "d=1", Some("at least 3 rows are expected, the search gives 1")),
            ("max: 0", "d=1", Some("at most 0 rows are expected, the search gives 1")),
            ("none: true", "", None),
            ("none: true", "d=1", Some("no row is expected, the search gives 1")),
            ("rows: [{d: 2, e: [x, z]}]", "d=1\nd=2, e=[z; x]", None),
            ("rows: [{d: 3}]", "d=1", Some("an expected row is missing: the nearest has `1` in `d`, not `3`")),
            ("rows: [{d: 3}]", "", Some("an expected row is missing: the search gives none")),
            ("values: {d: [1, 2]}", "d=2\nd=1\nd=1", None),
            ("values: {d: [1, 2]}", "d=2", Some("`d` lacks `1`")),
            ("values: {d: [2]}", "d=2\nd=1", Some("`d` also has `1`")),
        ];
        for (text, found, wanted) in cases {
            let expectation: Expectation = serde_yaml::from_str(text).unwrap();
            assert_eq!(expectation.judge(&rows(found)).as_deref(), wanted, "{text} and {found:?}");
        }
        assert!(serde_yaml::from_str::<Expectation>("cuont: 2").is_err());
    }
}
