//! The rows of a dataset: which events belong to it, and what its calculations make of their fields.

use super::extract::collect::{Collector, Further};
use super::extract::regex::RegexExtraction;
use super::language::{self, Compiled};
use super::model::{Base, CalculationKind, Dataset, UNPREFIXED};
use super::rules::{Call, Folded, Rules, TagNeed, Words, fold};
use super::{Knowledge, Transform, model};
use crate::diag::Diagnostic;
use crate::expr::{Context, Expr, Predicate};
use crate::ir::Fields;
use crate::source::Place;
use crate::value::regex::Regex;
use crate::value::{Batch, Column, Name, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A dataset's own part, compiled.
#[derive(Debug)]
pub(super) struct CompiledDataset {
    /// What an event of the parent must satisfy.
    condition: Predicate,
    /// Its parts as they stand in the model: the search of the dataset and its constraints.
    conditions: Vec<(Predicate, Option<Place>)>,
    calculations: Vec<Calculation>,
    /// What could not be compiled.
    problems: Vec<Diagnostic>,
    /// Why there can be no rows.
    broken: Option<String>,
}

#[derive(Debug)]
struct Calculation {
    outputs: Vec<Name>,
    reads: Vec<Name>,
    kind: Computed,
}

#[derive(Debug)]
enum Computed {
    Eval(Box<Expr>),
    Rex(RegexExtraction),
    Lookup(Box<Call>),
    /// Not supported, or does not compile: no values.
    Nothing,
}

impl CompiledDataset {
    pub(super) fn new(knowledge: &Knowledge, dataset: Dataset<'_>) -> Self {
        let definition = dataset.definition();
        let (mut problems, mut conditions, mut calculations) = (Vec::new(), Vec::new(), Vec::new());
        let mut broken = None;
        let name = format!("{}.{}", dataset.model.name, definition.name);
        match &definition.base {
            Base::Events | Base::Parent => {}
            Base::Transactions => broken = Some(format!("the dataset `{name}` is made of transactions")),
            Base::Search(text) => {
                let Compiled { value, problems: found } = language::base_search(text, knowledge.macros());
                problems.extend(found);
                match value {
                    None => broken = Some(format!("the search of the dataset `{name}` is not supported")),
                    Some(base) => {
                        conditions.push((base.condition, text.whole()));
                        for (target, expr) in base.calculated {
                            let reads = language::reads_of_expr(&expr);
                            let kind = Computed::Eval(Box::new(expr));
                            calculations.push(Calculation { outputs: vec![target], reads, kind });
                        }
                    }
                }
            }
        }
        for constraint in &definition.constraints {
            let Compiled { value, problems: found } = language::search(constraint, knowledge.macros());
            problems.extend(found);
            match value {
                Some(condition) => conditions.push((condition, constraint.whole())),
                None => broken = Some(format!("a constraint of the dataset `{name}` does not compile")),
            }
        }
        for calculation in &definition.calculations {
            calculations.push(compile(knowledge, calculation, &mut problems));
        }
        let condition = Predicate::And(conditions.iter().map(|(condition, _)| condition.clone()).collect());
        Self { condition, conditions, calculations, problems, broken }
    }

    /// The conditions with the places of their texts.
    pub(super) fn conditions(&self) -> &[(Predicate, Option<Place>)] {
        &self.conditions
    }

    /// Why there can be no rows.
    pub(super) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    pub(super) fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }
}

fn compile(knowledge: &Knowledge, calculation: &model::Calculation, problems: &mut Vec<Diagnostic>) -> Calculation {
    let outputs = calculation.outputs.clone();
    match &calculation.kind {
        CalculationKind::Eval(text) => {
            let Compiled { value, problems: found } = language::eval(text);
            problems.extend(found);
            match value {
                Some(expr) => {
                    let reads = language::reads_of_expr(&expr);
                    Calculation { outputs, reads, kind: Computed::Eval(Box::new(expr)) }
                }
                None => Calculation { outputs, reads: Vec::new(), kind: Computed::Nothing },
            }
        }
        CalculationKind::Rex { input, regex } => match Regex::new(regex.as_str()) {
            Ok(regex) => {
                let kind = Computed::Rex(RegexExtraction::inline(regex));
                Calculation { outputs, reads: vec![input.clone()], kind }
            }
            Err(error) => {
                let message = format!("the regular expression does not compile: {}", error.message);
                let span = crate::source::Span::at(error.offset.min(regex.len()));
                problems.extend(Diagnostic::in_text(crate::diag::codes::CONF_VALUE, message, regex, span));
                Calculation { outputs, reads: Vec::new(), kind: Computed::Nothing }
            }
        },
        CalculationKind::Lookup { lookup, inputs, outputs: columns } => {
            // A table that is made at run time (by a server) is absent, and so are its values.
            let call = match knowledge.transforms().get(lookup) {
                Some(Transform::Lookup(definition)) => knowledge
                    .lookup_table(&definition.filename)
                    .and_then(|table| Call::new(&Words::of_model(lookup, inputs, columns), definition, table).ok()),
                _ => None,
            };
            match call {
                Some(call) => {
                    let reads = call.reads().cloned().collect();
                    Calculation { outputs, reads, kind: Computed::Lookup(Box::new(call)) }
                }
                None => Calculation { outputs, reads: Vec::new(), kind: Computed::Nothing },
            }
        }
        CalculationKind::Unsupported(_) => Calculation { outputs, reads: Vec::new(), kind: Computed::Nothing },
    }
}

/// How the fields of rows are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `Processes.user`, as `tstats` and `datamodel` have it.
    Prefixed,
    /// `user`, as `from` has it.
    Plain,
}

impl Naming {
    fn name(self, field: &model::QualifiedField) -> Name {
        match self {
            Self::Plain => field.name.clone(),
            Self::Prefixed => field.qualified.clone(),
        }
    }
}

/// The rows of a dataset among raw events of one origin.
///
/// `wanted` names fields with or without prefix; those that the dataset does not declare do not come. Unprefixed fields
/// of every dataset (`_time`, `host`, `source`, `sourcetype`, `index`) come if the events have them, `nodename` if it is
/// wanted. The order of the events is kept.
///
/// # Errors
/// The dataset cannot be evaluated; the text is a whole message.
pub(super) fn rows(
    knowledge: &Knowledge,
    rules: &Rules,
    dataset: Dataset<'_>,
    raw: &Batch,
    wanted: &Fields,
    naming: Naming,
    context: &Context,
) -> Result<Batch, String> {
    let compiled = chain(knowledge, dataset)?;
    let condition = Predicate::And(compiled.iter().map(|part| part.condition.clone()).collect());
    let condition = match fold(&condition, &|leaf| known(rules, leaf)) {
        Folded::False => return Ok(Batch::new(0)),
        Folded::True => None,
        Folded::Open(condition) => Some(condition),
    };
    let raw = match condition {
        None => raw.clone(),
        Some(condition) => members(rules, &condition, raw, context),
    };
    if raw.is_empty() {
        return Ok(Batch::new(0));
    }
    let fields = DatasetFields::new(knowledge, dataset, compiled, wanted);
    Ok(fields.of(rules.extraction(&fields.events).run(raw, context), naming, context))
}

/// What an event must satisfy to belong to the dataset, before what is known of its origin is put in.
///
/// # Errors
/// The dataset cannot be evaluated; the text is a whole message.
pub(super) fn condition(knowledge: &Knowledge, dataset: Dataset<'_>) -> Result<Predicate, String> {
    let compiled = chain(knowledge, dataset)?;
    Ok(Predicate::And(compiled.iter().map(|part| part.condition.clone()).collect()))
}

/// The compiled parts of a dataset and its ancestors.
fn chain(knowledge: &Knowledge, dataset: Dataset<'_>) -> Result<Vec<Arc<CompiledDataset>>, String> {
    let compiled: Vec<Arc<CompiledDataset>> =
        dataset.chain().iter().map(|&part| knowledge.compiled_dataset(part)).collect();
    match compiled.iter().find_map(|part| part.broken.clone()) {
        Some(broken) => Err(broken),
        None => Ok(compiled),
    }
}

/// As [`DatasetFields::new`].
pub(super) fn fields<'m>(
    knowledge: &Knowledge,
    dataset: Dataset<'m>,
    wanted: &Fields,
) -> Result<DatasetFields<'m>, String> {
    Ok(DatasetFields::new(knowledge, dataset, chain(knowledge, dataset)?, wanted))
}

/// Whether events of an origin can be rows of the dataset, as far as the known eventtypes say; `given` is a field and the
/// value that it has in all of these events. `None`: of this origin no eventtype is known.
pub(super) fn may_feed(
    knowledge: &Knowledge,
    rules: &Rules,
    dataset: Dataset<'_>,
    given: Option<(&str, &str)>,
) -> Option<bool> {
    rules.eventtypes().next()?;
    let on_given = |leaf: &Predicate| match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => {
            let (name, value) = given?;
            let same = &*field.name == name || (is_event_code(&field.name) && is_event_code(name));
            same.then(|| language::holds_for(leaf, &field.name, value))
        }
        _ => None,
    };
    let decided = |leaf: &Predicate| rules.constant(leaf).or_else(|| on_given(leaf));
    let mut tags: BTreeSet<String> = rules.tags_of_fields().map(str::to_owned).collect();
    for (name, of_eventtype) in rules.eventtypes() {
        let search = knowledge.eventtype_search(name);
        let possible = search.value.as_ref().is_none_or(|search| !matches!(fold(search, &decided), Folded::False));
        if possible {
            tags.extend(of_eventtype.iter().map(ToString::to_string));
        }
    }
    let known = |leaf: &Predicate| {
        decided(leaf).or_else(|| match leaf {
            Predicate::Compare { field, .. } | Predicate::In { field, .. } if &*field.name == "tag" => {
                (!tags.iter().any(|tag| language::holds_for(leaf, "tag", tag))).then_some(false)
            }
            _ => None,
        })
    };
    let compiled: Vec<Arc<CompiledDataset>> =
        dataset.chain().iter().map(|&part| knowledge.compiled_dataset(part)).collect();
    if compiled.iter().any(|part| part.broken.is_some()) {
        return None;
    }
    Some(!compiled.iter().any(|part| matches!(fold(&part.condition, &known), Folded::False)))
}

/// The two names of one field of Windows events.
fn is_event_code(name: &str) -> bool {
    matches!(name, "EventCode" | "EventID")
}

/// The outcome of a comparison that metadata decide, or that no eventtype of the origin can satisfy.
fn known(rules: &Rules, leaf: &Predicate) -> Option<bool> {
    if let Some(known) = rules.constant(leaf) {
        return Some(known);
    }
    let field = match leaf {
        Predicate::Compare { field, .. } | Predicate::In { field, .. } => &*field.name,
        _ => return None,
    };
    (field == "tag" && !rules.may_have_tag(|tag| language::holds_for(leaf, "tag", tag))).then_some(false)
}

/// The events that satisfy the condition, as they came.
fn members(rules: &Rules, condition: &Predicate, raw: &Batch, context: &Context) -> Batch {
    let mut tags = BTreeSet::new();
    let mut all = false;
    tags_named(condition, &mut tags, &mut all);
    let need = if all { TagNeed::All } else { TagNeed::Only(tags) };
    let fields = Fields::these(language::reads_of_predicate(condition));
    let seen = rules.extraction_with_tags(&fields, &need).run(raw.clone(), context);
    let hits = language::select(condition, &seen, context);
    if hits.iter().all(|hit| *hit) {
        return raw.clone();
    }
    let rows: Vec<usize> = hits.iter().enumerate().filter(|(_, hit)| **hit).map(|(row, _)| row).collect();
    raw.take(&rows)
}

/// The tags that a condition asks for, in lower case; `all` if some comparison asks for more than single names.
fn tags_named(condition: &Predicate, tags: &mut BTreeSet<String>, all: &mut bool) {
    match condition {
        Predicate::And(terms) | Predicate::Or(terms) => terms.iter().for_each(|term| tags_named(term, tags, all)),
        Predicate::Not(term) => tags_named(term, tags, all),
        Predicate::Compare { field, pattern, .. } if &*field.name == "tag" => match pattern.exact() {
            Some(text) => {
                tags.insert(text.to_owned());
            }
            None => *all = true,
        },
        Predicate::In { field, .. } => *all |= &*field.name == "tag",
        Predicate::Compare { field, .. } => *all |= field.name.starts_with("tag::"),
        Predicate::Keyword(_) | Predicate::TimeBound(_) | Predicate::Subsearch(_) => {}
    }
}

/// What must be extracted and computed for the wanted fields of a dataset.
#[derive(Debug)]
pub struct DatasetFields<'m> {
    dataset: Dataset<'m>,
    /// The calculations of the dataset and its ancestors, those that are needed.
    compiled: Vec<Arc<CompiledDataset>>,
    /// Field of the model, name in the result if prefixed, dataset that declares it.
    fields: Vec<model::QualifiedField>,
    /// Descendants that are needed: for their fields, or for `nodename`.
    children: Vec<(Dataset<'m>, Arc<CompiledDataset>)>,
    nodename: bool,
    /// Fields of the event.
    events: Fields,
    /// Names that are read after the calculations.
    computed: BTreeSet<Name>,
}

impl<'m> DatasetFields<'m> {
    fn new(knowledge: &Knowledge, dataset: Dataset<'m>, compiled: Vec<Arc<CompiledDataset>>, wanted: &Fields) -> Self {
        let asked = |field: &model::QualifiedField| {
            wanted.contains(&field.name)
                || wanted.contains(&field.qualified)
                || field.qualified.split_once('.').is_some_and(|(_, rest)| wanted.contains(rest))
        };
        let fields: Vec<model::QualifiedField> = dataset.qualified_fields().into_iter().filter(asked).collect();
        let nodename = wanted.contains("nodename");
        let descendants = dataset.descendants();
        // A descendant is needed if one of its fields is, or one of its own descendants.
        let mut needed: BTreeSet<usize> = BTreeSet::new();
        for child in descendants.iter().rev() {
            if nodename || needed.contains(&child.index) || fields.iter().any(|field| field.owner == child.index) {
                needed.insert(child.index);
                needed.extend(child.definition().parent);
            }
        }
        let children: Vec<(Dataset<'m>, Arc<CompiledDataset>)> = descendants
            .into_iter()
            .filter(|child| needed.contains(&child.index))
            .map(|child| (child, knowledge.compiled_dataset(child)))
            .collect();
        let mut computed: BTreeSet<Name> = fields.iter().map(|field| field.name.clone()).collect();
        for (_, child) in &children {
            computed.extend(language::reads_of_predicate(&child.condition));
        }
        let mut events = Fields::These(computed.clone());
        let parts = compiled.iter().chain(children.iter().map(|(_, child)| child));
        let calculations: Vec<&Calculation> = parts.flat_map(|part| &part.calculations).collect();
        for calculation in calculations.into_iter().rev() {
            if calculation.outputs.iter().any(|name| events.contains(name)) {
                if !matches!(calculation.kind, Computed::Rex(_) | Computed::Lookup(_)) {
                    calculation.outputs.iter().for_each(|name| events.remove(name));
                }
                calculation.reads.iter().for_each(|name| events.add(name.clone()));
                computed.extend(calculation.outputs.iter().cloned());
                computed.extend(calculation.reads.iter().cloned());
            }
        }
        Self { dataset, compiled, fields, children, nodename, events, computed }
    }

    /// The fields of events that it takes to compute them.
    pub fn events(&self) -> &Fields {
        &self.events
    }

    /// The columns that rows can have.
    pub fn columns(&self, naming: Naming) -> BTreeSet<Name> {
        let unprefixed = UNPREFIXED.iter().map(|name| Name::from(*name));
        let nodename = self.nodename.then(|| Name::from("nodename"));
        unprefixed.chain(nodename).chain(self.fields.iter().map(|field| naming.name(field))).collect()
    }

    /// The rows of events that belong to the dataset and have [`DatasetFields::events`]; further fields do not matter.
    pub fn of(&self, mut rows: Batch, naming: Naming, context: &Context) -> Batch {
        for part in &self.compiled {
            self.calculate(&part.calculations, &mut rows, context);
        }
        let mut result = Batch::new(rows.rows());
        for name in UNPREFIXED {
            if let Some(column) = rows.column(name) {
                result.set(*name, column.clone());
            }
        }
        let chain: Vec<usize> = self.dataset.chain().iter().map(|part| part.index).collect();
        for field in self.fields.iter().filter(|field| chain.contains(&field.owner)) {
            if let Some(column) = rows.column(&field.name) {
                result.set(naming.name(field), column.clone());
            }
        }
        self.descend(rows, &mut result, naming, context);
        result
    }

    /// Adds the fields that descendants declare, in the rows that belong to them, and `nodename`.
    fn descend(&self, rows: Batch, result: &mut Batch, naming: Naming, context: &Context) {
        let mut nodes: Vec<Vec<Value>> = Vec::new();
        if self.nodename {
            let names = self.dataset.chain().into_iter().map(|part| Value::Text(part.lineage().clone())).collect();
            nodes = vec![names; result.rows()];
        }
        // The rows of each dataset on the way: indices into the result, and the fields as its calculations left them.
        let all = (0..result.rows()).collect();
        let mut members: BTreeMap<usize, (Vec<usize>, Batch)> = BTreeMap::from([(self.dataset.index, (all, rows))]);
        for (child, compiled) in &self.children {
            let Some((above, batch)) = child.definition().parent.and_then(|parent| members.get(&parent)) else {
                continue;
            };
            if compiled.broken.is_some() {
                continue;
            }
            let hits = language::select(&compiled.condition, batch, context);
            let hits: Vec<usize> = hits.iter().enumerate().filter(|(_, hit)| **hit).map(|(row, _)| row).collect();
            let mut batch = batch.take(&hits);
            let places: Vec<usize> = hits.iter().map(|&row| above[row]).collect();
            self.calculate(&compiled.calculations, &mut batch, context);
            if self.nodename {
                for &row in &places {
                    nodes[row].push(Value::Text(child.lineage().clone()));
                }
            }
            for field in self.fields.iter().filter(|field| field.owner == child.index) {
                let mut values = vec![Value::Null; result.rows()];
                if let Some(column) = batch.column(&field.name) {
                    for (value, &row) in column.values().iter().zip(&places) {
                        values[row] = value.clone();
                    }
                }
                result.set(naming.name(field), Column::new(values));
            }
            members.insert(child.index, (places, batch));
        }
        if self.nodename {
            result.set("nodename", Column::new(nodes.into_iter().map(Value::list).collect()));
        }
    }

    /// Carries out the needed calculations, one after the other.
    fn calculate(&self, calculations: &[Calculation], rows: &mut Batch, context: &Context) {
        for calculation in calculations {
            if !calculation.outputs.iter().any(|name| self.computed.contains(name)) {
                continue;
            }
            match &calculation.kind {
                Computed::Eval(expr) => {
                    let column = language::evaluate(expr, rows, context);
                    if let Some(target) = calculation.outputs.first() {
                        rows.set(target.clone(), column);
                    }
                }
                Computed::Rex(regex) => rex(regex, &calculation.reads, rows),
                Computed::Lookup(call) => call.run(|name| self.computed.contains(name), rows),
                Computed::Nothing => {
                    for name in &calculation.outputs {
                        rows.remove(name);
                    }
                }
            }
        }
    }
}

/// The groups that match replace the fields of their names.
fn rex(regex: &RegexExtraction, reads: &[Name], rows: &mut Batch) {
    let Some(input) = reads.first().and_then(|name| rows.column(name)).cloned() else { return };
    let mut made = Batch::new(rows.rows());
    let mut found = Collector::new(rows.rows(), &Fields::All, Further::Drop);
    for (row, value) in input.values().iter().enumerate() {
        found.row(row);
        for value in value.values() {
            regex.run(&value.to_text(), &mut found);
        }
    }
    found.merge(&mut made);
    for (name, column) in made.columns() {
        match rows.column_mut(name) {
            None => rows.set(name.clone(), column.clone()),
            Some(old) => {
                for (old, new) in old.values_mut().iter_mut().zip(column.values()) {
                    if !new.is_null() {
                        *old = new.clone();
                    }
                }
            }
        }
    }
}
