//! (to be written)
/// The right side of a comparison in a search expression, compiled.
#[derive(Clone, Debug)]
pub struct Pattern;
