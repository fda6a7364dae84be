//! Everything that templates can read, worked out once for all pages.

use super::context::{self, Contexts, DetectionContext};
use super::jinja::values::{dict, list};
use super::layout::{Layout, Scope, Values};
use super::objects::{self, Coverage};
use super::{Input, Options, sort_key, written};
use crate::content::model::{Detection, Object, Story};
use minijinja::Value;
use minijinja::value::Serde;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The values of a site.
pub(super) struct Model<'a> {
    detections: Vec<(&'a Detection, Value)>,
    stories: Vec<(&'a Story, Value)>,
    lists: BTreeMap<&'static str, Vec<Value>>,
    /// What every template sees beside its own variable.
    pub(super) base: Value,
    /// Names of stories that get no page.
    pub(super) without_page: Vec<String>,
}

impl<'a> Model<'a> {
    pub(super) fn new(input: &'a Input<'a>, options: &Options<'_>) -> Self {
        let mut detections = input.detections.clone();
        detections.sort_by(|a, b| sort_key(&a.object).cmp(&sort_key(&b.object)));
        let members = members(&detections);
        let is_shown = |story: &Story| members.contains_key(story.object.name.as_str()) && !is_deprecated(story);
        let (mut stories, without): (Vec<&Story>, Vec<&Story>) =
            input.stories.iter().copied().partition(|&it| is_shown(it));
        stories.sort_by(|a, b| sort_key(&a.object).cmp(&sort_key(&b.object)));

        let wanted = wanted(options.layout);
        // Templates of teams get names as the official tools find them.
        let names = options.layout.values == Values::Clean || !wanted.is_empty();
        let contexts = Contexts::new(input, options.attack, options.cves, &stories, names);
        let facts: Vec<DetectionContext> = detections.par_iter().map(|it| contexts.detection(it)).collect();
        let values = detection_values(input, options, &detections, &facts);
        let rendered: Vec<objects::Rendered<'_>> = facts.iter().zip(values.iter().cloned()).collect();
        let story_value = |story: &&Story| {
            let places = members.get(story.object.name.as_str()).map_or(&[][..], Vec::as_slice);
            story_value(story, places, &rendered, options.layout.values)
        };
        let story_values: Vec<Value> = stories.par_iter().map(story_value).collect();

        let lists = lists(input, options, &wanted, &rendered);
        let mut base: Vec<(Value, Value)> = vec![
            (Value::from("detections"), list(values.clone())),
            (Value::from("stories"), list(story_values.clone())),
            (Value::from("site"), site(options)),
        ];
        base.extend(lists.iter().map(|(name, values)| match *name {
            "navigator" => (Value::from(*name), values.first().cloned().unwrap_or_default()),
            name => (Value::from(name), list(values.clone())),
        }));
        Self {
            detections: detections.into_iter().zip(values).collect(),
            stories: stories.into_iter().zip(story_values).collect(),
            lists,
            base: dict(base),
            without_page: without.iter().map(|story| story.object.name.as_str().to_owned()).collect(),
        }
    }

    /// What pages of a kind are made for, with the object of the pack where there is one.
    pub(super) fn of(&self, scope: Scope, input: &Input<'_>) -> Vec<(Option<&'a Object>, Value)> {
        let listed = |name: &str| self.lists.get(name).into_iter().flatten().map(|value| (None, value.clone()));
        match scope {
            Scope::Detections => {
                let own = self.detections.iter().filter(|(it, _)| input.has_page(&it.object));
                own.map(|(it, value)| (Some(&it.object), value.clone())).collect()
            }
            Scope::Stories => {
                let own = self.stories.iter().filter(|(it, _)| input.has_page(&it.object));
                own.map(|(it, value)| (Some(&it.object), value.clone())).collect()
            }
            Scope::Site => vec![(None, Value::from(()))],
            Scope::Macros => listed("macros").collect(),
            Scope::Lookups => listed("lookups").collect(),
            Scope::DataSources => listed("data_sources").collect(),
            Scope::DataModels => listed("datamodels").collect(),
            Scope::Tactics => listed("tactics").collect(),
            Scope::Techniques => {
                let covered = |value: &Value| value.get_attr("total").is_ok_and(|total| total.is_true());
                listed("techniques").filter(|(_, value)| covered(value)).collect()
            }
        }
    }
}

/// The places of each story's detections, by name; a story that a detection names twice has it twice.
fn members<'a>(detections: &[&'a Detection]) -> HashMap<&'a str, Vec<usize>> {
    let mut members: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, detection) in detections.iter().enumerate() {
        for story in &detection.stories {
            members.entry(story.as_str()).or_default().push(at);
        }
    }
    members
}

/// By its status, or by the folder that old content keeps such stories in.
fn is_deprecated(story: &Story) -> bool {
    let folder = story.object.path.parent().and_then(|folder| folder.file_name());
    folder.is_some_and(|folder| folder == "deprecated")
        || story.object.status.as_ref().is_some_and(|status| status.as_str() == "deprecated")
}

fn detection_values(
    input: &Input<'_>,
    options: &Options<'_>,
    detections: &[&Detection],
    facts: &[DetectionContext],
) -> Vec<Value> {
    if options.layout.values == Values::Clean {
        return facts.par_iter().map(|it| Value::from(Serde(it))).collect();
    }
    let macros =
        input.macros.iter().rev().map(|it| (it.object.name.as_str(), written::value(&it.object.node))).collect();
    let lookups =
        input.lookups.iter().rev().map(|it| (it.object.name.as_str(), written::value(&it.object.node))).collect();
    let named = written::Named { macros: &macros, lookups: &lookups };
    let pairs = detections.par_iter().zip(facts);
    pairs.map(|(detection, facts)| written::detection(facts, &detection.object.node, &named)).collect()
}

fn story_value(story: &Story, places: &[usize], rendered: &[objects::Rendered<'_>], values: Values) -> Value {
    let mut places = places.to_vec();
    if values == Values::Clean {
        places.dedup();
    }
    let own: Vec<_> = places.into_iter().map(|at| (rendered[at].0, rendered[at].1.clone())).collect();
    let facts = context::story(story, &own);
    match values {
        Values::Clean => Value::from(Serde(&facts)),
        Values::Written => written::story(&facts, &story.object.node, &own),
    }
}

/// The lists that some template reads or some page is for.
fn wanted(layout: &Layout) -> BTreeSet<&'static str> {
    let lists = [
        ("macros", &[Scope::Macros][..]),
        ("lookups", &[Scope::Lookups]),
        ("data_sources", &[Scope::DataSources]),
        ("datamodels", &[Scope::DataModels]),
        ("techniques", &[Scope::Techniques, Scope::Tactics]),
        ("tactics", &[Scope::Techniques, Scope::Tactics]),
        ("navigator", &[]),
    ];
    let is_wanted =
        |name: &str, scopes: &[Scope]| layout.reads(name) || layout.rules.iter().any(|it| scopes.contains(&it.scope));
    lists.into_iter().filter(|(name, scopes)| is_wanted(name, scopes)).map(|(name, _)| name).collect()
}

fn lists(
    input: &Input<'_>,
    options: &Options<'_>,
    wanted: &BTreeSet<&'static str>,
    rendered: &[objects::Rendered<'_>],
) -> BTreeMap<&'static str, Vec<Value>> {
    let mut lists = BTreeMap::new();
    if wanted.contains("macros") {
        lists.insert("macros", objects::macros(&by_name(&input.macros, |it| &it.object), rendered));
    }
    if wanted.contains("lookups") {
        lists.insert("lookups", objects::lookups(&by_name(&input.lookups, |it| &it.object), rendered));
    }
    if wanted.contains("data_sources") {
        lists.insert("data_sources", objects::data_sources(&by_name(&input.data_sources, |it| &it.object), rendered));
    }
    if wanted.contains("datamodels") {
        let datasets: BTreeSet<String> = input.analyses.values().flat_map(|it| it.datamodels.iter().cloned()).collect();
        lists.insert("datamodels", objects::data_models(rendered, &datasets));
    }
    if ["techniques", "tactics", "navigator"].iter().any(|name| wanted.contains(name)) {
        let Coverage { techniques, tactics, navigator } = objects::coverage(options.attack, rendered, options.title);
        lists.insert("techniques", techniques);
        lists.insert("tactics", tactics);
        lists.insert("navigator", vec![navigator]);
    }
    lists
}

/// Sorted by name, the first of a name alone.
fn by_name<'a, T>(items: &[&'a T], object: fn(&T) -> &Object) -> Vec<&'a T> {
    let mut sorted = items.to_vec();
    sorted.sort_by(|a, b| sort_key(object(a)).cmp(&sort_key(object(b))));
    sorted.dedup_by(|a, b| object(a).name.as_str() == object(b).name.as_str());
    sorted
}

fn site(options: &Options<'_>) -> Value {
    dict([
        (Value::from("title"), Value::from(options.title)),
        (Value::from("source_url"), options.source_url.map_or(Value::from(()), Value::from)),
        (Value::from("version"), Value::from(env!("CARGO_PKG_VERSION"))),
        (Value::from("attack_version"), options.attack.version().map_or(Value::from(()), Value::from)),
    ])
}
