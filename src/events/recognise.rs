//! Which format a file has, from the beginning of its content.

use super::breaking::is_newline;
use super::time;
use memchr::memmem;
use std::collections::HashSet;

/// A file format. Each one says where events end; most also say a sourcetype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Linux audit records, one per line.
    Auditd,
    /// Rows under a header; the delimiter is a comma, semicolon or tab.
    Csv,
    /// A binary Windows event log.
    Evtx,
    /// JSON objects printed over many lines, one after the other or in an array.
    Json,
    /// A JSON object per line.
    JsonLines,
    /// Lines of `key=value` pairs.
    KeyValue,
    /// Sysmon for Linux: XML, mostly behind a syslog header.
    LinuxSysmon,
    /// Events exported from Splunk as CSV, with a column `_raw`.
    SplunkCsv,
    /// Events exported from Splunk as JSON, `{"result": {...}}` per line.
    SplunkJson,
    /// Syslog lines.
    Syslog,
    /// Any other text: a line with a timestamp begins an event; if the first line has none, every line is an event.
    Text,
    /// Web servers' extended log format: `#Fields:` names the columns.
    W3c,
    /// Windows event XML in which line ends separate events.
    WindowsXml,
    /// Windows event XML as a document, or with several events on a line.
    WindowsXmlDocument,
    /// The classic text form of Windows events.
    WinEventLog,
    /// Zeek's logs of columns, under `#fields`.
    ZeekTsv,
}

impl Kind {
    /// Every format, sorted by name.
    pub const ALL: [Self; 16] = [
        Self::Auditd,
        Self::Csv,
        Self::Evtx,
        Self::Json,
        Self::JsonLines,
        Self::KeyValue,
        Self::LinuxSysmon,
        Self::SplunkCsv,
        Self::SplunkJson,
        Self::Syslog,
        Self::Text,
        Self::W3c,
        Self::WindowsXml,
        Self::WindowsXmlDocument,
        Self::WinEventLog,
        Self::ZeekTsv,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auditd => "auditd",
            Self::Csv => "csv",
            Self::Evtx => "evtx",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::KeyValue => "key-value",
            Self::LinuxSysmon => "sysmon-linux",
            Self::SplunkCsv => "splunk-csv",
            Self::SplunkJson => "splunk-json",
            Self::Syslog => "syslog",
            Self::Text => "text",
            Self::WindowsXml => "windows-xml",
            Self::WindowsXmlDocument => "windows-xml-document",
            Self::WinEventLog => "wineventlog",
            Self::W3c => "w3c",
            Self::ZeekTsv => "zeek-tsv",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The first bytes of every binary Windows event log.
pub(super) const EVTX_MAGIC: &[u8] = b"ElfFile\0";

/// Guesses the format. `head` is the beginning of the content, the whole of it if it is short.
pub(super) fn recognise(head: &[u8]) -> Kind {
    if head.starts_with(EVTX_MAGIC) {
        return Kind::Evtx;
    }
    let text = head.trim_ascii_start();
    let first = first_line(text);
    xml(text, first)
        .or_else(|| json(text))
        .or_else(|| directives(text, first))
        .or_else(|| auditd(first))
        .or_else(|| win_event_log(text, first))
        .or_else(|| csv(text))
        .or_else(|| syslog(first))
        .or_else(|| key_value(first))
        .unwrap_or(Kind::Text)
}

fn first_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|&b| is_newline(b)).unwrap_or(text.len());
    &text[..end]
}

fn contains(text: &[u8], needle: &str) -> bool {
    memmem::find(text, needle.as_bytes()).is_some()
}

fn xml(text: &[u8], first: &[u8]) -> Option<Kind> {
    let opens = |text: &[u8]| text.starts_with(b"<Event ") || text.starts_with(b"<Event>");
    let from_linux = contains(&text[..text.len().min(2048)], "Linux-Sysmon");
    if opens(text) {
        return Some(match () {
            () if from_linux => Kind::LinuxSysmon,
            () if contains(text, "</Event><Event") || contains(text, "</Event> <Event") => Kind::WindowsXmlDocument,
            // Printed over several lines: the end of one event and the start of the next may share a line.
            () => Kind::WindowsXml,
        });
    }
    if text.starts_with(b"<Events") || text.starts_with(b"<?xml") {
        return (contains(text, "<Event ") || contains(text, "<Event>")).then_some(Kind::WindowsXmlDocument);
    }
    if from_linux && contains(first, "<Event>") {
        return Some(Kind::LinuxSysmon);
    }
    // A line of comment before the events.
    let after_line = contains(text, "\n<Event ") || contains(text, "\n<Event>");
    (after_line && contains(text, "<System>")).then_some(Kind::WindowsXml)
}

fn json(text: &[u8]) -> Option<Kind> {
    if text.first() == Some(&b'[') {
        let inner = text[1..].trim_ascii_start();
        let form = if is_export(inner) { Kind::SplunkJson } else { Kind::Json };
        return (inner.first() == Some(&b'{')).then_some(form);
    }
    if text.first() != Some(&b'{') || !matches!(text[1..].trim_ascii_start().first(), Some(b'"' | b'}')) {
        return None;
    }
    if is_export(text) {
        return Some(Kind::SplunkJson);
    }
    if wrapper(text).is_some() {
        return Some(Kind::Json);
    }
    let first = first_line(text).trim_ascii_end();
    let rest = text[first.len()..].trim_ascii_start();
    // A line longer than what was read is taken for an object of its own.
    let whole = first.len() == text.len() || first.ends_with(b"}") && matches!(rest.first(), None | Some(b'{'));
    let joined = contains(first, "}{") || contains(first, "} {");
    Some(if !whole || joined { Kind::Json } else { Kind::JsonLines })
}

/// Whether the object that a text begins with is what Splunk exports: a result, results, or an event with its `_raw`.
fn is_export(text: &[u8]) -> bool {
    let head = &text[..text.len().min(4096)];
    let has = |key: &str, opening: &[u8]| {
        let found = memmem::find(head, key.as_bytes());
        found.is_some_and(|at| {
            let rest = head[at + key.len()..].trim_ascii_start();
            rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(opening))
        })
    };
    let envelope = ["\"preview\"", "\"offset\"", "\"lastrow\"", "\"init_offset\""].iter().any(|key| has(key, b""));
    let raw = has("\"_raw\"", b"\"");
    (has("\"result\"", b"{") || has("\"results\"", b"[")) && (envelope || raw) || raw && has("\"_time\"", b"")
}

/// Where the results begin in an object that holds them all: behind the bracket.
pub(super) fn results(text: &[u8]) -> Option<usize> {
    let at = memmem::find(&text[..text.len().min(4096)], b"\"results\"")? + b"\"results\"".len();
    let rest = text[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"[")?;
    Some(text.len() - rest.len())
}

/// Where the elements begin in an object whose only purpose is to hold an array of events: behind the bracket.
pub(super) fn wrapper(text: &[u8]) -> Option<usize> {
    const KEYS: [&[u8]; 5] = [b"\"Records\"", b"\"records\"", b"\"value\"", b"\"Events\"", b"\"events\""];
    let skip = |text: &[u8], at: usize| at + (text.len() - at - text[at..].trim_ascii_start().len());
    let mut at = skip(text, 0);
    at = skip(text, at + usize::from(text.get(at) == Some(&b'{')));
    let key = KEYS.iter().find(|key| text[at..].starts_with(key))?;
    for wanted in [b':', b'['] {
        at = skip(text, if wanted == b':' { at + key.len() } else { at });
        if text.get(at) != Some(&wanted) {
            return None;
        }
        at += 1;
    }
    (text[at..].trim_ascii_start().first() == Some(&b'{')).then_some(at)
}

/// Logs that begin with directives, which name the columns.
fn directives(text: &[u8], first: &[u8]) -> Option<Kind> {
    if first.starts_with(b"#separator ") {
        return Some(Kind::ZeekTsv);
    }
    let mut lines = text.split(|&b| is_newline(b)).filter(|line| !line.is_empty());
    lines
        .by_ref()
        .take_while(|line| line.starts_with(b"#"))
        .any(|line| line.starts_with(b"#Fields:"))
        .then_some(Kind::W3c)
}

/// Whether the first line holds the first JSON value as a whole.
pub(super) fn is_line(head: &[u8]) -> bool {
    let first = first_line(head.trim_ascii_start()).trim_ascii_end();
    first.first() == Some(&b'{') && first.last() == Some(&b'}')
}

fn auditd(first: &[u8]) -> Option<Kind> {
    let head = &first[..first.len().min(256)];
    let typed = head.starts_with(b"type=") || head.starts_with(b"node=") && contains(head, " type=");
    (typed && contains(head, " msg=audit(")).then_some(Kind::Auditd)
}

fn win_event_log(text: &[u8], first: &[u8]) -> Option<Kind> {
    let first = first.trim_ascii();
    let date = first.len() <= 32 && (first.ends_with(b"AM") || first.ends_with(b"PM")) && time::find(first).is_some();
    let second = first_line(text.get(first.len()..)?.trim_ascii_start());
    (date && second.starts_with(b"LogName=")).then_some(Kind::WinEventLog)
}

fn syslog(first: &[u8]) -> Option<Kind> {
    let mut line = first;
    let mut priority = false;
    if let Some(rest) = line.strip_prefix(b"<") {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if (1..=3).contains(&digits) && rest.get(digits) == Some(&b'>') {
            line = &rest[digits + 1..];
            priority = true;
        }
    }
    let dated = line.first().is_some_and(u8::is_ascii_alphabetic) && time::find(&line[..line.len().min(16)]).is_some();
    (priority || dated).then_some(Kind::Syslog)
}

/// At least three pairs, and most of the line's words belong to one.
fn key_value(first: &[u8]) -> Option<Kind> {
    let pairs = first.split(|b| b.is_ascii_whitespace() || *b == b',').filter(|word| {
        let key = word.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')).count();
        key > 0 && word.get(key) == Some(&b'=')
    });
    (pairs.take(3).count() == 3).then_some(Kind::KeyValue)
}

/// The delimiter of a header line: the one that occurs most.
pub(super) fn delimiter(first: &[u8]) -> u8 {
    let count = |delimiter: u8| memchr::memchr_iter(delimiter, first).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|&d| count(d)).unwrap_or(b',')
}

/// A header of distinct words, and rows of the same width under it.
fn csv(text: &[u8]) -> Option<Kind> {
    let first = first_line(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter(first)).has_headers(false).flexible(true).from_reader(text);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record).ok()? || record.len() < 2 {
        return None;
    }
    let names: HashSet<&[u8]> = record.iter().collect();
    if names.contains(&b"_raw"[..]) {
        return Some(Kind::SplunkCsv);
    }
    let is_name = |cell: &&[u8]| {
        let cell = cell.trim_ascii();
        !cell.is_empty()
            && cell.len() <= 100
            && !cell[0].is_ascii_digit()
            && !cell.contains(&b'=')
            && !cell.contains(&b'{')
    };
    let distinct = names.len() == record.len() && record.iter().all(|cell| is_name(&cell));
    let width = record.len();
    let second = reader.read_byte_record(&mut record).ok()?;
    (distinct && second && record.len() == width && time::find(first).is_none()).then_some(Kind::Csv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_content() {
        let table: [(&str, Kind); 32] = [
            ("<Event xmlns='x'><System/></Event>\n<Event xmlns='x'/>", Kind::WindowsXml),
            ("# lab\r\n<Event xmlns='x'><System><EventID>1</EventID></System></Event>", Kind::WindowsXml),
            ("<Event><System></System></Event><Event>", Kind::WindowsXmlDocument),
            ("<?xml version=\"1.0\"?>\n<Events>\n <Event xmlns=\"x\">", Kind::WindowsXmlDocument),
            ("<Event><System><Provider Name=\"Linux-Sysmon\"/>", Kind::LinuxSysmon),
            ("Feb 29 12:00:00 h sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/>", Kind::LinuxSysmon),
            ("ElfFile\0\0\0", Kind::Evtx),
            ("{\"a\":1}\n{\"a\":2}\n", Kind::JsonLines),
            ("{\"a\":1", Kind::JsonLines),
            ("{\n \"a\":1\n}", Kind::Json),
            ("{\"a\":1}{\"a\":2}\n", Kind::Json),
            ("[{\"a\":1},\n{}]", Kind::Json),
            ("{\"Records\": [ {\"a\":1}]}", Kind::Json),
            ("{\"preview\":false,\"result\":{\"_raw\":\"x\"}}", Kind::SplunkJson),
            ("{\n \"preview\": false,\n \"results\": [\n  {\"_raw\": \"x\"}]}", Kind::SplunkJson),
            ("[{\"result\":{\"_raw\":\"x\"}},\n{\"result\":{\"_raw\":\"y\"}}]", Kind::SplunkJson),
            ("#Software: x\r\n#Version: 1.0\r\n#Fields: date time\r\n2024-02-29 12:00:00\r\n", Kind::W3c),
            ("# a comment\n#Fields are none\n", Kind::Text),
            ("#separator \\x09\n#fields\tts\tuid\n", Kind::ZeekTsv),
            ("[2024-02-29 12:00:00] started", Kind::Text),
            ("type=PATH msg=audit(1709208000.250:77): item=0", Kind::Auditd),
            ("node=h type=PATH msg=audit(1709208000.250:77): item=0", Kind::Auditd),
            ("02/29/2024 12:00:00 PM\r\nLogName=Security\r\n", Kind::WinEventLog),
            ("_time,_raw\n1,\"x\ny\"\n", Kind::SplunkCsv),
            ("user,src\na,b\n", Kind::Csv),
            ("user\tsrc\na\tb\n", Kind::Csv),
            ("a, b and c\nno row\n", Kind::Text),
            ("<34>1 2024-02-29T12:00:00Z h app - - x", Kind::Syslog),
            ("Feb 29 12:00:00 h app: x", Kind::Syslog),
            ("a=1 b=\"x y\" c=3", Kind::KeyValue),
            ("", Kind::Text),
            ("\0\0\0", Kind::Text),
        ];
        for (text, wanted) in table {
            assert_eq!(recognise(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn names_are_sorted_and_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
    }
}
