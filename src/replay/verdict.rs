//! The pass rule of the official test.
//!
//! A test passes if the search gives at least one row, and the rows, looked at in order, come to a good end:
//! - a row that lacks a risk-object field, or holds the text `null` there, fails the test;
//! - a row in which all threat-object fields are filled (neither missing nor `null`) passes it, whatever follows;
//! - at the end, each threat-object field must have been filled in some row.
//!
//! So without threat objects only the first row counts; [`unseen`] says what the official test leaves unseen.
//!
//! A test with an expected number of rows (v6) passes with exactly that many; none expected is a negative test, for
//! which the fields do not matter. Source: contentctl, `DetectionTestingInfrastructure`.

use crate::value::{Batch, Value};

/// How rows compare with what a test asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All as it should be.
    Pass,
    /// No row, though some should be: the trace says where they were lost.
    NoRows,
    /// Why not, in one line: lower case, no final period.
    Fail(String),
}

/// Judges the rows of a search. `risk` and `threat` name the fields of the risk and threat objects.
pub fn judge<'a>(
    rows: &Batch,
    risk: impl IntoIterator<Item = &'a str>,
    threat: impl IntoIterator<Item = &'a str>,
    expected: Option<i64>,
) -> Verdict {
    if let Some(expected) = expected {
        let found = i64::try_from(rows.rows()).unwrap_or(i64::MAX);
        match (expected, found) {
            (0, 0) => return Verdict::Pass,
            (0, _) => return Verdict::Fail(format!("the search gives {}, no row is expected", count(rows.rows()))),
            (_, 0) => return Verdict::NoRows,
            _ if expected != found => {
                return Verdict::Fail(format!("the search gives {}, {expected} expected", count(rows.rows())));
            }
            _ => {}
        }
    }
    if rows.is_empty() {
        return Verdict::NoRows;
    }
    let risk: Vec<&str> = risk.into_iter().collect();
    let threat: Vec<&str> = threat.into_iter().collect();
    for row in 0..rows.rows() {
        if let Some(field) = risk.iter().find(|field| !is_filled(rows.value(row, field))) {
            return Verdict::Fail(missing_risk(rows, field));
        }
        if threat.iter().all(|field| is_filled(rows.value(row, field))) {
            return Verdict::Pass;
        }
    }
    for field in threat {
        if filled(rows, field) == 0 {
            return Verdict::Fail(format!("the threat object `{field}` has no value in any row"));
        }
    }
    Verdict::Pass
}

/// What a passed test leaves unseen: risk objects that later rows lack, one line each.
pub(super) fn unseen<'a>(rows: &Batch, risk: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lacking = risk.into_iter().filter(|field| filled(rows, field) < rows.rows());
    lacking.map(|field| missing_risk(rows, field)).collect()
}

fn missing_risk(rows: &Batch, field: &str) -> String {
    let is_column = (0..rows.rows()).any(|row| !rows.value(row, field).is_null());
    if !is_column {
        let names = rows.columns().filter(|(_, column)| column.values().iter().any(|value| !value.is_null()));
        let near = crate::diag::nearest(field, names.map(|(name, _)| &**name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return format!("the risk object `{field}` is no field of the result{hint}");
    }
    let lacking = rows.rows() - filled(rows, field);
    format!("the risk object `{field}` is missing or `null` in {lacking} of {}", count(rows.rows()))
}

/// In how many rows the field is filled.
fn filled(rows: &Batch, field: &str) -> usize {
    (0..rows.rows()).filter(|&row| is_filled(rows.value(row, field))).count()
}

fn is_filled(value: &Value) -> bool {
    !value.is_null() && *value != Value::from("null")
}

fn count(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::rows;

    #[test]
    fn judges_by_the_official_rule() {
        type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Option<i64>, Verdict);
        let fail = |text: &str| Verdict::Fail(text.to_owned());
        let cases: [Case<'_>; 16] = [
            ("d=1", &[], &[], None, Verdict::Pass),
            ("", &[], &[], None, Verdict::NoRows),
            ("d=1\nd=2", &["d"], &[], None, Verdict::Pass),
            ("d=null\nd=1", &["d"], &[], None, fail("the risk object `d` is missing or `null` in 1 of 2 rows")),
            ("x=2\nd=1", &["d"], &[], None, fail("the risk object `d` is missing or `null` in 1 of 2 rows")),
            // Once a row has everything, the rest does not count.
            ("d=1\nd=null", &["d"], &[], None, Verdict::Pass),
            ("d=1, t=x\nx=2", &["d"], &["t"], None, Verdict::Pass),
            ("d=1\nt=x", &["d"], &["t"], None, fail("the risk object `d` is missing or `null` in 1 of 2 rows")),
            ("d=1, t=x\nd=2, s=y", &["d"], &["t", "s"], None, Verdict::Pass),
            (
                "dest=1",
                &["dst"],
                &[],
                None,
                fail("the risk object `dst` is no field of the result; did you mean `dest`?"),
            ),
            ("d=1\nd=2, t=x", &["d"], &["t"], None, Verdict::Pass),
            ("d=1, t=null", &["d"], &["t"], None, fail("the threat object `t` has no value in any row")),
            ("d=1", &[], &[], Some(0), fail("the search gives 1 row, no row is expected")),
            ("", &[], &[], Some(0), Verdict::Pass),
            ("d=1", &[], &[], Some(2), fail("the search gives 1 row, 2 expected")),
            ("d=null", &["d"], &[], Some(1), fail("the risk object `d` is missing or `null` in 1 of 1 row")),
        ];
        for (text, risk, threat, expected, wanted) in cases {
            let verdict = judge(&rows(text), risk.iter().copied(), threat.iter().copied(), expected);
            assert_eq!(verdict, wanted, "{text:?} with {risk:?} {threat:?} {expected:?}");
        }
    }

    #[test]
    fn says_what_the_rule_leaves_unseen() {
        assert_eq!(
            unseen(&rows("d=1, e=1\ne=2"), ["d", "e"]),
            ["the risk object `d` is missing or `null` in 1 of 2 rows"]
        );
    }
}
