//! (to be written)
/// A PCRE2 pattern, compiled.
#[derive(Clone, Debug)]
pub struct Regex;
