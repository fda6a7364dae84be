//! Properties of the front end over generated trees: parsing what is printed gives the same tree, every span lies in its
//! parent, layout changes blanks only, and no text makes any of them panic.

use crate::grammar::roll;
use crate::shape::shape;
use crate::spl::Nested;
use escudo::source::{Span, Spanned};
use escudo::spl::ast::{
    Aggregate, AggregateArgument, Arg, BinaryOp, ByItem, CompareOp, Expr, ExprKind, Quote, Search, Stage, Term,
    TermKind, UnaryOp, Word,
};
use escudo::spl::{self, layout, parse, print};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

fn word(text: impl Into<String>, quote: Quote) -> Word {
    Word { text: text.into(), quote, span: Span::default() }
}

fn spanned<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Span::default())
}

/// A name that is no word of the language.
fn name() -> impl Strategy<Value = String> {
    "[a-z]{1,3}_[a-z0-9]{1,4}".prop_map(|name| name)
}

/// Text for inside double quotes: whatever a log may hold.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[\\\\\"|`'$%*\\[\\](),= äß\u{A0}\n\t]{0,8}",
        Just(r"C:\Windows\*.exe".to_owned()),
        Just(r#"a\"b\\"#.to_owned()),
        Just("$user|s$".to_owned()),
    ]
}

/// A bare value of a search expression.
fn bare_value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_*./:-]{1,8}x",
        r"[a-z]:(\\[a-z]{1,3}){1,2}\*",
        Just("*".to_owned()),
        Just("10.0.0.0/8".to_owned())
    ]
}

fn value() -> impl Strategy<Value = Word> {
    prop_oneof![
        bare_value().prop_map(|text| word(text, Quote::Bare)),
        text().prop_map(|text| word(text, Quote::Double)),
    ]
}

/// A field as a search expression and as most commands name it.
fn field() -> impl Strategy<Value = Word> {
    prop_oneof![
        name().prop_map(|name| word(name, Quote::Bare)),
        (name(), name()).prop_map(|(a, b)| word(format!("{a}.{b}{{}}.c"), Quote::Bare)),
        (name(), name()).prop_map(|(a, b)| word(format!("{a} {b}"), Quote::Double)),
    ]
}

fn comparison() -> impl Strategy<Value = CompareOp> {
    prop_oneof![
        Just(CompareOp::Eq),
        Just(CompareOp::Ne),
        Just(CompareOp::Lt),
        Just(CompareOp::Le),
        Just(CompareOp::Gt),
        Just(CompareOp::Ge),
    ]
}

fn term(kind: TermKind) -> Term {
    Term { kind, span: Span::default() }
}

fn terms() -> impl Strategy<Value = Term> {
    let leaf = prop_oneof![
        4 => (field(), comparison(), value())
            .prop_map(|(field, op, value)| term(TermKind::Compare { field, op: spanned(op), value })),
        1 => (field(), prop::collection::vec(value(), 1..4))
            .prop_map(|(field, values)| term(TermKind::In { field, values })),
        1 => name().prop_map(|name| term(TermKind::Keyword(word(name, Quote::Bare)))),
        1 => text().prop_map(|text| term(TermKind::Keyword(word(text, Quote::Double)))),
        1 => bare_value().prop_map(|text| term(TermKind::Term(word(text, Quote::Bare)))),
        1 => text().prop_map(|text| term(TermKind::Case(word(text, Quote::Double)))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|terms| term(TermKind::And(terms))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|terms| term(TermKind::Or(terms))),
            inner.clone().prop_map(|inner| term(TermKind::Not(Box::new(inner)))),
            (inner, name()).prop_map(|(inner, name)| {
                let search = stage("search", vec![Arg::Condition(inner)]);
                let fields = stage("fields", vec![Arg::Word(word(name, Quote::Bare))]);
                term(TermKind::Subsearch(Search { stages: vec![search, fields], span: Span::default() }))
            }),
        ]
    })
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn exprs() -> impl Strategy<Value = Expr> {
    let number = "(0|[1-9][0-9]{0,4})(\\.[0-9]{1,3})?";
    let leaf = prop_oneof![
        number.prop_map(|text| expr(ExprKind::Number(text.parse().unwrap_or(f64::NAN), text))),
        text().prop_map(|text| expr(ExprKind::Text(text))),
        name().prop_map(|name| expr(ExprKind::Field(word(name, Quote::Bare)))),
        (name(), name()).prop_map(|(a, b)| expr(ExprKind::Field(word(format!("{a}.{b}"), Quote::Bare)))),
        (name(), name()).prop_map(|(a, b)| expr(ExprKind::Field(word(format!("{a} {b}{{}}"), Quote::Single)))),
    ];
    let op = prop_oneof![
        Just(BinaryOp::Or),
        Just(BinaryOp::Xor),
        Just(BinaryOp::And),
        comparison().prop_map(BinaryOp::Compare),
        Just(BinaryOp::Like),
        Just(BinaryOp::Add),
        Just(BinaryOp::Subtract),
        Just(BinaryOp::Concat),
        Just(BinaryOp::Multiply),
        Just(BinaryOp::Divide),
        Just(BinaryOp::Modulo),
    ];
    let sign = prop_oneof![Just(UnaryOp::Minus), Just(UnaryOp::Plus), Just(UnaryOp::Not)];
    leaf.prop_recursive(5, 32, 3, move |inner| {
        prop_oneof![
            4 => (op.clone(), inner.clone(), inner.clone()).prop_map(|(op, left, right)| {
                expr(ExprKind::Binary(spanned(op), Box::new(left), Box::new(right)))
            }),
            1 => (sign.clone(), inner.clone()).prop_map(|(op, inner)| expr(ExprKind::Unary(op, Box::new(inner)))),
            1 => (inner.clone(), prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(inner, items)| expr(ExprKind::In(Box::new(inner), items))),
            1 => (name(), prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(name, args)| expr(ExprKind::Call(spanned(name), args))),
            1 => inner.prop_map(|inner| expr(ExprKind::Subsearch(alone(stage("where", vec![Arg::Expr(inner)]))))),
        ]
    })
}

fn stage(command: &str, args: Vec<Arg>) -> Stage {
    let args = args.into_iter().map(spanned).collect();
    Stage { command: spanned(command.to_owned()), implied: false, args, span: Span::default() }
}

fn alone(stage: Stage) -> Search {
    Search { stages: vec![stage], span: Span::default() }
}

/// An aggregation; its text is what the printer writes.
fn aggregates() -> impl Strategy<Value = Arg> {
    let argument = prop_oneof![
        Just(AggregateArgument::None),
        name().prop_map(|name| AggregateArgument::Field(word(name, Quote::Bare))),
        (name(), name()).prop_map(|(a, b)| AggregateArgument::Field(word(format!("{a} {b}"), Quote::Double))),
        exprs().prop_map(AggregateArgument::Eval),
    ];
    (argument, prop::option::of(field())).prop_map(|(argument, alias)| {
        let (function, text) = match &argument {
            AggregateArgument::None => ("count", "count".to_owned()),
            AggregateArgument::Field(field) if field.quote == Quote::Bare => ("dc", format!("dc({})", field.text)),
            AggregateArgument::Field(field) => ("dc", format!("dc(\"{}\")", field.text)),
            AggregateArgument::Eval(expr) => ("sum", format!("sum(eval({}))", spl::print_expr(expr))),
        };
        Arg::Aggregate(Aggregate { function: spanned(function.to_owned()), argument, alias, text })
    })
}

fn option(name: &str, value: impl Into<String>) -> Arg {
    Arg::Option { name: spanned(name.to_owned()), value: word(value, Quote::Bare) }
}

/// Stages whose command has arguments of a shape of its own.
fn shaped_stages() -> impl Strategy<Value = Stage> {
    prop_oneof![
        (prop::collection::vec(aggregates(), 1..3), prop::collection::vec(field(), 1..3)).prop_map(|(mut all, by)| {
            let mut items: Vec<ByItem> = by.into_iter().map(ByItem::Field).collect();
            let value = word("1h", Quote::Bare);
            items.push(ByItem::Option { name: spanned("span".to_owned()), value });
            all.push(Arg::By(items));
            stage("stats", all)
        }),
        (terms(), name(), name()).prop_map(|(term, model, dataset)| {
            let count = Aggregate {
                function: spanned("count".to_owned()),
                argument: AggregateArgument::None,
                alias: None,
                text: "count".to_owned(),
            };
            let from = Arg::From {
                kind: spanned("datamodel".to_owned()),
                name: word(format!("{model}.{dataset}"), Quote::Bare),
            };
            let wanted = Arg::Keyword("where".to_owned());
            stage("tstats", vec![option("prestats", "t"), Arg::Aggregate(count), from, wanted, Arg::Condition(term)])
        }),
        (name(), field(), field()).prop_map(|(name, source, target)| {
            let output = Arg::Keyword("outputnew".to_owned());
            let columns = Arg::Alias { source: source.clone(), target };
            stage("lookup", vec![Arg::Word(word(name, Quote::Bare)), columns, output, Arg::Word(source)])
        }),
        (any::<bool>(), prop::collection::vec(field(), 1..4)).prop_map(|(remove, all)| {
            let sign = Arg::Sign(if remove { '-' } else { '+' });
            stage("fields", std::iter::once(sign).chain(all.into_iter().map(Arg::Word)).collect())
        }),
        (name(), prop::option::of(field())).prop_map(|(field, target)| {
            let (function, field) = (spanned("ctime".to_owned()), word(field, Quote::Bare));
            stage("convert", vec![Arg::Convert { function, field, target }])
        }),
        (prop::collection::vec((text(), text()), 1..3), field()).prop_map(|(pairs, field)| {
            let quoted = |text| word(text, Quote::Double);
            let mut args: Vec<Arg> =
                pairs.into_iter().map(|(old, new)| Arg::Replace { old: quoted(old), new: quoted(new) }).collect();
            args.extend([Arg::Keyword("in".to_owned()), Arg::Word(field)]);
            stage("replace", args)
        }),
        (field(), terms(), exprs()).prop_map(|(field, term, expr)| {
            let inner = vec![stage("search", vec![Arg::Condition(term)]), stage("head", vec![Arg::Expr(expr)])];
            let search = Search { stages: inner, span: Span::default() };
            stage("join", vec![option("type", "left"), Arg::Word(field), Arg::Subsearch(search)])
        }),
        name().prop_map(|name| stage("cluster", vec![Arg::Raw(format!("({name}, 1)"))])),
        (field(), "auto|num|str|ip").prop_map(|(field, kind)| {
            let field = word(field.text.replace(' ', "_"), Quote::Bare);
            stage("sort", vec![Arg::SortKey { descending: true, kind: Some(spanned(kind)), field }])
        }),
    ]
}

fn stages() -> impl Strategy<Value = Stage> {
    prop_oneof![plain_stages(), shaped_stages()]
}

fn plain_stages() -> impl Strategy<Value = Stage> {
    let aliases = prop::collection::vec((field(), field()), 1..4);
    prop_oneof![
        terms().prop_map(|term| stage("search", vec![Arg::Condition(term)])),
        exprs().prop_map(|expr| stage("where", vec![Arg::Expr(expr)])),
        prop::collection::vec((field(), exprs()), 1..3).prop_map(|all| {
            stage("eval", all.into_iter().map(|(target, value)| Arg::Assign { target, value }).collect())
        }),
        aliases.prop_map(|all| {
            stage("rename", all.into_iter().map(|(source, target)| Arg::Alias { source, target }).collect())
        }),
        prop::collection::vec(field(), 1..5).prop_map(|all| stage("table", all.into_iter().map(Arg::Word).collect())),
        (field(), text()).prop_map(|(field, text)| {
            let option = Arg::Option { name: spanned("field".to_owned()), value: field };
            stage("rex", vec![option, Arg::Word(word(text, Quote::Double))])
        }),
        (field(), text(), any::<bool>()).prop_map(|(field, text, negated)| {
            stage("regex", vec![Arg::Match { negated, field: Some(field), pattern: word(text, Quote::Double) }])
        }),
        prop::collection::vec((field(), any::<bool>()), 1..4).prop_map(|all| {
            let key = |(field, descending)| Arg::SortKey { descending, kind: None, field };
            stage("sort", all.into_iter().map(key).collect())
        }),
        (field(), prop::collection::vec(field(), 1..3)).prop_map(|(field, by)| {
            let by = by.into_iter().map(ByItem::Field).collect();
            stage("top", vec![Arg::Word(field), Arg::By(by)])
        }),
    ]
}

fn searches() -> impl Strategy<Value = Search> {
    (terms(), prop::collection::vec(stages(), 0..5)).prop_map(|(term, mut stages)| {
        stages.insert(0, Stage { implied: true, ..stage("search", vec![Arg::Condition(term)]) });
        Search { stages, span: Span::default() }
    })
}

/// The kinds of node that a tree holds. The matches have no `_`, so that a new kind must be put into a generator.
#[derive(Default)]
struct Kinds(BTreeSet<&'static str>);

impl Kinds {
    const ALL: &[&str] = &[
        "aggregate",
        "alias",
        "and",
        "assign",
        "binary",
        "by",
        "by field",
        "by option",
        "call",
        "case",
        "compare",
        "condition",
        "convert",
        "expr",
        "field",
        "from",
        "in",
        "in list",
        "keyword",
        "match",
        "not",
        "number",
        "of eval",
        "of field",
        "of rows",
        "option",
        "or",
        "raw",
        "replace",
        "search subsearch",
        "sign",
        "sort key",
        "subsearch",
        "term",
        "text",
        "unary",
        "value subsearch",
        "word",
        "words",
    ];

    fn search(&mut self, search: &Search) {
        search.stages.iter().flat_map(|stage| &stage.args).for_each(|arg| self.arg(&arg.node));
    }

    fn arg(&mut self, arg: &Arg) {
        let kind = match arg {
            Arg::Option { .. } => "option",
            Arg::Word(_) => "word",
            Arg::Keyword(_) => "keyword",
            Arg::Alias { .. } => "alias",
            Arg::Aggregate(aggregate) => {
                self.0.insert(match &aggregate.argument {
                    AggregateArgument::None => "of rows",
                    AggregateArgument::Field(_) => "of field",
                    AggregateArgument::Eval(_) => "of eval",
                });
                if let AggregateArgument::Eval(expr) = &aggregate.argument {
                    self.expr(expr);
                }
                "aggregate"
            }
            Arg::By(items) => {
                self.0.extend(items.iter().map(|item| match item {
                    ByItem::Field(_) => "by field",
                    ByItem::Option { .. } => "by option",
                }));
                "by"
            }
            Arg::From { .. } => "from",
            Arg::Condition(term) => {
                self.term(term);
                "condition"
            }
            Arg::Expr(expr) => {
                self.expr(expr);
                "expr"
            }
            Arg::Assign { value, .. } => {
                self.expr(value);
                "assign"
            }
            Arg::SortKey { .. } => "sort key",
            Arg::Sign(_) => "sign",
            Arg::Convert { .. } => "convert",
            Arg::Match { .. } => "match",
            Arg::Replace { .. } => "replace",
            Arg::Subsearch(search) => {
                self.search(search);
                "subsearch"
            }
            Arg::Raw(_) => "raw",
        };
        self.0.insert(kind);
    }

    fn term(&mut self, term: &Term) {
        let kind = match &term.kind {
            TermKind::And(terms) => {
                for term in terms {
                    self.term(term);
                }
                "and"
            }
            TermKind::Or(terms) => {
                for term in terms {
                    self.term(term);
                }
                "or"
            }
            TermKind::Not(term) => {
                self.term(term);
                "not"
            }
            TermKind::Compare { .. } => "compare",
            TermKind::In { .. } => "in",
            TermKind::Keyword(_) => "words",
            TermKind::Term(_) => "term",
            TermKind::Case(_) => "case",
            TermKind::Subsearch(search) => {
                self.search(search);
                "search subsearch"
            }
        };
        self.0.insert(kind);
    }

    fn expr(&mut self, expr: &Expr) {
        let kind = match &expr.kind {
            ExprKind::Number(..) => "number",
            ExprKind::Text(_) => "text",
            ExprKind::Field(_) => "field",
            ExprKind::Unary(_, inner) => {
                self.expr(inner);
                "unary"
            }
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
                "binary"
            }
            ExprKind::In(inner, items) => {
                self.expr(inner);
                for item in items {
                    self.expr(item);
                }
                "in list"
            }
            ExprKind::Call(_, args) => {
                for arg in args {
                    self.expr(arg);
                }
                "call"
            }
            ExprKind::Subsearch(search) => {
                self.search(search);
                "value subsearch"
            }
        };
        self.0.insert(kind);
    }
}

#[test]
fn every_kind_of_node_is_generated() {
    let found = std::cell::RefCell::new(Kinds::default());
    check(searches(), |search| {
        found.borrow_mut().search(&search);
        Ok(())
    });
    assert_eq!(found.into_inner().0, Kinds::ALL.iter().copied().collect());
}

/// Runs a property over fixed cases, so that a run can be repeated; `ESCUDO_CASES` gives another number of them.
fn check<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let cases = std::env::var("ESCUDO_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    if let Err(found) = TestRunner::new_with_rng(config, rng).run(&strategy, property) {
        panic!("{found}");
    }
}

#[test]
fn a_printed_search_parses_to_the_same_tree() {
    check(searches(), |search| {
        let text = print(&search);
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.problems, &[], "{}", text);
        // What stands for the tree is its text without spans; numbers of spans differ, as nobody wrote the first one.
        prop_assert_eq!(shape(&search), shape(&parsed.search), "{}", text);
        Nested { text: &text }.search(&parsed.search, Span::new(0, text.len()));
        Ok(())
    });
}

#[test]
fn a_printed_expression_parses_to_the_same_tree() {
    check(exprs(), |tree| {
        let text = spl::print_expr(&tree);
        let (parsed, problems) = spl::parse_eval(&text);
        prop_assert_eq!(problems, [], "{}", text);

        prop_assert_eq!(shape(&Some(tree)), shape(&parsed), "{}", text);
        Ok(())
    });
}

#[test]
fn a_printed_condition_parses_to_the_same_tree() {
    check(terms(), |tree| {
        let text = spl::print_condition(&tree);
        let (parsed, problems) = spl::parse_condition(&text);
        prop_assert_eq!(problems, [], "{}", text);
        prop_assert_eq!(shape(&Some(tree)), shape(&parsed), "{}", text);
        Ok(())
    });
}

#[test]
fn the_layout_of_a_search_keeps_its_tree() {
    check(searches(), |search| {
        let text = print(&search);
        let Some(once) = layout(&text) else {
            // A backtick inside a string is text for the parser and for the layout alike.
            return Err(TestCaseError::fail(format!("no layout: {text}")));
        };
        prop_assert_eq!(layout(&once), Some(once.clone()), "{}", text);
        prop_assert_eq!(shape(&search), shape(&parse(&once).search), "{}", once);
        Ok(())
    });
}

/// Pieces that meet in mistakes.
fn broken() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        name(),
        text(),
        "[|\\[\\](){}\"'`\\\\=<>!,.$ \n]{1,3}",
        Just("| stats count by".to_owned()),
        Just("```c```".to_owned()),
        Just("\u{201C}x\u{201D}".to_owned()),
        Just(" IN (".to_owned()),
        Just("| eval a=if(".to_owned()),
        Just("`m(".to_owned()),
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_text_breaks_the_front_end() {
    check(broken(), |text| {
        let parsed = parse(&text);
        let whole = Span::new(0, text.len());
        let nested = Nested { text: &text };
        nested.search(&parsed.search, whole);
        for problem in &parsed.problems {
            nested.span(problem.span, whole);
        }
        let lowered = escudo::commands::lower(&parsed.search);
        let _ = escudo::ir::flow(&lowered.plan, &escudo::ir::schema::NoCatalog);
        if let Some(once) = layout(&text) {
            prop_assert_eq!(layout(&once), Some(once.clone()), "{}", text);
        }
        if parsed.problems.is_empty() {
            let printed = print(&parsed.search);
            prop_assert_eq!(shape(&parsed.search), shape(&parse(&printed).search), "{}", printed);
        }
        Ok(())
    });
}

/// What the commands' forms tell apart, in any order and with any gaps: a word that is a keyword in one place and a name in
/// another must be printed so that it is read as the same thing.
const PIECES: &[&str] = &[
    "a",
    "b",
    "by",
    "BY",
    "groupby",
    "as",
    "AS",
    "where",
    "from",
    "into",
    "over",
    "in",
    "IN",
    "with",
    "sortby",
    "output",
    "OUTPUTNEW",
    "OR",
    "AND",
    "NOT",
    "not",
    "like",
    "count",
    "count(a)",
    "c(a)",
    "eval(a=1)",
    "count(eval(a=1))",
    "num(a)",
    "x=1",
    "x=by",
    "by=1",
    "as=1",
    "where=a",
    "datamodel=M.D",
    "datamodel",
    "M",
    "span=1h",
    "field=a",
    "5",
    "-",
    "+",
    "-a",
    "desc",
    "d",
    "=",
    "!=",
    "(",
    ")",
    "[|x]",
    "\"s\"",
    "'s'",
    "\"by\"",
    "'as'",
    "``` c ```",
    "$t$",
    "TERM(a)",
    "*",
    "a.b",
    "<<F>>",
    "\\",
    "!",
    "\\ ",
    "\\(",
    "mode=sed",
    "max_match=1",
    "ctime(a)",
    ":",
    "if(a,b)",
    ".",
    "<",
    "%",
    "[",
    "]",
    "\u{a0}",
    "null()",
    "{}",
    "$a|s$",
    "$a b$",
    "'",
    "\"a\\\"b\"",
    "CASE(b)",
    "&&",
    "||",
    "==",
    ">",
    ">=",
    "/",
    "a:b",
    "a{}.b",
    "é",
    "isnull(a)",
    "1.5",
    "1e3",
    ".5",
    "a IN (b, \"c d\")",
    "NOT IN",
    "IN (",
    "like \"a%\"",
    "eval(",
    "f(x,\"y)\")",
    "\\\"",
    "\\|",
    "C:\\a\\",
    "\\\\",
    "[search a=1 | head]",
    "from datamodel=M.D where a=1 by b",
    "as \"c d\"",
    "x!=\"y\"",
    "t.csv",
    "append=t",
    "str(b)",
    "auto",
    "-5",
    "+a",
    "- a",
    "~",
    "#",
    ";",
    "?",
    "lookup:x",
    "xor",
    "XOR",
    "true()",
    "a=*",
    "sum(a.b)",
    "p95(a)",
    "p9.5(x)",
    "dc( 'a b' )",
    "values(\"a\")",
    "\t",
    "<=",
    "=>",
    "a,b",
    "(a)",
    "((a OR b))",
    "!a",
];
const GAPS: &[&str] = &[" ", " ", " ", ",", ", ", " ,", "", "\n", ",,"];

/// Each form once or twice, and commands with the generic one.
const COMMANDS: &[&str] = &[
    "append",
    "chart",
    "convert",
    "dedup",
    "eval",
    "fieldformat",
    "fields",
    "fillnull",
    "from",
    "head",
    "inputlookup",
    "join",
    "lookup",
    "mstats",
    "regex",
    "rename",
    "replace",
    "rex",
    "search",
    "sort",
    "stats",
    "table",
    "timechart",
    "transaction",
    "tstats",
    "where",
];

#[test]
fn any_words_that_parse_print_as_the_same_tree() {
    // For a longer run: other seeds, more cases.
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let cases = number("ESCUDO_CASES").unwrap_or(40_000);
    let mut state = number("ESCUDO_SEED").unwrap_or(0x5DEE_CE66_D1CE_CAFE);
    let mut read = 0;
    let mut found: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for case in 0..cases {
        let command = COMMANDS[roll(&mut state, COMMANDS.len())];
        let mut text = ["| ", command].concat();
        for _ in 0..=case % 7 {
            text += GAPS[roll(&mut state, GAPS.len())];
            text += PIECES[roll(&mut state, PIECES.len())];
        }
        let first = parse(&text);
        if !first.problems.is_empty() {
            continue;
        }
        read += 1;
        let printed = print(&first.search);
        let second = parse(&printed);
        if !second.problems.is_empty() || shape(&first.search) != shape(&second.search) {
            let entry = found.entry(command).or_insert((usize::MAX, String::new()));
            if text.len() < entry.0 {
                *entry = (text.len(), format!("{text}\n    {printed}\n    {:?}", second.problems.first()));
            }
        }
    }
    let found: Vec<String> = found.into_values().map(|(_, what)| what).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read > cases / 20, "only {read} texts are searches");
}
