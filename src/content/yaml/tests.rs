//! Tables of scalars, and the property that every piece gives back the characters of the file.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::source::{Copied, Sources};
use std::fmt::Write;

fn read(text: &str) -> (Sources, Option<Node>, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let file = sources.add("test.yml", text);
    let (node, diagnostics) = parse(file, text);
    (sources, node, diagnostics)
}

fn only(text: &str) -> Node {
    let (_, node, diagnostics) = read(text);
    assert_eq!(diagnostics, Vec::new(), "{text:?}");
    node.unwrap_or_else(|| panic!("no node for {text:?}"))
}

/// Every scalar of a tree: verbatim pieces are the file's own characters, and all pieces lie inside the scalar.
pub(crate) fn check_places(node: &Node, text: &str) -> usize {
    match &node.data {
        Data::Sequence(items) => items.iter().map(|item| check_places(item, text)).sum(),
        Data::Mapping(pairs) => {
            pairs.iter().map(|(key, value)| check_places(key, text) + check_places(value, text)).sum()
        }
        Data::Scalar(scalar) => {
            let mut decoded_whole = 0;
            for (piece, origin, copied) in scalar.text.pieces() {
                let raw = text.get(origin.span.range()).unwrap();
                match copied {
                    Copied::Verbatim => assert_eq!(piece, raw),
                    Copied::Decoded => decoded_whole += usize::from(origin == node.place && piece.len() > 1),
                }
                assert!(origin.span.start >= node.place.span.start, "{piece:?} begins before its scalar");
            }
            decoded_whole
        }
    }
}

/// The origin of each character of the value of `k`, as the text of the file.
fn origins(text: &str) -> Vec<(String, String)> {
    let (sources, node, diagnostics) = read(text);
    assert_eq!(diagnostics, Vec::new(), "{text:?}");
    let node = node.unwrap();
    check_places(&node, text);
    let located = node.get("k").unwrap().as_text().unwrap();
    let mut out = Vec::new();
    for (at, character) in located.as_str().char_indices() {
        let place = located.place(Span::new(at, at + character.len_utf8())).unwrap();
        out.push((character.to_string(), sources.text(place).to_owned()));
    }
    out
}

#[test]
fn scalars_decode_as_yaml_says() {
    // Expected texts from YAML 1.2, chapters 7.3 and 8.1.
    let cases = [
        ("k: one two", "one two"),
        ("k: one # note", "one"),
        ("k: one\n  two\n\n  three", "one two\nthree"),
        ("k: one  \t\n  two", "one two"),
        ("k:\n  one\n   two\n", "one two"),
        ("k: a#b", "a#b"),
        ("k: 'it''s'", "it's"),
        ("k: ''", ""),
        ("k: ''''", "'"),
        ("k: 'a\\nb'", "a\\nb"),
        ("k: 'a\n\n\n  b '", "a\n\nb "),
        ("k: 'a\n\n| b ''c''\n| d'", "a\n| b 'c' | d"),
        ("k: \"a\nb \\\"c\n\td\"\nl: 'x\ny'\n", "a b \"c d"),
        ("i: it's\nj: 'x'\nk: 'a\nb'", "a b"),
        ("k: '\n  a\n  '", " a "),
        ("k: \"a\\tb\\x41\\u00e9\\U0001F600\\\\\\\"\\/\"", "a\tbA\u{e9}\u{1f600}\\\"/"),
        ("k: \"\\uD83D\\uDE00\"", "\u{1f600}"),
        ("k: \"\\0\\a\\b\\e\\v\\f\\r\\N\\_\\L\\P\"", "\0\u{7}\u{8}\u{1b}\u{b}\u{c}\r\u{85}\u{a0}\u{2028}\u{2029}"),
        ("k: \"a \\\n   b\"", "a b"),
        ("k: \"a\\\n   \\  b\"", "a  b"),
        ("k: \"a\\\n\n   b\"", "a\nb"),
        ("k: \"a\\t  \n   b\"", "a\t b"),
        ("k: \"a  \n\n b\"", "a\nb"),
        ("k: |\n  a\n  b\n", "a\nb\n"),
        ("k: |-\n  a\n  b\n\n\n", "a\nb"),
        ("k: |+\n  a\n\n\nz: 1\n", "a\n\n\n"),
        ("k: |\n  a\n\n   b\n  \n  c\n\n\nz: 1", "a\n\n b\n\nc\n"),
        ("k: |\n\n  a\n", "\na\n"),
        ("k: |2-\n    a\n   b\n", "  a\n b"),
        ("k: |-2\n    a\n", "  a"),
        ("k: |  # note with | and >\n  a\n", "a\n"),
        ("k: |-\n  a\tb \n  c\n", "a\tb \nc"),
        ("k: |\n   a\n    \n   b\n", "a\n \nb\n"),
        ("k: |\n\n\nz: 1\n", ""),
        ("k: |+\n\n\nz: 1\n", "\n\n"),
        ("k: >\n  a\n  b\n", "a b\n"),
        ("k: >-\n  a\n\n  b\n", "a\nb"),
        ("k: >-\n  a\n   b\n  c\n", "a\n b\nc"),
        ("k: >-\n  a\n\n   b\n\n  c\n", "a\n\n b\n\nc"),
        ("k: >-\n\n  a\n  b\n", "\na b"),
        ("k: >+\n  a\n\n", "a\n\n"),
        ("k: >1\n  a\n b\n", " a\nb\n"),
        ("k: >-\n  a\n  \tb\n  c\n", "a\n\tb\nc"),
        ("k: !!str >-\n  a\n", "a"),
        ("k: &x |-\n  a\n", "a"),
        ("? k\n: |-\n  a\n", "a"),
        ("k:\n  |-\n  a\n", "a"),
        ("k: |\n  a\n\n# note\n", "a\n"),
    ];
    for (text, wanted) in cases {
        for (label, text) in
            [("LF", text.to_owned()), ("CRLF", text.replace('\n', "\r\n")), ("BOM", format!("\u{feff}{text}"))]
        {
            let node = only(&text);
            assert_eq!(node.get("k").unwrap().as_scalar().unwrap().text.as_str(), wanted, "{label}: {text:?}");
            assert_eq!(check_places(&node, &text), 0, "{label}: {text:?}: one piece for all");
        }
    }
}

#[test]
fn a_block_ends_where_its_parent_goes_on() {
    let text = "outer:\n    one: |\n        a\n    two: >+\n        b\n\n    three: |-\n        c\n";
    let node = only(text);
    assert_eq!(check_places(&node, text), 0);
    assert_eq!(node.to_json(), serde_json::json!({"outer": {"one": "a\n", "two": "b\n\n", "three": "c"}}));
}

#[test]
fn each_character_knows_its_origin() {
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("k: a\n  b", &[("a", "a"), (" ", "\n  "), ("b", "b")]),
        ("k: 'a''é'", &[("a", "a"), ("'", "''"), ("é", "é")]),
        ("k: 'a \n\n  b'", &[("a", "a"), ("\n", "\n"), ("b", "b")]),
        ("k: \"\\x41\\\n  b\\t\"", &[("A", "\\x41"), ("b", "b"), ("\t", "\\t")]),
        ("k: \"\\ud83d\\ude00!\"", &[("\u{1f600}", "\\ud83d\\ude00"), ("!", "!")]),
        ("k: |-\n  a\n   b", &[("a", "a"), ("\n", "\n"), (" ", " "), ("b", "b")]),
        ("k: |-\r\n  a\r\n  b", &[("a", "a"), ("\n", "\r\n"), ("b", "b")]),
        ("k: >-\n  a\n  b", &[("a", "a"), (" ", "\n  "), ("b", "b")]),
        ("k: >-\n  a\n\n  b", &[("a", "a"), ("\n", "\n"), ("b", "b")]),
    ];
    for (text, wanted) in cases {
        assert_eq!(origins(text), pairs(wanted), "{text:?}");
    }
}

#[test]
fn places_cover_what_the_author_sees() {
    let text = "list:\n  - 'a'\n  - |-\n    x\n    y\n\nflow: {a: [1, 2]}\nnone:\n";
    let (sources, node, _) = read(text);
    let node = node.unwrap();
    let shown = |node: &Node| sources.text(node.place).to_owned();
    assert_eq!(shown(node.get("list").unwrap()), "- 'a'\n  - |-\n    x\n    y");
    assert_eq!(shown(&node.get("list").unwrap().items()[0]), "'a'");
    assert_eq!(shown(&node.get("list").unwrap().items()[1]), "|-\n    x\n    y");
    assert_eq!(shown(node.path("flow").unwrap()), "{a: [1, 2]}");
    assert_eq!(shown(node.path("flow.a").unwrap()), "[1, 2]");
    assert_eq!(shown(node.key_node("none").unwrap()), "none");
    assert!(node.get("none").unwrap().is_null());
    assert_eq!(node.get("none").unwrap().as_text(), None);
    assert!(text.starts_with(&shown(&node)));
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    let node = only("base: &b {a: 1, b: 2}\nother: &o {b: 3, c: 4}\nk: {<<: [*b, *o], a: 5}\nlist: [*b]\n");
    assert_eq!(node.get("k").unwrap().to_json(), serde_json::json!({"b": 2, "c": 4, "a": 5}));
    assert_eq!(node.get("list").unwrap().to_json(), serde_json::json!([{"a": 1, "b": 2}]));
    assert_eq!(only("k: {'<<': {a: 1}}").get("k").unwrap().to_json(), serde_json::json!({"<<": {"a": 1}}));
}

#[test]
fn json_has_the_values_of_yaml_1_1() {
    let node = only("a: yes\nb: '1'\nc: 010\nd: 1.50\ne: ~\nf: 2024-01-31\ng: 2024-1-3 4:05:06.5 +1\nh: .inf\n1: x\n");
    assert_eq!(
        node.to_json().to_string(),
        r#"{"a":true,"b":"1","c":8,"d":1.5,"e":null,"f":"2024-01-31","g":"2024-01-03T04:05:06.500000+01:00","h":".inf","1":"x"}"#
    );
}

/// What is found, as code and the characters pointed at.
fn findings(text: &str) -> Vec<(&'static str, String)> {
    let (sources, _, diagnostics) = read(text);
    diagnostics.iter().map(|found| (found.code.name(), sources.text(found.place).to_owned())).collect()
}

#[test]
fn what_is_wrong_is_reported_at_its_place() {
    let cases = [
        ("", "yaml-empty", ""),
        ("# only a comment\n", "yaml-empty", ""),
        ("a: 1\n---\nb: 2\n", "yaml-several-documents", "---"),
        ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", "a"),
        ("a:\n\tb: 1\n", "yaml-syntax", "b"),
        ("a: b: c\n", "yaml-syntax", ":"),
        ("a: `m` x\n", "yaml-syntax", "`"),
        ("a: 'b\n", "yaml-syntax", ""),
        ("a: [1, 2\n", "yaml-syntax", "["),
        ("a: *b\n", "yaml-syntax", "*"),
        ("a: &b [*b]\n", "yaml-syntax", "*b"),
        ("{[a]: 1}\n", "yaml-syntax", "[a]"),
        ("<<: 1\n", "yaml-syntax", "1"),
        ("a: !rule x\n", "yaml-unknown-tag", "x"),
        ("a: !!int x\n", "yaml-unknown-tag", "x"),
    ];
    for (text, code, characters) in cases {
        assert_eq!(findings(text), [(code, characters.to_owned())], "{text:?}");
    }
    let (_, node, diagnostics) = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(node.unwrap().to_json(), serde_json::json!({"a": 3, "b": 2}));
    assert_eq!(diagnostics[0].related[0].place.span, Span::new(0, 1));
}

#[test]
fn a_missing_closing_quote_is_found_before_the_key_that_was_swallowed() {
    for (text, missing) in [
        ("a: \"x\n  y\nb: z\nc: \"w\"\n", Some("\nb: z")),
        ("a: 'x\n  y'\nb: 'z\nc: 'w'\n", Some("\nc: 'w'")),
        // The quote that ends the value is the first of the next one.
        ("a: \"x\nb: \"w\"\n", Some("\nb: ")),
        ("a: \"x\" y\n", None),
        ("a:\n- b: \"x\n  c: \"w\"\n", Some("\n  c: ")),
    ] {
        let (_, _, diagnostics) = read(text);
        assert_eq!(diagnostics[0].code, codes::YAML_SYNTAX, "{text:?}");
        let at = diagnostics[0].related.first().map(|related| &text[related.place.span.start as usize..]);
        assert!(
            at.map_or(missing.is_none(), |at| missing.is_some_and(|missing| at.starts_with(missing))),
            "{text:?} {at:?}"
        );
    }
}

#[test]
fn hostile_files_meet_bounds() {
    let deep_flow = "[".repeat(100_000);
    let deep_block = "- ".repeat(50_000);
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let before = level - 1;
        writeln!(bomb, "a{level}: &a{level} [{}]", format!("*a{before}, ").repeat(9)).unwrap();
    }
    let mut nested = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        writeln!(nested, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    let long = format!("a: &a '{}'\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(1000));
    for text in [deep_flow, deep_block, bomb, nested, long] {
        let (_, node, diagnostics) = read(&text);
        assert!(node.is_none());
        assert_eq!(diagnostics[0].code, codes::YAML_LIMIT, "{}", diagnostics[0].message);
    }
    for text in [
        "\0",
        "\u{fffe}",
        "a: \"\\ud800\"",
        "%YAML 9.9\n---\n",
        "- |\n \t",
        "? ? ? a",
        "&a",
        "*",
        "!<",
        "{a: b, }",
        "a: |9",
        "\u{feff}",
        "\r\r\r",
        "a: \"\\",
        "a: '",
    ] {
        let _ = read(text);
        let _ = read(&text.repeat(50));
    }
}

#[test]
fn truncations_of_a_file_never_panic() {
    let text = "k: &a \"x\\u00e9\\\n  y\"\nl: >2-\n    é\n\n   b\nm: ['it''s', {<<: *a}]\nn: |+\n  c\n\n";
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let _ = read(&text[..end]);
    }
}

/// What the quick reader reads, the event parser reads to the same tree, without a remark. Whether the first does.
fn is_read_alike(text: &str) -> bool {
    let file = Sources::new().add("test.yml", text);
    let shared = Arc::from(text);
    let Some(quick) = quick::document(file, &shared) else { return false };
    let mut diagnostics = Vec::new();
    let all = compose::document(file, &shared, &mut diagnostics);
    assert_eq!(diagnostics, Vec::new(), "{text}");
    if all.as_ref() != Some(&quick) {
        // The whole trees are long; the first line that differs tells more.
        let (left, right) = (format!("{quick:#?}"), format!("{all:#?}"));
        let differing = left.lines().zip(right.lines().skip(1)).find(|(left, right)| left.trim() != right.trim());
        panic!("the trees differ: {differing:?}\nin {text:?}");
    }
    true
}

#[test]
fn the_quick_reader_knows_what_content_is_written_in() {
    for text in [
        "a: b\n",
        "a: b",
        "# first\n\na: b\n# second\n\nc: 'it''s\n  so'\n",
        "a:\nb:\n  - 1\n  - two words\n\n  - k: v\n    l: [ ]\n",
        "a:\n- x\n- y\nb: {}\nc: []  \n",
        "a: one\n  two | three\n\n  four\nb: -24h@h\n",
        "s: |-\n  one\n    two\n\n  three\n\nt: >\n  folded\n  on\n\n  more\n",
        "t: |\n  last",
        "t: |\n\n  last\n\n\n",
        "- a\n",
        "q: \"a\\tb\\\n  c \\\"d\\\"\n\n  e\"\n",
        "a:\n  b:\n    c:\n      - - 1\n        - 2\n      - d: 1\n",
        "k: \u{a0}x\u{a0}\nl: é: ü\n",
    ] {
        let known = !matches!(text, "- a\n") && !text.contains("[ ]") && !text.contains("é: ü");
        assert_eq!(is_read_alike(text), known, "{text:?}");
    }
    // What it leaves to the event parser, which may refuse it or have a remark.
    for text in [
        "a: b\na: c\n",
        "a: b # c\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !t b\n",
        "a: b: c\n",
        "a: b\n  c: d\n",
        "a: 'b\nc'\n",
        "a: 'b' c\n",
        "a: [1]\n",
        "a:\tb\n",
        "a: b\r\n",
        "a:\n   - b\n  - c\n",
        "a: |\n   b\n  c\n",
        "a: |\n    \n  c\n",
        "a: |\n c\n   ",
        "a: |\n c\n   \nb: c\n",
        "a: |2\n   c\n",
        "a: |-\n  \u{a0}",
        "a: |+\n  c\n\n",
        "a: - b\n",
        "? a\n: b\n",
        "---\na: b\n",
        "a: b\n---\nc: d\n",
        "a: b\n  # c\n  d\n",
        "a: @b\n",
        " a: b\n",
        "<<: b\n",
        "\"a\": b\n",
        "",
    ] {
        assert_eq!(quick::document(Sources::new().add("test.yml", text), &Arc::from(text)), None, "{text:?}");
    }
}

/// Skipped where there is no corpus.
#[test]
fn both_readers_agree_on_the_corpus() {
    let folder = std::env::var_os("ESCUDO_CORPUS").unwrap_or_else(|| "../shared/corpus".into());
    let Ok(packs) = std::fs::read_dir(&folder) else {
        return;
    };
    let (mut all, mut quick) = (0usize, 0usize);
    let mut folders: Vec<std::path::PathBuf> = packs.filter_map(|it| Some(it.ok()?.path())).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yml")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                all += 1;
                quick += usize::from(is_read_alike(&text));
            }
        }
    }
    assert!(quick * 10 >= all * 9, "{quick} of {all}");
}

mod generated {
    use super::is_read_alike;
    use proptest::prelude::*;

    /// Lines as content has them, and lines that do not fit.
    fn line() -> impl Strategy<Value = String> {
        let start =
            prop::sample::select(vec!["", "", "", " ", "  ", "  ", "    ", "- ", "  - ", "-", "    - ", "- - "]);
        let key = prop::sample::select(vec!["", "", "a:", "b: ", "c: ", "d e: ", "1: ", "f :", "a.b: "]);
        let value = prop::sample::select(vec![
            "",
            "",
            "x",
            "two words",
            "|",
            ">",
            "|-",
            ">-",
            "'q'",
            "'q",
            "q'",
            "\"d\"",
            "\"d\\n",
            "e\"",
            "[]",
            "{}",
            "#c",
            "x #c",
            "x#c",
            "-1",
            "- x",
            "?",
            "a:b",
            "true",
            "~",
            "2024-01-31",
            "x  ",
            "   ",
            "'it''s'",
            "`m`",
            "$t$",
            ": x",
            "-",
            "--",
            "---",
            "...",
            "é",
            "\u{a0}",
            "| stats",
            "% x",
            "\"a\\\\\"",
        ]);
        (start, key, value).prop_map(|(start, key, value)| format!("{start}{key}{value}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]
        #[test]
        fn both_readers_agree(lines in prop::collection::vec(line(), 1..9), end in any::<bool>()) {
            let mut text = lines.join("\n");
            if end {
                text.push('\n');
            }
            is_read_alike(&text);
        }
    }
}
