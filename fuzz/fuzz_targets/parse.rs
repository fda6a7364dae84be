//! Any text: parsing, lowering and the field flow end, and every span of a problem lies in the text.
#![no_main]

use escudo::ir::{self, schema::NoCatalog};
use escudo::{commands, spl};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = spl::parse(text);
    for problem in &parsed.problems {
        let related = problem.related.iter().map(|(span, _)| *span);
        for span in related.chain([problem.span]) {
            assert!(text.get(span.range()).is_some(), "{problem:?}");
        }
    }
    let lowered = commands::lower(&parsed.search);
    let _ = ir::flow(&lowered.plan, &NoCatalog);
    let _ = ir::print::print(&lowered.plan);
    let _ = spl::parse_eval(text);
    let _ = spl::parse_condition(text);
});
