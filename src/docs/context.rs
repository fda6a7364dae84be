//! What a template can read of a detection or a story.
//!
//! The names are those that templates of the official site know (`detection.mitre_attacks`, `detection.tags.nist`,
//! `story.kill_chain_phases`), whatever generation the content is written in; further values stand beside them. Texts
//! are as the author wrote them: making them safe is the business of filters and of escaping.

use super::cve::Cves;
use super::{Analysis, Input, taxonomy};
use crate::content::model::{DataSource, Detection, Generation, Object, Story};
use crate::content::yaml::Node;
use crate::knowledge::attack::Attack;
use crate::source::Located;
use minijinja::Value;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A detection as templates see it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DetectionContext {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) version: Option<i64>,
    /// Of the last change, in every generation.
    pub(super) date: String,
    pub(super) creation_date: Option<String>,
    pub(super) author: String,
    #[serde(rename = "type")]
    pub(super) analytic_type: String,
    pub(super) status: String,
    pub(super) experimental: bool,
    pub(super) deprecated: bool,
    pub(super) deprecation: Option<DeprecationContext>,
    /// `v4`, `v5` or `v6`.
    pub(super) generation: &'static str,
    pub(super) description: String,
    pub(super) search: String,
    /// The search with its macros expanded, if that succeeded.
    pub(super) expanded: Option<String>,
    pub(super) how_to_implement: String,
    pub(super) known_false_positives: String,
    pub(super) references: Vec<String>,
    /// Folder below `detections/`.
    pub(super) kind: String,
    /// Path of the file in the pack.
    pub(super) source: String,
    /// Stem of the file.
    pub(super) file_name: String,
    /// Data models the search reads, sorted; without datasets. Absent for none, as templates ask `if`.
    pub(super) datamodel: Option<Vec<String>>,
    pub(super) mitre_attacks: Vec<AttackContext>,
    /// Macros of the pack that the search calls itself, sorted.
    pub(super) macros: Vec<MacroContext>,
    /// Name of the filter macro, if the search ends in its call.
    pub(super) filter_macro: Option<String>,
    /// Lookups of the pack that the search uses, sorted.
    pub(super) lookups: Vec<LookupContext>,
    pub(super) data_sources: Vec<DataSourceContext>,
    /// Stories that it belongs to.
    pub(super) stories: Vec<StoryLink>,
    /// Fields that the search needs of events or datasets.
    pub(super) fields_read: Vec<String>,
    /// Columns of the result.
    pub(super) fields_out: Vec<String>,
    /// Whether the result can have any other field of the events.
    pub(super) fields_open: bool,
    /// The compiled search, one operation in a line.
    pub(super) plan: Option<String>,
    pub(super) cve: Vec<CveContext>,
    /// Add-ons that the data sources need.
    pub(super) splunk_app_enrichment: Vec<AddOnContext>,
    pub(super) risk_objects: Vec<RiskContext>,
    pub(super) threat_objects: Vec<FieldContext>,
    pub(super) drilldowns: Vec<DrilldownContext>,
    pub(super) tests: Vec<TestContext>,
    /// URLs or paths of the tests' data, without repetition.
    pub(super) datasets: Vec<String>,
    pub(super) tags: TagsContext,
}

/// What v4 keeps under `tags`; templates find it there in every generation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TagsContext {
    pub(super) analytic_story: Vec<String>,
    pub(super) asset_type: String,
    pub(super) product: Vec<String>,
    pub(super) security_domain: String,
    pub(super) mitre_attack_id: Vec<String>,
    /// From the tactics, unless the author gives them; so for the two that follow, from type and domain.
    pub(super) kill_chain_phases: Vec<String>,
    pub(super) nist: Vec<String>,
    pub(super) cis20: Vec<String>,
    pub(super) cve: Vec<String>,
    pub(super) atomic_guid: Vec<String>,
    /// As listed by v4; for later generations what the plan needs of events or datasets.
    pub(super) required_fields: Vec<String>,
    pub(super) message: String,
    pub(super) confidence: Option<i64>,
    pub(super) impact: Option<i64>,
    pub(super) risk_score: Option<i64>,
    /// v4 only, else empty: templates ask `if`.
    pub(super) observable: Vec<ObservableContext>,
    /// v4 content of old lists its data here, not in its tests.
    pub(super) dataset: Vec<String>,
    pub(super) manual_test: Option<String>,
}

/// A vulnerability; score and summary are absent if no CVE data was given or it does not know the id.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CveContext {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct AddOnContext {
    name: String,
    url: String,
    version: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct DeprecationContext {
    reason: String,
    removed_in_version: String,
    replacement_content: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct AttackContext {
    pub(super) technique_id: String,
    /// Absent if the table does not know the id; then there is no tactic either.
    pub(super) technique: Option<String>,
    pub(super) tactic: Vec<String>,
    /// The id as part of an address of attack.mitre.org: `T1021/001`.
    pub(super) path: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct MacroContext {
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) description: String,
    pub(super) source: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LookupContext {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct DataSourceContext {
    pub(super) name: String,
    pub(super) platform: String,
    pub(super) sourcetype: String,
    pub(super) source: String,
    /// Whether the pack defines it; the other values are empty if not.
    pub(super) known: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct StoryLink {
    name: String,
    /// Whether the pack defines it, so that there is a page to link to.
    known: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct RiskContext {
    field: String,
    #[serde(rename = "type")]
    kind: String,
    score: Option<i64>,
    message: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct FieldContext {
    field: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ObservableContext {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    role: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct DrilldownContext {
    name: String,
    search: String,
    earliest_offset: String,
    latest_offset: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct TestContext {
    name: String,
    attack_data: Vec<DatasetContext>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct DatasetContext {
    data: String,
    source: String,
    sourcetype: String,
}

/// A story as templates see it; `detections` are whole detections, sorted by name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StoryContext {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) version: Option<i64>,
    pub(super) date: String,
    pub(super) creation_date: Option<String>,
    pub(super) author: String,
    pub(super) status: String,
    pub(super) description: String,
    pub(super) narrative: String,
    pub(super) references: Vec<String>,
    pub(super) source: String,
    pub(super) file_name: String,
    /// Of its detections, sorted; so for the two that follow.
    pub(super) data_models: Vec<String>,
    pub(super) mitre_attack_ids: Vec<String>,
    pub(super) kill_chain_phases: Vec<String>,
    /// Of its detections, in their order.
    pub(super) data_sources: Vec<DataSourceContext>,
    pub(super) tags: StoryTags,
    pub(super) detections: Vec<Value>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct StoryTags {
    pub(super) category: Vec<String>,
    pub(super) product: Vec<String>,
    pub(super) usecase: String,
}

/// Makes contexts: the pack's objects by name (the first of a name counts), and the ATT&CK table.
pub(super) struct Contexts<'a> {
    input: &'a Input<'a>,
    attack: &'a Attack,
    cves: Option<&'a Cves>,
    macros: BTreeMap<&'a str, &'a crate::content::model::Macro>,
    lookups: BTreeMap<&'a str, &'a crate::content::model::Lookup>,
    data_sources: BTreeMap<&'a str, &'a DataSource>,
    stories: BTreeSet<&'a str>,
    /// Whether names that a search uses are read off its text where the compiler was not asked.
    names: bool,
}

impl<'a> Contexts<'a> {
    /// `stories` are those that get a page; `names` says whether anything shows the names that searches use.
    pub(super) fn new(
        input: &'a Input<'a>,
        attack: &'a Attack,
        cves: Option<&'a Cves>,
        stories: &[&'a Story],
        names: bool,
    ) -> Self {
        Self {
            names,
            input,
            attack,
            cves,
            macros: input.macros.iter().rev().map(|&item| (item.object.name.as_str(), item)).collect(),
            lookups: input.lookups.iter().rev().map(|&item| (item.object.name.as_str(), item)).collect(),
            data_sources: input.data_sources.iter().rev().map(|&item| (item.object.name.as_str(), item)).collect(),
            stories: stories.iter().map(|story| story.object.name.as_str()).collect(),
        }
    }

    pub(super) fn detection(&self, detection: &Detection) -> DetectionContext {
        let object = &detection.object;
        let search = text(detection.search.as_ref());
        let read_off;
        let analysis = if let Some(analysis) = self.input.analyses.get(&object.file) {
            analysis
        } else {
            read_off = if self.names { Analysis::of_text(&search) } else { Analysis::default() };
            &read_off
        };
        let mitre_attacks: Vec<AttackContext> =
            detection.mitre_attack_ids.iter().map(|id| self.technique(id.as_str())).collect();
        let datamodel = datamodels(analysis);
        DetectionContext {
            name: object.name.as_str().to_owned(),
            id: text(object.id.as_ref()),
            version: object.version,
            date: text(object.date.as_ref()),
            creation_date: object.creation_date.as_ref().map(|date| date.as_str().to_owned()),
            author: text(object.author.as_ref()),
            analytic_type: text(detection.analytic_type.as_ref()),
            experimental: is(object.status.as_ref(), "experimental"),
            deprecated: is(object.status.as_ref(), "deprecated"),
            deprecation: object.deprecation.as_ref().map(|it| DeprecationContext {
                reason: text(it.reason.as_ref()),
                removed_in_version: text(it.removed_in_version.as_ref()),
                replacement_content: texts(&it.replacements),
            }),
            status: text(object.status.as_ref()),
            generation: match object.generation {
                Generation::V4 => "v4",
                Generation::V5 => "v5",
                Generation::V6 => "v6",
            },
            description: text(object.description.as_ref()),
            expanded: analysis.expanded.clone(),
            how_to_implement: text(detection.how_to_implement.as_ref()),
            known_false_positives: text(detection.known_false_positives.as_ref()),
            references: texts(&detection.references),
            kind: detection.kind.clone().unwrap_or_else(|| "other".to_owned()),
            source: path(object),
            file_name: file_name(object),
            datamodel: (!datamodel.is_empty()).then_some(datamodel),
            macros: self.macros(analysis),
            filter_macro: filter_macro(&search),
            lookups: self.lookups(analysis),
            data_sources: detection.data_sources.iter().map(|name| self.data_source(name.as_str())).collect(),
            stories: detection
                .stories
                .iter()
                .map(|name| StoryLink { name: name.as_str().to_owned(), known: self.stories.contains(name.as_str()) })
                .collect(),
            fields_read: analysis.fields_read.clone(),
            fields_out: analysis.fields_out.clone(),
            fields_open: analysis.fields_open,
            plan: analysis.plan.clone(),
            cve: detection.cves.iter().map(|id| self.cve(id.as_str())).collect(),
            splunk_app_enrichment: self.add_ons(detection),
            risk_objects: risk_objects(detection),
            threat_objects: threat_objects(detection),
            drilldowns: drilldowns(detection),
            tests: tests(detection),
            datasets: datasets(detection),
            tags: tags(detection, analysis, &mitre_attacks),
            mitre_attacks,
            search,
        }
    }

    fn technique(&self, id: &str) -> AttackContext {
        let technique = self.attack.technique(id);
        AttackContext {
            technique_id: id.to_owned(),
            technique: technique.map(|technique| technique.name.clone()),
            tactic: technique.map(|technique| technique.tactics.clone()).unwrap_or_default(),
            path: id.replace('.', "/"),
        }
    }

    fn cve(&self, id: &str) -> CveContext {
        let known = self.cves.and_then(|cves| cves.get(id));
        CveContext {
            id: id.to_owned(),
            cvss: known.and_then(|cve| cve.score),
            summary: known.map(|cve| cve.summary.clone()),
        }
    }

    fn add_ons(&self, detection: &Detection) -> Vec<AddOnContext> {
        let mut add_ons = Vec::new();
        let sources = detection.data_sources.iter().filter_map(|name| self.data_sources.get(name.as_str()));
        for add_on in sources.flat_map(|source| &source.add_ons) {
            let add_on = AddOnContext {
                name: text(add_on.name.as_ref()),
                url: text(add_on.url.as_ref()),
                version: text(add_on.version.as_ref()),
            };
            push_new(&mut add_ons, add_on);
        }
        add_ons
    }

    fn macros(&self, analysis: &Analysis) -> Vec<MacroContext> {
        let names: BTreeSet<&str> = analysis.macros.iter().map(String::as_str).collect();
        let known = names.into_iter().filter_map(|name| self.macros.get(name));
        known
            .map(|item| MacroContext {
                name: item.object.name.as_str().to_owned(),
                definition: item.definition.as_str().to_owned(),
                description: text(item.object.description.as_ref()),
                source: path(&item.object),
            })
            .collect()
    }

    fn lookups(&self, analysis: &Analysis) -> Vec<LookupContext> {
        let names: BTreeSet<&str> = analysis.lookups.iter().map(String::as_str).collect();
        let known = names.into_iter().filter_map(|name| self.lookups.get(name));
        known
            .map(|item| LookupContext {
                name: item.object.name.as_str().to_owned(),
                description: text(item.object.description.as_ref()),
                source: path(&item.object),
            })
            .collect()
    }

    fn data_source(&self, name: &str) -> DataSourceContext {
        let item = self.data_sources.get(name);
        let source = item.map(|item| text(item.source.as_ref())).unwrap_or_default();
        let sourcetype = item.map(|item| text(item.sourcetype.as_ref())).unwrap_or_default();
        DataSourceContext {
            name: name.to_owned(),
            platform: item.map_or("", |item| platform(item)).to_owned(),
            sourcetype,
            source,
            known: item.is_some(),
        }
    }
}

/// What a data source watches.
pub(super) fn platform(item: &DataSource) -> &'static str {
    let product = item.object.node.path("logsource.product").and_then(Node::as_str);
    let text = |text: &Option<Located>| text.as_ref().map_or("", Located::as_str).to_owned();
    taxonomy::platform(product, &text(&item.sourcetype), &text(&item.source))
}

/// A story, given the contexts of its own detections and the values that templates get of them.
pub(super) fn story(story: &Story, detections: &[(&DetectionContext, Value)]) -> StoryContext {
    let object = &story.object;
    let mut data_models = BTreeSet::new();
    let mut mitre_attack_ids = BTreeSet::new();
    let mut kill_chain_phases = BTreeSet::new();
    let mut data_sources: Vec<DataSourceContext> = Vec::new();
    for (detection, _) in detections {
        data_models.extend(detection.datamodel.iter().flatten().cloned());
        let known = detection.mitre_attacks.iter().filter(|attack| attack.technique.is_some());
        mitre_attack_ids.extend(known.map(|attack| attack.technique_id.clone()));
        kill_chain_phases.extend(detection.tags.kill_chain_phases.iter().cloned());
        for source in &detection.data_sources {
            if !data_sources.contains(source) {
                data_sources.push(source.clone());
            }
        }
    }
    StoryContext {
        name: object.name.as_str().to_owned(),
        id: text(object.id.as_ref()),
        version: object.version,
        date: text(object.date.as_ref()),
        creation_date: object.creation_date.as_ref().map(|date| date.as_str().to_owned()),
        author: text(object.author.as_ref()),
        status: text(object.status.as_ref()),
        description: text(object.description.as_ref()),
        narrative: text(story.narrative.as_ref()),
        references: texts(&story.references),
        source: path(object),
        file_name: file_name(object),
        data_models: data_models.into_iter().collect(),
        mitre_attack_ids: mitre_attack_ids.into_iter().collect(),
        kill_chain_phases: kill_chain_phases.into_iter().collect(),
        data_sources,
        tags: StoryTags {
            category: texts(&story.categories),
            product: texts(&story.products),
            usecase: text(story.usecase.as_ref()),
        },
        detections: detections.iter().map(|(_, value)| value.clone()).collect(),
    }
}

fn tags(detection: &Detection, analysis: &Analysis, attacks: &[AttackContext]) -> TagsContext {
    let mut kill_chain_phases = Vec::new();
    for phase in attacks.iter().flat_map(|attack| &attack.tactic).filter_map(|it| taxonomy::kill_chain_phase(it)) {
        push_new(&mut kill_chain_phases, phase.to_owned());
    }
    let mut required_fields = Vec::new();
    if detection.required_fields.is_empty() {
        analysis.fields_read.iter().for_each(|field| push_new(&mut required_fields, field.clone()));
    } else {
        required_fields = texts(&detection.required_fields);
    }
    let security_domain = text(detection.security_domain.as_ref());
    let analytic_type = detection.analytic_type.as_ref().map_or("", Located::as_str);
    TagsContext {
        analytic_story: texts(&detection.stories),
        asset_type: text(detection.asset_type.as_ref()),
        product: texts(&detection.products),
        mitre_attack_id: texts(&detection.mitre_attack_ids),
        kill_chain_phases: given_or(&detection.kill_chain_phases, kill_chain_phases),
        nist: given_or(&detection.nist, vec![taxonomy::nist(analytic_type).to_owned()]),
        cis20: given_or(&detection.cis20, vec![taxonomy::cis(&security_domain).to_owned()]),
        security_domain,
        cve: texts(&detection.cves),
        atomic_guid: texts(&detection.atomic_guids),
        required_fields,
        message: text(detection.risk.message.as_ref()),
        confidence: detection.risk.confidence,
        impact: detection.risk.impact,
        risk_score: detection.risk.score,
        observable: observables(detection),
        dataset: detection.object.node.path("tags.dataset").map(strings).unwrap_or_default(),
        manual_test: detection.manual_test.as_ref().map(|reason| reason.as_str().to_owned()),
    }
}

/// As written, whatever the role: only victims and attackers are risk objects, but templates ask for all.
fn observables(detection: &Detection) -> Vec<ObservableContext> {
    let value = |node: &Node, key| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let observable = |item: &Node| ObservableContext {
        name: value(item, "name"),
        kind: value(item, "type"),
        role: item.get("role").map(strings).unwrap_or_default(),
    };
    let items = detection.object.node.path("tags.observable").map(Node::items).unwrap_or_default();
    items.iter().map(observable).collect()
}

/// The texts of a list, or the one text of a scalar.
fn strings(node: &Node) -> Vec<String> {
    let items = if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() };
    items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

fn risk_objects(detection: &Detection) -> Vec<RiskContext> {
    let general = detection.risk.message.as_ref();
    let objects = detection.risk.objects.iter().map(|item| RiskContext {
        field: item.field.as_str().to_owned(),
        kind: text(item.kind.as_ref()),
        score: item.score,
        message: text(item.message.as_ref().or(general)),
    });
    objects.collect()
}

fn threat_objects(detection: &Detection) -> Vec<FieldContext> {
    let threats = detection.risk.threats.iter();
    threats.map(|item| FieldContext { field: item.field.as_str().to_owned(), kind: text(item.kind.as_ref()) }).collect()
}

fn drilldowns(detection: &Detection) -> Vec<DrilldownContext> {
    let drilldowns = detection.drilldowns.iter().map(|item| DrilldownContext {
        name: text(item.name.as_ref()),
        search: text(item.search.as_ref()),
        earliest_offset: text(item.earliest_offset.as_ref()),
        latest_offset: text(item.latest_offset.as_ref()),
    });
    drilldowns.collect()
}

fn tests(detection: &Detection) -> Vec<TestContext> {
    let tests = detection.tests.iter().map(|test| TestContext {
        name: text(test.name.as_ref()),
        attack_data: test
            .data
            .iter()
            .map(|data| DatasetContext {
                data: data.data.as_str().to_owned(),
                source: text(data.source.as_ref()),
                sourcetype: text(data.sourcetype.as_ref()),
            })
            .collect(),
    });
    tests.collect()
}

fn datasets(detection: &Detection) -> Vec<String> {
    let mut datasets = Vec::new();
    for data in detection.tests.iter().flat_map(|test| &test.data) {
        push_new(&mut datasets, data.data.as_str().to_owned());
    }
    datasets
}

/// Data models without datasets, sorted.
fn datamodels(analysis: &Analysis) -> Vec<String> {
    let names: BTreeSet<&str> = analysis.datamodels.iter().filter_map(|name| name.split('.').next()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// The last macro call of a search, if its name ends in `_filter`.
fn filter_macro(search: &str) -> Option<String> {
    let before = search.trim_end().strip_suffix('`')?;
    let name = &before[before.rfind('`')? + 1..];
    name.ends_with("_filter").then(|| name.trim().to_owned())
}

fn path(object: &Object) -> String {
    object.path.to_string_lossy().replace('\\', "/")
}

fn file_name(object: &Object) -> String {
    object.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is(text: Option<&Located>, wanted: &str) -> bool {
    text.is_some_and(|text| text.as_str() == wanted)
}

fn text(located: Option<&Located>) -> String {
    located.map(|text| text.as_str().to_owned()).unwrap_or_default()
}

fn texts(located: &[Located]) -> Vec<String> {
    located.iter().map(|text| text.as_str().to_owned()).collect()
}

/// What the author wrote, or else what follows from the rules.
fn given_or(given: &[Located], derived: Vec<String>) -> Vec<String> {
    if given.is_empty() { derived } else { texts(given) }
}

fn push_new<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}
