//! A text that parses: its tree printed and parsed again is the same tree.
#![no_main]

use escudo::spl;
use libfuzzer_sys::fuzz_target;
use shape::shape;

#[path = "../../tests/it/shape.rs"]
mod shape;

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
