//! What index time needs to know of a source: the settings of `props.conf` that break a stream and find times.

/// The index-time settings that apply to one stream. `None` means: not set, the platform's default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexRules {
    /// `LINE_BREAKER`.
    pub line_breaker: Option<String>,
    /// `SHOULD_LINEMERGE`. Unlike the platform's default, not set means false.
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
    /// `TRUNCATE`: bytes per event; 0 means no limit but the reader's own.
    pub truncate: Option<usize>,
    /// `TIME_PREFIX`.
    pub time_prefix: Option<String>,
    /// `TIME_FORMAT`.
    pub time_format: Option<String>,
    /// `MAX_TIMESTAMP_LOOKAHEAD`.
    pub max_timestamp_lookahead: Option<usize>,
    /// `TZ`.
    pub tz: Option<String>,
    /// `DATETIME_CONFIG = CURRENT` or `NONE`: the text is not searched for a time.
    pub current_time: bool,
    /// `INDEXED_EXTRACTIONS`, lower case: `csv`, `tsv`, `json`, ...
    pub indexed_extractions: Option<String>,
}

impl IndexRules {
    /// Whether anything is said about where events end.
    pub(super) fn says_breaking(&self) -> bool {
        self.line_breaker.is_some() || self.should_linemerge.is_some() || self.break_only_before.is_some()
    }

    /// Whether anything is said about where the time stands.
    pub(super) fn says_time(&self) -> bool {
        self.time_prefix.is_some() || self.time_format.is_some() || self.current_time
    }
}
