//! The nearest of many names: for "did you mean".

/// A name longer than this (in bytes) has no near one: no name is that long, and the comparison takes time and memory.
const MAX_BYTES: usize = 100;

/// The known name nearest to `name`, if one is near enough to be meant: for "did you mean".
///
/// Letter case is ignored; at most a third of the characters (and at least one) may differ. Ties go to the first in
/// order of `candidates`, so callers pass them in a stable order.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(name, candidates.into_iter().map(|candidate| (Letters::of(candidate), candidate)))
}

/// Many names that others are compared with time and again: finds what [`nearest`] finds, sooner.
#[derive(Debug)]
pub struct Names<'a>(Vec<(Letters, &'a str)>);

impl<'a> FromIterator<&'a str> for Names<'a> {
    fn from_iter<T: IntoIterator<Item = &'a str>>(names: T) -> Self {
        Self(names.into_iter().map(|name| (Letters::of(name), name)).collect())
    }
}

impl<'a> Names<'a> {
    /// The one of these nearest to `name`, as [`nearest`] finds it.
    pub fn nearest(&self, name: &str) -> Option<&'a str> {
        nearest_of(name, self.0.iter().copied())
    }
}

fn nearest_of<'a>(name: &str, candidates: impl Iterator<Item = (Letters, &'a str)>) -> Option<&'a str> {
    if name.len() > MAX_BYTES {
        return None;
    }
    let wanted = name.to_lowercase();
    let letters = Letters::of(&wanted);
    let wanted: Vec<char> = wanted.chars().collect();
    let mut distances = Distances::default();
    let mut found = None;
    let mut limit = (wanted.len() / 3).max(1);
    for (others, candidate) in candidates {
        if letters.least_distance(&others) > limit {
            continue;
        }
        let Some(distance) = distances.within(&wanted, candidate, limit) else { continue };
        found = Some(candidate);
        // A later one has to be nearer than this one.
        let Some(nearer) = distance.checked_sub(1) else { break };
        limit = nearer;
    }
    found
}

/// How often each letter occurs in a text, letter case ignored: tells cheaply that two texts are not near.
#[derive(Clone, Copy, Debug)]
struct Letters([u8; 32]);

impl Letters {
    /// Counts the letters of a text; other characters share what is left.
    fn of(text: &str) -> Self {
        let mut counts = [0u8; 32];
        for byte in text.bytes().filter(|byte| *byte < 0x80) {
            let slot = &mut counts[usize::from(byte.to_ascii_lowercase() & 31)];
            *slot = slot.saturating_add(1);
        }
        Self(counts)
    }

    /// So many edits, at least, lead from one text to the other.
    fn least_distance(&self, other: &Self) -> usize {
        // 32 counts of at most 255 fit.
        let (mut more, mut fewer) = (0u16, 0u16);
        for (a, b) in self.0.iter().zip(&other.0) {
            more += u16::from(a.saturating_sub(*b));
            fewer += u16::from(b.saturating_sub(*a));
        }
        usize::from(more.max(fewer))
    }
}

/// Room for comparisons, used again for each.
#[derive(Debug, Default)]
struct Distances {
    candidate: Vec<char>,
    /// One row per character of the wanted name, and one for none of them.
    cells: Vec<u16>,
    /// The last row in which each character occurred: of ASCII by its code, of others in a list.
    ascii: Vec<u16>,
    others: Vec<(char, u16)>,
}

impl Distances {
    /// The Damerau-Levenshtein distance (characters left out, put in, replaced, or swapped, even with others between
    /// them) between `wanted` and the candidate in lower case, if it is at most `limit`.
    ///
    /// Only cells near the diagonal are computed: whatever is further off than `limit` is out of reach. A row without any
    /// cell in reach ends the comparison, because a swap that skips it costs as much as the path through it.
    fn within(&mut self, wanted: &[char], candidate: &str, limit: usize) -> Option<usize> {
        self.candidate.clear();
        self.candidate.extend(candidate.chars().flat_map(char::to_lowercase));
        let candidate = std::mem::take(&mut self.candidate);
        let found = self.compare(wanted, &candidate, limit);
        self.candidate = candidate;
        found
    }

    fn compare(&mut self, wanted: &[char], candidate: &[char], limit: usize) -> Option<usize> {
        if wanted.len().abs_diff(candidate.len()) > limit {
            return None;
        }
        let width = candidate.len() + 1;
        let out_of_reach = u16::try_from(limit + 1).unwrap_or(u16::MAX);
        self.cells.clear();
        self.cells.resize((wanted.len() + 1) * width, out_of_reach);
        self.ascii.clear();
        self.ascii.resize(128, 0);
        self.others.clear();
        for (column, cell) in self.cells[..width].iter_mut().take(limit + 1).enumerate() {
            *cell = column as u16;
        }
        for (at, &a) in wanted.iter().enumerate() {
            let row = at + 1;
            let mut least = out_of_reach;
            if row <= limit {
                self.cells[row * width] = row as u16;
                least = row as u16;
            }
            // The last column before this one whose character is `a`, from 1; 0 is none.
            let from = row.saturating_sub(limit).max(1);
            let mut same = candidate[..from - 1].iter().rposition(|b| *b == a).map_or(0, |at| at + 1);
            for column in from..=(row + limit).min(candidate.len()) {
                let b = candidate[column - 1];
                let above = (row - 1) * width + column;
                let here = row * width + column;
                let replaced = self.cells[above - 1] + u16::from(a != b);
                let mut best = replaced.min(self.cells[above] + 1).min(self.cells[here - 1] + 1);
                let row_of_b = usize::from(self.last_row(b));
                if row_of_b > 0 && same > 0 {
                    let between = (row - row_of_b - 1) + (column - same - 1) + 1;
                    let swapped = self.cells[(row_of_b - 1) * width + same - 1].saturating_add(between as u16);
                    best = best.min(swapped);
                }
                self.cells[here] = best.min(out_of_reach);
                least = least.min(best);
                if a == b {
                    same = column;
                }
            }
            if least >= out_of_reach {
                return None;
            }
            self.note_row(a, row as u16);
        }
        self.cells.last().map(|distance| usize::from(*distance)).filter(|distance| *distance <= limit)
    }

    fn last_row(&self, c: char) -> u16 {
        match self.ascii.get(c as usize) {
            Some(row) => *row,
            None => self.others.iter().find(|(known, _)| *known == c).map_or(0, |(_, row)| *row),
        }
    }

    fn note_row(&mut self, c: char, row: u16) {
        if let Some(known) = self.ascii.get_mut(c as usize) {
            *known = row;
            return;
        }
        match self.others.iter_mut().find(|(known, _)| *known == c) {
            Some(known) => known.1 = row,
            None => self.others.push((c, row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Distances, Names, nearest};
    use proptest::prelude::*;

    #[test]
    fn the_nearest_name_is_found() {
        for (name, candidates, expected) in [
            ("proces", &["process", "processes"][..], Some("process")),
            ("PROCESS", &["process"], Some("process")),
            // `ab` and `ba` are one swap apart, `abc` and `ca` too, with a letter left out: two.
            ("usre", &["user", "used"], Some("user")),
            // Ties go to the first.
            ("dast", &["dest", "last"], Some("dest")),
            ("x", &["y"], Some("y")),
            ("abc", &["xyz"], None),
            ("process", &[], None),
            ("größe", &["grösse", "größen"], Some("größen")),
        ] {
            assert_eq!(nearest(name, candidates.iter().copied()), expected, "{name}");
        }
        assert_eq!(nearest(&"a".repeat(101), ["a"]), None);
        assert_eq!(["used", "user"].into_iter().collect::<Names<'_>>().nearest("usre"), Some("user"));
    }

    proptest! {
        /// The bounded comparison and strsim's unbounded one agree.
        #[test]
        fn distances_are_those_of_strsim(a in "[abcé_]{0,9}", b in "[abcé_]{0,9}", limit in 0usize..6) {
            let wanted: Vec<char> = a.chars().collect();
            let expected = Some(strsim::damerau_levenshtein(&a, &b)).filter(|distance| *distance <= limit);
            prop_assert_eq!(Distances::default().within(&wanted, &b, limit), expected);
        }
    }
}
