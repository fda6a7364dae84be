#![allow(clippy::unwrap_used)]

use super::*;
use crate::source::Sources;

/// Macros from lines such as `name(a, b) = definition`.
struct Pack {
    sources: Sources,
    macros: Vec<(String, MacroDefinition)>,
}

impl Pack {
    fn new(lines: &[&str]) -> Self {
        let mut sources = Sources::new();
        let mut macros = Vec::new();
        for line in lines {
            let (head, definition) = line.split_once(" = ").unwrap();
            let (name, args) = head.split_once('(').unwrap_or((head, ")"));
            let arguments = args.trim_end_matches(')').split(',').map(|arg| arg.trim().to_owned());
            let arguments = arguments.filter(|arg| !arg.is_empty()).collect();
            let file = sources.add(name, definition);
            let whole = Place { file, span: Span::new(0, definition.len()) };
            macros.push((
                name.to_owned(),
                MacroDefinition {
                    is_eval: name.starts_with("eval_"),
                    ..MacroDefinition::plain(Located::verbatim(definition, whole), arguments)
                },
            ));
        }
        Self { sources, macros }
    }

    fn expand(&mut self, search: &str) -> Expansion {
        let file = self.sources.add("search", search);
        let whole = Place { file, span: Span::new(0, search.len()) };
        expand(&Located::verbatim(search, whole), &*self)
    }

    /// The file name and the characters at a place.
    fn at(&self, place: Place) -> (String, &str) {
        (self.sources.file(place.file).path().display().to_string(), self.sources.text(place))
    }
}

impl Macros for Pack {
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, MacroDefinition>> {
        let found = self.macros.iter().find(|(known, found)| known == name && found.arguments.len() == arity);
        found.map(|(_, found)| Cow::Borrowed(found))
    }

    fn arities(&self, name: &str) -> Vec<usize> {
        self.macros.iter().filter(|(known, _)| known == name).map(|(_, found)| found.arguments.len()).collect()
    }

    fn names(&self) -> Vec<&str> {
        self.macros.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn evaluate(&self, expression: &str) -> Result<String, String> {
        crate::expr::constant::text(expression)
    }

    fn validate(&self, expression: &str) -> Result<Verdict, String> {
        crate::expr::constant::verdict(expression)
    }
}

#[test]
fn arguments_that_a_validation_refuses_are_reported() {
    // Validation, message, argument, what is said after "macro `within` ".
    let table = [
        ("isnum($days$)", Some("give a number"), "7", None),
        ("isnum($days$)", Some("give a number"), "soon", Some("refuses its arguments: give a number")),
        ("isnum($days$)", None, "soon", Some("refuses its arguments: `isnum(soon)` is not true")),
        // No condition: null is well, a text says what is wrong.
        ("if($days$ > 30, \"too long\", null())", Some("unused"), "7", None),
        ("if($days$ > 30, \"too long\", null())", Some("unused"), "31", Some("refuses its arguments: too long")),
    ];
    for (expression, message, argument, said) in table {
        let mut pack = Pack::new(&["within(days) = earliest=-$days$d"]);
        let file = pack.sources.add("validation", expression);
        let whole = Place { file, span: Span::new(0, expression.len()) };
        let expression = Located::verbatim(expression, whole);
        pack.macros[0].1.validation = Some(Validation { expression, message: message.map(str::to_owned) });
        let expansion = pack.expand(&format!("x `within({argument})`"));
        let found: Vec<_> = expansion.problems.iter().map(|problem| problem.message.as_str()).collect();
        let wanted: Vec<_> = said.map(|said| format!("macro `within` {said}")).into_iter().collect();
        assert_eq!(found, wanted, "{argument}");
        assert_eq!(expansion.text.as_str(), format!("x earliest=-{argument}d"));
        if let Some(problem) = expansion.problems.first() {
            assert_eq!(pack.at(problem.place), ("search".to_owned(), &*format!("`within({argument})`")));
        }
    }
}

fn pack() -> Pack {
    Pack::new(&[
        "fw = sourcetype=firewall",
        "both = `fw` OR sourcetype=proxy",
        "drop(name) = rename $name$.* as *",
        "pair(a, b) = $a$_x=\"$b$ and $a$\"",
        "pair(a) = one=$a$",
        "outer(x) = `drop($x$)` | `fw`",
        "stages = eval a=1 | where a=1",
        "none = ```nothing```",
        "loop = x `loop`",
        "odd = x=$other$ y=$y",
    ])
}

#[test]
fn calls_are_replaced() {
    let table = [
        ("`fw` a=1", "sourcetype=firewall a=1"),
        ("a=1 `both`", "a=1 sourcetype=firewall OR sourcetype=proxy"),
        ("| `drop(Web)` | `drop(\"Web\")`", "| rename Web.* as * | rename Web.* as *"),
        ("`pair(u, v w)`", "u_x=\"v w and u\""),
        ("`pair(b=1, a=2)`", "2_x=\"1 and 2\""),
        ("`pair(\"x, y\")`", "one=x, y"),
        ("`pair(\"say \\\"hi\\\"\")`", "one=say \"hi\""),
        ("`pair(f(1, 2))`", "one=f(1, 2)"),
        ("| `outer(Web)`", "| rename Web.* as * | sourcetype=firewall"),
        ("| `stages` | head", "| eval a=1 | where a=1 | head"),
        ("`fw()` ` fw `", "sourcetype=firewall sourcetype=firewall"),
        ("a`none`b", "a b"),
        ("`odd`", "x=$other$ y=$y"),
    ];
    for (search, wanted) in table {
        let expansion = pack().expand(search);
        assert_eq!(expansion.text.as_str(), wanted, "{search}");
        assert_eq!(expansion.problems, [], "{search}");
    }
}

#[test]
fn quotes_protect_and_comments_go() {
    let table = [
        (r#"x="`fw`" `fw`"#, r#"x="`fw`" sourcetype=firewall"#),
        (r#"split(x, "`") `fw`"#, r#"split(x, "`") sourcetype=firewall"#),
        ("a```x | `fw` \" y```b", "a b"),
        (r#"x="```a```""#, r#"x="```a```""#),
        (r#"x=*\"y `fw`"#, r#"x=*\"y sourcetype=firewall"#),
    ];
    for (search, wanted) in table {
        let expansion = pack().expand(search);
        assert_eq!(expansion.text.as_str(), wanted, "{search}");
        assert_eq!(expansion.problems, [], "{search}");
    }
}

#[test]
fn places_lead_to_the_author() {
    let mut pack = pack();
    let expansion = pack.expand("a | `outer(Web)` | b");
    // Of `a | rename Web.* as * | sourcetype=firewall | b`:
    let at = |part: &str| {
        let start = expansion.text.as_str().find(part).unwrap();
        expansion.text.trace(Span::new(start, start + part.len())).unwrap()
    };
    // The argument keeps the caller's place.
    let argument = at("Web");
    assert_eq!(pack.at(argument.place), ("search".into(), "Web"));
    assert_eq!(argument.through, []);
    let inner = at("firewall");
    assert_eq!(pack.at(inner.place), ("search".into(), "`outer(Web)`"));
    let through: Vec<_> = inner.through.iter().map(|(name, place)| (&**name, pack.at(*place).1)).collect();
    assert_eq!(through, [("outer", "`fw`"), ("fw", "firewall")]);
    let names: Vec<_> = expansion.calls.iter().map(|call| (&*call.name, call.arity, call.inside.as_deref())).collect();
    assert_eq!(names, [("outer", 1, None), ("drop", 1, Some("outer")), ("fw", 0, Some("outer"))]);
}

#[test]
fn mistakes_are_reported_in_place() {
    let table = [
        ("| `fv` | head", "unknown-macro", "fv", "| search * | head"),
        ("a=1 `fww`", "unknown-macro", "fww", "a=1  "),
        ("`drop(a, b)`", "macro-arity", "`drop(a, b)`", "search *"),
        ("`fw | stats count by `x", "unclosed-macro-call", "`", " | stats count by "),
        ("a ` b", "stray-backtick", "`", "a  b"),
        ("a ```b", "unclosed-comment", "```", "a "),
        ("`loop` a", "recursive-macro", "`loop`", "x   a"),
    ];
    for (search, code, characters, text) in table {
        let mut pack = pack();
        let expansion = pack.expand(search);
        let first = expansion.problems.first().unwrap_or_else(|| panic!("{search} has a problem"));
        assert_eq!(first.code.name(), code, "{search}");
        assert_eq!(pack.at(first.place).1, characters, "{search}");
        if code != "unclosed-macro-call" {
            assert_eq!(expansion.text.as_str(), text, "{search}");
        }
    }
    let expansion = pack().expand("`fww`");
    assert_eq!(expansion.problems[0].help.as_deref(), Some("did you mean `fw`?"));
}

/// The search text of `map` is a search in quotes.
#[test]
fn macros_in_the_search_of_map_are_expanded() {
    let mut pack = Pack::new(&["fw = sourcetype=firewall", "q(x) = u=\"$x$\" v=\\d", "loop = `loop`"]);
    let table = [
        (
            r#"| map search="search `fw` a=$a$" maxsearches=5"#,
            r#"| map search="search sourcetype=firewall a=$a$" maxsearches=5"#,
        ),
        (r#"a | MAP maxsearches=2 search = "`q(1)`""#, r#"a | MAP maxsearches=2 search = "u=\"1\" v=\\d""#),
        (r#"| map search="search `q(\"x y\")` z=\"\\d\"""#, r#"| map search="search u=\"x y\" v=\\d z=\"\\d\"""#),
        (r#"| appendpipe [map search="`fw`"]"#, r#"| appendpipe [map search="sourcetype=firewall"]"#),
        (r#"| eval search="`fw`""#, r#"| eval search="`fw`""#),
        (r#"| map search="a" | eval x="`fw`""#, r#"| map search="a" | eval x="`fw`""#),
    ];
    for (search, wanted) in table {
        let expansion = pack.expand(search);
        assert_eq!(expansion.text.as_str(), wanted, "{search}");
        assert_eq!(expansion.problems, [], "{search}");
    }
    let expansion = pack.expand(r#"| map search="`fww` `loop`" | head"#);
    let codes: Vec<_> = expansion.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [codes::UNKNOWN_MACRO, codes::RECURSIVE_MACRO]);
    assert_eq!(pack.at(expansion.problems[0].place).1, "fww");
}

#[test]
fn bombs_are_bounded() {
    let mut lines = vec!["b0 = xxxxxxxxxx".to_owned(), "e0 = ```x```".to_owned(), "a0(x) = $x$".to_owned()];
    for n in 1..60 {
        lines.push(format!("b{n} = `b{0}` `b{0}`", n - 1));
        lines.push(format!("e{n} = `e{0}``e{0}`", n - 1));
        lines.push(format!("a{n}(x) = `a{0}(\"$x$ $x$\")`", n - 1));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    for search in ["`b59`", "`e59`", "`a59(abc)`"] {
        let expansion = Pack::new(&lines).expand(search);
        assert!(expansion.text.len() <= search.len() + MAX_EXPANSION, "{search}");
        assert_eq!(expansion.problems.len(), 1, "{search}");
        assert_eq!(expansion.problems[0].code, codes::MACRO_EXPANSION_TOO_LARGE, "{search}");
    }
}

#[test]
fn the_value_of_an_eval_macro_is_the_text() {
    let mut pack = Pack::new(&[
        "eval_by(kind) = if(\"$kind$\"=\"slow\", \"count > 5\", \"`inner`\")",
        "eval_number = 1 + 1",
        "eval_field = user . \"x\"",
        "eval_now = \"t\" . now()",
        "inner = count > 50",
    ]);
    let expansion = pack.expand("| where `eval_by(slow)` | where `eval_by(fast)`");
    assert_eq!(expansion.problems, []);
    assert_eq!(expansion.text.as_str(), "| where count > 5 | where count > 50");
    for name in ["eval_number", "eval_field", "eval_now"] {
        let expansion = pack.expand(&format!("| where `{name}` | head"));
        assert_eq!(expansion.problems.len(), 1, "{name}");
        assert_eq!(expansion.problems[0].code, codes::MACRO_EVAL_WITHOUT_TEXT);
        assert_eq!(pack.at(expansion.problems[0].place).1, format!("`{name}`"));
    }
}

#[test]
fn arguments_may_be_named_and_quoted() {
    let mut pack = Pack::new(&["m(a, b) = x=$a$ y=\"$b$\"", "deep(v) = [search `m($v$, 2)`]"]);
    let table = [
        ("`m(1, 2)`", "x=1 y=\"2\""),
        ("`m(b=2, a=1)`", "x=1 y=\"2\""),
        ("`m(a=\"p, q\", b=2)`", "x=p, q y=\"2\""),
        ("`m(c=1, b=2)`", "x=c=1 y=\"b=2\""),
        ("`deep(7)`", "[search x=7 y=\"2\"]"),
    ];
    for (call, text) in table {
        assert_eq!(pack.expand(call).text.as_str(), text, "{call}");
    }
}
