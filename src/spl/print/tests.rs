use crate::spl::{parse, parse_condition, parse_eval, print, print_condition, print_expr};

#[test]
fn searches_in_one_layout() {
    let table = [
        ("index=main   a=1|stats count  by b,c", "index=main a=1\n| stats count by b c"),
        ("a=1 OR b=2 c=3", "(a=1 OR b=2) c=3"),
        (" (), | head", "()\n| head"),
        ("|bucket span=1h _time|kv", "| bin span=1h _time\n| extract"),
        ("| rename a AS b c as \"d e\",", "| rename a as b, c as \"d e\""),
        ("| eval a = 1,b=a . \"x\"", "| eval a=1, b=a . \"x\""),
        ("| lookup t a as b,c outputnew d", "| lookup t a as b c OUTPUTNEW d"),
        ("| sort 0 - a, +b num(c) desc", "| sort 0 -a b num(c) desc"),
        ("x=1 [|inputlookup t|fields u]", "x=1 [| inputlookup t | fields u]"),
        ("| join type=left u [search y=2]", "| join type=left u [search y=2]"),
        ("| regex a != \"\\d\"", "| regex a!=\"\\d\""),
        (
            "| tstats count from datamodel=\"M\".\"D\" where a=1 AND NOT (b=2 OR c=3)by d _time span=5m",
            "| tstats count from datamodel=\"M.D\" where a=1 NOT (b=2 OR c=3) by d _time span=5m",
        ),
        ("| tstats count from datamodel=M\"a) | \\\"c\"", "| tstats count from datamodel=\"Ma) | \\\"c\""),
        ("a=1 | regex b\"=;.*)\"", "a=1\n| regex \"b\\\"=;.*)\\\"\""),
        (r#"|table f(x,"a) b"),g(\\) p\ q(r)"#, r#"| table f(x,"a) b") g(\\) "p q(r)""#),
        (r#"|transaction a startswith=eval(b="c\\)")"#, r#"| transaction a startswith=eval(b="c\\)")"#),
        ("| stats count by from, to", "| stats count by from, to"),
        ("| stats count by,a,into,", "| stats count by a into"),
        ("| tstats count from datamodel=M.D by a, by, b", "| tstats count from datamodel=M.D by a by, b"),
        ("| tstats count where a IN (b, by, c) by, d", "| tstats count where a IN (b, by, c) by d"),
        ("| rename a as output, b as by", "| rename a as output, b as by"),
        ("| lookup t a output, b", "| lookup t a OUTPUT b"),
        ("| sort +5, +desc", "| sort +5 +desc"),
        ("| regex a! =b", "| regex a! =b"),
        (r"| fields, +a \\$b|c$", r"| fields + a \\$b|c$"),
        ("| from datamodel M.D | head ( a < 5 )", "| from datamodel:M.D\n| head (a < 5)"),
        ("| replace \"x*\", with \"*\" \"y\" with z IN f g", "| replace \"x*\" with \"*\", \"y\" with z in f g"),
        ("| convert timeformat=\"%F\" ctime(a) as b mktime(c)", "| convert timeformat=\"%F\" ctime(a) as b mktime(c)"),
    ];
    for (text, printed) in table {
        let parsed = parse(text);
        assert_eq!(parsed.problems, [], "{text}");
        assert_eq!(print(&parsed.search), printed, "{text}");
    }
}

#[test]
fn expressions_keep_their_parentheses() {
    let table = [
        ("a OR b AND c", "a OR b AND c"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("not a=1 and !b", "NOT a = 1 AND NOT b"),
        ("a-(b-c)-d", "a - (b - c) - d"),
        ("-(a+b)*-c", "-(a + b) * -c"),
        ("x IN (\"a\",5) = y", "x IN (\"a\", 5) = y"),
        ("x NOT IN (1) OR y NOT LIKE \"a%\"", "NOT x IN (1) OR NOT y LIKE \"a%\""),
        ("a.b.\"c\"", "a.b . \"c\""),
        ("IF (a=1, 'b c', null())", "if(a = 1, 'b c', null())"),
        ("a=(NOT b)", "a = (NOT b)"),
    ];
    for (text, printed) in table {
        let (expr, _) = parse_eval(text);
        assert_eq!(expr.map(|expr| print_expr(&expr)).as_deref(), Some(printed), "{text}");
    }
}

#[test]
fn words_keep_their_escapes() {
    let table = [
        r#"a="C:\\Temp\\*""#,
        r#"a="\\s\\\"b""#,
        r"a=C:\\x\\*y",
        r#"a=*\"k\":1*"#,
        r"a=b\ c",
        "a< <b>>=c",
        "a! =b",
        r"a\<b c\\\)",
        r#"a="$u|s$" $v|s$"#,
        "TERM(10.0.0.1) CASE(Ab)",
        r#""a b"=1 "c d{}" IN ("x", y*)"#,
    ];
    for text in table {
        let (term, problems) = parse_condition(text);
        assert_eq!(problems, [], "{text}");
        assert_eq!(term.map(|term| print_condition(&term)).as_deref(), Some(text));
    }
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

/// xorshift64.
fn roll<'a>(state: &mut u64, choices: &[&'a str]) -> &'a str {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    choices[(*state % choices.len() as u64) as usize]
}

/// A tree without its spans.
fn shape(tree: &impl std::fmt::Debug) -> String {
    let text = format!("{tree:?}");
    let mut parts = text.split("Span { start: ");
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    shape
}

#[test]
fn any_words_that_parse_print_as_the_same_tree() {
    // For a longer run: other seeds, more cases.
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let cases = number("ESCUDO_CASES").unwrap_or(40_000);
    let mut state = number("ESCUDO_SEED").unwrap_or(0x5DEE_CE66_D1CE_CAFE);
    let mut read = 0;
    let mut found: std::collections::BTreeMap<&str, (usize, String)> = std::collections::BTreeMap::new();
    for case in 0..cases {
        let command = roll(&mut state, COMMANDS);
        let mut text = ["| ", command].concat();
        for _ in 0..=case % 7 {
            text += roll(&mut state, GAPS);
            text += roll(&mut state, PIECES);
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
