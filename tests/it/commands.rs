//! The examples of every command, run; what comes out is what the field flow has foreseen.

use escudo::engine::{
    self, Counts, DatasetRequest, EventsRequest, Lookup, MemorySource, RunOptions, Sink, Source, Unavailable,
};
use escudo::ir::{self, Catalog, FieldInfo, Op, Plan, Step};
use escudo::source::{Span, Spanned};
use escudo::value::{Batch, Column, Name, Value};
use escudo::{commands, spl};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::sync::Arc;

/// Rows of a JSON array of objects. All values are text, but for `_time`.
fn rows(text: &str) -> Batch {
    let rows: Vec<serde_json::Map<String, Json>> = serde_json::from_str(text).expect("an array of objects");
    let mut batch = Batch::new(0);
    for row in rows {
        let mut one = Batch::new(1);
        for (name, value) in row {
            let value = match value {
                Json::Array(items) => Value::list(items.iter().filter_map(Json::as_str).map(Value::from)),
                Json::String(text) if name == "_time" => Value::Number(text.parse().expect("a time")),
                Json::String(text) => Value::text(text),
                other => panic!("examples hold texts and lists of texts, not {other}"),
            };
            one.set(Name::from(name), Column::new(vec![value]));
        }
        batch.append(&one);
    }
    batch
}

/// The rows with all values as text and without nulls; fields in order of their names.
fn shown(batch: &Batch) -> Vec<String> {
    let row = |row: usize| {
        let mut fields: Vec<String> = batch
            .columns()
            .filter(|(_, column)| !column.values()[row].is_null())
            .map(|(name, column)| {
                let values: Vec<_> = column.values()[row].values().iter().map(Value::to_text).collect();
                format!("{name}={}", values.join("|"))
            })
            .collect();
        fields.sort();
        fields.join(", ")
    };
    (0..batch.rows()).map(row).collect()
}

/// Rows in memory; searches made at run time have no macros.
struct Rows(MemorySource);

impl Source for Rows {
    fn events(&self, request: &EventsRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        self.0.events(request, sink)
    }

    fn dataset(&self, request: &DatasetRequest<'_>, sink: &mut Sink<'_>) -> Result<Counts, Unavailable> {
        self.0.dataset(request, sink)
    }

    fn lookup(&self, name: &str) -> Option<Arc<Lookup>> {
        self.0.lookup(name)
    }

    fn catalog(&self) -> &dyn Catalog {
        self
    }

    fn compile(&self, search: &str) -> Result<Plan, Unavailable> {
        Ok(commands::lower(&spl::parse(search).search).plan)
    }
}

impl Catalog for Rows {
    fn dataset_fields(&self, _: &str, _: Option<&str>, _: bool) -> Option<Vec<(Name, FieldInfo)>> {
        None
    }

    fn lookup_columns(&self, lookup: &str) -> Option<Vec<Name>> {
        self.lookup(lookup).map(|lookup| lookup.rows.names().cloned().collect())
    }
}

#[test]
fn examples_do_what_they_say() {
    let mut wrong = String::new();
    for command in commands::ALL {
        for example in command.examples() {
            let parsed = spl::parse(example.search);
            assert_eq!(parsed.problems, [], "{}", example.search);
            let given = !example.before.is_empty();
            let lowered = if given { commands::lower_body(&parsed.search) } else { commands::lower(&parsed.search) };
            assert_eq!(lowered.problems, [], "{}", example.search);
            if example.after.is_empty() {
                continue;
            }
            let mut plan: Plan = lowered.plan;
            let mut source = Rows(MemorySource::default());
            if given {
                source.0.lookups.insert("before".to_owned(), Arc::new(Lookup::new("before", rows(example.before))));
                let lookup = Spanned::new("before".into(), Span::default());
                let filter = escudo::expr::Predicate::TRUE;
                let op = Op::Table { lookup, filter, start: 0, max: None, append: false };
                plan.steps.insert(0, Step { op, command: "inputlookup", span: Span::default() });
            }
            match engine::run(&plan, &source, &RunOptions::at(1_741_774_645.0)) {
                Err(failure) => {
                    let _ = writeln!(wrong, "{}: {failure:?}", example.search);
                }
                Ok(outcome) => {
                    let flow = ir::flow(&plan, &source);
                    for (name, column) in outcome.rows.columns() {
                        let filled = column.values().iter().any(|value| !value.is_null());
                        if filled && !flow.output().can_have(name) {
                            let _ = writeln!(wrong, "{}: the field flow does not foresee `{name}`", example.search);
                        }
                    }
                    let (found, wanted) = (shown(&outcome.rows), shown(&rows(example.after)));
                    if found != wanted {
                        let _ = writeln!(wrong, "{}\n  wanted {wanted:?}\n  found  {found:?}", example.search);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Rows with every single value twice.
fn doubled(rows: &Batch) -> Batch {
    let mut result = Batch::new(rows.rows());
    for (name, column) in rows.columns() {
        let twice = |value: &Value| match value {
            Value::Text(_) => Value::list([value.clone(), value.clone()]),
            other => other.clone(),
        };
        result.set(name.clone(), Column::new(column.values().iter().map(twice).collect()));
    }
    result
}

/// What no example shows: no rows at all, rows without the fields, and multivalues. Nothing fails but what says that it
/// does, and no field comes out that the flow has not foreseen.
#[test]
fn commands_take_whatever_rows_come() {
    let mut wrong = String::new();
    for command in commands::ALL {
        for example in command.examples().iter().filter(|example| !example.before.is_empty()) {
            let before = rows(example.before);
            let mut other = Batch::new(2);
            other.set("zz", Column::new(vec!["1".into(), Value::Null]));
            for (what, given) in
                [("no rows", before.take(&[])), ("other fields", other), ("multivalues", doubled(&before))]
            {
                let count = given.rows();
                let mut plan: Plan = commands::lower_body(&spl::parse(example.search).search).plan;
                let mut source = Rows(MemorySource::default());
                source.0.lookups.insert("before".to_owned(), Arc::new(Lookup::new("before", given)));
                let lookup = Spanned::new("before".into(), Span::default());
                let filter = escudo::expr::Predicate::TRUE;
                let op = Op::Table { lookup, filter, start: 0, max: None, append: false };
                plan.steps.insert(0, Step { op, command: "inputlookup", span: Span::default() });
                match engine::run(&plan, &source, &RunOptions::at(1_741_774_645.0)) {
                    // A search that wants rows; a lookup that the example does not have.
                    Err(_) if command.name() == "require" && count == 0 => {}
                    Err(failure) if failure.message.contains("there is no lookup") => {}
                    // A token stays without a value.
                    Err(_) if command.name() == "map" && what == "other fields" => {}
                    Err(failure) => {
                        let _ = writeln!(wrong, "{} over {what}: {failure}", example.search);
                    }
                    Ok(outcome) => {
                        let flow = ir::flow(&plan, &source);
                        for (name, column) in outcome.rows.columns() {
                            let filled = column.values().iter().any(|value| !value.is_null());
                            if filled && !flow.output().can_have(name) {
                                let _ = writeln!(wrong, "{} over {what}: `{name}` is not foreseen", example.search);
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(wrong, "");
}
