//! v5 to v6: what changed in May 2026.
//!
//! | object | change |
//! |---|---|
//! | all | `date` is `creation_date` and `modification_date`; `tags` is flat |
//! | detection | `rba` is `finding`, `intermediate_findings` and `threat_objects`; tests have a type; `category` is the folder |
//! | baseline | `type` goes; `deployment` is `schedule` or `custom_schedule`; the detection names its baselines |
//! | macro | has id, version, author and dates |
//! | deployment | that of baselines is a schedule; the others go |

use super::draft::{Draft, describe};
use super::edit::{Block, Entry, scalar};
use super::{RemarkKind, stable_id};
use crate::content::pack::Kind;
use crate::content::yaml::Node;
use std::fmt::Write;

/// The schedule that baselines without one of their own use.
pub(super) const BASELINE_SCHEDULE: &str = "Default Baseline";

const DETECTION: [&str; 30] = [
    "name",
    "id",
    "version",
    "creation_date",
    "modification_date",
    "author",
    "status",
    "type",
    "description",
    "data_source",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "drilldown_searches",
    "finding",
    "intermediate_findings",
    "threat_objects",
    "analytic_story",
    "asset_type",
    "atomic_guid",
    "cve",
    "mitre_attack_id",
    "product",
    "category",
    "security_domain",
    "throttling",
    "baselines",
    "tests",
    "deprecation_info",
];
const OBJECT: [&str; 20] = [
    "name",
    "id",
    "version",
    "creation_date",
    "modification_date",
    "author",
    "status",
    "description",
    "narrative",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "cve",
    "category",
    "product",
    "security_domain",
    "usecase",
    "schedule",
    "custom_schedule",
];
/// Tags that are keys of the object since v6.
const FLAT: [&str; 10] = [
    "analytic_story",
    "asset_type",
    "atomic_guid",
    "cve",
    "mitre_attack_id",
    "product",
    "security_domain",
    "throttling",
    "category",
    "usecase",
];
const TTP_SCORE: i64 = 50;
const ANOMALY_SCORE: i64 = 20;
const FORMER_PRODUCT: &str = "Splunk Security Analytics for AWS";

/// Takes one step; true if the object has no place in v6 and its file goes.
pub(super) fn advance(draft: &mut Draft<'_>) -> bool {
    match draft.kind {
        Kind::Detection => detection(draft),
        Kind::Story => flat(draft),
        Kind::Baseline => baseline(draft),
        Kind::Lookup | Kind::Macro | Kind::DataSource | Kind::Dashboard => {
            draft.drop_derived("status");
            identity(draft);
        }
        Kind::Investigation => {
            draft.remark(RemarkKind::Lost, "", "v6 has no investigations: the file is left as it is, and is not used");
        }
        Kind::Playbook => {
            draft.remark(RemarkKind::Lost, "", "v6 has no playbooks that are published: the file is left as it is");
        }
        Kind::Deployment => return deployment(draft),
        Kind::Removed | Kind::Schedule => {}
    }
    false
}

/// The two dates, and what every object needs.
fn identity(draft: &mut Draft<'_>) {
    let fallback = draft.cx.options.date.clone();
    let id = stable_id(draft.kind, &draft.name());
    let author = draft.cx.author.clone();
    draft.add(Entry::text("id", &id), &DETECTION, Some("`id` is made of the object's name".to_owned()));
    draft.add(Entry::raw("version", "1"), &DETECTION, Some("`version` is 1".to_owned()));
    let date = draft.value("date").map(|date| date.get(..10).unwrap_or(date).to_owned());
    let known = date.is_some();
    let date = date.unwrap_or(fallback);
    let dates = ["creation_date", "modification_date"].map(|key| Entry::raw(key, &format!("'{date}'")));
    if known {
        let dates = dates.into_iter().filter(|entry| !draft.block.has(&entry.key)).collect();
        draft.block.replace("date", dates);
    } else {
        for entry in dates {
            let note = format!("`{}` is {date}", entry.key);
            draft.add(entry, &DETECTION, Some(note));
        }
    }
    draft.add(Entry::text("author", &author), &DETECTION, Some(format!("`author` is {author}")));
}

/// Puts the tags where `tags` was.
fn flat(draft: &mut Draft<'_>) {
    identity(draft);
    let products = draft.values("tags.product");
    let Some(mut tags) = draft.block.get("tags").and_then(|tags| tags.block(draft.text)) else {
        if draft.node.get("tags").is_some() {
            draft.remark(RemarkKind::Open, "tags", "`tags` is no mapping in block style: write one key per line");
        }
        return;
    };
    for key in tags.keys() {
        let node = tags.get(&key).and_then(|entry| entry.node.clone());
        let empty = node.as_ref().is_some_and(|node| node.as_scalar().is_none() && node.items().is_empty());
        let wanted = FLAT.contains(&key.as_str()) && (key != "analytic_story" || draft.kind == Kind::Detection);
        if wanted && !(empty && matches!(key.as_str(), "atomic_guid" | "cve")) {
            continue;
        }
        tags.take(&key);
        // These are read before, and stand elsewhere in v6.
        if !matches!(key.as_str(), "manual_test" | "detections") && !empty {
            let why = if key == "analytic_story" { "the detections name their stories" } else { "v6 has no such key" };
            draft.remark(
                RemarkKind::Lost,
                &format!("tags.{key}"),
                format!("`{key}` {}: {why}", describe(node.as_ref())),
            );
        }
    }
    if products.contains(&FORMER_PRODUCT) {
        let kept = products.iter().copied().filter(|product| *product != FORMER_PRODUCT);
        tags.replace("product", vec![Entry::list("product", kept, tags.indent)]);
        draft.remark(RemarkKind::Lost, "tags.product", format!("`{FORMER_PRODUCT}` is no product of v6"));
    }
    let from = tags.indent;
    let mut entries = tags.into_entries();
    for entry in &mut entries {
        entry.shift(from, 0);
    }
    entries.retain(|entry| !draft.block.has(&entry.key));
    draft.block.replace("tags", entries);
}

fn detection(draft: &mut Draft<'_>) {
    findings(draft);
    let manual = draft.value("tags.manual_test").map(str::to_owned);
    flat(draft);
    let category = draft.path.components().nth(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
    if let Some(category) = category.filter(|category| !draft.block.has("category") && !category.contains('.')) {
        let is_gone = category == "deprecated";
        let category = if is_gone { former_folder(draft).to_owned() } else { category };
        draft.block.insert(Entry::text("category", &category), &DETECTION);
        if is_gone {
            let message = format!("`category` is {category}, by domain and asset type: the former folder is not known");
            draft.remark(RemarkKind::Added, "", message);
        }
    }
    if !draft.block.has("mitre_attack_id") {
        draft.block.insert(Entry::raw("mitre_attack_id", "[]"), &DETECTION);
    }
    own_schedule(draft);
    for key in ["enabled_by_default", "explanation", "splunk_app_enrichment"] {
        draft.lose(key, "v6 has no such key");
    }
    if let Some(names) = draft.cx.baselines.get(&draft.name().to_lowercase()) {
        let entry = Entry::list("baselines", names.iter().map(String::as_str), 0);
        draft.block.insert(entry, &DETECTION);
    }
    tests(draft, manual);
    drilldowns(draft);
    if draft.value("status") == Some("deprecated") && !draft.block.has("deprecation_info") {
        let message = "a deprecated detection has `deprecation_info`: reason, removed_in_version, replacement_content";
        draft.remark(RemarkKind::Open, "status", message);
    }
}

/// The folder that a detection probably was in before it was deprecated.
fn former_folder(draft: &Draft<'_>) -> &'static str {
    const CLOUD: [&str; 10] = ["AWS", "Amazon", "Azure", "GCP", "Google", "Cloud", "Kubernetes", "O365", "EC2", "S3"];
    let asset = draft.value("tags.asset_type").unwrap_or_default();
    if CLOUD.iter().any(|word| asset.contains(word)) {
        return "cloud";
    }
    match draft.value("tags.security_domain") {
        Some("endpoint") => "endpoint",
        Some("network") if asset.starts_with("Web") => "web",
        Some("network") => "network",
        _ => "application",
    }
}

/// `rba` becomes findings. A TTP has one finding, its first risk object, and intermediate findings for the others; an
/// anomaly has intermediate findings only.
fn findings(draft: &mut Draft<'_>) {
    let analytic_type = draft.value("type").unwrap_or_default();
    let Some(rba) = draft.node.get("rba") else {
        if analytic_type == "Correlation" && !draft.block.has("finding") {
            correlation(draft);
        }
        return;
    };
    let objects = rba.get("risk_objects").map(Node::items).unwrap_or_default();
    let score = match (analytic_type, draft.cx.options.keep_scores) {
        ("TTP", false) => Some(TTP_SCORE),
        ("Anomaly", false) => Some(ANOMALY_SCORE),
        _ => None,
    };
    let mut changed = Vec::new();
    let mut entities: Vec<[String; 3]> = Vec::with_capacity(objects.len());
    for object in objects {
        let text = |key: &str| object.get(key).and_then(Node::as_str).unwrap_or_default();
        let old = text("score");
        let new = score.map_or_else(|| old.to_owned(), |score| score.to_string());
        if new != old {
            changed.push(format!("{} {old}", text("field")));
        }
        entities.push([scalar(text("field")), scalar(text("type")), new]);
    }
    if let Some(score) = score.filter(|_| !changed.is_empty()) {
        let message = format!("scores ({}) are {score}, v6's score of every {analytic_type}", changed.join(", "));
        draft.remark(RemarkKind::Changed, "rba.risk_objects", message);
    }
    if entities.is_empty() {
        draft.remark(RemarkKind::Open, "rba.risk_objects", "there is no risk object: v6 needs an entity");
    }
    let Some(mut block) = draft.block.get("rba").and_then(|entry| entry.block(draft.text)) else {
        draft.remark(RemarkKind::Open, "rba", "`rba` is no mapping in block style: write one key per line");
        return;
    };
    let indent = block.indent;
    let message = block.take("message").unwrap_or_else(|| Entry::raw("message", "''"));
    let threats = block.take("threat_objects");
    block.take("risk_objects");
    for key in block.keys() {
        let node = block.take(&key).and_then(|entry| entry.node);
        let what = describe(node.as_ref());
        draft.remark(RemarkKind::Lost, &format!("rba.{key}"), format!("`{key}` {what}: v6 has no such key"));
    }
    let mut new = Vec::new();
    let mut others = entities.iter();
    if analytic_type != "Anomaly"
        && let Some(first) = others.next()
    {
        new.push(finding(&message, indent, first));
    }
    if others.len() > 0 {
        new.push(intermediate(&message, indent, others.as_slice()));
    }
    if let Some(mut threats) = threats.filter(|threats| threats.node.as_ref().is_some_and(|it| !it.items().is_empty()))
    {
        threats.shift(indent, 0);
        new.push(threats);
    }
    draft.block.replace("rba", new);
}

fn finding(message: &Entry, indent: usize, [field, kind, score]: &[String; 3]) -> Entry {
    let mut title = message.clone();
    title.shift(indent, 4);
    title.rename("title");
    let title = title.into_text();
    let entity = format!("    entity:\n        field: {field}\n        type: {kind}\n        score: {score}\n");
    Entry::new("finding", format!("finding:\n    {title}{entity}"))
}

fn intermediate(message: &Entry, indent: usize, entities: &[[String; 3]]) -> Entry {
    let mut message = message.clone();
    message.shift(indent, 10);
    let message = message.into_text();
    let mut text = "intermediate_findings:\n    entities:\n".to_owned();
    for [field, kind, score] in entities {
        let _ = write!(
            text,
            "        - field: {field}\n          type: {kind}\n          score: {score}\n          {message}"
        );
    }
    Entry::new("intermediate_findings", text)
}

/// A correlation assigns no risk in v5, but has a finding in v6.
fn correlation(draft: &mut Draft<'_>) {
    let name = draft.name();
    let Some(field) = draft.cx.entities.get(draft.path).cloned() else {
        let message = "a correlation needs a finding with an entity, and no field of its result is a usual one";
        draft.remark(RemarkKind::Open, "type", message);
        return;
    };
    let kind = if field.ends_with("user") { "user" } else { "system" };
    let title = Entry::text("message", &format!("{name} found for ${field}$"));
    let entry = finding(&title, 0, &[scalar(&field), kind.to_owned(), "0".to_owned()]);
    let note = format!("the finding is about `{field}`, with a title made of the name: review both");
    draft.add(entry, &DETECTION, Some(note));
}

/// Every test has a type; the reason why a detection is tested by hand describes them.
fn tests(draft: &mut Draft<'_>, manual: Option<String>) {
    let file = draft.text;
    let Some(mut items) = draft.block.get("tests").and_then(|tests| tests.items(file)) else {
        if let Some(reason) = manual {
            let message = format!("`manual_test` ({reason}): there is no test that it could describe");
            draft.remark(RemarkKind::Lost, "tags.manual_test", message);
        }
        return;
    };
    let status = draft.value("status").unwrap_or_default();
    let experimental = manual.is_some() || status == "experimental";
    let kind = if experimental { "experimental" } else { "unit" };
    for test in &mut items {
        if !test.has("test_type") {
            test.insert(Entry::text("test_type", kind), &[]);
        }
        if experimental && !test.has("description") {
            let reason = manual.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
            let text = reason.map_or_else(
                || "Test of a detection that was experimental; it may not pass.".to_owned(),
                |reason| format!("Tested by hand: {reason}"),
            );
            test.insert(Entry::text("description", &text), &[]);
        }
        for key in ["earliest_time", "latest_time"] {
            if test.take(key).is_some() {
                draft.remark(RemarkKind::Lost, "tests", format!("`{key}` of a test: v6 has no such key"));
            }
        }
    }
    if let Some(tests) = draft.block.get_mut("tests") {
        tests.set_items(file, &items);
    }
    if manual.is_some() {
        let message = "`manual_test` is the description of the tests, which are experimental";
        draft.remark(RemarkKind::Changed, "tags.manual_test", message);
    }
}

/// A time range inside a drilldown's search becomes its offsets.
fn drilldowns(draft: &mut Draft<'_>) {
    const RANGE: &str = "starthoursago=168";
    let file = draft.text;
    let Some(mut items) = draft.block.get("drilldown_searches").and_then(|it| it.items(file)) else { return };
    let mut changed = false;
    for drilldown in &mut items {
        if drilldown.text("search").is_none_or(|search| search.matches(RANGE).count() != 1) {
            continue;
        }
        changed |= without_range(drilldown, RANGE);
    }
    if changed && let Some(entry) = draft.block.get_mut("drilldown_searches") {
        entry.set_items(file, &items);
        let message = "the last seven days are the drilldown's offsets, no longer a part of its search";
        draft.remark(RemarkKind::Changed, "drilldown_searches", message);
    }
}

/// False if the words are not written in one piece.
fn without_range(drilldown: &mut Block, range: &str) -> bool {
    let Some(search) = drilldown.get_mut("search") else { return false };
    let text = search.clone().into_text();
    let Some(at) = text.find(range) else { return false };
    let mut start = at;
    let mut end = at + range.len();
    // One of the blanks around it goes too; a line break stays.
    if text[..start].ends_with(' ') && text[end..].starts_with([' ', '\n', '\r', '\'', '"', '|']) {
        start -= 1;
    } else if text[end..].starts_with(' ') {
        end += 1;
    }
    search.set_text(format!("{}{}", &text[..start], &text[end..]));
    for (key, value) in [("earliest_offset", "7d"), ("latest_offset", "'0'")] {
        drilldown.replace(key, vec![Entry::raw(key, value)]);
    }
    true
}

fn baseline(draft: &mut Draft<'_>) {
    draft.drop_derived("type");
    let detections = draft.values("tags.detections");
    if !detections.is_empty() {
        let message = format!("the detections ({}) name their baselines, no longer the reverse", detections.len());
        draft.remark(RemarkKind::Changed, "tags.detections", message);
    }
    flat(draft);
    own_schedule(draft);
    if !draft.block.has("custom_schedule") && !draft.block.has("schedule") {
        draft.block.insert(Entry::text("schedule", BASELINE_SCHEDULE), &OBJECT);
        if !draft.cx.has_baseline_schedule {
            let message = format!("the schedule `{BASELINE_SCHEDULE}` is named, and not one of this pack");
            draft.remark(RemarkKind::Open, "", message);
        }
    }
}

/// `deployment.scheduling` is `custom_schedule`.
fn own_schedule(draft: &mut Draft<'_>) {
    let Some(deployment) = draft.block.take("deployment") else { return };
    let Some(mut block) = deployment.block(draft.text) else {
        draft.remark(
            RemarkKind::Open,
            "deployment",
            "`deployment` is no mapping in block style: write one key per line",
        );
        return;
    };
    let indent = block.indent;
    if let Some(mut scheduling) = block.take("scheduling") {
        scheduling.shift(indent, 0);
        scheduling.rename("custom_schedule");
        let order = if draft.kind == Kind::Detection { &DETECTION[..] } else { &OBJECT[..] };
        draft.block.insert(scheduling, order);
    }
    for key in block.keys() {
        let node = block.take(&key).and_then(|entry| entry.node);
        let what = describe(node.as_ref());
        draft.remark(RemarkKind::Lost, &format!("deployment.{key}"), format!("`{key}` {what}: v6 has no such key"));
    }
}

/// The deployment of baselines becomes their schedule; what others say follows from the findings in v6.
fn deployment(draft: &mut Draft<'_>) -> bool {
    if draft.value("type") != Some("Baseline") {
        let what = draft.value("type").unwrap_or("no type").to_owned();
        let message = format!("the deployment for {what}: v6 has none; findings say what a detection causes");
        draft.remark(RemarkKind::Lost, "", message);
        return true;
    }
    identity(draft);
    draft.drop_derived("type");
    draft.block.replace("name", vec![Entry::text("name", BASELINE_SCHEDULE)]);
    let Some(scheduling) = draft.block.get("scheduling").and_then(|entry| entry.block(draft.text)) else {
        draft.remark(RemarkKind::Open, "scheduling", "the deployment has no schedule that can be kept");
        return false;
    };
    let indent = scheduling.indent;
    let mut entries = scheduling.into_entries();
    for entry in &mut entries {
        entry.shift(indent, 0);
    }
    draft.block.replace("scheduling", entries);
    draft.lose("alert_action", "a schedule says only when");
    draft.remark(RemarkKind::Changed, "", format!("the deployment of baselines is the schedule `{BASELINE_SCHEDULE}`"));
    draft.new_path = Some("schedules/default_baseline.yml".into());
    false
}
