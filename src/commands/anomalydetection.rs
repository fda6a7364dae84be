//! `anomalydetection`: find unusual rows.
//!
//! - With `method=iqr` the same as `outlier`. How the histogram of the default method is drawn, and where its threshold lies, is not
//!   documented, nor is the score of `zscore`: these are not run. Source: Search Reference, "anomalydetection".

use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Anomalydetection;

const OPTIONS: &[OptionSpec] = &[
    option(
        "action",
        OptionKind::OneOf(&["annotate", "filter", "remove", "rm", "summary", "tf", "transform"]),
        "",
        "What is done with unusual rows.",
    ),
    option("cutoff", OptionKind::Ignored, "true", "A bound on how many are found."),
    option("mark", OptionKind::Flag, "false", "Write `000` before numbers that are cut off."),
    option("method", OptionKind::OneOf(&["histogram", "iqr", "zscore"]), "histogram", "How unusual rows are found."),
    option("param", OptionKind::Text, "2.5", "How far is far out."),
    option("pthresh", OptionKind::Ignored, "", "The greatest probability of an unusual row."),
    option("uselower", OptionKind::Flag, "false", "Also look below."),
];

impl Command for Anomalydetection {
    fn name(&self) -> &'static str {
        "anomalydetection"
    }

    fn summary(&self) -> &'static str {
        "Find unusual rows"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "anomalydetection method=iqr [action=<word>] [param=<n>] [<field>...]", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Removed",
            before: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"},{"n":"90"}]"#,
            search: "| anomalydetection method=iqr action=remove n",
            after: r#"[{"n":"1"},{"n":"2"},{"n":"3"},{"n":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        match options.text("method") {
            Some(method) if method.eq_ignore_ascii_case("iqr") => super::outlier::bounds(stage, &options, cx),
            Some(method) if method.eq_ignore_ascii_case("zscore") => {
                cx.unsupported("the score of the method `zscore` is not documented");
            }
            _ => cx.unsupported("the histogram of its default method is not documented; `method=iqr` is run"),
        }
    }
}
