//! A text that parses: its tree printed and parsed again is the same tree.
#![no_main]

use escudo::spl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let first = spl::parse(text);
    if first.problems.is_empty() {
        let printed = spl::print(&first.search);
        let second = spl::parse(&printed);
        assert_eq!(second.problems, [], "{printed}");
        assert_eq!(shape(&first.search), shape(&second.search), "{printed}");
    }
    if let (Some(first), problems) = spl::parse_eval(text)
        && problems.is_empty()
    {
        let printed = spl::print_expr(&first);
        let (second, problems) = spl::parse_eval(&printed);
        assert_eq!(problems, [], "{printed}");
        assert_eq!(shape(&Some(first)), shape(&second), "{printed}");
    }
});

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
