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
use crate::knowledge::{IndexTimeRules, Written};
use crate::source::Span;
use parts::{Instant, Reference};
use pcre2::bytes::Regex;
pub(super) use recognise::find;
use std::ops::Range;
use strptime::Format;
use windows::WindowsClock;

/// Splunk's default of `MAX_TIMESTAMP_LOOKAHEAD`.
const LOOKAHEAD: usize = 128;

/// How far into a JSON event without rules a timestamp is looked for.
const JSON_LOOKAHEAD: usize = 4096;

/// The time of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stamp {
    /// `_time` in seconds since the epoch; none if neither the event nor one before it in its file says a time.
    pub time: Option<f64>,
    /// The timestamp in the event's own text; none if the time comes from elsewhere.
    pub written: Option<Written>,
    /// How the time was found.
    pub by: TimeBy,
}

/// How the time of an event was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeBy {
    /// Not at all.
    #[default]
    Nothing,
    /// In the event's text, as the settings of index time say.
    Settings,
    /// In the event's text, by the built-in list of formats.
    Formats,
    /// In the fixed places of Windows event XML.
    WindowsXml,
    /// The event has none; it is the time of the event before it.
    Previous,
    /// An export says it beside the event's text.
    Export,
}

/// Finds the time of one event after the other.
pub(super) struct Stamper {
    prefix: Option<Regex>,
    format: Option<Format>,
    lookahead: Option<usize>,
    reference: Reference,
    windows: Option<WindowsClock>,
    /// The rules say that events have the time of their reading; none is invented here.
    current: bool,
    by_rules: bool,
    previous: Option<f64>,
}

impl Stamper {
    /// The built-in list of formats.
    pub(super) fn built_in(reference: Reference) -> Self {
        let (prefix, format, lookahead, windows) = (None, None, None, None);
        Self { prefix, format, lookahead, reference, windows, current: false, by_rules: false, previous: None }
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
        stamper.by_rules = true;
        Ok(stamper)
    }

    /// The event's time, and where its text says it.
    pub(super) fn stamp(&mut self, raw: &[u8]) -> Stamp {
        let fixed = |clock: &WindowsClock| {
            let (instant, place) = clock.read(raw)?;
            Some((instant, place, Some(0)))
        };
        let by_text = if self.by_rules { TimeBy::Settings } else { TimeBy::Formats };
        let read = || self.read(raw).map(|found| (found, by_text));
        let found = match &self.windows {
            _ if self.current => None,
            Some(clock) => fixed(clock).map(|found| (found, TimeBy::WindowsXml)).or_else(read),
            None => read(),
        };
        let Some(((Instant { time, civil }, place, zone), by)) = found else {
            let by = if self.previous.is_some() { TimeBy::Previous } else { TimeBy::Nothing };
            return Stamp { time: self.previous, written: None, by };
        };
        self.previous = Some(time);
        let place = Span::new(place.start, place.end);
        Stamp { time: Some(time), written: Some(Written { place, civil, zone }), by }
    }

    /// As [`Stamper::stamp`], for an event whose time other text says.
    pub(super) fn stamp_apart(&mut self, raw: &[u8], text: &[u8]) -> Stamp {
        let mut stamp = self.stamp(text);
        let found = stamp.written.and_then(|written| text.get(written.place.range()));
        if let (Some(found), Some(written)) = (found, &mut stamp.written) {
            match memchr::memmem::find(raw, found) {
                Some(at) => written.place = Span::new(at, at + found.len()),
                None => stamp.written = None,
            }
        }
        stamp
    }

    /// Whether a timestamp is found in a line, for `BREAK_ONLY_BEFORE_DATE`.
    pub(super) fn finds_date(&self, line: &[u8]) -> bool {
        self.read(line).is_some()
    }

    /// The instant, its place in the text, and the zone that the text names, in minutes.
    fn read(&self, raw: &[u8]) -> Option<(Instant, Range<usize>, Option<i16>)> {
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
        let (parts, place) = match &self.format {
            Some(format) => format.find(text, self.prefix.is_some()),
            None => recognise::locate(text),
        }?;
        Some((parts.instant(&self.reference)?, from + place.start..from + place.end, parts.zone_minutes()))
    }
}
