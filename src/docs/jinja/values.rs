//! Lists and dicts as Python has them: shared, and changed in place by `append` and `update`.

use super::text;
use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple, Value, ValueKind};
use minijinja::{Error, ErrorKind};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A list.
#[derive(Debug, Default)]
pub(super) struct List(Mutex<Vec<Value>>);

impl List {
    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let items = self.lock();
        let at = i64::try_from(key.clone()).ok().filter(|_| key.kind() == ValueKind::Number)?;
        let at = if at < 0 { items.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?)? } else { at as usize };
        items.get(at).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.lock().clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.lock().len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::repr_of(&Value::from_dyn_object(self.clone())))
    }
}

/// The pairs of a dict, in the order in which they came.
pub(in crate::docs) type Pairs = IndexMap<Value, Value, foldhash::fast::RandomState>;

/// A dict.
#[derive(Debug, Default)]
pub(super) struct Dict(Mutex<Pairs>);

impl Dict {
    pub(super) fn lock(&self) -> MutexGuard<'_, Pairs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Object for Dict {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.lock().get(key).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.lock().keys().cloned().collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.lock().len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::repr_of(&Value::from_dyn_object(self.clone())))
    }
}

/// `range(...)`, which prints as it was called.
#[derive(Debug)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) stop: i64,
    pub(super) step: i64,
    pub(super) len: usize,
}

impl Object for Range {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = i64::try_from(key.clone()).ok()?;
        let at = if at < 0 { at + self.len as i64 } else { at };
        (at >= 0 && (at as usize) < self.len).then(|| Value::from(self.start + at * self.step))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.len)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            1 => write!(f, "range({}, {})", self.start, self.stop),
            step => write!(f, "range({}, {}, {step})", self.start, self.stop),
        }
    }
}

/// What `groupby` gives: a tuple of the value and its items, which also has them by name.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) grouper: Value,
    pub(super) list: Value,
}

impl Object for Group {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str(), key.as_usize()) {
            (Some("grouper"), _) | (_, Some(0)) => Some(self.grouper.clone()),
            (Some("list"), _) | (_, Some(1)) => Some(self.list.clone()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(2)
    }
}

/// A new list.
pub(in crate::docs) fn list(items: Vec<Value>) -> Value {
    Value::from_object(List(Mutex::new(items)))
}

/// A new dict.
pub(in crate::docs) fn dict(pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::from_object(Dict(Mutex::new(pairs.into_iter().collect())))
}

/// A new tuple.
pub(super) fn tuple(items: Vec<Value>) -> Value {
    Value::from(Tuple::from(items))
}

/// JSON as Python would have read it: numbers are numbers, whatever features the JSON library was built with.
pub(in crate::docs) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(value) => Value::from(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Value::from(value),
            (None, Some(value)) => Value::from(value),
            (None, None) => Value::from(number.to_string()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => list(items.iter().map(from_json).collect()),
        serde_json::Value::Object(map) => {
            dict(map.iter().map(|(key, value)| (Value::from(key.as_str()), from_json(value))))
        }
    }
}

/// The items of a list, tuple, set of keys or text; none of anything else.
pub(super) fn items(value: &Value) -> Vec<Value> {
    match value.as_str() {
        Some(text) => text.chars().map(Value::from).collect(),
        None => value.try_iter().map(Iterator::collect).unwrap_or_default(),
    }
}

/// As [`items`], but a number is an error and not an empty list.
pub(super) fn iterate(value: &Value) -> Result<Vec<Value>, Error> {
    match value.kind() {
        ValueKind::None | ValueKind::Bool | ValueKind::Number | ValueKind::Plain => {
            Err(wrong(format!("{} is no list", text::repr_of(value))))
        }
        _ => Ok(items(value)),
    }
}

/// The pairs of a dict.
pub(super) fn pairs(value: &Value) -> Vec<(Value, Value)> {
    let keys: Vec<Value> = value.try_iter().map(Iterator::collect).unwrap_or_default();
    keys.into_iter()
        .map(|key| {
            let item = value.get_item(&key).unwrap_or_default();
            (key, item)
        })
        .collect()
}

pub(super) fn is_tuple(value: &Value) -> bool {
    value.is_tuple() || value.downcast_object_ref::<Group>().is_some()
}

/// Whether a sequence prints by a form of its own.
pub(super) fn has_own_text(value: &Value) -> bool {
    value.downcast_object_ref::<Range>().is_some()
}

/// `environment.getitem`: the item or attribute, or undefined.
pub(super) fn item(value: &Value, key: &Value) -> Value {
    value.get_item(key).unwrap_or_default()
}

pub(super) fn wrong(reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason)
}
