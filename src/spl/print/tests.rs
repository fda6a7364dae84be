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
