//! Macro objects: calls in their definitions, `unused-argument`, `hard-coded-index`.

use crate::check::{Around, Findings};
use crate::compile::Compiler;
use crate::content::model::Macro;
use crate::diag::{Diagnostic, codes};
use crate::source::{Located, Span};

pub(in crate::check) fn check(_: &Around<'_>, found: &Macro, compiler: &Compiler<'_>, findings: &mut Findings) {
    let text = found.definition.as_str();
    // What a macro stands for need not be a search; only its calls can be judged.
    let (expansion, _) = compiler.read(&found.definition);
    findings.0.extend(expansion.problems);
    arguments(found, text, findings);
    index(&found.definition, findings);
}

fn arguments(found: &Macro, text: &str, findings: &mut Findings) {
    for argument in &found.arguments {
        let (name, place) = (argument.as_str(), argument.whole());
        if name.is_empty() || text.contains(&format!("${name}$")) {
            continue;
        }
        let Some(place) = place else { continue };
        findings.push(
            Diagnostic::new(codes::UNUSED_ARGUMENT, format!("the macro does not use its argument `{name}`"), place)
                .label("not in the definition")
                .help(format!("write `${name}$` in the definition, or remove the argument")),
        );
    }
    if found.arguments.is_empty() {
        return;
    }
    for (name, span) in crate::content::token::find(text) {
        if found.arguments.iter().any(|argument| argument.as_str() == name) {
            continue;
        }
        let Some(place) = found.definition.place(span) else { continue };
        let known = found.arguments.iter().map(Located::as_str);
        findings.push(
            Diagnostic::new(codes::UNUSED_ARGUMENT, format!("the macro has no argument `{name}`"), place)
                .label("stays as it is")
                .help(crate::check::did_you_mean(name, known, "add it to `arguments`")),
        );
    }
}

/// `index=x`, unless every index is meant.
fn index(definition: &Located, findings: &mut Findings) {
    let text = definition.as_str();
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(start) = lower[at..].find("index").map(|offset| at + offset) {
        at = start + "index".len();
        let word = |character: char| character.is_alphanumeric() || "_.".contains(character);
        let Some(value) = lower[at..].trim_start().strip_prefix('=').map(str::trim_start) else { continue };
        let begins = lower[..start].chars().next_back().is_none_or(|before| !word(before));
        if !begins || value.starts_with(['*', '$', '_']) || value.starts_with("\"*") {
            continue;
        }
        let Some(place) = definition.place(Span::new(start, at)) else { continue };
        findings.push(
            Diagnostic::new(codes::HARD_CODED_INDEX, "the macro names an index", place)
                .label("other users keep their data elsewhere")
                .help("leave the index to those who adapt the macro"),
        );
        return;
    }
}
