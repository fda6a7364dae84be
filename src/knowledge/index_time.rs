//! What `props.conf` says for index time: where events end and where their time stands.

use super::conf::flag;
use super::props::Winner;
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
}

impl IndexTimeRules {
    /// Reads the winning settings of a stream. A value of the wrong kind counts as not set.
    pub(super) fn read(settings: &IndexMap<Name, Winner<'_>>) -> Self {
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
        }
    }
}
