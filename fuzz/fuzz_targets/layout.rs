//! Any text: laid out twice it is the same text, and a search that parses keeps its tree (what is written as text, such
//! as the arguments of an unknown command, aside).
#![no_main]

use escudo::spl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(once) = spl::layout(text) else { return };
    assert_eq!(spl::layout(&once).as_deref(), Some(&*once), "not stable");
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().concat();
    assert_eq!(plain(text), plain(&once), "more than blanks changed");
});
