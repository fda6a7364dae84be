#![allow(clippy::unwrap_used)]

use super::*;
use crate::diag::Severity;
use crate::spl::ast::{AggregateArgument, ByItem, CompareOp, ExprKind, TermKind};
use std::fmt::Write as _;

/// A condition as nested lists: `(AND a=1 (OR b=2 c))`; every operator but `=` is shown as `~`.
fn sketch(term: &Term) -> String {
    let list = |name: &str, terms: &[Term]| {
        let inside: Vec<String> = terms.iter().map(sketch).collect();
        format!("({name} {})", inside.join(" ")).replace(" )", ")")
    };
    match &term.kind {
        TermKind::And(terms) => list("AND", terms),
        TermKind::Or(terms) => list("OR", terms),
        TermKind::Not(inner) => format!("(NOT {})", sketch(inner)),
        TermKind::Compare { field, op, value } => {
            let sign = if op.node == CompareOp::Eq { "=" } else { "~" };
            format!("{}{sign}{}", field.text, value.text)
        }
        TermKind::In { field, values } => {
            let values: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
            format!("{}:[{}]", field.text, values.join(";"))
        }
        TermKind::Keyword(word) => word.text.clone(),
        TermKind::Term(word) => format!("TERM:{}", word.text),
        TermKind::Case(word) => format!("CASE:{}", word.text),
        TermKind::Subsearch(search) => format!("[{}]", search.stages.len()),
    }
}

#[test]
fn or_binds_tighter_than_and_in_a_search_expression() {
    let table = [
        ("a=1 OR b=2 c=3", "(AND (OR a=1 b=2) c=3)"),
        ("a=1 AND b=2 OR c=3", "(AND a=1 (OR b=2 c=3))"),
        ("NOT a=1 b=2", "(AND (NOT a=1) b=2)"),
        ("NOT a=1 OR NOT(b=2 c)", "(OR (NOT a=1) (NOT (AND b=2 c)))"),
        ("NOT NOT a", "(NOT (NOT a))"),
        ("a=\"x\"b=\"y\"", "(AND a=x b=y)"),
        ("(a=x)OR(b=y)AND(c=z)", "(AND (OR a=x b=y) c=z)"),
        ("a=1 and b=2", "(AND a=1 and b=2)"),
        ("", "(AND)"),
        ("()", "(AND)"),
    ];
    for (text, wanted) in table {
        assert_eq!(parse_condition(text).0.map(|term| sketch(&term)).as_deref(), Some(wanted), "{text}");
    }
}

#[test]
fn terms_of_a_search_expression() {
    let table = [
        ("EventCode = 4688", "EventCode=4688"),
        ("a!=b", "a~b"),
        ("a==b", "a=b"),
        ("a>=.5", "a~.5"),
        ("\"a b{}.c\"=\"*x*\"", "a b{}.c=*x*"),
        ("\"a b\" IN (x)", "a b:[x]"),
        ("k8s.io/z-1{}=v", "k8s.io/z-1{}=v"),
        ("src=10.0.0.0/8 dst=2001:db8::/32", "(AND src=10.0.0.0/8 dst=2001:db8::/32)"),
        ("earliest=-70m@m latest=now", "(AND earliest=-70m@m latest=now)"),
        ("url=*?a=b&c=d*", "url=*?a=b&c=d*"),
        ("p=C:\\\\Windows\\\\*", "p=C:\\Windows\\*"),
        ("b=*\\\"k\\\":true*", "b=*\"k\":true*"),
        ("a IN (\"x\",, \"y\" z* . 5,)", "a:[x;y;z*;.;5]"),
        ("a IN(\"\" *x* \"\")", "a:[;*x*;]"),
        ("a NOT IN (b)", "(NOT a:[b])"),
        ("name, \"some text\"", "(AND name some text)"),
        ("a=1, OR, b=2", "(OR a=1 b=2)"),
        ("a, AND b=2", "(AND a b=2)"),
        ("TERM(10.0.0.1) CASE(\"Ab c\")", "(AND TERM:10.0.0.1 CASE:Ab c)"),
        ("NOT[search x] [| inputlookup t | fields a]", "(AND (NOT [1]) [2])"),
        ("%original_detection_search% a=\"$u$\" $d$ b=$s|s$", "(AND %original_detection_search% a=$u$ $d$ b=$s|s$)"),
        ("a=it's b='x y'", "(AND a=it's b='x y')"),
        ("ANDROID=1 ORACLE NOTE", "(AND ANDROID=1 ORACLE NOTE)"),
        ("a=1 ```x | \" y``` b=2", "(AND a=1 b=2)"),
    ];
    for (text, wanted) in table {
        assert_eq!(parse_condition(text).0.map(|term| sketch(&term)).as_deref(), Some(wanted), "{text}");
    }
}

/// An expression with parentheses around every operation.
fn grouped(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(_, text) => text.clone(),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Field(word) => word.text.clone(),
        ExprKind::Unary(op, inner) => format!("({op:?} {})", grouped(inner)),
        ExprKind::Binary(op, left, right) => {
            let name = format!("{:?}", op.node).replace("Compare(", "").replace(')', "");
            format!("({} {name} {})", grouped(left), grouped(right))
        }
        ExprKind::In(inner, items) => format!("({} in {})", grouped(inner), list(items)),
        ExprKind::Call(name, args) => format!("{}{}", name.node, list(args)),
        ExprKind::Subsearch(_) => "[]".to_owned(),
    }
}

fn list(items: &[Expr]) -> String {
    let items: Vec<String> = items.iter().map(grouped).collect();
    format!("({})", items.join("; "))
}

#[test]
fn precedence_of_eval() {
    let table = [
        ("a=1 OR b=2 AND c=3", "((a Eq 1) Or ((b Eq 2) And (c Eq 3)))"),
        ("a XOR b OR c", "(a Xor (b Or c))"),
        ("NOT a=1 AND b", "((Not (a Eq 1)) And b)"),
        ("NOT x IN (\"a\", 5)", "(Not (x in (\"a\"; 5)))"),
        ("x not in (1) and y NOT LIKE \"z%\"", "((Not (x in (1))) And (Not (y Like \"z%\")))"),
        ("1+2*3-4", "((1 Add (2 Multiply 3)) Subtract 4)"),
        ("-a*b", "((Minus a) Multiply b)"),
        ("a.b", "a.b"),
        ("a . b", "(a Concat b)"),
        ("\"%\".a.b.\"%\"", "((\"%\" Concat a.b) Concat \"%\")"),
        ("a+b=c", "((a Add b) Eq c)"),
        ("x like \"a%\" or LIKE(y, \"b\")", "((x Like \"a%\") Or like(y; \"b\"))"),
        ("if (1=1,'a b{}.c',null)", "if((1 Eq 1); a b{}.c; null)"),
        ("a<.5", "(a Lt .5)"),
        ("mvindex ('p{}.v',-1)", "mvindex(p{}.v; (Minus 1))"),
        ("\"x\"AND y", "(\"x\" And y)"),
        ("(a)OR(b)", "(a Or b)"),
        ("$f$=\"x\" AND '<<FIELD>>'>2", "(($f$ Eq \"x\") And (<<FIELD>> Gt 2))"),
        ("<<FIELD>> > 1", "(<<FIELD>> Gt 1)"),
        ("x IN ([search a | fields b])", "(x in ([]))"),
        ("0.0000000001 + 1e3", "(0.0000000001 Add 1e3)"),
        ("note AND orders", "(note And orders)"),
    ];
    for (text, wanted) in table {
        assert_eq!(parse_eval(text).0.map(|expr| grouped(&expr)).as_deref(), Some(wanted), "{text}");
    }
}

fn kind(arg: &Arg) -> &'static str {
    match arg {
        Arg::Option { .. } => "opt",
        Arg::Word(_) => "word",
        Arg::Keyword(_) => "key",
        Arg::Alias { .. } => "alias",
        Arg::Aggregate(_) => "agg",
        Arg::By(_) => "by",
        Arg::From { .. } => "from",
        Arg::Condition(_) => "cond",
        Arg::Expr(_) => "expr",
        Arg::Assign { .. } => "assign",
        Arg::SortKey { .. } => "sort",
        Arg::Sign(_) => "sign",
        Arg::Convert { .. } => "convert",
        Arg::Match { .. } => "match",
        Arg::Replace { .. } => "replace",
        Arg::Subsearch(_) => "sub",
        Arg::Raw(_) => "raw",
    }
}

#[test]
fn arguments_of_commands() {
    let table = [
        ("| rename a as b c AS \"d e\", M.* as *", "alias alias alias"),
        ("| stats count values(a{}.b) as v, dc(eval(x>1)) by y", "agg agg agg by"),
        ("| stats values(x) as name(part) sparkline", "agg agg"),
        ("| tstats count a=b max(x) from datamodel=\"A\".\"B\" where c=1 by d", "agg opt agg from key cond by"),
        ("| tstats count FROM datamodel=A WHERE (c=by OR d=\"x by y\")BY d", "agg from key cond by"),
        ("| tstats count FROM datamodel=A WHERE [search c=\"]\" | stats count by d] BY d", "agg from key cond by"),
        ("| rex field=\"a b\" max_match=0 \"(?<x>.)\"", "opt opt word"),
        ("| rex field=a instance/(?<i>.*)", "opt word"),
        ("| regex a != \"\\d\"", "match"),
        ("| regex \"\\d\"", "match"),
        ("| sort 0 - a, b", "word sort sort"),
        ("| sort count, - b desc", "sort sort key"),
        ("| dedup 2 a, b sortby -c +d", "word word word key sort sort"),
        ("| fields - a, b*", "sign word word"),
        ("| fields -a", "sign word"),
        ("| fields - predicted(x)", "sign word"),
        ("| head 5", "word"),
        ("| head limit=5 (a<5)", "opt expr"),
        ("| where [search x] = 5", "expr"),
        ("| replace \"a\", with \"b\" in c, d", "replace key word word"),
        ("| convert timeformat=\"%F\" ctime(a) as b, mktime(c)", "opt convert convert"),
        ("| lookup t a, b as c, OUTPUTNEW d as e", "word word alias key alias"),
        ("| inputlookup t append=T where a=1 OR b=2", "word opt key cond"),
        ("| from datamodel:\"M\".\"D\"", "from"),
        ("| from datamodel M.D", "from"),
        ("| join type=left a b max=0 [search x]", "opt word word opt sub"),
        ("| foreach a_* [eval b = if('<<MATCHSTR>>' > 1, \"<<FIELD>>\", 0)]", "word sub"),
        ("| transaction a startsWith=(x=\"(\") endswith=eval(y>1) maxspan=5m", "word opt opt opt"),
        ("| bin _time as t span=1h", "alias opt"),
        ("| timechart limit=0 span=10m count by host", "opt opt agg by"),
        ("| chart eval(sum(a)/sum(b)) as r over x by y", "agg key word by"),
        ("| addtotals fieldname=S, a b", "opt word word"),
        ("| top limit=5 a by b", "opt word by"),
        ("| map search=\"search a=$b$ | head 1\" maxsearches=5", "opt opt"),
        ("| eval \"a b\"=1, {x}=2, p{x}-y=3, 'z'=4,", "assign assign assign assign"),
        ("| fieldformat a=strftime(a, \"%F\")", "assign"),
        ("| makemv delim=\" \" a", "opt word"),
        ("| spath input=a output=b path=c{}.d{@e}", "opt opt opt"),
    ];
    for (text, wanted) in table {
        let parsed = parse(text);
        let kinds: Vec<&str> = parsed.search.stages[0].args.iter().map(|arg| kind(&arg.node)).collect();
        assert_eq!(kinds.join(" "), wanted, "{text}");
        assert_eq!(parsed.problems, [], "{text}");
    }
}

#[test]
fn stages_and_their_commands() {
    let parsed = parse("a=1|BUCKET span=1h _time| search b=\"x|y\" [ search c | head 1 ]");
    assert_eq!(parsed.problems, []);
    let commands: Vec<_> = parsed.search.stages.iter().map(|stage| (&*stage.command.node, stage.implied)).collect();
    assert_eq!(commands, [("search", true), ("bin", false), ("search", false)]);
    assert!(!parse("search a=1").search.stages[0].implied);
    assert!(parse("search=1").search.stages[0].implied);
    assert!(!parse("search```a comment``` a").search.stages[0].implied);
    assert!(!parse("search, a").search.stages[0].implied);
    assert!(!parse(", search a").search.stages[0].implied);
    assert_eq!(parse(" | tstats count").search.stages[0].command.node, "tstats");
    assert_eq!(parse("").search.stages, []);
}

#[test]
fn aggregates_keep_their_text() {
    let parsed = parse("| stats Values(a.b) count(eval(x=\"1\")) as n by c span=1h");
    let args = &parsed.search.stages[0].args;
    let Arg::Aggregate(first) = &args[0].node else { panic!("{args:?}") };
    assert_eq!((first.function.node.as_str(), first.text.as_str()), ("values", "Values(a.b)"));
    let Arg::Aggregate(second) = &args[1].node else { panic!("{args:?}") };
    assert!(matches!(&second.argument, AggregateArgument::Eval(expr) if grouped(expr) == "(x Eq \"1\")"));
    assert_eq!(second.text, "count(eval(x=\"1\"))");
    let Arg::By(items) = &args[2].node else { panic!("{args:?}") };
    assert!(matches!(&items[1], ByItem::Option { name, .. } if name.node == "span"));
}

#[test]
fn mistakes_are_named_at_their_place() {
    // Text, code, the characters pointed at, the message.
    let table = [
        ("a=1 | stats count by", "missing-argument", "by", "`by` has no field after it"),
        ("a=1 | statz count", "unknown-command", "statz", "`statz` is not a command"),
        ("a=1 | ", "empty-stage", "|", "the search ends with a pipe"),
        ("a=1 | | head", "empty-stage", "|", "two pipes stand in a row"),
        ("a=1 [search b |]", "empty-stage", "|", "the subsearch ends with a pipe"),
        ("a=1 []", "empty-stage", "[]", "a subsearch is empty"),
        ("a=1 | where (b=1 | head", "unclosed-parenthesis", "(", "a parenthesis has no end"),
        ("a=1 | where b=1) | head", "unmatched-closer", ")", "`)` closes nothing"),
        ("a=\"x b=1 | head", "unclosed-quote", "\"", "a quoted string has no end"),
        ("a=1 [search b | head", "unclosed-bracket", "[", "a subsearch has no end"),
        ("a=1 ] | head", "unmatched-closer", "]", "`]` closes nothing"),
        ("a=1 | where b=1 && c=2", "foreign-operator", "&&", "`&&` is no operator of SPL"),
        ("a=1 | where b=1 || c=2", "foreign-operator", "||", "`||` is no operator of SPL"),
        ("a=1 || b=2 | head", "foreign-operator", "||", "`||` is no operator of SPL"),
        ("!a=1 | head", "foreign-operator", "!", "`!` is no operator of SPL"),
        ("a=1 | where !b", "foreign-operator", "!", "`!` is no operator of SPL"),
        ("a IN \"x\", \"y\"", "in-without-parentheses", "IN", "the list after `IN` has no parentheses"),
        ("a=1 | where b IN \"x\"", "in-without-parentheses", "IN", "the list after `IN` has no parentheses"),
        ("a=1 | rename b as | head", "missing-argument", "as", "`as` has no name after it"),
        ("a=1 | stats count by x stats count", "missing-pipe", "stats", "the command `stats` has no pipe before it"),
        ("a=1 | where b=1 stats count", "missing-pipe", "stats", "the command `stats` has no pipe before it"),
        ("a=1 | stats by x", "missing-argument", "by x", "`stats` computes nothing"),
        ("a=1 | stats by x count", "by-before-aggregation", "by", "`by` stands before the aggregations"),
        ("a=1 | stats by x, values(y)", "by-before-aggregation", "by", "`by` stands before the aggregations"),
        ("a=1 | stats values", "missing-argument", "values", "`values` has no field to work on"),
        ("a=\u{201C}x\u{201D}", "smart-quotes", "\u{201C}", "`\u{201C}` is a typographic quote"),
        ("a=1 ` b", "stray-backtick", "`", "a backtick stands outside of quotes"),
        ("a=1 and b=2", "lowercase-boolean", "and", "`and` is a word to look for here, no operator"),
        ("tstats count", "missing-pipe", "tstats", "`tstats` has no pipe before it, so it is a word to look for"),
        ("a=1 | eval b=1 c=2", "spl-syntax", "", "a comma is missing between two assignments"),
        ("a=1 | eval b != 2", "spl-syntax", "b != 2", "`eval` assigns nothing here"),
        ("a=1 | eval", "missing-argument", "", "`eval` ends where `field = expression` is expected"),
        ("a=1 | where", "missing-argument", "", "`where` ends where an expression is expected"),
        ("a=1 | where b=", "missing-argument", "", "`where` ends where a value is expected"),
        ("a=1 | where b=1 c=2", "spl-syntax", "c", "`c` does not fit here in `where`"),
        ("a=1 | rex field=b", "missing-argument", "", "`rex` ends where a regular expression is expected"),
        ("a= | head", "missing-argument", "", "`search` ends where a value is expected"),
        ("a=1 OR | head", "missing-argument", "", "`search` ends where a search term is expected"),
        ("a=1 | lookup t a, as b", "spl-syntax", "as", "`as` does not fit here in `lookup`"),
        ("a=1 | lookup t a as, b", "missing-argument", "as", "`as` has no name after it"),
        ("a=1 | lookup t a as output b", "missing-argument", "as", "`as` has no name after it"),
        ("a=1 | stats count as by host", "missing-argument", "as", "`as` has no name after it"),
        ("a=1 | stats count as | head", "missing-argument", "as", "`as` has no name after it"),
        ("a=1 | rename b c", "spl-syntax", "c", "`c` does not fit here in `rename`"),
        ("a=1 | rename b as c d", "missing-argument", "", "`rename` ends where `as` is expected"),
        ("a=1 | where b=\"x\" \"y\"", "spl-syntax", "\"y\"", "a quoted string does not fit here in `where`"),
        ("a=1 | where b IN (1 2)", "spl-syntax", "2", "`2` does not fit here in `where`"),
        ("a=1 | where b <> 2", "foreign-operator", "<>", "`<>` is no operator of SPL"),
        ("a=1 | where b === 2", "foreign-operator", "===", "`===` is no operator of SPL"),
        ("a=1 | where b => 2", "foreign-operator", "=>", "`=>` is no operator of SPL"),
        ("a=1 | where b =~ \"x\"", "foreign-operator", "=~", "`=~` is no operator of SPL"),
        ("a=1 | where b is null", "foreign-operator", "is null", "`is null` is no operator of SPL"),
        ("a=1 | where b IS NOT NULL", "foreign-operator", "IS NOT NULL", "`IS NOT NULL` is no operator of SPL"),
        ("a=1 | eval b = c ? 1 : 2", "foreign-operator", "?", "`?` is no operator of SPL"),
        ("a=1 | eval b=1; c=2", "foreign-operator", ";", "`;` is no operator of SPL"),
        ("a=1 | eval b=1 // note", "spl-syntax", "//", "a comment is written between triple backticks"),
        ("a=1 | where b=1 # note", "spl-syntax", "#", "a comment is written between triple backticks"),
        ("a=1 | table 'b c, d", "unclosed-quote", "'", "a field name in single quotes has no end"),
        ("a=1 | table'b c'", "spl-syntax", "table", "a blank is missing between `table` and the quote"),
        ("a, NOT IN (b)", "in-without-parentheses", "IN", "the list after `IN` has no parentheses"),
        ("a=1 | where 'b c = 1", "unclosed-quote", "'", "a field name in single quotes has no end"),
        ("a=1 | eval b = c . ", "missing-argument", "", "`eval` ends where a value is expected"),
        ("a=1 | eval b = if(c=1, 2, )", "spl-syntax", ")", "`)` does not fit here in `eval`"),
        ("a=1 | eval b = lower(c", "unclosed-parenthesis", "(", "a parenthesis has no end"),
        ("a=1 | sort -", "missing-argument", "", "`sort` ends where a field is expected"),
        ("a=1 | dedup", "missing-argument", "", "`dedup` ends where a field is expected"),
        ("a=1 | fields -", "missing-argument", "", "`fields` ends where a field is expected"),
        ("a=1 | table", "missing-argument", "", "`table` ends where a field is expected"),
        ("a=1 | lookup", "missing-argument", "", "`lookup` ends where the name of a lookup is expected"),
        ("a=1 | lookup t b OUTPUT", "missing-argument", "OUTPUT", "`OUTPUT` has no field after it"),
        ("| inputlookup", "missing-argument", "", "`inputlookup` ends where the name of a lookup is expected"),
        ("| tstats count from", "spl-syntax", "from", "`from` does not fit here in `tstats`"),
        ("| tstats count from datamodel=", "missing-argument", "", "`tstats` ends where a dataset is expected"),
        ("a=1 | replace b with", "missing-argument", "with", "`with` has no text after it"),
        (
            "a=1 | stats values(b OR c)",
            "spl-syntax",
            "b OR c",
            "`values` works on a field, and a condition stands in its parentheses",
        ),
        (
            "a=1 | stats count(b=2)",
            "spl-syntax",
            "b=2",
            "`count` works on a field, and a condition stands in its parentheses",
        ),
        (
            "a=1 | stats avg(b c)",
            "spl-syntax",
            "b c",
            "`avg` works on one field, and several words stand in its parentheses",
        ),
        ("a=1 | fields + b - c", "spl-syntax", "-", "`-` stands in the middle of the list, where it is no sign"),
        ("TERM(a\" [b\") c", "spl-syntax", "\" [b\"", "a quoted string does not fit here in `search`"),
        ("a.b like \"x*\"", "foreign-operator", "like", "`like` is no operator of a search expression"),
        (", tstats count", "missing-pipe", "tstats", "`tstats` has no pipe before it, so it is a word to look for"),
        ("a (AND>5)", "spl-syntax", "AND", "`AND` does not fit here in `search`"),
        ("a=1 | sort by b", "spl-syntax", "by", "`by` stands where `sort` takes a field"),
        ("a=1 | sort 10 BY b", "spl-syntax", "BY", "`BY` stands where `sort` takes a field"),
        ("a=1 | stats count by b as c", "spl-syntax", "as", "a `by` clause cannot rename a field"),
        ("a=1 b=>5", "foreign-operator", "=>", "`=>` is no operator of SPL"),
        ("a=1 // note", "spl-syntax", "//", "a comment is written between triple backticks"),
        ("a=1 | eval b c=1", "spl-syntax", "b c", "a field name with blanks stands without quotes"),
        (
            "| tstats count from datamodel A.B",
            "spl-syntax",
            "datamodel A.B",
            "`=` is missing between `datamodel` and its name",
        ),
        (
            "| tstats count where b=1 from datamodel=A.B",
            "spl-syntax",
            "from",
            "`from` stands in the condition, as a word to look for",
        ),
        (
            "| tstats count from datamodel=A.B where (b=1),by(c)",
            "spl-syntax",
            "by",
            "`by` does not fit here in `tstats`",
        ),
        ("| tstats count from datamodel=A.B where b=1 by", "missing-argument", "by", "`by` has no field after it"),
        ("a=1 | convert ctime", "spl-syntax", "ctime", "`ctime` does not fit here in `convert`"),
        ("a=1 | stats sum(", "unclosed-parenthesis", "(", "a parenthesis has no end"),
        ("a=1 | stats coutn by b", "missing-argument", "coutn", "`coutn` has no field to work on"),
        ("a=1 | timechart count by", "missing-argument", "by", "`by` has no field after it"),
        ("a=1 | chart count over", "missing-argument", "over", "`over` has no field after it"),
        ("a=1 | stats count where b=1", "missing-pipe", "where", "the command `where` has no pipe before it"),
        ("a=1 b=2 stats count by c", "missing-pipe", "stats", "the command `stats` has no pipe before it"),
        ("a=1 where b=2", "missing-pipe", "where", "the command `where` has no pipe before it"),
        ("a=1 eval b=2", "missing-pipe", "eval", "the command `eval` has no pipe before it"),
        ("a=(1) | head", "spl-syntax", "(", "`(` does not fit here in `search`"),
        ("a=1 AND OR b=2", "spl-syntax", "OR", "`OR` does not fit here in `search`"),
        ("a=1 | \"b\" | head", "missing-argument", "\"b\"", "no command stands after the pipe, but a quoted string"),
    ];
    let mut wrong = String::new();
    for (text, code, characters, message) in table {
        let problems = parse(text).problems;
        let found =
            problems.iter().map(|problem| (problem.code.name(), &text[problem.span.range()], &*problem.message));
        let found: Vec<_> = found.collect();
        if found != [(code, characters, message)] {
            let _ = writeln!(wrong, "{text}: {found:?}");
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn a_mistake_leaves_the_other_stages() {
    let parsed = parse("a=1 | where b=( | stats count by c | eval d= | table c");
    let commands: Vec<_> = parsed.search.stages.iter().map(|stage| stage.command.node.as_str()).collect();
    assert_eq!(commands, ["search", "where", "stats", "eval", "table"]);
    assert!(matches!(parsed.search.stages[1].args[0].node, Arg::Raw(_)));
    assert!(matches!(parsed.search.stages[2].args[0].node, Arg::Aggregate(_)));
    assert_eq!(parsed.problems.len(), 2);
    assert!(parsed.problems.iter().all(|problem| problem.code.severity() == Severity::Error));
}

/// Each of several mistakes in one search.
#[test]
fn independent_mistakes_are_reported_in_one_run() {
    let table = [
        ("a=1 | statz count | where b=1 && c | eval d", "unknown-command foreign-operator spl-syntax"),
        ("a= [search b | head |] | table", "spl-syntax empty-stage missing-argument"),
        ("a=1 | join b c= [search d | eval e=]", "spl-syntax missing-argument"),
        ("a=1 | where (b [search c | eval d=]) )", "missing-argument unmatched-closer"),
        ("a=1 | foo [search b | where c=] | rename d", "unknown-command missing-argument missing-argument"),
        ("a=1 | append [search b | append [search c | append [eval]]] | where d=", "missing-argument missing-argument"),
    ];
    for (text, wanted) in table {
        let problems = parse(text).problems;
        let found: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
        assert_eq!(found.join(" "), wanted, "{text}");
    }
}

#[test]
fn the_string_that_lost_its_end_is_found() {
    let text = "a=\"x b=\"y\" c=\"z\"";
    let problem = &parse(text).problems[0];
    assert_eq!((problem.code, problem.span), (codes::UNCLOSED_QUOTE, Span::new(2, 3)));
    assert_eq!(problem.related[0].0, Span::at(4));
}

/// What is missing is also said where it is missing.
#[test]
fn the_place_of_what_is_missing_is_found() {
    let table = [
        // An opening quote.
        ("a IN (\"x\", y*\", \"z\")", "unclosed-quote", "\", \"z\")", "y*\", \"z\")"),
        ("a=x\" b=\"y\"", "unclosed-quote", "\" b=\"y\"", "x\" b=\"y\""),
        // A closing quote, before a value that begins with a sign.
        ("a IN (\"x\", \"y, \"/z\")", "unclosed-quote", "\"y, \"/z\")", ", \"/z\")"),
        // The parentheses of a list.
        ("a IN \"x\", \"y\") b=1", "unmatched-closer", ") b=1", "\"x\", \"y\") b=1"),
        ("a IN (\"x\", \"y\" b=1 | head", "unclosed-parenthesis", "(\"x\"", " b=1 | head"),
        ("a IN (x, y | head", "unclosed-parenthesis", "(x", " | head"),
        ("a IN (\"x (in\" ) b=\"in y\")", "unmatched-closer", ")", ""),
    ];
    for (text, code, at, missing) in table {
        let problem = &parse(text).problems[0];
        assert_eq!(problem.code.name(), code, "{text}");
        assert!(text[problem.span.start as usize..].starts_with(at), "{text}: {problem:?}");
        match problem.related.first() {
            Some((span, _)) => assert_eq!(&text[span.start as usize..], missing, "{text}"),
            None => assert!(missing.is_empty(), "{text}"),
        }
    }
}

/// Texts that nest, chain or repeat; each is read three ways and none may overflow the stack or take long.
#[test]
fn hostile_texts_are_bounded() {
    let many = 5_000;
    let nested = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(90), close.repeat(90));
    let texts = [
        "(".repeat(many),
        ")".repeat(many),
        "[".repeat(many),
        nested("(", "a=1", ")"),
        format!("| where {}", nested("(", "a=1", ")")),
        format!("| where {}", nested("f(", "a", ")")),
        format!("| where {}", "f(".repeat(90)),
        format!("| stats {}", nested("f(", "a", ")")),
        format!("| transaction a startswith={}", nested("(", "a", ")")),
        format!("a IN {}", nested("(", "a", ")")),
        format!("a IN {} =", nested("(b IN ", "a", ")")),
        nested("[search ", "a", "]"),
        format!("| where {}", "(a=1) OR ".repeat(many)),
        format!("| where {} a", "NOT ".repeat(many)),
        format!("| where {} a", "-".repeat(many)),
        format!("| where {}", "a.".repeat(many)),
        format!("| eval {}", "a=b.c,".repeat(many)),
        format!("| stats {}", "count(a) as b,".repeat(many)),
        format!("| tstats count where a=1{}b", " ".repeat(many)),
        format!("{} a", "NOT ".repeat(many)),
        "a OR ".repeat(many),
        "a=1 ".repeat(many),
        "a|".repeat(many),
        "| eval a=1,".repeat(many),
        "\"".repeat(many),
        "`".repeat(many),
        "a ``````".repeat(many),
        "'".repeat(many),
        "$a|".repeat(many),
        "$a".repeat(many),
        "\\".repeat(many + 1),
        "\u{201C}\u{e9}\u{1F600}|".repeat(many),
        "x".repeat(MAX_LENGTH + 1),
        // Brackets that end elsewhere for those who do not know of the quotes.
        "| tstats count where [x \"]\" by y] by z".to_owned(),
        "| tstats count where a=[x \"]\" by y \"]\" by z".to_owned(),
        "| tstats count where \"[x ] by y\\\" z] by z".to_owned(),
        "[foo a= ".repeat(45) + &"]".repeat(45),
        format!("| where {}", "[search a | where b= ".repeat(45) + &"]".repeat(45)),
        format!("a IN {}", "(b [c] ".repeat(40)) + &")".repeat(40),
        format!("| table {}", "a(".repeat(45) + &")".repeat(45)),
        "|a".repeat(100_000),
    ];
    for text in texts {
        let start = std::time::Instant::now();
        let _ = parse(&text);
        let _ = parse_eval(&text);
        let _ = parse_condition(&text);
        let head: String = text.chars().take(20).collect();
        assert!(start.elapsed().as_secs() < 20, "{head}: {:?}", start.elapsed());
    }
}
