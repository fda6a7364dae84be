//! Fields that the platform itself gives every event: `linecount`, `punct` and the parts of its time.

use crate::ir::Fields;
use crate::value::{Batch, Column, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Characters of punctuation that are kept.
const MAX_PUNCT: usize = 30;

/// The fields of this file.
const NAMES: &[&str] = &[
    "date_hour",
    "date_mday",
    "date_minute",
    "date_month",
    "date_second",
    "date_wday",
    "date_year",
    "date_zone",
    "linecount",
    "punct",
];

/// Adds the wanted ones that the events do not have.
///
/// The platform takes the parts of the time from the text of the timestamp, before its zone is applied. Here they are
/// those of `_time` in UTC: the same for events that write their time in UTC, as most do.
pub(super) fn add(batch: &mut Batch, wanted: &Fields) {
    for name in NAMES {
        if wanted.contains(name) && batch.column(name).is_none() {
            let source = if name.starts_with("date_") { "_time" } else { "_raw" };
            let Some(column) = batch.column(source) else { continue };
            let values = column.values().iter().map(|value| field(name, value)).collect();
            batch.set(*name, Column::new(values));
        }
    }
}

fn field(name: &str, value: &Value) -> Value {
    match name {
        "linecount" if !value.is_null() => {
            Value::text((value.to_text().trim_end().matches('\n').count() + 1).to_string())
        }
        "punct" if !value.is_null() => Value::text(punct(&value.to_text())),
        _ => value.as_number().and_then(|time| part(name, time)).map_or(Value::Null, Value::text),
    }
}

fn part(name: &str, time: f64) -> Option<String> {
    let time = Timestamp::from_second(time.floor() as i64).ok()?.to_zoned(TimeZone::UTC);
    Some(match name {
        "date_hour" => time.hour().to_string(),
        "date_mday" => time.day().to_string(),
        "date_minute" => time.minute().to_string(),
        "date_month" => time.strftime("%B").to_string().to_lowercase(),
        "date_second" => time.second().to_string(),
        "date_wday" => time.strftime("%A").to_string().to_lowercase(),
        "date_year" => time.year().to_string(),
        "date_zone" => "0".to_owned(),
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

    #[test]
    fn parts_of_an_event() {
        let mut batch = Batch::new(1);
        batch.set("_time", Column::new(vec![Value::Number(1_700_000_000.5)]));
        batch.set("_raw", Column::new(vec![Value::from("a b: \"c\"\nd\n")]));
        add(&mut batch, &Fields::All);
        // 2023-11-14T22:13:20Z, a Tuesday.
        let expected = ["22", "14", "13", "november", "20", "tuesday", "2023", "0", "2", "_:_\"\""];
        let found: Vec<String> = NAMES.iter().map(|name| batch.value(0, name).to_text().into_owned()).collect();
        assert_eq!(found, expected);
    }
}
