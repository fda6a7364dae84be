//! (to be written)
/// A stats function.
#[derive(Debug)]
pub struct StatsFunction {
    /// Lower case.
    pub name: &'static str,
}
