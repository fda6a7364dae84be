//! `iplocation`: place names of an address.
//!
//! - From a local database, where the user names one. Without one no row gets any of the fields, as for an address that the
//!   database does not hold, and the user is told. Source: Search Reference, "iplocation".

use super::lower::{field, words};
use super::native::{Apply, streaming};
use super::options::Options;
use super::{Command, Example, Lower, OptionKind, OptionSpec, Syntax};
use crate::expr::Context;
use crate::expr::FieldRef;
use crate::ir::{FieldInfo, Flow, Native, Operator, Read, Schema};
use crate::source::Span;
use crate::spl::ast::Stage;
use crate::value::places::Place;
use crate::value::{Batch, Column, Name, Value, address};

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

/// Adds what is known of addresses.
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

    fn is_row_wise(&self) -> bool {
        true
    }

    fn open(&self, _: &Context) -> Box<dyn Operator> {
        streaming(self)
    }

    fn lack(&self, context: &Context) -> Option<&'static str> {
        let lacks = context.places.is_none();
        lacks.then_some("`iplocation` needs a geolocation database, and there is none here: `--geoip FILE` names one")
    }
}

impl Apply for Locate {
    fn apply(&self, mut batch: Batch, context: &Context) -> Result<Batch, String> {
        let Some(places) = &context.places else { return Ok(batch) };
        let place = |row: usize| places.find(address::parse(&batch.value(row, &self.field.name).to_text())?);
        let found: Vec<Option<Place>> = (0..batch.rows()).map(place).collect();
        for (name, output) in FIELDS.iter().chain(MORE).zip(&self.outputs) {
            let old = |row: usize| batch.value(row, output).clone();
            let value = |(row, place): (usize, &Option<Place>)| match place.as_ref().map(|place| part(place, name)) {
                None => old(row),
                Some(value) => value,
            };
            let column = found.iter().enumerate().map(value).collect();
            batch.set(output.clone(), Column::new(column));
        }
        Ok(batch)
    }
}

/// A field of a known place; empty where the database has a place but not this of it.
fn part(place: &Place, field: &str) -> Value {
    let text = |text: &Option<String>| Value::from(text.as_deref().unwrap_or_default());
    match field {
        "City" => text(&place.city),
        "Country" => text(&place.country),
        "Region" => text(&place.region),
        "lat" => place.latitude.map_or(Value::Null, Value::Number),
        "lon" => place.longitude.map_or(Value::Null, Value::Number),
        "Continent" => text(&place.continent),
        "MetroCode" => place.metro.map_or(Value::from(""), |code| Value::Number(f64::from(code))),
        _ => text(&place.zone),
    }
}
