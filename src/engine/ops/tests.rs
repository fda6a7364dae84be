//! Operations on hand-made plans. What needs a search text is tested in `engine::cases`.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::engine::testing::{print, rows};
use crate::engine::{Limits, Lookup, MemorySource, Outcome, RunOptions, run};
use crate::expr::{FieldRef, Predicate};
use crate::ir::Step;
use crate::ir::op::{Distinct, Join, LookupCall, ProjectMode, Selector, SortKey, SortKind};
use crate::source::{Span, Spanned};
use crate::value::{Name, Value};
use std::sync::Arc;

fn named(name: &str) -> Spanned<Name> {
    Spanned::new(name.into(), Span::default())
}

fn selector(name: &str) -> Selector {
    Selector { name: name.into(), span: Span::default() }
}

fn field(name: &str) -> FieldRef {
    FieldRef::new(name, Span::default())
}

fn everything() -> Predicate {
    Predicate::And(Vec::new())
}

fn plan(source: Op, ops: Vec<Op>) -> Plan {
    let step = |op| Step { op, command: "test", span: Span::default() };
    Plan { steps: std::iter::once(source).chain(ops).map(step).collect(), subsearches: Vec::new() }
}

fn table(name: &str) -> Op {
    Op::Table { lookup: named(name), filter: everything(), start: 0, max: None, append: false }
}

fn append_table(name: &str) -> Op {
    Op::Table { lookup: named(name), filter: everything(), start: 0, max: None, append: true }
}

fn outcome(tables: &[(&str, &str)], ops: Vec<Op>, limits: Limits) -> Result<Outcome, Failure> {
    let lookup = |&(name, text): &(&str, &str)| (name.to_owned(), Arc::new(Lookup::new(name, rows(text))));
    let source = MemorySource { lookups: tables.iter().map(lookup).collect(), ..MemorySource::default() };
    let options = RunOptions { limits, ..RunOptions::at(70.0) };
    run(&plan(table(tables[0].0), ops), &source, &options)
}

/// Runs operations over rows and prints the result.
fn over(input: &str, ops: Vec<Op>) -> String {
    print(&outcome(&[("t", input)], ops, Limits::default()).unwrap().rows)
}

fn key(name: &str, descending: bool) -> SortKey {
    SortKey { field: field(name), descending, kind: SortKind::Auto }
}

fn lines(text: &[&str]) -> String {
    text.iter().flat_map(|line| [*line, "\n"]).collect()
}

#[test]
fn rename_moves_columns() {
    let rename = |from: &str, to: &str| vec![Op::Rename(vec![(selector(from), selector(to))])];
    let cases: [(&str, &str, &str, &[&str]); 6] = [
        ("A.x=1, A.y=2, z=3", "A.*", "*", &["x=1, y=2, z=3"]),
        ("b=2", "a", "b", &["-"]),
        ("a=1, b=2", "a", "b", &["b=1"]),
        ("values(A.x)=1, A.y=2", "A.*", "*", &["values(A.x)=1, y=2"]),
        ("aXb=1\na=2", "a*b", "c*d", &["cXd=1", "a=2"]),
        ("A.x=1, x=2\nx=3", "A.*", "*", &["x=1", "-"]),
    ];
    for (input, from, to, wanted) in cases {
        assert_eq!(over(input, rename(from, to)), lines(wanted), "{from} as {to}");
    }
}

#[test]
fn project_keeps_removes_and_orders() {
    let project =
        |mode, names: &[&str]| vec![Op::Project { mode, fields: names.iter().map(|name| selector(name)).collect() }];
    let input = "a=1, b=2, _time=5";
    assert_eq!(over(input, project(ProjectMode::Keep, &["b"])), "b=2, _time=5\n");
    assert_eq!(over(input, project(ProjectMode::Remove, &["_*", "a"])), "b=2\n");
    assert_eq!(over(input, project(ProjectMode::Table, &["b", "c"])), "b=2\n");
    assert_eq!(over("b=1, a=2, c=3, _time=5", project(ProjectMode::Table, &["c", "*"])), "c=3, a=2, b=1\n");
    assert_eq!(over(input, project(ProjectMode::Table, &["zz"])), "-\n");
}

#[test]
fn fill_writes_over_nulls_only() {
    let fill = |value: &str, names: &[&str]| {
        vec![Op::Fill { value: value.into(), fields: names.iter().map(|name| selector(name)).collect() }]
    };
    assert_eq!(over("a=1\nb=2", fill("0", &[])), lines(&["a=1, b=0", "a=0, b=2"]));
    assert_eq!(over("a=1\nb=2", fill("x", &["c"])), lines(&["a=1, c=x", "b=2, c=x"]));
    assert_eq!(over("a=1\nb=2", fill("x", &["a*"])), lines(&["a=1", "a=x, b=2"]));
}

#[test]
fn sort_puts_missing_values_last() {
    let sort = |keys: Vec<SortKey>, limit| vec![Op::Sort { keys, limit }];
    let input = "n=10\nn=x\nm=1\nn=9";
    assert_eq!(over(input, sort(vec![key("n", false)], 0)), lines(&["n=9", "n=10", "n=x", "m=1"]));
    assert_eq!(over(input, sort(vec![key("n", true)], 0)), lines(&["n=x", "n=10", "n=9", "m=1"]));
    assert_eq!(over(input, sort(vec![key("n", false)], 2)), lines(&["n=9", "n=10"]));
    let addresses = "n=10.0.0.10\nn=10.0.0.9";
    assert_eq!(over(addresses, sort(vec![key("n", false)], 0)), lines(&["n=10.0.0.9", "n=10.0.0.10"]));
    let ties = "a=1, b=z\na=1, b=y\na=0, b=x";
    assert_eq!(over(ties, sort(vec![key("a", false)], 0)), lines(&["a=0, b=x", "a=1, b=z", "a=1, b=y"]));
}

#[test]
fn limits_take_from_either_end() {
    let input = "n=1\nn=2\nn=3";
    assert_eq!(over(input, vec![Op::Limit { count: 2, last: false }]), lines(&["n=1", "n=2"]));
    assert_eq!(over(input, vec![Op::Limit { count: 2, last: true }]), lines(&["n=3", "n=2"]));
    assert_eq!(over(input, vec![Op::Reverse]), lines(&["n=3", "n=2", "n=1"]));
    assert_eq!(over(input, vec![Op::Limit { count: 0, last: true }]), "");
}

#[test]
fn distinct_keeps_the_first() {
    let base =
        Distinct { fields: vec![field("a")], count: 1, keep_empty: false, keep_events: false, consecutive: false };
    let over = |input, distinct: Distinct| over(input, vec![Op::Distinct(distinct)]);
    let input = "a=1, b=x\na=1, b=y\nb=z";
    assert_eq!(over(input, base.clone()), "a=1, b=x\n");
    assert_eq!(over(input, Distinct { keep_empty: true, ..base.clone() }), lines(&["a=1, b=x", "b=z"]));
    assert_eq!(over(input, Distinct { keep_events: true, ..base.clone() }), lines(&["a=1, b=x", "b=y", "b=z"]));
    assert_eq!(over(input, Distinct { count: 2, ..base.clone() }), lines(&["a=1, b=x", "a=1, b=y"]));
    let runs = "a=1\na=2\na=2\na=1";
    assert_eq!(over(runs, Distinct { consecutive: true, ..base.clone() }), lines(&["a=1", "a=2", "a=1"]));
    assert_eq!(over("a=[x; y]\na=x\na=[x; y]", base), lines(&["a=[x; y]", "a=x"]));
}

#[test]
fn expand_makes_a_row_per_value() {
    let expand = |limit| vec![Op::Expand { field: field("v"), limit }];
    assert_eq!(over("a=1, v=[x; y]\na=2", expand(0)), lines(&["a=1, v=x", "a=1, v=y", "a=2"]));
    assert_eq!(over("v=[x; y]", expand(1)), "v=x\n");
}

#[test]
fn join_takes_the_first_match_and_overwrites() {
    let join = |outer, max| {
        let right = plan(table("r"), Vec::new());
        Op::Join(Join { fields: vec![field("k")], outer, max, overwrite: true, plan: Box::new(right) })
    };
    let tables = [("l", "k=1, a=L, v=old\nk=2"), ("r", "k=1, v=new, b=R\nk=1, b=R2\nb=none")];
    let joined = |op| print(&outcome(&tables, vec![op], Limits::default()).unwrap().rows);
    assert_eq!(joined(join(false, 1)), "k=1, a=L, v=new, b=R\n");
    assert_eq!(joined(join(true, 1)), lines(&["k=1, a=L, v=new, b=R", "k=2"]));
    assert_eq!(joined(join(false, 0)), lines(&["k=1, a=L, v=new, b=R", "k=1, a=L, v=old, b=R2"]));
}

#[test]
fn appended_rows_come_last() {
    let tables = [("l", "a=1\na=2"), ("r", "b=3")];
    let added = |op| print(&outcome(&tables, vec![op], Limits::default()).unwrap().rows);
    assert_eq!(added(append_table("r")), lines(&["a=1", "a=2", "b=3"]));
    assert_eq!(added(Op::Append(Box::new(plan(table("r"), Vec::new())))), lines(&["a=1", "a=2", "b=3"]));
    let pipe = plan(Op::Limit { count: 1, last: false }, Vec::new());
    assert_eq!(added(Op::AppendPipe(Box::new(pipe))), lines(&["a=1", "a=2", "a=1"]));
}

#[test]
fn a_written_table_is_seen_later_in_the_run() {
    let write = |append, empty_replaces| Op::Output { lookup: named("s"), append, empty_replaces };
    let tables = [("t", "a=[x; y], _time=3"), ("s", "a=old, b=1")];
    let run_with = |ops| print(&outcome(&tables, ops, Limits::default()).unwrap().rows);
    let first = "a=[x; y], _time=3";
    assert_eq!(run_with(vec![write(false, true), append_table("s")]), lines(&[first, "a=x y"]));
    assert_eq!(run_with(vec![write(true, true), append_table("s")]), lines(&[first, "a=old, b=1", "a=x y"]));
    let none = Op::Limit { count: 0, last: false };
    assert_eq!(run_with(vec![none.clone(), write(false, true), append_table("s")]), "");
    assert_eq!(run_with(vec![none, write(false, false), append_table("s")]), "a=old, b=1\n");
}

fn lookup_call(keep_existing: bool, outputs: Option<&[(&str, &str)]>) -> Op {
    let outputs = outputs.map(|list| list.iter().map(|&(column, field)| (selector(column), field.into())).collect());
    Op::Lookup(LookupCall {
        lookup: named("t"),
        inputs: vec![(selector("p"), field("f"))],
        outputs,
        keep_existing,
        time: field("_time"),
    })
}

fn with_lookup(lookup: Lookup, input: &str, op: Op) -> String {
    let mut source = MemorySource::default();
    source.lookups.insert("t".to_owned(), Arc::new(lookup));
    source.lookups.insert("in".to_owned(), Arc::new(Lookup::new("in", rows(input))));
    print(&run(&plan(table("in"), vec![op]), &source, &RunOptions::at(0.0)).unwrap().rows)
}

#[test]
fn lookup_enriches_rows() {
    let exact = Lookup::new("t", rows("p=a, n=1\np=b, n=2\np=a, n=3\np=e"));
    let all = || lookup_call(false, None);
    assert_eq!(with_lookup(exact.clone(), "f=a\nf=A\nx=1", all()), lines(&["f=a, n=[1; 3]", "f=A", "x=1"]));
    assert_eq!(with_lookup(exact.clone(), "f=[b; a]", all()), "f=[b; a], n=[2; 1; 3]\n");
    assert_eq!(with_lookup(exact.clone(), "f=e, n=old", all()), "f=e, n=old\n");
    let renamed = |keep| lookup_call(keep, Some(&[("n", "m")]));
    assert_eq!(with_lookup(exact.clone(), "f=b, m=old", renamed(false)), "f=b, m=2\n");
    assert_eq!(with_lookup(exact.clone(), "f=b, m=old", renamed(true)), "f=b, m=old\n");
    let once = Lookup { max_matches: 1, min_matches: 1, default_match: Some("false".into()), ..exact };
    assert_eq!(with_lookup(once, "f=a\nf=q\nx=1", all()), lines(&["f=a, n=1", "f=q, n=false", "x=1, n=false"]));
}

#[test]
fn lookup_by_time_takes_the_latest_row_that_holds() {
    let lookup = Lookup {
        times: Some(crate::lookup::Times { field: "since".into(), format: None, least: 0.0, most: 50.0 }),
        max_matches: 1,
        ..Lookup::new("t", rows("p=a, since=100, n=old\np=a, since=120, n=new\np=b, since=100, n=other"))
    };
    let call = || lookup_call(false, Some(&[("n", "n")]));
    let input = "_time=110, f=a\n_time=130, f=a\n_time=99, f=a\n_time=171, f=a\n_time=140, f=b\nf=a";
    let wanted = [
        "_time=110, f=a, n=old",
        "_time=130, f=a, n=new",
        "_time=99, f=a",
        "_time=171, f=a",
        "_time=140, f=b, n=other",
        "f=a",
    ];
    assert_eq!(with_lookup(lookup, input, call()), lines(&wanted));
}

#[test]
fn lookup_by_wildcard() {
    let mut lookup = Lookup::new("t", rows("p=*\\temp\\*, note=tmp"));
    lookup.match_types = vec![("p".into(), crate::lookup::MatchType::Wildcard)];
    lookup.case_sensitive = false;
    let call = lookup_call(false, Some(&[("note", "n")]));
    assert_eq!(with_lookup(lookup, "f=C:\\Temp\\a", call), "f=C:\\Temp\\a, n=tmp\n");
}

#[test]
fn failures_name_the_step() {
    let failure = |ops| outcome(&[("t", "a=1\na=2")], ops, Limits { rows: 3, ..Limits::default() }).unwrap_err();
    let unsupported = Op::Unsupported { command: "apply".into(), reason: "it needs a trained model".into() };
    let error = failure(vec![Op::Reverse, unsupported]);
    assert_eq!((error.kind, error.step), (FailureKind::Unsupported, Some(2)));
    assert_eq!(error.message, "`apply` cannot be run: it needs a trained model");
    let error = failure(vec![append_table("missing")]);
    assert_eq!((error.kind, error.step), (FailureKind::Missing, Some(1)));
    let error = failure(vec![append_table("t")]);
    assert_eq!((error.kind, error.message.as_str()), (FailureKind::Limit, "more than 3 rows"));
    let error = failure(vec![table("t")]);
    assert_eq!(error.kind, FailureKind::Command);
}

#[test]
fn the_trace_counts_rows() {
    let ops = vec![Op::Limit { count: 1, last: false }, Op::Reverse];
    let outcome = outcome(&[("t", "a=1\na=2")], ops, Limits::default()).unwrap();
    let counts: Vec<_> = outcome.trace.iter().map(|stage| (stage.label, stage.rows_in, stage.rows_out)).collect();
    assert_eq!(counts, [("table", 2, 2), ("limit", 2, 1), ("reverse", 1, 1)]);
    assert_eq!(outcome.rows.value(0, "a"), &Value::from("1"));
}

#[test]
fn searches_nest_to_a_limit() {
    let mut inner = plan(table("t"), Vec::new());
    for _ in 0..5 {
        inner = plan(table("t"), vec![Op::Append(Box::new(inner))]);
    }
    let ops = |plan: &Plan| vec![Op::Append(Box::new(plan.clone()))];
    let deep = outcome(&[("t", "a=1")], ops(&inner), Limits { depth: 6, ..Limits::default() });
    assert_eq!(deep.unwrap().rows.rows(), 7);
    let too_deep = outcome(&[("t", "a=1")], ops(&inner), Limits { depth: 5, ..Limits::default() });
    assert_eq!(too_deep.unwrap_err().kind, FailureKind::Limit);
}
