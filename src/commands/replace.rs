//! `replace`: whole values by others.
//!
//! - A value that equals the old text (with case), or matches it with `*`, becomes the new one; each `*` of the new text takes
//!   over what the old one's caught. An exact pair wins over patterns, a longer pattern over a shorter one, then the last.
//! - Without a list, all fields but internal ones. Values of a multivalue are replaced singly.
//! - Source: Search Reference, "replace".

use super::lower::{selector, words};
use super::native::{Apply, streaming};
use super::{Command, Example, Lower, Syntax};
use crate::diag::{Problem, codes};
use crate::expr::Context;
use crate::ir::op::Selector;
use crate::ir::{Flow, Native, Operator, Schema};
use crate::ir::{reads, wildcard};
use crate::spl::ast::{Arg, Stage, Word};
use crate::value::{Batch, Name, Value};

/// See the module.
pub(super) struct Replace;

impl Command for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn summary(&self) -> &'static str {
        "Whole values by others"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "replace <old> with <new>... [in <field>...]", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "An exact pair and a pattern",
            before: r#"[{"a":"Add"},{"a":"pre:7"}]"#,
            search: r#"| replace "Add" with "added", "pre:*" with * in a"#,
            after: r#"[{"a":"added"},{"a":"7"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let mut pairs: Vec<(Name, Name)> = Vec::new();
        for arg in &stage.args {
            let Arg::Replace { old, new } = &arg.node else { continue };
            let stars = |word: &Word| word.text.matches('*').count();
            if stars(new) > 0 && stars(new) != stars(old) {
                let message = format!("`{}` and `{}` do not have the same number of `*`", old.text, new.text);
                cx.problem(Problem::new(codes::WILDCARD_MISMATCH, message, arg.span));
                continue;
            }
            pairs.push((old.text.as_str().into(), new.text.as_str().into()));
        }
        if pairs.is_empty() {
            return cx.incomplete("a pair `<old> with <new>`");
        }
        // The first pair that fits is taken.
        pairs.reverse();
        pairs.sort_by_key(|(old, _)| (old.contains('*'), std::cmp::Reverse(old.len())));
        cx.native(Swap { pairs, fields: words(stage).into_iter().map(selector).collect() });
    }
}

/// Replaces values.
#[derive(Clone, Debug)]
struct Swap {
    pairs: Vec<(Name, Name)>,
    fields: Vec<Selector>,
}

impl Native for Swap {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let reads = self.fields.iter().filter(|field| !field.is_pattern());
        let reads = reads.map(|field| reads::listed(&field.name, field.span)).collect();
        Flow { reads, output: input.clone(), ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Swap {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let names: Vec<Name> = batch.names().filter(|name| self.covers(name)).cloned().collect();
        for name in names {
            let Some(mut column) = batch.column(&name).cloned() else { continue };
            for value in column.values_mut() {
                *value = Value::list(value.values().iter().map(|single| self.replaced(single)));
            }
            batch.set(name, column);
        }
        Ok(batch)
    }
}

impl Swap {
    fn covers(&self, name: &str) -> bool {
        if self.fields.is_empty() {
            !name.starts_with('_')
        } else {
            self.fields.iter().any(|field| field.matches(name))
        }
    }

    fn replaced(&self, value: &Value) -> Value {
        let text = value.to_text();
        for (old, new) in &self.pairs {
            if let Some(caught) = wildcard::caught(old, &text) {
                return Value::text(wildcard::fill(new, &caught));
            }
        }
        value.clone()
    }
}
