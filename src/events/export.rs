//! Events that Splunk exported: the raw text, time and metadata that they had there.

use super::time::{self, parts::Reference};
use super::{Meta, Overrides};
use crate::value::{Name, number};
use jiff::tz::TimeZone;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::sync::Arc;

/// An event as exported. Only `_raw` is taken from its fields, since search-time extraction finds the others again.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Event {
    pub(super) raw: String,
    pub(super) time: Option<f64>,
    source: Option<String>,
    sourcetype: Option<String>,
    host: Option<String>,
    index: Option<String>,
}

impl Event {
    fn set(&mut self, name: &str, value: &str) {
        let target = match name {
            "_raw" => {
                value.clone_into(&mut self.raw);
                return;
            }
            "_time" => {
                self.time = time_of_text(value);
                return;
            }
            "source" => &mut self.source,
            "sourcetype" => &mut self.sourcetype,
            "host" => &mut self.host,
            "index" => &mut self.index,
            _ => return,
        };
        *target = (!value.is_empty()).then(|| value.to_owned());
    }
}

/// The event of a CSV row.
pub(super) fn of_row(names: &[Name], cells: &[Cow<'_, str>]) -> Event {
    let mut event = Event::default();
    for (name, cell) in names.iter().zip(cells) {
        event.set(name, cell);
    }
    event
}

/// The event of a JSON document: its `result`, or the document itself if it has a `_raw`. A result without `_raw` is
/// itself the raw text; a document without a result is no event.
pub(super) fn of_json(text: &str) -> Option<Event> {
    let document: Json = match serde_json::from_str(text) {
        Ok(document) => document,
        // Broken lines stay visible.
        Err(_) => return Some(Event { raw: text.to_owned(), ..Event::default() }),
    };
    match document.get("result") {
        Some(result) => result.as_object().map(of_result),
        None => document.as_object().filter(|whole| whole.contains_key("_raw")).map(of_result),
    }
}

fn of_result(result: &serde_json::Map<String, Json>) -> Event {
    let mut event = Event::default();
    for (name, value) in result {
        match value {
            Json::String(text) => event.set(name, text),
            Json::Number(number) => event.set(name, &number.to_string()),
            _ => {}
        }
    }
    if event.raw.is_empty() {
        event.raw = Json::Object(result.clone()).to_string();
    }
    event
}

/// `_time` as exports write it: seconds since the epoch, or a timestamp with or without a zone (then UTC).
pub(super) fn time_of_text(text: &str) -> Option<f64> {
    let text = text.trim();
    number::parse(text).filter(|time| time.is_finite()).or_else(|| {
        let reference = Reference { zone: TimeZone::UTC, latest: i64::from(i32::MAX) };
        time::find(text.as_bytes())?.epoch(&reference)
    })
}

/// The metadata of exported events; equal neighbours share it.
pub(super) struct Metas<'a> {
    base: Arc<Meta>,
    last: Arc<Meta>,
    overrides: &'a Overrides,
}

impl<'a> Metas<'a> {
    pub(super) fn new(base: Arc<Meta>, overrides: &'a Overrides) -> Self {
        Self { last: base.clone(), base, overrides }
    }

    /// What the user says wins over what the export says.
    pub(super) fn of(&mut self, event: &Event) -> Arc<Meta> {
        let pick = |told: &Option<Name>, said: &Option<String>, base: &Name| match (told, said) {
            (None, Some(said)) => Name::from(said.as_str()),
            _ => base.clone(),
        };
        let meta = Meta {
            source: pick(&self.overrides.source, &event.source, &self.base.source),
            sourcetype: pick(&self.overrides.sourcetype, &event.sourcetype, &self.base.sourcetype),
            host: pick(&self.overrides.host, &event.host, &self.base.host),
            index: pick(&self.overrides.index, &event.index, &self.base.index),
        };
        if *self.last != meta {
            self.last = Arc::new(meta);
        }
        self.last.clone()
    }
}
