//! `xmlunescape`: characters instead of XML's codes for them.
//!
//! - `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;` and codes by number, in the raw text or the field named.
//! - Source: Search Reference, "xmlunescape".

use super::lower::field;
use super::native::{Apply, streaming};
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Value};

/// See the module.
pub(super) struct Xmlunescape;

const OPTIONS: &[OptionSpec] = &[
    option("field", OptionKind::Field, "_raw", "The field to change."),
    option("maxinputs", OptionKind::Ignored, "50000", "Most rows that Splunk looks at."),
];

impl Command for Xmlunescape {
    fn name(&self) -> &'static str {
        "xmlunescape"
    }

    fn summary(&self) -> &'static str {
        "Replace the codes of XML by characters"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "xmlunescape [field=<field>] [maxinputs=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two codes",
            before: r#"[{"x":"a &lt; b &amp;&amp; c"}]"#,
            search: "| xmlunescape field=x",
            after: r#"[{"x":"a < b && c"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let raw = || FieldRef::new("_raw", Span::default());
        cx.native(Unescape { field: options.get("field").map_or_else(raw, field) });
    }
}

/// Replaces codes.
#[derive(Clone, Debug)]
struct Unescape {
    field: FieldRef,
}

impl Native for Unescape {
    fn name(&self) -> &'static str {
        "xmlunescape"
    }

    fn flow(&self, input: &Schema) -> Flow {
        Flow { reads: vec![Read::value(&self.field)], output: input.clone(), ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Unescape {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        if let Some(column) = batch.column_mut(&self.field.name) {
            for value in column.values_mut() {
                // Text with a code that XML does not know stays as it is.
                let plain = |value: &Value| match quick_xml::escape::unescape(&value.to_text()) {
                    Ok(text) => Value::from(&*text),
                    Err(_) => value.clone(),
                };
                *value = Value::list(value.values().iter().map(plain));
            }
        }
        Ok(batch)
    }
}
