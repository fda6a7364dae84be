//! `join`: combine rows with those of a subsearch that have the same keys.
//!
//! - Keys compare as text, with case, and must be there on both sides. Without a list, all common fields are keys.
//! - Fields of the subsearch replace those of the row, unless `overwrite=false`. One match per row, unless `max` says more.
//! - Source: Search Reference, "join".

use super::lower::{field, subsearch, words};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::ir::Op;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Join;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec { name: "earlier", kind: OptionKind::Ignored, default: "true", summary: "Only used with `usetime`." },
    OptionSpec { name: "max", kind: OptionKind::Count, default: "1", summary: "Matches to take per row; 0 takes all." },
    OptionSpec {
        name: "overwrite",
        kind: OptionKind::Flag,
        default: "true",
        summary: "Fields of the subsearch replace fields of the same name.",
    },
    OptionSpec {
        name: "type",
        kind: OptionKind::OneOf(&["inner", "left", "outer"]),
        default: "inner",
        summary: "`left` and `outer` keep rows without a match.",
    },
    OptionSpec {
        name: "usetime",
        kind: OptionKind::Missing,
        default: "false",
        summary: "Only matches that are earlier (or later) than the row.",
    },
];

impl Command for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn summary(&self) -> &'static str {
        "Combine rows with those of a subsearch that have the same keys"
    }

    fn syntax(&self) -> Syntax {
        Syntax {
            usage: "join [type=inner|left|outer] [max=<n>] [overwrite=<bool>] <field>... [<subsearch>]",
            options: OPTIONS,
        }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Only rows with a match",
            before: r#"[{"k":"1","v":"old"},{"k":"2"}]"#,
            search: r#"| join k [| makeresults | eval k=1, v="new" | fields - _time]"#,
            after: r#"[{"k":"1","v":"new"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(search) = subsearch(stage) else { return cx.incomplete("a subsearch in brackets") };
        let plan = Box::new(cx.subplan(search));
        let kind = options.text("type").unwrap_or("inner");
        cx.push(Op::Join(crate::ir::op::Join {
            fields: words(stage).into_iter().map(field).collect(),
            outer: !kind.eq_ignore_ascii_case("inner"),
            max: options.count("max", 1),
            overwrite: options.flag("overwrite", true),
            plan,
        }));
    }
}
