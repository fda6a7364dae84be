//! Forms of a hunt's report.

mod csv;
mod json;
mod navigator;
mod text;

pub use self::csv::csv;
pub use json::{json, json_lines};
pub use navigator::navigator;
pub use text::text;

use crate::value::time::Format;
use jiff::tz::TimeZone;

/// A time in UTC with milliseconds; the empty text for none.
fn time_text(time: Option<f64>) -> String {
    time.map_or_else(String::new, |time| Format::new("%Y-%m-%dT%H:%M:%S.%3NZ").print(time, &TimeZone::UTC))
}
