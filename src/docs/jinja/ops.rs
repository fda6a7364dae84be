//! The operators whose meaning in Python differs from the template engine's; `rewrite` puts calls in their place.

use super::percent;
use super::text::{escaped, str_of, text_like};
use super::values::{is_tuple, items, list, tuple, wrong};
use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{AutoEscape, Error, State};

/// Longest text or list that a multiplication may make.
const LONGEST: usize = 10_000_000;

/// A number; Booleans are 0 and 1.
#[derive(Clone, Copy)]
enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        match value.kind() {
            ValueKind::Bool => Some(Self::Int(i128::from(value.is_true()))),
            ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(Self::Int),
            ValueKind::Number => f64::try_from(value.clone()).ok().map(Self::Float),
            _ => None,
        }
    }

    fn float(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

fn int(value: Option<i128>) -> Result<Value, Error> {
    let value = value.ok_or_else(|| wrong("a number has more than 38 digits"))?;
    Ok(i64::try_from(value).map_or_else(|_| Value::from(value), Value::from))
}

/// `a + b`.
pub(super) fn add(a: &Value, b: &Value) -> Result<Value, Error> {
    if let (Some(a), Some(b)) = (Number::of(a), Number::of(b)) {
        return match (a, b) {
            (Number::Int(a), Number::Int(b)) => int(a.checked_add(b)),
            _ => Ok(Value::from(a.float() + b.float())),
        };
    }
    match (a.as_str(), b.as_str()) {
        (Some(_), Some(_)) if a.is_safe() || b.is_safe() => {
            return Ok(Value::from_safe_string(format!("{}{}", escaped(a), escaped(b))));
        }
        (Some(a), Some(b)) => return Ok(Value::from(format!("{a}{b}"))),
        _ => {}
    }
    if is_sequence(a) && is_sequence(b) && is_tuple(a) == is_tuple(b) {
        let mut all = items(a);
        all.extend(items(b));
        return Ok(if is_tuple(a) { tuple(all) } else { list(all) });
    }
    Err(impossible("+", a, b))
}

/// `a * b`.
pub(super) fn mul(a: &Value, b: &Value) -> Result<Value, Error> {
    let (x, y) = (Number::of(a), Number::of(b));
    if let (Some(x), Some(y)) = (x, y) {
        return match (x, y) {
            (Number::Int(x), Number::Int(y)) => int(x.checked_mul(y)),
            _ => Ok(Value::from(x.float() * y.float())),
        };
    }
    let (repeated, times) = match (x, y) {
        (Some(Number::Int(times)), None) => (b, times),
        (None, Some(Number::Int(times))) => (a, times),
        _ => return Err(impossible("*", a, b)),
    };
    let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
    let within = |len: usize| len.checked_mul(times).is_some_and(|len| len <= LONGEST);
    if let Some(text) = repeated.as_str() {
        let text = if within(text.len()) { text.repeat(times) } else { return Err(wrong("a text gets too long")) };
        return Ok(text_like(repeated, text));
    }
    if !is_sequence(repeated) {
        return Err(impossible("*", a, b));
    }
    let all = items(repeated);
    if !within(all.len()) {
        return Err(wrong("a list gets too long"));
    }
    let all = all.iter().cycle().take(all.len() * times).cloned().collect();
    Ok(if is_tuple(repeated) { tuple(all) } else { list(all) })
}

/// `a % b`: the remainder with the sign of the divisor, or a text with its places filled.
pub(super) fn rem(a: &Value, b: &Value) -> Result<Value, Error> {
    if a.as_str().is_some() {
        return percent::format(a, b);
    }
    match (Number::of(a), Number::of(b)) {
        (Some(Number::Int(_)), Some(Number::Int(0))) => Err(wrong("a number is divided by zero")),
        (Some(Number::Int(a)), Some(Number::Int(b))) => {
            let rest = a.checked_rem(b).unwrap_or(0);
            int(Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }))
        }
        (Some(a), Some(b)) if b.float() != 0.0 => {
            let (a, b) = (a.float(), b.float());
            let rest = a % b;
            Ok(Value::from(if rest == 0.0 {
                0.0_f64.copysign(b)
            } else if (rest < 0.0) == (b < 0.0) {
                rest
            } else {
                rest + b
            }))
        }
        (Some(_), Some(_)) => Err(wrong("a number is divided by zero")),
        _ => Err(impossible("%", a, b)),
    }
}

/// `a ~ b ~ c`: texts put together; where pages escape and one part is markup, the others are escaped.
#[expect(clippy::needless_pass_by_value, reason = "the form of a function that templates call")]
pub(super) fn concat(state: &mut State, parts: Rest<Value>) -> Value {
    let escaping = !matches!(state.auto_escape(), AutoEscape::None);
    if escaping && parts.iter().any(Value::is_safe) {
        return Value::from_safe_string(parts.iter().map(escaped).collect());
    }
    Value::from(parts.iter().map(str_of).collect::<String>())
}

/// `value[start:stop:step]`.
pub(super) fn slice(value: &Value, start: &Value, stop: &Value, step: &Value) -> Result<Value, Error> {
    let bound = |value: &Value| match value.kind() {
        ValueKind::None | ValueKind::Undefined => Ok(None),
        _ => i64::try_from(value.clone()).map(Some),
    };
    if value.is_undefined() {
        return Ok(list(Vec::new()));
    }
    if !is_sequence(value) && value.as_str().is_none() {
        return Err(wrong(format!("a {} cannot be sliced", value.kind())));
    }
    let all = items(value);
    let picked = indices(all.len(), bound(start)?, bound(stop)?, bound(step)?)?;
    let picked = picked.into_iter().filter_map(|at| all.get(at).cloned());
    if value.as_str().is_some() {
        let text: String = picked.map(|c| str_of(&c).into_owned()).collect();
        return Ok(text_like(value, text));
    }
    let picked: Vec<Value> = picked.collect();
    Ok(if is_tuple(value) { tuple(picked) } else { list(picked) })
}

fn indices(len: usize, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Vec<usize>, Error> {
    let (len, step) = (len as i64, step.unwrap_or(1));
    if step == 0 {
        return Err(wrong("the step of a slice is zero"));
    }
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |at: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(lowest, highest);
    let mut at = start.map_or(if step > 0 { lowest } else { highest }, clamp);
    let stop = stop.map_or(if step > 0 { highest } else { lowest }, clamp);
    let mut picked = Vec::new();
    while if step > 0 { at < stop } else { at > stop } {
        picked.push(at as usize);
        at = at.saturating_add(step);
    }
    Ok(picked)
}

fn is_sequence(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

fn impossible(operator: &str, a: &Value, b: &Value) -> Error {
    wrong(format!("`{operator}` does not work for {} and {}", kind_name(a), kind_name(b)))
}

fn kind_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "an undefined value",
        ValueKind::None => "None",
        ValueKind::Bool => "a Boolean",
        ValueKind::Number => "a number",
        ValueKind::String => "a text",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a dict",
        _ => "this value",
    }
}
