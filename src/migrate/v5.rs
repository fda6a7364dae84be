//! v4 to v5: what changed with contentctl 5.
//!
//! | object | change |
//! |---|---|
//! | detection | `tags.observable`, `message`, `confidence`, `impact` become `rba`; unknown keys go; drilldowns are required |
//! | story, baseline, investigation | `status` is required; `datamodel` and `required_fields` go |
//! | lookup | `filename` and `collection` become `lookup_type`; the table is called as the object's file; id, date, author, version are required |
//! | data source | `raw_fields` is `fields`; `version` and `description` are required |
//! | deployment | `tags.type` is `type` |

use super::draft::{Draft, describe};
use super::edit::{Block, Entry, scalar};
use super::{RemarkKind, is_in_deprecated_folder, other_file_name, stable_id};
use crate::content::model::Generation;
use crate::content::pack::Kind;
use crate::content::read::{self, generation};
use crate::content::shape::{self, Item, Need, Others, Shape, THREAT_TYPES, Type};
use crate::content::yaml::Node;
use std::fmt::Write;
use std::path::Path;

/// The customary order of a detection's keys, for those that are put in. Which keys an object may have is in
/// [`shape`]; so for the other kinds.
const DETECTION: [&str; 20] = [
    "name",
    "id",
    "version",
    "date",
    "author",
    "status",
    "type",
    "description",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "explanation",
    "drilldown_searches",
    "rba",
    "tags",
    "tests",
    "enabled_by_default",
    "deployment",
];
const STORY: [&str; 10] =
    ["name", "id", "version", "date", "author", "status", "description", "narrative", "references", "tags"];
const SEARCH: [&str; 14] = [
    "name",
    "id",
    "version",
    "date",
    "author",
    "type",
    "status",
    "description",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "tags",
    "deployment",
];
const LOOKUP: [&str; 13] = [
    "name",
    "date",
    "version",
    "id",
    "author",
    "lookup_type",
    "default_match",
    "description",
    "match_type",
    "min_matches",
    "max_matches",
    "case_sensitive_match",
    "fields",
];
const DATA_SOURCE: [&str; 17] = [
    "name",
    "id",
    "version",
    "date",
    "author",
    "description",
    "source",
    "sourcetype",
    "separator",
    "separator_value",
    "configuration",
    "supported_TA",
    "references",
    "fields",
    "field_mappings",
    "convert_to_log_source",
    "example_log",
];
const DEPLOYMENT: [&str; 9] =
    ["name", "id", "version", "date", "author", "description", "scheduling", "alert_action", "type"];

/// Whether an object that is not of v6 has something that contentctl 5 no longer takes, or lacks what it asks for.
pub(super) fn is_older(kind: Kind, node: &Node) -> bool {
    let has = |path: &str| node.path(path).is_some();
    let other_keys =
        |shape: &Shape| node.entries().iter().any(|(key, _)| key.as_str().is_some_and(|key| !knows(shape, key)));
    match kind {
        Kind::Detection => generation(node) == Generation::V4 || has("datamodel"),
        Kind::Story => !has("status") || has("tags.analytic_story"),
        Kind::Baseline | Kind::Investigation => {
            !has("status") || has("datamodel") || generation(node) == Generation::V4
        }
        Kind::Lookup => !has("lookup_type"),
        Kind::Macro => other_keys(shape_of(kind)) && !has("status"),
        Kind::DataSource => has("raw_fields") || !has("version") || !has("description"),
        Kind::Deployment => has("tags"),
        Kind::Dashboard | Kind::Playbook | Kind::Removed | Kind::Schedule => false,
    }
}

pub(super) fn advance(draft: &mut Draft<'_>) {
    match draft.kind {
        Kind::Detection => detection(draft),
        Kind::Story => story(draft),
        Kind::Baseline => saved_search(draft, "production"),
        // No longer used: contentctl has not run them since version 4.
        Kind::Investigation => saved_search(draft, "deprecated"),
        Kind::Lookup => lookup(draft),
        Kind::Macro => lose_others(draft),
        Kind::DataSource => data_source(draft),
        Kind::Deployment => deployment(draft),
        Kind::Dashboard | Kind::Playbook | Kind::Removed | Kind::Schedule => {}
    }
    rename(draft);
}

/// The file is called after the object. A detection's filter macro is called after its file, so that its name stays.
fn rename(draft: &mut Draft<'_>) {
    let Some(wanted) = other_file_name(draft.path, &draft.name()) else { return };
    if draft.kind == Kind::Detection {
        draft.remark(
            RemarkKind::Open,
            "name",
            format!("the file must be called `{wanted}`, and the filter macro in the search after it"),
        );
    } else if draft.kind != Kind::Investigation {
        draft.remark(RemarkKind::Changed, "name", format!("the file is called `{wanted}`, after the object's name"));
        draft.file_name = Some(wanted);
    }
}

fn shape_of(kind: Kind) -> &'static Shape {
    shape::of(kind, Generation::V5)
}

/// Whether a mapping may have the key.
fn knows(shape: &Shape, key: &str) -> bool {
    shape.key(key).is_some_and(|key| key.need != Need::Computed)
}

/// What a key of a shape holds: a mapping, or a list of mappings.
fn inside(shape: &'static Shape, key: &str) -> &'static Shape {
    match shape.key(key).map(|key| key.value) {
        Some(Type::Map(inner) | Type::List { item: Item::Map(inner), .. }) => inner,
        _ => &NOTHING,
    }
}

static NOTHING: Shape = Shape { parts: &[], others: Others::Refused };

fn lose_others(draft: &mut Draft<'_>) {
    let shape = shape_of(draft.kind);
    for key in draft.block.keys() {
        if !knows(shape, &key) {
            draft.lose(&key, "v5 has no such key");
        }
    }
}

fn detection(draft: &mut Draft<'_>) {
    if draft.value("status") == Some("validation") {
        draft.block.replace("status", vec![Entry::text("status", "experimental")]);
        draft.remark(RemarkKind::Changed, "status", "`validation` is `experimental`: v5 has no such status");
    }
    draft.drop_derived("datamodel");
    let risk = risk(draft);
    tags(draft);
    lose_others(draft);
    if let Some(rba) = risk {
        draft.block.insert(rba, &DETECTION);
    }
    drilldowns(draft);
    tests(draft);
}

fn tags(draft: &mut Draft<'_>) {
    let techniques = draft.values("tags.mitre_attack_id");
    let redundant: Vec<&str> = techniques
        .iter()
        .copied()
        .filter(|id| techniques.iter().any(|other| other.split_once('.').is_some_and(|(parent, _)| parent == *id)))
        .collect();
    let kept: Vec<&str> = techniques.iter().copied().filter(|id| !redundant.contains(id)).collect();
    let computed = ["kill_chain_phases", "nist", "cis20", "risk_severity", "required_fields"];
    // What becomes of these is said where the risk is made of them.
    let moved = ["observable", "message", "confidence", "impact", "risk_score"];
    // `cve` at the top level belongs to the tags.
    let loose = if draft.node.path("tags.cve").is_some() { Vec::new() } else { draft.values("cve") };
    if !loose.is_empty() {
        draft.drop_derived("cve");
    }
    let known = inside(shape_of(draft.kind), "tags");
    let edited = draft.within("tags", |tags, notes| {
        if !loose.is_empty() {
            tags.insert(
                Entry::list("cve", loose, tags.indent),
                &["cve", "mitre_attack_id", "product", "security_domain"],
            );
            notes.push((RemarkKind::Changed, "cve".to_owned(), "`cve` stands in `tags`".to_owned()));
        }
        let old_spelling = tags.has("CVE") && !tags.has("cve");
        if let Some(cve) = tags.get_mut("CVE").filter(|_| old_spelling) {
            cve.rename("cve");
            notes.push((RemarkKind::Changed, "tags.CVE".to_owned(), "`CVE` is written `cve`".to_owned()));
        }
        for key in tags.keys() {
            let key = key.as_str();
            if knows(known, key) {
                continue;
            }
            let Some(entry) = tags.take(key) else { continue };
            let what = describe(entry.node.as_ref());
            if computed.contains(&key) {
                notes.push((RemarkKind::Lost, format!("tags.{key}"), format!("`{key}` {what}: computed since v5")));
            } else if !moved.contains(&key) {
                notes.push((RemarkKind::Lost, format!("tags.{key}"), format!("`{key}` {what}: v5 has no such tag")));
            }
        }
        if !redundant.is_empty() {
            tags.replace("mitre_attack_id", vec![Entry::list("mitre_attack_id", kept, tags.indent)]);
            let list = redundant.join(", ");
            let message = format!("{list} is dropped: a technique may not stand beside its own sub-technique");
            notes.push((RemarkKind::Changed, "tags.mitre_attack_id".to_owned(), message));
        }
    });
    if !edited && draft.node.get("tags").is_some() {
        draft.remark(RemarkKind::Open, "tags", "`tags` is no mapping in block style: write one key per line");
    }
}

/// What observables, message, confidence and impact become. Takes nothing out: that is the business of `tags`.
fn risk(draft: &mut Draft<'_>) -> Option<Entry> {
    let analytic_type = draft.value("type").unwrap_or_default().to_owned();
    let node = draft.node;
    let observables = node.path("tags.observable").map(Node::items).unwrap_or_default();
    let number = |path: &str| node.path(path).and_then(Node::as_str).and_then(|text| text.parse::<i64>().ok());
    let (confidence, impact) = (number("tags.confidence"), number("tags.impact"));
    if !draft.cx.risk_types.contains(&analytic_type) {
        if !observables.is_empty() {
            let message = format!(
                "message, score and {} observables: a detection of type {analytic_type} assigns no risk in v5",
                observables.len()
            );
            draft.remark(RemarkKind::Lost, "tags.observable", message);
        }
        return None;
    }
    let product = confidence.zip(impact).and_then(|(confidence, impact)| read::score(confidence, impact));
    let mut score = product.or_else(|| number("tags.risk_score")).unwrap_or(0);
    if let Some(old) = number("tags.risk_score").filter(|old| *old != score && product.is_some()) {
        let message = format!("the score is {score}, confidence times impact; `risk_score` was {old}");
        draft.remark(RemarkKind::Changed, "tags.risk_score", message);
    }
    if !(1..=100).contains(&score) {
        let message = format!("the score {score} is not between 1 and 100; it is {}", score.clamp(1, 100));
        draft.remark(RemarkKind::Changed, "tags.risk_score", message);
        score = score.clamp(1, 100);
    }
    if let Some((confidence, impact)) = confidence.zip(impact) {
        let message = format!("confidence {confidence} and impact {impact}: v5 has only their product, the score");
        draft.remark(RemarkKind::Lost, "tags.confidence", message);
    }
    Some(rba(draft, observables, score))
}

fn rba(draft: &mut Draft<'_>, observables: &[Node], score: i64) -> Entry {
    let message = draft.block.get("tags").and_then(|tags| tags.block(draft.text)).and_then(|mut tags| {
        let indent = tags.indent;
        tags.take("message").map(|mut message| {
            message.shift(indent, 2);
            message
        })
    });
    let mut objects = String::new();
    let mut threats = String::new();
    let mut unplaced: Vec<(&str, String)> = Vec::new();
    for observable in observables {
        let text = |key: &str| observable.get(key).and_then(Node::as_str).unwrap_or_default();
        let (field, kind) = (text("name"), text("type"));
        let roles: Vec<&str> = observable
            .get("role")
            .map(|role| role.items().iter().filter_map(Node::as_str).collect())
            .unwrap_or_default();
        let mut placed = false;
        if roles.contains(&"Victim") {
            placed = true;
            let _ =
                writeln!(objects, "  - field: {}\n    type: {}\n    score: {score}", scalar(field), entity_type(kind));
        }
        if roles.contains(&"Attacker")
            && let Some(kind) = threat_type(field, kind)
        {
            placed = true;
            let _ = writeln!(threats, "  - field: {}\n    type: {kind}", scalar(field));
        }
        if !placed {
            unplaced.push((
                field,
                format!(
                    "observable `{field}` ({kind}, {}): v5 has no such threat or risk object",
                    if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") }
                ),
            ));
        }
    }
    if objects.is_empty()
        && let Some((field, kind)) = entity_without_victim(draft, observables)
    {
        let _ = writeln!(objects, "  - field: {}\n    type: {kind}\n    score: {score}", scalar(&field));
        let message = format!("no observable is a victim; the risk object is `{field}`: review it");
        draft.remark(RemarkKind::Changed, "tags.observable", message);
        unplaced.retain(|(name, _)| *name != field);
    }
    for (_, message) in unplaced {
        draft.remark(RemarkKind::Lost, "tags.observable", message);
    }
    if objects.is_empty() {
        draft.remark(
            RemarkKind::Open,
            "tags.observable",
            "no observable is a victim: v5 needs at least one risk object",
        );
    }
    let mut text = String::from("rba:\n  ");
    if let Some(message) = message {
        text.push_str(&message.into_text());
    } else {
        draft.remark(RemarkKind::Open, "tags.message", "the detection has no message");
        text.push_str("message: ''\n");
    }
    let list = |items: &str| if items.is_empty() { " []\n".to_owned() } else { format!("\n{items}") };
    let _ = write!(text, "  risk_objects:{}  threat_objects:{}", list(&objects), list(&threats));
    Entry::new("rba", text)
}

/// What risk goes to where no observable is a victim: a user or host that is the attacker, else a usual field of the
/// result.
fn entity_without_victim(draft: &Draft<'_>, observables: &[Node]) -> Option<(String, &'static str)> {
    let own = observables.iter().find_map(|observable| {
        let kind = entity_type(observable.get("type")?.as_str()?);
        let known = observable.get("role")?.items().iter().any(|role| role.as_str() == Some("Attacker"));
        let is_address = observable.get("type")?.as_str() == Some("IP Address");
        let field = observable.get("name")?.as_str()?;
        (known && !is_address && kind != "other").then(|| (field.to_owned(), kind))
    });
    own.or_else(|| {
        let field = draft.cx.entities.get(draft.path)?.clone();
        let kind = if field.ends_with("user") { "user" } else { "system" };
        Some((field, kind))
    })
}

/// The kind of entity that an observable's type stands for.
fn entity_type(observable: &str) -> &'static str {
    match observable {
        "Hostname" | "IP Address" | "Endpoint" => "system",
        "User" | "User Name" | "Email" | "Email Address" => "user",
        _ => "other",
    }
}

/// The kind of threat object: the field's own name if it is one, else what the observable's type stands for.
fn threat_type(field: &str, observable: &str) -> Option<&'static str> {
    let own = THREAT_TYPES.values.iter().copied().find(|kind| *kind == field);
    own.or_else(|| {
        Some(match observable {
            "IP Address" => "ip_address",
            "Hostname" | "Endpoint" => "system",
            "Email" | "Email Address" => "email_address",
            "URL String" | "Uniform Resource Locator" => "url",
            "File" | "File Name" => "file_name",
            "File Hash" => "file_hash",
            "Process" | "Process Name" => "process_name",
            "Registry Key" => "registry_path",
            "Registry Value" => "registry_value_name",
            _ => return None,
        })
    })
}

/// Production detections but those of type Hunting need two drilldowns, one of them over the detection's own results.
fn drilldowns(draft: &mut Draft<'_>) {
    let wanted = draft.value("status") == Some("production") && draft.value("type") != Some("Hunting");
    if !wanted || draft.block.has("drilldown_searches") {
        return;
    }
    let observables = draft.node.path("tags.observable").map(Node::items).unwrap_or_default();
    let victim =
        |node: &&Node| node.get("role").is_some_and(|role| role.items().iter().any(|it| it.as_str() == Some("Victim")));
    let mut fields: Vec<&str> = Vec::new();
    for field in observables.iter().filter(victim).filter_map(|node| node.get("name")?.as_str()) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let entity = draft.cx.entities.get(draft.path);
    if fields.is_empty() {
        fields.extend(entity.map(String::as_str));
    }
    let who = fields.iter().map(|field| format!("\"${field}$\"")).collect::<Vec<_>>();
    let filter: Vec<String> = fields.iter().map(|field| format!("{field} = \"${field}$\"")).collect();
    let (results, events, own, risk) = if fields.is_empty() {
        let own = "%original_detection_search%".to_owned();
        ("Results of the detection".to_owned(), "Risk events of the last 7 days".to_owned(), own, String::new())
    } else {
        (
            format!("Results of the detection for {}", who.join(" and ")),
            format!("Risk events of the last 7 days for {}", who.join(" and ")),
            format!("%original_detection_search% | search {}", filter.join(" ")),
            format!(" normalized_risk_object IN ({})", who.join(", ")),
        )
    };
    let events_search = format!(
        "| from datamodel Risk.All_Risk | search{risk} starthoursago=168 | stats count min(_time) as firstTime \
         max(_time) as lastTime values(search_name) as search_name values(risk_message) as risk_message by \
         normalized_risk_object"
    );
    let mut text = "drilldown_searches:\n".to_owned();
    for (name, search) in [(results, own), (events, events_search)] {
        let _ = write!(
            text,
            "- name: {}\n  search: {}\n  earliest_offset: $info_min_time$\n  latest_offset: $info_max_time$\n",
            scalar(&name),
            scalar(&search)
        );
    }
    let note = "two drilldowns are added, as production detections need them".to_owned();
    draft.add(Entry::new("drilldown_searches", text), &DETECTION, Some(note));
}

fn tests(draft: &mut Draft<'_>) {
    let required = draft.value("status") == Some("production")
        && draft.value("type") != Some("Correlation")
        && draft.node.path("tags.manual_test").is_none();
    let Some(mut items) = draft.block.get("tests").and_then(|tests| tests.items(draft.text)) else {
        if required && draft.node.get("tests").is_none_or(|tests| tests.items().is_empty()) {
            draft.remark(RemarkKind::Open, "tests", "a production detection needs a test");
        }
        return;
    };
    let mut lost = Vec::new();
    let file = draft.text;
    let test_shape = inside(shape_of(draft.kind), "tests");
    let data_shape = inside(test_shape, "attack_data");
    for test in &mut items {
        lose_in(test, test_shape, "tests", &mut lost);
        let Some(data) = test.get_mut("attack_data") else { continue };
        let Some(mut sets) = data.items(file) else { continue };
        let before = lost.len();
        for set in &mut sets {
            lose_in(set, data_shape, "tests.attack_data", &mut lost);
        }
        if lost.len() > before {
            data.set_items(file, &sets);
        }
    }
    if lost.is_empty() {
        return;
    }
    if let Some(tests) = draft.block.get_mut("tests") {
        tests.set_items(file, &items);
    }
    for message in lost {
        draft.remark(RemarkKind::Lost, "tests", message);
    }
}

fn lose_in(block: &mut Block, known: &Shape, where_: &str, lost: &mut Vec<String>) {
    for key in block.keys() {
        if !knows(known, &key)
            && let Some(entry) = block.take(&key)
        {
            lost.push(format!("`{where_}` {key} {}: v5 has no such key", describe(entry.node.as_ref())));
        }
    }
}

fn story(draft: &mut Draft<'_>) {
    let known = inside(shape_of(draft.kind), "tags");
    draft.within("tags", |tags, notes| {
        for key in tags.keys() {
            if knows(known, &key) {
                continue;
            }
            let Some(entry) = tags.take(&key) else { continue };
            // The story's own name, once more.
            if key != "analytic_story" {
                let what = describe(entry.node.as_ref());
                notes.push((RemarkKind::Lost, format!("tags.{key}"), format!("`{key}` {what}: v5 has no such tag")));
            }
        }
    });
    lose_others(draft);
    identity(draft, &STORY);
    status(draft, "production", &STORY);
}

fn saved_search(draft: &mut Draft<'_>, usual: &str) {
    draft.drop_derived("datamodel");
    let known = inside(shape_of(draft.kind), "tags");
    draft.within("tags", |tags, notes| {
        for key in tags.keys() {
            if knows(known, &key) {
                continue;
            }
            let Some(entry) = tags.take(&key) else { continue };
            let what = describe(entry.node.as_ref());
            let why = if key == "required_fields" { "computed since v5" } else { "v5 has no such tag" };
            notes.push((RemarkKind::Lost, format!("tags.{key}"), format!("`{key}` {what}: {why}")));
        }
    });
    lose_others(draft);
    identity(draft, &SEARCH);
    status(draft, usual, &SEARCH);
}

fn status(draft: &mut Draft<'_>, usual: &str, order: &[&str]) {
    let status = if is_in_deprecated_folder(draft.path) { "deprecated" } else { usual };
    draft.add(Entry::text("status", status), order, Some(format!("`status` is {status}")));
}

/// Adds what every object needs and v4 did not ask of this one.
fn identity(draft: &mut Draft<'_>, order: &[&str]) {
    let id = stable_id(draft.kind, &draft.name());
    let date = draft.cx.options.date.clone();
    let author = draft.cx.author.clone();
    let added = |draft: &mut Draft<'_>, key: &str, entry: Entry, what: &str| {
        draft.add(entry, order, Some(format!("`{key}` is {what}")));
    };
    added(draft, "id", Entry::text("id", &id), "made of the object's name");
    added(draft, "version", Entry::raw("version", "1"), "1");
    added(draft, "date", Entry::raw("date", &format!("'{date}'")), &date);
    added(draft, "author", Entry::text("author", &author), &author);
}

fn lookup(draft: &mut Draft<'_>) {
    let file_name = draft.value("filename").map(str::to_owned);
    let collection = draft.value("collection").map(str::to_owned);
    let is_model = file_name.as_ref().is_some_and(|name| has_suffix(name, "mlmodel"));
    let kind = match (&file_name, &collection) {
        (Some(_), _) if is_model => "mlmodel",
        (Some(_), _) => "csv",
        (None, Some(_)) => "kvstore",
        (None, None) => {
            draft.remark(RemarkKind::Open, "", "the lookup names neither a file nor a collection");
            return;
        }
    };
    draft.block.insert(Entry::text("lookup_type", kind), &LOOKUP);
    draft.block.take("filename");
    if let Some(name) = collection
        && draft.block.take("collection").is_some()
        && name != draft.name()
    {
        draft.remark(
            RemarkKind::Lost,
            "collection",
            format!("`collection` ({name}): it is called after the lookup in v5"),
        );
    }
    if kind == "kvstore" {
        fields_of_store(draft);
    } else {
        draft.lose("fields_list", "the fields of a file are those of its header");
        draft.lose("fields", "the fields of a file are those of its header");
    }
    plain_values(draft);
    lose_others(draft);
    identity(draft, &LOOKUP);
    let stem = other_file_name(draft.path, &draft.name())
        .map_or_else(|| draft.stem(), |name| name.trim_end_matches(".yml").to_owned());
    let wanted = format!("{stem}.{kind}");
    if let Some(name) = file_name.filter(|name| *name != wanted) {
        if Path::new(&name).file_name() != Some(name.as_ref()) {
            draft.remark(RemarkKind::Open, "filename", format!("`{name}` must lie beside the lookup, as `{wanted}`"));
            return;
        }
        let message = format!("`{name}` is called `{wanted}`, after the lookup's file");
        draft.remark(RemarkKind::Changed, "filename", message);
        draft.table = Some((name, wanted));
    }
}

fn has_suffix(name: &str, suffix: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(suffix))
}

/// `fields_list`, one text with commas, is the list `fields`, which begins with the key of the store.
fn fields_of_store(draft: &mut Draft<'_>) {
    let source = if draft.node.get("fields_list").is_some() { "fields_list" } else { "fields" };
    let values = draft.values(source).join(",");
    let mut fields: Vec<&str> = values.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
    if fields.first() != Some(&"_key") {
        fields.retain(|field| *field != "_key");
        fields.insert(0, "_key");
        draft.remark(RemarkKind::Changed, source, "the fields begin with `_key`");
    }
    let entry = Entry::list("fields", fields, 0);
    draft.block.take("fields");
    if draft.block.has("fields_list") {
        draft.block.replace("fields_list", vec![entry]);
    } else {
        draft.block.insert(entry, &LOOKUP);
    }
}

/// Booleans and numbers that v4 wrote as text, and the list of match types.
fn plain_values(draft: &mut Draft<'_>) {
    if let Some(value) = draft.value("case_sensitive_match").map(str::to_lowercase) {
        draft.block.replace("case_sensitive_match", vec![Entry::raw("case_sensitive_match", &value)]);
    }
    for key in ["min_matches", "max_matches"] {
        if let Some(value) = draft.value(key).filter(|value| value.parse::<u32>().is_ok()) {
            draft.block.replace(key, vec![Entry::raw(key, value)]);
        }
    }
    if draft.node.get("match_type").is_some_and(|node| node.as_scalar().is_some()) {
        let text = draft.value("match_type").unwrap_or_default();
        let types: Vec<&str> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        draft.block.replace("match_type", vec![Entry::list("match_type", types, 0)]);
    }
}

fn data_source(draft: &mut Draft<'_>) {
    if !draft.block.has("fields")
        && let Some(fields) = draft.block.get_mut("raw_fields")
    {
        fields.rename("fields");
    }
    let description = format!("Events of the data source {}", draft.name());
    let note = "`description` is made of the name".to_owned();
    draft.add(Entry::text("description", &description), &DATA_SOURCE, Some(note));
    lose_others(draft);
    identity(draft, &DATA_SOURCE);
}

fn deployment(draft: &mut Draft<'_>) {
    let analytic_type = draft.value("tags.type").map(str::to_owned);
    draft.within("tags", |tags, notes| {
        for key in tags.keys() {
            let Some(entry) = tags.take(&key) else { continue };
            if key != "type" {
                let what = describe(entry.node.as_ref());
                notes.push((RemarkKind::Lost, format!("tags.{key}"), format!("`{key}` {what}: v5 has no such tag")));
            }
        }
    });
    match analytic_type {
        Some(value) => draft.block.insert(Entry::text("type", &value), &DEPLOYMENT),
        None => draft.remark(RemarkKind::Open, "tags", "the deployment does not say for which type of detection it is"),
    }
    lose_others(draft);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_the_schema_are_put_in_order() {
        for (kind, order) in [
            (Kind::Detection, &DETECTION[..]),
            (Kind::Story, &STORY),
            (Kind::Baseline, &SEARCH),
            (Kind::Lookup, &LOOKUP),
            (Kind::DataSource, &DATA_SOURCE),
            (Kind::Deployment, &DEPLOYMENT),
        ] {
            let unknown: Vec<&&str> = order.iter().filter(|key| !knows(shape_of(kind), key)).collect();
            assert!(unknown.is_empty(), "{kind:?}: {unknown:?}");
        }
        let tests = inside(shape_of(Kind::Detection), "tests");
        assert!(knows(inside(tests, "attack_data"), "sourcetype") && !knows(tests, "file"));
    }
}
