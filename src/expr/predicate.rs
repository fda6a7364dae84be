//! (to be written)
/// A word or phrase to look for in `_raw`.
#[derive(Clone, Debug)]
pub struct Keyword;
/// A bound on `_time`.
#[derive(Clone, Debug)]
pub struct TimeBound;
