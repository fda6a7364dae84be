#![allow(clippy::unwrap_used)]
use super::*;

fn print(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::List(values) => format!("[{}]", values.iter().map(print).collect::<Vec<_>>().join(", ")),
        single => single.to_text().into_owned(),
    }
}

fn run(name: &str, values: &[Value]) -> String {
    let (function, number) = resolve(name).unwrap_or_else(|| panic!("{name}"));
    let mut sum = function.accumulator(number);
    for (at, value) in values.iter().enumerate() {
        sum.add(value, Some(at as f64 + 1.0));
    }
    print(&sum.finish())
}

#[test]
fn examples_give_what_they_say() {
    for function in ALL.iter().filter(|function| function.unsupported.is_none()) {
        let name = if function.takes_number { format!("{}50", function.name) } else { function.name.to_owned() };
        let values: Vec<Value> = function.example.0.iter().map(|&text| text.into()).collect();
        assert_eq!(run(&name, &values), function.example.1, "{name}");
    }
}

#[test]
fn the_registry_is_well_formed() {
    assert!(ALL.iter().map(|function| function.name).is_sorted());
    let mut seen = std::collections::HashSet::new();
    for function in ALL {
        assert!(!function.summary.ends_with('.'), "{}", function.name);
        for name in std::iter::once(&function.name).chain(function.aliases) {
            assert!(seen.insert(name), "{name} is listed twice");
        }
    }
}

#[test]
fn names() {
    let rows = [
        ("COUNT", Some(("count", None))),
        ("c", Some(("count", None))),
        ("distinct_count", Some(("dc", None))),
        ("mean", Some(("avg", None))),
        ("perc95", Some(("perc", Some(95.0)))),
        ("p99.9", Some(("perc", Some(99.9)))),
        ("exactperc5", Some(("exactperc", Some(5.0)))),
        ("upperperc90", Some(("upperperc", Some(90.0)))),
        ("perc", None),
        ("perc101", None),
        ("sum5", None),
        ("counts", None),
    ];
    for (name, wanted) in rows {
        assert_eq!(resolve(name).map(|(function, number)| (function.name, number)), wanted, "{name}");
    }
}

#[test]
fn rules_of_the_reference() {
    let list = Value::list(["y".into(), "x".into(), "y".into()]);
    let rows = [
        ("count", vec![], "0"),
        ("dc", vec![], "0"),
        ("values", vec![], "null"),
        ("sum", vec!["x".into()], "null"),
        ("count", vec![list.clone(), "z".into()], "4"),
        ("values", vec![list.clone(), "x".into()], "[x, y]"),
        ("values", vec!["x".into(), "x".into()], "x"),
        ("dc", vec![list.clone(), "X".into()], "3"),
        ("first", vec![list.clone()], "[y, x, y]"),
        ("min", vec!["10".into(), "9".into()], "9"),
        ("max", vec!["10".into(), "9".into()], "10"),
        ("stdev", vec!["5".into()], "0"),
        ("list", (0..150).map(|at| Value::Number(f64::from(at % 2))).collect(), "100 of them"),
        ("values", vec![1.0.into(), "1".into()], "1"),
    ];
    for (name, values, wanted) in rows {
        if wanted == "100 of them" {
            assert_eq!(run(name, &values).split(", ").count(), 100);
        } else {
            assert_eq!(run(name, &values), wanted, "{name}");
        }
    }
    let latest = resolve("latest").unwrap().0;
    let mut sum = latest.accumulator(None);
    sum.add(&"b".into(), Some(9.0));
    sum.add(&"a".into(), Some(3.0));
    sum.add(&"c".into(), None);
    assert_eq!(sum.finish(), "b".into());
}
