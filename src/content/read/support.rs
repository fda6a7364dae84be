//! The objects that detections rest on: macros, lookups, data sources, baselines, schedules.

use super::super::model::{
    AddOn, Dashboard, DataSource, Deployment, Lookup, LookupKind, Macro, Notable, Playbook, Removed, SavedSearch,
    Schedule,
};
use super::{Document, Reader, object};
use crate::diag::{Diagnostic, codes};
use crate::source::{Located, Span};
use std::path::{Component, Path, PathBuf};

pub(super) fn macro_(document: &Document, reader: &mut Reader<'_, '_>) -> Macro {
    Macro {
        object: object::read(document, reader),
        definition: reader.text_or_empty("definition"),
        arguments: reader.texts("arguments"),
    }
}

pub(super) fn lookup(document: &Document, reader: &mut Reader<'_, '_>) -> Lookup {
    let object = object::read(document, reader);
    let lookup_type = reader.text("lookup_type");
    let file_name = reader.text("filename");
    let collection = reader.text("collection");
    let kind = match (lookup_type.as_ref().map(Located::as_str), &file_name, &collection) {
        (Some("csv"), ..) => Some(LookupKind::Csv),
        (Some("kvstore"), ..) | (None, None, Some(_)) => Some(LookupKind::KvStore),
        (Some("mlmodel"), ..) => Some(LookupKind::MlModel),
        (Some(_), ..) | (None, None, None) => None,
        (None, Some(name), _) if has_suffix(name.as_str(), "mlmodel") => Some(LookupKind::MlModel),
        (None, Some(_), _) => Some(LookupKind::Csv),
    };
    let table = match (&file_name, kind) {
        (Some(name), _) => named_table(document, name, reader),
        (None, Some(LookupKind::Csv)) => Some(document.root.join(&document.path).with_extension("csv")),
        (None, Some(LookupKind::MlModel)) => Some(document.root.join(&document.path).with_extension("mlmodel")),
        (None, Some(LookupKind::KvStore) | None) => None,
    };
    // v4 writes lists as one text with commas.
    let fields = if reader.value("fields_list").is_some() {
        reader.text("fields_list").map(|list| split(&list)).unwrap_or_default()
    } else {
        texts_or_split(reader, "fields")
    };
    Lookup {
        lookup_type,
        kind,
        collection,
        table,
        fields,
        match_types: texts_or_split(reader, "match_type"),
        default_match: reader.text_or_bool("default_match"),
        min_matches: reader.int("min_matches"),
        max_matches: reader.int("max_matches"),
        case_sensitive_match: reader.bool("case_sensitive_match"),
        object,
    }
}

fn has_suffix(name: &str, suffix: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(suffix))
}

/// v4: `filename`, beside the YAML file. A name that leads elsewhere is refused.
fn named_table(document: &Document, name: &Located, reader: &mut Reader<'_, '_>) -> Option<PathBuf> {
    let relative = Path::new(name.as_str());
    if relative.components().all(|part| matches!(part, Component::Normal(_))) && !name.is_empty() {
        return Some(document.root.join(&document.path).with_file_name(relative));
    }
    let message = format!("lookup file `{}` is not a file of the pack", name.as_str());
    let found = Diagnostic::in_text(codes::PATH_OUTSIDE_PACK, message, name, Span::new(0, name.len()));
    if let Some(found) = found {
        reader.report(found.help("name a file in `lookups/`, without folders"));
    }
    None
}

/// A list, or one text with commas between the items.
fn texts_or_split(reader: &mut Reader<'_, '_>, key: &str) -> Vec<Located> {
    if reader.value(key).is_some_and(|node| node.as_scalar().is_some()) {
        return reader.text(key).map(|list| split(&list)).unwrap_or_default();
    }
    reader.texts(key)
}

/// The items of a text with commas between them, blanks around each left out; commas inside parentheses do not count.
fn split(list: &Located) -> Vec<Located> {
    let text = list.as_str();
    let mut depth = 0usize;
    let mut bounds = vec![0];
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => bounds.extend([at, at + 1]),
            _ => {}
        }
    }
    bounds.push(text.len());
    let item = |pair: &[usize]| {
        let piece = text.get(pair[0]..pair[1])?;
        let start = pair[0] + (piece.len() - piece.trim_start().len());
        let end = start + piece.trim().len();
        (start < end).then(|| list.part(start..end))
    };
    bounds.chunks_exact(2).filter_map(item).collect()
}

pub(super) fn data_source(document: &Document, reader: &mut Reader<'_, '_>) -> DataSource {
    let object = object::read(document, reader);
    let fields = reader.first(["fields", "raw_fields"]);
    DataSource {
        source: reader.text("source"),
        sourcetype: reader.text("sourcetype"),
        separator: reader.text("separator"),
        separator_value: reader.text("separator_value"),
        configuration: reader.text("configuration"),
        fields: reader.texts(fields),
        output_fields: reader.texts("output_fields"),
        mitre_components: reader.texts("mitre_components"),
        add_ons: reader.each("supported_TA", |reader| AddOn {
            name: reader.text("name"),
            url: reader.text("url"),
            version: reader.text("version"),
        }),
        example_log: reader.text("example_log"),
        object,
    }
}

pub(super) fn saved_search(document: &Document, reader: &mut Reader<'_, '_>) -> SavedSearch {
    let object = object::read(document, reader);
    let products = reader.first(["product", "tags.product"]);
    let security_domain = reader.first(["security_domain", "tags.security_domain"]);
    let stories = reader.first(["tags.analytic_story", "analytic_story"]);
    SavedSearch {
        analytic_type: reader.text("type"),
        search: reader.text("search"),
        how_to_implement: reader.text("how_to_implement"),
        known_false_positives: reader.text("known_false_positives"),
        references: reader.texts("references"),
        stories: reader.texts(stories),
        detections: reader.texts("tags.detections"),
        products: reader.texts(products),
        security_domain: reader.text(security_domain),
        scheduling: object::own_scheduling(reader),
        schedule: reader.text("schedule"),
        object,
    }
}

pub(super) fn deployment(document: &Document, reader: &mut Reader<'_, '_>) -> Deployment {
    let object = object::read(document, reader);
    reader.sections(&["scheduling", "alert_action", "alert_action.rba", "alert_action.notable"]);
    let analytic_type = reader.first(["type", "tags.type"]);
    Deployment {
        analytic_type: reader.text(analytic_type),
        scheduling: reader.section("scheduling", object::scheduling),
        risk_enabled: reader.bool("alert_action.rba.enabled").unwrap_or(false),
        notable: reader.section("alert_action.notable", |reader| Notable {
            title: reader.text("rule_title"),
            description: reader.text("rule_description"),
            fields: reader.texts("nes_fields"),
        }),
        object,
    }
}

pub(super) fn schedule(document: &Document, reader: &mut Reader<'_, '_>) -> Schedule {
    Schedule { object: object::read(document, reader), scheduling: object::scheduling(reader) }
}

pub(super) fn dashboard(document: &Document, reader: &mut Reader<'_, '_>) -> Dashboard {
    Dashboard {
        object: object::read(document, reader),
        definition: document.root.join(&document.path).with_extension("json"),
    }
}

pub(super) fn playbook(document: &Document, reader: &mut Reader<'_, '_>) -> Playbook {
    let file = document.root.join(&document.path);
    Playbook { object: object::read(document, reader), files: ["json", "py"].map(|suffix| file.with_extension(suffix)) }
}

pub(super) fn removed(document: &Document, reader: &mut Reader<'_, '_>) -> Removed {
    let below = document.path.strip_prefix("removed").ok().and_then(Path::parent);
    let former = below.and_then(|folder| folder.components().next());
    Removed {
        object: object::read(document, reader),
        former: former.map(|folder| folder.as_os_str().to_string_lossy().into_owned()),
    }
}
