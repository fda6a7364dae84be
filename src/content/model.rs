//! One model for three schema generations.
//!
//! | generation | told by | risk |
//! |---|---|---|
//! | v4 | `tags.observable`, `tags.risk_score`, ... | observables with a role, one score, one message |
//! | v5 | `rba` | risk objects with scores, threat objects, one message |
//! | v6 | `finding`, `intermediate_findings`, `creation_date`, `modification_date` | entities with scores and messages |
//!
//! Text fields are [`Located`], so a check can point at the characters. A field that the file does not have is `None`
//! or empty; what a generation requires is the business of `check`, not of this model.

use super::yaml::Node;
use crate::source::{FileId, Located, Place};
use std::path::PathBuf;
use std::sync::Arc;

/// A schema generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// contentctl 4: `tags.observable`, `tags.message`, `tags.confidence`, `tags.impact`.
    V4,
    /// contentctl 5: `rba`.
    V5,
    /// Since May 2026: flat tags, `finding`, `intermediate_findings`, `threat_objects`.
    V6,
}

/// What every content object has.
#[derive(Clone, Debug)]
pub struct Object {
    /// The file.
    pub file: FileId,
    /// Its path relative to the pack, with `/`.
    pub path: PathBuf,
    /// The whole document as written.
    pub node: Arc<Node>,
    /// Where the mapping's first key stands: for findings about something that is absent.
    pub start: Place,
    /// Told by the keys; see [`Generation`].
    pub generation: Generation,
    /// `name`.
    pub name: Located,
    /// `id`.
    pub id: Option<Located>,
    /// `version`.
    pub version: Option<i64>,
    /// `date`, or `modification_date` in v6.
    pub date: Option<Located>,
    /// `creation_date`, v6 only.
    pub creation_date: Option<Located>,
    /// `author`.
    pub author: Option<Located>,
    /// `description`.
    pub description: Option<Located>,
    /// `status`.
    pub status: Option<Located>,
    /// `deprecation_info`.
    pub deprecation: Option<Deprecation>,
}

/// Why and when an object goes away: `deprecation_info`, since v6 in the content file itself.
#[derive(Clone, Debug)]
pub struct Deprecation {
    /// `reason`.
    pub reason: Option<Located>,
    /// `removed_in_version`.
    pub removed_in_version: Option<Located>,
    /// `replacement_content`: names of detections or stories.
    pub replacements: Vec<Located>,
}

/// When a search runs: `scheduling`, `custom_schedule`, or the top level of a schedule object.
#[derive(Clone, Debug)]
pub struct Scheduling {
    /// `cron_schedule`.
    pub cron_schedule: Option<Located>,
    /// `earliest_time`.
    pub earliest_time: Option<Located>,
    /// `latest_time`.
    pub latest_time: Option<Located>,
    /// `schedule_window`.
    pub schedule_window: Option<Located>,
}

/// A detection: a search and what it means.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The common part.
    pub object: Object,
    /// Folder below `detections/` (`endpoint`, `network`), or `category` in v6.
    pub kind: Option<String>,
    /// `type`: TTP, Anomaly, Hunting, Correlation.
    pub analytic_type: Option<Located>,
    /// `data_source`.
    pub data_sources: Vec<Located>,
    /// `search`.
    pub search: Option<Located>,
    /// `how_to_implement`.
    pub how_to_implement: Option<Located>,
    /// `known_false_positives`.
    pub known_false_positives: Option<Located>,
    /// `references`.
    pub references: Vec<Located>,
    /// `drilldown_searches`.
    pub drilldowns: Vec<Drilldown>,
    /// Risk of all three generations.
    pub risk: Risk,
    /// `analytic_story`, wherever the generation has it; so for all that follow.
    pub stories: Vec<Located>,
    /// `asset_type`.
    pub asset_type: Option<Located>,
    /// `mitre_attack_id`.
    pub mitre_attack_ids: Vec<Located>,
    /// `product`.
    pub products: Vec<Located>,
    /// `security_domain`.
    pub security_domain: Option<Located>,
    /// `cve`.
    pub cves: Vec<Located>,
    /// `atomic_guid`.
    pub atomic_guids: Vec<Located>,
    /// `required_fields`, v4 only.
    pub required_fields: Vec<Located>,
    /// `manual_test`: why the detection cannot be tested automatically.
    pub manual_test: Option<Located>,
    /// `throttling.fields`.
    pub throttling_fields: Vec<Located>,
    /// `throttling.period`.
    pub throttling_period: Option<Located>,
    /// `group`.
    pub groups: Vec<Located>,
    /// `nist`; written by hand only in old content, otherwise it follows from the type.
    pub nist: Vec<Located>,
    /// `cis20`; as `nist`, it follows from the security domain.
    pub cis20: Vec<Located>,
    /// `kill_chain_phases`; as `nist`, they follow from the ATT&CK tactics.
    pub kill_chain_phases: Vec<Located>,
    /// `datamodel`, v4 only; otherwise it follows from the search.
    pub data_models: Vec<Located>,
    /// `enabled_by_default`.
    pub enabled_by_default: Option<bool>,
    /// `deployment.scheduling` (v4, v5) or `custom_schedule` (v6).
    pub scheduling: Option<Scheduling>,
    /// `schedule`, v6: the name of a schedule object.
    pub schedule: Option<Located>,
    /// `baselines`, v6: names of baseline objects.
    pub baselines: Vec<Located>,
    /// `explanation`.
    pub explanation: Option<Located>,
    /// `tests`.
    pub tests: Vec<Test>,
}

/// Risk that a detection assigns.
#[derive(Clone, Debug, Default)]
pub struct Risk {
    /// `tags.message` (v4), `rba.message` (v5), `finding.title` (v6).
    pub message: Option<Located>,
    /// Victims (v4), risk objects (v5), the finding's entity and the intermediate entities (v6), in file order.
    pub objects: Vec<RiskObject>,
    /// Attackers (v4), `threat_objects` (v5, v6).
    pub threats: Vec<ThreatObject>,
    /// `tags.confidence`, v4 only: percent.
    pub confidence: Option<i64>,
    /// `tags.impact`, v4 only: percent.
    pub impact: Option<i64>,
    /// The highest score of the objects (v5, v6), or confidence times impact / 100 (v4).
    pub score: Option<i64>,
}

/// Something that gets a risk score.
#[derive(Clone, Debug)]
pub struct RiskObject {
    /// Field of the result that names it.
    pub field: Located,
    /// `system`, `user` or `other`; in v4 the observable's type.
    pub kind: Option<Located>,
    /// Score; in v4 that of the detection.
    pub score: Option<i64>,
    /// v6: the message of an intermediate finding.
    pub message: Option<Located>,
}

/// A field that names something of the attacker.
#[derive(Clone, Debug)]
pub struct ThreatObject {
    /// Field of the result.
    pub field: Located,
    /// `ip_address`, `process_name`, ...; in v4 the observable's type.
    pub kind: Option<Located>,
}

/// A search to look closer at a result.
#[derive(Clone, Debug)]
pub struct Drilldown {
    /// `name`; may hold `$tokens$`.
    pub name: Option<Located>,
    /// `search`; may hold `$tokens$` and `%original_detection_search%`.
    pub search: Option<Located>,
    /// `earliest_offset`.
    pub earliest_offset: Option<Located>,
    /// `latest_offset`.
    pub latest_offset: Option<Located>,
}

/// A test of a detection: replay the data, run the search.
#[derive(Clone, Debug)]
pub struct Test {
    /// `name`.
    pub name: Option<Located>,
    /// `test_type`, v6: `unit` or `experimental`.
    pub test_type: Option<Located>,
    /// `description`, v6.
    pub description: Option<Located>,
    /// `expected_results`, v6: number of rows; 0 is a negative test.
    pub expected_results: Option<i64>,
    /// `attack_data`.
    pub data: Vec<AttackData>,
}

/// One dataset of a test.
#[derive(Clone, Debug)]
pub struct AttackData {
    /// URL or local path.
    pub data: Located,
    /// `source`.
    pub source: Option<Located>,
    /// `sourcetype`.
    pub sourcetype: Option<Located>,
    /// `host`.
    pub host: Option<Located>,
    /// `custom_index`.
    pub custom_index: Option<Located>,
}

/// A story: detections that belong together.
#[derive(Clone, Debug)]
pub struct Story {
    /// The common part.
    pub object: Object,
    /// `narrative`.
    pub narrative: Option<Located>,
    /// `references`.
    pub references: Vec<Located>,
    /// `category`.
    pub categories: Vec<Located>,
    /// `product`.
    pub products: Vec<Located>,
    /// `usecase`.
    pub usecase: Option<Located>,
    /// `cve`.
    pub cves: Vec<Located>,
    /// `group`.
    pub groups: Vec<Located>,
}

/// A macro. Its key in a search is its name and the number of its arguments.
#[derive(Clone, Debug)]
pub struct Macro {
    /// The common part.
    pub object: Object,
    /// `definition`.
    pub definition: Located,
    /// `arguments`: names, in order.
    pub arguments: Vec<Located>,
}

/// What holds a lookup's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LookupKind {
    /// A CSV file of the pack.
    Csv,
    /// A KV store collection, which is filled at run time.
    KvStore,
    /// A trained model.
    MlModel,
}

/// A lookup: a table and how to match it.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The common part.
    pub object: Object,
    /// `lookup_type` as written; v4 has none.
    pub lookup_type: Option<Located>,
    /// Told by `lookup_type`, or in v4 by `filename` and `collection`; `None` if neither names a known kind.
    pub kind: Option<LookupKind>,
    /// `collection`, v4 only: the KV store's name.
    pub collection: Option<Located>,
    /// The table's file, absolute or relative to the current folder, if there should be one: it need not exist. Never
    /// outside the pack.
    pub table: Option<PathBuf>,
    /// Columns as declared: `fields` of a KV store (`fields_list` in v4). Empty for a CSV file: read its header.
    pub fields: Vec<Located>,
    /// `match_type`: `WILDCARD(field)`, `CIDR(field)`.
    pub match_types: Vec<Located>,
    /// `default_match`; a Boolean is written as lower-case text.
    pub default_match: Option<Located>,
    /// `min_matches`.
    pub min_matches: Option<i64>,
    /// `max_matches`.
    pub max_matches: Option<i64>,
    /// `case_sensitive_match`.
    pub case_sensitive_match: Option<bool>,
}

/// A data source: where events come from and which fields they have.
#[derive(Clone, Debug)]
pub struct DataSource {
    /// The common part.
    pub object: Object,
    /// `source`.
    pub source: Option<Located>,
    /// `sourcetype`.
    pub sourcetype: Option<Located>,
    /// `separator`: the field that tells events of this source apart.
    pub separator: Option<Located>,
    /// `separator_value`: what it holds for this source.
    pub separator_value: Option<Located>,
    /// `configuration`.
    pub configuration: Option<Located>,
    /// `fields` (`raw_fields` in v4).
    pub fields: Vec<Located>,
    /// `output_fields`.
    pub output_fields: Vec<Located>,
    /// `mitre_components`.
    pub mitre_components: Vec<Located>,
    /// `supported_TA`: name, URL, version.
    pub add_ons: Vec<AddOn>,
    /// `example_log`.
    pub example_log: Option<Located>,
}

/// An add-on that a data source needs.
#[derive(Clone, Debug)]
pub struct AddOn {
    /// `name`.
    pub name: Option<Located>,
    /// `url`.
    pub url: Option<Located>,
    /// `version`.
    pub version: Option<Located>,
}

/// A baseline, investigation or other search that is no detection.
#[derive(Clone, Debug)]
pub struct SavedSearch {
    /// The common part.
    pub object: Object,
    /// `type`: Baseline, Investigation; absent in v6.
    pub analytic_type: Option<Located>,
    /// `search`.
    pub search: Option<Located>,
    /// `how_to_implement`.
    pub how_to_implement: Option<Located>,
    /// `known_false_positives`.
    pub known_false_positives: Option<Located>,
    /// `references`.
    pub references: Vec<Located>,
    /// `tags.analytic_story` (v4, v5).
    pub stories: Vec<Located>,
    /// `tags.detections` (v4, v5): the detections that need this baseline. In v6 the detection names its baselines.
    pub detections: Vec<Located>,
    /// `product`.
    pub products: Vec<Located>,
    /// `security_domain`.
    pub security_domain: Option<Located>,
    /// `deployment.scheduling` (v4, v5) or `custom_schedule` (v6).
    pub scheduling: Option<Scheduling>,
    /// `schedule`, v6: the name of a schedule object.
    pub schedule: Option<Located>,
}

/// How detections of one type run and what they cause (v4, v5).
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The common part.
    pub object: Object,
    /// `type` (`tags.type` in v4): the type of detection that it applies to.
    pub analytic_type: Option<Located>,
    /// `scheduling`.
    pub scheduling: Option<Scheduling>,
    /// `alert_action.rba.enabled`: whether results add risk.
    pub risk_enabled: bool,
    /// `alert_action.notable`: whether results become findings of their own.
    pub notable: Option<Notable>,
}

/// What a notable event shows.
#[derive(Clone, Debug)]
pub struct Notable {
    /// `rule_title`; may hold `%keys%` of the detection.
    pub title: Option<Located>,
    /// `rule_description`; likewise.
    pub description: Option<Located>,
    /// `nes_fields`.
    pub fields: Vec<Located>,
}

/// A named schedule (v6).
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The common part.
    pub object: Object,
    /// The schedule.
    pub scheduling: Scheduling,
}

/// A dashboard; its definition is a JSON file beside it.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The common part.
    pub object: Object,
    /// The JSON file, absolute or relative to the current folder; it need not exist.
    pub definition: PathBuf,
}

/// A playbook of Splunk SOAR; what it does is in two files beside it.
#[derive(Clone, Debug)]
pub struct Playbook {
    /// The common part.
    pub object: Object,
    /// The JSON file and the Python file, absolute or relative to the current folder; they need not exist.
    pub files: [PathBuf; 2],
}

/// Something that is no longer part of the content, kept so that its name and id stay known (`removed/`).
#[derive(Clone, Debug)]
pub struct Removed {
    /// The common part.
    pub object: Object,
    /// What it was: the folder below `removed/`, such as `detections`.
    pub former: Option<String>,
}
