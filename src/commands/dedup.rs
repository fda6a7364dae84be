//! `dedup`: keep the first rows of each combination of values.
//!
//! - "First" is by input order. A row that lacks a listed field is dropped, unless `keepempty=true`. Values compare with case.
//! - `sortby` orders the rows that are kept. Source: Search Reference, "dedup".

use super::lower::{field, words};
use super::options::{Options, count};
use super::sort::sort_keys;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::Distinct;
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Dedup;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "consecutive",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Compare only with the row before.",
    },
    OptionSpec {
        name: "keepempty",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Keep rows that lack a listed field.",
    },
    OptionSpec {
        name: "keepevents",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Keep all rows, but remove the listed fields from those beyond the first ones.",
    },
];

impl Command for Dedup {
    fn name(&self) -> &'static str {
        "dedup"
    }

    fn summary(&self) -> &'static str {
        "Keep the first rows of each combination of values"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "dedup [<n>] <field>... [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [sortby [+|-]<field>...]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "One row per value",
            before: r#"[{"a":"1","b":"x"},{"a":"1","b":"y"},{"b":"z"}]"#,
            search: "| dedup a",
            after: r#"[{"a":"1","b":"x"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let mut words = words(stage);
        let mut number = 1;
        if words.len() > 1
            && let Some(count) = words.first().and_then(|word| count(&word.text))
        {
            number = count;
            words.remove(0);
        }
        if words.is_empty() {
            return cx.incomplete("a field");
        }
        cx.push(Op::Distinct(Distinct {
            fields: words.into_iter().map(field).collect(),
            count: number,
            keep_empty: options.flag("keepempty", false),
            keep_events: options.flag("keepevents", false),
            consecutive: options.flag("consecutive", false),
        }));
        let order =
            stage.args.iter().map(|arg| &arg.node).filter(|arg| matches!(arg, Arg::SortKey { .. } | Arg::Sign(_)));
        let (keys, _) = sort_keys(order, cx);
        if !keys.is_empty() {
            cx.push(Op::Sort { keys, limit: 0 });
        }
    }
}
