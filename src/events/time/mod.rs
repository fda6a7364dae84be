//! The time of an event: where its text says it, and what stands in when it does not.
//!
//! A zone in the text wins over `TZ`, which wins over the reader's zone (UTC unless set). Without a timestamp an event
//! gets the time of the event before it, and without that none: it is never dropped. Splunk's limits on the age of a
//! timestamp (`MAX_DAYS_AGO`, `MAX_DAYS_HENCE`) are not applied, since old logs are replayed on purpose.

pub(super) mod parts;
mod recognise;
mod strptime;
mod windows;

use super::breaking::compile;
use crate::knowledge::IndexTimeRules;
use parts::Reference;
use pcre2::bytes::Regex;
pub(super) use recognise::find;
use strptime::Format;
use windows::WindowsClock;

/// Splunk's default of `MAX_TIMESTAMP_LOOKAHEAD`.
const LOOKAHEAD: usize = 128;

/// How far into a JSON event without rules a timestamp is looked for.
const JSON_LOOKAHEAD: usize = 4096;

/// Finds the time of one event after the other.
pub(super) struct Stamper {
    prefix: Option<Regex>,
    format: Option<Format>,
    lookahead: Option<usize>,
    reference: Reference,
    windows: Option<WindowsClock>,
    /// The rules say that events have the time of their reading; none is invented here.
    current: bool,
    previous: Option<f64>,
}

impl Stamper {
    /// The built-in list of formats.
    pub(super) fn built_in(reference: Reference) -> Self {
        let (prefix, format, lookahead, windows) = (None, None, None, None);
        Self { prefix, format, lookahead, reference, windows, current: false, previous: None }
    }

    /// Windows event XML, which says its time in fixed places.
    pub(super) fn windows(reference: Reference) -> Self {
        Self { windows: Some(WindowsClock::default()), ..Self::built_in(reference) }
    }

    /// As index-time rules say.
    ///
    /// # Errors
    /// A regular expression, a format or a zone is not understood; the text names the setting.
    pub(super) fn by_rules(rules: &IndexTimeRules, mut reference: Reference) -> Result<Self, String> {
        if let Some(name) = rules.tz.as_deref().filter(|name| !name.is_empty()) {
            reference.zone =
                parts::zone_of_name(name).ok_or_else(|| format!("TZ `{name}` is not a known time zone"))?;
        }
        let mut stamper = Self::built_in(reference);
        stamper.prefix = rules.time_prefix.as_deref().map(|text| compile(text, "TIME_PREFIX")).transpose()?;
        stamper.format = rules.time_format.as_deref().map(Format::new).transpose()?;
        stamper.lookahead = rules.max_timestamp_lookahead;
        stamper.current = rules.current_time;
        Ok(stamper)
    }

    /// The event's time in seconds since the epoch.
    pub(super) fn stamp(&mut self, raw: &[u8]) -> Option<f64> {
        let found = match &self.windows {
            _ if self.current => None,
            Some(clock) => clock.read(raw).or_else(|| self.read(raw)),
            None => self.read(raw),
        };
        self.previous = found.or(self.previous);
        self.previous
    }

    /// Whether a timestamp is found in a line, for `BREAK_ONLY_BEFORE_DATE`.
    pub(super) fn finds_date(&self, line: &[u8]) -> bool {
        self.read(line).is_some()
    }

    fn read(&self, raw: &[u8]) -> Option<f64> {
        let from = match &self.prefix {
            None => 0,
            Some(prefix) => prefix.find(raw).ok().flatten()?.end(),
        };
        let text = raw.get(from..)?;
        let default = if self.prefix.is_none() && raw.first() == Some(&b'{') { JSON_LOOKAHEAD } else { LOOKAHEAD };
        let lookahead = match self.lookahead {
            None | Some(0) => default,
            Some(count) => count,
        };
        let text = &text[..text.len().min(lookahead)];
        let parts = match &self.format {
            Some(format) => format.find(text, self.prefix.is_some()),
            None => recognise::find(text),
        }?;
        parts.epoch(&self.reference)
    }
}
