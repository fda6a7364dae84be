//! Rows for tests, written as SPL people write them.
#![allow(clippy::unwrap_used)]

use crate::value::{Batch, Column, Name, Value, number};

/// Rows from lines such as `a=1, b=[x; y], c=text with blanks`. Numbers stay text, as in events, but for `_time`.
pub(crate) fn rows(text: &str) -> Batch {
    let mut batch = Batch::new(0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut row = Batch::new(1);
        for field in line.split(", ").filter(|field| *field != "-") {
            let (name, value) = field.split_once('=').unwrap();
            row.set(Name::from(name), Column::new(vec![value_of(name, value)]));
        }
        batch.append(&row);
    }
    batch
}

fn value_of(name: &str, text: &str) -> Value {
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return Value::list(inner.split("; ").map(Value::from));
    }
    match number::parse(text) {
        Some(number) if name == "_time" => Value::Number(number),
        _ => Value::from(text),
    }
}

/// The rows as text, one line each; nulls are left out, a row without fields is `-`.
pub(crate) fn print(batch: &Batch) -> String {
    let mut text = String::new();
    for row in 0..batch.rows() {
        let fields: Vec<String> = batch
            .columns()
            .filter_map(|(name, column)| match &column.values()[row] {
                Value::Null => None,
                Value::List(values) => {
                    let values: Vec<_> = values.iter().map(Value::to_text).collect();
                    Some(format!("{name}=[{}]", values.join("; ")))
                }
                value => Some(format!("{name}={}", value.to_text())),
            })
            .collect();
        let line = if fields.is_empty() { "-".to_owned() } else { fields.join(", ") };
        text.push_str(&line);
        text.push('\n');
    }
    text
}
