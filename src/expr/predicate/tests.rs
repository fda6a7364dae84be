#![allow(clippy::unwrap_used)]
use super::*;
use crate::expr::Lowering;
use crate::value::Column;

fn context() -> Context {
    Context { seed: 1, ..Context::at(1_741_774_645.0) }
}

fn kept(text: &str, batch: &Batch) -> String {
    let (term, problems) = crate::spl::parse_condition(text);
    assert!(problems.is_empty(), "{text}: {problems:?}");
    let mut lowering = Lowering::new();
    let predicate = lowering.predicate(&term.unwrap());
    assert!(lowering.problems.is_empty(), "{text}: {:?}", lowering.problems);
    select(&predicate, batch, &context()).into_iter().map(|kept| if kept { '1' } else { '0' }).collect()
}

#[test]
fn two_valued_logic() {
    let mut batch = Batch::new(3);
    batch.set("u", Column::new(vec!["bob".into(), "ann".into(), Value::Null]));
    let rows = [
        ("u=bob", "100"),
        ("u!=bob", "010"),
        ("NOT u=bob", "011"),
        ("u=*", "110"),
        ("NOT u=*", "001"),
        ("u!=*", "000"),
        ("u IN (bob, a*)", "110"),
        ("NOT u IN (bob)", "011"),
        ("*", "111"),
        ("u=BOB", "100"),
        ("U=bob", "000"),
        ("u=bob OR u=ann", "110"),
        ("u=bob u=ann", "000"),
        ("u=bob OR u=ann NOT u=a*", "100"),
        ("NOT u=bob NOT u=ann", "001"),
        ("x=\"\"", "000"),
        ("word", "000"),
        ("NOT word", "111"),
    ];
    for (text, wanted) in rows {
        assert_eq!(kept(text, &batch), wanted, "{text}");
    }
}

#[test]
fn values_of_all_kinds() {
    let mut batch = Batch::new(4);
    let list = Value::list(["10.1.2.3".into(), "x".into()]);
    batch.set("ip", Column::new(vec!["10.9.9.9".into(), list, "192.0.2.1".into(), "".into()]));
    batch.set("n", Column::new(vec!["9".into(), 10.0.into(), "x".into(), Value::Null]));
    batch.set("_time", Column::new([0.0, 1_741_774_000.0, 1_741_774_645.0, 5.0].map(Value::Number).to_vec()));
    batch.set("_raw", Column::new(vec!["GET /a.php?id=7".into(), "get".into(), "widget".into(), Value::Null]));
    let rows = [
        ("ip=10.0.0.0/8", "1100"),
        ("ip!=10.0.0.0/8", "0111"),
        ("NOT ip IN (10.0.0.0/8, \"192.0.0.0/8\")", "0001"),
        ("ip=\"\"", "0001"),
        ("n>9", "0110"),
        ("n>=9 n<100", "1100"),
        ("n=10", "0100"),
        ("n=1*", "0100"),
        ("get", "1100"),
        ("\"a.php\"", "1000"),
        ("*get", "1110"),
        ("CASE(GET)", "1000"),
        ("TERM(id=7)", "1000"),
        ("earliest=-1h", "0110"),
        ("earliest=-1h latest=now", "0100"),
        ("_time>=1741774000", "0110"),
        ("n IN (1,2,3,4,5,6,7,8,9,\"x*\")", "1010"),
        ("[search a=1]", "0000"),
    ];
    for (text, wanted) in rows {
        assert_eq!(kept(text, &batch), wanted, "{text}");
    }
}

#[test]
fn remembers_without_mixing_up() {
    let values: Vec<Value> = (0..2000).map(|row| Value::text(format!("v{}", row % 700))).collect();
    let mut batch = Batch::new(values.len());
    batch.set("x", Column::new(values));
    let kept = kept("x=*7*", &batch);
    for (row, kept) in kept.chars().enumerate() {
        assert_eq!(kept == '1', (row % 700).to_string().contains('7'), "{row}");
    }
}
