#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Formatter, Outcome, Reason, has_search};
use crate::content::pack::{LoadOptions, Pack};
use crate::knowledge::Knowledge;

/// What becomes of a detection with this text.
fn format(text: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("detections")).unwrap();
    std::fs::write(folder.path().join("detections/x.yml"), text).unwrap();
    let knowledge = Knowledge::builtin();
    let mut sources = knowledge.sources().clone();
    let (pack, _) = Pack::load(folder.path(), &LoadOptions::default(), &mut sources).unwrap();
    let (kind, object) = pack.objects().next().unwrap();
    assert!(has_search(kind));
    Formatter::new(&pack, knowledge).file(object, &sources)
}

#[test]
fn every_style_becomes_a_literal_block() {
    let table = [
        ("name: x\nsearch: a=1 | head\n", "name: x\nsearch: |-\n  a=1\n  | head\n"),
        ("search: 'a=''1'' | head'  \nname: x\n", "search: |-\n  a='1'\n  | head\nname: x\n"),
        ("search: \"a=\\\"1\\\"\\n| head\"\nname: x", "search: |-\n  a=\"1\"\n  | head\nname: x"),
        ("search: >-\n    a=1\n    | head\nname: x\n", "search: |-\n    a=1\n    | head\nname: x\n"),
        ("search: | # why\n   a=1 | head\n\n\nname: x\n", "search: | # why\n   a=1\n   | head\n\n\nname: x\n"),
        ("tags:\n    a: 1\nsearch: b | head\nname: x", "tags:\n    a: 1\nsearch: |-\n    b\n    | head\nname: x"),
        ("name: x\r\nsearch: a | head\r\ndate: 1\r\n", "name: x\r\nsearch: |-\r\n  a\r\n  | head\r\ndate: 1\r\n"),
        ("\u{FEFF}search: a | head\nname: x", "\u{FEFF}search: |-\n  a\n  | head\nname: x"),
        ("name: x\nsearch: a | head", "name: x\nsearch: |-\n  a\n  | head"),
    ];
    for (text, wanted) in table {
        assert_eq!(format(text), Outcome::Changed(wanted.to_owned()), "{text}");
        assert_eq!(format(wanted), Outcome::Same, "again: {text}");
    }
}

#[test]
fn what_cannot_be_written_is_left() {
    let table = [
        "name: x\nsearch: a | head # note\n",
        "{name: x, search: a | head}\n",
        "name: x\nsearch: \"a=\\\"\\e\\\" | head\"\n",
        "name: x\nsearch: \"a=\\\"\\u2028\\\" | head\"\n",
    ];
    for text in table {
        assert!(matches!(format(text), Outcome::Left(Reason::Form(_))), "{text}: {:?}", format(text));
    }
}

#[test]
fn mistakes_are_named() {
    for (text, code) in [
        ("name: x\nsearch: a | stats count(b\n", "unclosed-parenthesis"),
        ("name: x\nsearch: a | stat count\n", "unknown-command"),
        ("name: x\nsearch: a `m | head\n", "unclosed-macro-call"),
    ] {
        let Outcome::Left(Reason::Mistake(found)) = format(text) else { panic!("{text}") };
        assert_eq!(found.code.name(), code, "{text}");
    }
}

#[test]
fn an_unknown_macro_is_no_obstacle() {
    let wanted = "name: x\nsearch: |-\n  `not_here`\n  | head\n";
    assert_eq!(format("name: x\nsearch: '`not_here`|head'\n"), Outcome::Changed(wanted.to_owned()));
}
