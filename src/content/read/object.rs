//! What every object has, and which generation it is of.

use super::super::model::{Deprecation, Generation, Object, Scheduling};
use super::super::yaml::Node;
use super::{Document, Reader};
use crate::source::Place;
use std::sync::Arc;

pub(super) fn read(document: &Document, reader: &mut Reader<'_, '_>) -> Object {
    reader.sections(&["tags", "deprecation_info"]);
    let node = &document.node;
    let first_key = node.entries().first().map_or(node.place, |(key, _)| key.place);
    let modified = reader.first(["modification_date", "date"]);
    Object {
        file: document.file,
        path: document.path.clone(),
        node: Arc::clone(node),
        // A merged key stands where its anchor is; the mapping itself begins no later.
        start: Place { file: document.file, span: first_key.span },
        generation: generation(node),
        name: reader.text_or_empty("name"),
        id: reader.text("id"),
        version: reader.int("version"),
        date: reader.date(modified),
        creation_date: reader.date("creation_date"),
        author: reader.text("author"),
        description: reader.text("description"),
        status: reader.text("status"),
        deprecation: reader.section("deprecation_info", |reader| Deprecation {
            reason: reader.text("reason"),
            removed_in_version: reader.text("removed_in_version"),
            replacements: reader.texts("replacement_content"),
        }),
    }
}

/// The schema generation of a document, told by its keys.
///
/// An object that has `tags` or `rba` beside v6's dates (v6 keeps removed objects so) is v5. An object without any key
/// that changed between generations, such as most macros, counts as v5.
pub fn generation(node: &Node) -> Generation {
    const V4_TAGS: [&str; 6] = ["observable", "confidence", "impact", "message", "risk_score", "required_fields"];
    const V4: [&str; 4] = ["filename", "collection", "fields_list", "raw_fields"];
    const V6: [&str; 4] = ["creation_date", "modification_date", "finding", "intermediate_findings"];
    let has = |key: &str| node.get(key).is_some();
    if has("rba") {
        return Generation::V5;
    }
    if let Some(tags) = node.get("tags") {
        let v4 = V4_TAGS.iter().any(|key| tags.get(key).is_some());
        return if v4 { Generation::V4 } else { Generation::V5 };
    }
    if V6.into_iter().any(has) {
        return Generation::V6;
    }
    if V4.into_iter().any(has) { Generation::V4 } else { Generation::V5 }
}

/// The four keys of a schedule, at this reader's level.
pub(super) fn scheduling(reader: &mut Reader<'_, '_>) -> Scheduling {
    Scheduling {
        cron_schedule: reader.text("cron_schedule"),
        earliest_time: reader.text("earliest_time"),
        latest_time: reader.text("latest_time"),
        schedule_window: reader.text("schedule_window"),
    }
}

/// The schedule that an object carries itself: `deployment.scheduling` or `custom_schedule`.
pub(super) fn own_scheduling(reader: &mut Reader<'_, '_>) -> Option<Scheduling> {
    reader.sections(&["deployment", "deployment.scheduling", "custom_schedule"]);
    let key = reader.first(["custom_schedule", "deployment.scheduling"]);
    reader.section(key, scheduling)
}
