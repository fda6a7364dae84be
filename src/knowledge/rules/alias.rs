//! `FIELDALIAS`: further names for fields.

use crate::knowledge::transforms::names;
use crate::value::{Batch, Column, Name, Value};

/// `source AS target`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::knowledge) struct Pair {
    pub(in crate::knowledge) source: Name,
    pub(in crate::knowledge) target: Name,
    /// `ASNEW`: only where the target has no value. Otherwise the target becomes what the source is, nothing included.
    pub(in crate::knowledge) only_new: bool,
}

/// Reads `a AS b, "c d" ASNEW e f AS g`: commas are optional. `None` if it is not of that form.
pub(in crate::knowledge) fn read(text: &str) -> Option<Vec<Pair>> {
    let words = names(text);
    let mut pairs = Vec::new();
    for triple in words.chunks(3) {
        let [source, keyword, target] = triple else { return None };
        let only_new = match keyword.to_ascii_lowercase().as_str() {
            "as" => false,
            "asnew" => true,
            _ => return None,
        };
        pairs.push(Pair { source: source.clone(), target: target.clone(), only_new });
    }
    (!pairs.is_empty()).then_some(pairs)
}

/// Carries out the wanted pairs of one class; they do not see each other's results.
pub(super) fn run(pairs: &[Pair], wanted: impl Fn(&str) -> bool, batch: &mut Batch) {
    let made: Vec<(&Name, Option<Column>)> = pairs
        .iter()
        .filter(|pair| wanted(&pair.target))
        .map(|pair| {
            let source = batch.column(&pair.source);
            if !pair.only_new {
                return (&pair.target, source.cloned());
            }
            let Some(old) = batch.column(&pair.target) else { return (&pair.target, source.cloned()) };
            let Some(source) = source else { return (&pair.target, Some(old.clone())) };
            let choose = |(old, new): (&Value, &Value)| if old.is_null() { new.clone() } else { old.clone() };
            (&pair.target, Some(Column::new(old.values().iter().zip(source.values()).map(choose).collect())))
        })
        .collect();
    for (target, column) in made {
        match column {
            Some(column) => batch.set(target.clone(), column),
            None => {
                batch.remove(target);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pairs_are_read() {
        let pairs = read("a AS b, \"c d\" ASNEW e f as g").unwrap();
        let shown: Vec<String> = pairs.iter().map(|p| format!("{}>{} {}", p.source, p.target, p.only_new)).collect();
        assert_eq!(shown, ["a>b false", "c d>e true", "f>g false"]);
        assert!(read("a AS").is_none() && read("a b c").is_none() && read("").is_none());
    }

    #[test]
    fn a_missing_source_removes_the_target() {
        let row = |a: Value, b: Value| {
            let mut batch = Batch::new(1);
            batch.set("a", Column::new(vec![a]));
            batch.set("b", Column::new(vec![b]));
            batch
        };
        let table = [
            ("a AS b", Value::from("1"), Value::from("2"), Value::from("1")),
            ("a AS b", Value::Null, Value::from("2"), Value::Null),
            ("x AS b", Value::from("1"), Value::from("2"), Value::Null),
            ("a ASNEW b", Value::from("1"), Value::from("2"), Value::from("2")),
            ("a ASNEW b", Value::from("1"), Value::Null, Value::from("1")),
            ("x ASNEW b", Value::from("1"), Value::from("2"), Value::from("2")),
            // The two of one class do not see each other.
            ("x AS a a AS b", Value::from("1"), Value::from("2"), Value::from("1")),
        ];
        for (text, a, b, expected) in table {
            let mut batch = row(a, b);
            run(&read(text).unwrap(), |_| true, &mut batch);
            assert_eq!(batch.value(0, "b"), &expected, "{text}");
        }
    }
}
