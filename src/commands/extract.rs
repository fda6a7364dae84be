//! `extract` (also `kv`): key and value pairs of `_raw` become fields.
//!
//! - Without delimiters, `key=value` with a word as key; the value ends at a blank, comma or semicolon, unless it stands
//!   in quotes. With `pairdelim` and `kvdelim`, each character of these texts is a delimiter by itself.
//! - Names are cleaned: characters other than letters, digits and `_` become `_`, unless `clean_keys=false`. A field that
//!   exists stays. Source: Search Reference, "extract".

use super::native::{Apply, Made, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::spl::ast::Stage;
use crate::value::{Batch, Name, Value};
use indexmap::IndexMap;

/// See the module.
pub(super) struct Extract;

const fn option(name: &'static str, kind: OptionKind, default: &'static str, summary: &'static str) -> OptionSpec {
    OptionSpec { name, kind, default, summary }
}

const OPTIONS: &[OptionSpec] = &[
    option("auto", OptionKind::Ignored, "true", "Use the automatic rules beside the delimiters."),
    option("clean_keys", OptionKind::Flag, "true", "Clean the names of fields."),
    option("kvdelim", OptionKind::Text, "", "Characters between a key and its value."),
    option("limit", OptionKind::Count, "50", "At most so many pairs."),
    option("maxchars", OptionKind::Count, "10240", "Look at so many characters."),
    option(
        "mv_add",
        OptionKind::Flag,
        "false",
        "Several values of a key make a multivalue; otherwise the first one counts.",
    ),
    option("pairdelim", OptionKind::Text, "", "Characters between pairs."),
    option("reload", OptionKind::Ignored, "false", "Splunk reads its settings again."),
    option("segment", OptionKind::Ignored, "false", "Where Splunk shows the hits."),
];

impl Command for Extract {
    fn name(&self) -> &'static str {
        "extract"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["kv"]
    }

    fn summary(&self) -> &'static str {
        "Key and value pairs of the raw text become fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "extract [pairdelim=<text> kvdelim=<text>] [limit=<n>] [mv_add=<bool>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "With delimiters",
            before: r#"[{"_raw":"a:1;b c:two"}]"#,
            search: r#"| extract pairdelim=";" kvdelim=":" | fields - _raw"#,
            after: r#"[{"a":"1","b_c":"two"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        if let Some(word) = super::lower::words(stage).first() {
            return cx.unsupported(&format!("the extraction `{}` of a server's settings is not known", word.text));
        }
        let delimiters = match (options.text("pairdelim"), options.text("kvdelim")) {
            (Some(pair), Some(key)) => Some((pair.into(), key.into())),
            _ => None,
        };
        cx.native(Pairs {
            delimiters,
            clean: options.flag("clean_keys", true),
            limit: options.count("limit", 50),
            characters: options.count("maxchars", 10_240),
            all: options.flag("mv_add", false),
        });
    }
}

/// Reads pairs from `_raw`.
#[derive(Clone, Debug)]
struct Pairs {
    delimiters: Option<(Name, Name)>,
    clean: bool,
    limit: usize,
    characters: usize,
    all: bool,
}

impl Native for Pairs {
    fn name(&self) -> &'static str {
        "extract"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.open_up();
        Flow { reads: vec![Read::implied("_raw")], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Pairs {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut made = Made::new(&batch);
        for row in 0..batch.rows() {
            let raw = batch.value(row, "_raw").to_text().into_owned();
            let end = raw.char_indices().nth(self.characters).map_or(raw.len(), |(at, _)| at);
            let mut values: IndexMap<Name, Vec<Value>> = IndexMap::new();
            for (key, value) in self.pairs(&raw[..end]).into_iter().take(self.limit) {
                let name = if self.clean { cleaned(key) } else { key.into() };
                let list = values.entry(name).or_default();
                if self.all || list.is_empty() {
                    list.push(value.into());
                }
            }
            for (name, list) in values {
                if batch.value(row, &name).is_null() {
                    made.set(row, &name, Value::list(list))?;
                }
            }
        }
        Ok(made.finish())
    }
}

impl Pairs {
    fn pairs<'t>(&self, text: &'t str) -> Vec<(&'t str, &'t str)> {
        let Some((between, inside)) = &self.delimiters else { return automatic(text) };
        let mut found = Vec::new();
        for pair in split_outside_quotes(text, |c| between.contains(c)) {
            if let Some(at) = pair.find(|c| inside.contains(c)) {
                let value = pair[at..].trim_start_matches(|c| inside.contains(c)).trim();
                let key = pair[..at].trim();
                if !key.is_empty() {
                    found.push((key, unquoted(value)));
                }
            }
        }
        found
    }
}

/// Pairs by the automatic rules.
fn automatic(text: &str) -> Vec<(&str, &str)> {
    let in_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '{' | '}' | '[' | ']');
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(sign) = text[at..].find('=').map(|offset| at + offset) {
        let before = &text[at..sign];
        let key = &before[before.trim_end_matches(in_key).len()..];
        let rest = &text[sign + 1..];
        let quoted = rest.strip_prefix('"').and_then(|inner| Some((inner, inner.find('"')?)));
        let (value, length) = if let Some((inner, end)) = quoted {
            (&inner[..end], end + 2)
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(rest.len());
            (&rest[..end], end)
        };
        if !key.is_empty() && !value.is_empty() {
            found.push((key, value));
        }
        at = sign + 1 + length;
    }
    found
}

fn split_outside_quotes(text: &str, delimiter: impl Fn(char) -> bool) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        !quoted && delimiter(c)
    })
    .collect()
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value)
}

fn cleaned(key: &str) -> Name {
    key.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_pairs() {
        let rows: &[(&str, &[(&str, &str)])] = &[
            ("a=1, b=\"two words\"; c=x", &[("a", "1"), ("b", "two words"), ("c", "x")]),
            ("=1 a= b", &[]),
            ("a=\"open", &[("a", "\"open")]),
        ];
        for (text, wanted) in rows {
            assert_eq!(automatic(text), *wanted, "{text}");
        }
    }
}
