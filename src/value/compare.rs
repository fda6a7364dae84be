//! How values compare: in eval expressions ([`eval`]) and when rows are sorted ([`auto`] and its kin).

use super::{Value, address};
use crate::spl::ast::CompareOp;
use std::cmp::Ordering;
use std::net::IpAddr;

/// `left op right` of an eval expression. `None` (null) if a side is null.
///
/// Two numbers, or texts that are numbers as a whole, compare as numbers; anything else as text by bytes, with case. A
/// multivalue satisfies the comparison if one of its values does, also for `!=`. A Boolean equals the text that it
/// prints as, in any case.
pub fn eval(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::List(values), _) => Some(values.iter().any(|value| eval(op, value, right) == Some(true))),
        (_, Value::List(values)) => Some(values.iter().any(|value| eval(op, left, value) == Some(true))),
        _ => Some(holds(op, single(left, right)?)),
    }
}

/// Whether an ordering satisfies an operator.
pub fn holds(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering == Ordering::Equal,
        CompareOp::Ne => ordering != Ordering::Equal,
        CompareOp::Lt => ordering == Ordering::Less,
        CompareOp::Le => ordering != Ordering::Greater,
        CompareOp::Gt => ordering == Ordering::Greater,
        CompareOp::Ge => ordering != Ordering::Less,
    }
}

/// `None` if a side is NaN.
fn single(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Value::Text(left), Value::Text(right)) = (left, right)
        && left == right
    {
        return Some(Ordering::Equal);
    }
    if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
        return left.partial_cmp(&right);
    }
    if matches!(left, Value::Bool(_)) || matches!(right, Value::Bool(_)) {
        return Some(left.to_text().to_lowercase().cmp(&right.to_text().to_lowercase()));
    }
    Some(left.to_text().as_bytes().cmp(right.to_text().as_bytes()))
}

/// The order of `sort`'s default: numbers first, by size; then addresses, by octets; then everything else as
/// [`text`].
///
/// Splunk decides per pair, which is no order at all for a mixture (`9 < 10`, `10 < 1a`, `1a < 9`); this one agrees with
/// it wherever all values are of one sort. Null equals null and comes last; callers put missing values last themselves.
pub fn auto(left: &Value, right: &Value) -> Ordering {
    Key::of(left).cmp(&Key::of(right))
}

/// By size; what is no number comes after all numbers, as equal.
pub fn number(left: &Value, right: &Value) -> Ordering {
    match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// By the bytes of what prints: digits, upper case, lower case. The order of groups and of `values()`.
pub fn text(left: &Value, right: &Value) -> Ordering {
    left.to_text().as_bytes().cmp(right.to_text().as_bytes())
}

/// By address, IPv4 before IPv6; what is no address comes after all addresses, as [`text`].
pub fn address(left: &Value, right: &Value) -> Ordering {
    match (address::parse(&left.to_text()), address::parse(&right.to_text())) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => text(left, right),
    }
}

/// The order of `min()` and `max()`, of eval and stats: numbers by size, below all text, which goes by bytes.
pub fn mixed(left: &Value, right: &Value) -> Ordering {
    match (left.as_number(), right.as_number()) {
        (None, None) => text(left, right),
        _ => number(left, right),
    }
}

/// A value prepared for [`auto`], so that sorting reads each value once.
#[derive(Clone, Debug)]
pub struct Key<'a>(Rank<'a>);

#[derive(Clone, Debug)]
enum Rank<'a> {
    Number(f64),
    Address(IpAddr),
    Text(std::borrow::Cow<'a, str>),
    Null,
}

impl<'a> Key<'a> {
    /// The key of a value.
    pub fn of(value: &'a Value) -> Self {
        if value.is_null() {
            return Self(Rank::Null);
        }
        if let Some(number) = value.as_number() {
            return Self(Rank::Number(number));
        }
        let text = value.to_text();
        Self(address::parse(&text).map_or(Rank::Text(text), Rank::Address))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key.0 {
            Rank::Number(_) => 0,
            Rank::Address(_) => 1,
            Rank::Text(_) => 2,
            Rank::Null => 3,
        };
        match (&self.0, &other.0) {
            (Rank::Number(left), Rank::Number(right)) => left.total_cmp(right),
            (Rank::Address(left), Rank::Address(right)) => left.cmp(right),
            (Rank::Text(left), Rank::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> Value {
        Value::list(values.iter().map(|&value| value.into()))
    }

    #[test]
    fn eval_comparisons() {
        use CompareOp::{Eq, Ge, Gt, Lt, Ne};
        let rows = [
            (Value::from("10"), Gt, Value::from(9.0), Some(true)),
            (Value::from("10"), Lt, Value::from("9"), Some(false)),
            (Value::from("10a"), Lt, Value::from("9"), Some(true)),
            (Value::from("admin"), Eq, Value::from("Admin"), Some(false)),
            (Value::from("Z"), Lt, Value::from("a"), Some(true)),
            (Value::from("5"), Eq, Value::from("5.0"), Some(true)),
            (Value::from("*a*"), Eq, Value::from("bab"), Some(false)),
            (Value::Null, Eq, Value::from("x"), None),
            (Value::from("x"), Ne, Value::Null, None),
            (list(&["a", "b"]), Eq, Value::from("b"), Some(true)),
            (list(&["a", "b"]), Ne, Value::from("b"), Some(true)),
            (list(&["a", "b"]), Eq, Value::from("c"), Some(false)),
            (Value::Bool(true), Eq, Value::from("true"), Some(true)),
            (Value::Number(f64::NAN), Ge, Value::from(1.0), None),
        ];
        for (left, op, right, wanted) in rows {
            assert_eq!(eval(op, &left, &right), wanted, "{left:?} {op:?} {right:?}");
        }
    }

    #[test]
    fn orders() {
        let sorted = |order: fn(&Value, &Value) -> Ordering, values: &[&str]| {
            let mut values: Vec<Value> = values.iter().map(|&value| value.into()).collect();
            values.sort_by(order);
            values.iter().map(|value| value.to_text().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(sorted(auto, &["x", "10", "9", "1a"]), "9 10 1a x");
        assert_eq!(sorted(auto, &["10.0.0.10", "10.0.0.9", "b", "2"]), "2 10.0.0.9 10.0.0.10 b");
        assert_eq!(sorted(text, &["b", "B", "9", "10"]), "10 9 B b");
        assert_eq!(sorted(number, &["x", "10", "9"]), "9 10 x");
        assert_eq!(sorted(address, &["10.0.0.10", "a", "10.0.0.9"]), "10.0.0.9 10.0.0.10 a");
        assert_eq!(sorted(mixed, &["abc", "10", "9"]), "9 10 abc");
    }
}
