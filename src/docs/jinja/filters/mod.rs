//! Jinja2's filters with Python's results.

#![allow(clippy::unnecessary_wraps, reason = "filters have one form, and most can fail")]

mod html;
mod json;
mod numbers;
mod sequences;
mod texts;
mod wrap;

use super::args::Args;
use minijinja::value::{Rest, Value, ValueOrKwargs};
use minijinja::{Environment, Error, State};

/// One filter: its name, the names of its parameters after the value, and what it does.
struct Filter {
    name: &'static str,
    parameters: &'static [&'static str],
    apply: fn(&mut State, &Value, &Args) -> Result<Value, Error>,
}

/// A filter whose arguments are passed on to another filter or test, or to a format.
struct Variadic {
    name: &'static str,
    apply: fn(&mut State, &Value, &[Value]) -> Result<Value, Error>,
}

pub(super) fn install(env: &mut Environment<'static>) {
    for filter in texts::FILTERS.iter().chain(sequences::FILTERS).chain(numbers::FILTERS).chain(html::FILTERS) {
        env.add_filter(filter.name, move |state: &mut State, value: &Value, args: Rest<ValueOrKwargs>| {
            let args = Args::bind(filter.name, &args.into_values(), filter.parameters)?;
            (filter.apply)(state, value, &args)
        });
    }
    for filter in sequences::VARIADIC.iter().chain(texts::VARIADIC) {
        env.add_filter(filter.name, move |state: &mut State, value: &Value, args: Rest<ValueOrKwargs>| {
            (filter.apply)(state, value, &args.into_values())
        });
    }
}
