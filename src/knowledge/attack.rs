//! MITRE ATT&CK: what a technique id is called and which tactics it serves.
//!
//! The embedded table (`knowledge/attack/enterprise.csv`) is version 18.1 of the Enterprise matrix. `--attack PATH` puts
//! another one in its place: a CSV of the same columns, the STIX bundle that MITRE publishes, or a folder of STIX
//! objects as in MITRE's repository.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Whether ATT&CK still uses a technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In use.
    Active,
    /// Kept for reference, without a successor.
    Deprecated,
    /// Replaced by another technique.
    Revoked,
}

/// One technique or sub-technique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technique {
    /// Name; that of a sub-technique without its parent's.
    pub name: String,
    /// Tactics in the order of the source, every word capitalised: `Command And Control`.
    pub tactics: Vec<String>,
    /// Whether it is still in use.
    pub state: State,
}

/// Techniques by id.
#[derive(Clone, Debug, Default)]
pub struct Attack {
    techniques: BTreeMap<String, Technique>,
    version: Option<String>,
}

/// A CSV row: the columns of the embedded table.
#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    tactics: String,
    state: String,
}

impl Attack {
    /// The embedded table.
    pub fn builtin() -> &'static Self {
        static TABLE: LazyLock<Attack> = LazyLock::new(|| {
            let mut table = Attack::from_csv(include_str!("../../knowledge/attack/enterprise.csv"))
                .expect("the embedded table is tested to be well formed");
            table.version = Some("18".to_owned());
            table
        });
        &TABLE
    }

    /// Adds a table: STIX if the text begins with `{` or `[`, else CSV.
    ///
    /// # Errors
    /// The text is neither. The text of the error is a sentence part.
    pub fn add_text(&mut self, text: &str) -> Result<(), String> {
        if text.trim_start().starts_with(['{', '[']) {
            return self.add_stix(text).map_err(|error| error.to_string());
        }
        self.techniques.extend(Self::from_csv(text).map_err(|error| error.to_string())?.techniques);
        Ok(())
    }

    /// The release of ATT&CK, if the source says it.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Reads a table of the columns `id`, `name`, `tactics` (joined by `|`) and `state`.
    pub fn from_csv(text: &str) -> Result<Self, csv::Error> {
        let mut techniques = BTreeMap::new();
        for row in csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).deserialize() {
            let row: Row = row?;
            let state = match row.state.as_str() {
                "revoked" => State::Revoked,
                "deprecated" => State::Deprecated,
                _ => State::Active,
            };
            let tactics = row.tactics.split('|').filter(|tactic| !tactic.is_empty()).map(title_case).collect();
            techniques.insert(row.id, Technique { name: row.name, tactics, state });
        }
        Ok(Self { techniques, version: None })
    }

    /// Adds the `attack-pattern` objects of a STIX 2 bundle, a list of objects or one object. Of objects with the same
    /// id, one that is in use wins.
    fn add_stix(&mut self, text: &str) -> Result<(), serde_json::Error> {
        let stix: Stix = serde_json::from_str(text)?;
        let objects = match stix {
            Stix::Bundle { objects } | Stix::List(objects) => objects,
            Stix::One(object) => vec![*object],
        };
        let techniques = &mut self.techniques;
        for pattern in objects {
            if pattern.kind == "x-mitre-collection" {
                self.version = pattern.version.as_deref().and_then(|it| it.split('.').next()).map(str::to_owned);
            }
            if pattern.kind != "attack-pattern" {
                continue;
            }
            let id = pattern.external_references.into_iter().find(|reference| reference.source_name == "mitre-attack");
            let Some(id) = id.and_then(|reference| reference.external_id) else { continue };
            let state = match (pattern.revoked, pattern.deprecated) {
                (true, _) => State::Revoked,
                (false, true) => State::Deprecated,
                (false, false) => State::Active,
            };
            if state != State::Active && techniques.get(&id).is_some_and(|known| known.state == State::Active) {
                continue;
            }
            let tactics = pattern.kill_chain_phases.iter().map(|phase| title_case(&phase.phase_name)).collect();
            techniques.insert(id, Technique { name: pattern.name, tactics, state });
        }
        Ok(())
    }

    /// The technique of an id such as `T1572` or `T1021.001`.
    pub fn technique(&self, id: &str) -> Option<&Technique> {
        self.techniques.get(id)
    }

    /// Every id with its technique, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Technique)> {
        self.techniques.iter().map(|(id, technique)| (id.as_str(), technique))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stix {
    Bundle { objects: Vec<StixObject> },
    List(Vec<StixObject>),
    One(Box<StixObject>),
}

#[derive(Deserialize)]
struct StixObject {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    revoked: bool,
    #[serde(default, rename = "x_mitre_deprecated")]
    deprecated: bool,
    #[serde(default, rename = "x_mitre_version")]
    version: Option<String>,
    #[serde(default)]
    external_references: Vec<Reference>,
    #[serde(default)]
    kill_chain_phases: Vec<Phase>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: String,
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct Phase {
    #[serde(default)]
    phase_name: String,
}

/// `command-and-control` becomes `Command And Control`, the spelling of the official site.
fn title_case(tactic: &str) -> String {
    let words: Vec<String> = tactic
        .split('-')
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + chars.as_str())
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_embedded_table_knows_techniques() {
        let attack = Attack::builtin();
        let tunnel = attack.technique("T1572").unwrap();
        assert_eq!((tunnel.name.as_str(), tunnel.state), ("Protocol Tunneling", State::Active));
        assert_eq!(tunnel.tactics, ["Command And Control"]);
        assert_eq!(attack.technique("T1002").unwrap().state, State::Revoked);
        assert_eq!(attack.technique("T1133").unwrap().tactics, ["Persistence", "Initial Access"]);
        assert!(attack.technique("T9999").is_none());
        assert!(attack.iter().all(|(id, technique)| id.starts_with('T') && !technique.name.is_empty()));
    }

    #[test]
    fn stix_prefers_what_is_in_use() {
        let stix = r#"{"type": "bundle", "objects": [
            {"type": "attack-pattern", "name": "New", "external_references": [
                {"source_name": "mitre-attack", "external_id": "T1"}],
             "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "lateral-movement"}]},
            {"type": "attack-pattern", "name": "Old", "revoked": true, "external_references": [
                {"source_name": "mitre-attack", "external_id": "T1"}]},
            {"type": "malware", "name": "Other"}]}"#;
        let mut attack = Attack::default();
        attack.add_text(stix).unwrap();
        attack.add_text(r#"{"type": "x-mitre-collection", "x_mitre_version": "18.1"}"#).unwrap();
        assert_eq!(attack.version(), Some("18"));
        let technique = attack.technique("T1").unwrap();
        assert_eq!((technique.name.as_str(), &technique.tactics[..]), ("New", &["Lateral Movement".to_owned()][..]));
        assert_eq!(attack.iter().count(), 1);
    }
}
