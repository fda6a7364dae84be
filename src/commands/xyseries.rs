//! `xyseries`: a table with a column per value of a field.
//!
//! - One row per value of the first field, in order of appearance; the second field names the column, the third gives the
//!   value. For two values of one cell the last one counts. Source: Search Reference, "xyseries".

use super::lower::{field, words};
use super::options::Options;
use super::pivot::{Pivot, naming};
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::spl::ast::Stage;

/// See the module.
pub(super) struct Xyseries;

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "format",
        kind: OptionKind::Text,
        default: "$AGG$: $VAL$",
        summary: "How columns of several value fields are named.",
    },
    OptionSpec {
        name: "grouped",
        kind: OptionKind::Ignored,
        default: "false",
        summary: "The rows are grouped already.",
    },
    OptionSpec { name: "sep", kind: OptionKind::Text, default: ": ", summary: "Between the parts of a column's name." },
];

impl Command for Xyseries {
    fn name(&self) -> &'static str {
        "xyseries"
    }

    fn summary(&self) -> &'static str {
        "A table with a column per value of a field"
    }

    fn syntax(&self) -> Syntax {
        Syntax { usage: "xyseries <field> <name-field> <value-field>...", options: OPTIONS }
    }

    fn examples(&self) -> &'static [Example] {
        &[Example {
            title: "Two rows, two columns",
            before: r#"[{"h":"a","n":"x","v":"1"},{"h":"a","n":"y","v":"2"}]"#,
            search: "| xyseries h n v",
            after: r#"[{"h":"a","x":"1","y":"2"}]"#,
        }]
    }

    fn lower(&self, stage: &Stage, cx: &mut Lower) {
        let options = Options::of(stage, OPTIONS, cx);
        let words = words(stage);
        let [row, column, values @ ..] = words.as_slice() else { return cx.incomplete("three fields") };
        if values.is_empty() {
            return cx.incomplete("three fields");
        }
        cx.native(Pivot {
            row: field(row),
            column: field(column),
            values: values.iter().map(|word| field(word)).collect(),
            naming: naming(&options),
            limit: 0,
            other: None,
            sorted: false,
        });
    }
}
