//! Fields that the platform itself gives every event: `linecount`, `punct`, `splunk_server` and the parts of its time.

use crate::ir::Fields;
use crate::knowledge::written;
use crate::value::{Batch, Column, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Characters of punctuation that are kept.
const MAX_PUNCT: usize = 30;

/// Parts of the time as it is written.
const DATES: &[&str] =
    &["date_hour", "date_mday", "date_minute", "date_month", "date_second", "date_wday", "date_year", "date_zone"];
/// Where the time is written, and `none` if it is not.
const PLACES: &[&str] = &["timeendpos", "timestamp", "timestartpos"];
/// Fields of the text.
const TEXTS: &[&str] = &["linecount", "punct"];
/// The server that keeps the event.
const SERVER: &str = "splunk_server";

/// Adds the wanted ones that the events do not have.
///
/// The parts of the time are those of the text of the timestamp, before its zone is applied; an event whose time comes
/// from elsewhere has none of them, and `timestamp=none` instead. Where the reader left no note of that text, they are
/// those of `_time` in UTC. There is no server here, so its name is that of this program.
pub(super) fn add(batch: &mut Batch, wanted: &Fields) {
    let missing = |batch: &Batch, name: &str| wanted.contains(name) && batch.column(name).is_none();
    let rows = 0..batch.rows();
    for name in DATES.iter().chain(PLACES).filter(|name| missing(batch, name)).collect::<Vec<_>>() {
        let values: Vec<Value> = rows.clone().map(|row| of_time(name, batch, row)).collect();
        if values.iter().any(|value| !value.is_null()) {
            batch.set(*name, Column::new(values));
        }
    }
    for name in TEXTS {
        if missing(batch, name)
            && let Some(column) = batch.column("_raw")
        {
            let values = column.values().iter().map(|raw| of_text(name, raw)).collect();
            batch.set(*name, Column::new(values));
        }
    }
    if missing(batch, SERVER) {
        batch.set(SERVER, Column::repeat(Value::from("escudo"), batch.rows()));
    }
}

fn of_time(name: &str, batch: &Batch, row: usize) -> Value {
    let text = match (written::get(batch, row), name) {
        (Some(Some(known)), "timestartpos") => Some(known.place.start.to_string()),
        (Some(Some(known)), "timeendpos") => Some(known.place.end.to_string()),
        (Some(Some(known)), "date_zone") => Some(known.zone.map_or("local".to_owned(), |zone| zone.to_string())),
        (Some(Some(known)), _) => part(name, known.civil),
        (Some(None), "timestamp") => Some("none".to_owned()),
        (Some(None), _) => None,
        (None, "date_zone") => batch.value(row, "_time").as_number().map(|_| "0".to_owned()),
        (None, _) => batch.value(row, "_time").as_number().and_then(|time| part(name, time.floor() as i64)),
    };
    text.map_or(Value::Null, Value::text)
}

fn of_text(name: &str, raw: &Value) -> Value {
    match name {
        _ if raw.is_null() => Value::Null,
        "linecount" => Value::text((raw.to_text().trim_end().matches('\n').count() + 1).to_string()),
        _ => Value::text(punct(&raw.to_text())),
    }
}

fn part(name: &str, seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC);
    Some(match name {
        "date_hour" => time.hour().to_string(),
        "date_mday" => time.day().to_string(),
        "date_minute" => time.minute().to_string(),
        "date_month" => time.strftime("%B").to_string().to_lowercase(),
        "date_second" => time.second().to_string(),
        "date_wday" => time.strftime("%A").to_string().to_lowercase(),
        "date_year" => time.year().to_string(),
        _ => return None,
    })
}

/// The punctuation of the first line, with `_` for blanks: what is left when letters and digits go.
fn punct(raw: &str) -> String {
    let line = raw.lines().next().unwrap_or_default();
    line.chars()
        .filter(|c| !c.is_alphanumeric())
        .map(|c| if c.is_whitespace() { '_' } else { c })
        .take(MAX_PUNCT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Written;
    use crate::source::Span;

    #[test]
    fn parts_of_an_event() {
        let mut batch = Batch::new(1);
        batch.set("_time", Column::new(vec![Value::Number(1_700_000_000.5)]));
        batch.set("_raw", Column::new(vec![Value::from("a b: \"c\"\nd\n")]));
        add(&mut batch, &Fields::All);
        // 2023-11-14T22:13:20Z, a Tuesday.
        let expected = ["22", "14", "13", "november", "20", "tuesday", "2023", "0", "2", "_:_\"\""];
        let found: Vec<String> =
            DATES.iter().chain(TEXTS).map(|name| batch.value(0, name).to_text().into_owned()).collect();
        assert_eq!(found, expected);
        assert!(batch.column("timestamp").is_none());
    }

    #[test]
    fn the_text_of_a_timestamp_counts_and_not_its_zone() {
        let mut batch = Batch::new(2);
        batch.set("_time", Column::new(vec![Value::Number(1_700_000_000.0), Value::Number(1_700_000_000.0)]));
        // 2023-11-15T00:13:20+02:00, a Wednesday there.
        let note = Written { place: Span::new(3, 28), civil: 1_700_007_200, zone: Some(120) };
        written::set(&mut batch, [Some(note), None].into_iter());
        add(&mut batch, &Fields::All);
        let row = |row: usize| {
            let names = ["date_hour", "date_wday", "date_zone", "timestartpos", "timeendpos", "timestamp"];
            names.map(|name| batch.value(row, name).to_text().into_owned())
        };
        assert_eq!(row(0), ["0", "wednesday", "120", "3", "28", ""]);
        assert_eq!(row(1), ["", "", "", "", "", "none"]);
    }
}
