//! Any text: reading it ends, and every node and every character of a scalar has a place inside the file.
#![no_main]

use escudo::content::yaml::{self, Data, Node};
use escudo::source::{Sources, Span};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let file = sources.add("fuzz.yml", text);
    let (node, findings) = yaml::parse(file, text);
    assert!(node.is_some() || !findings.is_empty(), "nothing was read and nothing said");
    for finding in &findings {
        inside(text, finding.place.span);
    }
    if let Some(node) = &node {
        visit(text, node);
        let _ = node.to_json();
    }
});

fn visit(text: &str, node: &Node) {
    inside(text, node.place.span);
    match &node.data {
        Data::Scalar(scalar) => {
            for (_, place, _) in scalar.text.pieces() {
                inside(text, place.span);
            }
        }
        Data::Sequence(items) => items.iter().for_each(|item| visit(text, item)),
        Data::Mapping(pairs) => pairs.iter().for_each(|(key, value)| {
            visit(text, key);
            visit(text, value);
        }),
    }
}

fn inside(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} of {} bytes", text.len());
}
