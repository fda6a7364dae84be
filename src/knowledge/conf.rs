//! Reader of Splunk's `.conf` files: stanzas of `key = value` settings.
//!
//! - `[name]` opens a stanza; settings before the first stanza belong to `default`. A stanza may be opened again.
//! - `#` is a comment only as the first character of a line (blanks before it are allowed).
//! - A backslash at the end of a line continues the value on the next line; the line break stays in the value.
//! - Blanks around the key and the value are dropped. Keys and stanza names are case-sensitive.
//! - Within a file the later setting of a key wins. An empty value is a setting, too: it switches off an earlier one.
//!
//! Source: the specification files that come with Splunk (`props.conf.spec` and its kin), section "how to edit".

use crate::diag::{Diagnostic, codes};
use crate::source::{Copied, FileId, Located, Place, Span};
use crate::value::Name;
use indexmap::IndexMap;

/// One `key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value without surrounding blanks; continued lines are joined by a line break.
    pub value: Located,
    /// The key in its file.
    pub key: Place,
}

impl Setting {
    /// The value's text.
    pub fn text(&self) -> &str {
        self.value.as_str()
    }
}

/// The settings of one stanza by key, in the order of their first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stanza {
    /// Settings by key.
    pub settings: IndexMap<Name, Setting>,
    /// The header line that opened the stanza last; none for settings before any header.
    pub header: Option<Place>,
}

impl Stanza {
    /// The text of a setting; none if it is absent or empty, which both mean "off".
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(Setting::text).filter(|text| !text.is_empty())
    }

    /// A setting with its place; none if it is absent or empty.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key).filter(|setting| !setting.value.is_empty())
    }

    /// A Boolean setting; none if it is absent or is not one of Splunk's words for true and false.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(flag)
    }

    /// A whole number; none if it is absent or no number.
    pub fn number<N: std::str::FromStr>(&self, key: &str) -> Option<N> {
        self.get(key).and_then(|text| text.parse().ok())
    }
}

/// Splunk's words for true and false, in any letter case.
pub fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "y" | "enabled" => Some(true),
        "false" | "f" | "0" | "no" | "n" | "disabled" => Some(false),
        _ => None,
    }
}

/// A file, or several files laid over each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conf {
    /// Stanzas by name, in the order of their first appearance.
    pub stanzas: IndexMap<Name, Stanza>,
}

impl Conf {
    /// Lays `later` over this: its settings win, one by one; what it does not mention stays.
    pub fn overlay(&mut self, later: Self) {
        for (name, stanza) in later.stanzas {
            let mine = self.stanzas.entry(name).or_default();
            mine.header = stanza.header.or(mine.header);
            mine.settings.extend(stanza.settings);
        }
    }
}

/// Reads one file. Lines that are neither comment, stanza nor setting are reported and left out.
pub fn read(file: FileId, text: &str) -> (Conf, Vec<Diagnostic>) {
    let mut reader = Reader { file, text, at: 0 };
    let (mut conf, mut problems) = (Conf::default(), Vec::new());
    let mut current: Name = "default".into();
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    while let Some(line) = reader.line() {
        let trimmed = trim(text, line);
        match text.get(trimmed.range()).unwrap_or_default() {
            "" => {}
            comment if comment.starts_with('#') => {}
            header if header.starts_with('[') => match header.rfind(']') {
                Some(end) => {
                    current = header[1..end].into();
                    conf.stanzas.entry(current.clone()).or_default().header = Some(reader.place(trimmed));
                }
                None => problems.push(unclosed_stanza(reader.place(trimmed))),
            },
            setting => match setting.find('=') {
                Some(0) | None => problems.push(no_setting(reader.place(trimmed))),
                Some(equals) => {
                    let start = trimmed.start as usize;
                    let key = trim(text, Span::new(start, start + equals));
                    let value = reader.value(Span::new(start + equals + 1, line.end as usize));
                    let name = text[key.range()].into();
                    let stanza = conf.stanzas.entry(current.clone()).or_default();
                    stanza.settings.insert(name, Setting { value, key: reader.place(key) });
                }
            },
        }
    }
    (conf, problems)
}

fn unclosed_stanza(place: Place) -> Diagnostic {
    Diagnostic::new(codes::CONF_SYNTAX, "a stanza header has no `]`", place).help("close the header with `]`")
}

fn no_setting(place: Place) -> Diagnostic {
    Diagnostic::new(codes::CONF_SYNTAX, "the line is no setting, stanza or comment", place)
        .help("write `key = value`, or put `#` in front; end the line before with `\\` to continue a value")
}

/// The span without blanks at both ends.
fn trim(text: &str, span: Span) -> Span {
    let part = text.get(span.range()).unwrap_or_default();
    let start = span.start as usize + (part.len() - part.trim_start().len());
    Span::new(start, start + part.trim().len())
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// The next line without its line end.
    fn line(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.text.len());
        let line = &rest[..length];
        Some(Span::new(start, start + line.strip_suffix('\r').unwrap_or(line).len()))
    }

    /// The value that begins at `first` and goes on for as long as lines end in a backslash.
    fn value(&mut self, first: Span) -> Located {
        let mut pieces = Vec::new();
        let mut line = first;
        loop {
            let part = &self.text[line.range()];
            let Some(body) = part.strip_suffix('\\') else {
                pieces.push(line);
                break;
            };
            pieces.push(Span::new(line.start as usize, line.start as usize + body.len()));
            match self.line() {
                Some(next) => line = next,
                None => break,
            }
        }
        let last = pieces.len() - 1;
        let mut value = Located::empty(self.place(trim(self.text, first)));
        for (index, &piece) in pieces.iter().enumerate() {
            let mut piece = piece;
            if index == 0 {
                piece = Span::new(piece.end as usize - self.text[piece.range()].trim_start().len(), piece.end as usize);
            }
            if index == last {
                piece =
                    Span::new(piece.start as usize, piece.start as usize + self.text[piece.range()].trim_end().len());
            }
            value.push(&self.text[piece.range()], self.place(piece), Copied::Verbatim);
            if index != last {
                let end = piece.end as usize;
                value.push("\n", self.place(Span::new(end, end + 1)), Copied::Decoded);
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::source::Sources;

    fn settings(text: &str) -> (Vec<(String, String, String)>, Vec<String>) {
        let mut sources = Sources::new();
        let file = sources.add("props.conf", text);
        let (conf, problems) = read(file, text);
        let mut all = Vec::new();
        for (stanza, content) in &conf.stanzas {
            for (key, setting) in &content.settings {
                all.push((stanza.to_string(), key.to_string(), setting.text().to_owned()));
            }
        }
        (all, problems.into_iter().map(|p| sources.text(p.place).to_owned()).collect())
    }

    #[test]
    fn settings_table() {
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str, &'a str)]);
        let table: &[Row<'_>] = &[
            ("[a]\nk = v\n", &[("a", "k", "v")]),
            ("k=v", &[("default", "k", "v")]),
            ("\u{feff}[a]\r\n  k =  v w \r\n", &[("a", "k", "v w")]),
            ("[a]\n# k = v\n  # x = y\nk = v # no comment\n", &[("a", "k", "v # no comment")]),
            ("[a]\nk = one \\\n  two\\\nthree \nl = x", &[("a", "k", "one \n  two\nthree"), ("a", "l", "x")]),
            ("[a]\nk = one\\", &[("a", "k", "one")]),
            ("[a]\nk =\n", &[("a", "k", "")]),
            ("[a]\nk = 1\n[b]\nk = 2\n[a]\nk = 3", &[("a", "k", "3"), ("b", "k", "2")]),
            ("[x[0-9]]\nEXTRACT-a = (?<f>a=b)", &[("x[0-9]", "EXTRACT-a", "(?<f>a=b)")]),
            ("[a]\nK = 1\nk = 2", &[("a", "K", "1"), ("a", "k", "2")]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let (found, problems) = settings(text);
            let found: Vec<_> = found.iter().map(|(s, k, v)| (s.as_str(), k.as_str(), v.as_str())).collect();
            assert_eq!(&found, expected, "{text:?}");
            assert!(problems.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_continued_value_keeps_its_places() {
        let text = "[a]\nk = one\\\n  two";
        let mut sources = Sources::new();
        let file = sources.add("props.conf", text);
        let (conf, _) = read(file, text);
        let value = &conf.stanzas["a"].settings["k"].value;
        let at = value.as_str().find("two").unwrap();
        assert_eq!(sources.text(value.place(Span::new(at, at + 3)).unwrap()), "two");
    }

    #[test]
    fn lines_that_say_nothing_are_reported() {
        let (found, problems) = settings("[a\nnonsense\n= x\nk = v\n");
        assert_eq!(found, [("default".to_owned(), "k".to_owned(), "v".to_owned())]);
        assert_eq!(problems, ["[a", "nonsense", "= x"]);
    }

    #[test]
    fn a_later_layer_wins_setting_by_setting() {
        let mut sources = Sources::new();
        let mut conf = Conf::default();
        for text in ["[a]\nk = 1\nl = 1\n", "[a]\nl = 2\n[b]\nm = 3"] {
            let file = sources.add("x", text);
            conf.overlay(read(file, text).0);
        }
        assert_eq!(conf.stanzas["a"].get("k"), Some("1"));
        assert_eq!(conf.stanzas["a"].get("l"), Some("2"));
        assert_eq!(conf.stanzas["b"].get("m"), Some("3"));
    }
}
