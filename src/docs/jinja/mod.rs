//! The template engine, set up so that templates written for Jinja2 give the same text.
//!
//! minijinja reads and runs the templates. What it does not do as Python does is put in its place here:
//!
//! | what | where |
//! |---|---|
//! | operators, literals, slices | `rewrite` (before the engine reads a template), `ops` |
//! | lists and dicts that can be changed | `values`, `methods` |
//! | how values print; what is escaped | `text` |
//! | `%`, `str.format` | `percent`, `braces`, `number` |
//! | filters, tests, global functions | `filters`, `tests`, `globals` |
//!
//! `docs/templates.md` lists what is left.

#![allow(clippy::cast_possible_wrap, reason = "lengths and positions are far below the limits")]

mod args;
mod braces;
mod filters;
mod globals;
mod methods;
mod number;
mod ops;
mod percent;
mod rewrite;
mod tests;
mod text;
pub(in crate::docs) mod values;
mod variadic;

use crate::docs::{Error, filters as page_filters, html, layout};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Output, State};

/// How a layout wants its templates read; the defaults are Jinja2's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::docs) struct Whitespace {
    /// The line break after a statement is dropped.
    pub(in crate::docs) trim_blocks: bool,
    /// Blanks before a statement that begins a line are dropped.
    pub(in crate::docs) lstrip_blocks: bool,
    /// The line break at the end of a template is kept.
    pub(in crate::docs) keep_trailing_newline: bool,
}

/// An environment with every filter, in which all templates escape or none does.
pub(in crate::docs) fn environment(autoescape: bool, whitespace: Whitespace) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_debug(false);
    env.set_auto_escape_callback(move |_| if autoescape { AutoEscape::Html } else { AutoEscape::None });
    env.set_formatter(format);
    env.set_unknown_method_callback(methods::call);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(whitespace.trim_blocks)
        .lstrip_blocks(whitespace.lstrip_blocks)
        .keep_trailing_newline(whitespace.keep_trailing_newline)
        .build();
    // The delimiters are Jinja2's, which cannot be at odds with each other.
    if let Ok(syntax) = syntax {
        env.set_syntax(syntax);
    }
    filters::install(&mut env);
    tests::install(&mut env);
    globals::install(&mut env);
    page_filters::install(&mut env);
    html::install(&mut env);
    env
}

/// Adds a template under a name.
pub(in crate::docs) fn add(env: &mut Environment<'static>, name: String, source: &str) -> Result<(), minijinja::Error> {
    env.add_template_owned(name, rewrite::rewrite(source))
}

/// Renders one template that is given as text; for tests and tools.
pub fn render_text(template: &str, context: &serde_json::Value, autoescape: bool) -> Result<String, Error> {
    render_one_of(&[("text", template)], "text", context, autoescape)
}

/// Renders one of several templates, which may load each other by name; for tests and tools.
pub fn render_one_of(
    templates: &[(&str, &str)],
    name: &str,
    context: &serde_json::Value,
    autoescape: bool,
) -> Result<String, Error> {
    let mut env = environment(autoescape, Whitespace::default());
    let mut render = || {
        for (name, template) in templates {
            add(&mut env, (*name).to_owned(), template)?;
        }
        env.get_template(name)?.render(values::from_json(context))
    };
    render().map_err(layout::template_error)
}

/// Writes a value as Jinja2 does.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let text = match state.auto_escape() {
        AutoEscape::None => text::str_of(value),
        _ => text::escaped(value),
    };
    out.write_str(&text).map_err(minijinja::Error::from)
}

/// The words inside a template's tags.
pub(in crate::docs) fn words(source: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let tag = &rest[at + 2..];
        let end = tag.find("}}").into_iter().chain(tag.find("%}")).min().unwrap_or(tag.len());
        let names = tag[..end].split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        words.extend(names.map(str::to_owned));
        rest = &tag[end..];
    }
    words
}
