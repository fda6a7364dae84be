#![allow(clippy::unwrap_used)]
use super::*;

fn problems(text: &str) -> Vec<String> {
    let (tree, problems) = crate::spl::parse_eval(text);
    assert!(problems.is_empty(), "{text}: {problems:?}");
    let mut lowering = Lowering::new();
    lowering.value(&tree.unwrap());
    let show = |problem: &Problem| {
        format!("{} `{}`: {}", problem.code, text.get(problem.span.range()).unwrap_or_default(), problem.message)
    };
    lowering.problems.iter().map(show).collect()
}

#[test]
fn reports_mistakes_at_their_place() {
    let rows = [
        ("lowr(x)", "unknown-function `lowr`: function `lowr` is not known"),
        ("dc(x)", "unknown-function `dc`: function `dc` is not known"),
        ("if(a=1, 2)", "function-arity `if(a=1, 2)`: `if` lacks its argument `else`"),
        ("case(a=1, 2, b=1)", "function-arity `case(a=1, 2, b=1)`: `case` lacks its argument `value`"),
        ("now(1)", "function-arity `1`: `now` takes no argument but has 1"),
        ("substr(a, 1, 2, 3, 4)", "function-arity `3, 4`: `substr` takes 3 arguments but has 5"),
        (
            "if(match(a, \"(b\"), 1, 2)",
            "bad-regex `\"(b\"`: the regular expression cannot be read: missing closing parenthesis",
        ),
        ("a=b", "boolean-assigned `a=b`: a field cannot hold a Boolean"),
        (
            "if(match(a, \"b\"), isnull(a), a=1)",
            "boolean-assigned `if(match(a, \"b\"), isnull(a), a=1)`: a field cannot hold a Boolean",
        ),
        ("if(lower(a), 1, 2)", "condition-not-boolean `lower(a)`: a list of values stands where a condition is needed"),
        ("if(len(a), 1, 2)", "condition-not-boolean `len(a)`: a number stands where a condition is needed"),
        (
            "if(a=\"*x*\", 1, 2)",
            "wildcard-in-eval `\"*x*\"`: `*` in the text `*x*` of an eval comparison is no wildcard",
        ),
        ("if(like(a, \"x*\"), 1, 2)", "wildcard-in-eval `\"x*\"`: `*` in the pattern `x*` of `like` is no wildcard"),
        ("if(a LIKE \"*\", 1, 2)", "wildcard-in-eval `\"*\"`: `*` in the pattern `*` of `like` is no wildcard"),
        (
            "if(in(a, \"b\", \"x*\"), 1, 2)",
            "wildcard-in-eval `\"x*\"`: `*` in the text `x*` of an eval comparison is no wildcard",
        ),
        (
            "mvfilter(match(a, b))",
            "mvfilter-fields `mvfilter(match(a, b))`: the condition of `mvfilter` names 2 fields",
        ),
        ("if(searchmatch(a), 1, 2)", "unsupported-function `a`: `searchmatch` needs a text in quotes"),
    ];
    for (text, wanted) in rows {
        assert_eq!(problems(text), [wanted], "{text}");
    }
    for fine in [
        "if(like(a, \"%select * from%\"), 1, 0)",
        "if(true(), 1, 0)",
        "if(1, 2, 3)",
        "coalesce(a, \"*\")",
        "mvfilter(a!=\"x\" AND a!=\"y\")",
        "if(a, 1, 2)",
    ] {
        assert!(problems(fine).is_empty(), "{fine}: {:?}", problems(fine));
    }
}

#[test]
fn helps() {
    let help = |text: &str| {
        let (tree, _) = crate::spl::parse_eval(text);
        let mut lowering = Lowering::new();
        lowering.expr(&tree.unwrap());
        lowering.problems[0].help.clone().unwrap_or_default()
    };
    assert_eq!(help("lowr(x)"), "did you mean `lower`?");
    assert_eq!(help("dc(x)"), "`dc` is a function of `stats`, not of eval expressions");
    assert_eq!(help("len()"), "write `len(text)`");
}

#[test]
fn fields_in_order() {
    let (tree, _) = crate::spl::parse_eval("if(a.b=1, 'c d', mvmap(e, e.\"x\")).a");
    let expr = Lowering::new().expr(&tree.unwrap());
    let names: Vec<_> = expr.fields().into_iter().map(|field| field.name.to_string()).collect();
    assert_eq!(names, ["a.b", "c d", "e", "e", "a"]);
    let (term, _) = crate::spl::parse_condition("x=1 earliest=-1d (y IN (1,2) OR word)");
    let predicate = Lowering::new().predicate(&term.unwrap());
    let names: Vec<_> = predicate.fields().into_iter().map(|field| field.name.to_string()).collect();
    assert_eq!(names, ["x", "y", "_raw", "_time"]);
}

#[test]
fn time_modifiers() {
    let lower = |text: &str| {
        let (term, problems) = crate::spl::parse_condition(text);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        let mut lowering = Lowering::new();
        let predicate = lowering.predicate(&term.unwrap());
        let codes: Vec<_> = lowering.problems.iter().map(|problem| problem.code.name()).collect();
        (predicate, codes)
    };
    let bound = |text: &str| match lower(text) {
        (Predicate::TimeBound(bound), codes) if codes.is_empty() => {
            let at = bound.at.resolve(1_741_774_645.0, &jiff::tz::TimeZone::UTC);
            format!("{}{:?} {:?}", bound.field(), bound.side, at.unwrap())
        }
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(bound("earliest=-24h@h"), "_timeFrom 1741687200.0");
    assert_eq!(bound("latest=now"), "_timeBefore 1741774645.0");
    assert_eq!(bound("latest=now()"), "_timeBefore 1741774645.0");
    assert_eq!(bound("_index_earliest=1741774645"), "_indextimeFrom 1741774645.0");
    assert_eq!(bound("starthoursago=1"), "_timeFrom 1741771045.0");
    assert_eq!(bound("earliest=\"03/12/2025:10:17:25\""), "_timeFrom 1741774645.0");
    assert_eq!(bound("starttime=2025-03-12 timeformat=%Y-%m-%d"), "_timeFrom 1741737600.0");
    let (Predicate::And(terms), _) = lower("(a=1 earliest=-1d) OR b=2 NOT latest=now") else { panic!("a list") };
    assert!(matches!(
        terms.as_slice(),
        [Predicate::Or(any), Predicate::TimeBound(_), Predicate::TimeBound(_)] if any.len() == 2
    ));
    assert_eq!(lower("earliest=soon").1, ["bad-time"]);
    assert_eq!(lower("earliest=rt-5m").1, ["unsupported-time"]);
    assert!(matches!(lower("earliest>5").0, Predicate::Compare { .. }));
    assert!(matches!(lower("\"earliest\"=5").0, Predicate::Compare { .. }));
}

#[test]
fn trees_as_deep_as_the_parser_allows() {
    let calls = format!("{}x{}", "lower(".repeat(90), ")".repeat(90));
    let choices = format!("{}x{}", "if(1=2, 1, ".repeat(90), ")".repeat(90));
    let chain = format!("x{}", ".x".repeat(230).replace('.', " . "));
    for text in [calls, choices, chain] {
        let (tree, problems) = crate::spl::parse_eval(&text);
        let Some(tree) = tree else { panic!("{problems:?}") };
        let expr = Lowering::new().expr(&tree);
        assert!(expr.kind() != Kind::Bool && expr.fields().len() < 250);
        let context = crate::expr::Context::at(0.0);
        let column = crate::expr::eval::eval(&expr, &crate::value::Batch::new(1), &context);
        assert!(column.values()[0].is_null());
    }
}
