//! Which of many patterns with wildcards a text may match, found in one pass over the text.

use aho_corasick::AhoCorasick;

/// Patterns by a piece of text that stands in whatever matches them: the longest between their wildcards.
#[derive(Debug, Default)]
pub struct Pieces {
    automaton: Option<AhoCorasick>,
    /// The number of the pattern that each piece is of.
    of_piece: Vec<u32>,
    /// Patterns that may match any text.
    others: Vec<u32>,
}

impl Pieces {
    /// From patterns by number, each as the pieces between its wildcards. One without a piece, or with empty ones only, may
    /// match any text.
    pub fn new<'p, P: IntoIterator<Item = &'p str>>(patterns: impl IntoIterator<Item = (u32, P)>) -> Self {
        let (mut texts, mut of_piece, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (number, pieces) in patterns {
            match pieces.into_iter().max_by_key(|piece| piece.len()).filter(|piece| !piece.is_empty()) {
                Some(longest) => {
                    texts.push(longest);
                    of_piece.push(number);
                }
                None => others.push(number),
            }
        }
        if texts.is_empty() {
            return Self { automaton: None, of_piece, others };
        }
        let automaton = AhoCorasick::new(&texts).ok();
        if automaton.is_none() {
            // As if every piece stood in every text.
            others.append(&mut of_piece);
        }
        Self { automaton, of_piece, others }
    }

    /// Adds the numbers of the patterns that the text may match: ascending, each once. Letter case counts.
    pub fn possible(&self, text: &str, found: &mut Vec<u32>) {
        let from = found.len();
        found.extend(&self.others);
        if let Some(automaton) = &self.automaton {
            let hits = automaton.find_overlapping_iter(text);
            found.extend(hits.map(|hit| self.of_piece[hit.pattern().as_usize()]));
        }
        found[from..].sort_unstable();
        let (mut at, mut last) = (0, None);
        found.retain(|number| {
            at += 1;
            at <= from || last.replace(*number) != Some(*number)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    #[test]
    fn patterns_are_found_by_their_longest_piece() {
        let patterns = ["*.exe", "c:*.exe*", "*", "*mm*mimi*", "*mimi*"];
        let pieces = Pieces::new((0..).zip(patterns.iter().map(|pattern| pattern.split('*'))));
        for (text, expected) in [("mimi.exe mimi", &[9, 0, 1, 2, 3, 4][..]), ("mimi", &[9, 2, 3, 4]), ("", &[9, 2])] {
            let mut found = vec![9];
            pieces.possible(text, &mut found);
            assert_eq!(found, expected, "{text}");
        }
    }
}
