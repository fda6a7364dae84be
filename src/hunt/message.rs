//! Messages with their tokens filled in.

use crate::content::token;
use crate::value::{Batch, Value};

/// The text with every `$field$` replaced by the row's value: values of a multivalue are joined by `, `, line breaks become
/// blanks. `$result.field$` is the same as `$field$`. A token that the row has no value for stays as it is written, so that
/// the reader sees what is missing.
pub(super) fn fill(text: &str, rows: &Batch, row: usize) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut at = 0;
    for (name, span) in token::find(text) {
        let token = span.range();
        filled.push_str(&text[at..token.start]);
        at = token.end;
        let value = match rows.value(row, name) {
            Value::Null => name.strip_prefix("result.").map_or(&Value::Null, |field| rows.value(row, field)),
            value => value,
        };
        match one_line(value) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&text[token]),
        }
    }
    filled.push_str(&text[at..]);
    let words: Vec<&str> = filled.split_whitespace().collect();
    words.join(" ")
}

fn one_line(value: &Value) -> Option<String> {
    let texts: Vec<String> = value.values().iter().map(|value| value.to_text().into_owned()).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::rows;

    #[test]
    fn tokens_are_filled() {
        let mut rows = rows("user=bob, dest=h1");
        rows.set("m", crate::value::Column::new(vec![Value::list(["a".into(), "b".into()])]));
        let table = [
            ("$user$ on $dest$", "bob on h1"),
            ("$result.user$: $m$", "bob: a, b"),
            ("$gone$ costs 5$ on\n  $dest$", "$gone$ costs 5$ on h1"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(fill(text, &rows, 0), expected, "{text}");
        }
    }
}
