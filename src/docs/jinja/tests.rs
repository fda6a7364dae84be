//! Jinja2's tests (`is ...`) where Python's answer differs from the template engine's.

use super::globals::is_callable;
use minijinja::Environment;
use minijinja::value::{Value, ValueKind};

pub(super) fn install(env: &mut Environment<'static>) {
    env.add_test("callable", is_callable);
    env.add_test("sequence", |value: &Value| {
        matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Iterable)
    });
    env.add_test("iterable", |value: &Value| {
        matches!(
            value.kind(),
            ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Iterable | ValueKind::Undefined
        )
    });
    env.add_test("lower", |value: &Value| cased(value, char::is_lowercase));
    env.add_test("upper", |value: &Value| cased(value, char::is_uppercase));
    env.add_test("sameas", |a: &Value, b: &Value| {
        a.kind() == b.kind() && a == b && (a.kind() != ValueKind::Number || a.is_integer() == b.is_integer())
    });
    env.add_test("number", |value: &Value| matches!(value.kind(), ValueKind::Number | ValueKind::Bool));
}

fn cased(value: &Value, same: fn(char) -> bool) -> bool {
    let text = super::text::str_of(value);
    let mut letters = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).peekable();
    letters.peek().is_some() && letters.all(same)
}
