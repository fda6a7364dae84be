//! `rex`: take fields out of a text by a regular expression.
//!
//! - Named groups become fields; a hit overwrites, no hit changes nothing. With `max_match` other than 1, several hits make
//!   a multivalue. PCRE, unanchored, with case.
//! - `mode=sed` replaces text in the field itself: `s/<pattern>/<replacement>/<flags>` or `y/<from>/<to>/`.
//! - Source: Search Reference, "rex".

use super::lower::{field, words};
use super::options::Options;
use super::sed;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes};
use crate::expr::FieldRef;
use crate::ir::Op;
use crate::ir::op::Extract;
use crate::source::Span;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Rex;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec { name: "field", kind: OptionKind::Field, default: "_raw", summary: "The field to look in." },
    OptionSpec { name: "max_match", kind: OptionKind::Count, default: "1", summary: "Hits to take; 0 takes all." },
    OptionSpec {
        name: "mode",
        kind: OptionKind::OneOf(&["sed"]),
        default: "",
        summary: "`sed` replaces text instead.",
    },
    OptionSpec {
        name: "offset_field",
        kind: OptionKind::Missing,
        default: "",
        summary: "A field for the places of the hits.",
    },
];

impl Command for Rex {
    fn name(&self) -> &'static str {
        "rex"
    }

    fn summary(&self) -> &'static str {
        "Take fields out of a text by a regular expression"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "rex [field=<field>] [max_match=<n>] <pattern>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example {
                title: "One hit",
                before: r#"[{"f":"id=7 id=9"}]"#,
                search: r#"| rex field=f "id=(?<i>\\d)""#,
                after: r#"[{"f":"id=7 id=9","i":"7"}]"#,
            },
            Example {
                title: "All hits",
                before: r#"[{"f":"id=7 id=9"}]"#,
                search: r#"| rex field=f max_match=0 "id=(?<i>\\d)""#,
                after: r#"[{"f":"id=7 id=9","i":["7","9"]}]"#,
            },
            Example {
                title: "Replace text",
                before: r#"[{"f":"a-b-c"}]"#,
                search: r#"| rex field=f mode=sed "s/-/+/g""#,
                after: r#"[{"f":"a+b+c"}]"#,
            },
        ]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(pattern) = words(stage).into_iter().next() else { return cx.incomplete("a pattern") };
        let field = options.get("field").map_or_else(|| FieldRef::new("_raw", Span::default()), field);
        if options.get("mode").is_some() {
            match sed::Sed::parse(pattern, cx) {
                Some(script) => cx.native(sed::Edit { field, script }),
                None => cx.unsupported("its sed expression has errors"),
            }
            return;
        }
        let Some(regex) = cx.regex(pattern) else { return cx.unsupported("its pattern has errors") };
        if regex.groups().is_empty() {
            let problem =
                Problem::new(codes::REX_WITHOUT_GROUP, "the pattern of `rex` has no named group", pattern.span);
            cx.problem(problem.help("name what becomes a field: `(?<name>...)`"));
            return cx.unsupported("its pattern has no named group");
        }
        cx.push(Op::Extract(Extract { field, regex, max_match: options.count("max_match", 1) }));
    }
}
