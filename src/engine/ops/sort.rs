//! `sort`: orders rows. Stable; a missing value comes last in either direction.

use super::{Stage, Whole};
use crate::engine::driver::Run;
use crate::ir::op::{SortKey, SortKind};
use crate::value::{Batch, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

/// Keeps the first `limit` rows; 0 keeps all.
pub(super) fn open(keys: &[SortKey], limit: usize) -> Box<dyn Stage + '_> {
    Box::new(Whole::new(move |rows: Batch, _run: &Run<'_>| {
        let columns: Vec<Vec<Sortable<'_>>> = keys.iter().map(|key| sortables(&rows, key)).collect();
        let mut order: Vec<usize> = (0..rows.rows()).collect();
        order.sort_by(|&a, &b| {
            let by_key = keys.iter().zip(&columns).map(|(key, column)| compare(&column[a], &column[b], key));
            by_key.fold(Ordering::Equal, Ordering::then)
        });
        if limit > 0 {
            order.truncate(limit);
        }
        Ok(rows.take(&order))
    }))
}

/// A value, with what its kind of comparison asks of it.
struct Sortable<'a> {
    text: Option<Cow<'a, str>>,
    number: Option<f64>,
    address: Option<IpAddr>,
}

fn sortables<'a>(rows: &'a Batch, key: &SortKey) -> Vec<Sortable<'a>> {
    let sortable = |value: &'a Value| {
        let text = (!value.is_null()).then(|| value.to_text());
        let address = match key.kind {
            SortKind::Auto | SortKind::Address => text.as_ref().and_then(|text| text.parse().ok()),
            SortKind::Number | SortKind::Text => None,
        };
        Sortable { number: value.as_number(), address, text }
    };
    match rows.column(&key.field.name) {
        Some(column) => column.values().iter().map(sortable).collect(),
        None => (0..rows.rows()).map(|_| sortable(&Value::Null)).collect(),
    }
}

fn compare(a: &Sortable<'_>, b: &Sortable<'_>, key: &SortKey) -> Ordering {
    let (Some(left), Some(right)) = (&a.text, &b.text) else {
        return a.text.is_none().cmp(&b.text.is_none());
    };
    let texts = || left.as_bytes().cmp(right.as_bytes());
    let numbers = || Some(a.number?.total_cmp(&b.number?));
    let addresses = || Some(a.address?.cmp(&b.address?));
    // Numbers before addresses before other text, so that the order of a mixture is a total one.
    let rank = |value: &Sortable<'_>| match (value.number, value.address) {
        (Some(_), _) => 0,
        (None, Some(_)) => 1,
        (None, None) => 2,
    };
    let order = match key.kind {
        SortKind::Text => texts(),
        SortKind::Number => numbers().unwrap_or_else(|| a.number.is_none().cmp(&b.number.is_none()).then_with(texts)),
        SortKind::Address => {
            addresses().unwrap_or_else(|| a.address.is_none().cmp(&b.address.is_none()).then_with(texts))
        }
        SortKind::Auto => match rank(a).cmp(&rank(b)) {
            Ordering::Equal => numbers().or_else(addresses).unwrap_or_else(texts),
            different => different,
        },
    };
    if key.descending { order.reverse() } else { order }
}
