#![allow(clippy::unwrap_used)]
use super::*;
use crate::expr::{Lowering, eval};
use crate::value::{Batch, Column};

fn context() -> Context {
    Context { seed: 1, ..Context::at(1_741_774_645.0) }
}

/// The value of an expression over one row with `v` = [b, a, b], `n` = 7, `e` = "", `t` = "x".
pub(crate) fn show(text: &str) -> String {
    let (tree, problems) = crate::spl::parse_eval(text);
    assert!(problems.is_empty(), "{text}: {problems:?}");
    let mut lowering = Lowering::new();
    let expr = lowering.expr(&tree.unwrap());
    assert!(!lowering.failed(), "{text}: {:?}", lowering.problems);
    let mut batch = Batch::new(2);
    let list = Value::list(["b".into(), "a".into(), "b".into()]);
    batch.set("v", Column::new(vec![list, Value::Null]));
    batch.set("n", Column::new(vec!["7".into(), Value::Null]));
    batch.set("e", Column::new(vec!["".into(), Value::Null]));
    batch.set("t", Column::new(vec!["x".into(), Value::Null]));
    batch.set("_raw", Column::new(vec!["some words".into(), Value::Null]));
    let whole = eval::eval(&expr, &batch, &context());
    let row = eval::eval_row(&expr, &batch, 0, &context());
    assert_eq!(print(&whole.values()[0]), print(&row), "{text}: column and row form");
    print(&row)
}

fn print(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::List(values) => format!("[{}]", values.iter().map(print).collect::<Vec<_>>().join(", ")),
        single => single.to_text().into_owned(),
    }
}

#[test]
fn examples_print_what_they_say() {
    for function in all() {
        for example in function.examples {
            assert_eq!(show(example.expr), example.result, "{}", example.expr);
        }
    }
}

#[test]
fn entries_are_well_formed() {
    let mut seen = std::collections::HashSet::new();
    for function in all() {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            assert!(seen.insert(*name), "{name} is listed twice");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        }
        assert!(!function.summary.ends_with('.') && !function.summary.contains('\n'), "{}", function.name);
        let (last, others) = function.args.split_last().unzip();
        let repeated = |arg: &Arg| arg.need == Need::Repeated;
        assert!(!others.unwrap_or_default().iter().any(repeated), "{}", function.name);
        let _ = last;
        let tested_elsewhere = ["mvfilter", "mvmap"].contains(&function.name) || function.unsupported().is_some();
        assert!(!function.examples.is_empty() || tested_elsewhere, "{} has no example", function.name);
    }
    for (family, functions) in FAMILIES {
        assert!(functions.iter().map(|function| function.name).is_sorted(), "{family} is sorted by name");
    }
    assert!(FAMILIES.iter().map(|(name, _)| name).is_sorted());
}

#[test]
fn finds_names_in_any_case() {
    assert_eq!(find("LIKE").map(|function| function.name), Some("like"));
    assert_eq!(find("ceil").map(|function| function.name), Some("ceiling"));
    assert!(find("values").is_none());
    assert_eq!(find("substr").unwrap().syntax(), "substr(text, start[, length])");
    assert_eq!(find("case").unwrap().syntax(), "case(condition, value, ...)");
    assert_eq!(find("coalesce").unwrap().syntax(), "coalesce(value[, value, ...])");
}

#[test]
fn rules_of_the_reference() {
    let rows = [
        // Conditions; null is neither true nor false.
        ("if(missing>2, \"y\", \"n\")", "n"),
        ("case(missing=1, \"a\", n=7, \"b\")", "b"),
        ("coalesce(missing, e, t)", ""),
        ("like(t, missing)", "null"),
        ("like(\"a*b\", \"a*%\")", "True"),
        ("like(\"abcabd\", \"%ab_\")", "True"),
        ("like(\"ab\", \"a_b\")", "False"),
        ("like(\"né\", \"n_\")", "True"),
        ("like(\"abab\", \"%ab%ab\")", "True"),
        ("like(\"aba\", \"%ab%ab\")", "False"),
        ("like(v, \"a%\")", "True"),
        ("match(v, \"^a$\")", "True"),
        ("match(missing, \"a\")", "null"),
        ("match(\"aXb\", \"(?i)x\")", "True"),
        ("match(\"abc\", \"[\".\"b\".\"]\")", "True"),
        ("match(\"abc\", \"(\".\"b\")", "null"),
        ("cidrmatch(\"10.0.0.0/8\", \"nothing\")", "False"),
        ("in(v, \"a\")", "True"),
        ("v IN (\"c\", \"a\")", "True"),
        ("n IN (7)", "True"),
        ("t IN (\"X\")", "False"),
        ("isnull(missing)", "True"),
        ("isnotnull(e)", "True"),
        ("searchmatch(\"WORDS\")", "True"),
        ("searchmatch(\"t=X n>3\")", "True"),
        ("searchmatch(\"t=y\")", "False"),
        // Multivalues.
        ("mvcount(v)", "3"),
        ("mvcount(missing)=0", "null"),
        ("mvindex(v, 0, 1)", "[b, a]"),
        ("mvindex(v, -2, -1)", "[a, b]"),
        ("mvindex(v, -9, 0)", "b"),
        ("mvindex(v, 2, 1)", "null"),
        ("mvindex(t, 0)", "x"),
        ("mvfilter(match(v, \"a\"))", "a"),
        ("mvfilter(v!=\"a\")", "[b, b]"),
        ("mvfilter(match(v, \"c\"))", "null"),
        ("mvfilter(match(missing, \"c\"))", "null"),
        ("mvmap(v, v.\"!\")", "[b!, a!, b!]"),
        ("mvmap(mvindex(v, 0, 1), v.\"!\")", "[b!, a!]"),
        ("mvmap(v, if(v=\"a\", null(), v.n))", "[b7, b7]"),
        ("mvmap(v, mvcount(mvmap(v, v)))", "[1, 1, 1]"),
        ("if(match(v, \"^b$\"), mvcount(mvfilter(match(v, \"^b$\"))), 0)", "2"),
        ("mvindex(v, mvfind(v, \"^c$\"))", "null"),
        ("mvappend(v, \"c\")", "[b, a, b, c]"),
        ("mvzip(v, missing)", "null"),
        ("split(\"\", \",\")", ""),
        ("mvjoin(t, \"-\")", "x"),
        ("mvrange(0, 1, 0)", "null"),
        ("mvcount(mvrange(0, 100000))", "100000"),
        ("mvrange(0, 100001)", "null"),
        // Text.
        ("upper(v)", "[B, A, B]"),
        ("len(v)", "null"),
        ("len(n)", "1"),
        ("len(12345)", "5"),
        ("substr(\"abcdef\", -9, 5)", "ab"),
        ("substr(\"né\", 2)", "é"),
        ("replace(v, \"b\", \"c\")", "[c, a, c]"),
        ("replace(\"x\", \"y*\", \"-\")", "-x-"),
        ("lower(\"ÀB\")", "àb"),
        ("urldecode(\"%C3%A9%zz%4\")", "é%zz%4"),
        ("spath(\"{\\\"a\\\":null}\", \"a\")", "null"),
        ("spath(\"<a><b>1</b><b>2</b></a>\", \"a.b\")", "[1, 2]"),
        ("spath(\"plain\", \"a\")", "null"),
        // Numbers and text.
        ("1/0", "null"),
        ("7%0", "null"),
        ("7%4", "3"),
        ("n+1", "8"),
        ("t+\"y\"", "xy"),
        ("t+1", "null"),
        ("n . 1", "71"),
        ("t.missing", "null"),
        ("v.\"x\"", "null"),
        ("v+1", "null"),
        ("-n", "-7"),
        ("round(0.285, 2)", "0.29"),
        ("round(9.995, 2)", "10"),
        ("round(1e20)", "1e+20"),
        ("round(2.5, -1)", "3"),
        ("sqrt(-1)", "nan"),
        ("max(v, 3)", "b"),
        ("min(v, 3)", "3"),
        ("min(missing, missing)", "null"),
        ("sum(v)", "null"),
        ("bit_and(-1, 1)", "null"),
        ("bit_and(1.5, 1)", "null"),
        ("tostring(1==2)", "False"),
        ("tostring(1234567, \"commas\")", "1,234,567"),
        ("tostring(-1234.5, \"commas\")", "-1,234.50"),
        ("tostring(t, \"hex\")", "x"),
        ("tonumber(\"zz\", 37)", "null"),
        ("tonumber(\"\")", "null"),
        ("typeof(n)", "Number"),
        ("typeof(missing)", "Invalid"),
        // Comparisons and logic.
        ("n>\"10\"", "False"),
        ("t=\"X\"", "False"),
        ("missing=1", "null"),
        ("NOT missing=1", "null"),
        ("missing=1 AND 1=2", "False"),
        ("missing=1 OR 1=1", "True"),
        ("missing=1 OR 1=2", "null"),
        ("1=1 XOR 1=1", "False"),
        ("1=1 XOR missing=1", "null"),
        ("v=\"a\"", "True"),
        ("v!=\"a\"", "True"),
        ("null", "null"),
        // A dotted name is a field; without one, its parts are joined.
        ("t.n", "x7"),
        ("json_extract(\"[1\", \"a\")", "null"),
        ("json_array_to_mv(json_extract(\"{\\\"a\\\":[{\\\"b\\\":1},{\\\"b\\\":\\\"y\\\"}]}\", \"a{}.b\"))", "[1, y]"),
    ];
    for (text, wanted) in rows {
        assert_eq!(show(text), wanted, "{text}");
    }
}

#[test]
fn growth_is_bounded() {
    let context = context();
    let mut batch = Batch::new(1);
    batch.set("x", Column::new(vec!["ab".into()]));
    let doubled = |text: &str| {
        let (tree, _) = crate::spl::parse_eval(text);
        Lowering::new().expr(&tree.unwrap())
    };
    for text in ["x.x", "replace(x, \"\", x)", "mvappend(x, x)", "mvjoin(mvappend(x, x), x)"] {
        let expr = doubled(text);
        batch.set("x", Column::new(vec!["ab".into()]));
        for _ in 0..40 {
            let column = eval::eval(&expr, &batch, &context);
            batch.set("x", column);
        }
        assert!(batch.value(0, "x").is_null(), "{text}");
    }
}

/// Odd values in every place: nothing panics, results are of the kind that the registry says and not too large.
#[test]
fn odd_arguments() {
    let odd = [
        Value::Null,
        Value::Bool(true),
        Value::Number(0.0),
        Value::Number(-1.0),
        Value::Number(1e300),
        Value::Number(-9.3e18),
        Value::Number(f64::NAN),
        Value::Number(f64::INFINITY),
        Value::Number(0.5),
        "".into(),
        "é日本🦀%_*".into(),
        "%999999999d%".into(),
        "{\"a\":[1,{\"b\":null}]}".into(),
        "<a b='c'><d/></a>".into(),
        "(((".into(),
        "-9223372036854775808".into(),
        "9".repeat(400).as_str().into(),
        "%Y-%m-%dT%H:%M:%S.%9N%::z%".into(),
        "+99999999mon@q".into(),
        "10.0.0.0/0".into(),
        Value::list(["a".into(), 1.0.into(), "{}".into()]),
    ];
    let context = context();
    let batch = Batch::new(1);
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for function in all() {
        let (least, most) = function.arity();
        for _ in 0..600 {
            let pairs = function.args.iter().any(|arg| arg.need == Need::Pair);
            let count = if pairs { least } else { least + next(most.unwrap_or(least + 2) - least + 1) };
            let args: Vec<Expr> = (0..count).map(|_| Expr::Literal(odd[next(odd.len())].clone())).collect();
            let call = Expr::Call { function, args, regex: None, span: crate::source::Span::default() };
            let value = eval::eval_row(&call, &batch, 0, &context);
            let kind = call.kind();
            let fits = matches!(
                (&value, kind),
                (Value::Null, _)
                    | (_, Kind::Any | Kind::List)
                    | (Value::Bool(_), Kind::Bool)
                    | (Value::Number(_), Kind::Number)
                    | (Value::Text(_), Kind::Text)
            );
            assert!(fits, "{call:?} gives {value:?}, not {kind:?}");
        }
    }
}
