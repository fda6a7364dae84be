//! What `props.conf` says for index time: where events end and where their time stands.

use super::conf::flag;
use super::props::Winner;
use super::rewrite::{self, Rewrites};
use super::{Knowledge, transforms};
use crate::value::Name;
use indexmap::IndexMap;

/// The index-time settings that apply to one stream. `None` means: not set, the platform's default.
///
/// The settings of a stream come from the stanzas of its *incoming* source, sourcetype and host, before any `rename`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexTimeRules {
    /// `LINE_BREAKER`: the text of the first group is thrown away; the event before it ends, the next begins.
    pub line_breaker: Option<String>,
    /// `SHOULD_LINEMERGE`.
    pub should_linemerge: Option<bool>,
    /// `BREAK_ONLY_BEFORE_DATE`.
    pub break_only_before_date: Option<bool>,
    /// `BREAK_ONLY_BEFORE`.
    pub break_only_before: Option<String>,
    /// `MUST_BREAK_AFTER`.
    pub must_break_after: Option<String>,
    /// `MUST_NOT_BREAK_BEFORE`.
    pub must_not_break_before: Option<String>,
    /// `MUST_NOT_BREAK_AFTER`.
    pub must_not_break_after: Option<String>,
    /// `MAX_EVENTS`: lines per merged event.
    pub max_events: Option<usize>,
    /// `TRUNCATE`: bytes per line after breaking; 0 means never.
    pub truncate: Option<usize>,
    /// `TIME_PREFIX`: the timestamp follows the first match of this regex; without a match there is none.
    pub time_prefix: Option<String>,
    /// `TIME_FORMAT`, in strptime's language with Splunk's subseconds.
    pub time_format: Option<String>,
    /// `MAX_TIMESTAMP_LOOKAHEAD`: characters behind the prefix.
    pub max_timestamp_lookahead: Option<usize>,
    /// `TZ`: the zone of times that say none.
    pub tz: Option<String>,
    /// `DATETIME_CONFIG = CURRENT` or `NONE`: the text is not searched for a time.
    pub current_time: bool,
    /// `INDEXED_EXTRACTIONS`, lower case: `csv`, `tsv`, `json`, `w3c`, ...
    pub indexed_extractions: Option<String>,
    /// `FIELD_DELIMITER` of a file of rows; a name such as `tab` or a character.
    pub field_delimiter: Option<u8>,
    /// `FIELD_QUOTE` of a file of rows.
    pub field_quote: Option<u8>,
    /// `HEADER_FIELD_DELIMITER`, where the header has another one than the rows.
    pub header_delimiter: Option<u8>,
    /// `HEADER_FIELD_QUOTE`.
    pub header_quote: Option<u8>,
    /// `PREAMBLE_REGEX`: lines before the header that it matches are no rows.
    pub preamble: Option<String>,
    /// `FIELD_HEADER_REGEX`: the header is the first line that it matches, and begins behind the match.
    pub header_regex: Option<String>,
    /// `MISSING_VALUE_REGEX`: cells that stand for no value.
    pub missing_value: Option<String>,
    /// `CHARSET`, if it is not `AUTO`.
    pub charset: Option<String>,
    /// `FIELD_NAMES`: the columns of a file without a header.
    pub field_names: Vec<Name>,
    /// `TIMESTAMP_FIELDS`: the columns that say the time, joined by blanks.
    pub timestamp_fields: Vec<Name>,
    /// `HEADER_FIELD_LINE_NUMBER`: lines before the header are no rows.
    pub header_line: usize,
    /// `sourcetype`, which a stanza by source gives its events.
    pub sourcetype: Option<Name>,
    /// What is changed in events before they are stored.
    pub rewrites: Rewrites,
}

impl IndexTimeRules {
    /// Reads the winning settings of a stream. A value of the wrong kind counts as not set.
    pub(super) fn read(knowledge: &Knowledge, settings: &IndexMap<Name, Winner<'_>>) -> Self {
        let get = |key: &str| settings.get(key).map(|winner| winner.setting.text()).filter(|text| !text.is_empty());
        let text = |key: &str| get(key).map(str::to_owned);
        let number = |key: &str| get(key).and_then(|text| text.parse().ok());
        Self {
            line_breaker: text("LINE_BREAKER"),
            should_linemerge: get("SHOULD_LINEMERGE").and_then(flag),
            break_only_before_date: get("BREAK_ONLY_BEFORE_DATE").and_then(flag),
            break_only_before: text("BREAK_ONLY_BEFORE"),
            must_break_after: text("MUST_BREAK_AFTER"),
            must_not_break_before: text("MUST_NOT_BREAK_BEFORE"),
            must_not_break_after: text("MUST_NOT_BREAK_AFTER"),
            max_events: number("MAX_EVENTS"),
            truncate: number("TRUNCATE"),
            time_prefix: text("TIME_PREFIX"),
            time_format: text("TIME_FORMAT"),
            max_timestamp_lookahead: number("MAX_TIMESTAMP_LOOKAHEAD"),
            tz: text("TZ"),
            current_time: matches!(get("DATETIME_CONFIG"), Some("CURRENT" | "NONE")),
            indexed_extractions: get("INDEXED_EXTRACTIONS").map(str::to_lowercase),
            field_delimiter: get("FIELD_DELIMITER").and_then(delimiter),
            field_quote: get("FIELD_QUOTE").and_then(delimiter),
            header_delimiter: get("HEADER_FIELD_DELIMITER").and_then(delimiter),
            header_quote: get("HEADER_FIELD_QUOTE").and_then(delimiter),
            preamble: text("PREAMBLE_REGEX"),
            header_regex: text("FIELD_HEADER_REGEX"),
            missing_value: text("MISSING_VALUE_REGEX"),
            charset: text("CHARSET").filter(|name| !name.eq_ignore_ascii_case("auto")),
            field_names: get("FIELD_NAMES").map(list).unwrap_or_default(),
            timestamp_fields: get("TIMESTAMP_FIELDS").map(list).unwrap_or_default(),
            header_line: number("HEADER_FIELD_LINE_NUMBER").unwrap_or(0),
            sourcetype: get("sourcetype").map(Name::from),
            rewrites: rewrite::compile(knowledge, settings).0,
        }
    }
}

fn list(text: &str) -> Vec<Name> {
    transforms::names(text)
}

/// A delimiter by one of Splunk's words, or the character itself.
fn delimiter(text: &str) -> Option<u8> {
    let text = if text.len() > 1 { text.trim_matches('"') } else { text };
    match text {
        "space" | "whitespace" | " " => Some(b' '),
        "tab" | "\\t" | "\t" => Some(b'\t'),
        "fs" => Some(0x1c),
        "gs" => Some(0x1d),
        "rs" => Some(0x1e),
        "us" => Some(0x1f),
        other => other.bytes().next().filter(|byte| other.len() == 1 && byte.is_ascii()),
    }
}
