//! `xmlkv`: the innermost elements of XML text become fields.
//!
//! - `<tag>text</tag>` without elements inside makes the field `tag`; for a tag that repeats, the first one counts.
//!   Entities stay as they are. Source: Search Reference, "xmlkv".

use super::lower::{field, words};
use super::native::{Apply, Made, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::Batch;

/// See the module.
pub(super) struct Xmlkv;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "maxinputs",
    kind: OptionKind::Ignored,
    default: "50000",
    summary: "Most rows that Splunk looks at.",
}];

impl Command for Xmlkv {
    fn name(&self) -> &'static str {
        "xmlkv"
    }

    fn summary(&self) -> &'static str {
        "The innermost elements of XML text become fields"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "xmlkv [<field>] [maxinputs=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two elements",
            before: r#"[{"x":"<e><a>1</a><b k='v'>two</b></e>"}]"#,
            search: "| xmlkv x | fields - x",
            after: r#"[{"a":"1","b":"two"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let word = words(stage).into_iter().next();
        cx.native(Elements { field: word.map_or_else(|| FieldRef::new("_raw", Span::default()), field) });
    }
}

/// Reads the innermost elements of a field.
#[derive(Clone, Debug)]
struct Elements {
    field: FieldRef,
}

impl Native for Elements {
    fn name(&self) -> &'static str {
        "xmlkv"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow::opening(input, vec![Read::value(&self.field)])
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Elements {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut made = Made::new(&batch);
        for row in 0..batch.rows() {
            let text = batch.value(row, &self.field.name).to_text().into_owned();
            let mut seen = std::collections::HashSet::new();
            for (tag, inside) in elements(&text) {
                if !seen.insert(tag) {
                    continue;
                }
                made.set(row, &tag.into(), inside.into())?;
            }
        }
        Ok(made.finish())
    }
}

/// The tags and texts of elements that hold no other element, in order.
fn elements(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|offset| at + offset) {
        let Some(end) = text[start..].find('>').map(|offset| start + offset) else { break };
        let tag = &text[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            if let Some((opened, from)) = open.take()
                && opened == name.trim_end()
            {
                found.push((opened, &text[from..start]));
            }
        } else {
            let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
            let plain = !name.is_empty() && !tag.ends_with('/') && !tag.starts_with(['!', '?']);
            open = plain.then_some((name, end + 1));
        }
        at = end + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn reads_innermost_elements() {
        let text = "<?x?><E a='1'><A>1</A><B k=\"v\">two &amp; 3</B><C/><D></D><F>x</G></E>";
        assert_eq!(elements(text), [("A", "1"), ("B", "two &amp; 3"), ("D", "")]);
        assert_eq!(elements("<a><b"), []);
    }
}
