//! `xpath`: values at a path of an XML text.
//!
//! - The path is of XPath's abbreviated form: `/a/b`, `//b`, `*`, `@name`, `text()`, and the tests `[2]`, `[last()]`, `[@k]`,
//!   `[@k='v']`, `[b='v']`. Of an element its text counts. Several values make a multivalue; without one, `default` is written.
//! - Source: Search Reference, "xpath".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::options::{Options, bad_value, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::{Context, FieldRef};
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::xpath::XPath;
use crate::value::{Batch, Column, Name, Value};
use std::sync::Arc;

/// See the module.
pub(super) struct Xpath;

const OPTIONS: &[OptionSpec] = &[
    option("default", OptionKind::Text, "", "What to write where the path leads nowhere."),
    option("field", OptionKind::Field, "_raw", "The field that holds the text."),
    option("outfield", OptionKind::Field, "xpath", "The field for the values."),
];

impl Command for Xpath {
    fn name(&self) -> &'static str {
        "xpath"
    }

    fn summary(&self) -> &'static str {
        "Values at a path of an XML text"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "xpath [outfield=<field>] <path> [field=<field>] [default=<text>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Attributes",
            before: r#"[{"x":"<r><a n='1'>p</a><a n='2'>q</a></r>"}]"#,
            search: r#"| xpath outfield=n "//a/@n" field=x | fields - x"#,
            after: r#"[{"n":["1","2"]}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a path") };
        let Some(path) = XPath::parse(&word.text) else {
            cx.problem(bad_value("xpath", "path", "a path such as `//name/@attribute`", word));
            return cx.unsupported("its path has errors");
        };
        cx.native(Values {
            field: options.get("field").map_or_else(|| FieldRef::new("_raw", Span::default()), field),
            path: Arc::new(path),
            target: options.text("outfield").unwrap_or("xpath").into(),
            default: options.text("default").map(Name::from),
            span: cx.span(),
        });
    }
}

/// Reads values at a path.
#[derive(Clone, Debug)]
struct Values {
    field: FieldRef,
    path: Arc<XPath>,
    target: Name,
    default: Option<Name>,
    span: Span,
}

impl Native for Values {
    fn name(&self) -> &'static str {
        "xpath"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo { multivalue: true, ..FieldInfo::made(self.span) });
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Values {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let values = |row: usize| {
            let texts = batch.value(row, &self.field.name).values().iter();
            let found = texts.flat_map(|text| self.path.find(&text.to_text())).map(|text| Value::from(text.as_str()));
            match (Value::list(found), &self.default) {
                (Value::Null, Some(default)) => Value::text(default.clone()),
                (found, _) => found,
            }
        };
        let values = (0..batch.rows()).map(values).collect();
        batch.set(self.target.clone(), Column::new(values));
        Ok(batch)
    }
}
