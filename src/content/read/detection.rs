//! Detections of all three generations.

use super::super::model::{AttackData, Detection, Drilldown, Generation, Test};
use super::{Document, Reader, object, risk};
use crate::source::Located;
use std::path::Path;

pub(super) fn read(document: &Document, reader: &mut Reader<'_, '_>) -> Detection {
    let object = object::read(document, reader);
    // v6 moved the keys of `tags` to the top level. A key in the other generation's place is read too.
    let flat = object.generation == Generation::V6;
    let mut tags = Tags { reader, flat };
    let stories = tags.texts("analytic_story", "tags.analytic_story");
    let asset_type = tags.text("asset_type", "tags.asset_type");
    let mitre_attack_ids = tags.texts("mitre_attack_id", "tags.mitre_attack_id");
    let products = tags.texts("product", "tags.product");
    let security_domain = tags.text("security_domain", "tags.security_domain");
    let cves = tags.texts("cve", "tags.cve");
    let atomic_guids = tags.texts("atomic_guid", "tags.atomic_guid");
    let required_fields = tags.texts("required_fields", "tags.required_fields");
    let manual_test = tags.text("manual_test", "tags.manual_test");
    let groups = tags.texts("group", "tags.group");
    let nist = tags.texts("nist", "tags.nist");
    let cis20 = tags.texts("cis20", "tags.cis20");
    let kill_chain_phases = tags.texts("kill_chain_phases", "tags.kill_chain_phases");
    reader.sections(&["throttling", "tags.throttling"]);
    let throttled = |reader: &mut Reader<'_, '_>| (reader.texts("fields"), reader.text("period"));
    let throttling = reader.first(["tags.throttling", "throttling"]);
    let (throttling_fields, throttling_period) = reader.section(throttling, throttled).unwrap_or_default();
    let category = reader.text("category").map(|category| category.as_str().to_owned());
    Detection {
        kind: category.or_else(|| folder(&document.path)),
        analytic_type: reader.text("type"),
        data_sources: reader.texts("data_source"),
        search: reader.text("search"),
        how_to_implement: reader.text("how_to_implement"),
        known_false_positives: reader.text("known_false_positives"),
        references: reader.texts("references"),
        drilldowns: reader.each("drilldown_searches", drilldown),
        risk: risk::read(reader),
        stories,
        asset_type,
        mitre_attack_ids,
        products,
        security_domain,
        cves,
        atomic_guids,
        required_fields,
        manual_test,
        throttling_fields,
        throttling_period,
        groups,
        nist,
        cis20,
        kill_chain_phases,
        data_models: reader.texts("datamodel"),
        enabled_by_default: reader.bool("enabled_by_default"),
        scheduling: object::own_scheduling(reader),
        schedule: reader.text("schedule"),
        baselines: reader.texts("baselines"),
        explanation: reader.text("explanation"),
        tests: reader.each("tests", test),
        object,
    }
}

struct Tags<'r, 'n, 'd> {
    reader: &'r mut Reader<'n, 'd>,
    flat: bool,
}

impl Tags<'_, '_, '_> {
    fn key<'k>(&self, flat: &'k str, nested: &'k str) -> &'k str {
        self.reader.first(if self.flat { [flat, nested] } else { [nested, flat] })
    }

    fn text(&mut self, flat: &str, nested: &str) -> Option<Located> {
        self.reader.text(self.key(flat, nested))
    }

    fn texts(&mut self, flat: &str, nested: &str) -> Vec<Located> {
        self.reader.texts(self.key(flat, nested))
    }
}

/// The folder below `detections/`.
fn folder(path: &Path) -> Option<String> {
    let below = path.strip_prefix("detections").ok()?.parent()?;
    Some(below.components().next()?.as_os_str().to_string_lossy().into_owned())
}

fn drilldown(reader: &mut Reader<'_, '_>) -> Drilldown {
    Drilldown {
        name: reader.text("name"),
        search: reader.text("search"),
        earliest_offset: reader.text("earliest_offset"),
        latest_offset: reader.text("latest_offset"),
    }
}

fn test(reader: &mut Reader<'_, '_>) -> Test {
    Test {
        name: reader.text("name"),
        test_type: reader.text("test_type"),
        description: reader.text("description"),
        expected_results: reader.int("expected_results"),
        data: reader.each("attack_data", |reader| AttackData {
            data: reader.text_or_empty("data"),
            source: reader.text("source"),
            sourcetype: reader.text("sourcetype"),
            host: reader.text("host"),
            custom_index: reader.text("custom_index"),
        }),
    }
}
