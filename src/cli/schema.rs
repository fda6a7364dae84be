//! `escudo schema`: JSON Schemas of content files, for editors.

use super::args::{SchemaArgs, SchemaChoice};
use super::{CliError, CliResult, Exit, write_file};
use crate::content::model::Generation;
use crate::content::pack::Kind;
use crate::content::shape::json_schema;
use std::io::{self, Write};

pub(super) fn run(args: &SchemaArgs) -> CliResult {
    let generation: Generation = args.schema.unwrap_or(SchemaChoice::V5).into();
    let text = |kind| -> Result<String, CliError> {
        let text = serde_json::to_string_pretty(&json_schema(kind, generation));
        text.map(|text| text + "\n").map_err(|error| CliError::new(error.to_string()))
    };
    let Some(folder) = &args.output else {
        let kind =
            args.kind.ok_or_else(|| CliError::new("name a kind of object, or a folder for all with `--output`"))?;
        io::stdout().lock().write_all(text(kind)?.as_bytes())?;
        return Ok(Exit::Ok);
    };
    for kind in Kind::ALL.into_iter().filter(|kind| args.kind.is_none_or(|wanted| wanted == *kind)) {
        write_file(&folder.join(format!("{}.json", kind.word().replace(' ', "_"))), text(kind)?.as_bytes())?;
    }
    Ok(Exit::Ok)
}

/// Reads the name of a kind: its folder or what one object is called.
pub(super) fn kind(name: &str) -> Result<Kind, String> {
    let plain = name.to_lowercase().replace([' ', '-'], "_");
    let found = Kind::ALL.into_iter().find(|kind| kind.word().replace(' ', "_") == plain || kind.folder() == plain);
    found.ok_or_else(|| {
        let names: Vec<String> = Kind::ALL.iter().map(|kind| kind.word().replace(' ', "_")).collect();
        format!("expected one of {}", names.join(", "))
    })
}
