//! The same facts in three generations, and what is reported of values that do not fit.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::content::model::{Generation, LookupKind, Object};
use crate::content::yaml;
use crate::source::{Located, Sources};

type Readers<T> = fn(&Document, &mut Vec<Diagnostic>) -> Option<T>;

fn read<T>(read: Readers<T>, path: &str, text: &str) -> (Option<T>, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::new();
    let file = sources.add(path, text);
    let (node, mut diagnostics) = yaml::parse(file, text);
    let node = Arc::new(node.unwrap_or_else(|| panic!("{diagnostics:?}")));
    let document = Document { file, path: path.into(), root: "pack".into(), node };
    let object = read(&document, &mut diagnostics);
    (object, diagnostics, sources)
}

fn clean<T>(reader: Readers<T>, path: &str, text: &str) -> T {
    let (object, diagnostics, _) = read(reader, path, text);
    assert_eq!(diagnostics, Vec::new());
    object.unwrap()
}

fn texts(list: &[Located]) -> Vec<&str> {
    list.iter().map(Located::as_str).collect()
}

fn text(value: Option<&Located>) -> &str {
    value.map_or("-", Located::as_str)
}

const V4: &str = "
name: Odd Tunnel Use
id: 5b8a4d1e-0000-4000-8000-000000000001
version: 3
date: '2024-02-01'
author: A. Writer
status: production
type: TTP
description: Finds tunnels.
data_source:
- Acme EventID 1
search: '| tstats count from datamodel=Endpoint.Processes | `odd_tunnel_use_filter`'
how_to_implement: Collect process events.
known_false_positives: none
references: []
tags:
  analytic_story:
  - Odd Tunnels
  asset_type: Endpoint
  confidence: 90
  impact: 50
  message: $user$ runs a tunnel on $dest$
  mitre_attack_id:
  - T1572
  observable:
  - name: user
    type: User
    role:
    - Victim
  - name: process_name
    type: Process
    role:
    - Attacker
  product:
  - Splunk Enterprise
  required_fields:
  - Processes.user
  risk_score: 45
  security_domain: endpoint
tests:
- name: True Positive Test
  attack_data:
  - data: https://example.com/a.log
    source: acme
    sourcetype: acme:process
    update_timestamp: true
";

const V5: &str = "
name: Odd Tunnel Use
id: 5b8a4d1e-0000-4000-8000-000000000001
version: 4
date: 2025-02-01
author: A. Writer
status: production
type: TTP
description: Finds tunnels.
data_source:
- Acme EventID 1
search: |-
  | tstats count from datamodel=Endpoint.Processes
  | `odd_tunnel_use_filter`
how_to_implement: Collect process events.
known_false_positives: none
references:
drilldown_searches:
- name: Look closer at $user$
  search: '%original_detection_search% | search user=$user$'
  earliest_offset: $info_min_time$
  latest_offset: $info_max_time$
rba:
  message: $user$ runs a tunnel on $dest$
  risk_objects:
  - {field: user, type: user, score: 20}
  - {field: dest, type: system, score: 45}
  threat_objects:
  - field: process_name
    type: process_name
tags:
  analytic_story:
  - Odd Tunnels
  asset_type: Endpoint
  mitre_attack_id:
  - T1572
  product:
  - Splunk Enterprise
  security_domain: endpoint
  cve: []
  throttling:
    fields: [user, dest]
    period: 10m
tests:
- name: True Positive Test
  attack_data:
  - {data: https://example.com/a.log, source: acme, sourcetype: acme:process}
";

const V6: &str = "
name: Odd Tunnel Use
id: 5b8a4d1e-0000-4000-8000-000000000001
version: 5
creation_date: '2024-02-01'
modification_date: '2026-06-01'
author: A. Writer
status: deprecated
type: TTP
description: Finds tunnels.
data_source:
    - Acme EventID 1
search: |-
    | tstats count from datamodel=Endpoint.Processes
    | `odd_tunnel_use_filter`
how_to_implement: Collect process events.
known_false_positives: none
finding:
    title: $user$ runs a tunnel on $dest$
    entity:
        field: user
        type: user
        score: 50
intermediate_findings:
    entities:
        - field: dest
          type: system
          score: 20
          message: A tunnel on $dest$
threat_objects:
    - field: process_name
      type: process_name
analytic_story:
    - Odd Tunnels
asset_type: Endpoint
mitre_attack_id:
    - T1572
product:
    - Splunk Enterprise
category: endpoint
security_domain: endpoint
baselines:
    - Known Tunnels
tests:
    - name: True Positive Test
      test_type: unit
      expected_results: 2
      attack_data:
        - data: https://example.com/a.log
          source: acme
          sourcetype: acme:process
deprecation_info:
    reason: Replaced
    removed_in_version: 6.8.0
    replacement_content:
        - Better Tunnel Use
";

#[test]
fn three_generations_of_a_detection_say_the_same() {
    let cases = [
        (V4, Generation::V4, "2024-02-01", vec!["user 45"], 45),
        (V5, Generation::V5, "2025-02-01", vec!["user 20", "dest 45"], 45),
        (V6, Generation::V6, "2026-06-01", vec!["user 50", "dest 20"], 50),
    ];
    for (yaml, generation, date, objects, score) in cases {
        let found = clean(detection, "detections/endpoint/odd_tunnel_use.yml", yaml);
        assert_eq!(found.object.generation, generation);
        assert_eq!(found.object.name.as_str(), "Odd Tunnel Use");
        assert_eq!(text(found.object.date.as_ref()), date);
        assert_eq!(found.kind.as_deref(), Some("endpoint"));
        assert!(found.search.as_ref().unwrap().as_str().ends_with("`odd_tunnel_use_filter`"));
        assert_eq!(texts(&found.stories), ["Odd Tunnels"]);
        assert_eq!(texts(&found.mitre_attack_ids), ["T1572"]);
        assert_eq!(texts(&found.products), ["Splunk Enterprise"]);
        assert_eq!(text(found.security_domain.as_ref()), "endpoint");
        assert_eq!(text(found.risk.message.as_ref()), "$user$ runs a tunnel on $dest$");
        let shown = |it: &crate::content::model::RiskObject| format!("{} {}", it.field.as_str(), it.score.unwrap());
        assert_eq!(found.risk.objects.iter().map(shown).collect::<Vec<_>>(), objects);
        assert_eq!(found.risk.threats[0].field.as_str(), "process_name");
        assert_eq!(found.risk.score, Some(score));
        assert_eq!(found.tests[0].data[0].data.as_str(), "https://example.com/a.log");
        assert_eq!(text(found.tests[0].data[0].sourcetype.as_ref()), "acme:process");
    }
}

#[test]
fn each_generation_keeps_what_it_alone_has() {
    let v4 = clean(detection, "detections/a.yml", V4);
    assert_eq!((v4.risk.confidence, v4.risk.impact, v4.kind), (Some(90), Some(50), None));
    assert_eq!(texts(&v4.required_fields), ["Processes.user"]);
    let v5 = clean(detection, "detections/web/more/a.yml", V5);
    assert_eq!(v5.kind.as_deref(), Some("web"));
    assert_eq!(texts(&v5.throttling_fields), ["user", "dest"]);
    assert_eq!(text(v5.throttling_period.as_ref()), "10m");
    assert_eq!(text(v5.drilldowns[0].latest_offset.as_ref()), "$info_max_time$");
    assert!(v5.references.is_empty());
    let v6 = clean(detection, "detections/deprecated/a.yml", V6);
    assert_eq!(v6.kind.as_deref(), Some("endpoint"));
    assert_eq!(text(v6.object.creation_date.as_ref()), "2024-02-01");
    assert_eq!(text(v6.risk.objects[1].message.as_ref()), "A tunnel on $dest$");
    assert_eq!(texts(&v6.baselines), ["Known Tunnels"]);
    assert_eq!((text(v6.tests[0].test_type.as_ref()), v6.tests[0].expected_results), ("unit", Some(2)));
    let deprecation = v6.object.deprecation.unwrap();
    assert_eq!(text(deprecation.removed_in_version.as_ref()), "6.8.0");
    assert_eq!(texts(&deprecation.replacements), ["Better Tunnel Use"]);
}

#[test]
fn removed_objects_of_v6_keep_the_shape_of_v5() {
    let yaml = "name: Old\nstatus: removed\ncreation_date: '2020-01-01'\nmodification_date: '2026-05-13'\nrba: {message: m}\ntags: {product: []}\n";
    let found = clean(removed, "removed/detections/old.yml", yaml);
    assert_eq!(found.former.as_deref(), Some("detections"));
    assert_eq!(found.object.generation, Generation::V5);
    assert_eq!(text(found.object.date.as_ref()), "2026-05-13");
}

#[test]
fn lookups_of_three_generations() {
    let v4 = clean(
        lookup,
        "lookups/acme_tools.yml",
        "name: acme_tools\nfilename: acme_tools_2024.csv\ndefault_match: 'false'\nmatch_type: WILDCARD(tool), CIDR(net)\nmin_matches: 1\n",
    );
    assert_eq!(v4.object.generation, Generation::V4);
    assert_eq!(v4.kind, Some(LookupKind::Csv));
    assert_eq!(v4.table, Some(PathBuf::from("pack/lookups/acme_tools_2024.csv")));
    assert_eq!(texts(&v4.match_types), ["WILDCARD(tool)", "CIDR(net)"]);
    let store = clean(lookup, "lookups/a.yml", "name: a\ncollection: a\nfields_list: _key, user , dest\n");
    assert_eq!(store.kind, Some(LookupKind::KvStore));
    assert_eq!(texts(&store.fields), ["_key", "user", "dest"]);
    assert_eq!(store.table, None);
    let v5 = clean(
        lookup,
        "lookups/csv/acme.yml",
        "name: acme\ndate: 2025-01-01\nlookup_type: csv\ndefault_match: False\nmatch_type:\n- WILDCARD(tool)\ncase_sensitive_match: false\nmax_matches: 1\n",
    );
    assert_eq!(v5.table, Some(PathBuf::from("pack/lookups/csv/acme.csv")));
    assert_eq!((text(v5.default_match.as_ref()), v5.case_sensitive_match), ("false", Some(false)));
    assert_eq!((v5.min_matches, v5.max_matches), (None, Some(1)));
    let model = clean(lookup, "lookups/__mlspl_m.yml", "name: m\nlookup_type: mlmodel\n");
    assert_eq!(model.table, Some(PathBuf::from("pack/lookups/__mlspl_m.mlmodel")));
    for name in ["../secret.csv", "/etc/passwd", "a/../../b.csv"] {
        let (found, diagnostics, sources) = read(lookup, "lookups/a.yml", &format!("name: a\nfilename: {name}\n"));
        assert_eq!(found.unwrap().table, None);
        assert_eq!(diagnostics[0].code, codes::PATH_OUTSIDE_PACK);
        assert_eq!(sources.text(diagnostics[0].place), name);
    }
}

#[test]
fn objects_around_detections() {
    let found = clean(macro_, "macros/m.yml", "name: m\ndefinition: eval $a$=1\narguments: [a]\ndescription: d\n");
    assert_eq!((found.definition.as_str(), texts(&found.arguments)), ("eval $a$=1", vec!["a"]));
    let found = clean(
        data_source,
        "data_sources/d.yml",
        "name: Acme EventID 1\nsource: s\nsourcetype: t\nseparator:\nraw_fields: [a, b]\nsupported_TA:\n- {name: TA, url: https://example.com, version: 1.2.3}\n",
    );
    assert_eq!((texts(&found.fields), text(found.separator.as_ref())), (vec!["a", "b"], "-"));
    assert_eq!(text(found.add_ons[0].version.as_ref()), "1.2.3");
    let deployed =
        "deployment:\n  scheduling: {cron_schedule: 0 2 * * 0, earliest_time: -90d@d}\ntags: {detections: [D]}\n";
    let found = clean(baseline, "baselines/b.yml", &format!("name: B\ntype: Baseline\nsearch: '| x'\n{deployed}"));
    assert_eq!(text(found.scheduling.as_ref().unwrap().cron_schedule.as_ref()), "0 2 * * 0");
    assert_eq!(texts(&found.detections), ["D"]);
    let found = clean(baseline, "baselines/b.yml", "name: B\ncreation_date: '2024-01-01'\nproduct: [P]\nschedule: S\n");
    assert_eq!((text(found.schedule.as_ref()), texts(&found.products)), ("S", vec!["P"]));
    let found = clean(
        deployment,
        "deployments/t.yml",
        "name: T\nscheduling: {cron_schedule: 0 * * * *}\nalert_action: {rba: {enabled: 'true'}, notable: {nes_fields: [user]}}\ntags: {type: TTP}\n",
    );
    assert!(found.risk_enabled);
    assert_eq!((text(found.analytic_type.as_ref()), texts(&found.notable.unwrap().fields)), ("TTP", vec!["user"]));
    let found = clean(schedule, "schedules/s.yml", "name: S\nearliest_time: -70m@m\n");
    assert_eq!(text(found.scheduling.earliest_time.as_ref()), "-70m@m");
    let flat = "name: S\nmodification_date: '2026-01-01'\ncategory: [Malware]\nusecase: U\nnarrative: n\n";
    let nested = "name: S\nstatus: production\ntags: {category: [Malware], usecase: U}\nnarrative: n\n";
    for yaml in [flat, nested] {
        let found = clean(story, "stories/s.yml", yaml);
        assert_eq!((texts(&found.categories), text(found.usecase.as_ref())), (vec!["Malware"], "U"));
    }
    let found = clean(dashboard, "dashboards/d.yml", "name: D\n");
    assert_eq!(found.definition, PathBuf::from("pack/dashboards/d.json"));
}

#[test]
fn values_of_another_type_are_reported_at_their_place() {
    let cases = [
        ("name: [a]", "`name` is a list, expected text", "[a]"),
        ("name: 12", "`name` is a number, expected text", "12"),
        ("name: on", "`name` is a Boolean, expected text", "on"),
        ("version: x", "`version` is text, expected a whole number", "x"),
        ("version: 1.5", "`version` is a number, expected a whole number", "1.5"),
        ("version: [1]", "`version` is a list, expected a whole number", "[1]"),
        ("date: 3", "`date` is a number, expected a date", "3"),
        ("tags: x", "`tags` is text, expected a mapping", "x"),
        ("tags: {product: x}", "`tags.product` is text, expected a list", "x"),
        ("tags: {product: [{a: b}]}", "`tags.product[0]` is a mapping, expected text", "{a: b}"),
        ("references: [a, ~]", "`references[1]` is empty, expected text", "~"),
        ("rba: []", "`rba` is a list, expected a mapping", "[]"),
        ("rba: {risk_objects: [x]}", "`rba.risk_objects[0]` is text, expected a mapping", "x"),
        (
            "rba: {risk_objects: [{score: high}]}",
            "`rba.risk_objects[0].score` is text, expected a whole number",
            "high",
        ),
        ("tests: {a: b}", "`tests` is a mapping, expected a list", "{a: b}"),
        ("tests: [{attack_data: [{data: 1}]}]", "`tests[0].attack_data[0].data` is a number, expected text", "1"),
        ("enabled_by_default: maybe", "`enabled_by_default` is text, expected `true` or `false`", "maybe"),
        ("finding: {entity: x}", "`finding.entity` is text, expected a mapping", "x"),
        ("custom_schedule: x", "`custom_schedule` is text, expected a mapping", "x"),
    ];
    for (yaml, message, characters) in cases {
        let (found, diagnostics, sources) = read(detection, "detections/a.yml", yaml);
        assert!(found.is_some());
        let shown: Vec<_> = diagnostics.iter().map(|it| (it.message.as_str(), sources.text(it.place))).collect();
        assert_eq!(shown, [(message, characters)], "{yaml}");
        assert!(diagnostics.iter().all(|it| it.code == codes::YAML_TYPE));
    }
    let (found, _, _) = read(detection, "detections/a.yml", "name: 12");
    assert_eq!(found.unwrap().object.name.as_str(), "12");
    for yaml in ["- a", "text"] {
        let (found, diagnostics, _) = read(detection, "detections/a.yml", yaml);
        assert!(found.is_none());
        assert_eq!(diagnostics[0].code, codes::YAML_TYPE);
    }
}

#[test]
fn what_is_absent_has_a_place_all_the_same() {
    let yaml = "# note\nid: x\n";
    let (found, diagnostics, sources) = read(detection, "detections/a.yml", yaml);
    let found = found.unwrap();
    assert_eq!(diagnostics, Vec::new());
    assert!(found.object.name.is_empty());
    let Object { start, name, .. } = &found.object;
    assert_eq!(sources.text(*start), "id");
    assert_eq!(name.whole().unwrap().span.start, 7);
}

#[test]
fn spellings_that_the_official_tool_coerces_are_fine() {
    let found = clean(detection, "detections/a.yml", "version: '3'\nenabled_by_default: 'Yes'\n");
    assert_eq!((found.object.version, found.enabled_by_default), (Some(3), Some(true)));
    let found = clean(detection, "detections/a.yml", "version: 3.0\nenabled_by_default: 0\n");
    assert_eq!((found.object.version, found.enabled_by_default), (Some(3), Some(false)));
}
