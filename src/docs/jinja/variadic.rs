//! Macros that read `varargs` or `kwargs`: what a call gives beyond the parameters.
//!
//! The template engine's macros take their parameters and nothing else. [`declare`] gives such a macro two more
//! parameters of these names and puts [`Variadic`], which fills them, under the macro's name.

use super::args::split;
use super::values::{self, tuple, wrong};
use minijinja::value::{Kwargs, Object, Value};
use minijinja::{Error, ErrorKind, State};
use std::fmt;
use std::sync::Arc;

/// The words, in the order in which the parameters are added.
const WORDS: [&str; 2] = ["varargs", "kwargs"];

/// A macro to declare anew: its tag, and the tag to put after its end.
pub(super) struct Declared {
    pub(super) tag: String,
    pub(super) after: String,
}

/// For the tag of a macro and the template behind it: what to write instead, if the macro reads one of the words.
pub(super) fn declare(tag: &str, behind: &str) -> Option<Declared> {
    let body = &behind[..body_end(behind)];
    let used = super::words(body);
    let [rest, named] = WORDS.map(|word| used.iter().any(|used| used == word));
    let (head, list) = tag.split_once('(')?;
    let close = list.rfind(')')?;
    let (list, end) = list.split_at(close);
    let name = head.split_whitespace().last()?;
    let parameters = parameters(list);
    if !(rest || named) || parameters.iter().any(|parameter| WORDS.contains(parameter)) {
        return None;
    }
    let own = list.trim_end().trim_end_matches(',');
    let comma = if own.trim().is_empty() { "" } else { ", " };
    let names: Vec<String> = parameters.iter().map(|parameter| format!("\"{parameter}\"")).collect();
    Some(Declared {
        tag: format!("{head}({own}{comma}varargs=none, kwargs=none{end}"),
        after: format!("set {name} = __variadic({name}, [{}], {rest}, {named})", names.join(", ")),
    })
}

/// Where the `endmacro` of a macro begins; macros inside it have their own.
fn body_end(behind: &str) -> usize {
    let (mut depth, mut from) = (0_usize, 0);
    while let Some(at) = behind[from..].find("{%") {
        let start = from + at;
        match super::rewrite::tag_name(&behind[start..]) {
            Some("macro") => depth += 1,
            Some("endmacro") if depth == 0 => return start,
            Some("endmacro") => depth -= 1,
            _ => {}
        }
        from = start + 2;
    }
    behind.len()
}

/// The names in a list of parameters, without their defaults.
fn parameters(list: &str) -> Vec<&str> {
    let (mut depth, mut quote) = (0_i32, None::<char>);
    let mut parts = vec![(0, list.len())];
    for (at, c) in list.char_indices() {
        if let Some(open) = quote {
            quote = quote.filter(|_| c != open);
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                if let Some(last) = parts.last_mut() {
                    last.1 = at;
                }
                parts.push((at + 1, list.len()));
            }
            _ => {}
        }
    }
    let names = parts.into_iter().map(|(start, end)| list[start..end].split('=').next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty()).collect()
}

/// What `__variadic(macro, names, rest, named)` gives: the macro, called with whatever its body can read.
pub(super) fn variadic(inner: &Value, names: &Value, rest: bool, named: bool) -> Value {
    let parameters = values::items(names).iter().map(|name| super::text::str_of(name).into_owned()).collect();
    Value::from_object(Variadic { inner: inner.clone(), parameters, rest, named })
}

/// A macro with its parameters, and whether it reads further positional or named arguments.
#[derive(Debug)]
struct Variadic {
    inner: Value,
    parameters: Vec<String>,
    rest: bool,
    named: bool,
}

impl Object for Variadic {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "name" => self.inner.get_attr("name").ok(),
            "arguments" => Some(tuple(self.parameters.iter().map(|name| Value::from(name.as_str())).collect())),
            _ => None,
        }
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (positional, keywords) = split(args);
        let (own, more) = positional.split_at(positional.len().min(self.parameters.len()));
        if !more.is_empty() && !self.rest {
            let reason = format!("the macro takes {} arguments, not {}", self.parameters.len(), positional.len());
            return Err(Error::new(ErrorKind::TooManyArguments, reason));
        }
        let mut bound: Vec<(String, Value)> = self.parameters.iter().cloned().zip(own.iter().cloned()).collect();
        let mut further = Vec::new();
        for (name, value) in keywords {
            if bound.iter().any(|(taken, _)| *taken == name) {
                return Err(wrong(format!("the macro got the argument `{name}` twice")));
            }
            if name == "caller" || self.parameters.contains(&name) {
                bound.push((name, value));
            } else if self.named {
                further.push((Value::from(name), value));
            } else {
                return Err(wrong(format!("the macro has no argument `{name}`")));
            }
        }
        bound.push(("varargs".to_owned(), tuple(more.to_vec())));
        bound.push(("kwargs".to_owned(), values::dict(further)));
        self.inner.call(state, &[Kwargs::from_iter(bound).into()])
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inner)
    }
}
