//! From the rows of a rule to hits.

use super::message::fill;
use super::rules::Rule;
use crate::content::model::{Detection, Generation};
use crate::content::token;
use crate::ir::Fields;
use crate::source::Located;
use crate::value::time::Format;
use crate::value::{Batch, Name, Value, number};
use jiff::tz::TimeZone;

/// A row of a rule.
#[derive(Clone, Debug)]
pub struct Hit<'p> {
    /// The rule.
    pub detection: &'p Detection,
    /// When it happened, seconds since the epoch: `_time` of the row, or else the first of `firstTime`, `lastTime` that
    /// it has.
    pub time: Option<f64>,
    /// Who or what is at risk, with scores; one per value of a risk object's field.
    pub entities: Vec<Entity>,
    /// What belongs to the attacker.
    pub threats: Vec<Threat>,
    /// The highest score of the entities.
    pub score: f64,
    /// The rule's message for this row; of intermediate findings alone, the first one's.
    pub message: String,
    /// The fields of the row that have a value, in order; those that were asked for, at least.
    pub row: Vec<(Name, Value)>,
}

/// Something at risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `system`, `user` or `other`, in any generation.
    pub kind: String,
    /// Its name: a host, a user.
    pub value: String,
    /// The field that names it.
    pub field: String,
    /// What it adds to the entity's risk.
    pub score: f64,
    /// Why.
    pub message: String,
}

/// Something of the attacker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threat {
    /// `ip_address`, `process_name`, ... as the detection says.
    pub kind: String,
    /// The value.
    pub value: String,
    /// The field.
    pub field: String,
}

impl<'p> Hit<'p> {
    /// The hits that the rows of a rule are, in the order of the rows.
    pub(super) fn of_rows(rule: &Rule<'p>, rows: &Batch) -> Vec<Self> {
        (0..rows.rows()).map(|row| Self::of_row(rule.detection, rows, row)).collect()
    }

    fn of_row(detection: &'p Detection, rows: &Batch, row: usize) -> Self {
        let risk = &detection.risk;
        let title = risk.message.as_ref().or_else(|| risk.objects.iter().find_map(|object| object.message.as_ref()));
        let title = title.map_or(detection.object.name.as_str(), Located::as_str);
        let message = fill(title, rows, row);
        let mut entities: Vec<Entity> = Vec::new();
        for object in &risk.objects {
            let score = object.score.or(risk.score).unwrap_or(0) as f64;
            let kind = kind(object.kind.as_ref().map_or("other", Located::as_str), detection.object.generation);
            let message = object.message.as_ref().map_or_else(|| message.clone(), |own| fill(own.as_str(), rows, row));
            for value in texts(rows.value(row, object.field.as_str())) {
                let field = object.field.as_str().to_owned();
                let entity = Entity { kind: kind.clone(), value, field, score, message: message.clone() };
                if !entities.contains(&entity) {
                    entities.push(entity);
                }
            }
        }
        if risk.objects.is_empty() {
            entities.extend(of_correlation(rows, row, &message));
        }
        let mut threats = Vec::new();
        for object in &risk.threats {
            let kind = object.kind.as_ref().map_or("", Located::as_str).to_owned();
            for value in texts(rows.value(row, object.field.as_str())) {
                threats.push(Threat { kind: kind.clone(), value, field: object.field.as_str().to_owned() });
            }
        }
        let score = entities.iter().map(|entity| entity.score).fold(0.0, f64::max);
        let filled = rows.columns().map(|(name, column)| (name, &column.values()[row]));
        let row_values = filled.filter(|(_, value)| !value.is_null());
        let row_values = row_values.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { detection, time: time(rows, row), entities, threats, score, message, row: row_values }
    }

    /// The fields of a row that a hit of the detection is made of, and `also` others.
    pub(super) fn reads(detection: &Detection, also: &Fields) -> Fields {
        let mut fields = Fields::these(TIMES.into_iter().chain(OF_CORRELATIONS).map(Name::from));
        fields.add_all(also);
        let risk = &detection.risk;
        let texts = risk.message.iter().chain(risk.objects.iter().filter_map(|object| object.message.as_ref()));
        for (token, _) in texts.flat_map(|text| token::find(text.as_str())) {
            fields.add(token);
            fields.add(token.strip_prefix("result.").unwrap_or(token));
        }
        let of_risk = risk.objects.iter().map(|object| &object.field);
        for field in of_risk.chain(risk.threats.iter().map(|threat| &threat.field)) {
            fields.add(field.as_str());
        }
        fields
    }

    /// The rule's name.
    pub fn rule(&self) -> &str {
        self.detection.object.name.as_str()
    }

    /// Whether the hit adds to the risk of its entities; that of a correlation only reports what others added.
    pub fn adds_risk(&self) -> bool {
        !self.detection.risk.objects.is_empty()
    }

    /// The detection's ATT&CK techniques.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.detection.mitre_attack_ids.iter().map(|id| id.as_str().trim()).filter(|id| !id.is_empty())
    }
}

/// Where a row says when it happened, in the order of preference.
const TIMES: [&str; 3] = ["_time", "firstTime", "lastTime"];
/// What the rows of correlations say.
const OF_CORRELATIONS: [&str; 3] = ["risk_object", "risk_object_type", "risk_score"];

/// A correlation names no risk objects: its rows say whose risk they sum up.
fn of_correlation(rows: &Batch, row: usize, message: &str) -> Vec<Entity> {
    let kind = texts(rows.value(row, "risk_object_type")).into_iter().next().unwrap_or_else(|| "other".to_owned());
    let score = rows.value(row, "risk_score").as_number().unwrap_or(0.0);
    let entity = |value| Entity {
        kind: kind.clone(),
        value,
        field: "risk_object".to_owned(),
        score,
        message: message.to_owned(),
    };
    texts(rows.value(row, "risk_object")).into_iter().map(entity).collect()
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.values().iter().map(|value| value.to_text().trim().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

/// The kind of a risk object. Observables of the fourth generation have kinds of their own, which the official tool maps
/// so.
fn kind(written: &str, generation: Generation) -> String {
    let lower = written.trim().to_lowercase();
    if generation != Generation::V4 {
        return lower;
    }
    let mapped = match lower.as_str() {
        "user" | "username" | "email address" => "user",
        "device" | "endpoint" | "hostname" | "ip address" => "system",
        _ => "other",
    };
    mapped.to_owned()
}

fn time(rows: &Batch, row: usize) -> Option<f64> {
    TIMES.iter().find_map(|field| point(rows.value(row, field)))
}

/// A time as searches leave it: seconds, or the text that `security_content_ctime` makes of them.
fn point(value: &Value) -> Option<f64> {
    let first = value.values().first()?;
    if let Some(number) = first.as_number() {
        return number.is_finite().then_some(number);
    }
    let text = first.to_text();
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S"];
    formats.iter().find_map(|format| Format::new(format).parse(&text, 0.0, &TimeZone::UTC))
}

/// A score as it prints: without a fraction if it has none.
pub(super) fn score_text(score: f64) -> String {
    number::print(score)
}
