//! `sort`: order rows.
//!
//! - Ascending unless a `-` stands before the field. Without a number only the first 10,000 rows stay; `0` keeps all.
//! - A missing value comes last. `desc` at the end reverses the order. Rows with equal keys keep their order.
//! - Source: Search Reference, "sort".

use super::lower::field;
use super::options::{Options, count};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::ir::op::{SortKey, SortKind};
use crate::spl::ast::{Arg, Stage};

/// See the module.
pub(super) struct Sort;

const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "limit",
    kind: OptionKind::Count,
    default: "10000",
    summary: "Keep the first so many rows; 0 keeps all.",
}];

impl Command for Sort {
    fn name(&self) -> &'static str {
        "sort"
    }

    fn summary(&self) -> &'static str {
        "Order rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "sort [<n>] [+|-]<field>... [desc]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "Numbers before text",
                before: r#"[{"n":"10"},{"n":"9"},{"n":"x"}]"#,
                search: "| sort n",
                after: r#"[{"n":"9"},{"n":"10"},{"n":"x"}]"#,
            },
            Example {
                title: "Greatest first",
                before: r#"[{"n":"10"},{"n":"9"}]"#,
                search: "| sort - n",
                after: r#"[{"n":"10"},{"n":"9"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let mut limit = options.count("limit", 10_000);
        let (mut keys, reverse) = sort_keys(stage.args.iter().map(|arg| &arg.node), cx);
        // A number in front is the limit, unless it is all there is.
        if options.get("limit").is_none()
            && let Some(first) = keys.first()
            && !first.descending
            && first.kind == SortKind::Auto
            && let Some(count) = count(&first.field.name)
            && (keys.len() > 1 || stage.args.len() > 1)
        {
            limit = count;
            keys.remove(0);
        }
        if keys.is_empty() {
            return cx.incomplete("a field");
        }
        if reverse {
            for key in &mut keys {
                key.descending = !key.descending;
            }
        }
        cx.push(Op::Sort { keys, limit });
    }
}

/// The sort keys among arguments, and whether the word `desc` stands behind them.
pub(super) fn sort_keys<'a>(args: impl Iterator<Item = &'a Arg>, cx: &mut Lower) -> (Vec<SortKey>, bool) {
    let mut keys = Vec::new();
    let mut reverse = false;
    // A sign that stands apart belongs to the field that follows.
    let mut sign = false;
    for arg in args {
        match arg {
            Arg::Sign(character) => sign = *character == '-',
            Arg::Keyword(word) if matches!(word.as_str(), "desc" | "d") => reverse = true,
            Arg::SortKey { descending, kind, field: word } => {
                let kind = match kind.as_ref().map(|kind| kind.node.as_str()) {
                    None | Some("auto") => SortKind::Auto,
                    Some("num") => SortKind::Number,
                    Some("str") => SortKind::Text,
                    Some("ip") => SortKind::Address,
                    Some(other) => {
                        cx.missing(&format!("one of `auto`, `num`, `str`, `ip` instead of `{other}`"));
                        SortKind::Auto
                    }
                };
                keys.push(SortKey { field: field(word), descending: *descending || sign, kind });
                sign = false;
            }
            Arg::Word(word) => {
                keys.push(SortKey { field: field(word), descending: sign, kind: SortKind::Auto });
                sign = false;
            }
            _ => {}
        }
    }
    (keys, reverse)
}
