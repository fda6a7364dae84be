//! `lookup`: enrich rows from a lookup table.
//!
//! - Every match field must match. Several matches make multivalues. `OUTPUT` replaces fields, `OUTPUTNEW` only adds them;
//!   without either, every column that is no match field is written.
//! - A row without a match keeps its fields, unless the lookup's definition has a default.
//! - Source: Search Reference, "lookup".

use super::lower::{field, selector};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::FieldRef;
use crate::ir::Op;
use crate::ir::op::LookupCall;
use crate::source::{Span, Spanned};
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Lookup;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "event_time_field",
        kind: OptionKind::Field,
        default: "_time",
        summary: "The time of the row, for lookups with times.",
    },
    OptionSpec { name: "local", kind: OptionKind::Ignored, default: "false", summary: "Where Splunk reads the table." },
    OptionSpec {
        name: "update",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "Splunk reads the table again.",
    },
];

impl Command for Lookup {
    fn name(&self) -> &'static str {
        "lookup"
    }

    fn summary(&self) -> &'static str {
        "Enrich rows from a lookup table"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "lookup <lookup> <column> [as <field>]... [OUTPUT|OUTPUTNEW <column> [as <field>]...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A column more",
            before: r#"[{"src":"192.0.2.7"}]"#,
            search: "| lookup assets.csv ip as src OUTPUT owner as src_owner",
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let time = options.get("event_time_field").map_or_else(|| FieldRef::new("_time", Span::default()), field);
        let mut name = None;
        let mut inputs = Vec::new();
        let mut outputs: Option<Vec<_>> = None;
        let mut keep_existing = false;
        for arg in &stage.args {
            let (column, row) = match &arg.node {
                Arg::Keyword(word) if matches!(word.as_str(), "output" | "outputnew") => {
                    keep_existing = word == "outputnew";
                    outputs = Some(Vec::new());
                    continue;
                }
                Arg::Word(word) if name.is_none() => {
                    name = Some(word);
                    continue;
                }
                Arg::Word(word) => (word, word),
                Arg::Alias { source, target } => (source, target),
                _ => continue,
            };
            match &mut outputs {
                None => inputs.push((selector(column), field(row))),
                Some(list) => list.push((selector(column), row.text.as_str().into())),
            }
        }
        let Some(name) = name else { return cx.incomplete("the name of a lookup") };
        if inputs.is_empty() {
            return cx.incomplete("a field to match");
        }
        if outputs.as_ref().is_some_and(Vec::is_empty) {
            cx.missing("a field after `OUTPUT`");
            outputs = None;
        }
        let lookup = Spanned::new(name.text.as_str().into(), name.span);
        cx.push(Op::Lookup(LookupCall { lookup, inputs, outputs, keep_existing, time }));
    }
}
