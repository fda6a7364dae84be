//! Stories.

use super::super::model::{Generation, Story};
use super::{Document, Reader, object};

pub(super) fn read(document: &Document, reader: &mut Reader<'_, '_>) -> Story {
    let object = object::read(document, reader);
    let flat = object.generation == Generation::V6;
    let key = |reader: &Reader<'_, '_>, flat_key: &'static str, nested: &'static str| {
        reader.first(if flat { [flat_key, nested] } else { [nested, flat_key] })
    };
    let categories = reader.texts(key(reader, "category", "tags.category"));
    let products = reader.texts(key(reader, "product", "tags.product"));
    let usecase = reader.text(key(reader, "usecase", "tags.usecase"));
    let cves = reader.texts(key(reader, "cve", "tags.cve"));
    let groups = reader.texts(key(reader, "group", "tags.group"));
    Story {
        narrative: reader.text("narrative"),
        references: reader.texts("references"),
        categories,
        products,
        usecase,
        cves,
        groups,
        object,
    }
}
