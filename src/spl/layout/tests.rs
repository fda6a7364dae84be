use super::{WIDTH, layout};

/// Each text with its layout, which must be its own layout.
fn check(table: &[(&str, &str)]) {
    for (text, wanted) in table {
        assert_eq!(layout(text).as_deref(), Some(*wanted), "{text}");
        assert_eq!(layout(wanted).as_deref(), Some(*wanted), "again: {text}");
    }
}

#[test]
fn a_pipe_per_line() {
    check(&[
        ("", ""),
        ("  index=main\ta=1|stats  count by b ", "index=main a=1\n| stats count by b"),
        ("|tstats count | `m(a, \"b|c\")`|`f`", "| tstats count\n| `m(a, \"b|c\")`\n| `f`"),
        ("a=1\n\n\n   | where b=2\n", "a=1\n| where b=2"),
        ("x | rex \"a | b  \\\" |\" | eval 'c | d'=1", "x\n| rex \"a | b  \\\" |\"\n| eval 'c\n| d'=1"),
        ("x a\\|b | y", "x a\\|b\n| y"),
        ("x $u|s$ | y", "x $u|s$\n| y"),
    ]);
}

#[test]
fn pipes_of_subsearches_stay_in_line() {
    check(&[
        ("x [|inputlookup t|fields u ]|y", "x [| inputlookup t | fields u ]\n| y"),
        ("x [ search a\n|fields u ]", "x [ search a\n    | fields u ]"),
        ("x (a\n OR b\n) c", "x (a\n    OR b\n  ) c"),
    ]);
}

#[test]
fn comments_stay_where_they_are() {
    check(&[
        ("```what | it does``` x | y ```why```", "```what | it does``` x\n| y ```why```"),
        ("```a```\n| x\n  ```b```\n| y", "```a```\n| x\n```b```\n| y"),
        ("x ```a  b\n   c```\n| y", "x ```a  b\n   c```\n| y"),
    ]);
}

#[test]
fn column_names_keep_their_blanks() {
    check(&[
        ("| stats count(eval( a  = 1 ))  as  n", "| stats count(eval( a  = 1 )) as n"),
        ("| eval a=if( b  = 1,2 , 3)", "| eval a=if( b = 1,2 , 3)"),
        ("x [ search y | stats c( a  b ) ]", "x [ search y | stats c( a  b ) ]"),
    ]);
}

#[test]
fn long_lines_are_broken_at_clauses_and_blanks() {
    let word = "a".repeat(40);
    check(&[
        (
            &format!("| tstats count max({word}) from datamodel=M where M.x={word} by M.y"),
            &format!("| tstats count max({word})\n  from datamodel=M\n  where M.x={word}\n  by M.y"),
        ),
        (&format!("{word} OR {word} OR {word}"), &format!("{word} OR {word}\n  OR {word}")),
        (&format!("x ({word} {word} {word})"), &format!("x ({word} {word}\n    {word})")),
        (&format!("x [ search {word} | y {word} {word} ]"), &format!("x [ search {word}\n    | y {word} {word} ]")),
        (&format!("| rename {word} as {word}, {word} as b"), &format!("| rename {word} as {word},\n  {word} as b")),
    ]);
    check(&[(&format!("| x ```{word}{word}``` ```{word}```"), &format!("| x ```{word}{word}``` ```{word}```"))]);
    let long = "b".repeat(WIDTH + 20);
    check(&[(&format!("x \"{long}\" y"), &format!("x\n  \"{long}\"\n  y"))]);
}

#[test]
fn what_has_no_end_is_refused() {
    for text in ["a=\"b", "x `m(", "x `m(a | y", "```a", "x ` y"] {
        assert_eq!(layout(text), None, "{text}");
    }
}

#[test]
fn anything_is_laid_out_once() {
    for text in
        ["|", "||", "| |", ")))", "((([[[", "a ] | b ) c", "x \\", "\u{A0}a\u{3000}b", "'a 'b' |c", "[|]", "a||b"]
    {
        let Some(once) = layout(text) else { continue };
        assert_eq!(layout(&once).as_deref(), Some(&*once), "{text}");
    }
}
