//! Lookups that a program computes (`external_cmd`), for the few programs whose work is known and simple.

use crate::lookup::{self as table, Compute, Lookup};
use crate::value::{Name, Value};
use std::collections::HashMap;

/// Programs by name: what they compute.
const PROGRAMS: &[(&str, Compute)] = &[("ut_shannon.py", shannon)];

/// The lookup of a program. `columns` are those of its definition: input, output. `None` if the program is not known, or
/// has other columns.
pub fn lookup(name: &str, program: &str, columns: &[Name]) -> Option<Lookup> {
    let compute = PROGRAMS.iter().find(|(known, _)| *known == program)?.1;
    if columns.len() != 2 {
        return None;
    }
    let mut lookup = Lookup::new(name, table::empty(columns.iter().cloned()));
    lookup.compute = Some(compute);
    Some(lookup)
}

/// The entropy of a word in bits per character, from the frequencies of its characters. Source: URL Toolbox, "Shannon
/// entropy".
fn shannon(word: &Value) -> Value {
    let text = word.to_text();
    let mut counts: HashMap<char, usize> = HashMap::new();
    for character in text.chars() {
        *counts.entry(character).or_default() += 1;
    }
    // The order of a hash map must not show in the last digits.
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    let length = counts.iter().sum::<usize>() as f64;
    let bits = counts.iter().map(|&count| count as f64 / length).map(|share| -share * share.log2()).sum::<f64>();
    // A word of one character has the sum of nothing but zeros, which may be negative.
    Value::Number(bits.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_characters() {
        // Two equal shares are one bit, four are two; 1/4 and 3/4: 0.25 * 2 + 0.75 * log2(4/3).
        for (word, bits) in [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("aaab", 0.811_278_124_459_132_8)]
        {
            let Value::Number(found) = shannon(&Value::from(word)) else { panic!("{word}") };
            assert!((found - bits).abs() < 1e-12, "{word}: {found}");
        }
    }
}
