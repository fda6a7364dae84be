//! What the built-in pack makes of one raw event, for the tests of the pack.

use escudo::expr::Context;
use escudo::ir::Fields;
use escudo::knowledge::{Knowledge, Naming};
use escudo::value::{Batch, Column, Value};

fn context() -> Context {
    Context::at(0.0)
}

fn raw(text: &str) -> Batch {
    let mut batch = Batch::new(1);
    for (name, value) in [("_raw", text), ("host", "collector")] {
        batch.set(name, Column::new(vec![Value::from(value)]));
    }
    batch
}

fn shown(batch: &Batch, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{name}={}", batch.value(0, name).to_text().replace('\n', "|"))).collect()
}

/// Fields of an event as `name=value`; a field without a value shows nothing behind the sign, several have `|` between.
pub(crate) fn fields(source: &str, sourcetype: &str, text: &str, names: &[&str]) -> Vec<String> {
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules(source, sourcetype, "collector");
    let batch = knowledge.extract(&rules, raw(text), &Fields::these(names.iter().copied()), &context());
    shown(&batch, names)
}

/// The row of an event (by its source and sourcetype) in a root dataset, in the same form; none if the event is not in it.
pub(crate) fn row_of(
    model: &str,
    dataset: &str,
    origin: (&str, &str),
    text: &str,
    names: &[&str],
) -> Option<Vec<String>> {
    row_by(Knowledge::builtin(), model, dataset, origin, text, names)
}

/// The same with other knowledge than the built-in pack alone.
pub(crate) fn row_by(
    knowledge: &Knowledge,
    model: &str,
    dataset: &str,
    origin: (&str, &str),
    text: &str,
    names: &[&str],
) -> Option<Vec<String>> {
    let rules = knowledge.rules(origin.0, origin.1, "collector");
    let dataset = knowledge.model(model).expect("the model exists").dataset(dataset).expect("the dataset exists");
    let wanted = Fields::these(names.iter().copied());
    let rows = knowledge
        .dataset_rows(&rules, dataset, &raw(text), &wanted, Naming::Plain, &context())
        .expect("the dataset can be evaluated");
    (!rows.is_empty()).then(|| shown(&rows, names))
}
