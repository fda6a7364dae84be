//! `rex`: take fields out of a text by a regular expression.
//!
//! - Named groups become fields; a hit overwrites, no hit changes nothing. With `max_match` other than 1, several hits make
//!   a multivalue. PCRE, unanchored, with case.
//! - `mode=sed` replaces text in the field itself: `s/<pattern>/<replacement>/<flags>` or `y/<from>/<to>/`.
//! - Source: Search Reference, "rex".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::options::Options;
use super::sed;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes};
use crate::expr::{Context, FieldRef};
use crate::ir::op::Extract;
use crate::ir::{FieldInfo, Flow, Native, Op, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::regex::Regex;
use crate::value::{Batch, Column, Name, Value};
use std::sync::Arc;

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
        kind: OptionKind::Field,
        default: "",
        summary: "A field for the places of groups, such as `user=3-6`: characters from 0, both ends included.",
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
            Example {
                title: "Places of the hits",
                before: r#"[{"f":"id=7 id=9"}]"#,
                search: r#"| rex field=f max_match=0 offset_field=at "id=(?<i>\\d)" | fields at"#,
                after: r#"[{"at":"i=3-3&i=8-8"}]"#,
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
        let max_match = options.count("max_match", 1);
        if let Some(target) = options.text("offset_field") {
            cx.native(Offsets {
                field: field.clone(),
                regex: regex.clone(),
                most: if max_match == 0 { usize::MAX } else { max_match },
                target: target.into(),
                span: cx.span(),
            });
        }
        cx.push(Op::Extract(Extract { field, regex, max_match }));
    }
}

/// Says where groups are.
#[derive(Clone, Debug)]
struct Offsets {
    field: FieldRef,
    regex: Arc<Regex>,
    most: usize,
    target: Name,
    span: Span,
}

impl Native for Offsets {
    fn name(&self) -> &'static str {
        "rex"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        output.set(self.target.clone(), FieldInfo::made(self.span));
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }
}

impl Apply for Offsets {
    fn apply(&self, mut batch: Batch, _: &Context) -> Result<Batch, String> {
        let places = |row: usize| {
            let mut places = Vec::new();
            for value in batch.value(row, &self.field.name).values() {
                let text = value.to_text();
                let characters = |at: usize| text[..at].chars().count();
                let mut hits = self.regex.captures_iter(&text);
                for _ in 0..self.most {
                    let Some(hit) = hits.advance() else { break };
                    for (group, name) in self.regex.groups() {
                        if let Some(range) = hit.group_range(*group).filter(|range| !range.is_empty()) {
                            let (from, to) = (characters(range.start), characters(range.end) - 1);
                            places.push(format!("{name}={from}-{to}"));
                        }
                    }
                }
            }
            if places.is_empty() { batch.value(row, &self.target).clone() } else { Value::text(places.join("&")) }
        };
        let places = (0..batch.rows()).map(places).collect();
        batch.set(self.target.clone(), Column::new(places));
        Ok(batch)
    }
}
