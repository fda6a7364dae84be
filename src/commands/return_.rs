//! `return`: values of the first rows as a search expression, for the end of a subsearch.
//!
//! - `f` gives `f="value"`, `alias=f` gives `alias="value"`, `$f` the bare value. Rows are joined by `OR`.
//! - Source: Search Reference, "return".

use super::format::quoted;
use super::lower::field;
use super::native::{Apply, gathered};
use super::{Command, Example, Lower, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::spl::ast::{Arg, Stage};
use crate::value::{Batch, Column, Name, Value};

/// See the module.
pub(super) struct Return;

impl Command for Return {
    fn name(&self) -> &'static str {
        "return"
    }

    fn summary(&self) -> &'static str {
        "Values of the first rows as a search expression"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "return [<n>] [<field>|<alias>=<field>|$<field>]...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A field and a bare value",
            before: r#"[{"a":"1","b":"x"}]"#,
            search: "| return a $b",
            after: r#"[{"search":"a=\"1\" x"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut count = 1;
        let mut items = Vec::new();
        for (at, arg) in stage.args.iter().enumerate() {
            match &arg.node {
                Arg::Word(word) if at == 0 && super::options::count(&word.text).is_some() => {
                    count = super::options::count(&word.text).unwrap_or(1);
                }
                Arg::Word(word) => match word.text.strip_prefix('$') {
                    Some(name) => items.push((None, FieldRef::new(name, word.span))),
                    None => items.push((Some(word.text.as_str().into()), field(word))),
                },
                Arg::Option { name, value } => items.push((Some(name.node.as_str().into()), field(value))),
                _ => {}
            }
        }
        if items.is_empty() {
            return cx.incomplete("a field");
        }
        cx.native(First { count, items });
    }
}

/// Writes the first rows as a search expression.
#[derive(Clone, Debug)]
struct First {
    count: usize,
    items: Vec<(Option<Name>, FieldRef)>,
}

impl Native for First {
    fn name(&self) -> &'static str {
        "return"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let _ = input;
        let mut output = Schema::default();
        output.set("search", FieldInfo { always: true, ..FieldInfo::default() });
        Flow { reads: self.items.iter().map(|(_, field)| Read::value(field)).collect(), output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        gathered(self)
    }
}

impl Apply for First {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        let mut rows = Vec::new();
        for row in 0..batch.rows().min(self.count) {
            let terms: Vec<String> = self
                .items
                .iter()
                .filter_map(|(alias, field)| {
                    let value = batch.value(row, &field.name).values().first()?.to_text();
                    Some(match alias {
                        Some(alias) => format!("{alias}={}", quoted(&value)),
                        None => value.into_owned(),
                    })
                })
                .collect();
            if !terms.is_empty() {
                rows.push(terms.join(" "));
            }
        }
        let text = match rows.as_slice() {
            [] => "NOT ()".to_owned(),
            [one] => one.clone(),
            many => many.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(" OR "),
        };
        let mut result = Batch::new(1);
        result.set("search", Column::new(vec![Value::text(text)]));
        Ok(result)
    }
}
