//! What index time leaves behind for search time: where an event's text says its time, and what it says there.
//!
//! Two columns of a batch hold it, under names that no event can have.

use crate::source::Span;
use crate::value::{Batch, Column, Value};

/// A timestamp in the text of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it stands, in bytes.
    pub place: Span,
    /// What it says, in seconds since the epoch as if it were UTC.
    pub civil: i64,
    /// The zone that it names, in minutes east of Greenwich; none if it names none.
    pub zone: Option<i16>,
}

/// Start and length of the place. The names hold a blank, which those of indexed fields cannot.
const PLACE: &str = "_time place";
/// The civil time and the zone.
const CIVIL: &str = "_time civil";

/// Ends are at most so far behind starts; longer timestamps count as this long.
const MAX_LENGTH: f64 = 4096.0;
/// Zones are between -1440 and 1440; this one stands for none.
const NO_ZONE: f64 = 2000.0;
const ZONES: f64 = 4096.0;

/// Notes for every row what its text says of its time.
pub fn set(batch: &mut Batch, written: impl Iterator<Item = Option<Written>> + Clone) {
    let place = |written: Option<Written>| match written {
        Some(Written { place, .. }) => {
            let length = (place.len() as f64).min(MAX_LENGTH - 1.0);
            Value::Number(f64::from(place.start) * MAX_LENGTH + length)
        }
        None => Value::Null,
    };
    let civil = |written: Option<Written>| match written {
        Some(Written { civil, zone, .. }) => {
            Value::Number(civil as f64 * ZONES + zone.map_or(NO_ZONE, f64::from) + ZONES / 2.0)
        }
        None => Value::Null,
    };
    batch.set(PLACE, Column::new(written.clone().map(place).collect()));
    batch.set(CIVIL, Column::new(written.map(civil).collect()));
}

/// What is noted of a row: `None` if nothing was noted for this batch, so that nobody knows.
#[expect(clippy::option_option, reason = "not noted differs from noted that there is none")]
pub(super) fn get(batch: &Batch, row: usize) -> Option<Option<Written>> {
    let place = &batch.column(PLACE)?.values()[row];
    let (Value::Number(place), Value::Number(civil)) = (place, batch.value(row, CIVIL)) else { return Some(None) };
    let start = (place / MAX_LENGTH).floor();
    let end = start + place.rem_euclid(MAX_LENGTH);
    let zone = civil.rem_euclid(ZONES) - ZONES / 2.0;
    let civil = (civil / ZONES).floor() as i64;
    let zone = if zone >= NO_ZONE { None } else { Some(zone as i16) };
    Some(Some(Written { place: Span::new(start as usize, end as usize), civil, zone }))
}

/// Takes the notes away.
pub(super) fn forget(batch: &mut Batch) {
    for name in [PLACE, CIVIL] {
        if batch.column(name).is_some() {
            batch.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back() {
        let notes = [
            Some(Written { place: Span::new(0, 19), civil: 1_700_000_000, zone: None }),
            Some(Written { place: Span::new(70_000, 70_030), civil: -86_400, zone: Some(-300) }),
            None,
            Some(Written { place: Span::new(9_999_999, 10_000_010), civil: 4_000_000_000, zone: Some(840) }),
        ];
        let mut batch = Batch::new(notes.len());
        assert_eq!(get(&batch, 0), None);
        set(&mut batch, notes.iter().copied());
        let found: Vec<_> = (0..notes.len()).map(|row| get(&batch, row)).collect();
        assert_eq!(found, notes.map(Some));
        forget(&mut batch);
        assert_eq!(batch.names().len(), 0);
    }
}
