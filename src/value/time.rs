//! (to be written)
/// A span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeSpan;
