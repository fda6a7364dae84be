//! `from`: the rows of a data model, a lookup or a saved search.
//!
//! - `datamodel:Model.Dataset` gives the events of the dataset; its fields carry no prefix.
//! - Source: Search Reference, "from".

use super::{Command, Example, Lower, Syntax};
use crate::expr::Predicate;
use crate::ir::Op;
use crate::source::{Span, Spanned};
use crate::spl::ast::{Arg, Quote, Stage, Word};

/// See the module.
pub(super) struct From;

impl Command for From {
    fn name(&self) -> &'static str {
        "from"
    }

    fn summary(&self) -> &'static str {
        "The rows of a data model or a lookup"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "from <kind>:<name>", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Events of a dataset",
            before: "",
            search: "| from datamodel:Endpoint.Processes",
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let source = stage.args.iter().find_map(|arg| match &arg.node {
            Arg::From { kind, name } => Some((kind, name)),
            _ => None,
        });
        let Some((kind, name)) = source else { return cx.incomplete("a source such as `datamodel:Model.Dataset`") };
        match kind.node.as_str() {
            "datamodel" => cx.push(dataset(name, false)),
            "lookup" | "inputlookup" => cx.push(Op::Table {
                lookup: Spanned::new(name.text.as_str().into(), name.span),
                filter: Predicate::And(Vec::new()),
                start: 0,
                max: None,
                append: false,
            }),
            _ => cx.unsupported("saved searches and search jobs are not known"),
        }
    }
}

/// The dataset that `Model` or `Model.Dataset` names.
pub(super) fn dataset(name: &Word, prefixed: bool) -> Op {
    let (model, dataset) = match name.text.split_once('.') {
        Some((model, dataset)) => (model, Some(dataset)),
        None => (name.text.as_str(), None),
    };
    let dataset = dataset.map(|dataset| {
        // Without quotes the text and its place are of the same length, so the part can be pointed at.
        let exact = name.quote == Quote::Bare && name.span.len() == name.text.len();
        let start = name.span.start as usize + model.len() + 1;
        let span = if exact { Span::new(start, name.span.end as usize) } else { name.span };
        Spanned::new(dataset.into(), span)
    });
    Op::Dataset { model: Spanned::new(model.into(), name.span), dataset, prefixed }
}
