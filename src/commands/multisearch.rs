//! `multisearch`: the events of several searches together.
//!
//! - Each subsearch makes its own rows; they come one search after the other, not in order of time.
//! - Source: Search Reference, "multisearch".

use super::{Command, Example, Lower, Syntax};
use crate::ir::Op;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Multisearch;

impl Command for Multisearch {
    fn name(&self) -> &'static str {
        "multisearch"
    }

    fn summary(&self) -> &'static str {
        "The events of several searches together"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "multisearch [<subsearch>] [<subsearch>]...", options: &[] }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two searches",
            before: "",
            search: "| multisearch [search index=a] [search index=b]",
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let searches = stage.args.iter().filter_map(|arg| match &arg.node {
            Arg::Subsearch(search) => Some(search),
            _ => None,
        });
        let plans: Vec<_> = searches.map(|search| cx.subplan(search)).collect();
        if plans.is_empty() {
            return cx.incomplete("a subsearch in brackets");
        }
        for (at, plan) in plans.into_iter().enumerate() {
            if at == 0 && cx.first() {
                cx.splice(plan);
            } else {
                cx.push(Op::Append(Box::new(plan)));
            }
        }
    }
}
