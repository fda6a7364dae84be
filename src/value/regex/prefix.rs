//! The plain text with which every hit of a pattern begins, as far as that can be told without understanding all of it.
//!
//! Careful rather than clever: a pattern with anything unusual has no prefix, and is searched for as it is.

/// The bytes with which every hit begins; `None` if there are none, or fewer than two. ASCII only.
pub(super) fn of(pattern: &str) -> Option<Vec<u8>> {
    let body = without_flags(pattern)?;
    if !pattern.is_ascii() || is_unusual(body) || has_alternatives(body)? {
        return None;
    }
    let mut text = Vec::new();
    let mut rest = body.bytes().peekable();
    while let Some(byte) = rest.next() {
        let literal = match byte {
            b'\\' => rest.next().filter(u8::is_ascii_punctuation),
            b'.' | b'^' | b'$' | b'(' | b')' | b'[' | b'|' | b'*' | b'+' | b'?' | b'{' => None,
            byte => (byte == b' ' || byte.is_ascii_graphic()).then_some(byte),
        };
        let Some(literal) = literal else { break };
        match rest.peek() {
            // What is quantified may be absent.
            Some(b'*' | b'?' | b'{') => break,
            _ => text.push(literal),
        }
        if rest.peek() == Some(&b'+') {
            break;
        }
    }
    (text.len() >= 2).then_some(text)
}

/// The pattern behind the flags that it begins with; none if they change how literal text matches.
fn without_flags(pattern: &str) -> Option<&str> {
    let mut rest = pattern;
    while let Some(group) = rest.strip_prefix("(?") {
        let flags = group.bytes().take_while(|byte| matches!(byte, b's' | b'm' | b'J')).count();
        rest = group[flags..].strip_prefix(')').filter(|_| flags > 0)?;
    }
    Some(rest)
}

/// Whether there are verbs, comments, quoted runs, anchors to the start of the search, or free spacing.
fn is_unusual(body: &str) -> bool {
    let free_spacing = || {
        body.match_indices("(?").any(|(at, _)| {
            let flags = body[at + 2..].bytes().take_while(|byte| byte.is_ascii_alphabetic() || b"^-".contains(byte));
            flags.into_iter().any(|byte| byte == b'x')
        })
    };
    ["(*", "(?#", r"\Q", r"\G", r"\c"].iter().any(|sign| body.contains(sign)) || free_spacing()
}

/// Whether there is a `|` outside of all groups; none if the pattern is not understood.
fn has_alternatives(body: &str) -> Option<bool> {
    let bytes = body.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b'|' if depth == 0 => return Some(true),
            b'[' => at = end_of_class(bytes, at)?,
            _ => {}
        }
        at += 1;
    }
    (depth == 0).then_some(false)
}

/// The place of the bracket that closes the class which opens at `at`; none if it has classes inside.
fn end_of_class(bytes: &[u8], at: usize) -> Option<usize> {
    let mut next = at + 1;
    if bytes.get(next) == Some(&b'^') {
        next += 1;
    }
    // A bracket in the first place is a character.
    let first = next;
    loop {
        match bytes.get(next)? {
            b'\\' => next += 1,
            b'[' if matches!(bytes.get(next + 1), Some(b':' | b'.' | b'=')) => return None,
            b']' if next > first => return Some(next),
            _ => {}
        }
        next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let table = [
            ("abc", Some("abc")),
            (r"(?s)<System>(.*?)</System>", Some("<System>")),
            (r"(?ms)ab\.c\d", Some("ab.c")),
            (r"ab(c|d)e", Some("ab")),
            (r"<a[|)\]]b", Some("<a")),
            ("abc+d", Some("abc")),
            ("abc*d", Some("ab")),
            ("abc?d", Some("ab")),
            ("abc{0,2}d", Some("ab")),
            (r"ab\*+", Some("ab*")),
            (r"a\.*b", None),
            ("ab|cd", None),
            ("(?i)abc", None),
            ("(?x)a b c", None),
            ("abc(?x)#|\n", None),
            ("abc(?#)|d", None),
            (r"ab\Qc|d\E", None),
            (r"ab[[:alpha:]|]", None),
            ("(*UTF)abc", None),
            ("^abc", None),
            (r"\babc", None),
            ("(abc)", None),
            ("a", None),
            ("ab)", None),
            ("é", None),
            ("", None),
        ];
        for (pattern, wanted) in table {
            assert_eq!(of(pattern).as_deref(), wanted.map(str::as_bytes), "{pattern}");
        }
    }
}
