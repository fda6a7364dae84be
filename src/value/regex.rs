//! Regular expressions of Splunk: PCRE2, bounded.
//!
//! Patterns come from strangers and subjects from attackers, so every match has a limit on its steps. A subject on
//! which the limit is exceeded counts as not matching, and the pattern remembers that it happened
//! ([`Regex::exceeded_limit`]).

mod prefix;

use memchr::memmem::Finder;
use pcre2::bytes::{CaptureLocations, Regex as Pcre, RegexBuilder};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// Steps that one match may take; PCRE2 takes the lower of this and a limit that the pattern itself sets.
const LIMITS: &str = "(*LIMIT_MATCH=1000000)(*LIMIT_DEPTH=100000)(*LIMIT_HEAP=65536)";

/// Longest pattern that is compiled, in bytes.
const MAX_PATTERN: usize = 64 * 1024;

/// A PCRE2 pattern, compiled. Cheap to clone; case-sensitive and unanchored unless the pattern says otherwise.
#[derive(Clone)]
pub struct Regex(Arc<Inner>);

struct Inner {
    pattern: String,
    /// The pattern means something for bytes: without characters beyond ASCII in it.
    has_ascii: bool,
    /// For subjects of ASCII characters only, where bytes are characters and need no validation. As the other, it is
    /// compiled to machine code when the first subject comes: most patterns of a pack are only checked.
    ascii: OnceLock<Option<Pcre>>,
    /// For all other subjects.
    unicode: OnceLock<Option<Pcre>>,
    groups: Vec<(usize, Arc<str>)>,
    exceeded: AtomicBool,
    /// Text with which every hit begins: most subjects lack it, and it is found much faster than the pattern.
    prefix: Option<Finder<'static>>,
    /// Room for the groups of a hit, to be used again: making it costs more than most matches.
    rooms: [Rooms; 2],
}

/// Rooms of the ASCII pattern and of the other one are different.
type Rooms = Mutex<Vec<CaptureLocations>>;

/// Rooms that are kept; more are needed only while more threads match at the same time.
const MAX_ROOMS: usize = 64;

/// Why a pattern cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexError {
    /// What is wrong: lower case, no period.
    pub message: String,
    /// Byte of the pattern at which it was noticed: often just after the mistake.
    pub offset: usize,
}

impl std::fmt::Display for RegexError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for RegexError {}

impl Regex {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        if pattern.len() > MAX_PATTERN {
            let message = format!("the pattern is longer than {MAX_PATTERN} bytes");
            return Err(RegexError { message, offset: MAX_PATTERN });
        }
        let bytes = if pattern.is_ascii() { compile(pattern, false, false).ok() } else { None };
        let has_ascii = bytes.is_some();
        let checked = bytes.map_or_else(|| compile(pattern, true, false), Ok)?;
        let names = checked.capture_names().to_vec();
        let groups = names.into_iter().enumerate().filter_map(|(at, name)| Some((at, Arc::from(name?)))).collect();
        let prefix = prefix::of(pattern).map(|text| Finder::new(&text).into_owned());
        let (pattern, exceeded) = (pattern.to_owned(), AtomicBool::new(false));
        let (ascii, unicode, rooms) = (OnceLock::new(), OnceLock::new(), Default::default());
        Ok(Self(Arc::new(Inner { pattern, has_ascii, ascii, unicode, groups, exceeded, prefix, rooms })))
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0.pattern
    }

    /// The named groups: number and name, ascending by number. With `(?J)` a name may occur more than once.
    pub fn groups(&self) -> &[(usize, Arc<str>)] {
        &self.0.groups
    }

    /// Whether some subject so far took more steps than allowed and was therefore taken as not matching.
    pub fn exceeded_limit(&self) -> bool {
        self.0.exceeded.load(Ordering::Relaxed)
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        let Some(from) = self.first_place(text, 0) else { return false };
        let Some((regex, _)) = self.pick(text) else { return false };
        self.settle(regex.is_match_at(text.as_bytes(), from)).unwrap_or(false)
    }

    /// The first hit, in bytes of the text.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        let from = self.first_place(text, 0)?;
        let found = self.settle(self.pick(text)?.0.find_at(text.as_bytes(), from))??;
        Some(found.start()..found.end())
    }

    /// The first hit with its groups.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        let mut hits = self.captures_iter(text);
        hits.advance()?;
        Some(std::mem::take(&mut hits.hit))
    }

    /// All hits with their groups, from left to right, not overlapping. Ends early if a match exceeds its limit.
    pub fn captures_iter<'t>(&self, text: &'t str) -> CapturesIter<'t> {
        CapturesIter {
            regex: self.clone(),
            is_ascii: None,
            room: None,
            at: 0,
            last_end: None,
            done: false,
            hit: Captures { text, groups: Vec::new() },
        }
    }

    /// Replaces every hit. In the replacement `\0` is the whole hit and `\1` to `\9` are groups, empty where a group
    /// took no part; any other `\x` stays as written. The text comes back unchanged if there is no hit.
    pub fn replace_all(&self, text: &str, replacement: &str) -> String {
        self.replace_some(text, replacement, |_| true)
    }

    /// As [`Regex::replace_all`], for the hits whose number, from 1, is wanted.
    pub fn replace_some(&self, text: &str, replacement: &str, wanted: impl Fn(usize) -> bool) -> String {
        let mut result = String::with_capacity(text.len());
        let mut copied = 0;
        for (index, hit) in self.captures_iter(text).enumerate() {
            if !wanted(index + 1) {
                continue;
            }
            let whole = hit.range();
            result.push_str(text.get(copied..whole.start).unwrap_or_default());
            expand(&hit, replacement, &mut result);
            copied = whole.end;
        }
        result.push_str(text.get(copied..).unwrap_or_default());
        result
    }

    /// The first place from `at` on where a hit can begin.
    fn first_place(&self, text: &str, at: usize) -> Option<usize> {
        match &self.0.prefix {
            Some(prefix) => Some(at + prefix.find(text.as_bytes().get(at..)?)?),
            None => (at <= text.len()).then_some(at),
        }
    }

    fn pick(&self, text: &str) -> Option<(&Pcre, &Rooms)> {
        self.pick_for(text.is_ascii())
    }

    fn pick_for(&self, is_ascii: bool) -> Option<(&Pcre, &Rooms)> {
        let [for_ascii, for_others] = &self.0.rooms;
        let ascii = is_ascii && self.0.has_ascii;
        let (compiled, rooms) = if ascii { (&self.0.ascii, for_ascii) } else { (&self.0.unicode, for_others) };
        Some((compiled.get_or_init(|| compile(&self.0.pattern, !ascii, true).ok()).as_ref()?, rooms))
    }

    /// A match error is a limit exceeded (or memory refused): no match, remembered.
    fn settle<T>(&self, result: Result<T, pcre2::Error>) -> Option<T> {
        if result.is_err() {
            self.0.exceeded.store(true, Ordering::Relaxed);
        }
        result.ok()
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.0.pattern == other.0.pattern
    }
}

impl Eq for Regex {}

impl std::fmt::Debug for Regex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Regex").field(&self.0.pattern).finish()
    }
}

/// To machine code if it is `used`.
fn compile(pattern: &str, unicode: bool, used: bool) -> Result<Pcre, RegexError> {
    let limited = format!("{LIMITS}{pattern}");
    RegexBuilder::new().utf(unicode).jit_if_available(used).build(&limited).map_err(|error| {
        let text = error.to_string();
        // The library's text is "PCRE2: error compiling pattern at offset N: message".
        let message = text.split_once("offset ").and_then(|(_, rest)| rest.split_once(": "));
        RegexError {
            message: message.map_or(text.as_str(), |(_, message)| message).to_owned(),
            offset: error.offset().unwrap_or_default().saturating_sub(LIMITS.len()).min(pattern.len()),
        }
    })
}

fn expand(hit: &Captures<'_>, replacement: &str, result: &mut String) {
    let mut rest = replacement;
    while let Some((head, tail)) = rest.split_once('\\') {
        result.push_str(head);
        match tail.chars().next() {
            Some(digit) if digit.is_ascii_digit() => {
                result.push_str(hit.get(digit as usize - '0' as usize).unwrap_or_default());
                rest = &tail[1..];
            }
            Some('\\') => {
                result.push('\\');
                rest = &tail[1..];
            }
            _ => {
                result.push('\\');
                rest = tail;
            }
        }
    }
    result.push_str(rest);
}

/// One hit with its groups.
#[derive(Clone, Debug, Default)]
pub struct Captures<'t> {
    text: &'t str,
    groups: Vec<Option<(usize, usize)>>,
}

impl<'t> Captures<'t> {
    /// The text of a group, 0 being the whole hit; `None` if there is no such group or it took no part in the hit.
    pub fn get(&self, group: usize) -> Option<&'t str> {
        let (start, end) = self.groups.get(group).copied().flatten()?;
        self.text.get(start..end)
    }

    /// Where the hit stands in the text, in bytes.
    pub fn range(&self) -> Range<usize> {
        let (start, end) = self.groups.first().copied().flatten().unwrap_or_default();
        start..end.max(start)
    }

    /// Where a group stands in the text, in bytes.
    pub fn group_range(&self, group: usize) -> Option<Range<usize>> {
        self.groups.get(group).copied().flatten().map(|(start, end)| start..end.max(start))
    }
}

/// Iterates over hits; see [`Regex::captures_iter`].
pub struct CapturesIter<'t> {
    regex: Regex,
    /// Whether the text is; found out when it matters, and only once.
    is_ascii: Option<bool>,
    room: Option<CaptureLocations>,
    at: usize,
    last_end: Option<usize>,
    done: bool,
    hit: Captures<'t>,
}

impl<'t> CapturesIter<'t> {
    /// The next hit, without the copy that `next` makes.
    pub fn advance(&mut self) -> Option<&Captures<'t>> {
        let text = self.hit.text;
        while !self.done {
            let Some((start, end)) = self.find() else {
                self.done = true;
                break;
            };
            if start == end {
                // Go on behind the next character, so that the end is reached.
                self.at = end + text.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                if self.last_end == Some(end) {
                    continue;
                }
            } else {
                self.at = end;
            }
            self.last_end = Some(end);
            return Some(&self.hit);
        }
        None
    }

    /// The place of the first hit from where the iteration stands; its groups are in `hit`.
    fn find(&mut self) -> Option<(usize, usize)> {
        let text = self.hit.text;
        let from = self.regex.first_place(text, self.at)?;
        let is_ascii = *self.is_ascii.get_or_insert_with(|| text.is_ascii());
        let (pcre, rooms) = self.regex.pick_for(is_ascii)?;
        let room = self.room.get_or_insert_with(|| {
            let used = rooms.try_lock().ok().and_then(|mut rooms| rooms.pop());
            used.unwrap_or_else(|| pcre.capture_locations())
        });
        let found = self.regex.settle(pcre.captures_read_at(room, text.as_bytes(), from))??;
        let place = (found.start(), found.end().max(found.start()));
        self.hit.groups.clear();
        self.hit.groups.extend((0..room.len()).map(|group| room.get(group)));
        Some(place)
    }
}

impl<'t> Iterator for CapturesIter<'t> {
    type Item = Captures<'t>;

    fn next(&mut self) -> Option<Captures<'t>> {
        self.advance().cloned()
    }
}

impl Drop for CapturesIter<'_> {
    fn drop(&mut self) {
        if let (Some(room), Some(is_ascii)) = (self.room.take(), self.is_ascii)
            && let Some((_, rooms)) = self.regex.pick_for(is_ascii)
            && let Ok(mut rooms) = rooms.try_lock()
            && rooms.len() < MAX_ROOMS
        {
            rooms.push(room);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn matches_in_ascii_and_beyond() {
        let rows = [
            ("b", "abc", true),
            ("(?i)B", "abc", true),
            ("^.$", "é", true),
            ("^..$", "é", false),
            (r"^\x{e9}$", "é", true),
            (r"\x{202E}", "plain", false),
            ("é", "cafe", false),
            ("", "", true),
            (r"(?<=a)b(?!c)", "abd", true),
            (r"(a)\1", "xaax", true),
        ];
        for (pattern, text, wanted) in rows {
            assert_eq!(Regex::new(pattern).unwrap().is_match(text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn names_groups_and_iterates() {
        let regex = Regex::new(r"id=(?<i>\d)(?:-(?P<rest>\w+))?").unwrap();
        assert_eq!(regex.groups(), [(1, Arc::from("i")), (2, Arc::from("rest"))]);
        let hits: Vec<_> = regex.captures_iter("id=7 id=9-x").map(|hit| (hit.get(1), hit.get(2))).collect();
        assert_eq!(hits, [(Some("7"), None), (Some("9"), Some("x"))]);
        let empty = Regex::new("x*").unwrap();
        let ranges: Vec<_> = empty.captures_iter("éxb").map(|hit| hit.range()).collect();
        assert_eq!(ranges, [0..0, 2..3, 4..4]);
    }

    #[test]
    fn replaces() {
        let rows = [
            ("[0-9]", "a1b2", "#", "a#b#"),
            (r"(\d+)-(\d+)", "2025-01", r"\2/\1", "01/2025"),
            ("x", "abc", "y", "abc"),
            ("b", "abc", r"\\\d", r"a\\dc"),
            ("", "ab", "-", "-a-b-"),
        ];
        for (pattern, text, replacement, wanted) in rows {
            assert_eq!(Regex::new(pattern).unwrap().replace_all(text, replacement), wanted, "{pattern}");
        }
    }

    #[test]
    fn names_the_place_of_a_mistake() {
        let error = Regex::new("ab(c").unwrap_err();
        assert_eq!((error.message.as_str(), error.offset), ("missing closing parenthesis", 4));
        assert!(Regex::new(&"a".repeat(MAX_PATTERN + 1)).is_err());
    }

    #[test]
    fn bounds_a_hostile_pattern() {
        let regex = Regex::new(r"^(a+)+$").unwrap();
        let started = std::time::Instant::now();
        assert!(!regex.is_match(&format!("{}b", "a".repeat(4000))));
        assert!(started.elapsed().as_secs() < 5);
        let nested = Regex::new(&"(".repeat(5000));
        assert!(nested.is_err());
    }
}
