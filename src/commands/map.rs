//! `map`: run a search once per row.
//!
//! - `$field$` in the text is replaced by the row's value, without quotes; the rows of the searches replace the row.
//! - Macros in the text are expanded with those of the search around it.
//! - At most `maxsearches` rows are taken. Source: Search Reference, "map".

use super::lower::subsearch;
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::diag::{Problem, codes};
use crate::ir::Op;
use crate::source::Spanned;
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Map;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "maxsearches",
        kind: OptionKind::Count,
        default: "10",
        summary: "At most so many rows are taken.",
    },
    OptionSpec {
        name: "search",
        kind: OptionKind::Text,
        default: "",
        summary: "The search, with `$field$` for values of the row.",
    },
];

impl Command for Map {
    fn name(&self) -> &'static str {
        "map"
    }

    fn summary(&self) -> &'static str {
        "Run a search once per row"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "map search=<text> [maxsearches=<n>]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "A row from another",
            before: r#"[{"a":"x"}]"#,
            search: r#"| map search="| makeresults | eval b=\"$a$\" | table b""#,
            after: r#"[{"b":"x"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let max = options.count("maxsearches", 10);
        let Some(text) = options.get("search") else {
            if let Some(search) = subsearch(stage) {
                cx.body(search);
                return cx.unsupported("a subsearch in brackets is not taken apart into a search text");
            }
            if !super::lower::words(stage).is_empty() {
                return cx.unsupported("saved searches are not known");
            }
            return cx.incomplete("`search=\"...\"`");
        };
        for problem in nested_problems(&text.text) {
            let message = format!("in the search of `map`: {}", problem.message);
            cx.problem(Problem { message, span: text.span, related: Vec::new(), ..problem });
        }
        cx.push(Op::Map { search: Spanned::new(text.text.as_str().into(), text.span), max });
    }
}

/// What is wrong with the text as it stands; its tokens are words then. Its places are not those of the search around
/// it, because quotes in it are escaped there.
fn nested_problems(text: &str) -> Vec<Problem> {
    let parsed = crate::spl::parse(text);
    let mut problems = if parsed.problems.is_empty() { super::lower(&parsed.search).problems } else { parsed.problems };
    // A token may stand for a time; only the row says which.
    problems.retain(|problem| problem.code != codes::BAD_TIME || !problem.message.contains('$'));
    problems
}
