//! `metadata`: hosts, sources or source types, with times and counts.
//!
//! - One row per value: `totalCount` events, `firstTime` and `lastTime` of them, and `recentTime`, when the last one was indexed.
//! - Source: Search Reference, "metadata".

use super::build;
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Predicate;
use crate::ir::Op;
use crate::ir::op::{AggregateInput, Aggregation, Assignment, Selector, Target};
use crate::source::{Span, Spanned};
use crate::spl::ast::{CompareOp, Quote, Stage, Term, TermKind, Word};

/// See the module.
pub(super) struct Metadata;

const OPTIONS: &[OptionSpec] = &[
    option("datatype", OptionKind::Ignored, "event", "Which kind of index is read."),
    option("index", OptionKind::Text, "*", "The index to read."),
    option("splunk_server", OptionKind::Ignored, "", "Where Splunk runs it."),
    option("splunk_server_group", OptionKind::Ignored, "", "Where Splunk runs it."),
    option("type", OptionKind::OneOf(&["hosts", "sources", "sourcetypes"]), "", "What to list."),
];

impl Command for Metadata {
    fn name(&self) -> &'static str {
        "metadata"
    }

    fn summary(&self) -> &'static str {
        "List hosts, sources or source types"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "metadata type=(hosts|sources|sourcetypes) [index=<index>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example { title: "Hosts", before: "", search: "| metadata type=hosts", after: "" }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(kind) = options.get("type") else { return cx.incomplete("`type=hosts`, `sources` or `sourcetypes`") };
        let plural = kind.text.to_ascii_lowercase();
        let place = cx.span();
        let filter = match options.get("index") {
            Some(index) => {
                let field = Word { text: "index".to_owned(), quote: Quote::Bare, span: index.span };
                let op = Spanned::new(CompareOp::Eq, index.span);
                let kind = TermKind::Compare { field, op, value: index.clone() };
                cx.predicate(&Term { kind, span: index.span })
            }
            None => Predicate::TRUE,
        };
        cx.push(Op::Events { filter });
        let mut aggregates = Vec::new();
        for (function, field, name) in [
            ("min", "_time", "firstTime"),
            ("max", "_time", "lastTime"),
            ("max", "_indextime", "recentTime"),
            ("count", "", "totalCount"),
        ] {
            let field = Selector::new(field, Span::default());
            let input = if field.name.is_empty() { AggregateInput::Rows } else { AggregateInput::Field(field) };
            aggregates.extend(cx.aggregate(function, input, name));
        }
        let by = vec![Selector::new(plural.trim_end_matches('s'), kind.span)];
        cx.push(Op::Aggregate(Aggregation { aggregates, by }));
        if let Some(value) = cx.value(&build::text(&plural, kind.span)) {
            cx.push(Op::Extend(vec![Assignment { target: Target::Name("type".into()), value, span: place }]));
        }
    }
}
