//! `iplocation`: place names of an address.
//!
//! - There is no database of addresses here, so no row gets any of the fields: the safe answer, as for an address that the
//!   database does not hold. Source: Search Reference, "iplocation".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::{Batch, Name};

/// See the module.
pub(super) struct Iplocation;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "allfields",
        kind: OptionKind::Flag,
        default: "false",
        summary: "Also continent, metropolitan area and time zone.",
    },
    OptionSpec { name: "lang", kind: OptionKind::Ignored, default: "en", summary: "The language of names." },
    OptionSpec {
        name: "prefix",
        kind: OptionKind::Text,
        default: "",
        summary: "Stands before the name of each field.",
    },
];

impl Command for Iplocation {
    fn name(&self) -> &'static str {
        "iplocation"
    }

    fn summary(&self) -> &'static str {
        "Place names of an address"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "iplocation [prefix=<text>] [allfields=<bool>] <field>", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Nothing is known of an address",
            before: r#"[{"src":"192.0.2.7"}]"#,
            search: "| iplocation src",
            after: r#"[{"src":"192.0.2.7"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let Some(word) = words(stage).into_iter().next() else { return cx.incomplete("a field") };
        let prefix = options.text("prefix").unwrap_or_default();
        let more: &[&str] = if options.flag("allfields", false) { MORE } else { &[] };
        let outputs = FIELDS.iter().chain(more).map(|name| format!("{prefix}{name}").into()).collect();
        cx.native(Locate { field: field(word), outputs, span: cx.span() });
    }
}

const FIELDS: &[&str] = &["City", "Country", "Region", "lat", "lon"];
const MORE: &[&str] = &["Continent", "MetroCode", "Timezone"];

/// Adds nothing to rows.
#[derive(Clone, Debug)]
struct Locate {
    field: FieldRef,
    outputs: Vec<Name>,
    span: Span,
}

impl Native for Locate {
    fn name(&self) -> &'static str {
        "iplocation"
    }

    fn flow(&self, input: &Schema) -> Flow {
        let mut output = input.clone();
        for name in &self.outputs {
            output.set(name.clone(), FieldInfo::made(self.span));
        }
        Flow { reads: vec![Read::value(&self.field)], output, ..Flow::default() }
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }

    fn lack(&self) -> Option<&'static str> {
        Some("`iplocation` needs a geolocation database, and there is none here")
    }
}

impl Apply for Locate {
    fn apply(&self, batch: Batch, _: &Context) -> Result<Batch, String> {
        Ok(batch)
    }
}
