//! Arguments by position or by name, as Python binds them.

use super::values::wrong;
use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};

/// The arguments of one call, in the order of the callee's parameters.
pub(super) struct Args(Vec<Option<Value>>);

impl Args {
    /// Binds a call's arguments to parameter names. `what` is the callee, for the message.
    pub(super) fn bind(what: &str, values: &[Value], names: &[&str]) -> Result<Self, Error> {
        let (positional, keywords) = split(values);
        if positional.len() > names.len() {
            let reason = format!("`{what}` takes at most {} arguments, not {}", names.len(), positional.len());
            return Err(Error::new(ErrorKind::TooManyArguments, reason));
        }
        let mut bound: Vec<Option<Value>> = positional.iter().cloned().map(Some).collect();
        bound.resize(names.len(), None);
        for (name, value) in keywords {
            match names.iter().position(|known| *known == name) {
                Some(at) if bound[at].is_none() => bound[at] = Some(value),
                Some(_) => return Err(wrong(format!("`{what}` got the argument `{name}` twice"))),
                None => return Err(wrong(format!("`{what}` has no argument `{name}`"))),
            }
        }
        Ok(Self(bound))
    }

    /// The argument, if it was given.
    pub(super) fn get(&self, at: usize) -> Option<&Value> {
        self.0.get(at).and_then(Option::as_ref)
    }

    /// The argument, or undefined.
    pub(super) fn value(&self, at: usize) -> Value {
        self.get(at).cloned().unwrap_or_default()
    }

    /// Whether a flag was given and is true.
    pub(super) fn flag(&self, at: usize) -> bool {
        self.get(at).is_some_and(Value::is_true)
    }

    /// A whole number; `None` in Python counts as not given.
    pub(super) fn int(&self, at: usize) -> Result<Option<i64>, Error> {
        match self.get(at).filter(|value| !value.is_none() && !value.is_undefined()) {
            None => Ok(None),
            Some(value) => i64::try_from(value.clone()).map(Some),
        }
    }

    /// A text; `None` in Python counts as not given.
    pub(super) fn text(&self, at: usize) -> Option<String> {
        let value = self.get(at).filter(|value| !value.is_none() && !value.is_undefined())?;
        Some(super::text::str_of(value).into_owned())
    }
}

/// Splits positional from keyword arguments.
pub(super) fn split(values: &[Value]) -> (&[Value], Vec<(String, Value)>) {
    let Some((last, rest)) = values.split_last().filter(|(last, _)| last.is_kwargs()) else {
        return (values, Vec::new());
    };
    let Ok(keywords) = Kwargs::try_from(last.clone()) else { return (rest, Vec::new()) };
    let names: Vec<String> = keywords.args().map(str::to_owned).collect();
    let named = names.into_iter().map(|name| {
        let value = keywords.get::<Value>(&name).unwrap_or_default();
        (name, value)
    });
    (rest, named.collect())
}
