//! The global functions of Jinja2: `range`, `dict`, `cycler`, `joiner`; and those that `rewrite` calls.

use super::args::{Args, split};
use super::values::{self, List, Range, items, list, wrong};
use super::{ops, text, variadic};
use minijinja::value::{Object, Rest, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub(super) fn install(env: &mut Environment<'static>) {
    env.add_function("__add", |a: &Value, b: &Value| ops::add(a, b));
    env.add_function("__mul", |a: &Value, b: &Value| ops::mul(a, b));
    env.add_function("__rem", |a: &Value, b: &Value| ops::rem(a, b));
    env.add_function("__cat", ops::concat);
    env.add_function("__slice", |value: &Value, start: &Value, stop: &Value, step: Option<&Value>| {
        ops::slice(value, start, stop, step.unwrap_or(&Value::UNDEFINED))
    });
    env.add_function("__list", |value: &Value| list(items(value)));
    env.add_function("__dict", |value: &Value| values::dict(values::pairs(value)));
    env.add_function("__variadic", variadic::variadic);
    env.add_function("range", |args: Rest<Value>| range(&args));
    env.add_function("dict", |args: Rest<minijinja::value::ValueOrKwargs>| dict(&args.into_values()));
    env.add_function("cycler", |args: Rest<Value>| {
        Value::from_object(Cycler { items: args.0, at: AtomicUsize::new(0) })
    });
    env.add_function("joiner", |args: Rest<minijinja::value::ValueOrKwargs>| -> Result<Value, Error> {
        let separator = Args::bind("joiner", &args.into_values(), &["sep"])?;
        let separator = separator.get(0).cloned().unwrap_or_else(|| Value::from(", "));
        Ok(Value::from_object(Joiner { separator, used: AtomicBool::new(false) }))
    });
}

/// More are refused, as Jinja2's sandbox does.
const LONGEST_RANGE: i64 = 100_000;

fn range(args: &[Value]) -> Result<Value, Error> {
    let numbers: Result<Vec<i64>, Error> = args.iter().map(|value| i64::try_from(value.clone())).collect();
    let (start, stop, step) = match numbers?.as_slice() {
        [stop] => (0, *stop, 1),
        [start, stop] => (*start, *stop, 1),
        [start, stop, step] if *step != 0 => (*start, *stop, *step),
        _ => return Err(wrong("`range` takes one to three numbers, the last of them not zero")),
    };
    let span = if step > 0 { stop.saturating_sub(start) } else { start.saturating_sub(stop) };
    let size = step.saturating_abs();
    let len = span.max(0).saturating_add(size - 1) / size;
    if len > LONGEST_RANGE {
        return Err(wrong(format!("`range` has more than {LONGEST_RANGE} numbers")));
    }
    Ok(Value::from_object(Range { start, stop, step, len: len as usize }))
}

fn dict(args: &[Value]) -> Result<Value, Error> {
    let (positional, named) = split(args);
    let mut pairs = Vec::new();
    for other in positional {
        if other.kind() == ValueKind::Map {
            pairs.extend(values::pairs(other));
            continue;
        }
        for pair in values::iterate(other)? {
            let mut pair = items(&pair).into_iter();
            pairs.push((pair.next().unwrap_or_default(), pair.next().unwrap_or_default()));
        }
    }
    pairs.extend(named.into_iter().map(|(key, value)| (Value::from(key), value)));
    Ok(values::dict(pairs))
}

/// `cycler('odd', 'even')`.
#[derive(Debug)]
struct Cycler {
    items: Vec<Value>,
    at: AtomicUsize,
}

impl Cycler {
    fn current(&self) -> Value {
        let at = self.at.load(Ordering::Relaxed) % self.items.len().max(1);
        self.items.get(at).cloned().unwrap_or_default()
    }
}

impl Object for Cycler {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str() == Some("current")).then(|| self.current())
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, name: &str, _: &[Value]) -> Result<Value, Error> {
        match name {
            "next" => {
                let current = self.current();
                self.at.fetch_add(1, Ordering::Relaxed);
                Ok(current)
            }
            "reset" => {
                self.at.store(0, Ordering::Relaxed);
                Ok(Value::from(()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// `joiner(', ')`: nothing at the first call, the separator at later ones.
#[derive(Debug)]
struct Joiner {
    separator: Value,
    used: AtomicBool,
}

impl Object for Joiner {
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        let used = self.used.swap(true, Ordering::Relaxed);
        Ok(if used { self.separator.clone() } else { Value::from("") })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::repr_of(&self.separator))
    }
}

/// Whether a value can be called: a macro, a global function, a joiner.
pub(super) fn is_callable(value: &Value) -> bool {
    value.kind() == ValueKind::Plain
        || value.downcast_object_ref::<Joiner>().is_some()
        || value
            .as_object()
            .is_some_and(|object| object.downcast_ref::<List>().is_none() && value.to_string().starts_with("<macro "))
}
