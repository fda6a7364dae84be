//! `datamodel`: the rows of a data model's dataset.
//!
//! - `search` and `acceleration_search` give fields with the prefix of their dataset, `flat` without. Definitions of models as JSON
//!   are not given. Source: Search Reference, "datamodel".

use super::from::dataset;
use super::lower::words;
use super::options::{Options, option};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::spl::ast::{Stage, Word};

/// See the module.
pub(super) struct Datamodel;

const OPTIONS: &[OptionSpec] = &[
    option(
        "allow_old_summaries",
        OptionKind::Ignored,
        "false",
        "Use summaries built for an older model; there are none here.",
    ),
    option("strict_fields", OptionKind::Ignored, "true", "Whether fields that the model does not name are left out."),
    option("summariesonly", OptionKind::Ignored, "false", "Only events that Splunk has summarised; here always all."),
];

impl Command for Datamodel {
    fn name(&self) -> &'static str {
        "datamodel"
    }

    fn summary(&self) -> &'static str {
        "The rows of a data model's dataset"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "datamodel <model> <dataset> (search|flat)", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Events of a dataset",
            before: "",
            search: "| datamodel Endpoint Processes search",
            after: "",
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let [model, set, mode] = words.as_slice() else {
            return cx.unsupported("only datasets are searched: definitions of data models are not given as rows");
        };
        let prefixed = match mode.text.to_ascii_lowercase().as_str() {
            "search" | "acceleration_search" => true,
            "flat" | "acceleration_flat" => false,
            _ => return cx.incomplete("`search` or `flat` behind the dataset"),
        };
        let text = format!("{}.{}", model.text, set.text);
        cx.push(dataset(&Word { text, quote: model.quote, span: model.span.to(set.span) }, prefixed));
    }
}
