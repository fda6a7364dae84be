//! `KV_MODE = auto`: pairs of the form `key=value` anywhere in an event.
//!
//! A key is a run of letters, digits, `_`, `.`, `-`, `:` at the start of the event or behind a blank or one of
//! `, ; ( [ { | & ? " '`. Its value is a double-quoted text, or else goes up to the next blank, `,`, `;`, `&`, `|`, or
//! the closing bracket of the surrounding text. A single-quoted value is looked into for further pairs. An empty value
//! makes no field. There is no public grammar; the rules here follow what real events gave.

/// Real limits of the platform: characters looked at, fields made.
const MAX_CHARS: usize = 10_240;
const MAX_FIELDS: usize = 100;

/// Calls `found` with each pair: the key as written, the value without quotes. With `escapes`, `\"` inside of quotes
/// does not end a value, and `\"` and `\\` are decoded.
pub fn pairs(event: &str, escapes: bool, mut found: impl FnMut(&str, &str)) {
    let limit = event.char_indices().nth(MAX_CHARS).map_or(event.len(), |(at, _)| at);
    let text = &event[..limit];
    let (mut from, mut fields, mut single) = (0, 0, false);
    while fields < MAX_FIELDS {
        let Some(equals) = memchr::memchr(b'=', &text.as_bytes()[from..]).map(|at| from + at) else { return };
        let Some(key) = key_before(text, from, equals) else {
            from = equals + 1;
            continue;
        };
        let body = text[equals + 1..].trim_start_matches([' ', '\t']);
        let start = text.len() - body.len();
        if let Some(body) = body.strip_prefix('"') {
            let length = closing_quote(body, escapes).unwrap_or(body.len());
            let value = &body[..length];
            from = (start + 1 + length + 1).min(text.len());
            if !value.is_empty() {
                fields += 1;
                if escapes && value.contains('\\') { found(key, &unescape(value)) } else { found(key, value) }
            }
        } else if let Some(body) = body.strip_prefix('\'') {
            from = start + 1;
            single = true;
            let value = body.split('\'').next().unwrap_or_default();
            if !value.is_empty() && !value.contains('=') {
                fields += 1;
                found(key, value);
            }
        } else {
            let mut value = &body[..end_of_word(body, single)];
            if start > equals + 1 && value.contains('=') {
                // `a= b=2`: the value is empty, and the next pair follows.
                value = "";
            }
            single &= !body[value.len()..].starts_with('\'');
            from = start + value.len();
            if !value.is_empty() {
                fields += 1;
                found(key, value);
            }
        }
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
}

/// The key that ends at `equals`, blanks between them skipped; it must not reach before `from`.
fn key_before(text: &str, from: usize, equals: usize) -> Option<&str> {
    let head = text[from..equals].trim_end_matches([' ', '\t']);
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':');
    let key = &head[head.trim_end_matches(legal).len()..];
    let before = text[..from + head.len() - key.len()].chars().next_back();
    let begins = before.is_none_or(|c| c.is_whitespace() || c.is_control() || ",;([{|&?\"'".contains(c));
    (begins && !key.is_empty()).then_some(key)
}

fn closing_quote(body: &str, escapes: bool) -> Option<usize> {
    let mut escaped = false;
    body.char_indices()
        .find(|&(_, c)| {
            let closes = c == '"' && !escaped;
            escaped = escapes && c == '\\' && !escaped;
            closes
        })
        .map(|(at, _)| at)
}

fn unescape(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text.chars().peekable());
    while let Some(c) = rest.next() {
        match rest.peek() {
            Some(&next @ ('"' | '\\')) if c == '\\' => {
                out.push(next);
                rest.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Where an unquoted value ends. Brackets that open inside of it must close before a closing one ends it.
fn end_of_word(body: &str, in_single_quotes: bool) -> usize {
    let mut depth = 0_usize;
    for (at, c) in body.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            '\'' if in_single_quotes => return at,
            ',' | ';' | '&' | '|' => return at,
            c if c.is_whitespace() || c.is_control() => return at,
            _ => {}
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, escapes: bool) -> Vec<(String, String)> {
        let mut all = Vec::new();
        pairs(text, escapes, |key, value| all.push((key.to_owned(), value.to_owned())));
        all
    }

    #[test]
    fn pairs_table() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("a=1 b=\"x y\" c = 3", &[("a", "1"), ("b", "x y"), ("c", "3")]),
            ("a= b=2 c= d", &[("b", "2"), ("c", "d")]),
            ("a=\"\" b=", &[]),
            ("(kind=exec user=bob cmd=sh -c tty=7)", &[("kind", "exec"), ("user", "bob"), ("cmd", "sh"), ("tty", "7")]),
            ("Log:[timestamp=02-03-2024 04:05:06.789, user=alice]", &[("timestamp", "02-03-2024"), ("user", "alice")]),
            (
                "type=EXECVE msg=audit(1700000000.123:45): a0=\"ls\"",
                &[("type", "EXECVE"), ("msg", "audit(1700000000.123:45):"), ("a0", "ls")],
            ),
            (
                "x=1 msg='unit=a comm=\"b\" res=success'UID=\"root\"",
                &[("x", "1"), ("unit", "a"), ("comm", "b"), ("res", "success"), ("UID", "root")],
            ),
            ("key=\"k\"\u{1d}ARCH=x86_64 SYSCALL=execve", &[("key", "k"), ("ARCH", "x86_64"), ("SYSCALL", "execve")]),
            ("GET /p?a=1&b=2 HTTP", &[("a", "1"), ("b", "2")]),
            ("x+y=1 a==b", &[("a", "=b")]),
            ("é=1 b=ü", &[("b", "ü")]),
            ("a=\"open", &[("a", "open")]),
        ];
        for (text, expected) in table {
            let found = found(text, false);
            let found: Vec<_> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!(&found, expected, "{text}");
        }
    }

    #[test]
    fn escapes_only_if_asked_for() {
        let text = r#"a="x \"y\" \\z" b=1"#;
        assert_eq!(found(text, true)[0], ("a".to_owned(), r#"x "y" \z"#.to_owned()));
        assert_eq!(found(text, false)[0], ("a".to_owned(), "x \\".to_owned()));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(found(&"a=1 ".repeat(200), false).len(), MAX_FIELDS);
        assert!(found(&format!("{} a=1", "x".repeat(MAX_CHARS)), false).is_empty());
    }
}
