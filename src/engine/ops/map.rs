//! `map`: runs a search once per row.
//!
//! `$field$` in the text stands for the row's value, without quotes; the rows of the searches replace the row, in input
//! order. A field that the row lacks is an error, and so is a text that is no search.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::engine::outcome::{Failure, FailureKind};
use crate::value::Batch;

/// At most `max` rows are taken; what is left out is noted.
pub(super) fn open(search: &str, max: usize) -> Box<dyn Stage + '_> {
    Box::new(Whole::new(move |rows: Batch, run: &Run<'_>| {
        let mut result = Batch::new(0);
        for row in 0..rows.rows().min(max) {
            let plan = run.compile(&filled(search, &rows, row)?)?;
            result.append(&run.inner(&plan, None)?);
            run.may_keep(result.rows())?;
        }
        if rows.rows() > max {
            run.note(format!("`map` runs for the first {max} of {} rows", rows.rows()));
        }
        Ok(result)
    }))
}

/// The text with its tokens replaced. A `$` that begins no token stays.
fn filled(search: &str, rows: &Batch, row: usize) -> Result<String, Failure> {
    let mut text = String::new();
    let mut rest = search;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let token = after.split_once('$').filter(|(name, _)| is_token(name));
        let Some((name, more)) = token else {
            text.push('$');
            rest = after;
            continue;
        };
        let value = rows.value(row, name);
        if value.is_null() {
            let text = format!("`map` reads the field `{name}`, which a row lacks");
            return Err(Failure::new(FailureKind::Command, text));
        }
        text.push_str(&value.to_text());
        rest = more;
    }
    text.push_str(rest);
    Ok(text)
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.{}:-".contains(c))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::testing::rows;

    #[test]
    fn tokens_are_replaced() {
        let rows = rows("a=1, b.c=x y");
        let cases = [
            ("search u=$a$ v=\"$b.c$\"", Some("search u=1 v=\"x y\"")),
            ("cost $5 and $a$", Some("cost $5 and 1")),
            ("$", Some("$")),
            ("$missing$", None),
        ];
        for (search, wanted) in cases {
            assert_eq!(filled(search, &rows, 0).ok().as_deref(), wanted, "{search}");
        }
    }
}
