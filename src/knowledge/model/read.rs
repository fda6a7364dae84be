//! Splunk's data-model JSON: `modelName` and `objects`, each with `fields`, `calculations` and `constraints`.

use super::{Base, Calculation, CalculationKind, DatasetDefinition, Field, Model};
use crate::diag::{Diagnostic, codes};
use crate::source::{Copied, FileId, Located, Place, Span};
use crate::value::Name;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// A model with more datasets is refused: lineages are walked for each of them.
const MAX_DATASETS: usize = 1_000;

/// Longest lineage in bytes; real ones are below 100.
const MAX_LINEAGE: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelJson {
    model_name: Option<String>,
    #[serde(default)]
    objects: Vec<ObjectJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectJson {
    object_name: String,
    #[serde(default)]
    parent_name: String,
    base_search: Option<String>,
    #[serde(default)]
    fields: Vec<FieldJson>,
    #[serde(default)]
    calculations: Vec<CalculationJson>,
    #[serde(default)]
    constraints: Vec<ConstraintJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldJson {
    field_name: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    lookup_output_field_name: Option<String>,
}

#[derive(Deserialize)]
struct ConstraintJson {
    search: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CalculationJson {
    calculation_type: String,
    #[serde(default)]
    expression: String,
    #[serde(default)]
    input_field: String,
    #[serde(default)]
    lookup_name: String,
    #[serde(default)]
    lookup_inputs: Vec<LookupInputJson>,
    #[serde(default)]
    output_fields: Vec<FieldJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookupInputJson {
    input_field: String,
    lookup_field: String,
}

/// Reads one model; `stem` is the file's name without `.json`, which names the model if the file does not. `None` if it
/// is no JSON of this shape.
pub(in crate::knowledge) fn read(file: FileId, stem: &str, text: &str) -> (Option<Model>, Vec<Diagnostic>) {
    let start = Place { file, span: Span::at(0) };
    let json: ModelJson = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => {
            let message = format!("the data model `{stem}` cannot be read: {error}");
            return (None, vec![Diagnostic::new(codes::MODEL_SYNTAX, message, start)]);
        }
    };
    let name: Name = json.model_name.as_deref().unwrap_or(stem).into();
    let mut problems = Vec::new();
    if json.objects.len() > MAX_DATASETS {
        let message = format!("the data model `{name}` has more than {MAX_DATASETS} datasets");
        return (None, vec![Diagnostic::new(codes::MODEL_SYNTAX, message, start)]);
    }
    let mut reader = Reader { file, text, name: &name, problems: &mut problems };
    let datasets = reader.datasets(json.objects);
    (Some(Model { name, place: start, datasets }), problems)
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    name: &'t str,
    problems: &'t mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Puts parents before children. A dataset whose ancestors are not in the file is reported and left out.
    fn datasets(&mut self, objects: Vec<ObjectJson>) -> Vec<DatasetDefinition> {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut datasets: Vec<DatasetDefinition> = Vec::new();
        let mut waiting = objects;
        loop {
            let before = waiting.len();
            let mut later = Vec::new();
            for object in waiting {
                let parent = match object.parent_name.as_str() {
                    "" | "BaseEvent" | "BaseSearch" | "BaseTransaction" | "BaseImpossible" => None,
                    name => {
                        let Some(&index) = known.get(name) else {
                            later.push(object);
                            continue;
                        };
                        Some(index)
                    }
                };
                let parent_lineage = parent.map(|index| datasets[index].lineage.clone());
                if parent_lineage.as_deref().map_or(0, str::len) + object.object_name.len() > MAX_LINEAGE {
                    let message = format!("a dataset of the data model `{}` nests too deep", self.name);
                    self.problems.push(Diagnostic::new(codes::MODEL_SYNTAX, message, self.place(&object.object_name)));
                    continue;
                }
                known.insert(object.object_name.clone(), datasets.len());
                datasets.push(self.dataset(object, parent, parent_lineage.as_deref()));
            }
            waiting = later;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for orphan in waiting {
            let message = format!(
                "dataset `{}` of the data model `{}` has no parent named `{}`",
                orphan.object_name, self.name, orphan.parent_name
            );
            let mut problem = Diagnostic::new(codes::MODEL_SYNTAX, message, self.place(&orphan.parent_name));
            if let Some(near) = crate::diag::nearest(&orphan.parent_name, datasets.iter().map(|d| &*d.name)) {
                problem = problem.help(crate::diag::did_you_mean(near));
            }
            self.problems.push(problem);
        }
        datasets
    }

    fn dataset(&mut self, object: ObjectJson, parent: Option<usize>, above: Option<&str>) -> DatasetDefinition {
        let base = match (object.parent_name.as_str(), object.base_search) {
            (_, Some(search)) => Base::Search(self.located(&search)),
            ("BaseTransaction", None) => Base::Transactions,
            _ if parent.is_some() => Base::Parent,
            _ => Base::Events,
        };
        let lineage: Name = match above {
            Some(above) => format!("{above}.{}", object.object_name).into(),
            None => object.object_name.as_str().into(),
        };
        let mut fields: Vec<Field> = object.fields.iter().map(field).collect();
        let mut declared: HashSet<Name> = fields.iter().map(|field| field.name.clone()).collect();
        for made in object.calculations.iter().flat_map(|calculation| &calculation.output_fields) {
            if declared.insert(made.field_name.as_str().into()) {
                fields.push(field(made));
            }
        }
        let name = Name::from(object.object_name);
        let calculations = object.calculations.into_iter().map(|one| self.calculation(&name, one)).collect();
        let mut constraints: Vec<Located> =
            object.constraints.iter().map(|constraint| self.located(&constraint.search)).collect();
        // Events that lack a required field do not belong to the dataset.
        for field in object.fields.iter().filter(|field| field.required) {
            let place = self.place(&field.field_name);
            let mut condition = Located::empty(place);
            condition.push(&format!("{}=*", quoted(&field.field_name)), place, Copied::Decoded);
            constraints.push(condition);
        }
        DatasetDefinition { name, lineage, parent, base, constraints, fields, calculations }
    }

    fn calculation(&mut self, dataset: &str, json: CalculationJson) -> Calculation {
        let outputs = json.output_fields.iter().map(|made| Name::from(&*made.field_name)).collect();
        let kind = match json.calculation_type.as_str() {
            "Eval" => CalculationKind::Eval(self.located(&json.expression)),
            "Rex" => CalculationKind::Rex { input: json.input_field.into(), regex: self.located(&json.expression) },
            "Lookup" => CalculationKind::Lookup {
                lookup: json.lookup_name.into(),
                inputs: json
                    .lookup_inputs
                    .into_iter()
                    .map(|input| (input.lookup_field.into(), input.input_field.into()))
                    .collect(),
                outputs: json
                    .output_fields
                    .into_iter()
                    .map(|made| {
                        let column = made.lookup_output_field_name.unwrap_or_else(|| made.field_name.clone());
                        (column.into(), made.field_name.into())
                    })
                    .collect(),
            },
            other => {
                let message = format!("a calculation of kind `{other}` in `{}.{dataset}` is not supported", self.name);
                let place = self.place(other);
                self.problems.push(
                    Diagnostic::new(codes::UNSUPPORTED_SETTING, message, place).note("its fields stay without value"),
                );
                CalculationKind::Unsupported(other.into())
            }
        };
        Calculation { kind, outputs }
    }

    /// Where a string stands in the file: its first occurrence as JSON writes it, else the file's start.
    fn place(&self, value: &str) -> Place {
        let written = serde_json::to_string(value).unwrap_or_default();
        let span = self.text.find(&written).map_or(Span::at(0), |at| Span::new(at + 1, at + written.len() - 1));
        Place { file: self.file, span }
    }

    fn located(&self, value: &str) -> Located {
        let place = self.place(value);
        let mut located = Located::empty(place);
        let verbatim = self.text.get(place.span.range()) == Some(value);
        located.push(value, place, if verbatim { Copied::Verbatim } else { Copied::Decoded });
        located
    }
}

/// A field's name in a search expression.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}' | '@');
    if name.chars().all(plain) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\\\"")) }
}

fn field(json: &FieldJson) -> Field {
    let kind = if json.kind.is_empty() { "string" } else { &json.kind };
    Field { name: json.field_name.as_str().into(), kind: kind.into(), hidden: json.hidden }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::source::Sources;

    const MODEL: &str = r#"{"modelName": "Shop", "objects": [
        {"objectName": "Refunds", "parentName": "Sales", "constraints": [{"search": "kind=refund"}],
         "fields": [{"fieldName": "reason"}]},
        {"objectName": "Sales", "parentName": "BaseEvent", "constraints": [{"search": "tag=sale tag=\"x\""}],
         "fields": [{"fieldName": "price", "type": "number"}],
         "calculations": [
            {"calculationType": "Eval", "expression": "if(isnull(user),\"unknown\",user)",
             "outputFields": [{"fieldName": "user", "type": "string"}]},
            {"calculationType": "Rex", "inputField": "mail", "expression": "@(?<domain>.+)$",
             "outputFields": [{"fieldName": "domain"}]},
            {"calculationType": "GeoIP", "outputFields": [{"fieldName": "country"}]}]},
        {"objectName": "Lost", "parentName": "Sale", "constraints": []}]}"#;

    #[test]
    fn children_inherit_and_keep_the_owners_prefix() {
        let file = Sources::new().add("Shop.json", MODEL);
        let (model, problems) = read(file, "Shop", MODEL);
        let model = model.unwrap();
        assert_eq!(model.roots().map(|d| d.name().to_string()).collect::<Vec<_>>(), ["Sales"]);
        let refunds = model.dataset("Refunds").unwrap();
        assert_eq!(&**refunds.lineage(), "Sales.Refunds");
        let qualified: Vec<_> = refunds.qualified_fields().into_iter().map(|f| f.qualified.to_string()).collect();
        assert_eq!(qualified, ["Sales.price", "Sales.user", "Sales.domain", "Sales.country", "Sales.Refunds.reason"]);
        assert_eq!(model.dataset("Sales.Refunds").unwrap().name(), refunds.name());
        assert_eq!(model.dataset("Sales").unwrap().qualified_fields().len(), 5);
        let messages: Vec<_> = problems.iter().map(|p| (p.code.name(), p.help.as_deref())).collect();
        assert_eq!(messages, [("unsupported-setting", None), ("model-syntax", Some("did you mean `Sales`?"))]);
    }

    #[test]
    fn what_is_no_model_is_reported() {
        let file = Sources::new().add("x.json", "[1]");
        let (model, problems) = read(file, "x", "[1]");
        assert!(model.is_none());
        assert_eq!(problems.len(), 1);
    }
}
