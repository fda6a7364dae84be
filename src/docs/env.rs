//! The template engine, set up so that templates written for Jinja2 give the same text.

use super::filters;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State};

/// An environment with every filter, in which all templates escape or none does.
pub(super) fn environment(autoescape: bool) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_auto_escape_callback(move |_| if autoescape { AutoEscape::Html } else { AutoEscape::None });
    env.set_formatter(format);
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    env.add_filter("anchor", filters::anchor);
    env.add_filter("cell", filters::cell);
    env.add_filter("e", escape);
    env.add_filter("escape", escape);
    env.add_filter("fence", filters::fence);
    env.add_filter("label", filters::label);
    env.add_filter("link", filters::link);
    env.add_filter("pipes", filters::pipes);
    env.add_filter("prose", filters::prose);
    env.add_filter("quoted", filters::quoted);
    env.add_filter("slug", filters::slug);
    env.add_filter("yaml", filters::yaml);
    env
}

/// Writes a value as Jinja2 does: Python's names for nothing, true and false; quotes escaped as `MarkupSafe` does.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let text = python_text(value);
    match state.auto_escape() {
        AutoEscape::Html if !value.is_safe() => out.write_str(&filters::escape_html(&text)),
        _ => out.write_str(&text),
    }
    .map_err(Error::from)
}

fn escape(value: &Value) -> Value {
    if value.is_safe() {
        return value.clone();
    }
    Value::from_safe_string(filters::escape_html(&python_text(value)))
}

fn python_text(value: &Value) -> String {
    match value.kind() {
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool => if value.is_true() { "True" } else { "False" }.to_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use minijinja::context;

    #[test]
    fn templates_of_jinja2_give_the_same_text() {
        let html = environment(true);
        let text = environment(false);
        let values =
            context! { a => "it's \"<b>\" & /x", n => (), t => true, i => 50, list => ["b", "A"], id => "T1.2" };
        for (template, escaped, plain) in [
            ("{{ a }}", "it&#39;s &#34;&lt;b&gt;&#34; &amp; /x", "it's \"<b>\" & /x"),
            ("{{ a|safe }}", "it's \"<b>\" & /x", "it's \"<b>\" & /x"),
            ("{{ a|e }}", "it&#39;s &#34;&lt;b&gt;&#34; &amp; /x", "it&#39;s &#34;&lt;b&gt;&#34; &amp; /x"),
            ("{{ n }} {{ t }} {{ missing }}", "None True ", "None True "),
            ("{{ (i * 100) / 100 }}", "50.0", "50.0"),
            ("{{ list|sort|join(', ') }}", "A, b", "A, b"),
            ("{{ id.split('.')[1] }}", "2", "2"),
            ("{% if t is sameas true -%} y {%- endif %}", "y", "y"),
            ("{{ 'x|y'|replace('|', '\n|')|safe }}\n", "x\n|y", "x\n|y"),
        ] {
            assert_eq!(html.render_str(template, &values).unwrap(), escaped, "{template}");
            assert_eq!(text.render_str(template, &values).unwrap(), plain, "{template}");
        }
    }
}
