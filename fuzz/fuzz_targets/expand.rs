//! A search in the first line, `name(argument, ...)=definition` in the others: expansion ends within its bounds, and
//! every byte of the result leads back into the text.
#![no_main]

use escudo::source::{Copied, Located, Place, Sources, Span};
use escudo::spl::{self, MAX_EXPANSION, MacroDefinition, Macros};
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;

struct Defined(Vec<(String, MacroDefinition)>);

impl Macros for Defined {
    fn find(&self, name: &str, arity: usize) -> Option<Cow<'_, MacroDefinition>> {
        let found = self.0.iter().find(|(known, found)| known == name && found.arguments.len() == arity);
        found.map(|(_, found)| Cow::Borrowed(found))
    }

    fn arities(&self, name: &str) -> Vec<usize> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, found)| found.arguments.len()).collect()
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }
}

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let file = sources.add("fuzz", text);
    let part = |from: usize, to: usize| Located::verbatim(&text[from..to], Place { file, span: Span::new(from, to) });
    let first = text.find('\n').unwrap_or(text.len());
    let mut macros = Defined(Vec::new());
    let mut at = first + 1;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        if let Some((head, _)) = text[at..end].split_once('=') {
            let (name, arguments) = head.split_once('(').unwrap_or((head, ""));
            let arguments = arguments.trim_end_matches(')').split(',').map(str::trim);
            let arguments = arguments.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let definition = part(at + head.len() + 1, end);
            macros.0.push((name.to_owned(), MacroDefinition { is_eval: name.starts_with('e'), ..MacroDefinition::plain(definition, arguments) }));
        }
        at = end + 1;
    }
    let expansion = spl::expand(&part(0, first), &macros);
    assert!(expansion.text.len() <= first + MAX_EXPANSION);
    for (piece, place, copied) in expansion.text.pieces() {
        let origin = sources.text(place);
        assert!(copied == Copied::Decoded || origin == piece, "{piece:?} from {origin:?}");
    }
    for finding in &expansion.problems {
        assert!(text.get(finding.place.span.range()).is_some(), "{finding:?}");
    }
});
