//! Runs rules on a batch of events, for the fields that somebody reads.

use super::memo::Memo;
use super::{Auto, Delims, Rules, Step, StepKind, alias, platform};
use crate::expr::Context;
use crate::expr::predicate::METADATA;
use crate::ir::Fields;
use crate::knowledge::extract::collect::{Collector, Further, clean};
use crate::knowledge::extract::regex::RegexExtraction;
use crate::knowledge::extract::{delims, json, kv, table, xml};
use crate::knowledge::{language, written};
use crate::source::Span;
use crate::value::{Batch, Column, Name, Value};
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;

/// The rules that make the wanted fields, and what each of them must make. Found by walking the rules backwards: a
/// field made by an alias needs the alias's source, and so on.
///
/// Preparing one costs as much as some hundred events: whoever extracts the same fields from many batches keeps it.
#[derive(Debug)]
pub struct Extraction<R> {
    rules: R,
    /// What the caller gets.
    wanted: Fields,
    /// Indices of rules with what is wanted of them, in the order in which they run.
    steps: Vec<(usize, Fields)>,
    /// Fields of automatic extraction that an earlier rule looks into.
    ahead: Fields,
    /// Fields that nobody sees and that are a part of `_raw`: further rules look into that part, and it is not copied.
    parts: Vec<Name>,
    /// Fields that the platform gives.
    platform: Fields,
    /// Indices of the eventtypes to test.
    eventtypes: Vec<usize>,
    /// Indices of tagged fields.
    tagged: Vec<usize>,
}

/// Which tags somebody asks for.
#[derive(Clone, Debug)]
pub(in crate::knowledge) enum TagNeed {
    All,
    /// Those of these names, in lower case: eventtypes with other tags need not be tested.
    Only(BTreeSet<String>),
}

impl Rules {
    /// Prepares the extraction of some fields.
    pub fn extraction(&self, wanted: &Fields) -> Extraction<&Self> {
        self.extraction_with_tags(wanted, &TagNeed::All)
    }

    /// As [`Rules::extraction`], to be kept.
    pub fn lasting_extraction(self: &Arc<Self>, wanted: &Fields) -> Extraction<Arc<Self>> {
        let made = self.extraction(wanted);
        Extraction {
            rules: self.clone(),
            wanted: made.wanted,
            steps: made.steps,
            ahead: made.ahead,
            parts: made.parts,
            platform: made.platform,
            eventtypes: made.eventtypes,
            tagged: made.tagged,
        }
    }

    pub(in crate::knowledge) fn extraction_with_tags(&self, wanted: &Fields, tags: &TagNeed) -> Extraction<&Self> {
        let mut need = wanted.clone();
        let want_tags = wanted.contains("tag") || wanted.contains_prefix("tag::");
        let want_names = wanted.contains("eventtype");
        let mut eventtypes = Vec::new();
        for (index, eventtype) in self.eventtypes.iter().enumerate() {
            let tagged = match tags {
                TagNeed::All => !eventtype.tags.is_empty(),
                TagNeed::Only(names) => eventtype.tags.iter().any(|tag| names.contains(&tag.to_lowercase())),
            };
            if want_names || (want_tags && tagged) {
                eventtypes.push(index);
                eventtype.reads.iter().for_each(|name| need.add(name.clone()));
            }
        }
        let mut tagged = Vec::new();
        if want_tags {
            for (index, field) in self.field_tags.iter().enumerate() {
                tagged.push(index);
                need.add(field.field.clone());
            }
        }
        let mut steps = Vec::new();
        let all = &self.compiled.steps;
        let mut end = all.len();
        while end > 0 {
            // Of a run of calculated fields none sees another: what they read is made before the run.
            let start = end - all[..end].iter().rev().take_while(|step| step.is_eval()).count().max(1);
            backwards(&all[start..end], start, &mut need, &mut steps);
            end = start;
        }
        steps.reverse();
        let ahead = self.ahead(&steps);
        let parts = self.parts(&steps, wanted, &eventtypes, &tagged);
        Extraction { rules: self, wanted: wanted.clone(), steps, ahead, parts, platform: need, eventtypes, tagged }
    }

    /// The fields that are a part of `_raw` and serve other extractions only.
    fn parts(&self, steps: &[(usize, Fields)], wanted: &Fields, eventtypes: &[usize], tagged: &[usize]) -> Vec<Name> {
        let all = &self.compiled.steps;
        let mut parts: Vec<Name> = Vec::new();
        let mut seen: BTreeSet<&Name> = tagged.iter().map(|&at| &self.field_tags[at].field).collect();
        seen.extend(eventtypes.iter().flat_map(|&at| &self.eventtypes[at].reads));
        for (index, _) in steps {
            match &all[*index].kind {
                StepKind::Regex { source, extraction, .. } if &**source == "_raw" => {
                    parts.extend(extraction.part_name().cloned());
                }
                StepKind::Regex { .. } | StepKind::Delims { .. } | StepKind::Auto(_) => {}
                StepKind::Alias(pairs) => seen.extend(pairs.iter().map(|pair| &pair.source)),
                StepKind::Eval { reads, .. } => seen.extend(reads),
                StepKind::Lookup(call) => seen.extend(call.reads()),
            }
        }
        parts.retain(|part| !wanted.contains(part) && !seen.contains(part));
        parts
    }

    /// The fields that extractions look into although only the automatic extraction behind them makes these.
    fn ahead(&self, steps: &[(usize, Fields)]) -> Fields {
        let all = &self.compiled.steps;
        let mut ahead = Fields::none();
        for (index, _) in steps {
            let source = match &all[*index].kind {
                StepKind::Regex { source, .. } | StepKind::Delims { source, .. } => source,
                StepKind::Auto(_) => return ahead,
                StepKind::Alias(_) | StepKind::Eval { .. } | StepKind::Lookup(_) => continue,
            };
            let before = &all[..*index];
            let made = before.iter().any(|step| step.kind.is_static() && step.kind.may_make(source));
            if !made && !is_given(source) {
                ahead.add(source.clone());
            }
        }
        Fields::none()
    }
}

/// Adds the parts of a step (or of a run of calculated fields) that are wanted, last first, and what they need.
fn backwards(run: &[Step], start: usize, need: &mut Fields, steps: &mut Vec<(usize, Fields)>) {
    let after = need.clone();
    let (mut replaced, mut reads): (Vec<&Name>, Vec<&Name>) = (Vec::new(), Vec::new());
    for (offset, step) in run.iter().enumerate().rev() {
        match &step.kind {
            StepKind::Regex { source, .. } | StepKind::Delims { source, .. } if wants(step, &after) => {
                reads.push(source);
            }
            StepKind::Auto(_) if wants(step, &after) => {}
            StepKind::Alias(pairs) if pairs.iter().any(|pair| after.contains(&pair.target)) => {
                for pair in pairs.iter().filter(|pair| after.contains(&pair.target)) {
                    reads.push(&pair.source);
                    if !pair.only_new {
                        replaced.push(&pair.target);
                    }
                }
            }
            StepKind::Eval { target, reads: inputs, .. } if after.contains(target) => {
                replaced.push(target);
                reads.extend(inputs);
            }
            StepKind::Lookup(call) if call.outputs().any(|name| after.contains(name)) => reads.extend(call.reads()),
            StepKind::Regex { .. }
            | StepKind::Delims { .. }
            | StepKind::Auto(_)
            | StepKind::Alias(_)
            | StepKind::Eval { .. }
            | StepKind::Lookup(_) => continue,
        }
        steps.push((start + offset, after.clone()));
    }
    for name in replaced {
        need.remove(name);
    }
    for name in reads {
        need.add(name.clone());
    }
}

fn wants(step: &Step, need: &Fields) -> bool {
    match need {
        Fields::All => true,
        Fields::These(names) => names.iter().any(|name| !is_given(name) && step.kind.may_make(name)),
    }
}

/// Fields that an event has before any rule runs.
fn is_given(name: &str) -> bool {
    matches!(name, "_raw" | "_time" | "eventtype" | "tag") || name.starts_with("tag::") || METADATA.contains(&name)
}

impl<R: Deref<Target = Rules>> Extraction<R> {
    /// The events with the wanted fields. Columns that the events have already (`_raw`, `_time`, metadata, fields of
    /// index time) stay; a column that is absent counts as a column of nulls.
    pub fn run(&self, raw: Batch, context: &Context) -> Batch {
        self.run_watched(raw, context, &mut |_, _| {})
    }

    /// As [`Extraction::run`]; `watch` sees what there is before the first rule, and then after each rule (or run of
    /// calculated fields) has run: the rules, and the events with all fields so far.
    pub(in crate::knowledge) fn run_watched(
        &self,
        raw: Batch,
        context: &Context,
        watch: &mut dyn FnMut(&[&Step], &Batch),
    ) -> Batch {
        let mut given: BTreeSet<Name> = raw.names().cloned().collect();
        given.extend(["_sourcetype", "source", "sourcetype"].map(Name::from));
        let mut batch = self.with_metadata(raw);
        platform::add(&mut batch, &self.platform);
        written::forget(&mut batch);
        let mut ahead = Batch::new(batch.rows());
        if self.ahead != Fields::none()
            && let Some(auto) = self.rules.compiled.steps.iter().find_map(|step| step.kind.auto())
        {
            run_auto(auto, &self.ahead, &batch, &mut ahead);
        }
        watch(&[], &batch);
        let mut parts: HashMap<&Name, Vec<Option<Span>>> = HashMap::new();
        let mut memo = Memo::default();
        let mut steps = self.steps.iter().peekable();
        while let Some((index, wanted)) = steps.next() {
            let mut ran = vec![&self.rules.compiled.steps[*index]];
            match &self.rules.compiled.steps[*index].kind {
                StepKind::Regex { extraction, .. } if self.is_part(extraction, &batch) => {
                    if let Some(name) = extraction.part_name() {
                        let known = parts.entry(name).or_insert_with(|| vec![None; batch.rows()]);
                        each_text(&batch, &ahead, &parts_of_none(), "_raw", |row, text| {
                            if known[row].is_none() {
                                let part = extraction.part(text);
                                known[row] = part.map(|part| span_of(part, text));
                            }
                        });
                    }
                }
                StepKind::Regex { source, extraction, mv_add } => {
                    let further = if *mv_add { Further::Append } else { Further::Drop };
                    let mut found = Collector::new(batch.rows(), wanted, further);
                    each_text(&batch, &ahead, &parts, source, |row, text| {
                        found.row(row);
                        extraction.run(text, &mut found);
                    });
                    found.merge(&mut batch);
                }
                StepKind::Delims { source, delims } => {
                    let further = if delims.mv_add { Further::Append } else { Further::Drop };
                    let mut found = Collector::new(batch.rows(), wanted, further);
                    each_text(&batch, &ahead, &parts, source, |row, text| {
                        found.row(row);
                        run_delims(delims, text, &mut found);
                    });
                    found.merge(&mut batch);
                }
                StepKind::Auto(auto) => {
                    let mut made = Batch::new(batch.rows());
                    run_auto(*auto, wanted, &batch, &mut made);
                    keep_first(&mut batch, &made);
                }
                StepKind::Alias(pairs) => alias::run(pairs, |name| wanted.contains(name), &mut batch),
                StepKind::Eval { target, expr, reads } => {
                    memo.forget();
                    let mut made = vec![(target, memo.evaluate(expr, reads, &batch, context))];
                    while let Some((index, _)) = steps.peek()
                        && let StepKind::Eval { target, expr, reads } = &self.rules.compiled.steps[*index].kind
                    {
                        made.push((target, memo.evaluate(expr, reads, &batch, context)));
                        ran.push(&self.rules.compiled.steps[*index]);
                        steps.next();
                    }
                    for (target, column) in made {
                        batch.set(target.clone(), column);
                    }
                }
                StepKind::Lookup(call) => call.run(|name| wanted.contains(name), &mut batch),
            }
            watch(&ran, &batch);
        }
        self.tag(&mut batch, context);
        batch.retain_columns(|name| self.wanted.contains(name) || given.contains(name));
        batch
    }

    /// Whether an extraction gives nothing but such a part: then `_raw` is one text per event.
    fn is_part(&self, extraction: &RegexExtraction, batch: &Batch) -> bool {
        let is = extraction.part_name().is_some_and(|name| self.parts.contains(name) && batch.column(name).is_none());
        is && batch.column("_raw").is_some()
    }

    /// Adds the metadata that all events share, and the name by which the sourcetype goes.
    fn with_metadata(&self, mut batch: Batch) -> Batch {
        let rows = batch.rows();
        let origin = &self.rules.origin;
        if batch.column("source").is_none() {
            batch.set("source", Column::repeat(Value::Text(origin.source.clone()), rows));
        }
        let sourcetype = Value::Text(origin.sourcetype.clone());
        match batch.column("sourcetype") {
            Some(_) if !self.rules.renamed => {}
            Some(column) => {
                let original = column.clone();
                batch.set("_sourcetype", original);
                batch.set("sourcetype", Column::repeat(sourcetype, rows));
            }
            None => batch.set("sourcetype", Column::repeat(sourcetype, rows)),
        }
        batch
    }

    /// Sets `eventtype`, `tag` and `tag::field`.
    fn tag(&self, batch: &mut Batch, context: &Context) {
        if self.eventtypes.is_empty() && self.tagged.is_empty() {
            return;
        }
        let rules = &*self.rules;
        let hits: Vec<Vec<bool>> = self
            .eventtypes
            .iter()
            .map(|&index| language::select(&rules.eventtypes[index].predicate, batch, context))
            .collect();
        let tagged: Vec<(usize, Column)> = self
            .tagged
            .iter()
            .filter_map(|&at| Some((at, batch.column(&rules.field_tags[at].field)?.clone())))
            .collect();
        let mut known: HashMap<Vec<(usize, usize)>, Labels> = HashMap::new();
        let mut labels = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            // What an event is labelled by: eventtypes, and tagged values of fields.
            let mut key: Vec<(usize, usize)> =
                hits.iter().enumerate().filter(|(_, hit)| hit[row]).map(|(at, _)| (usize::MAX, at)).collect();
            for (at, column) in &tagged {
                for value in column.values()[row].values() {
                    let text = value.to_text().to_lowercase();
                    let values = rules.field_tags[*at].values.iter().enumerate();
                    key.extend(values.filter(|(_, (tagged, _))| *tagged == text).map(|(index, _)| (*at, index)));
                }
            }
            if !known.contains_key(&key) {
                known.insert(key.clone(), self.labels(&key));
            }
            labels.push(known[&key].clone());
        }
        let mut set = |name: &str, value: &dyn Fn(&Labels) -> Value| {
            if self.wanted.contains(name) {
                batch.set(name, Column::new(labels.iter().map(value).collect()));
            }
        };
        set("eventtype", &|label| label.eventtypes.clone());
        set("tag", &|label| label.tags.clone());
        set("tag::eventtype", &|label| label.of_field("eventtype"));
        for (at, _) in &tagged {
            let field = &rules.field_tags[*at].field;
            set(&format!("tag::{field}"), &|label| label.of_field(field));
        }
    }

    fn labels(&self, key: &[(usize, usize)]) -> Labels {
        let mut names = Vec::new();
        let mut by_field: HashMap<Name, BTreeSet<Name>> = HashMap::new();
        for &(field, index) in key {
            let (field, tags): (Name, &Arc<[Name]>) = if field == usize::MAX {
                let eventtype = &self.rules.eventtypes[self.eventtypes[index]];
                names.push(Value::Text(eventtype.name.clone()));
                ("eventtype".into(), &eventtype.tags)
            } else {
                let field = &self.rules.field_tags[field];
                (field.field.clone(), &field.values[index].1)
            };
            by_field.entry(field).or_default().extend(tags.iter().cloned());
        }
        let all: BTreeSet<&Name> = by_field.values().flatten().collect();
        let tags = Value::list(all.into_iter().cloned().map(Value::Text));
        let list = |tags: BTreeSet<Name>| Value::list(tags.into_iter().map(Value::Text));
        let by_field = by_field.into_iter().map(|(field, tags)| (field, list(tags))).collect();
        Labels { eventtypes: Value::list(names), tags, by_field: Arc::new(by_field) }
    }
}

/// The eventtypes and tags of an event.
#[derive(Clone, Debug)]
struct Labels {
    eventtypes: Value,
    tags: Value,
    by_field: Arc<HashMap<Name, Value>>,
}

impl Labels {
    fn of_field(&self, field: &str) -> Value {
        self.by_field.get(field).cloned().unwrap_or_default()
    }
}

/// The parts of `_raw` by field and row.
type Parts<'n> = HashMap<&'n Name, Vec<Option<Span>>>;

fn parts_of_none() -> Parts<'static> {
    HashMap::new()
}

/// Where a part stands in the text that it is a part of.
fn span_of(part: &str, text: &str) -> Span {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    Span::new(start, start + part.len())
}

/// Calls `then` with every value of a field; of one that only automatic extraction makes, if there is no other.
fn each_text(batch: &Batch, ahead: &Batch, parts: &Parts<'_>, source: &str, mut then: impl FnMut(usize, &str)) {
    if let Some((_, spans)) = parts.iter().find(|(name, _)| ****name == *source)
        && let Some(raw) = batch.column("_raw").cloned()
    {
        for (row, (span, raw)) in spans.iter().zip(raw.values()).enumerate() {
            if let (Some(span), Value::Text(raw)) = (span, raw)
                && let Some(part) = raw.get(span.range())
            {
                then(row, part);
            }
        }
        return;
    }
    let Some(column) = batch.column(source).or_else(|| ahead.column(source)).cloned() else { return };
    for (row, value) in column.values().iter().enumerate() {
        for value in value.values() {
            match value {
                Value::Text(text) => then(row, text),
                other => then(row, &other.to_text()),
            }
        }
    }
}

fn run_delims(rule: &Delims, text: &str, found: &mut Collector<'_>) {
    let mut add = |name: &str, value: &str| {
        if value.is_empty() && !rule.keep_empty {
            return;
        }
        if rule.clean_keys {
            let name = clean(name);
            if !name.is_empty() {
                found.add(&name, value);
            }
        } else {
            found.add(name, value);
        }
    };
    match &rule.inner {
        _ if !rule.fields.is_empty() => delims::columns(text, &rule.outer, |index, value| {
            if let Some(name) = rule.fields.get(index) {
                found.add(name, value);
            }
        }),
        Some(inner) => delims::pairs(text, &rule.outer, inner, add),
        None => delims::alternating(text, &rule.outer, &mut add),
    }
}

fn run_auto(auto: Auto, wanted: &Fields, batch: &Batch, made: &mut Batch) {
    let mut tree = Collector::new(batch.rows(), wanted, Further::Append);
    let mut pairs = Collector::new(batch.rows(), wanted, Further::Drop);
    each_text(batch, batch, &parts_of_none(), "_raw", |row, text| {
        tree.row(row);
        pairs.row(row);
        match auto {
            Auto::Json => {
                json::walk(text, &mut Leaves { found: &mut tree, indexed: false });
            }
            Auto::IndexedJson => {
                json::walk(text, &mut Leaves { found: &mut tree, indexed: true });
            }
            Auto::Xml => xml::walk(text, |name, value| tree.add(name, value)),
            Auto::Table => table::walk(text, |name, value| tree.add(&clean(name), value)),
            Auto::Pairs { escapes, json, trim } => {
                if json && json::is_object(text) {
                    json::walk(text, &mut Leaves { found: &mut tree, indexed: false });
                }
                kv::pairs(text, escapes, |name, value| {
                    let name = clean(name);
                    let value = if trim { value.trim() } else { value };
                    if !name.is_empty() && !value.is_empty() {
                        pairs.add(&name, value);
                    }
                });
            }
        }
    });
    tree.merge(made);
    pairs.merge(made);
}

struct Leaves<'c, 'w> {
    found: &'c mut Collector<'w>,
    indexed: bool,
}

impl Leaves<'_, '_> {
    fn renames(&self, name: &str) -> bool {
        self.indexed && METADATA.contains(&name)
    }
}

impl json::Visitor for Leaves<'_, '_> {
    fn enters(&mut self, name: &str) -> bool {
        self.renames(name) || self.found.wants_below(name)
    }

    fn leaf(&mut self, name: &str, value: &str) {
        if self.renames(name) {
            self.found.add(&format!("extracted_{name}"), value);
        } else if !METADATA.contains(&name) {
            self.found.add(name, value);
        }
    }
}

/// Adds what was found where there is no value yet.
fn keep_first(batch: &mut Batch, made: &Batch) {
    for (name, column) in made.columns() {
        match batch.column_mut(name) {
            None => batch.set(name.clone(), column.clone()),
            Some(old) => {
                for (old, new) in old.values_mut().iter_mut().zip(column.values()) {
                    if old.is_null() {
                        *old = new.clone();
                    }
                }
            }
        }
    }
}
